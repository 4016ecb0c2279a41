from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.picture_asked_params import PictureAskedParams


T = TypeVar("T", bound="PictureAsked")


@_attrs_define
class PictureAsked:
    """Parameters by name, and how many links to draw.

    Attributes:
        as_of (datetime.datetime | None | Unset):
        limit (int | Unset): Links, at most. Default: 300.
        params (PictureAskedParams | Unset):
    """

    as_of: datetime.datetime | None | Unset = UNSET
    limit: int | Unset = 300
    params: PictureAskedParams | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        as_of: None | str | Unset
        if isinstance(self.as_of, Unset):
            as_of = UNSET
        elif isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        limit = self.limit

        params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = self.params.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if as_of is not UNSET:
            field_dict["as_of"] = as_of
        if limit is not UNSET:
            field_dict["limit"] = limit
        if params is not UNSET:
            field_dict["params"] = params

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.picture_asked_params import PictureAskedParams

        d = dict(src_dict)

        def _parse_as_of(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                as_of_type_0 = datetime.datetime.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        as_of = _parse_as_of(d.pop("as_of", UNSET))

        limit = d.pop("limit", UNSET)

        _params = d.pop("params", UNSET)
        params: PictureAskedParams | Unset
        if isinstance(_params, Unset):
            params = UNSET
        else:
            params = PictureAskedParams.from_dict(_params)

        picture_asked = cls(
            as_of=as_of,
            limit=limit,
            params=params,
        )

        return picture_asked
