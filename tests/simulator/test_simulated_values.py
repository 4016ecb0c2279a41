"""Every value is what it pretends to be, by slow and obvious checks."""

from __future__ import annotations

import ipaddress
import re
from datetime import date

import phonenumbers
import polars as pl

from graph_schema import FINGRAPH
from simulator.dice import Dice
from simulator.identities import Identities
from simulator.names import CITIES
from simulator.places import FAKE_EMPLOYERS, FAKES
from simulator.render import Forms
from simulator.sheet import FRAUD, PEOPLE

PROVINCES = {county[:2] for city in CITIES for county in city.counties}


def luhn_holds(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def identity_holds(number: str, on: date) -> bool:
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    check = "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11]
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return number[17] == check and number[:2] in PROVINCES and 18 <= (on - born).days / 365.25 < 70


def unique(frame: pl.DataFrame, name: str) -> list[str]:
    return frame[name].drop_nulls().unique(maintain_order=True).to_list()


def test_identity_numbers_carry_their_check_character_and_an_adults_birthday(
    applications: pl.DataFrame,
) -> None:
    assert all(identity_holds(number, date(2025, 1, 1)) for number in unique(applications, "id_number"))


def test_cards_satisfy_luhn(applications: pl.DataFrame) -> None:
    cards = unique(applications, "card_number")
    assert {len(card) for card in cards} == {16, 19}
    assert all(luhn_holds(card) for card in cards)


def test_phones_are_valid_mainland_numbers(applications: pl.DataFrame) -> None:
    for name in ("phone", "contact_phone"):
        numbers = unique(applications, name)
        assert all(re.fullmatch(r"1[3-9]\d{9}", number) for number in numbers)
    sample = [*unique(applications, "phone")[:3_000], *unique(applications, "contact_phone")[:3_000]]
    sample += unique(applications, "employer_phone")
    for number in sample:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, "CN")), len(number)


def test_addresses_are_public(world_ips: list[str]) -> None:
    assert all(ipaddress.IPv4Address(ip).is_global for ip in world_ips)


def test_texts_are_chinese_and_mails_are_mails(applications: pl.DataFrame) -> None:
    assert all(re.fullmatch(r"[一-鿿0-9]{15,60}", text) for text in unique(applications, "address"))
    assert all(re.fullmatch(r"[一-鿿]{8,40}", text) for text in unique(applications, "employer"))
    assert all(
        re.fullmatch(r"[a-z.]*\d{9,10}@[a-z0-9]+\.com", mail) for mail in unique(applications, "email")
    )
    assert 0.3 < applications["email"].is_not_null().mean() < 0.5
    assert all(re.fullmatch(r"[0-9a-f]{16}", device) for device in unique(applications, "device_id"))


def test_ids_are_unique_and_amounts_fit_their_products(
    world_products: pl.DataFrame, applications: pl.DataFrame
) -> None:
    assert applications["application_id"].is_unique().all()
    assert applications["arrival"].to_list() == list(range(len(applications)))
    joined = applications.with_columns(pl.col("product_id", "lender").cast(pl.String)).join(
        world_products.with_columns(pl.col("product_id", "lender").cast(pl.String)),
        on=["product_id", "lender"],
    )
    assert len(joined) == len(applications)
    assert ((joined["amount"] >= joined["least"]) & (joined["amount"] <= joined["most"])).all()
    assert (joined["income_cents"] > 0).all()


def test_number_ranges_hold_the_largest_world() -> None:
    forms = Forms(Dice(1), Identities(Dice(1), date(2025, 1, 1)))
    assert forms.capacity("identities") >= 2 * FRAUD
    assert forms.capacity("users") >= 2 * FRAUD
    assert forms.capacity("mails") >= 2 * FRAUD
    assert forms.capacity("numbers") >= PEOPLE * 8
    assert forms.capacity("cards") >= (1 << 30) + (1 << 28)
    assert forms.capacity("companies") >= FAKE_EMPLOYERS + FAKES
    assert forms.capacity("lines") >= FAKE_EMPLOYERS + FAKES


def test_every_identifier_of_the_schema_is_used() -> None:
    assert {"Device", "Phone", "IpAddress", "BankCard", "IdNumber", "Address", "Employer", "Email"} == {
        identifier.label for identifier in FINGRAPH.identifiers
    }
