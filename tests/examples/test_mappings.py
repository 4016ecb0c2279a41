"""The example mappings: each parses and accepts what its walk-through says."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from core.settings import Settings
from loaders.load import Loader
from loaders.mapping import read_mapping
from loaders.mapping.docs import rewritten
from loaders.mapping.read import schema_of

ROOT = Path(__file__).parent.parent.parent
MAPPINGS = ROOT / "examples" / "mappings"
DATA = ROOT.parent / "shared" / "data"
FIRST_ROWS = 2_000
FOLDERS = {
    "ecommerce_device_fraud": "ecommerce_device_fraud",
    "loan_kg": "loan_kg_weygu",
    "fraud_handbook_sim": "fraud_handbook_sim",
    "give_me_some_credit": "give_me_some_credit",
    "german_credit": "german_credit",
    "rong360_2018": "rong360_2018_userprofile",
}
THERE = [example for example, folder in FOLDERS.items() if (DATA / folder).is_dir()]

LOAN_KG = {
    "person.csv": "person_id,name,gender,birthday\np_1,宋建平,F,1985-01-31\np_2,王英,M,1940-06-01",
    "device.csv": "device_id,device_name\ndev_1,de52f540368bab942ad0d0c29e6a9c52",
    "phone_number.csv": "phone_number_id,phone_number\npn_1,13709033986",
    "corporation.csv": "corp_id,corp_name,corp_address,is_risky,risk_profile\nco_1,东方峻景网络有限公司,河南省合山市,False,NA",
    "is_relative_relationship.csv": "person_id,contact_id,level\np_1,p_2,6",
    "shared_device_relationship.csv": "src_id,dst_id,d_id,src_device_start_time,dst_device_start_time\n"
    "p_1,p_2,dev_1,2020-02-24,2021-12-09",
    "shared_employer_relationship.csv": "src_id,dst_id,corp_id,src_work_for_start_time,dst_work_for_start_time\n"
    "p_1,p_2,co_1,2021-02-26,2020-03-05",
    "shared_phone_num_relationship.csv": "src_id,dst_id,pn_id\np_1,p_2,pn_1",
    "shared_via_employer_phone_num_relationship.csv": "src_id,dst_id,corp_id,pn_id,src_work_for_start_time\n"
    "p_1,p_2,co_1,pn_1,2019-11-08",
}
APPLICATION = {
    "loan_application_id": "la_v_1", "applicant_id": "p_1", "address": "湖南省长沙县翔安韩路z座 443881", "degree": "PhD",
    "occupation": "教师", "salary": "186368", "is_risky": "False", "apply_date": "2000-02-01",
    "approval_status": "Approved", "application_type": "Loan", "gender": "F", "birthday": "1965-06-09",
}  # fmt: skip
ECOMMERCE = (
    "user_id,signup_time,purchase_time,purchase_value,device_id,source,browser,sex,age,ip_address,class\n"
)


def _small(example: str, folder: Path) -> int:
    """A few rows with the columns of the example's data; returns how many rows the mapping reads of them."""
    folder.mkdir()
    if example == "ecommerce_device_fraud":
        row = "22058,2/24/2015 22:55,4/18/2015 2:47,34,QVPSPJUOCKZAR,SEO,Chrome,M,39,732758368.8,0\n"
        (folder / "fraud_data.csv").write_text(f"\ufeff{ECOMMERCE}{row}", encoding="utf-8")
        return 1
    if example == "fraud_handbook_sim":
        frame = pl.DataFrame({"TRANSACTION_ID": [0, 1], "CUSTOMER_ID": [596, 4961], "TERMINAL_ID": [3156, 3412],
                              "TX_AMOUNT": [57.16, 81.51], "TX_FRAUD": [0, 1], "TX_DATETIME": [1_522_540_831_000] * 2})  # fmt: skip
        frame.with_columns(pl.col("TX_DATETIME").cast(pl.Datetime("ms"))).write_parquet(
            folder / "transactions.parquet"
        )
        return 2
    if example == "loan_kg":
        return _small_loan_kg(folder)
    mapping = read_mapping(MAPPINGS / f"{example}.toml")
    for table in mapping.table:
        text = _one_row(example, table.file, table.reads.delimiter)
        if table.file.endswith(".zip"):
            with zipfile.ZipFile(folder / table.file, "w") as archive:
                archive.writestr(table.file.removesuffix(".zip"), text)
        else:
            (folder / table.file).write_text(text)
    return len(mapping.table)


