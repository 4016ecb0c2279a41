"""Model versions: what they are made of, what was proved and measured of them, and which of them decides."""

from registry.card import Card
from registry.store import Registry, Version

__all__ = ["Card", "Registry", "Version"]
