"""Features of one application from the graph: the read that brings what they need, and the same kernels over it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from core.graph import Row
from features.catalogue import Catalogue
from features.compute import Features, compute, first_pass, plan_of
from graph_schema import Schema
from queries.neighbourhood import Asked, NeighbourhoodRead
from snapshot.columns import F64
from snapshot.online import Unseen, asked_for, columns_from


class Online:
    """One catalogue over one graph's schema."""

    def __init__(self, schema: Schema, catalogue: Catalogue) -> None:
        self.schema, self.catalogue = schema, catalogue

    @cached_property
    def asked(self) -> Asked:
        """What a read must bring."""
        return asked_for(self.schema, plan_of(self.catalogue).reads)

    @cached_property
    def read(self) -> NeighbourhoodRead:
        """The read that brings it."""
        return NeighbourhoodRead(self.asked)

    def features(self, record: Row, unseen: Unseen | None = None) -> Features:
        """Every variant of the application that `record` was read about."""
        columns, position = columns_from(record, self.asked, unseen)
        return compute(columns, self.catalogue, np.array([position]))

    def carried(self, record: Row) -> F64:
        """(c) What the application carries from its own point on."""
        columns, position = columns_from(record, self.asked)
        return first_pass(columns, self.catalogue).block(np.array([position])).values[:, 0]
