"""Why a value was refused, by code: what is wrong and what to do. No sentence ever carries the value."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "value.blank": "There is nothing but invisible characters; leave the cell empty.",
        "value.too_long": "It is longer than 512 characters; check the file's delimiter and quotes.",
        "value.control": "It holds control characters; check the file's format and encoding.",
        "value.broken_text": "It was decoded wrongly; set the file's encoding in the mapping.",
        "phone.letters": "A phone number holds letters; give digits only.",
        "phone.form": "A phone number holds characters that no number has; give one number a column.",
        "phone.too_short": "The phone number is too short; give it with its area code.",
        "phone.too_long": "The phone number is too long; give one number a column.",
        "phone.country": "No country has this calling code; check the number or the option `country`.",
        "phone.repeated": "The phone number is one digit repeated; leave unknown numbers empty.",
        "phone.placeholder": "It is a known placeholder or service number; leave unknown ones empty.",
        "phone.not_assigned": "The number fits no numbering plan of its country; check it and its area code.",
        "email.no_at": "An e-mail address needs an @; check the column.",
        "email.local": "The part before the @ is no valid mailbox name; check the address.",
        "email.domain": "The part after the @ is no valid domain; check the address.",
        "email.too_long": "It is longer than mail allows (64 before the @, 254 in all); check it.",
        "email.placeholder": "The e-mail address is a known placeholder; leave unknown ones empty.",
        "ip.form": "It is no internet address; numbers need the option `decimal`, ports and lists must go.",
        "ip.leading_zero": "A part starts with 0, which programs read differently; write it plainly.",
        "ip.out_of_range": "A part of the address, or its number, is too big; check the column.",
        "ip.unusable": "Unspecified, broadcast and loopback addresses name no machine; log the client's.",
        "id_number.form": "An identity number has digits, and at most an X at its end; check the column.",
        "id_number.length": "An identity number has 18 characters, or 15 digits in its old form; check it.",
        "id_number.region": "The identity number starts with no known province code; check it.",
        "id_number.date": "The identity number holds no valid birth date; check it.",
        "id_number.future": "The identity number's birth date lies in the future; check it.",
        "id_number.checksum": "The identity number's check character is wrong; check it for a typing error.",
        "id_number.placeholder": "It is a published example or one digit repeated; leave it empty.",
        "card.form": "A card number has digits only; masked numbers cannot be matched, leave them out.",
        "card.too_short": "A card number has at least 12 digits; check it.",
        "card.too_long": "A card number has at most 19 digits; give one number a column.",
        "card.checksum": "The check digit is wrong; check it, or set `luhn` to false for account numbers.",
        "card.placeholder": "It is a published test number or one digit repeated; leave it empty.",
        "address.placeholder": "The address is a placeholder; leave unknown addresses empty.",
        "address.too_short": "The address is too short to name a home; give street and number.",
        "address.no_letters": "The address has no letters; give more than a postcode.",
        "name.placeholder": "The name is a placeholder or says that there is none; leave it empty.",
        "name.too_short": "A name has at least two characters; check the column.",
        "name.no_letters": "The name has no letters; check the column.",
        "device.placeholder": "Many devices report this id when they have none; leave unknown ids empty.",
    }
)
"""Every reason a normaliser gives."""
