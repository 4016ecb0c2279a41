from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.lookup_asked_options import LookupAskedOptions


T = TypeVar("T", bound="LookupAsked")


@_attrs_define
class LookupAsked:
    """A raw value and what it is.

    Attributes:
        type_ (str): A type, such as Phone.
        value (str): As somebody wrote it.
        as_of (datetime.datetime | None | Unset):
        options (LookupAskedOptions | Unset): Options of the normaliser, as in a mapping: `country` of phones, say.
        source (str | Unset): The source, for types whose values count within theirs. Default: ''.
    """

    type_: str
    value: str
    as_of: datetime.datetime | None | Unset = UNSET
    options: LookupAskedOptions | Unset = UNSET
    source: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        value = self.value

        as_of: None | str | Unset
        if isinstance(self.as_of, Unset):
            as_of = UNSET
        elif isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = self.options.to_dict()

        source = self.source

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "value": value,
            }
        )
        if as_of is not UNSET:
            field_dict["as_of"] = as_of
        if options is not UNSET:
            field_dict["options"] = options
        if source is not UNSET:
            field_dict["source"] = source

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.lookup_asked_options import LookupAskedOptions

        d = dict(src_dict)
        type_ = d.pop("type")

        value = d.pop("value")

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

        _options = d.pop("options", UNSET)
        options: LookupAskedOptions | Unset
        if isinstance(_options, Unset):
            options = UNSET
        else:
            options = LookupAskedOptions.from_dict(_options)

        source = d.pop("source", UNSET)

        lookup_asked = cls(
            type_=type_,
            value=value,
            as_of=as_of,
            options=options,
            source=source,
        )

        return lookup_asked
