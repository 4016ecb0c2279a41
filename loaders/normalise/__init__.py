"""Makes equal values meet: one canonical form for each kind of identifier, junk refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from loaders.normalise.address import normalise_address
from loaders.normalise.card import normalise_card
from loaders.normalise.code import normalise_code
from loaders.normalise.device import normalise_device
from loaders.normalise.email import normalise_email
from loaders.normalise.id_number import normalise_id_number
from loaders.normalise.ip import normalise_ip
from loaders.normalise.kinds import Normalised, Normaliser
from loaders.normalise.name import normalise_name
from loaders.normalise.phone import normalise_phone
from loaders.normalise.reasons import REASONS

__all__ = ["NORMALISERS", "REASONS", "Normalised", "Normaliser"]

NORMALISERS: Mapping[str, Normaliser] = MappingProxyType(
    {
        "phone": normalise_phone,
        "email": normalise_email,
        "ip": normalise_ip,
        "id_number": normalise_id_number,
        "card": normalise_card,
        "address": normalise_address,
        "name": normalise_name,
        "device": normalise_device,
        "code": normalise_code,
    }
)
"""Normalisers by the name that `graph_schema` declares."""
