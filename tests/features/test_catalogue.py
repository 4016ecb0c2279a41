"""The catalogue is data that explains itself; a user's own features have the same words and pass the same proofs."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UsageError
from features import compute, house_catalogue, with_carried
from features.catalogue import catalogue_for, parse
from features.explain import sentence
from features.proofs import chosen, differences
from graph_schema import FINGRAPH
from graph_schema.declaration import identifier_type
from tests.features.worlds import columns, random_world

OWN = """
[[feature]]
name = "web_share"
family = "own"
measure = "same_share"
views = ["ip", "email"]
columns = ["channel"]
windows = ["2d"]
unit = "share"
description = "Share of the applications through the identifier that came by the same channel."
staff_en = "{value} came by the same channel within {window}."
staff_zh = "{window}内同渠道占比：{value}。"
"""
FAMILIES = {
    "velocity", "sharing", "same user", "age", "regularity", "bursts", "amounts", "outcomes", "two hops", "rings", "hubs",
    "events", "own history", "interests", "sameness", "self-consistency", "attributes", "missing",
}  # fmt: skip


def test_there_are_forty_features_and_every_family() -> None:
    catalogue = house_catalogue()
    assert len(catalogue.definitions) >= 40
    assert {one.family for one in catalogue.definitions} == FAMILIES


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_feature_can_be_said_in_words(language: str) -> None:
    for variant in house_catalogue().variants:
        for applicant in (False, True):
            for value in (None, 1.0, 0.25):
                said = sentence(variant, value, language, applicant=applicant)
                assert "{" not in said
                assert said or applicant


def test_an_applicant_is_told_nothing_about_others() -> None:
    hidden = ("other", "ring", "carried", "neighbour")
    for one in house_catalogue().definitions:
        if one.applicant is not None:
            assert not any(
                word in one.applicant.en.lower().replace("other applications", "") for word in hidden[1:]
            )
            assert "{value}" not in one.applicant.en


def test_another_definition_is_another_version() -> None:
    catalogue = parse(OWN, "own.toml", house_catalogue())
    assert catalogue.version != house_catalogue().version
    assert "email_web_share_2d" in catalogue.by_name
    assert parse(OWN.replace("2d", "3d"), "own.toml", house_catalogue()).version != catalogue.version


def test_a_users_own_features_pass_the_same_proof() -> None:
    catalogue = parse(OWN, "own.toml", house_catalogue())
    whole = with_carried(columns(random_world(8)), catalogue)
    assert not differences(whole, catalogue, chosen(whole, 10, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("same_share", "some_share"), "there is no measure"),
        (('"2d"', '"soon"'), "is no duration"),
        (('windows = ["2d"]', ""), "windows are needed"),
        (('"ip", "email"', '"moon"'), "not declared"),
        (('columns = ["channel"]', ""), "columns are needed"),
        (("web_share", "Web share"), "lower-case"),
        (('staff_zh = "{window}内同渠道占比：{value}。"', ""), "staff_zh"),
        (
            ('unit = "share"', 'unit = "share"\ncolour = "red"'),
            "'colour' is no word of a feature; there are name, ",
        ),
        (('unit = "share"', ""), "unit is missing"),
        (('unit = "share"', "unit = 3"), "unit is a text"),
        (('unit = "share"', 'unit = "share"\nprior = true'), "prior is a number"),
        (('columns = ["channel"]', 'columns = "channel"'), "columns is a list of texts"),
        (('columns = ["channel"]', "columns = [3]"), "columns is a list of texts"),
        (("[[feature]]", "[feature]"), "feature is a table in double brackets"),
        (("[[feature]]", "view = [3]\n[[feature]]"), "view is a table in double brackets"),
        (("[[feature]]", '[[view]]\nname = "x"\n[[feature]]'), "name, relation, en and zh are required"),
        (("[[feature]]", 'carried = "x"\n[[feature]]'), "carried is a list of texts"),
        (("web_share", "users"), "two features are named"),
        (("[[feature]]", "[[features]]"), "no word of a catalogue"),
        (('unit = "share"', 'unit = "share"\nwho = "own"'), "who is one of"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(change: tuple[str, str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(OWN.replace(*change), "own.toml", house_catalogue())
    assert caught.value.code in ("features.invalid", "duration.invalid")
    assert said in caught.value.message


def test_a_declared_identifier_gets_a_view_of_its_own() -> None:
    terminal = identifier_type("CardTerminal", "A terminal.", "AT_TERMINAL", normaliser="code")
    catalogue = catalogue_for(FINGRAPH.extended([terminal]))
    assert "card_terminal_applications_7d" in catalogue.by_name
    assert "card_terminal_smoothed_fraud_all" in catalogue.by_name
    assert catalogue_for(FINGRAPH).version == house_catalogue().version


def test_what_is_not_in_the_columns_is_null_or_missing() -> None:
    whole = columns(random_world(2))
    bare = type(whole)(
        whole.known_at, whole.seq, whole.event_at, whole.event, whole.user, {}, {}, {}, {}, whole.outcomes
    )  # fmt: skip
    at = np.flatnonzero(~bare.event)[:5].astype(np.int64)
    frame = compute(bare, house_catalogue(), at).frame()
    assert frame["device_applications_7d"].null_count() == 5
    assert frame["missing_amount"].to_list() == [1.0] * 5
    assert frame["category_lender"].null_count() == 5
