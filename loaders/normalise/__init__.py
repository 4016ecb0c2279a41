"""Makes equal values meet: one canonical form for each kind of identifier, junk refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from loaders.normalise.address import normalise_address, one_address
from loaders.normalise.card import normalise_card, one_card
from loaders.normalise.code import normalise_code, one_code
from loaders.normalise.device import normalise_device, one_device
from loaders.normalise.email import normalise_email, one_email
from loaders.normalise.id_number import normalise_id_number, one_id_number
from loaders.normalise.ip import normalise_ip, one_ip
from loaders.normalise.kinds import Normalised, Normaliser, One, Plainly
from loaders.normalise.name import normalise_name, one_name
from loaders.normalise.phone import normalise_phone, one_phone
from loaders.normalise.reasons import REASONS

__all__ = ["NORMALISERS", "PLAINLY", "REASONS", "Normalised", "Normaliser", "One", "Plainly"]

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
PLAINLY: Mapping[str, Plainly] = MappingProxyType(
    {
        "phone": one_phone,
        "email": one_email,
        "ip": one_ip,
        "id_number": one_id_number,
        "card": one_card,
        "address": one_address,
        "name": one_name,
        "device": one_device,
        "code": one_code,
    }
)
"""What one value is normalised with, where it can."""
