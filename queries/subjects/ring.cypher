// Whether the ring $key lived in the last run known by then.
MATCH (r:Ring {key: $key}) WHERE $$LIVING(r)$$
RETURN elementId(r) AS id
