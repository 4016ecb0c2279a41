"""What the graph holds, declared once; constraints, writing, validation and documents derive from it."""

from graph_schema.declaration import FINGRAPH
from graph_schema.model import Bond, Identifier, NodeType, Personal, Property, Relationship, Schema

__all__ = ["FINGRAPH", "Bond", "Identifier", "NodeType", "Personal", "Property", "Relationship", "Schema"]
