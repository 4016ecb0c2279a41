"""Model versions: what they are made of, what was proved and measured of them, and which of them decides."""

from registry.card import Card, name_of
from registry.store import Registry, Version, require_name

__all__ = ["Card", "Registry", "Version", "name_of", "require_name"]
