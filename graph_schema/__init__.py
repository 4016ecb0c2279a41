"""What the graph holds, declared once; constraints, writing, validation and documents derive from it."""

from graph_schema.declaration import FINGRAPH
from graph_schema.model import Identifier, NodeType, Personal, Property, Relationship, Schema

__all__ = ["FINGRAPH", "Identifier", "NodeType", "Personal", "Property", "Relationship", "Schema"]
