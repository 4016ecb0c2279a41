"""What is computed from the facts and kept beside them: rings, their runs and states, summaries of hubs, decisions."""

from __future__ import annotations

from graph_schema.model import NodeType, Personal, Property, Type

RING = NodeType(
    "Ring",
    "At least three applications of at least two users, held together by what they share.",
    (
        Property("key", Type.STRING, "Name of the ring; it keeps it from run to run.", required=True),
        Property("born_run", Type.INTEGER, "Run that found it first.", required=True),
        Property("run", Type.INTEGER, "Last run that changed it.", required=True),
        Property("dissolved_run", Type.INTEGER, "Run that no longer found it; absent while it lives."),
        Property("applications", Type.INTEGER, "Member applications."),
        Property("users", Type.INTEGER, "Users of the member applications."),
        Property("first_at", Type.TIME, "known_at of its first application."),
        Property("last_at", Type.TIME, "known_at of its last application."),
        Property("amount_cents", Type.INTEGER, "Sum of the members' amounts, in cents."),
        Property(
            "at_risk_cents", Type.INTEGER, "The part of it that was neither refused nor is known as lost."
        ),
        Property("shared", Type.STRING, "Identifiers that tie members as `Type=count`, most frequent first."),
        Property("score", Type.FLOAT, "Probability that most of its members work together."),
        Property("listed", Type.BOOLEAN, "Whether the score is high enough to call it a ring."),
        Property(
            "reasons",
            Type.STRING,
            "What speaks for and against it, strongest first, with keys of what it is seen in, as JSON.",
            Personal.PSEUDONYM,
        ),
    ),
)
RING_STATE = NodeType(
    "RingState",
    "What a ring was from one run until another, and what had changed: its history, state by state.",
    (
        Property("key", Type.STRING, "Name of the ring and run that found it so: `ring@run`.", required=True),
        Property("run", Type.INTEGER, "Run that found it so.", required=True),
        Property("until", Type.INTEGER, "Run that found it otherwise; absent on the newest."),
        *(p for p in RING.properties if p.name not in ("key", "born_run", "run", "dissolved_run")),
        Property("joined", Type.INTEGER, "Applications that joined it in this run.", required=True),
        Property("left", Type.INTEGER, "Applications that left it in this run.", required=True),
        Property(
            "changes", Type.STRING, "What became of it in this run (born, grew, …), as JSON.", required=True
        ),
    ),
)
RING_DECISION = NodeType(
    "RingDecision",
    "What a person decided about a ring; it holds in every later run until it is taken back.",
    (
        Property("key", Type.STRING, "Name of the decision.", required=True),
        Property("kind", Type.STRING, "exclude, split or merge.", required=True),
        Property("ring", Type.STRING, "Name of the ring it was made about.", required=True),
        Property("listed", Type.BOOLEAN, "Whether that ring was listed then.", required=True),
        Property(
            "made_at", Type.TIME, "When it was made: runs as of later moments follow it.", required=True
        ),
        Property("undone_at", Type.TIME, "When it was taken back; absent while it stands."),
        Property("made_by", Type.STRING, "Who made it.", required=True),
        Property("note", Type.STRING, "Why."),
    ),
)
RING_RUN = NodeType(
    "RingRun",
    "One run of the ring finder; known from the moment it finished.",
    (
        Property("key", Type.STRING, "Number of the run, as text.", required=True),
        Property("run", Type.INTEGER, "Number of the run.", required=True),
        Property("started_at", Type.TIME, "When it began.", required=True),
        Property("finished_at", Type.TIME, "When it finished; absent on a run that did not."),
        Property("as_of", Type.TIME, "It saw what was known before this moment."),
        Property("known_at", Type.TIME, "From when its rings are known: when it finished, or its day."),
        Property("backfilled", Type.BOOLEAN, "Whether it was made later in place of the run of its day."),
        Property("holder", Type.STRING, "Process that runs it; absent once it finished."),
        Property("lease_until", Type.TIME, "When its hold ends unless renewed; absent once it finished."),
        Property("rings", Type.INTEGER, "Rings it found."),
        Property("members", Type.INTEGER, "Applications in them."),
    ),
)
HUB_SUMMARY = NodeType(
    "HubSummary",
    "What an identifier was like, as a hub, on a closed day; known from the moment the job finished that says so.",
    (
        Property(
            "key",
            Type.STRING,
            "Name of the identifier and day: `Label:key@day`.",
            Personal.PSEUDONYM,
            required=True,
        ),
        Property("day", Type.TIME, "When the day began.", required=True),
        Property("known_at", Type.TIME, "When the job finished.", required=True),
        Property("applications", Type.FLOAT, "Applications that named it that day.", required=True),
        Property("users", Type.FLOAT, "Different users among them.", required=True),
        Property("newcomers", Type.FLOAT, "Share of these users never seen on it before.", required=True),
        Property("busiest_hour", Type.FLOAT, "Share of the applications in its busiest hour.", required=True),
    ),
)
DECISION = NodeType(
    "Decision",
    "What was answered about an application, in short; the whole is in the decision record.",
    (
        Property("key", Type.STRING, "Id of the decision.", required=True),
        Property("outcome", Type.STRING, "approve, review or decline.", required=True),
        Property("rule", Type.STRING, "Rule of the policy that decided.", required=True),
        Property("policy", Type.STRING, "Policy and version, as `name@version`.", required=True),
        Property("model", Type.STRING, "Deciding model and version; absent where none spoke."),
        Property("probability", Type.FLOAT, "What it said; absent where none spoke."),
        Property("decided_at", Type.TIME, "When it was answered.", required=True),
    ),
)
