"""`docs/questions.md`, made from the headers of the questions."""

from __future__ import annotations

from queries.specs import Kind, Param, Question, questions

_HEAD = """\
# Questions

What an investigator asks, by name. `fingraph query list` lists them, `fingraph query run NAME --param PARAMETER=VALUE`
asks one: a table, or `--json`, or `--csv`; `--picture` gives nodes and edges to draw. In Python:

    from queries import ask
    answer = ask(graph, schema, "shares", {"application": "lender:A1"}, as_of=None, limit=100)
    answer.rows, answer.cut, answer.cut_by, answer.next, answer.to_pandas()

- **As of.** Every question takes `as_of` (`--as-of 2025-03-01T00:00:00Z`; default now) and sees only facts known before
  that moment, and the rings of the last run known by then. What has no time was always known, and is shown without one.
- **Hubs are reported, never walked.** A row with `hub` stands for an identifier that too many share: nobody behind it is
  listed, and nothing goes on from it. An identifier with more than twenty times its type's `walk` links today counts as
  one for every moment.
- **Bounded.** At most `--limit` rows (default 100); `next` continues after the last of them, as of the same moment. `cut_by`
  says what is missing: `rows`, `hubs`, or `breadth` where a search met more than it looks at.
- Times are microseconds since 1970 UTC, money is cents; tables show both for people.

Written by `python -m queries.docs`; change the headers in `queries/questions`, not this file.

| question | asks |
|---|---|
"""


def document() -> str:
    """The text of `docs/questions.md`."""
    lines = [f"| [{one.name}](#{one.name}) | {one.title} |" for one in questions()]
    return _HEAD + "\n".join(lines) + "\n" + "".join(_section(one) for one in questions())


def _section(spec: Question) -> str:
    lines = ["", f"## {spec.name}", "", f"**{spec.title}** {spec.about}", ""]
    if spec.params:
        lines += ["| parameter | kind | default | what |", "|---|---|---|---|"]
        lines += [f"| {p.name} | {_kind(p)} | {_default(p)} | {p.about} |" for p in spec.params]
        lines.append("")
    lines += ["| column | kind | what |", "|---|---|---|"]
    lines += [
        f"| {c.name} | {c.kind}{' or missing' if c.optional else ''} | {c.about} |" for c in spec.columns
    ]
    order = ", ".join(one.column.name + (" (descending)" if one.descending else "") for one in spec.order)
    picture = " It has a picture." if spec.picturable else ""
    lines += ["", f"By {order}; at most {spec.rows:,} rows, {spec.seconds:g} seconds.{picture}", ""]
    return "\n".join(lines)


def _kind(param: Param) -> str:
    if param.kind is Kind.INTEGER:
        return f"{param.least:,} to {param.most:,}"
    return " · ".join(param.types) or param.kind.value


def _default(param: Param) -> str:
    return "must be given" if param.required else str(param.default)


if __name__ == "__main__":
    from pathlib import Path

    Path("docs/questions.md").write_text(document(), encoding="utf-8")
