"""A first mapping, proposed from the data of one file."""

from loaders.draft.arrange import Draft, draft

__all__ = ["Draft", "draft"]
