from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.given_asked import GivenAsked
    from ..models.score_asked_properties import ScoreAskedProperties


T = TypeVar("T", bound="ScoreAsked")


@_attrs_define
class ScoreAsked:
    """An application, and what is asked about it.

    Attributes:
        id (str):
        source (str): Who gives the ids.
        dry_run (bool | Unset): Nothing is written and nothing is kept. Default: False.
        event_at (datetime.datetime | None | Unset): When it happened; data, never a cut.
        explain (bool | Unset): Reasons of every model, and all features. Default: False.
        identifiers (list[GivenAsked] | Unset):
        lender (None | str | Unset): Who is asked for the money (default: the source).
        product (None | str | Unset):
        properties (ScoreAskedProperties | Unset): By the names of docs/schema.md; money in whole cents.
        targets (list[str] | Unset): Models to be asked beside those of the policy.
        user (None | str | Unset): Id of the user within the source.
    """

    id: str
    source: str
    dry_run: bool | Unset = False
    event_at: datetime.datetime | None | Unset = UNSET
    explain: bool | Unset = False
    identifiers: list[GivenAsked] | Unset = UNSET
    lender: None | str | Unset = UNSET
    product: None | str | Unset = UNSET
    properties: ScoreAskedProperties | Unset = UNSET
    targets: list[str] | Unset = UNSET
    user: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        source = self.source

        dry_run = self.dry_run

        event_at: None | str | Unset
        if isinstance(self.event_at, Unset):
            event_at = UNSET
        elif isinstance(self.event_at, datetime.datetime):
            event_at = self.event_at.isoformat()
        else:
            event_at = self.event_at

        explain = self.explain

        identifiers: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.identifiers, Unset):
            identifiers = []
            for identifiers_item_data in self.identifiers:
                identifiers_item = identifiers_item_data.to_dict()
                identifiers.append(identifiers_item)

        lender: None | str | Unset
        if isinstance(self.lender, Unset):
            lender = UNSET
        else:
            lender = self.lender

        product: None | str | Unset
        if isinstance(self.product, Unset):
            product = UNSET
        else:
            product = self.product

        properties: dict[str, Any] | Unset = UNSET
        if not isinstance(self.properties, Unset):
            properties = self.properties.to_dict()

        targets: list[str] | Unset = UNSET
        if not isinstance(self.targets, Unset):
            targets = self.targets

        user: None | str | Unset
        if isinstance(self.user, Unset):
            user = UNSET
        else:
            user = self.user

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "source": source,
            }
        )
        if dry_run is not UNSET:
            field_dict["dry_run"] = dry_run
        if event_at is not UNSET:
            field_dict["event_at"] = event_at
        if explain is not UNSET:
            field_dict["explain"] = explain
        if identifiers is not UNSET:
            field_dict["identifiers"] = identifiers
        if lender is not UNSET:
            field_dict["lender"] = lender
        if product is not UNSET:
            field_dict["product"] = product
        if properties is not UNSET:
            field_dict["properties"] = properties
        if targets is not UNSET:
            field_dict["targets"] = targets
        if user is not UNSET:
            field_dict["user"] = user

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.given_asked import GivenAsked
        from ..models.score_asked_properties import ScoreAskedProperties

        d = dict(src_dict)
        id = d.pop("id")

        source = d.pop("source")

        dry_run = d.pop("dry_run", UNSET)

        def _parse_event_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                event_at_type_0 = datetime.datetime.fromisoformat(data)

                return event_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        event_at = _parse_event_at(d.pop("event_at", UNSET))

        explain = d.pop("explain", UNSET)

        _identifiers = d.pop("identifiers", UNSET)
        identifiers: list[GivenAsked] | Unset = UNSET
        if _identifiers is not UNSET:
            identifiers = []
            for identifiers_item_data in _identifiers:
                identifiers_item = GivenAsked.from_dict(identifiers_item_data)

                identifiers.append(identifiers_item)

        def _parse_lender(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        lender = _parse_lender(d.pop("lender", UNSET))

        def _parse_product(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        product = _parse_product(d.pop("product", UNSET))

        _properties = d.pop("properties", UNSET)
        properties: ScoreAskedProperties | Unset
        if isinstance(_properties, Unset):
            properties = UNSET
        else:
            properties = ScoreAskedProperties.from_dict(_properties)

        targets = cast(list[str], d.pop("targets", UNSET))

        def _parse_user(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user = _parse_user(d.pop("user", UNSET))

        score_asked = cls(
            id=id,
            source=source,
            dry_run=dry_run,
            event_at=event_at,
            explain=explain,
            identifiers=identifiers,
            lender=lender,
            product=product,
            properties=properties,
            targets=targets,
            user=user,
        )

        return score_asked
