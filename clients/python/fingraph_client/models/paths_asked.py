from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PathsAsked")


@_attrs_define
class PathsAsked:
    """The two ends, by the keys of their users.

    Attributes:
        other (str): A key, as replies give it.
        user (str): A key, as replies give it.
        as_of (datetime.datetime | None | Unset):
        hops (int | Unset): Links of a path, at most. Default: 6.
        limit (int | Unset): Paths, at most. Default: 5.
    """

    other: str
    user: str
    as_of: datetime.datetime | None | Unset = UNSET
    hops: int | Unset = 6
    limit: int | Unset = 5

    def to_dict(self) -> dict[str, Any]:
        other = self.other

        user = self.user

        as_of: None | str | Unset
        if isinstance(self.as_of, Unset):
            as_of = UNSET
        elif isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        hops = self.hops

        limit = self.limit

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "other": other,
                "user": user,
            }
        )
        if as_of is not UNSET:
            field_dict["as_of"] = as_of
        if hops is not UNSET:
            field_dict["hops"] = hops
        if limit is not UNSET:
            field_dict["limit"] = limit

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        other = d.pop("other")

        user = d.pop("user")

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

        hops = d.pop("hops", UNSET)

        limit = d.pop("limit", UNSET)

        paths_asked = cls(
            other=other,
            user=user,
            as_of=as_of,
            hops=hops,
            limit=limit,
        )

        return paths_asked
