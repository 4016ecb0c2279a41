"""From rows of a file to facts of the graph, one function for each thing that rows become. Pure: no graph."""

from __future__ import annotations

import polars as pl

from graph_schema.model import Property
from loaders.convert import Converted, convert_number, convert_time, convert_value, text_of
from loaders.files import Batch
from loaders.mapping.model import (
    ApplicationTable,
    Columns,
    ContactTable,
    EventRef,
    EventTable,
    IdentifierTable,
    LinkTable,
    OutcomeRef,
    OutcomeTable,
    ProductTable,
    RelationTable,
    Time,
    UserTable,
    Value,
)
from loaders.plan import EVENT_AT, KNOWN_AT, SEQ, Part
from loaders.rows import Context, Named, Rows, Staged, is_id, seqs

DONE_BY_USER = {"Application": "SUBMITTED", "Event": "DID"}
End = tuple[str, str]
"""(label, column of the key) of one end of a link."""
MONTH = r"^([0-9]{4})-(0[1-9]|1[0-2])$"


def transform(batch: Batch, context: Context) -> Staged:
    """The batch as facts. Every row is in the frame or in the rejects; the plan is the same for every batch."""
    rows = Rows(batch, context)
    match context.table:
        case ApplicationTable() as table:
            return _application(rows, table)
        case EventTable() as table:
            return _event(rows, table)
        case UserTable() as table:
            return _user(rows, table)
        case ProductTable() as table:
            return _product(rows, table)
        case IdentifierTable() as table:
            return _identifier(rows, table)
        case OutcomeTable() as table:
            return _outcome(rows, table)
        case RelationTable() as table:
            return _relation(rows, table)
        case ContactTable() as table:
            return _contact(rows, table)
        case LinkTable() as table:
            return _link(rows, table)


def _application(rows: Rows, table: ApplicationTable) -> Staged:
    ids = rows.ids(table.id) if table.id else _line_ids(rows)
    own = _own(rows, ids)
    own["lender"] = rows.put("own.lender", _lender(rows, table.lender))
    if table.product:
        product = _short(rows, table.product, text_of(rows.raw(table.product)))
        own["product"] = rows.put("own.product", product)
    rows.node("Application", Part.OWN, own | _properties(rows, "Application", table.properties))
    _of_user(rows, table.user, "Application", own["key"], rows.point())
    named = [rows.identifier(ref) for ref in table.identifiers]
    _link_all(rows, "Application", own["key"], named, rows.point())
    for outcome in table.outcomes:
        _outcome_along(rows, outcome, ids)
    for event in table.events:
        _event_along(rows, event, ids, named)
    return rows.staged(own["key"])


def _event(rows: Rows, table: EventTable) -> Staged:
    own = _own(rows, rows.ids(table.id))
    own["kind"] = rows.put("own.kind", _constant_or_column(rows, table.kind))
    rows.node("Event", Part.OWN, own | _properties(rows, "Event", table.properties))
    _of_user(rows, table.user, "Event", own["key"], rows.point())
    _link_all(rows, "Event", own["key"], [rows.identifier(ref) for ref in table.identifiers], rows.point())
    return rows.staged(own["key"])


def _user(rows: Rows, table: UserTable) -> Staged:
    own = _named(rows, "own", rows.ids(table.id))
    rows.node("User", Part.OWN, own | _properties(rows, "User", table.properties))
    return rows.staged(own["key"])


def _product(rows: Rows, table: ProductTable) -> Staged:
    own = _named(rows, "own", rows.ids(table.id))
    own["lender"] = rows.put("own.lender", _lender(rows, table.lender))
    rows.node("Product", Part.OWN, own | _properties(rows, "Product", table.properties))
    lender = _named(rows, "lender", rows.columns[own["lender"]])
    rows.node("Lender", Part.SHARED, lender)
    rows.link("OFFERED_BY", ("Product", own["key"]), ("Lender", lender["key"]), {})
    return rows.staged(own["key"])


