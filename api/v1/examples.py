"""Replies and bodies as the document shows them; a test holds each against its schema."""

from __future__ import annotations

from typing import Any

_KEY = "3f1c9a0b7d2e4f5a8b6c1d0e9f8a7b6c"
_AT = "2025-06-01T00:00:00Z"
_DAY = "2025-05-30T08:15:00Z"

_RING_OF = {
    "key": "r2yo2t36etf",
    "score": 0.91,
    "listed": True,
    "applications": 6,
    "users": 4,
    "members": 1,
    "since": 3,
}

APPLICATION: dict[str, Any] = {
    "key": "lender:A-1001",
    "source": "lender",
    "id": "A-1001",
    "known_at": _DAY,
    "properties": {"lender": "north", "amount_cents": 500000, "term_months": 12},
    "users": ["lender:U-17"],
    "links": [
        {
            "type": "Device",
            "key": _KEY,
            "masked": "***7f2a",
            "relation": "USED_DEVICE",
            "role": None,
            "known_at": _DAY,
            "links": 5,
            "hub": False,
        }
    ],
    "outcomes": [
        {
            "target": "approval",
            "value": 1.0,
            "source": "lender",
            "event_at": _DAY,
            "known_at": _DAY,
            "latest": True,
        }
    ],
    "rings": [_RING_OF],
    "as_of": _AT,
    "run": 3,
    "cut": [],
}
_USER_APPLICATION = {
    "key": "lender:A-1001",
    "source": "lender",
    "id": "A-1001",
    "known_at": _DAY,
    "lender": "north",
    "product": None,
    "amount_cents": 500000,
    "outcomes": {"approval": 1.0},
    "ring": "r2yo2t36etf",
}
USER_APPLICATIONS: dict[str, Any] = {
    "items": [_USER_APPLICATION],
    "next": None,
    "cut": False,
    "total": 1,
    "total_cut": False,
    "as_of": _AT,
}
USER: dict[str, Any] = {
    "key": "lender:U-17",
    "source": "lender",
    "id": "U-17",
    "properties": {"birth_year": 1990},
    "applications": USER_APPLICATIONS,
    "events": 2,
    "relations": 0,
    "identifiers": [
        {
            "type": "Device",
            "key": _KEY,
            "masked": "***7f2a",
            "roles": [],
            "applications": 1,
            "first_at": _DAY,
            "last_at": _DAY,
            "links": 5,
            "hub": False,
        }
    ],
    "rings": [_RING_OF],
    "as_of": _AT,
    "run": 3,
    "cut": [],
}
IDENTIFIER: dict[str, Any] = {
    "type": "Device",
    "key": _KEY,
    "masked": "***7f2a",
    "properties": {},
    "links": 5,
    "hub": False,
    "hub_since": None,
    "applications": 5,
    "events": 0,
    "users": 4,
    "first_at": "2025-05-01T10:00:00Z",
    "last_at": _DAY,
    "outcomes": [{"target": "fraud", "known": 2, "positive": 1}],
    "rings": [_RING_OF],
    "as_of": _AT,
    "run": 3,
    "cut": [],
}
FOUND: dict[str, Any] = {"type": "Phone", "key": _KEY, "masked": "138****0001", "known": True, "as_of": _AT}
_RING = {
    "key": "r2yo2t36etf",
    "born_run": 1,
    "run": 3,
    "dissolved_run": None,
    "applications": 6,
    "users": 4,
    "first_at": "2025-05-01T10:00:00Z",
    "last_at": _DAY,
    "amount_cents": 3000000,
    "at_risk_cents": 1500000,
    "shared": "Device",
    "score": 0.91,
    "listed": True,
    "reasons": [{"code": "ring.users", "params": {"value": 4}, "weight": 0.8, "evidence_ids": []}],
}
RINGS: dict[str, Any] = {"items": [_RING], "next": None, "cut": False, "total": 1, "as_of": _AT}
MEMBERS: dict[str, Any] = {
    "items": [
        {
            "application": "lender:A-1001",
            "users": ["lender:U-17"],
            "lender": "north",
            "known_at": _DAY,
            "amount_cents": 500000,
            "since": 3,
            "outcome": None,
        }
    ],
    "next": None,
    "cut": False,
    "as_of": _AT,
}
EVIDENCE: dict[str, Any] = {
    "items": [
        {
            "type": "Device",
            "key": _KEY,
            "masked": "***7f2a",
            "users": 4,
            "applications": 5,
            "first_at": "2025-05-01T10:00:00Z",
            "last_at": _DAY,
        }
    ],
    "next": None,
    "cut": False,
    "as_of": _AT,
}
RING: dict[str, Any] = {
    "ring": _RING,
    "members": MEMBERS,
    "evidence": EVIDENCE,
    "evolved_from": [],
    "evolved_into": [],
    "outcomes": {"target": "fraud", "known": 2, "positive": 1, "share": 0.5},
    "as_of": _AT,
    "run": 3,
}
HISTORY: dict[str, Any] = {
    "items": [
        {
            "run": 3,
            "as_of": _DAY,
            "known_at": _DAY,
            "applications": 6,
            "users": 4,
            "score": 0.91,
            "listed": True,
            "at_risk_cents": 1500000,
            "joined": 2,
            "left": 0,
            "changes": [
                {
                    "code": "ring.grew",
                    "params": {"applications": 2},
                    "weight": 0,
                    "evidence_ids": ["lender:A-1001"],
                }
            ],
        }
    ],
    "next": None,
    "cut": False,
    "as_of": _AT,
}
GRAPH: dict[str, Any] = {
    "ring": _RING,
    "nodes": [
        {
            "id": "User:lender:U-17",
            "type": "User",
            "key": "lender:U-17",
            "label": "lender:U-17",
            "known_at": _DAY,
            "properties": {},
        },
        {
            "id": "Application:lender:A-1001",
            "type": "Application",
            "key": "lender:A-1001",
            "label": "lender:A-1001",
            "known_at": _DAY,
            "properties": {"lender": "north", "since_run": 3},
        },
    ],
    "edges": [
        {
            "source": "User:lender:U-17",
            "target": "Application:lender:A-1001",
            "type": "SUBMITTED",
            "role": None,
            "known_at": _DAY,
        }
    ],
    "cut": True,
    "total": {"nodes": 14, "edges": 21, "by_type": {"User": 4, "Application": 6, "Device": 4}},
    "as_of": _AT,
}
EXPANDED: dict[str, Any] = {
    "items": [
        {
            "relation": "USED_DEVICE",
            "outgoing": False,
            "known_at": _DAY,
            "properties": {},
            "type": "Application",
            "key": "lender:A-1001",
            "caption": None,
            "degree": 6,
            "hub": False,
        }
    ],
    "next": None,
    "cut": False,
    "cut_by": [],
    "total": 1,
    "total_cut": False,
    "type": "Device",
    "key": _KEY,
    "hub": False,
    "order": "newest",
    "as_of": _AT,
    "run": 3,
}
PATHS: dict[str, Any] = {
    "items": [
        {
            "path": 1,
            "hops": 4,
            "steps": [
                "User lender:U-17",
                "SUBMITTED Application lender:A-1001",
                "USED_DEVICE Device ***7f2a",
                "USED_DEVICE Application lender:A-1002",
                "SUBMITTED User lender:U-18",
            ],
            "first_at": _DAY,
            "last_at": _DAY,
            "undated": False,
        }
    ],
    "next": None,
    "cut": False,
    "cut_by": [],
    "as_of": _AT,
}
QUESTIONS: dict[str, Any] = {
    "items": [
        {
            "name": "new_rings",
            "title": "Which rings are new?",
            "about": "Rings that were born in the last days.",
            "params": [
                {
                    "name": "days",
                    "kind": "integer",
                    "about": "How many days count as new.",
                    "required": False,
                    "default": 7,
                    "least": 1,
                    "most": 366,
                    "types": [],
                }
            ],
            "columns": [{"name": "ring", "kind": "ring", "about": "Its name.", "optional": False}],
            "rows": 1000,
            "picturable": False,
        }
    ],
    "next": None,
    "cut": False,
}
ANSWERED: dict[str, Any] = {
    "items": [{"ring": "r2yo2t36etf"}],
    "next": None,
    "cut": False,
    "cut_by": [],
    "columns": [{"name": "ring", "kind": "ring", "about": "Its name.", "optional": False}],
    "as_of": _AT,
    "seconds": 0.012,
}
DRAWN: dict[str, Any] = {
    "nodes": [
        {
            "id": "User:lender:U-17",
            "type": "User",
            "key": "lender:U-17",
            "caption": "lender:U-17",
            "known_at": None,
        }
    ],
    "edges": [],
    "cut": False,
    "cut_by": [],
    "as_of": _AT,
    "seconds": 0.02,
}
TABLE: dict[str, Any] = {
    "columns": ["applications"],
    "items": [[50000]],
    "next": None,
    "cut": False,
    "cut_by": [],
    "seconds": 0.004,
}

