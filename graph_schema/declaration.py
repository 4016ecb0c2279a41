"""The FinGraph, declared: node types, identifiers with their limits, relationships."""

from __future__ import annotations

from core.clock import DAY, HOUR, MINUTE
from graph_schema.computed import DECISION, HUB_SUMMARY, RING, RING_DECISION, RING_RUN, RING_STATE
from graph_schema.model import Bond, Identifier, NodeType, Personal, Property, Relationship, Schema, Type

KEY = Property("key", Type.STRING, "Unique name of the node.", Personal.PSEUDONYM, required=True)
SOURCE = Property("source", Type.STRING, "Namespace that gave the id.", required=True)
ID = Property("id", Type.STRING, "Id within its source.", Personal.PSEUDONYM, required=True)
KNOWN_AT = Property("known_at", Type.TIME, "When we learned it; absent on undated facts.")
SEQ = Property("seq", Type.INTEGER, "Place among facts of the same known_at; absent on undated facts.")
EVENT_AT = Property("event_at", Type.TIME, "When it happened: data, never a cut.")
DIGEST = Property("digest", Type.STRING, "Digest of the row's content; tells the same row from another.")
LOAD = Property("load", Type.INTEGER, "Number of the load that wrote it.")
LINK_LOAD = Property(
    "load", Type.INTEGER, "Number of the load that added it; absent when its application's row did."
)

NAMED = (KEY, SOURCE, ID, LOAD)
FACT = (*NAMED, DIGEST, EVENT_AT, KNOWN_AT, SEQ)

PERSON = (
    Property("birth_year", Type.INTEGER, "Year of birth.", Personal.ATTRIBUTE, low=1900, high="year"),
    Property("sex", Type.STRING, "F or M.", Personal.ATTRIBUTE),
    Property("region", Type.STRING, "Region of residence.", Personal.ATTRIBUTE),
)

USER = NodeType("User", "A person as one source knows them.", (*NAMED, DIGEST, *PERSON), open=True)
APPLICATION = NodeType(
    "Application",
    "A loan application, or another transaction that ties a user to identifiers.",
    (
        *FACT,
        *PERSON,
        Property("lender", Type.STRING, "Who is asked for the money.", required=True),
        Property("product", Type.STRING, "Product applied for."),
        Property("amount_cents", Type.INTEGER, "Amount applied for, in cents.", low=0),
        Property("term_months", Type.INTEGER, "Term applied for, in months.", low=0),
        Property("income_cents", Type.INTEGER, "Stated monthly income, in cents.", Personal.ATTRIBUTE, low=0),
        Property("channel", Type.STRING, "How the application came in."),
        Property(
            "carried",
            Type.FLOATS,
            "Features as they were at its own point, for those who meet it later; NaN where there is none. Never rewritten.",
            Personal.ATTRIBUTE,
        ),
        Property("carried_version", Type.STRING, "Version of the catalogue that `carried` is of."),
    ),
    open=True,
)
EVENT = NodeType(
    "Event",
    "Something else that happened to a user or identifier.",
    (*FACT, Property("kind", Type.STRING, "signup, login, card_change, …", required=True)),
    open=True,
)
OUTCOME = NodeType(
    "Outcome",
    "What became of an application; a correction is a new outcome.",
    (
        *FACT,
        Property("target", Type.STRING, "fraud, approval, disbursement, overdue, amount, …", required=True),
        Property("value", Type.FLOAT, "1 or 0, or the amount in cents.", required=True),
    ),
)
PRODUCT = NodeType(
    "Product",
    "A loan product.",
    (*NAMED, DIGEST, Property("lender", Type.STRING, "Lender that offers it.")),
    open=True,
)
LENDER = NodeType("Lender", "Who lends.", NAMED)
LOAD_RUN = NodeType(
    "Load",
    "One load of files, or the arrivals that one process wrote in a day.",
    (
        Property("key", Type.STRING, "Number of the load, as text.", required=True),
        Property("load", Type.INTEGER, "Number of the load.", required=True),
        Property("source", Type.STRING, "Source of the mapping."),
        Property("mapping", Type.STRING, "SHA-256 of the mapping file."),
        Property("mode", Type.STRING, "batch, bulk or online; warming while a server makes itself ready."),
        Property(
            "backfill",
            Type.BOOLEAN,
            "Files loaded although applications arrived already, and did not see them.",
        ),
        Property("started_at", Type.TIME, "When it began."),
        Property("finished_at", Type.TIME, "When it finished; absent on a load that did not."),
        Property("read", Type.INTEGER, "Rows read.", low=0),
        Property("accepted", Type.INTEGER, "Rows whose facts stand in the graph.", low=0),
        Property("rejected", Type.INTEGER, "Rows refused, with line and reason.", low=0),
        Property("conflicts", Type.INTEGER, "Rows whose id stands with other content.", low=0),
    ),
)
STATE = NodeType(
    "SchemaState",
    "The schema this graph was made with.",
    (
        Property("key", Type.STRING, "Always `schema`.", required=True),
        Property("version", Type.INTEGER, "Schema version.", required=True),
        Property(
            "extensions", Type.STRING, "Identifier types and properties that mappings declared, as JSON."
        ),
        Property("hash_key_id", Type.STRING, "Id of the key that identifiers are hashed with."),
    ),
)

