"""Models in memory: the champions that are asked for, loaded on demand, as many as fit."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import EnvironmentMissingError, FinGraphError, NotFoundError
from registry import Card, Registry
from risk import Model, load_model
from risk.encoding import Rows
from risk.parts import Reason
from scoring.beside import Beside
from scoring.own import Catalogues

if TYPE_CHECKING:
    from risk.amount import AmountModel

REFRESH_S = 10.0
"""How long it takes until a promotion is seen."""
MOST_BYTES = 2_000_000_000
"""Of the models held, by the size of their files times what they take in memory."""
IN_MEMORY = 3
MOST_REASONS = 5

_log = logging.getLogger("fingraph.models")


@dataclass(frozen=True)
class Loaded:
    """A model that is ready."""

    name: str
    version: int
    card: Card
    model: Model | AmountModel
    size: int
    """Bytes, about."""

    @property
    def label(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"

    def said(self, rows: Rows) -> list[dict[str, float]]:
        """What it says of each row, by name."""
        values = self.model.encoding.matrix(rows)
        told = self.model.told(values)
        return [{name: _plain(column[i]) for name, column in told.items()} for i in range(len(values))]

    def reasons(self, rows: Rows, most: int = MOST_REASONS) -> list[list[Reason]]:
        """What weighs most of each row; see the model's own `reasons`."""
        return self.model.reasons(self.model.encoding.matrix(rows), most)


@contextmanager
def _named_errors(what: str) -> Iterator[None]:
    """The registry's store, its server and the disk fail in words of their own."""
    try:
        yield
    except FinGraphError:
        raise
    except Exception as error:
        raise EnvironmentMissingError(
            "models.unreadable", f"{what} ({type(error).__name__}); look at the registry and its files."
        ) from error


def _plain(value: Any) -> float:
    return value.item()  # type: ignore[no-any-return]


class Pool:
    """Champions by name. Many threads may ask; one loads, and those that want the same wait for it."""

    def __init__(self, registry: Registry, catalogues: Catalogues, *, most_bytes: int = MOST_BYTES) -> None:
        self.catalogues = catalogues
        self._registry, self._most = registry, most_bytes
        self._lock = threading.Lock()
        self._loading: dict[tuple[str, int], threading.Lock] = {}
        self._held: OrderedDict[tuple[str, int], Loaded] = OrderedDict()
        self._champions: dict[str, int] | None = None
        self._looking = threading.Lock()
        self._stamp: tuple[int, ...] | None = None
        self._kept_back = False
        self._looked = -REFRESH_S
        self._beside = Beside("fingraph-champions")

    def champions(self) -> dict[str, int]:
        """The version of every name that has a champion. It is looked up anew beside the requests every `REFRESH_S`; only
        the first of all waits. Raises as `Registry.champions`."""
        with self._lock:
            known, due = self._champions, time.monotonic() >= self._looked + REFRESH_S
            if due:
                self._looked = time.monotonic()
        if not due and known is not None:
            return known
        if known is None:
            return self._look()
        self._beside.run(lambda: self._look(again=True))
        return known

    def _look(self, *, again: bool = False) -> dict[str, int]:
        """Who is champion, searched only where the registry was written since; `again`: or one of them could not be loaded."""
        with self._looking:  # one at a time: what is found later is not written over by what was found before
            stamp = self._registry.stamp  # before what it stands for is read
            with self._lock:
                known, held = self._champions, {name for name, _ in self._held}
            same = stamp is not None and stamp == self._stamp and not (again and self._kept_back)
            if known is not None and same:
                return known
            with _named_errors("The registry of models cannot be read"):
                found = self._registry.champions()
            kept_back = self._load_promoted(found, known or {}, held)
            self._stamp, self._kept_back = stamp, kept_back
            with self._lock:
                self._champions = found
            return found

    def _load_promoted(
        self, found: dict[str, int], before: Mapping[str, int], asked: Collection[str]
    ) -> bool:
        """Load those that took the place of one that is asked, before anybody asks for them; whether one cannot be, and the one
        `before` goes on in its place."""
        kept_back = False
        for name in asked:
            if name in found and name in before and found[name] != before[name]:
                try:
                    self.version(name, found[name])
                except FinGraphError as error:  # the one before goes on; others are not kept back
                    _log.error("champion", extra={"fields": {"name": name, "code": error.code}})
                    found[name], kept_back = before[name], True
        return kept_back

    def champion(self, name: str) -> Loaded:
        """The champion of a name. Raises `NotFoundError` (`models.unknown`), and as `Registry.find` and `load_model`."""
        version = self.champions().get(name)
        if version is None and self._registry.stamp is not None:  # it may have been promoted just now
            version = self._look().get(name)
        if version is None:
            raise NotFoundError("models.unknown", f"{name[:60]} has no champion; promote a version first.")
        return self.version(name, version)

    def version(self, name: str, version: int) -> Loaded:
        """A version of a name. Raises as `champion`."""
        key = name, version
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held
            loading = self._loading.setdefault(key, threading.Lock())
        with loading:
            with self._lock:
                if key in self._held:
                    return self._held[key]
            made = self._load(name, version)
            with self._lock:
                self._held[key] = made
                self._loading.pop(key, None)
                self._let_go(key)
        return made

    def has(self, names: Iterable[str]) -> bool:
        """Whether champions of all these names are in memory, as far as is known."""
        try:
            champions = self.champions()
        except FinGraphError:  # whoever needs one says so
            return False
        with self._lock:
            return all(name in champions and (name, champions[name]) in self._held for name in names)

    def warm(self, names: Iterable[str]) -> None:
        """Load some champions and have each speak once. Raises as `champion`."""
        for name in names:
            loaded = self.champion(name)
            rows = [dict.fromkeys(loaded.model.encoding.features)]
            loaded.said(rows)
            loaded.reasons(rows)

    @property
    def held(self) -> list[str]:
        """What is in memory, the least lately asked first."""
        with self._lock:
            return [one.label for one in self._held.values()]

    def _load(self, name: str, version: int) -> Loaded:
        with _named_errors(f"{name[:60]}@{version} cannot be read"):
            card, folder, _ = self._registry.find(name, str(version))
            model, _ = load_model(folder, self.catalogues.held_against(card.catalogue), card, whole=False)
        return Loaded(name, version, card, model, IN_MEMORY * _size(folder, model))

    def _let_go(self, wanted: tuple[str, int]) -> None:
        """Forget the least lately asked until the rest fits; what is wanted now stays, however large."""
        while len(self._held) > 1 and sum(one.size for one in self._held.values()) > self._most:
            oldest = next(iter(self._held))
            if oldest == wanted:
                return
            del self._held[oldest]


def _size(folder: Path, model: Model | AmountModel) -> int:
    """Bytes of the files that are held."""
    parts = model.parts if isinstance(model, Model) else ("quantiles",)
    held = {"model", *parts}
    return sum(path.stat().st_size for path in folder.iterdir() if path.stem in held)
