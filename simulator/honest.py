"""The sheet of honest applications: their own things, and the innocent ways of sharing them."""

from __future__ import annotations

import numpy as np

from core.clock import DAY
from simulator import sheet as at
from simulator.belongings import PHONES_PER_PERSON, Belongings
from simulator.dice import Dice, Flags, Floats, Ints, Words, cumulative, logistic
from simulator.hours import HOUR, LOCAL
from simulator.incidents import Happenings
from simulator.people import Household, People
from simulator.places import DORMITORY_ADDRESS, Places
from simulator.sheet import HONEST, KIN, NOBODY, OUTSIDER, SHOPKEEPER, Sheet

VIA_SHOP = 0.05
SHOP_DEVICES = 2
SHOP_AS_CONTACT = 0.1
FAMILY_DEVICE = 0.12
CARRIER, OFFICE_WIFI, NEW_OFFICE_WIFI = 0.45, 0.35, 0.8
HAS_MAIL = 0.4
CHANNELS = (62, 22, 0, 16)
FRAUD_LOGIT = -6.0


class HonestPeople:
    """Writes the honest part of a sheet."""

    def __init__(
        self, dice: Dice, people: People, places: Places, belongings: Belongings, happenings: Happenings
    ) -> None:
        self.dice, self.people, self.places, self.belongings = dice, people, places, belongings
        self.happenings = happenings

    def sheet(self, low: int, high: int) -> Sheet:
        """The honest applications of the slots `low` … `high` − 1."""
        slot = np.arange(low, high, dtype=np.int64)
        when, root = self.people.when(slot), self.people.root(slot)
        person = self.people.person(root)
        household = self.people.household(person)
        city = self.places.city(household.key)
        employer = self.places.employer(city, person)
        shop = np.where(self.dice.chance("via shop", VIA_SHOP, slot), self.places.shop(city, slot), NOBODY)
        dormitory = self.places.in_dormitory(city, employer, person)
        address = np.where(dormitory, DORMITORY_ADDRESS + city * (1 << 25) + employer, household.key)
        home_ip = self.places.line_ip("home", address, when)
        phone, phone_before = self.belongings.customer_number(person, when)
        own_device, device_before = self._own_device(person, household, when)
        moved_in, employer = self.happenings.moved_in(city, employer, person, when)
        at_work = self._at_work(slot, when, moved_in)
        ip = np.where(at_work, self.places.office_ip(city, employer), self._ip(slot, city, home_ip))
        innocence = _innocence(
            {
                at.OFFICE: at_work,
                at.HOUSEHOLD: household.size > 1,
                at.DORMITORY: dormitory,
                at.RECYCLED_PHONE: phone_before >= 0,
                at.RESOLD_DEVICE: device_before >= 0,
                at.SECOND_ACCOUNT: person != root,
                at.AGENT_SHOP: shop >= 0,
            }
        )
        device, ip = self._in_shop(slot, when, shop, own_device, ip)
        chance = self._chance_of_fraud(slot, person, when, shop)
        fraud = self.dice.chance("fraud", chance, slot)
        return Sheet(
            when=when,
            key=slot,
            account=HONEST + root,
            person=HONEST + person,
            true_person=HONEST + person,
            first=slot == root,
            identity=HONEST + person,
            phone=phone,
            contact=self._contact(slot, person, household, when, shop),
            city=city,
            employer=employer,
            address=address,
            card=self.belongings.card(HONEST + person, slot),
            mail=np.where(self.dice.chance("has mail", HAS_MAIL, person), HONEST + person, NOBODY),
            device=device,
            own_device=own_device,
            ip=ip,
            home_ip=home_ip,
            channel=np.where(shop >= 0, at.AGENT, self.dice.weighted("channel", cumulative(CHANNELS), slot)),
            ring=_nobody(slot),
            since=_nobody(slot),
            stage=np.full(len(slot), at.ORDINARY, dtype=np.int64),
            kind=np.where(fraud, at.OPPORTUNIST, at.NONE),
            role=_nobody(slot),
            innocence=innocence,
            chance=chance,
            fraud=fraud,
        )

    def _own_device(self, person: Ints, household: Household, when: Ints) -> tuple[Words, Ints]:
        device, older = self.belongings.customer_device(person, when)
        family = np.flatnonzero(
            (household.size > 1) & self.dice.chance("family device", FAMILY_DEVICE, person)
        )
        device[family] = self.dice.bits("family device itself", household.key[family])
        older[family] = NOBODY
        return device, older

    def _at_work(self, slot: Ints, when: Ints, moved_in: Flags) -> Flags:
        """Which applications come over the Wi-Fi of an office: in office hours, and some."""
        local = when + LOCAL
        hour, weekday = local % DAY // HOUR, (local // DAY + 3) % 7
        office_hours = (hour >= 9) & (hour < 18) & (weekday < 5)
        share = np.where(moved_in, NEW_OFFICE_WIFI, OFFICE_WIFI)
        return office_hours & self.dice.chance("office wifi", share, slot)

    def _ip(self, slot: Ints, city: Ints, home_ip: Ints) -> Ints:
        """Where the others come from: a carrier, or home."""
        mobile = self.dice.chance("mobile", CARRIER, slot)
        return np.where(mobile, self.places.carrier_ip(city, slot), home_ip)

    def _in_shop(self, slot: Ints, when: Ints, shop: Ints, device: Words, ip: Ints) -> tuple[Words, Ints]:
        rows = np.flatnonzero(shop >= 0)
        device, ip = device.copy(), ip.copy()
        tablet = self.dice.pick("shop tablet", SHOP_DEVICES, slot[rows])
        device[rows] = self.dice.bits("shop device", shop[rows], tablet)
        ip[rows] = self.places.line_ip("shop", shop[rows], when[rows])
        return device, ip

    def _contact(self, slot: Ints, person: Ints, household: Household, when: Ints, shop: Ints) -> Ints:
        """Key of the contact's number: a housemate, a friend who is a customer, or somebody outside."""
        draw = self.dice.unit("contact", slot)
        key = self.belongings.number(OUTSIDER + person, when)
        home = np.flatnonzero((household.size > 1) & (draw < 0.6))
        family = Household(household.key[home], household.member[home], household.size[home])
        mate = self.people.housemate(family, 1)
        kin = KIN + family.key + (family.member + 1) % family.size
        there, mate_number = mate >= 0, self._customer_number(np.maximum(mate, 0), when[home])
        key[home] = np.where(there, mate_number, self.belongings.number(kin, when[home]))
        friend = np.flatnonzero(draw > 0.8)
        slots = self.dice.pick("friend", self.people.slots, person[friend])
        key[friend] = self._customer_number(self.people.root(slots), when[friend])
        asked = np.flatnonzero((shop >= 0) & self.dice.chance("shop as contact", SHOP_AS_CONTACT, slot))
        key[asked] = (SHOPKEEPER + shop[asked]) * PHONES_PER_PERSON
        return key

    def _customer_number(self, root: Ints, when: Ints) -> Ints:
        return self.belongings.customer_number(self.people.person(root), when)[0]

    def _chance_of_fraud(self, slot: Ints, person: Ints, when: Ints, shop: Ints) -> Floats:
        """People who meant to pay and people who did not: a small chance that depends on who and how."""
        night = (when + LOCAL) % DAY < 5 * HOUR
        known = self.dice.normal("ability", HONEST + person), self.dice.normal("intent", HONEST + person)
        return chance_of_fraud(*known, night=night, shop=shop >= 0)


def chance_of_fraud(ability: Floats, intent: Floats, night: Flags | bool, shop: Flags | bool) -> Floats:
    """How likely somebody outside all rings does not mean to pay this time."""
    circumstances = 0.7 * np.asarray(night) + 0.4 * np.asarray(shop)
    return logistic(FRAUD_LOGIT - 0.6 * ability - 0.5 * intent + circumstances)


def _nobody(rows: Ints) -> Ints:
    return np.full(len(rows), NOBODY, dtype=np.int64)


def _innocence(reasons: dict[int, Flags]) -> Ints:
    """The last reason that holds, −1 where none does."""
    return np.select(list(reasons.values())[::-1], list(reasons)[::-1], default=NOBODY).astype(np.int64)