_HASHED = (
    Property("key", Type.STRING, "Keyed hash of the normalised value.", Personal.PSEUDONYM, required=True),
    Property("masked", Type.STRING, "What a person may see of it.", Personal.PSEUDONYM),
    Property("hub_since", Type.TIME, "known_at of the link that passed `walk`; absent while it is no hub."),
    Property("hub_seq", Type.INTEGER, "seq of that link."),
    LOAD,
)


def _text(name: str, description: str, personal: Personal = Personal.NONE) -> Property:
    return Property(name, Type.STRING, description, personal)


def identifier_type(
    label: str,
    description: str,
    relationship: str,
    *,
    normaliser: str,
    scope: str = "global",
    bind: int = 20,
    walk: int = 1_000,
    roles: tuple[str, ...] = (),
    binding_roles: tuple[str, ...] = (),
    bonds: tuple[Bond, ...] = (),
    derived: tuple[Property, ...] = (),
) -> Identifier:
    """An identifier type: what every identifier has, and `derived` properties of its own."""
    return Identifier(
        label,
        description,
        (*_HASHED, *derived),
        relationship=relationship,
        normaliser=normaliser,
        scope=scope,
        bind=bind,
        walk=walk,
        roles=roles,
        binding_roles=binding_roles,
        bonds=bonds,
    )


UNDATED = Bond(0.5, undated=True)
CROWD = 300
"""`walk` of what many people share who do not know each other: the address of a carrier, an employer and its telephone.
See docs/decisions/neighbourhood.md."""
SELF, CONTACT, EMPLOYER = "self", "contact", "employer"

IDENTIFIERS = (
    identifier_type(
        "Device",
        "A phone, tablet or computer.",
        "USED_DEVICE",
        normaliser="device",
        bonds=(Bond(1.0, HOUR), Bond(0.7, DAY), Bond(0.5, 7 * DAY), Bond(0.25), UNDATED),
    ),
    identifier_type(
        "Phone",
        "A telephone number.",
        "GAVE_PHONE",
        normaliser="phone",
        walk=CROWD,
        roles=(SELF, CONTACT, EMPLOYER),
        bonds=(
            Bond(1.0, 30 * DAY, (SELF, SELF)),
            Bond(0.5, roles=(SELF, SELF)),
            Bond(1.0, HOUR, (CONTACT, CONTACT)),
            Bond(0.6, 7 * DAY, (CONTACT, CONTACT)),
            Bond(0.2, 30 * DAY, (CONTACT, CONTACT)),
            *(Bond(0.3, DAY, pair) for pair in ((SELF, CONTACT), (CONTACT, SELF))),
            Bond(0.2, 15 * MINUTE, (EMPLOYER, EMPLOYER)),
        ),
        derived=(
            _text("country", "ISO 3166 code of its country."),
            _text("region", "Where the number was given out.", Personal.ATTRIBUTE),
            _text("carrier", "Carrier its prefix was given to."),
            _text("block", "Keyed hash of all but its last four digits.", Personal.PSEUDONYM),
        ),
    ),
    identifier_type(
        "IpAddress",
        "An internet address.",
        "FROM_IP",
        normaliser="ip",
        walk=CROWD,
        bonds=(Bond(0.7, 15 * MINUTE), Bond(0.25, 7 * DAY)),
        derived=(
            Property("version", Type.INTEGER, "4 or 6."),
            _text("network", "Its /24 (v4) or /48 (v6)."),
            Property("private", Type.BOOLEAN, "Whether it belongs to a private range."),
        ),
    ),
    identifier_type(
        "BankCard",
        "A bank card or account paid to.",
        "PAID_TO",
        normaliser="card",
        bonds=(Bond(1.0, 30 * DAY), Bond(0.5)),
        derived=(_text("issuer", "First six digits: who issued it."),),
    ),
    identifier_type(
        "IdNumber",
        "A resident identity number.",
        "HAS_ID",
        normaliser="id_number",
        bonds=(Bond(0.2, 7 * DAY), Bond(0.1), UNDATED),
        derived=(
            Property(
                "birth_year",
                Type.INTEGER,
                "Year of birth it states.",
                Personal.ATTRIBUTE,
                low=1900,
                high="year",
            ),
            _text("sex", "F or M, as it states.", Personal.ATTRIBUTE),
            _text("region", "Province code it was given out in.", Personal.ATTRIBUTE),
        ),
    ),
    identifier_type(
        "Address",
        "Where somebody lives.",
        "LIVES_AT",
        normaliser="address",
        bonds=(Bond(0.9, 15 * MINUTE), Bond(0.2, 7 * DAY)),
        derived=(_text("city", "City that it names.", Personal.ATTRIBUTE),),
    ),
    identifier_type(
        "Employer",
        "Who somebody works for.",
        "EMPLOYED_BY",
        normaliser="name",
        walk=CROWD,
        bonds=(Bond(0.6, 15 * MINUTE), Bond(0.2, 3 * DAY), Bond(0.1, 7 * DAY)),
    ),
    identifier_type(
        "Email",
        "An e-mail address.",
        "GAVE_EMAIL",
        normaliser="email",
        derived=(_text("domain", "Its domain."),),
    ),
)

