"""The SQL database beside the graph: keys, audit, and what else is no fact of the graph. SQLite, or PostgreSQL."""

from core.sql.database import Sql
from core.sql.tables import METADATA
from core.sql.upgrade import SqlStatus, migrate, open_sql, sql_status

__all__ = ["METADATA", "Sql", "SqlStatus", "migrate", "open_sql", "sql_status"]
