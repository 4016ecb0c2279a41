from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.user_application_outcomes import UserApplicationOutcomes


T = TypeVar("T", bound="UserApplication")


@_attrs_define
class UserApplication:
    """One of a user's applications in a few words.

    Attributes:
        amount_cents (int | None):
        id (None | str):
        key (str):
        known_at (datetime.datetime | None):
        lender (None | str):
        outcomes (UserApplicationOutcomes): Latest value by target.
        product (None | str):
        ring (None | str):
        source (None | str):
    """

    amount_cents: int | None
    id: None | str
    key: str
    known_at: datetime.datetime | None
    lender: None | str
    outcomes: UserApplicationOutcomes
    product: None | str
    ring: None | str
    source: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount_cents: int | None
        amount_cents = self.amount_cents

        id: None | str
        id = self.id

        key = self.key

        known_at: None | str
        if isinstance(self.known_at, datetime.datetime):
            known_at = self.known_at.isoformat()
        else:
            known_at = self.known_at

        lender: None | str
        lender = self.lender

        outcomes = self.outcomes.to_dict()

        product: None | str
        product = self.product

        ring: None | str
        ring = self.ring

        source: None | str
        source = self.source

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount_cents": amount_cents,
                "id": id,
                "key": key,
                "known_at": known_at,
                "lender": lender,
                "outcomes": outcomes,
                "product": product,
                "ring": ring,
                "source": source,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.user_application_outcomes import UserApplicationOutcomes

        d = dict(src_dict)

        def _parse_amount_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        amount_cents = _parse_amount_cents(d.pop("amount_cents"))

        def _parse_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        id = _parse_id(d.pop("id"))

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

        def _parse_lender(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        lender = _parse_lender(d.pop("lender"))

        outcomes = UserApplicationOutcomes.from_dict(d.pop("outcomes"))

        def _parse_product(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        product = _parse_product(d.pop("product"))

        def _parse_ring(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ring = _parse_ring(d.pop("ring"))

        def _parse_source(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        source = _parse_source(d.pop("source"))

        user_application = cls(
            amount_cents=amount_cents,
            id=id,
            key=key,
            known_at=known_at,
            lender=lender,
            outcomes=outcomes,
            product=product,
            ring=ring,
            source=source,
        )

        user_application.additional_properties = d
        return user_application

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
