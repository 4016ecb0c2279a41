from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.given_asked_options import GivenAskedOptions


T = TypeVar("T", bound="GivenAsked")


@_attrs_define
class GivenAsked:
    """An identifier of the application, as somebody wrote it.

    Attributes:
        type_ (str): A type, such as Phone.
        value (str):
        options (GivenAskedOptions | Unset): Options of the normaliser: `country` of phones, say.
        role (None | str | Unset):
    """

    type_: str
    value: str
    options: GivenAskedOptions | Unset = UNSET
    role: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        value = self.value

        options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = self.options.to_dict()

        role: None | str | Unset
        if isinstance(self.role, Unset):
            role = UNSET
        else:
            role = self.role

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "value": value,
            }
        )
        if options is not UNSET:
            field_dict["options"] = options
        if role is not UNSET:
            field_dict["role"] = role

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.given_asked_options import GivenAskedOptions

        d = dict(src_dict)
        type_ = d.pop("type")

        value = d.pop("value")

        _options = d.pop("options", UNSET)
        options: GivenAskedOptions | Unset
        if isinstance(_options, Unset):
            options = UNSET
        else:
            options = GivenAskedOptions.from_dict(_options)

        def _parse_role(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        role = _parse_role(d.pop("role", UNSET))

        given_asked = cls(
            type_=type_,
            value=value,
            options=options,
            role=role,
        )

        return given_asked
