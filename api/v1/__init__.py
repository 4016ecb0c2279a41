"""The addresses below /v1, a module a feature: its models, and routes that parse, ask and shape."""
