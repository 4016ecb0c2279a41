from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.cypher_asked_parameters import CypherAskedParameters


T = TypeVar("T", bound="CypherAsked")


@_attrs_define
class CypherAsked:
    """A statement that only reads.

    Attributes:
        statement (str):
        bytes_ (int | Unset): Bytes of all rows, at most. Default: 5000000.
        parameters (CypherAskedParameters | Unset):
        rows (int | Unset): Rows, at most. Default: 1000.
        seconds (float | Unset): Time of the statement, at most. Default: 10.0.
    """

    statement: str
    bytes_: int | Unset = 5000000
    parameters: CypherAskedParameters | Unset = UNSET
    rows: int | Unset = 1000
    seconds: float | Unset = 10.0

    def to_dict(self) -> dict[str, Any]:
        statement = self.statement

        bytes_ = self.bytes_

        parameters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.parameters, Unset):
            parameters = self.parameters.to_dict()

        rows = self.rows

        seconds = self.seconds

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "statement": statement,
            }
        )
        if bytes_ is not UNSET:
            field_dict["bytes"] = bytes_
        if parameters is not UNSET:
            field_dict["parameters"] = parameters
        if rows is not UNSET:
            field_dict["rows"] = rows
        if seconds is not UNSET:
            field_dict["seconds"] = seconds

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.cypher_asked_parameters import CypherAskedParameters

        d = dict(src_dict)
        statement = d.pop("statement")

        bytes_ = d.pop("bytes", UNSET)

        _parameters = d.pop("parameters", UNSET)
        parameters: CypherAskedParameters | Unset
        if isinstance(_parameters, Unset):
            parameters = UNSET
        else:
            parameters = CypherAskedParameters.from_dict(_parameters)

        rows = d.pop("rows", UNSET)

        seconds = d.pop("seconds", UNSET)

        cypher_asked = cls(
            statement=statement,
            bytes_=bytes_,
            parameters=parameters,
            rows=rows,
            seconds=seconds,
        )

        return cypher_asked
