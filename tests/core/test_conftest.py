"""The suite never deletes a graph that somebody needs."""

from __future__ import annotations

import os

from tests.conftest import settings_of


def test_the_suite_ignores_the_server_that_the_environment_names() -> None:
    exported = {"NEO4J_URI": "bolt://production:7687", "NEO4J_PASSWORD": "secret", "NEO4J_USER": "admin"}
    found = settings_of(exported)
    assert (found.is_local, found.neo4j_password, found.neo4j_user) == (True, None, "neo4j")
    ours = {"FINGRAPH_TEST_NEO4J_URI": "bolt://spare:7687", "FINGRAPH_TEST_NEO4J_PASSWORD": "other"}
    told = settings_of({**exported, **ours})
    assert (told.neo4j_uri, told.neo4j_password) == ("bolt://spare:7687", "other")


def test_commands_that_tests_run_inherit_no_server() -> None:
    named = [name for name in os.environ if name.startswith("NEO4J_") or name == "FINGRAPH_SQL_URL"]
    assert not named


def test_the_suite_ignores_the_sql_database_that_the_environment_names() -> None:
    assert settings_of({"FINGRAPH_SQL_URL": "postgresql://app:secret@production/app"}).sql_url is None
