"""The mapping file that loads what the simulator wrote; it names no truth."""

from __future__ import annotations

_TEXT = """\
format = 1
source = "simulated"
description = "A simulated marketplace of lenders."
timezone = "UTC"

[[table]]
name = "products"
file = "products.parquet"
becomes = "product"
id = "product_id"
lender = "lender"
[table.properties]
name = { column = "name", description = "Name of the product." }
least_cents = { column = "least", money = "major", description = "Smallest amount, in cents." }
most_cents = { column = "most", money = "major", description = "Largest amount, in cents." }
yearly_rate = { column = "yearly_rate", type = "float", description = "Interest a year, as a share." }

[[table]]
name = "applications"
file = "applications.parquet"
becomes = "application"
id = "application_id"
user = "user_id"
event_at = { column = "submitted_at" }
order = "arrival"
lender = "lender"
product = "product_id"
identifiers = [
  { type = "Device", column = "device_id" },
  { type = "IpAddress", column = "ip" },
  { type = "Phone", column = "phone", role = "self", options = { country = "CN" } },
  { type = "Phone", column = "contact_phone", role = "contact", options = { country = "CN" } },
  { type = "Phone", column = "employer_phone", role = "employer", options = { country = "CN" } },
  { type = "BankCard", column = "card_number" },
  { type = "IdNumber", column = "id_number" },
  { type = "Address", column = "address" },
  { type = "Employer", column = "employer" },
  { type = "Email", column = "email" },
]
[table.properties]
amount_cents = { column = "amount", money = "major", description = "Amount applied for, in cents." }
term_months = { column = "term_months", type = "integer", description = "Term applied for, in months." }
income_cents = { column = "income_cents", money = "cents", description = "Stated monthly income, in cents." }
debt_cents = { column = "debt_cents", money = "cents", description = "Stated monthly payments on other debts, in cents." }
channel = { column = "channel", description = "How the application came in." }

[[table]]
name = "events"
file = "events.parquet"
becomes = "event"
id = "event_id"
user = "user_id"
kind = "column:kind"
event_at = { column = "event_at" }
identifiers = [
  { type = "Device", column = "device_id" },
  { type = "IpAddress", column = "ip" },
]

[[table]]
name = "relations"
file = "relations.parquet"
becomes = "relation"
from = "user_id"
to = "relative_id"
kind = "column:kind"
known_at = { column = "known_at" }
level = "level"

[[table]]
name = "outcomes"
file = "outcomes.parquet"
becomes = "outcome"
id = ["application_id", "target"]
application = "application_id"
target = "column:target"
value = { column = "value" }
event_at = { column = "event_at" }
known_at = { column = "known_at" }
"""


def mapping_text() -> str:
    """The content of `mapping.toml`."""
    return _TEXT
