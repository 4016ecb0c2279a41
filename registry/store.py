"""The registry: versions of models by name in MLflow, and which of them is champion, challenger or shadow.

Without a server MLflow keeps everything below one folder: `mlflow.db` (SQLite) and the files of the models. A name
is a target's, or a target's and a lender's (`fraud-l3`); every version of it is a model of that target, of whatever kind.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.clock import iso
from core.errors import EnvironmentMissingError, NotFoundError, UsageError
from registry.card import CARD, Card, changed, read_card, sha256, write_card

if TYPE_CHECKING:
    from mlflow import MlflowClient

ALIASES = ("champion", "challenger", "shadow")
EXPERIMENT = "fingraph"
BEFORE = "champion_before"
"""Tag of a name: the version that was its champion before."""
KIND, SEAL = "kind", "card_sha256"
"""Tags of a version: what decides in it, and the hash of its card, which holds those of all other files."""
SQLITE = "sqlite:///"
SETTLED_NS = 2_000_000_000
"""Longer than a tick of any file system's clock."""
MOST_NAMES = 1_000
"""Of one page."""
SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "15",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
"""MLflow's own, where nobody set them: with a server it would print addresses among the JSON of a command."""


@dataclass(frozen=True)
class Version:
    """One version of a name."""

    name: str
    version: int
    kind: str
    aliases: tuple[str, ...]
    made_at: str | None
    metrics: dict[str, float]


