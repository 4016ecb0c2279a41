from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.graph_edge import GraphEdge
    from ..models.graph_node import GraphNode
    from ..models.graph_total import GraphTotal
    from ..models.ring_told import RingTold


T = TypeVar("T", bound="GraphOfRing")


@_attrs_define
class GraphOfRing:
    """A ring as a graph.

    Attributes:
        as_of (datetime.datetime):
        cut (bool): Whether nodes were left out: `total` has more.
        edges (list[GraphEdge]):
        nodes (list[GraphNode]):
        ring (RingTold): A ring in a few figures.
        total (GraphTotal): What the whole ring has, shown or not.
    """

    as_of: datetime.datetime
    cut: bool
    edges: list[GraphEdge]
    nodes: list[GraphNode]
    ring: RingTold
    total: GraphTotal
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        as_of = self.as_of.isoformat()

        cut = self.cut

        edges = []
        for edges_item_data in self.edges:
            edges_item = edges_item_data.to_dict()
            edges.append(edges_item)

        nodes = []
        for nodes_item_data in self.nodes:
            nodes_item = nodes_item_data.to_dict()
            nodes.append(nodes_item)

        ring = self.ring.to_dict()

        total = self.total.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "cut": cut,
                "edges": edges,
                "nodes": nodes,
                "ring": ring,
                "total": total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.graph_edge import GraphEdge
        from ..models.graph_node import GraphNode
        from ..models.graph_total import GraphTotal
        from ..models.ring_told import RingTold

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        cut = d.pop("cut")

        edges = []
        _edges = d.pop("edges")
        for edges_item_data in _edges:
            edges_item = GraphEdge.from_dict(edges_item_data)

            edges.append(edges_item)

        nodes = []
        _nodes = d.pop("nodes")
        for nodes_item_data in _nodes:
            nodes_item = GraphNode.from_dict(nodes_item_data)

            nodes.append(nodes_item)

        ring = RingTold.from_dict(d.pop("ring"))

        total = GraphTotal.from_dict(d.pop("total"))

        graph_of_ring = cls(
            as_of=as_of,
            cut=cut,
            edges=edges,
            nodes=nodes,
            ring=ring,
            total=total,
        )

        graph_of_ring.additional_properties = d
        return graph_of_ring

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
