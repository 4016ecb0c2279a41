"""A small lender's files, with every kind of table, for tests of loading."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

MAPPING = """
format = 1
source = "small"
timezone = "Asia/Shanghai"

[[identifier]]
label = "Terminal"
relationship = "AT_TERMINAL"
description = "Where the application was typed in."
bind = 5
walk = 10

[[table]]
name = "applications"
file = "applications*.csv"
becomes = "application"
id = "id"
user = "user"
event_at = { column = "at" }
order = "n"
product = "product"
[table.properties]
amount_cents = { column = "amount", money = "major" }
applicant = { column = "name", type = "name" }
note = { column = "note" }
[[table.identifiers]]
type = "Device"
column = "device"
[[table.identifiers]]
type = "Phone"
column = "phone"
role = "self"
[[table.identifiers]]
type = "Phone"
column = "contact"
role = "contact"
on_invalid = "drop"
[[table.identifiers]]
type = "Terminal"
column = "terminal"
[[table.outcomes]]
target = "approval"
column = "approved"
values = { yes = 1.0, no = 0.0 }
known_at = { after = "2d" }
[[table.events]]
kind = "signup"
event_at = { column = "signed_up" }

[[table]]
name = "users"
file = "users.csv"
becomes = "user"
id = "id"
[table.properties]
sex = { column = "sex" }
birth_year = { column = "born", type = "year" }

[[table]]
name = "outcomes"
file = "outcomes.csv"
becomes = "outcome"
application = "application"
target = "column:target"
value = { column = "value" }
known_at = { column = "known" }

[[table]]
name = "logins"
file = "logins.csv"
becomes = "event"
id = ["user", "at"]
kind = "login"
user = "user"
event_at = { column = "at" }
[[table.identifiers]]
type = "Device"
column = "device"

[[table]]
name = "late_links"
file = "late_links.csv"
becomes = "link"
application = "application"
event_at = { column = "at" }
identifier = { type = "Email", column = "email" }

[[table]]
name = "relations"
file = "relations.csv"
becomes = "relation"
from = "a"
to = "b"
kind = "column:kind"
level = "level"
undated = true

[[table]]
name = "calls"
file = "calls.csv"
becomes = "contact"
from = { type = "Phone", column = "a" }
to = { type = "Phone", column = "b" }
month = "month"
calls = "calls"

[[table]]
name = "products"
file = "products.csv"
becomes = "product"
id = "id"
lender = "lender"

[[table]]
name = "devices"
file = "devices.csv"
becomes = "identifier"
identifier = { type = "Device", column = "device" }
"""

Rows = list[dict[str, object]]


@dataclass(frozen=True)
class SmallLender:
    """The folder of the files and their mapping."""

    data: Path
    mapping: Path


def phone(n: int) -> str:
    """A mainland mobile number."""
    return f"138{n:08d}"


def write_rows(path: Path, rows: Rows) -> None:
    """Rows as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def tables(rows: int, seed: int) -> dict[str, Rows]:
    """The rows of every file, by its name without `.csv`."""
    dice = random.Random(seed)
    people = max(4, rows // 2)
    made: dict[str, Rows] = {"applications": [], "outcomes": [], "logins": [], "late_links": []}
    for n in range(rows):
        minute = f"2024-03-{1 + n * 27 // rows:02d} {dice.randrange(24):02d}:{dice.randrange(60):02d}"
        user = dice.randrange(people)
        made["applications"].append(
            {
                "id": f"a{n}", "n": n, "user": f"u{user}", "at": minute, "product": f"p{n % 3}",
                "amount": f"{dice.randrange(100, 90_000)}.{dice.randrange(100):02d}",
                "name": f"王小{chr(0x4E00 + user)}", "note": dice.choice(["", 'said "no", twice', "two\nlines", "<b>x</b>"]),
                "device": f"dev-{dice.randrange(people)}", "phone": phone(user + 1),
                "contact": dice.choice([phone(dice.randrange(people) + 1), "", "12"]),
                "terminal": f"t{dice.randrange(4)}", "approved": dice.choice(["yes", "no", ""]),
                "signed_up": f"2024-02-{1 + user % 28:02d} 08:00",
            }
        )  # fmt: skip
        if n % 3 == 0:
            made["outcomes"].append(
                {"application": f"a{n}", "target": "fraud", "value": n % 2, "known": "2024-05-01"}
            )
        if n % 4 == 0:
            made["logins"].append({"user": f"u{user}", "at": minute, "device": f"dev-{user}"})
            made["late_links"].append(
                {"application": f"a{n}", "at": "2024-04-02 10:00", "email": f"someone{user}@mail.example"}
            )
    made["users"] = [
        {"id": f"u{i}", "sex": "FM"[i % 2], "born": f"19{60 + i % 40}-05-06"} for i in range(people + 3)
    ]
    pairs = {(dice.randrange(people), dice.randrange(people)) for _ in range(people)}
    made["relations"] = [
        {"a": f"u{a}", "b": f"u{b}", "kind": "relative", "level": 1} for a, b in sorted(pairs) if a != b
    ]
    made["calls"] = [
        {"a": phone(a + 1), "b": phone(b + 1), "month": "2024-03", "calls": a + b}
        for a, b in sorted(pairs)
        if a != b
    ]
    made["products"] = [{"id": f"p{i}", "lender": f"bank{i % 2}"} for i in range(3)]
    made["devices"] = [{"device": f"dev-{i}"} for i in range(people + 2)]
    # A login twice in the same minute is the same login.
    made["logins"] = list({(r["user"], r["at"]): r for r in made["logins"]}.values())
    return made


def write_lender(folder: Path, rows: int = 300, seed: int = 1) -> SmallLender:
    """Write the files of a small lender below `folder`."""
    for name, content in tables(rows, seed).items():
        write_rows(folder / "data" / f"{name}.csv", content)
    mapping = folder / "mapping.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    return SmallLender(folder / "data", mapping)
