from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.given_asked import GivenAsked


T = TypeVar("T", bound="AmendmentAsked")


@_attrs_define
class AmendmentAsked:
    """Identifiers that are added to an application.

    Attributes:
        identifiers (list[GivenAsked]):
    """

    identifiers: list[GivenAsked]

    def to_dict(self) -> dict[str, Any]:
        identifiers = []
        for identifiers_item_data in self.identifiers:
            identifiers_item = identifiers_item_data.to_dict()
            identifiers.append(identifiers_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "identifiers": identifiers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.given_asked import GivenAsked

        d = dict(src_dict)
        identifiers = []
        _identifiers = d.pop("identifiers")
        for identifiers_item_data in _identifiers:
            identifiers_item = GivenAsked.from_dict(identifiers_item_data)

            identifiers.append(identifiers_item)

        amendment_asked = cls(
            identifiers=identifiers,
        )

        return amendment_asked
