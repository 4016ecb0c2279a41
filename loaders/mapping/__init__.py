"""A mapping: one TOML file that says what the columns of some files mean."""

from loaders.mapping.model import Mapping, Table
from loaders.mapping.read import read_mapping

__all__ = ["Mapping", "Table", "read_mapping"]
