from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.graph_node_properties import GraphNodeProperties


T = TypeVar("T", bound="GraphNode")


@_attrs_define
class GraphNode:
    """A user, an application or an identifier.

    Attributes:
        id (str): Type and key.
        key (str):
        known_at (datetime.datetime | None):
        label (str): What a person may see of it.
        properties (GraphNodeProperties): What neither identifies nor describes a person.
        type_ (str):
    """

    id: str
    key: str
    known_at: datetime.datetime | None
    label: str
    properties: GraphNodeProperties
    type_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        key = self.key

        known_at: None | str
        if isinstance(self.known_at, datetime.datetime):
            known_at = self.known_at.isoformat()
        else:
            known_at = self.known_at

        label = self.label

        properties = self.properties.to_dict()

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "key": key,
                "known_at": known_at,
                "label": label,
                "properties": properties,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.graph_node_properties import GraphNodeProperties

        d = dict(src_dict)
        id = d.pop("id")

        key = d.pop("key")

        def _parse_known_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                known_at_type_0 = datetime.datetime.fromisoformat(data)

                return known_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        known_at = _parse_known_at(d.pop("known_at"))

        label = d.pop("label")

        properties = GraphNodeProperties.from_dict(d.pop("properties"))

        type_ = d.pop("type")

        graph_node = cls(
            id=id,
            key=key,
            known_at=known_at,
            label=label,
            properties=properties,
            type_=type_,
        )

        graph_node.additional_properties = d
        return graph_node

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