def _identifier(rows: Rows, table: IdentifierTable) -> Staged:
    named = rows.identifier(table.identifier, part=Part.OWN, required=True)
    # An identifier is its value: there is no content to differ in.
    return rows.staged(named.key, digested=False)


def _outcome(rows: Rows, table: OutcomeTable) -> Staged:
    application = rows.ids(table.application)
    _times(rows)
    column = table.value.column
    value = rows.take(column, convert_number(rows.raw(column), table.value.values, table.value.money))
    rows.refuse(column, value.is_null(), "value.missing")
    target = _constant_or_column(rows, table.target)
    default = application + "#" + target + "@" + rows.told[KNOWN_AT].cast(pl.String).fill_null("")
    own = _own(rows, rows.ids(table.id) if table.id else default)
    own |= {"target": rows.put("own.target", target), "value": rows.put("own.value", value)}
    rows.node("Outcome", Part.OWN, own)
    about = _reference(rows, "application.key", "Application", application)
    rows.link("HAD_OUTCOME", ("Application", about), ("Outcome", own["key"]), rows.point())
    return rows.staged(own["key"])


def _relation(rows: Rows, table: RelationTable) -> Staged:
    start = _reference(rows, "start.key", "User", rows.ids(table.from_))
    end = _reference(rows, "end.key", "User", rows.ids(table.to))
    rows.refuse("to", rows.columns[start] == rows.columns[end], "relation.self")
    own = {"kind": rows.put("own.kind", _constant_or_column(rows, table.kind))}
    if table.level:
        own["level"] = _whole(rows, table.level, "level", None)
    return _link_row(rows, "RELATED_TO", ("User", start), ("User", end), own)


def _contact(rows: Rows, table: ContactTable) -> Staged:
    start = rows.identifier(table.from_, required=True).key
    end = rows.identifier(table.to, required=True).key
    months = text_of(rows.raw(table.month))
    rows.refuse(table.month, months.is_null() | ~months.str.contains(MONTH), "month.format")
    own = {"month": rows.put("own.month", months)}
    declared = rows.context.schema.relationship("CONTACTED", "Phone", "Phone")
    for name, column in (("calls", table.calls), ("seconds", table.seconds)):
        if column:
            own[name] = _whole(rows, column, name, declared.property(name))
    rows.put(EVENT_AT, rows.constant(None, pl.Int64))
    rows.learned(KNOWN_AT, _month_end(rows, table.month, months))
    return _link_row(rows, "CONTACTED", ("Phone", start), ("Phone", end), own)


def _link(rows: Rows, table: LinkTable) -> Staged:
    about = _reference(rows, "application.key", "Application", rows.ids(table.application))
    named = rows.identifier(table.identifier, required=True)
    ends = ("Application", about), (named.kind.label, named.key)
    return _link_row(rows, named.kind.relationship, *ends, named.properties)


def _link_row(rows: Rows, type_: str, start: End, end: End, own: dict[str, str]) -> Staged:
    """Rows whose own fact is a relationship: its two ends and its identity make its key."""
    link = rows.context.schema.relationship(type_, start[0], end[0])
    parts = [rows.columns[name] for name in (start[1], end[1], *(own[name] for name in link.identity))]
    key = rows.put("own.key", pl.select(pl.concat_str(parts, separator="|")).to_series(), content=False)
    if KNOWN_AT not in rows.columns:
        _times(rows)
    rows.put(SEQ, rows.seq(rows.columns[key], rows.columns[KNOWN_AT]), content=False)
    rows.link(type_, start, end, own | rows.point())
    return rows.staged(key)


def _reference(rows: Rows, name: str, label: str, ids: pl.Series) -> str:
    column = rows.put(name, rows.keys(ids))
    rows.node(label, Part.REFERENCE, {"key": column})
    return column


def _whole(rows: Rows, column: str, name: str, declared: Property | None) -> str:
    whole = convert_value(rows.raw(column), Value(column=column, type="integer"), "UTC", 0)
    return rows.put(f"own.{name}", rows.within(column, rows.take(column, whole), declared))