class Registry:
    """The models below a folder, or on the server that MLflow's own setting `MLFLOW_TRACKING_URI` names."""

    def __init__(self, folder: Path, uri: str | None = None) -> None:
        self._folder = folder
        self._uri = uri or os.environ.get("MLFLOW_TRACKING_URI") or f"{SQLITE}{folder / 'mlflow.db'}"
        self._opened: MlflowClient | None = None

    def register(self, name: str, folder: Path, card: Card) -> Version:
        """Seal the model in `folder` with its card, and take it in as the next version of `name`; it serves nobody yet.

        Raises `UsageError` (`models.other`) when the card is of another target, and as `require_name`.
        """
        if card.name != require_name(name):
            raise UsageError("models.other", f"The card is of {card.name}, not of {name}.")
        card = write_card(folder, card)
        run = self._client.create_run(self._experiment())
        told = {
            key: value for key, value in asdict(card).items() if key not in ("metrics", "files", "features")
        }
        for key, value in told.items():
            self._client.log_param(run.info.run_id, key, str(value)[:5_000])
        for key, figure in card.metrics.items():
            self._client.log_metric(run.info.run_id, key, figure)
        self._client.log_artifacts(run.info.run_id, str(folder), "model")
        self._client.set_terminated(run.info.run_id)
        if not self._client.search_registered_models(f"name='{name}'"):
            self._client.create_registered_model(name)
        source = f"{run.info.artifact_uri}/model"
        made = self._client.create_model_version(
            name, source, run.info.run_id, tags={KIND: card.kind, SEAL: sha256(folder / CARD)}
        )
        return self._version(made, {})

    def versions(self, name: str | None = None) -> list[Version]:
        """Versions of a name, or of all, the newest of each first."""
        models = self._models(f"name='{require_name(name)}'" if name else None)
        found = []
        for model in sorted(models, key=lambda one: str(one.name)):
            made = self._client.search_model_versions(f"name='{model.name}'")
            found += [
                self._version(one, model.aliases) for one in sorted(made, key=lambda v: -int(v.version))
            ]
        return found

    @property
    def stamp(self) -> tuple[int, ...] | None:
        """Another one when anything was written, and once more when that was `SETTLED_NS` ago: two writes may fall into one tick of the
        file system's clock. None where it cannot be told: on a server. It costs microseconds, where MLflow's search takes
        milliseconds of a processor."""
        if not self._uri.startswith(SQLITE):
            return None
        path = Path(self._uri.removeprefix(SQLITE).partition("?")[0])
        ahead = path.with_name(f"{path.name}-wal")
        try:
            main = path.stat()
            log = ahead.stat() if ahead.exists() else main
        except OSError:
            return None
        settled = time.time_ns() - max(main.st_mtime_ns, log.st_mtime_ns) > SETTLED_NS
        return main.st_mtime_ns, main.st_size, log.st_mtime_ns, log.st_size, settled

    def champions(self) -> dict[str, int]:
        """The champion's version of every name that has one."""
        return {str(m.name): int(m.aliases["champion"]) for m in self._models() if "champion" in m.aliases}

    def _models(self, which: str | None = None) -> Iterator[Any]:
        token = None
        while True:
            page = self._client.search_registered_models(which, max_results=MOST_NAMES, page_token=token)
            yield from page
            token = page.token
            if not token:
                return

    def find(self, name: str, which: str = "champion") -> tuple[Card, Path, int]:
        """The model of a version (`3`) or an alias, whole and unchanged; its files lie in the folder returned.

        Raises `NotFoundError` (`models.unknown`, `models.missing`) and as `read_card`, for a card that was changed, too.
        """
        version = self._number(name, which)
        made = self._client.get_model_version(name, str(version))
        folder = self._client.get_run(str(made.run_id)).info.artifact_uri
        own, told = self._files / str(made.run_id) / "artifacts", Path(str(folder).removeprefix("file://"))
        # A home that was moved or copied has files of its own.
        place = (own if own.exists() else told) / "model"
        if not place.exists() and not self._uri.startswith(SQLITE):
            place = self._fetched(name, version)
        card = read_card(place)
        if card.name != name or made.tags.get(SEAL) != sha256(place / CARD):
            raise changed(card, [CARD])
        return card, place, version

    def _fetched(self, name: str, version: int) -> Path:
        """A server's model, kept in this home."""
        from mlflow.artifacts import download_artifacts  # noqa: PLC0415 - only with a server

        place = self._folder / "fetched" / name / str(version)
        place.mkdir(parents=True, exist_ok=True)
        source = self._client.get_model_version_download_uri(name, str(version))
        return Path(download_artifacts(source, tracking_uri=self._uri, dst_path=str(place)))

    def promote(self, name: str, version: int, alias: str = "champion") -> None:
        """Give a version an alias; who was champion is kept, so that `rollback` finds it.

        Raises `NotFoundError` (`models.unknown`), `UsageError` (`models.alias`), and as `read_card`: a model that
        cannot be read is never promoted.
        """
        if alias not in ALIASES:
            raise UsageError("models.alias", f"A version is {', '.join(ALIASES)}.")
        self.find(name, str(version))
        if alias == "champion":
            standing = self._aliases(name).get(alias)
            if standing is not None and int(standing) != version:
                self._client.set_registered_model_tag(name, BEFORE, standing)
        self._client.set_registered_model_alias(name, alias, str(version))

    def rollback(self, name: str) -> int:
        """Make the version before champion again, and return it; raises `NotFoundError` (`models.no_before`)."""
        self._aliases(name)
        before = self._client.get_registered_model(name).tags.get(BEFORE)
        if before is None:
            raise NotFoundError("models.no_before", f"No other version of {name} was champion before.")
        self.promote(name, int(before))
        return int(before)

    @property
    def _client(self) -> MlflowClient:
        if self._opened is None:
            for setting, value in SETTINGS.items():
                os.environ.setdefault(setting, value)
            from mlflow import MlflowClient  # noqa: PLC0415 - takes a second to import

            logging.getLogger("mlflow").setLevel(logging.WARNING)
            logging.getLogger("alembic").setLevel(logging.WARNING)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self._folder / "opening.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would both make the tables
                self._opened = self._answering(MlflowClient(self._uri, self._uri))
        return self._opened

    def _answering(self, client: MlflowClient) -> MlflowClient:
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 - takes a second to import

        try:
            client.search_experiments(max_results=1)
        except MlflowException as error:
            raise EnvironmentMissingError(
                "models.unreachable",
                "The models' registry does not answer; look at MLFLOW_TRACKING_URI, and whether its server runs.",
            ) from error
        return client

    def require_open(self) -> None:
        """Raise `EnvironmentMissingError` (`models.unreachable`) now rather than after hours of training."""
        _ = self._client

    def _experiment(self) -> str:
        place = self._files.as_uri() if self._uri.startswith(SQLITE) else None
        name = EXPERIMENT
        found = self._client.get_experiment_by_name(name)
        if found is not None and place not in {None, found.artifact_location}:  # this home was moved
            name = f"{EXPERIMENT} in {self._files}"
            found = self._client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        return str(self._client.create_experiment(name, artifact_location=place))

    @property
    def _files(self) -> Path:
        """Where models lie without a server."""
        return self._folder.absolute() / "files"

    def _aliases(self, name: str) -> dict[str, str]:
        if not self._client.search_registered_models(f"name='{require_name(name)}'"):
            raise NotFoundError("models.unknown", f"There is no model of {name}; train one first.")
        return dict(self._client.get_registered_model(name).aliases)

    def _number(self, name: str, which: str) -> int:
        aliases = self._aliases(name)
        known = {int(one.version) for one in self._client.search_model_versions(f"name='{name}'")}
        number = aliases.get(which, which)
        if number == "champion":
            raise NotFoundError("models.unknown", f"{name} has no champion; promote a version first.")
        if not str(number).isdecimal() or int(number) not in known:
            raise NotFoundError("models.unknown", f"{name} has no version or alias '{which[:20]}'.")
        return int(number)

    def _version(self, made: Any, aliases: dict[str, str]) -> Version:
        carried: Sequence[str] = [
            alias for alias, number in aliases.items() if int(number) == int(made.version)
        ]
        metrics = self._client.get_run(made.run_id).data.metrics if made.run_id else {}
        return Version(
            made.name, int(made.version), made.tags.get(KIND, ""), tuple(sorted(carried)),
            iso(made.creation_timestamp * 1_000), dict(sorted(metrics.items())),
        )  # fmt: skip


def require_name(name: str) -> str:
    """A name that a model may have; raises `UsageError` (`models.name`)."""
    if not re.fullmatch("[A-Za-z0-9_-]{1,60}", name):
        raise UsageError("models.name", "Names of models are up to 60 letters of ASCII, digits, - and _.")
    return name
