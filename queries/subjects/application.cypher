// Whether the application $key was known by then.
MATCH (a:Application {key: $key}) WHERE $$SEEN(a)$$
RETURN elementId(a) AS id
