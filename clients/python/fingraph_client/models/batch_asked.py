from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.score_asked import ScoreAsked


T = TypeVar("T", bound="BatchAsked")


@_attrs_define
class BatchAsked:
    """Applications, in the order in which they are decided.

    Attributes:
        applications (list[ScoreAsked]):
    """

    applications: list[ScoreAsked]

    def to_dict(self) -> dict[str, Any]:
        applications = []
        for applications_item_data in self.applications:
            applications_item = applications_item_data.to_dict()
            applications.append(applications_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "applications": applications,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.score_asked import ScoreAsked

        d = dict(src_dict)
        applications = []
        _applications = d.pop("applications")
        for applications_item_data in _applications:
            applications_item = ScoreAsked.from_dict(applications_item_data)

            applications.append(applications_item)

        batch_asked = cls(
            applications=applications,
        )

        return batch_asked
