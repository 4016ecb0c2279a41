"""Conditions of rules: a small language that is read, never run.

    fraud.probability >= 0.35 and not list.trusted
    feature.device_other_users_7d > 3 or feature.person_region == "44"
    0.2 <= fraud.probability < 0.35 and known(feature.own_phone_age)

Names are what an application is judged by: `MODEL.FIELD`, `feature.NAME`, `list.NAME`, `degraded.STEP`. A comparison with
what is missing is false, whichever way it points; `known(name)` tells. Nothing else can be written: no arithmetic, no calls.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from core.errors import UsageError

Value = float | int | str | bool | None
Facts = Mapping[str, Value]
"""What is known of an application, by name; a name that is not there is missing."""
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
LONGEST = 2_000


@dataclass(frozen=True)
class Atom:
    """One comparison; `is known` and `is missing` have no value."""

    name: str
    how: str
    value: float | str | bool | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether it does; of what is missing, or of another kind, only `is missing`."""
        told = facts.get(self.name)
        if self.how in {"is missing", "is known"}:
            return (told is None) == (self.how == "is missing")
        if told is None or isinstance(told, str) != isinstance(self.value, str):
            return False
        return _HOLDS[self.how](told, self.value)

    def denied(self) -> list[Atom]:
        """What holds exactly where this does not: any of them."""
        if self.how in ("is known", "is missing"):
            return [Atom(self.name, "is missing" if self.how == "is known" else "is known")]
        return [Atom(self.name, _DENIED[self.how], self.value), Atom(self.name, "is missing")]


_HOLDS: Mapping[str, Callable[[object, object], bool]] = {
    "<": lambda a, b: a < b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


@dataclass(frozen=True)
class Every:
    """All of them hold."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether they do."""
        return all(part.holds(facts) for part in self.parts)


@dataclass(frozen=True)
class Some:
    """At least one of them holds."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether one does."""
        return any(part.holds(facts) for part in self.parts)


Condition = Atom | Every | Some


def read_condition(text: str, where: str) -> Condition:
    """The condition that `text` says; `where` names it in errors.

    Raises `UsageError` (`policy.condition`) with line, caret and what can be written instead.
    """
    if len(text) > LONGEST:
        raise UsageError(
            "policy.condition", f"{where}: a condition has at most {LONGEST:,} characters; make two rules."
        )
    try:
        tree = ast.parse(text.strip(), mode="eval")
        return _read(tree.body, deny=False)
    except SyntaxError as error:
        raise _wrong(text, where, (error.offset or 1) - 1, "this cannot be read") from None
    except _WrongError as error:
        raise _wrong(text, where, error.place, error.message) from None
    except (RecursionError, MemoryError, ValueError):
        raise _wrong(text, where, 0, "this is too deep to be read") from None


def names_of(condition: Condition) -> Iterator[Atom]:
    """The comparisons of a condition, in the order in which they stand."""
    if isinstance(condition, Atom):
        yield condition
        return
    for part in condition.parts:
        yield from names_of(part)


def spoken(model: str) -> str:
    """What conditions call a model: its name in the registry may have a `-`."""
    return model.replace("-", "_")


class _WrongError(Exception):
    def __init__(self, node: ast.AST, message: str) -> None:
        super().__init__(message)
        self.place, self.message = getattr(node, "col_offset", 0), message


def _wrong(text: str, where: str, place: int, message: str) -> UsageError:
    shown = " ".join(text.split())
    return UsageError(
        "policy.condition",
        f"{where}: {message}.",
        hints=(
            shown,
            " " * min(place, len(shown)) + "^",
            "Written are comparisons, and, or, not, known(name).",
        ),
    )


def _read(node: ast.expr, *, deny: bool) -> Condition:
    match node:
        case ast.BoolOp(op=op, values=values):
            parts = tuple(_read(value, deny=deny) for value in values)
            return Every(parts) if isinstance(op, ast.And) != deny else Some(parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _read(operand, deny=not deny)
        case ast.Compare(left=left, ops=ops, comparators=rest):
            terms = [left, *rest]
            parts = tuple(_compared(terms[i], op, terms[i + 1], deny=deny) for i, op in enumerate(ops))
            if len(parts) == 1:
                return parts[0]
            return Some(parts) if deny else Every(parts)
        case ast.Call(func=ast.Name(id="known"), args=[name], keywords=[]):
            return Atom(_name(name), "is missing" if deny else "is known")
        case ast.Attribute():
            return _either(Atom(_name(node), "==", True), deny=deny)
        case ast.Constant(value=bool()):
            raise _WrongError(node, "a rule that always holds, or never, is no rule; name a comparison")
    raise _WrongError(node, "this is no comparison")


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr, *, deny: bool) -> Condition:
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, (ast.Tuple, ast.List)):
        atoms = tuple(Atom(_name(left), "==", _constant(one)) for one in right.elts)
        if not atoms:
            raise _WrongError(right, "an empty list holds nothing")
        said: Condition = Some(atoms)
        return _turned(said) if deny != isinstance(op, ast.NotIn) else said
    how = _COMPARE.get(type(op))
    if how is None:
        raise _WrongError(left, "compared is by <, <=, >, >=, ==, != and in (…)")
    if isinstance(left, (ast.Constant, ast.UnaryOp)):
        left, right, how = right, left, _TURNED[how]
    value = _constant(right)
    if not isinstance(value, float) and how not in ("==", "!="):
        raise _WrongError(right, "only numbers are larger or smaller")
    return _either(Atom(_name(left), how, value), deny=deny)


def _either(atom: Atom, *, deny: bool) -> Condition:
    return _turned(atom) if deny else atom


def _turned(condition: Condition) -> Condition:
    """What holds exactly where the condition does not."""
    if isinstance(condition, Atom):
        denied = condition.denied()
        return denied[0] if len(denied) == 1 else Some(tuple(denied))
    parts = tuple(_turned(part) for part in condition.parts)
    return Some(parts) if isinstance(condition, Every) else Every(parts)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id=first), attr=second):
            return f"{first}.{second}"
    raise _WrongError(node, "a name is two words with a dot, such as feature.own_phone_age")


def _constant(node: ast.expr) -> float | str | bool:
    match node:
        case ast.Constant(value=bool() | str() as value):
            return value
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) if (
            not isinstance(value, bool)
        ):
            return -float(value)
    raise _WrongError(node, "compared is with a number, a text in quotes, true or false (True, False)")
