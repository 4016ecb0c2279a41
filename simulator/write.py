"""Parquet files whose bytes do not depend on the chunks they were written in."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 100_000


class Writer:
    """One Parquet file of full row groups; it takes its name when it is complete."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.rows = path, 0
        self._draft = path.with_name(path.name + ".part")
        self._schema = schema
        few = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        self._file = pq.ParquetWriter(
            self._draft, schema, compression="zstd", compression_level=1, use_dictionary=few
        )
        self._waiting: list[pa.Table] = []
        self._waits = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush(everything=True)
        self._file.close()
        if kind is None:
            self._draft.replace(self.path)
        else:
            self._draft.unlink()

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Append rows."""
        table = pa.Table.from_arrays([columns[name] for name in self._schema.names], schema=self._schema)
        self.rows += len(table)
        self._waiting.append(table)
        self._waits += len(table)
        self._flush(everything=False)

    def _flush(self, *, everything: bool) -> None:
        if not self._waits or (self._waits < ROW_GROUP and not everything):
            return
        table = pa.concat_tables(self._waiting)
        done = 0
        while self._waits - done >= ROW_GROUP or (everything and done < self._waits):
            group = table.slice(done, ROW_GROUP).combine_chunks()
            self._file.write_table(group, row_group_size=ROW_GROUP)
            done += len(group)
        self._waiting = [table.slice(done)] if done < self._waits else []
        self._waits -= done
