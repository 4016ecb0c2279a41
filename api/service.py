"""What one server process holds while it runs, made when it starts and let go when it ends."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypedDict

from fastapi import FastAPI

from api.limits import Buckets, Limits
from api.metrics import Metrics
from api.pool import Pool
from api.ready import Readiness
from core.clock import Clock, now_us
from core.graph import Graph, connect
from core.settings import Settings
from core.sql import Sql, open_sql
from loaders.hashing import Hasher, load_hasher
from scoring.schemas import SCHEMA, Schemas
from scoring.service import Scoring, open_scoring
from security import Keyring

AUTH_WORKERS, AUTH_QUEUE = 4, 128
SWITCH_SECONDS = 0.0005
"""After which a thread lets others have Python: a decision gives it up for a moment at every model and every row that it reads, and
by the usual 5 ms waits that long to have it back (p99 at 30 a second: 157 ms by 5 ms, 98 by 0.5)."""


@dataclass(frozen=True)
class Service:
    """The parts of one server process."""

    settings: Settings
    limits: Limits
    clock: Clock
    graph: Graph
    sql: Sql
    hasher: Hasher
    keyring: Keyring
    schemas: Schemas
    pool: Pool
    """For requests that talk to the graph."""
    score_pool: Pool
    """For single decisions: neither reads of people nor what others send may keep one waiting."""
    fact_pool: Pool
    """For what comes after an application."""
    batch_pool: Pool
    """For batches, trials among them."""
    auth_pool: Pool
    """For keys and the audit log: a slow graph must not keep anybody from being refused."""
    buckets: Buckets
    metrics: Metrics
    readiness: Readiness
    scoring: Scoring


class State(TypedDict):
    """What every request finds in its `state`."""

    service: Service


def open_service(settings: Settings, limits: Limits, metrics: Metrics, clock: Clock = now_us) -> Service:
    """Open everything. The graph may be away, and comes when it comes; raises what `connect` and `open_sql` raise."""
    graph = connect(settings)
    try:
        sql = open_sql(settings)
    except BaseException:
        graph.close()
        raise
    schemas, hasher = Schemas(settings.home / SCHEMA), load_hasher(settings)
    scoring = open_scoring(settings, graph, sql, hasher, clock, schemas)
    return Service(
        settings=settings,
        limits=limits,
        clock=clock,
        graph=graph,
        sql=sql,
        hasher=hasher,
        keyring=Keyring(sql, clock),
        schemas=schemas,
        pool=Pool(limits.workers, limits.queue, "fingraph-graph"),
        score_pool=Pool(limits.scorers, limits.queue, "fingraph-score"),
        fact_pool=Pool(limits.tellers, limits.queue, "fingraph-fact"),
        batch_pool=Pool(limits.batches, limits.queue, "fingraph-batch"),
        auth_pool=Pool(AUTH_WORKERS, AUTH_QUEUE, "fingraph-keys"),
        buckets=Buckets(limits.rate, limits.burst),
        metrics=metrics,
        readiness=Readiness(graph, sql, settings, hasher, schemas.of, scoring.warm),
        scoring=scoring,
    )


@asynccontextmanager
async def running(
    _: FastAPI, settings: Settings, limits: Limits, metrics: Metrics, clock: Clock
) -> AsyncIterator[State]:
    """The service from start to end, with its warming up beside it."""
    service = open_service(settings, limits, metrics, clock)
    sys.setswitchinterval(SWITCH_SECONDS)
    metrics.watch("fingraph_graph_work", "Work on the graph that runs or waits.", lambda: service.pool.taken)
    metrics.watch("fingraph_score_work", "Scoring that runs or waits.", lambda: service.score_pool.taken)
    metrics.watch("fingraph_fact_work", "Facts that are written or wait.", lambda: service.fact_pool.taken)
    metrics.watch("fingraph_batch_work", "Batches that run or wait.", lambda: service.batch_pool.taken)
    metrics.watch(
        "fingraph_key_work", "Work on keys and audit that runs or waits.", lambda: service.auth_pool.taken
    )
    metrics.watch(
        "fingraph_outbox", "Decisions that the graph has not been told of.", service.scoring.waiting
    )
    service.readiness.start()
    service.scoring.start()
    try:
        yield {"service": service}
    finally:
        service.readiness.stop()
        service.scoring.stop()
        service.pool.close()
        service.score_pool.close()
        service.fact_pool.close()
        service.batch_pool.close()
        service.auth_pool.close()
        service.sql.close()
        service.graph.close()
