"""E-mail addresses (RFC 5321, RFC 5322; internationalised RFC 6531, domains RFC 3490).

The part before the @ may in theory tell by case (RFC 5321, 2.4); no provider of note uses that and people
type either, so case is folded. Tags after + and dots are a known way to make one mailbox look like many.
They are undone for the providers that document that they ignore them, and for nobody else: elsewhere
`a.b@` and `ab@` are two people.
"""

from __future__ import annotations

import re

import polars as pl

from loaders.normalise.fold import case_folded
from loaders.normalise.kinds import Normalised, One, Options, check_options, finished, first_reason, tidied
from loaders.normalise.mask import STARS

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~\-\p{L}\p{N}\p{M}]+"
_LOCAL = rf"^{_ATOM}(?:\.{_ATOM})*$"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = rf"^(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])$"
_PLAIN_LOCAL = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_PLAIN_DOMAIN = re.compile(_DOMAIN)
_LONGEST_LOCAL, _LONGEST = 64, 254

_IGNORE_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
_IGNORE_TAGS = (
    *_IGNORE_DOTS,
    *("outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com"),
    *("proton.me", "protonmail.com", "pm.me", "fastmail.com", "yandex.ru", "yandex.com", "ya.ru"),
)
_NOBODY = ("none", "null", "nil", "na", "noemail", "no-email", "nomail", "unknown", "undefined")
_PLACEHOLDERS = (
    *("test@test.com", "a@a.com", "aa@aa.com", "aaa@aaa.com", "abc@abc.com", "xxx@xxx.com", "no@no.com"),
    *("123@123.com", "123@qq.com", "123456@qq.com", "test@gmail.com", "test@qq.com", "123@163.com"),
)
# RFC 2606. The reserved top-level names (.test, .example) stay allowed: only made data uses them.
_RESERVED = ("example.com", "example.net", "example.org")


def normalise_email(raw: pl.Series, options: Options) -> Normalised:
    """Addresses as `local@domain`, the domain in ASCII. Derived: `domain`. No options.

    The mask keeps the first character of local parts of three or more, and the domain, which stands beside
    it anyway.
    """
    check_options("email", options)
    tidy = tidied(raw)
    frame = tidy.with_columns(text=_spelled(tidy["text"]))
    text = pl.col("text")
    frame = frame.with_columns(
        first_reason((~text.str.contains("@", literal=True), "email.no_at")),
        local=text.str.extract(r"^(.*)@[^@]*$", 1),
        domain=text.str.extract(r"@([^@]*)$", 1),
    )
    local, domain = pl.col("local"), pl.col("domain")
    frame = frame.with_columns(
        first_reason(
            (~local.str.contains(_LOCAL), "email.local"),
            (~domain.str.contains(_DOMAIN), "email.domain"),
            ((local.str.len_bytes() > _LONGEST_LOCAL) | (text.str.len_bytes() > _LONGEST), "email.too_long"),
        ),
        *_one_mailbox(),
    )
    frame = frame.with_columns(value=pl.concat_str(local, pl.lit("@"), domain))
    nobody = local.is_in(_NOBODY) | domain.is_in(_RESERVED) | pl.col("value").is_in(_PLACEHOLDERS)
    first = pl.when(local.str.len_chars() >= 3).then(local.str.slice(0, 1)).otherwise(pl.lit(""))
    frame = frame.with_columns(
        first_reason((local == "", "email.local"), (nobody, "email.placeholder")),
        masked=pl.concat_str(first, pl.lit(f"{STARS}@"), domain),
    )
    return finished(frame, "domain")


def _one_mailbox() -> tuple[pl.Expr, pl.Expr]:
    """Columns `local` and `domain` without the tags and dots that the provider ignores."""
    local, domain = pl.col("local"), pl.col("domain")
    # Dots before the tag go with it: what is left must be an address again.
    untagged = pl.when(domain.is_in(_IGNORE_TAGS)).then(local.str.replace(r"\.*\+.*$", "")).otherwise(local)
    undotted = untagged.str.replace_all(".", "", literal=True)
    return (
        pl.when(domain.is_in(tuple(_IGNORE_DOTS))).then(undotted).otherwise(untagged).alias("local"),
        domain.replace(_IGNORE_DOTS).alias("domain"),
    )


def _spelled(text: pl.Series) -> pl.Series:
    """Case-folded, the domain in ASCII; what cannot be written so is left for the checks to refuse."""
    ascii_only = text.str.len_bytes() == text.str.len_chars()
    lowered = text.str.to_lowercase()
    if ascii_only.all():
        return lowered
    return lowered.scatter((~ascii_only).arg_true(), [_ascii_domain(t) for t in text.filter(~ascii_only)])


def _ascii_domain(text: str) -> str:
    local, at, domain = case_folded(text).rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode().lower()}"
    except UnicodeError:
        return f"{local}{at}{domain}"


def one_email(raw: str, options: Options) -> One | None:
    """As `normalise_email`, of one value that no provider's rules change: without a tag, and not of one that ignores dots."""
    value = raw.strip(" ").lower() if raw.isascii() else ""
    local, at, domain = value.partition("@")
    if options or not at or _PLAIN_LOCAL.fullmatch(local) is None or _PLAIN_DOMAIN.fullmatch(domain) is None:
        return None
    if len(local) > _LONGEST_LOCAL or len(value) > _LONGEST or domain in _IGNORE_DOTS:
        return None
    if local in _NOBODY or domain in _RESERVED or value in _PLACEHOLDERS:
        return None
    return One(value, f"{local[:1] if len(local) >= 3 else ''}{STARS}@{domain}", {"domain": domain})
