"""A drafted mapping loads its file, guesses what a person would, and repeats no personal value."""

from __future__ import annotations

import gzip
import json
import random
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from core.errors import UsageError
from core.settings import Settings
from loaders.draft import Draft, draft
from loaders.load import Loader, LoadReport
from loaders.mapping import Mapping, read_mapping
from loaders.mapping.model import ApplicationTable, UserTable

ROWS = 300
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英华"
Row = dict[str, object]


def _id_number(dice: random.Random) -> str:
    body = (
        f"{dice.choice(['110105', '310104', '440305'])}{dice.randrange(1960, 2003)}{dice.randrange(1, 13):02}"
    )
    body += f"{dice.randrange(1, 28):02}{dice.randrange(100, 999)}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def _card(dice: random.Random) -> str:
    body = "622202" + "".join(str(dice.randrange(10)) for _ in range(12))
    doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(body))]
    return body + str(-sum(n - 9 if n > 9 else n for n in doubled) % 10)


def lending(rows: int = ROWS) -> list[Row]:
    """Applications with everything that a person leaves behind."""
    dice = random.Random(7)
    start = datetime(2024, 3, 1)
    return [
        {
            "application_id": f"A{place:05}",
            "customer_id": f"C{dice.randrange(rows // 2):04}",
            "apply_time": f"{start + timedelta(minutes=place // 2):%Y-%m-%d %H:%M:%S}",
            "name": dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=2)),
            "mobile": f"138{dice.randrange(10**7, 10**8)}",
            "emergency_phone": f"139{dice.randrange(10**7, 10**8)}",
            "id_card": _id_number(dice),
            "bank_card": _card(dice),
            "email": f"someone{dice.randrange(10**6)}@mail.cn",
            "ip": f"36.{dice.randrange(1, 250)}.{dice.randrange(250)}.{dice.randrange(1, 250)}",
            "device_id": f"{dice.getrandbits(64):016x}",
            "home_address": f"上海市浦东新区世纪大道{dice.randrange(1, 2000)}号{dice.randrange(1, 30)}室",
            "employer": dice.choice(["东方", "新星", "华信", "中远", "海天", "金桥", "远大"])
            + "科技有限公司",
            "birthday": f"{dice.randrange(1960, 2003)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 28):02}",
            "gender": dice.choice("男女"),
            "loan_amount": f"{dice.randrange(1000, 90000)}.50",
            "term": str(dice.choice([6, 12, 24])),
            "city": dice.choice(["上海", "北京", "杭州"]),
            "wechat": f"wx{dice.getrandbits(40):x}",
            "is_fraud": str(int(dice.random() < 0.1)),
        }
        for place in range(rows)
    ]


PERSONAL = (
    *(
        "name",
        "mobile",
        "emergency_phone",
        "id_card",
        "bank_card",
        "email",
        "ip",
        "device_id",
        "home_address",
    ),
    *("employer", "birthday", "wechat"),
)
IN_CHINESE = {
    "application_id": "申请编号", "customer_id": "客户号", "apply_time": "申请时间", "name": "姓名", "mobile": "手机号",
    "emergency_phone": "紧急联系人电话", "id_card": "身份证号", "bank_card": "银行卡号", "email": "邮箱", "ip": "IP地址",
    "device_id": "设备号", "home_address": "居住地址", "employer": "工作单位", "birthday": "出生日期", "gender": "性别",
    "loan_amount": "申请金额", "term": "期限", "city": "城市", "wechat": "微信号", "is_fraud": "是否欺诈",
}  # fmt: skip


def _csv(rows: list[Row], delimiter: str = ",") -> str:
    lines = [delimiter.join(rows[0]), *(delimiter.join(map(str, row.values())) for row in rows)]
    return "\r\n".join(lines) + "\r\n"


def _in_chinese(rows: list[Row]) -> list[Row]:
    return [{IN_CHINESE[name]: value for name, value in row.items()} for row in rows]


def _write(folder: Path, dialect: str) -> Path:
    rows = lending()
    path = folder / {"parquet": "loans.parquet", "jsonl": "loans.jsonl"}.get(dialect, "loans.csv")
    match dialect:
        case "tabs":
            path.write_text(_csv(rows, "\t"))
        case "semicolons with a mark":
            path.write_bytes(b"\xef\xbb\xbf" + _csv(rows, ";").encode())
        case "chinese":
            path.write_text(_csv(_in_chinese(rows)), encoding="utf-8")
        case "chinese gb18030":
            path.write_bytes(_csv(_in_chinese(rows)).encode("gb18030"))
        case "jsonl":
            path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
        case "parquet":
            pl.DataFrame(rows).with_columns(pl.col("apply_time").str.to_datetime()).write_parquet(path)
        case "gzip":
            path = folder / "loans.csv.gz"
            path.write_bytes(gzip.compress(_csv(rows).encode()))
        case "zip":
            path = folder / "loans.zip"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("loans.csv", _csv(rows))
        case _:
            path.write_text(_csv(rows))
    return path


