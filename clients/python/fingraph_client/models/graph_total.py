from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.graph_total_by_type import GraphTotalByType


T = TypeVar("T", bound="GraphTotal")


@_attrs_define
class GraphTotal:
    """What the whole ring has, shown or not.

    Attributes:
        by_type (GraphTotalByType):
        edges (int):
        nodes (int):
    """

    by_type: GraphTotalByType
    edges: int
    nodes: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        by_type = self.by_type.to_dict()

        edges = self.edges

        nodes = self.nodes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "by_type": by_type,
                "edges": edges,
                "nodes": nodes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.graph_total_by_type import GraphTotalByType

        d = dict(src_dict)
        by_type = GraphTotalByType.from_dict(d.pop("by_type"))

        edges = d.pop("edges")

        nodes = d.pop("nodes")

        graph_total = cls(
            by_type=by_type,
            edges=edges,
            nodes=nodes,
        )

        graph_total.additional_properties = d
        return graph_total

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