REPLIES: dict[str, dict[str, Any]] = {
    "get_application": APPLICATION,
    "list_user_applications": USER_APPLICATIONS,
    "get_user": USER,
    "get_identifier": IDENTIFIER,
    "lookup_identifier": FOUND,
    "list_rings": RINGS,
    "get_ring": RING,
    "list_ring_members": MEMBERS,
    "list_ring_evidence": EVIDENCE,
    "list_ring_history": HISTORY,
    "get_ring_graph": GRAPH,
    "expand": EXPANDED,
    "find_paths": PATHS,
    "list_questions": QUESTIONS,
    "ask_question": ANSWERED,
    "draw_question": DRAWN,
    "run_cypher": TABLE,
}
"""By operation."""
REQUESTS: dict[str, dict[str, Any]] = {
    "lookup_identifier": {"type": "Phone", "value": "138 0013 8000", "options": {"country": "CN"}},
    "expand": {"type": "Device", "key": _KEY, "order": "newest", "limit": 50},
    "find_paths": {"user": "lender:U-17", "other": "lender:U-18", "hops": 6},
    "ask_question": {"params": {"application": "lender:A-1001"}, "as_of": _AT, "limit": 100},
    "draw_question": {"params": {"application": "lender:A-1001"}, "limit": 300},
    "run_cypher": {
        "statement": "MATCH (a:Application) WHERE a.lender = $lender RETURN count(a) AS applications",
        "parameters": {"lender": "north"},
    },
}
"""Bodies, by operation."""
