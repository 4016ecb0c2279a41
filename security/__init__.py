"""Who may do what, and what was done: API keys with scopes, and the audit log."""

from security.audit import AuditRow, Head, append, list_audit, read_head, record
from security.entry import Entry, digest_of
from security.keyring import CACHE_SECONDS, Keyring
from security.keys import ApiKey, create_key, list_keys, revoke_key
from security.principal import Principal, Scope
from security.verify import AuditReport, Fault, Witness, verify_audit

__all__ = [
    "CACHE_SECONDS",
    "ApiKey",
    "AuditReport",
    "AuditRow",
    "Entry",
    "Fault",
    "Head",
    "Keyring",
    "Principal",
    "Scope",
    "Witness",
    "append",
    "create_key",
    "digest_of",
    "list_audit",
    "list_keys",
    "read_head",
    "record",
    "revoke_key",
    "verify_audit",
]
