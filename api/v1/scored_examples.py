"""What the document shows of scoring, facts and lists; a test holds each against its schema."""

from __future__ import annotations

from typing import Any

_ID = "8c0f3b6f2f1d4c55a1a7c6f1e9b3d204"
_KEY = "3f1c9a0b7d2e4f5a8b6c1d0e9f8a7b6c"
_AT = "2025-06-01T00:00:00.000001Z"

APPLICATION: dict[str, Any] = {
    "source": "lender",
    "id": "A-2001",
    "user": "U-17",
    "event_at": "2025-05-31T23:59:58Z",
    "lender": "north",
    "product": "P-3",
    "identifiers": [
        {"type": "Device", "value": "a81b-77-f2", "role": None, "options": {}},
        {"type": "Phone", "value": "138 0013 9000", "role": "self", "options": {"country": "CN"}},
    ],
    "properties": {"amount_cents": 500000, "term_months": 12, "income_cents": 800000},
}
SCORE = {**APPLICATION, "targets": [], "explain": False, "dry_run": False}
SCORED: dict[str, Any] = {
    "decision_id": _ID,
    "application": "lender:A-2001",
    "as_of": _AT,
    "outcome": "review",
    "rule": {
        "name": "shared_device",
        "about": "Another user applied with this device.",
        "read": {"feature.device_other_users_all": 4.0},
    },
    "held_back": False,
    "policy": "house@1",
    "models": {
        "fraud": {"version": 3, "probability": 0.31, "score": 548},
        "amount": {"version": 1, "lower": 310000.0, "median": 420000.0, "upper": 500000.0},
    },
    "reasons": [
        {
            "code": "device_other_users_all",
            "params": {"value": 4.0, "unit": "users"},
            "weight": 0.82,
            "evidence_ids": ["lender:A-1990", "lender:A-1987"],
            "adverse": "A07",
            "staff": {
                "en": "4 other users applied with this device.",
                "zh": "另有4名用户使用过该设备。",
            },
        }
    ],
    "applicant": [
        {
            "code": "A91",
            "en": "The application is looked at by a person.",
            "zh": "您的申请将由人工审核。",
        }
    ],
    "lists": [{"list": "watched", "entry": _ID, "type": "Device"}],
    "degraded": [],
    "dry_run": False,
    "features": None,
    "timings_ms": {
        "request": 4.1,
        "record": 0.4,
        "graph": 8.2,
        "lists": 0.5,
        "features": 2.5,
        "models": 0.1,
        "judgement": 3.0,
        "total": 19.4,
    },
}
_FACT = {"key": "lender:A-2001#overdue", "known_at": _AT, "unchanged": False}
_ENTRY = {
    "id": _ID,
    "list": "watched",
    "label": "Device",
    "key": _KEY,
    "reason": "confirmed farm",
    "owner": "fraud desk",
    "known_at": _AT,
    "expires_at": None,
    "removed_at": None,
}

REPLIES: dict[str, Any] = {
    "score": SCORED,
    "score_batch": {"answers": [{"decision": SCORED, "problem": None}]},
    "decision": {
        "id": _ID,
        "application": "lender:A-2001",
        "known_at": _AT,
        "seq": 4_611_686_018_427,
        "decided_at": "2025-06-01T00:00:00.019Z",
        "reply": SCORED,
        "record": {
            "catalogue": "4a0f3b6f2f1d4c55",
            "features": {"device_other_users_all": 4.0},
            "degraded": [],
        },
    },
    "amend": {"facts": [{"key": f"lender:A-2001|{_KEY}", "known_at": _AT, "unchanged": False}]},
    "tell_outcome": _FACT,
    "tell_event": {"key": "lender:E-7", "known_at": _AT, "unchanged": False},
    "list_add": _ENTRY,
    "list_entries": {"items": [_ENTRY], "next": None, "cut": False},
    "list_remove": {**_ENTRY, "removed_at": _AT},
}
REQUESTS: dict[str, Any] = {
    "score": SCORE,
    "score_batch": {"applications": [SCORE]},
    "amend": {"identifiers": APPLICATION["identifiers"][:1]},
    "tell_outcome": {
        "source": "lender",
        "application": "A-2001",
        "target": "overdue",
        "value": 1.0,
        "id": None,
        "event_at": None,
    },
    "tell_event": {
        "source": "lender",
        "id": "E-7",
        "user": "U-17",
        "kind": "login",
        "event_at": None,
        "identifiers": APPLICATION["identifiers"][:1],
        "properties": {},
    },
    "list_add": {
        "identifier": APPLICATION["identifiers"][0],
        "reason": "confirmed farm",
        "owner": "fraud desk",
        "expires_at": None,
    },
}