def _named(rows: Rows, prefix: str, ids: pl.Series) -> dict[str, str]:
    """key, source and id of a node that its source names."""
    return {
        "key": rows.put(f"{prefix}.key", rows.keys(ids)),
        "source": rows.put(f"{prefix}.source", rows.constant(rows.source, pl.String), content=False),
        "id": rows.put(f"{prefix}.id", ids, content=False),
    }


def _own(rows: Rows, ids: pl.Series) -> dict[str, str]:
    """What every dated fact has: its name and its place in the order."""
    own = _named(rows, "own", ids)
    if KNOWN_AT not in rows.columns:
        _times(rows)
    rows.put(SEQ, rows.seq(rows.columns[own["key"]], rows.columns[KNOWN_AT]), content=False)
    return own | {"event_at": EVENT_AT, "known_at": KNOWN_AT, "seq": SEQ}


def _times(rows: Rows) -> None:
    """event_at and known_at of the rows; a dated row without them is refused."""
    table = rows.table
    event_at = known_at = rows.constant(None, pl.Int64)
    if table.event_at is not None:
        event_at = known_at = rows.take(table.event_at.column or "event_at", rows.moment(table.event_at))
    if table.known_at is not None:
        known_at = rows.take(
            table.known_at.column or "event_at", rows.moment(table.known_at, event_at, slack=0)
        )
    rows.put(EVENT_AT, event_at)
    rows.learned(KNOWN_AT, known_at)
    for how, moment in ((table.event_at, event_at), (table.known_at, known_at)):
        if how is not None:
            rows.refuse(how.column or "event_at", moment.is_null(), "time.missing")


def _line_ids(rows: Rows) -> pl.Series:
    return f"{rows.batch.file}:" + rows.raw("_line").cast(pl.String)


def _lender(rows: Rows, column: str | None) -> pl.Series:
    if column is None:
        return rows.constant(rows.source, pl.String)
    return _short(rows, column, text_of(rows.raw(column))).fill_null(rows.source)


def _short(rows: Rows, column: str, names: pl.Series) -> pl.Series:
    """Names that the graph looks things up by; what no id can be is refused."""
    rows.refuse(column, ~is_id(names), "id.invalid")
    return names


def _constant_or_column(rows: Rows, text: str) -> pl.Series:
    """`column:NAME`, or the text itself for every row."""
    if not text.startswith("column:"):
        return rows.constant(text, pl.String)
    column = text.removeprefix("column:")
    found = text_of(rows.raw(column))
    rows.refuse(column, found.is_null(), "value.missing")
    return _short(rows, column, found)


def _month_end(rows: Rows, column: str, months: pl.Series) -> pl.Series:
    """When the months ended. The present one may be there; one that has not begun is refused."""
    zone = rows.context.mapping.timezone
    start = (months + "-01").str.to_date("%Y-%m-%d", strict=False)
    rows.take(column, convert_time(start, Time(), zone, rows.context.now))
    return convert_time(start.dt.offset_by("1mo"), Time(), zone, 1 << 62).value


def _properties(rows: Rows, label: str, declared: dict[str, Value]) -> dict[str, str]:
    columns: dict[str, str] = {}
    zone, now = rows.context.mapping.timezone, rows.context.now
    node = rows.context.schema.node(label)
    for name, value in declared.items():
        if value.column is None:
            constant = pl.Series([value.constant]).new_from_index(0, len(rows))
            typed = constant.cast(pl.Float64) if value.type == "float" else constant
            columns[name] = rows.put(f"own.{name}", rows.within(name, typed, node.property(name)))
        elif value.type == "name":
            columns |= rows.hashed_name(name, value.column)
        else:
            typed = rows.take(value.column, convert_value(rows.raw(value.column), value, zone, now))
            columns[name] = rows.put(f"own.{name}", rows.within(value.column, typed, node.property(name)))
    return columns


