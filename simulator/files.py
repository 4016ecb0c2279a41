"""The tables of a simulated world: their columns, and how sheets become rows."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from simulator.activity import EVENT_KINDS, RELATIVES, Events, Relations, event_number
from simulator.asked import Asked
from simulator.chances import Chances
from simulator.columns import TIME, column, integers, moments, spread, words
from simulator.dice import Flags, Ints
from simulator.hours import MINUTE
from simulator.incidents import AMOUNT_FACTOR, DEVICE_FARM, INCIDENT_KINDS, Happenings
from simulator.lenders import LENDER_NAMES, LENDER_OF, PRODUCT_IDS, PRODUCTS, of_products
from simulator.lists import Lists
from simulator.outcomes import TARGETS, Outcomes
from simulator.places import Places
from simulator.render import Forms, numbered
from simulator.rings import Plan
from simulator.sheet import CHANNELS, INNOCENCE, KINDS, ROLES, Sheet
from simulator.write import Writer

_WORD = pa.dictionary(pa.int32(), pa.string())
_TEXT, _INTEGER, _SHARE = pa.string(), pa.int64(), pa.float64()

APPLICATIONS = pa.schema(
    {
        "application_id": _TEXT, "arrival": _INTEGER, "user_id": _TEXT, "submitted_at": TIME, "lender": _WORD,
        "product_id": _WORD, "amount": _INTEGER, "term_months": pa.int32(), "income_cents": _INTEGER,
        "debt_cents": _INTEGER, "channel": _WORD, "device_id": _TEXT, "ip": _TEXT, "phone": _TEXT, "contact_phone": _TEXT,
        "employer_phone": _TEXT, "card_number": _TEXT, "id_number": _TEXT, "address": _TEXT, "employer": _TEXT,
        "email": _TEXT,
    }
)  # fmt: skip
OUTCOMES = pa.schema(
    {"application_id": _TEXT, "target": _WORD, "value": _SHARE, "event_at": TIME, "known_at": TIME}
)
EVENTS = pa.schema(
    {"event_id": _TEXT, "user_id": _TEXT, "kind": _WORD, "event_at": TIME, "device_id": _TEXT, "ip": _TEXT}
)
RELATIONS = pa.schema(
    {"user_id": _TEXT, "relative_id": _TEXT, "kind": _WORD, "level": pa.int32(), "known_at": TIME}
)
IMPRESSIONS = pa.schema(
    {
        "list_id": _TEXT, "user_id": _TEXT, "shown_at": TIME, "position": pa.int32(), "product_id": _WORD,
        "clicked": pa.bool_(), "applied_application_id": _TEXT,
    }
)  # fmt: skip
PRODUCT_TABLE = pa.schema(
    {
        "product_id": _WORD, "lender": _WORD, "name": _WORD, "least": _INTEGER, "most": _INTEGER,
        "yearly_rate": _SHARE,
    }
)  # fmt: skip
TRUTH = pa.schema(
    {
        "application_id": _TEXT, "ring_id": _TEXT, "kind": _WORD, "role": _WORD, "innocence": _WORD,
        "person_id": _TEXT, "fraud_chance": _SHARE, "fraud": pa.bool_(), "ring_since": TIME, "approval_chance": _SHARE,
        "disbursement_chance": _SHARE, "overdue_chance": _SHARE, "expected_amount_cents": _SHARE,
    }
)  # fmt: skip
RINGS = pa.schema(
    {
        "ring_id": _TEXT, "kind": _WORD, "first_at": TIME, "last_at": TIME, "applications": _INTEGER,
        "users": _INTEGER, "fraud_chance": _SHARE,
    }
)  # fmt: skip

INCIDENTS = pa.schema(
    {
        "incident": _INTEGER, "kind": _WORD, "from_at": TIME, "until_at": TIME, "lender": _WORD, "ring_id": _TEXT,
        "employer": _TEXT, "ip": _TEXT, "stricter": _SHARE,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Chunk:
    """A stretch of time: the applications, what they ask for, what becomes of them, what users do besides."""

    sheet: Sheet
    asked: Asked
    chances: Chances
    outcomes: Outcomes
    events: Events
    relations: Relations
    lists: Lists
    broken: Flags
    """Applications that a broken loader writes."""


class Files:
    """All files of a world, open for writing; closing them well gives them their names."""

    def __init__(self, folder: Path, forms: Forms, happenings: Happenings, stack: ExitStack) -> None:
        self._folder, self._forms, self._happenings = folder, forms, happenings

        def opened(name: str, schema: pa.Schema) -> Writer:
            return stack.enter_context(Writer(folder / name, schema))

        self.applications = opened("applications.parquet", APPLICATIONS)
        self.events = opened("events.parquet", EVENTS)
        self.relations = opened("relations.parquet", RELATIONS)
        self.products = opened("products.parquet", PRODUCT_TABLE)
        self.impressions = opened("impressions.parquet", IMPRESSIONS)
        self.outcomes = opened("outcomes.parquet", OUTCOMES)
        self.truth = opened("truth/applications.parquet", TRUTH)
        self.rings = opened("truth/rings.parquet", RINGS)
        self.incidents = opened("truth/incidents.parquet", INCIDENTS)

    def write_chunk(self, first: int, chunk: Chunk) -> None:
        """Append the rows of one chunk, whose first application is the `first` of the world."""
        arrival = np.arange(first, first + len(chunk.sheet), dtype=np.int64)
        names = numbered("A", arrival, 9)
        users = self._write_applications(arrival, names, chunk)
        self._write_events(arrival, users, chunk.events)
        self._write_relations(users, chunk.asked, chunk.relations)
        self._write_lists(arrival, names, users, chunk.lists)
        self._write_outcomes(names, chunk.outcomes)
        self._write_truth(names, chunk)

    def _write_applications(self, arrival: Ints, names: pa.Array, chunk: Chunk) -> pa.Array:
        forms, sheet, asked = self._forms, chunk.sheet, chunk.asked
        users = forms.user(sheet.account)
        self.applications.write(
            {
                "application_id": names,
                "arrival": integers(arrival),
                "user_id": users,
                "submitted_at": moments(asked.submitted),
                "lender": words(LENDER_NAMES, asked.lender),
                "product_id": words(PRODUCT_IDS, asked.product),
                "amount": integers(np.where(chunk.broken, asked.amount * AMOUNT_FACTOR, asked.amount)),
                "term_months": column(asked.term.astype(np.int32), pa.int32()),
                "income_cents": integers(asked.income),
                "debt_cents": integers(asked.debt),
                "channel": words(CHANNELS, sheet.channel),
                "device_id": self._devices(chunk),
                "ip": forms.ip(sheet.ip),
                "phone": forms.mobile(sheet.phone),
                "contact_phone": forms.mobile(sheet.contact),
                "employer_phone": forms.landline(sheet.city, sheet.employer),
                "card_number": forms.card(sheet.card),
                "id_number": forms.identity(sheet.identity),
                "address": forms.address(sheet.city, sheet.address),
                "employer": forms.employer(sheet.city, sheet.employer),
                "email": forms.mail(sheet.mail),
            }
        )
        return users

    def _devices(self, chunk: Chunk) -> pa.Array:
        """Device ids; a broken loader writes one and the same, or none."""
        devices = self._forms.device(chunk.sheet.device)
        broken = chunk.broken
        if not broken.any():
            return devices
        same = self._forms.device(self._happenings.constant_device())[0]
        written = devices.to_numpy(zero_copy_only=False)
        written[broken] = np.where(chunk.sheet.key[broken] % 2 == 0, same.as_py(), "")
        return pa.array(written, pa.string())

    def _write_events(self, arrival: Ints, users: pa.Array, events: Events) -> None:
        self.events.write(
            {
                "event_id": numbered("E", event_number(arrival[events.row], events.number), 10),
                "user_id": users.take(integers(events.row)),
                "kind": words(EVENT_KINDS, events.kind),
                "event_at": moments(events.when),
                "device_id": self._forms.device(events.device),
                "ip": self._forms.ip(events.ip),
            }
        )

    def _write_relations(self, users: pa.Array, asked: Asked, relations: Relations) -> None:
        self.relations.write(
            {
                "user_id": users.take(integers(relations.row)),
                "relative_id": self._forms.user(relations.relative),
                "kind": words(RELATIVES, relations.kind),
                "level": column(np.ones(len(relations.row), dtype=np.int32), pa.int32()),
                "known_at": moments(asked.submitted[relations.row]),
            }
        )

    def _write_lists(self, arrival: Ints, names: pa.Array, users: pa.Array, lists: Lists) -> None:
        self.impressions.write(
            {
                "list_id": numbered("L", arrival[lists.row] * 2 + lists.number, 10),
                "user_id": users.take(integers(lists.row)),
                "shown_at": moments(lists.when),
                "position": column(lists.position.astype(np.int32), pa.int32()),
                "product_id": words(PRODUCT_IDS, lists.product),
                "clicked": column(lists.clicked, pa.bool_()),
                "applied_application_id": names.take(column(lists.row, pa.int64(), lists.applied)),
            }
        )

    def _write_outcomes(self, names: pa.Array, outcomes: Outcomes) -> None:
        self.outcomes.write(
            {
                "application_id": names.take(integers(outcomes.row)),
                "target": words(TARGETS, outcomes.target),
                "value": column(outcomes.value, _SHARE),
                "event_at": moments(outcomes.event_at),
                "known_at": moments(outcomes.known_at),
            }
        )

    def _write_truth(self, names: pa.Array, chunk: Chunk) -> None:
        sheet, chance = chunk.sheet, chunk.chances
        member = sheet.ring >= 0
        ring = np.flatnonzero(member)
        self.truth.write(
            {
                "application_id": names,
                "ring_id": spread(numbered("R", sheet.ring[ring], 6), ring, len(sheet)),
                "kind": words(KINDS, sheet.kind),
                "role": words(ROLES, sheet.role),
                "innocence": words(INNOCENCE, sheet.innocence),
                "person_id": numbered("P", sheet.true_person, 9),
                "fraud_chance": column(sheet.chance, _SHARE),
                "fraud": column(sheet.fraud, pa.bool_()),
                "ring_since": column(np.where(member, sheet.since // MINUTE * MINUTE, 0), TIME, member),
                "approval_chance": column(chance.approval, _SHARE),
                "disbursement_chance": column(chance.disbursement, _SHARE),
                "overdue_chance": column(chance.overdue, _SHARE),
                "expected_amount_cents": column(chunk.asked.amount * chance.granted * 100, _SHARE),
            }
        )

    def write_products(self) -> None:
        """The products of all lenders."""
        index = np.arange(len(PRODUCTS), dtype=np.int64)
        self.products.write(
            {
                "product_id": words(PRODUCT_IDS, index),
                "lender": words(LENDER_NAMES, LENDER_OF),
                "name": words([product.name for product in PRODUCTS], index),
                "least": integers(of_products("least").astype(np.int64)),
                "most": integers(of_products("most").astype(np.int64)),
                "yearly_rate": column(of_products("yearly_rate"), _SHARE),
            }
        )

    def write_rings(self, plan: Plan) -> None:
        """A row for each planted ring."""
        rows = np.flatnonzero(plan.ring >= 0)
        ring, count = plan.ring[rows], len(plan.kinds)
        first = np.full(count, np.iinfo(np.int64).max)
        last, users = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        np.minimum.at(first, ring, plan.when[rows])
        np.maximum.at(last, ring, plan.when[rows])
        np.maximum.at(users, ring, plan.member[rows] + 1)
        applications = np.bincount(ring, minlength=count)
        self.rings.write(
            {
                "ring_id": numbered("R", np.arange(count, dtype=np.int64), 6),
                "kind": words(KINDS, plan.kinds),
                "first_at": moments(first),
                "last_at": moments(last),
                "applications": integers(applications),
                "users": integers(users),
                "fraud_chance": column(np.bincount(ring, plan.chance[rows]) / applications, _SHARE),
            }
        )

    def write_incidents(self, plan: Plan, places: Places) -> None:
        """A row for each incident; the rings of farms that burst are the last of the world."""
        happened = self._happenings.all
        if not happened:
            return
        farms = [one.number for one in self._happenings.of(DEVICE_FARM)]
        ring = [
            farms.index(n) + len(plan.kinds) - len(farms) if n in farms else -1 for n in range(len(happened))
        ]
        lender = np.array([one.lender for one in happened], dtype=np.int64)
        offices = np.flatnonzero(np.array([one.employer for one in happened]) >= 0)
        city = np.array([happened[row].city for row in offices], dtype=np.int64)
        employer = np.array([happened[row].employer for row in offices], dtype=np.int64)
        rows, members = len(happened), np.flatnonzero(np.array(ring) >= 0)
        self.incidents.write(
            {
                "incident": integers(np.arange(rows)),
                "kind": words(INCIDENT_KINDS, np.array([INCIDENT_KINDS.index(one.kind) for one in happened])),
                "from_at": moments(np.array([one.since for one in happened])),
                "until_at": pa.array([one.until for one in happened], TIME),
                "lender": words(LENDER_NAMES, lender),
                "ring_id": spread(numbered("R", np.array(ring, dtype=np.int64)[members], 6), members, rows),
                "employer": spread(self._forms.employer(city, employer), offices, rows),
                "ip": spread(self._forms.ip(places.office_ip(city, employer)), offices, rows),
                "stricter": column(np.array([one.stricter for one in happened]), _SHARE),
            }
        )