POINT = (KNOWN_AT, SEQ)
LINKS = (
    Relationship("SUBMITTED", "User", "Application", "The user's application.", POINT),
    Relationship("DID", "User", "Event", "The user's event.", POINT),
    Relationship("HAD_OUTCOME", "Application", "Outcome", "What became of it.", POINT),
    Relationship(
        "RELATED_TO",
        "User",
        "User",
        "A stated relation of two people.",
        (
            Property("kind", Type.STRING, "relative, colleague, …", required=True),
            Property("level", Type.INTEGER, "Closeness, as the source states it.", Personal.ATTRIBUTE),
            DIGEST,
            LINK_LOAD,
            *POINT,
        ),
        ("kind",),
    ),
    Relationship(
        "CONTACTED",
        "Phone",
        "Phone",
        "Calls of one month; known at the month's end.",
        (
            Property("month", Type.STRING, "Month as 2026-01.", required=True),
            Property("calls", Type.INTEGER, "Number of calls.", low=0),
            Property("seconds", Type.INTEGER, "Seconds spoken.", low=0),
            DIGEST,
            LINK_LOAD,
            *POINT,
        ),
        ("month",),
    ),
    Relationship("HAD_DECISION", "Application", "Decision", "What was answered about it."),
    Relationship("OFFERED_BY", "Product", "Lender", "Whose product it is."),
    Relationship(
        "MEMBER_OF",
        "Application",
        "Ring",
        "The application belongs to the ring.",
        (
            Property("since", Type.INTEGER, "Run that put it there.", required=True),
            Property("until", Type.INTEGER, "Run that took it out; absent while it belongs."),
        ),
        ("since",),
    ),
    Relationship(
        "EVOLVED_FROM",
        "Ring",
        "Ring",
        "The ring took members over from an earlier one.",
        (Property("run", Type.INTEGER, "Run in which it did.", required=True),),
        ("run",),
    ),
    Relationship("WAS", "Ring", "RingState", "A state of the ring."),
    Relationship(
        "DECIDES",
        "RingDecision",
        "Application",
        "A member of the ring when the decision was made.",
        (
            Property(
                "part",
                Type.INTEGER,
                "0: what stays; 1: what is excluded, split off or merged with it.",
                required=True,
            ),
        ),
    ),
)

FINGRAPH = Schema(
    version=1,
    nodes=(
        USER,
        APPLICATION,
        EVENT,
        OUTCOME,
        PRODUCT,
        LENDER,
        RING,
        RING_STATE,
        RING_DECISION,
        RING_RUN,
        HUB_SUMMARY,
        DECISION,
        LOAD_RUN,
        STATE,
    ),
    identifiers=IDENTIFIERS,
    links=LINKS,
    tied=("Application", "Event"),
    link_properties=(
        *POINT,
        Property(
            "digest", Type.STRING, "Digest of the row that added it; absent when its application's row did."
        ),
        LINK_LOAD,
    ),
    role=Property("role", Type.STRING, "Whose it is: self, contact, employer.", required=True),
    summary="HubSummary",
)