def _of_user(rows: Rows, user: Columns | None, label: str, own: str, point: dict[str, str]) -> None:
    if user is not None:
        who = _named(rows, "user", rows.ids(user, required=False))
        rows.node("User", Part.SHARED, who)
        rows.link(DONE_BY_USER[label], ("User", who["key"]), (label, own), point)


def _link_all(rows: Rows, label: str, own: str, named: list[Named], point: dict[str, str]) -> None:
    for one in named:
        end = (one.kind.label, one.key)
        rows.link(one.kind.relationship, (label, own), end, one.properties | point)


def _outcome_along(rows: Rows, outcome: OutcomeRef, ids: pl.Series) -> None:
    prefix = f"outcome.{outcome.target}"
    value = rows.take(outcome.column, convert_number(rows.raw(outcome.column), outcome.values, outcome.money))
    event_at = known_at = rows.columns[EVENT_AT]
    if outcome.event_at is not None:
        happened = _of_what_is_there(rows.moment(outcome.event_at), value)
        event_at = known_at = rows.take(outcome.event_at.column or outcome.column, happened)
    if outcome.known_at is not None:
        learned = _of_what_is_there(rows.moment(outcome.known_at, event_at, slack=0), value)
        known_at = rows.take(outcome.known_at.column or outcome.column, learned)
    if not rows.table.undated:
        rows.refuse(outcome.column, value.is_not_null() & known_at.is_null(), "time.missing")
    present = pl.select(pl.when(value.is_not_null()).then(ids + f"#{outcome.target}")).to_series()
    own = _named(rows, prefix, present)
    keys = rows.columns[own["key"]]
    seq = pl.select(pl.when(known_at.is_not_null()).then(seqs(keys))).to_series()
    own |= {
        "target": rows.put(f"{prefix}.target", rows.constant(outcome.target, pl.String), content=False),
        "value": rows.put(f"{prefix}.value", value),
        "event_at": rows.put(f"{prefix}.event_at", event_at),
        "known_at": rows.learned(f"{prefix}.known_at", known_at),
        "seq": rows.put(f"{prefix}.seq", seq, content=False),
    }
    rows.node("Outcome", Part.ALONG, own)
    point = {"known_at": own["known_at"], "seq": own["seq"]}
    rows.link("HAD_OUTCOME", ("Application", "own.key"), ("Outcome", own["key"]), point)


def _of_what_is_there(moment: Converted, value: pl.Series) -> Converted:
    """A time that is to come is no mistake beside an empty cell: the due date of a loan that runs."""
    early = (moment.reason == "time.future") & value.is_null()
    return Converted(
        moment.value, pl.select(pl.when(~early.fill_null(False)).then(moment.reason)).to_series()
    )


def _event_along(rows: Rows, event: EventRef, ids: pl.Series, named: list[Named]) -> None:
    prefix = f"event.{event.kind}"
    shown = event.event_at.column or f"event {event.kind}"
    event_at = known_at = rows.take(shown, rows.moment(event.event_at))
    if event.known_at is not None:
        learned = rows.moment(event.known_at, event_at, slack=0)
        known_at = rows.take(event.known_at.column or shown, learned)
    own = _named(
        rows, prefix, pl.select(pl.when(known_at.is_not_null()).then(ids + f"#{event.kind}")).to_series()
    )
    keys = rows.columns[own["key"]]
    own |= {
        "kind": rows.put(f"{prefix}.kind", rows.constant(event.kind, pl.String), content=False),
        "event_at": rows.put(f"{prefix}.event_at", event_at),
        "known_at": rows.learned(f"{prefix}.known_at", known_at),
        "seq": rows.put(
            f"{prefix}.seq", rows.columns[SEQ] if rows.table.order else seqs(keys), content=False
        ),
    }
    rows.node("Event", Part.ALONG, own)
    point = {"known_at": own["known_at"], "seq": own["seq"]}
    if "user.key" in rows.columns:
        rows.link(DONE_BY_USER["Event"], ("User", "user.key"), ("Event", own["key"]), point)
    _link_all(rows, "Event", own["key"], named, point)