def _one_row(example: str, file: str, delimiter: str) -> str:
    """A row for each column that the mapping names; text where it lists texts, else a number."""
    text = (MAPPINGS / f"{example}.toml").read_text()
    columns = dict.fromkeys(re.findall(r'column = "([^"]+)"', text))
    columns |= {"id": None, "from_id": None}
    given = {"creditability": "bad", "telephone": "none", "foreign_worker": "yes", "MonthlyIncome": "NA"}
    names = ["", *columns] if 'id = "column_1"' in text else list(columns)
    return f"{delimiter.join(names)}\n{delimiter.join(given.get(name, '1') for name in names)}\n"


def _small_loan_kg(folder: Path) -> int:
    for name, text in LOAN_KG.items():
        (folder / name).write_text(text + "\n", encoding="utf-8")
    both = {f"{name}_{side}": value for side in "01" for name, value in APPLICATION.items()}
    both |= {"loan_application_id_1": "la_v_2", "applicant_id_1": "p_2", "corp_id": "co_1", "pn_id": "pn_1"}
    text = f"{','.join(both)}\n{','.join(both.values())}\n"
    (folder / "applicant_application_with_shared_via_employer_phone_num.csv").write_text(
        text, encoding="utf-8"
    )
    return 2 + 1 + 1 + 1 + 1 + 5 * 2


def _home(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, home=tmp_path / "home")


def test_every_example_is_tested() -> None:
    assert {path.stem for path in MAPPINGS.glob("*.toml")} == set(FOLDERS)


@pytest.mark.parametrize("example", FOLDERS)
def test_example_is_a_mapping_that_the_schema_takes(example: str) -> None:
    mapping = read_mapping(MAPPINGS / f"{example}.toml")
    assert mapping.description
    schema_of(mapping)


@pytest.mark.parametrize("example", FOLDERS)
def test_example_accepts_rows_like_its_data(example: str, tmp_path: Path, settings: Settings) -> None:
    rows = _small(example, tmp_path / "data")
    loader = Loader(_home(settings, tmp_path))
    report = loader.sample(MAPPINGS / f"{example}.toml", tmp_path / "data", FIRST_ROWS)
    assert report.reasons == {}
    assert (report.read, report.accepted) == (rows, rows)


@pytest.mark.parametrize("example", THERE)
def test_example_accepts_the_first_rows_of_its_data(example: str, tmp_path: Path, settings: Settings) -> None:
    loader = Loader(_home(settings, tmp_path))
    report = loader.sample(MAPPINGS / f"{example}.toml", DATA / FOLDERS[example], FIRST_ROWS)
    tables = read_mapping(MAPPINGS / f"{example}.toml").table
    assert report.read > len(tables) * FIRST_ROWS / 4
    assert (report.accepted, report.rejected, report.conflicts) == (report.read, 0, 0)
    assert set(report.reasons) <= {"ip.unusable"}


@pytest.mark.parametrize(
    ("example", "page", "counts"),
    [
        row
        for row in (
            ("ecommerce_device_fraud", "ecommerce", (30_190, 30_189, 1, 0, 125)),
            ("german_credit", "undated", (1_000, 1_000, 0, 0, 0)),
            ("rong360_2018", "undated", (72_231, 72_231, 0, 0, 0)),
        )
        if row[0] in THERE
    ],
)
def test_counts_of_the_walk_through_are_those_of_the_data(
    example: str, page: str, counts: tuple[int, ...], tmp_path: Path, settings: Settings
) -> None:
    loader = Loader(_home(settings, tmp_path))
    report = loader.load(MAPPINGS / f"{example}.toml", DATA / FOLDERS[example], dry_run=True)
    found = (report.read, report.accepted, report.rejected, report.conflicts, report.dropped_links)
    assert found == counts
    text = (ROOT / "docs" / "examples" / f"{page}.md").read_text(encoding="utf-8")
    assert all(f"{count:,}" in text for count in counts[:2])


@pytest.mark.parametrize("example", FOLDERS)
def test_every_example_has_a_walk_through(example: str) -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "examples").glob("*.md"))
    assert f"examples/mappings/{example}.toml" in pages


def test_tables_of_the_mapping_document_are_fresh() -> None:
    text = (ROOT / "docs" / "mappings.md").read_text(encoding="utf-8")
    assert rewritten(text) == text, "run: fingraph mapping docs"


def test_mappings_in_the_document_are_mappings(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "mappings.md").read_text(encoding="utf-8")
    whole = [block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "format = 1" in block]
    assert whole
    for number, block in enumerate(whole):
        path = tmp_path / f"{number}.toml"
        path.write_text(block, encoding="utf-8")
        schema_of(read_mapping(path))
