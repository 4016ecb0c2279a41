import json


def test_smoke(served, world):
    a = world.application

    def show(r):
        print(
            r.request.method,
            r.request.url.path,
            r.status_code,
            r.elapsed.total_seconds(),
            {k: v for k, v in r.headers.items() if k in ("etag", "x-request-id", "retry-after", "allow")},
            r.text[:700],
        )

    with served.client() as c, served.client("admin") as ad:
        show(c.get("/readyz"))
        show(c.get("/healthz"))
        show(c.get(f"/v1/applications/{a['source']}/{a['id']}"))
        s, u = a["user"].split(":", 1)
        show(c.get(f"/v1/users/{s}/{u}"))
        show(c.get(f"/v1/users/{s}/{u}/applications?limit=1"))
        app = c.get(f"/v1/applications/{a['source']}/{a['id']}").json()
        l = app["links"][0]
        show(c.get(f"/v1/identifiers/{l['type']}/{l['key']}"))
        show(c.post("/v1/expand", json={"type": l["type"], "key": l["key"]}))
        show(c.post("/v1/paths", json={"user": a["user"], "other": a["other"]}))
        show(c.get("/v1/questions"))
        show(c.post("/v1/questions/shares", json={"params": {"application": app["key"]}}))
        show(c.post("/v1/questions/shares/picture", json={"params": {"application": app["key"]}}))
        show(c.get("/v1/rings?limit=1"))
        show(c.get(f"/v1/rings/{world.ring}"))
        show(c.post("/v1/identifiers/lookup", json={"type": "Phone", "value": "13800000001"}))
        show(c.post("/v1/identifiers/lookup", json={"type": "Phone", "value": "no"}))
        show(c.post("/v1/cypher", json={"statement": "RETURN 1"}))
        show(
            ad.post(
                "/v1/cypher", json={"statement": "MATCH (a:Application) RETURN count(a) AS n, 0.0/0.0 as nan"}
            )
        )
        show(ad.post("/v1/cypher", json={"statement": "CREATE (a)"}))
        show(c.get("/v1/nothing"))
        show(c.put("/v1/rings"))
        show(c.get("/nothing"))
        show(served.client(None).get("/v1/rings"))
        show(c.post("/v1/expand", content=b"{"))
        show(c.post("/v1/expand", content=b"x" * 400000))
        show(c.post("/v1/expand", json={"type": "x", "keyy": "1"}))
        show(c.get("/metrics"))
        show(c.get("/v1/openapi.json"))
    assert 0
