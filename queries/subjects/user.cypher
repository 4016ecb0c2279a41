// Whether the user $key was known by then: by an application or event, or by a relation.
MATCH (u:User {key: $key})
WHERE EXISTS { MATCH (u)-[s:SUBMITTED|DID]->(t) WHERE $$SEEN(s)$$ AND $$SEEN(t)$$ }
  OR EXISTS { MATCH (u)-[r:RELATED_TO]-() WHERE $$SEEN(r)$$ }
RETURN elementId(u) AS id
