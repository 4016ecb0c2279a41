"""A past decision made again: from what the graph says of its point, by the models and the policy that decided then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.graph import Graph
from features import Catalogue
from policy.check import GRAPH
from policy.decide import Tripped
from policy.lists import Listed
from scoring.judging import Basis, consider
from scoring.parts import Parts, Seen
from scoring.policies import Policies
from scoring.pool import Loaded, Pool
from scoring.record import Decision
from scoring.reply import LISTED, arrival_again, reply_of, values_again, without_words

SECONDS = 30.0


@dataclass(frozen=True)
class Replayed:
    """A decision, and where it came out otherwise."""

    id: str
    key: str
    differs: tuple[str, ...]
    """Parts of the reply and names of features (`feature.…`); none: every figure and code is the same, to the bit."""
    reworded: bool = False
    """Whether a version of FinGraph with other sentences made it: these are of today, and say the same figures."""


def replay(decision: Decision, graph: Graph, parts: Parts, pool: Pool, policies: Policies) -> Replayed:
    """Make a decision again. Raises `IncompatibleError` (`features.version`) when it was made with a catalogue that is not here, and what
    reading the graph and the models raises."""
    record = decision.record
    point, kept = (decision.known_at, decision.seq), values_again(record)
    listed = tuple(_listed(one) for one in record["listed"])
    catalogue = parts.catalogues.of(record["catalogue"])
    seen = _seen_again(decision, graph, parts, listed, catalogue)
    policy = policies.kept(decision.policy)
    models = _models_again(decision, parts, pool)
    basis = Basis(seen.values, listed, tuple(record["degraded"]), Tripped(**record["tripped"]), seen.evidence)
    judgement = consider(policy, basis, models, catalogue, parts.ring_features, explain=record["explain"])
    made = reply_of(
        decision.id, decision.key, point, policy, basis, judgement, explain=record["explain"], dry_run=False
    )
    told = {name: value for name, value in decision.reply.items() if name != "timings_ms"}
    bare, again = without_words(told), without_words(made)
    differs = [name for name in {**bare, **again} if bare.get(name) != again.get(name)]
    differs += [
        f"feature.{name}" for name in {**kept, **seen.values} if kept.get(name) != seen.values.get(name)
    ]
    if (seen.known_at, seen.seq) != point:
        differs.append("point")
    return Replayed(decision.id, decision.key, tuple(differs), reworded=bare == again and told != made)


def _models_again(decision: Decision, parts: Parts, pool: Pool) -> list[Loaded]:
    """The models that spoke, as they did."""
    models = [pool.version(name, said["version"]) for name, said in decision.reply["models"].items()]
    return parts.alone(models) if GRAPH in decision.record["degraded"] else models


def _seen_again(
    decision: Decision, graph: Graph, parts: Parts, listed: tuple[Listed, ...], catalogue: Catalogue
) -> Seen:
    if GRAPH in decision.record["degraded"]:
        point = decision.known_at, decision.seq
        return parts.unseen(
            arrival_again(decision.record), point, decision.record["graph_error"], listed, catalogue
        )
    return parts.seen(parts.met_again(graph, decision.key, SECONDS), listed, catalogue)


def _listed(told: dict[str, Any]) -> Listed:
    bare = {name: told[name] for name in LISTED}
    return Listed(**bare, reason="", owner="", known_at=0, expires_at=None, removed_at=None)