def _drafted(file: Path, settings: Settings) -> tuple[Draft, Mapping, LoadReport]:
    found = draft(file)
    mapping = file.parent / "mapping.toml"
    mapping.write_text(found.text, encoding="utf-8")
    report = Loader(settings).load(mapping, file.parent, dry_run=True)
    return found, read_mapping(mapping), report


@pytest.mark.parametrize(
    "dialect",
    [
        *("plain", "tabs", "semicolons with a mark", "chinese", "chinese gb18030"),
        *("jsonl", "parquet", "gzip", "zip"),
    ],
)
def test_draft_of_any_dialect_and_language_loads_and_guesses_right(
    tmp_path: Path, settings: Settings, dialect: str
) -> None:
    found, mapping, report = _drafted(_write(tmp_path, dialect), settings)
    (table,) = mapping.table
    assert isinstance(table, ApplicationTable)
    name = IN_CHINESE.get if dialect.startswith("chinese") else lambda column, _: column
    assert (report.read, report.accepted, report.dropped_links) == (ROWS, ROWS, 0)
    assert table.id == name("application_id", "")
    assert table.user == name("customer_id", "")
    assert table.event_at is not None
    assert table.event_at.column == name("apply_time", "")
    kinds = {(ref.type, ref.role, ref.column) for ref in table.identifiers}
    expected = [
        *(
            ("Phone", "self", "mobile"),
            ("Phone", "contact", "emergency_phone"),
            ("IdNumber", None, "id_card"),
        ),
        *(("BankCard", None, "bank_card"), ("Email", None, "email"), ("IpAddress", None, "ip")),
        *(("Device", None, "device_id"), ("Address", None, "home_address"), ("Employer", None, "employer")),
    ]
    assert kinds == {(kind, role, name(column, "")) for kind, role, column in expected}
    assert [(o.target, o.known_at.after) for o in table.outcomes if o.known_at] == [("fraud", "7d")]
    assert table.properties["birth_year"].type == "year"
    assert table.properties["sex"].values == {"男": "M", "女": "F"}
    assert table.properties["amount_cents"].money == "major"
    assert table.properties["term_months"].type == "integer"
    assert table.properties["name"].type == "name"
    assert mapping.timezone == "Asia/Shanghai"
    out = [guess.column for guess in found.guesses if guess.role == "left out"]
    assert out == [name("wechat", "")]


@pytest.mark.parametrize("dialect", ["plain", "chinese gb18030", "jsonl"])
def test_draft_repeats_no_value_of_a_personal_column(tmp_path: Path, dialect: str) -> None:
    found = draft(_write(tmp_path, dialect))
    told = found.text + "".join(guess.why for guess in found.guesses) + "".join(found.notes)
    for row in lending():
        for column in PERSONAL:
            assert str(row[column]) not in told, column


def test_every_column_is_told_of(tmp_path: Path) -> None:
    found = draft(_write(tmp_path, "plain"))
    assert {guess.column for guess in found.guesses} == set(lending(1 + 1)[0])


def _file(folder: Path, header: str, *lines: str) -> Path:
    path = folder / "rows.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def _table(file: Path, settings: Settings) -> tuple[ApplicationTable, LoadReport, Draft]:
    found, mapping, report = _drafted(file, settings)
    (table,) = mapping.table
    assert isinstance(table, ApplicationTable)
    return table, report, found


def test_month_and_day_are_told_apart_by_a_neighbour(tmp_path: Path, settings: Settings) -> None:
    lines = [f"{n},{n % 9 + 2}/{n % 5 + 1}/2024 10:0{n % 10},1/{n % 28 + 1}/2024 09:00" for n in range(60)]
    table, report, _ = _table(_file(tmp_path, "order_id,order_time,signup_time", *lines), settings)
    assert table.event_at is not None
    assert table.event_at.format == "%m/%d/%Y %H:%M"
    assert [event.kind for event in table.events] == ["signup"]
    assert report.accepted == 60


def test_month_and_day_that_cannot_be_told_apart_are_named_as_such(
    tmp_path: Path, settings: Settings
) -> None:
    lines = [f"{n},0{n % 9 + 1}/0{n % 5 + 1}/2024" for n in range(60)]
    table, _, found = _table(_file(tmp_path, "order_id,order_date", *lines), settings)
    assert table.event_at is not None
    assert table.event_at.format == "%d/%m/%Y"
    assert any("cannot be told apart" in note for note in found.notes)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("17{0:08}", "unix_s"), ("17{0:011}", "unix_ms"), ("2024-03-{1:02}T10:00:00Z", "auto"), ("202403{1:02}", "auto"),
        ("{1:02}.03.2024 10:15", "%d.%m.%Y %H:%M"), ("2024年3月{1}日", "%Y年%m月%d日"), ("202403{1:02}101500", "%Y%m%d%H%M%S"),
    ],
)  # fmt: skip
def test_the_format_of_times_is_found(
    tmp_path: Path, settings: Settings, written: str, expected: str
) -> None:
    lines = [f"T{n},{written.format(n, n % 28 + 1)}" for n in range(60)]
    table, report, _ = _table(_file(tmp_path, "trans_id,trans_time", *lines), settings)
    assert table.event_at is not None
    assert table.event_at.format == expected
    assert report.accepted == 60


