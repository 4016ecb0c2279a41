// Whether the identifier $key of the type asked about had been named by then.
MATCH (i:$$TYPE$$ {key: $key})
WHERE EXISTS { MATCH (i)<-[r:$$LINK$$]-() WHERE $$SEEN(r)$$ }
RETURN elementId(i) AS id