def test_rows_of_one_minute_are_ordered_by_a_number(tmp_path: Path, settings: Settings) -> None:
    lines = [f"{n},2024-01-01 10:{n // 10:02}" for n in range(100)]
    table, _, _ = _table(_file(tmp_path, "transaction_id,tx_time", *lines), settings)
    assert table.order == "transaction_id"


def test_a_time_after_the_event_and_what_follows_a_decision_are_left_out(
    tmp_path: Path, settings: Settings
) -> None:
    lines = [f"{n},2024-01-01 10:00,2024-02-0{n % 9 + 1} 10:00,{n % 4},{n % 2}" for n in range(60)]
    header = "order_id,order_time,repaid_time,fraud_scenario,is_fraud"
    table, _, found = _table(_file(tmp_path, header, *lines), settings)
    out = {guess.column for guess in found.guesses if guess.role == "left out"}
    assert out == {"repaid_time", "fraud_scenario"}
    assert not table.properties


def test_table_without_time_or_id_is_undated(tmp_path: Path, settings: Settings) -> None:
    lines = [f"{n % 40 + 20},{['own', 'rent'][n % 2]},{['good', 'bad'][n % 3 == 0]}" for n in range(60)]
    table, report, _ = _table(_file(tmp_path, "age,housing,creditability", *lines), settings)
    assert table.undated
    assert table.id is None
    assert table.outcomes[0].values == {"bad": 1.0, "good": 0.0}
    assert report.accepted == 60


def test_texts_for_nothing_among_numbers_count_as_empty(tmp_path: Path, settings: Settings) -> None:
    lines = [f"{n},{n * 10 if n % 3 else 'NA'}" for n in range(60)]
    table, report, _ = _table(_file(tmp_path, ",MonthlyIncome", *lines), settings)
    assert table.reads.empty == ("NA",)
    assert table.id == "column_1"
    assert table.properties["income_cents"].money == "major"
    assert report.accepted == 60


def test_file_without_header_gets_names_by_place_and_no_value_as_a_name(
    tmp_path: Path, settings: Settings
) -> None:
    lines = [f"13{n:09},王伟,2024-01-01 10:00" for n in range(500_000_000, 900_000_000, 7_654_321)]
    table, report, found = _table(_file(tmp_path, lines[0], *lines[1:]), settings)
    assert table.reads.columns == ("column_1", "column_2", "column_3")
    assert [ref.type for ref in table.identifiers] == ["Phone"]
    assert report.accepted == len(lines)
    assert "王伟" not in found.text


def test_a_telephone_used_as_an_id_is_hashed_not_copied(tmp_path: Path, settings: Settings) -> None:
    lines = [f"13{n:09},2024-01-01 10:00" for n in range(500_000_000, 900_000_000, 7_654_321)]
    table, _, _ = _table(_file(tmp_path, "user_id,order_time", *lines), settings)
    assert table.user is None
    assert [ref.type for ref in table.identifiers] == ["Phone"]


def test_people_alone_become_users(tmp_path: Path, settings: Settings) -> None:
    lines = [
        f"p_{n},{SURNAMES[n % 10]}{GIVEN[n % 20]},{'FM'[n % 2]},19{n % 40 + 50}-05-0{n % 9 + 1}"
        for n in range(60)
    ]
    _, mapping, report = _drafted(_file(tmp_path, "person_id,name,gender,birthday", *lines), settings)
    (table,) = mapping.table
    assert isinstance(table, UserTable)
    assert set(table.properties) == {"name", "sex", "birth_year"}
    assert report.accepted == 60


def test_a_code_that_rows_share_becomes_a_type_of_its_own_that_binds_nothing(
    tmp_path: Path, settings: Settings
) -> None:
    lines = [f"{n},2024-01-01 10:{n % 60:02},T{n % 30}" for n in range(300)]
    found, mapping, _ = _drafted(_file(tmp_path, "order_id,order_time,terminal_id", *lines), settings)
    assert [(own.label, own.bind) for own in mapping.identifier] == [("Terminal", 0)]
    assert "Raise it" in found.text


def test_names_that_facts_have_already_are_not_given_to_properties(
    tmp_path: Path, settings: Settings
) -> None:
    lines = [f"{n},{n % 3},{n % 4},{n % 5}" for n in range(60)]
    table, report, _ = _table(_file(tmp_path, "id,key,digest,load", *lines), settings)
    assert set(table.properties) == {"key_stated", "digest_stated", "load_stated"}
    assert report.accepted == 60


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file.empty"), (b"a,b\n", "file.empty"), ("a,b\n1,2".encode("utf-16"), "file.encoding"), (b"a,a\n1,2\n", "csv.header")],
)  # fmt: skip
def test_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError) as error:
        draft(path)
    assert error.value.code == code


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        draft(tmp_path / "none.csv")
