"""Bad files stop a load before anything is written, with a message that says what to do."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import polars as pl
import pytest

from core.errors import EnvironmentMissingError, UsageError
from loaders.files import find
from tests.conftest import ROOT
from tests.loaders.staging import GOOD, HEAD, TABLE, mapping, put, refusal, said, staged


def test_a_missing_column_is_named_beside_those_that_are_there(tmp_path: Path) -> None:
    put(tmp_path, "id,user,when\na,b,c\n")
    error = refusal(tmp_path)
    assert error.code == "file.columns"
    assert "amount, at, device, note, phone" in error.message
    assert "It has: id, user, when" in said(error)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_wrong_delimiter_is_guessed(tmp_path: Path, delimiter: str) -> None:
    put(tmp_path, (HEAD + GOOD).replace(",", delimiter))
    assert f"looks like {delimiter!r}" in said(refusal(tmp_path))


def test_a_first_line_of_data_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    put(tmp_path, "a1,王小明,2024-03-01,12.50,13812345678,x@y.example\n")
    error = refusal(tmp_path)
    assert error.code == "file.columns"
    assert "reads.columns" in said(error)
    assert not any(raw in said(error) for raw in ("13812345678", "王小明", "x@y.example"))


def test_raw_values_as_json_keys_are_not_repeated_in_the_message(tmp_path: Path) -> None:
    put(tmp_path, '{"id": "a", "friends": {"13812345678": 3}}\n', "rows.jsonl")
    error = refusal(tmp_path)
    assert "It has: id" in said(error)
    assert "13812345678" not in said(error)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"\n\r\n\n", "file.empty"),
        ((HEAD + GOOD).encode("utf-16"), "file.encoding"),
        ((HEAD + GOOD).encode("utf-16-le"), "file.encoding"),
        ("编号,user\n".encode("gb18030"), "file.encoding"),
        (b"PAR1\x00\xff\xfe", "file.encoding"),
        (b"id,id,at\n", "csv.header"),
        (b'id,"user\n', "csv.header"),
        (HEAD.encode(), "load.no_rows"),
    ],
)
def test_a_file_that_is_no_table_stops_the_load(tmp_path: Path, content: bytes, code: str) -> None:
    put(tmp_path, content)
    assert refusal(tmp_path).code == code


def test_a_gb18030_file_read_as_utf_8_loses_only_the_rows_that_are_not_ascii(tmp_path: Path) -> None:
    put(
        tmp_path,
        HEAD.encode() + GOOD.encode() + GOOD.replace("a1", "a2").replace("fine", "很好").encode("gbk"),
    )
    found = staged(tmp_path)
    assert found.rows["_key"].to_list() == ["t:a1"]
    assert found.lines == [(3, "line.encoding")]


def test_utf_8_that_is_declared_gb18030_is_refused_before_it_becomes_other_words(tmp_path: Path) -> None:
    table = TABLE.replace("[table.properties]", 'reads = { encoding = "gb18030" }\n[table.properties]')
    put(tmp_path, HEAD + GOOD.replace("fine", "一切都很好没有问题"))
    assert refusal(tmp_path, table).code == "file.encoding"
    put(tmp_path, (HEAD + GOOD.replace("fine", "一切都很好没有问题")).encode("gb18030"))
    assert staged(tmp_path, table).rows["own.note"].to_list() == ["一切都很好没有问题"]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    put(tmp_path, b"\xef\xbb\xbf" + (HEAD + GOOD).encode())
    assert staged(tmp_path).rows["_key"].to_list() == ["t:a1"]


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("/etc/passwd", "file.outside"),
        ("../data/rows.csv", "file.outside"),
        ("a/../../x.csv", "file.outside"),
        ("nothing*.csv", "file.none"),
        ("", "file.kind"),
        ("a**b", "file.none"),
        ("a\0b", "file.none"),
        ("empty", "file.none"),
        ("rows.xlsx", "file.kind"),
    ],
)
def test_a_table_reads_only_data_files_below_the_data_folder(tmp_path: Path, pattern: str, code: str) -> None:
    put(tmp_path, "x", "rows.xlsx")
    (tmp_path / "data" / "empty").mkdir()
    with pytest.raises(UsageError) as caught:
        find(tmp_path / "data", pattern)
    assert caught.value.code == code


def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD, "rows/one.csv")
    (tmp_path / "data" / "rows" / "again").symlink_to(tmp_path / "data", target_is_directory=True)
    (tmp_path / "data" / "rows" / "self.csv").symlink_to("self.csv")
    assert staged(tmp_path, TABLE.replace("rows*", "rows")).counts.read == 1


@pytest.mark.parametrize("pattern", ["rows", "rows/*", "rows/one.csv", "one.csv"])
def test_a_link_is_followed_inside_the_data_folder_and_refused_where_it_leads_out(
    tmp_path: Path, pattern: str
) -> None:
    put(tmp_path, HEAD + GOOD, "kept/one.csv")
    (tmp_path / "data" / "rows").symlink_to("kept", target_is_directory=True)
    (tmp_path / "data" / "one.csv").symlink_to("kept/one.csv")
    name = pattern if pattern.endswith(".csv") else "rows/one.csv"
    assert [file.name for file in find(tmp_path / "data", pattern)] == [name]
    (tmp_path / "data" / "kept").rename(tmp_path / "elsewhere")
    for link, there in (("rows", "elsewhere"), ("one.csv", "elsewhere/one.csv")):
        (tmp_path / "data" / link).unlink()
        (tmp_path / "data" / link).symlink_to(tmp_path / there)
    with pytest.raises(UsageError) as caught:
        find(tmp_path / "data", pattern)
    assert caught.value.code == "file.outside"
    assert "one.csv" in caught.value.message


STRAY = ("_SUCCESS", ".DS_Store", "._one.csv", "_temporary/0/one.csv", ".ipynb_checkpoints/one.csv")


@pytest.mark.parametrize("pattern", ["rows", "rows/*", "rows/**/*"])
def test_what_other_programs_leave_in_a_folder_is_no_data(tmp_path: Path, pattern: str) -> None:
    for name in (*STRAY, "one.csv"):
        put(tmp_path, HEAD + GOOD, f"rows/{name}")
    assert [file.name for file in find(tmp_path / "data", pattern)] == ["rows/one.csv"]
    put(tmp_path, "x", "rows/notes.md")
    with pytest.raises(UsageError, match=r"rows/notes\.md: .*reads\.format"):
        find(tmp_path / "data", pattern)


def test_a_name_that_begins_with_an_underscore_is_read_where_the_mapping_says_so(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD, "_rows.csv")
    for pattern in ("_rows.csv", "_*.csv"):
        assert [file.name for file in find(tmp_path / "data", pattern)] == ["_rows.csv"]
    assert "begin with" in said(refusal(tmp_path, TABLE.replace("rows*", "*.csv")))


def test_what_other_programs_put_into_a_zip_is_no_data(tmp_path: Path) -> None:
    content = (HEAD + GOOD).encode()
    put(tmp_path, _zipped(content, "__MACOSX/._rows.csv", ".DS_Store", "rows.csv"), "rows.zip")
    assert staged(tmp_path).counts.read == 1


def _zipped(content: bytes, *names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("rows.csv",):
            archive.writestr(name, content)
    return out.getvalue()


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


MANY = (
    HEAD + "".join(GOOD.replace("a1", f"a{zlib.crc32(bytes([n % 256, n // 256]))}") for n in range(3_000))
).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv.gz", gzip.compress(MANY)[:-2_000]),
        ("rows.csv.gz", _flipped(gzip.compress(MANY), 9_000)),
        ("rows.csv.gz", MANY),
        ("rows.zip", _zipped(MANY)[:-200]),
        ("rows.zip", _flipped(_zipped(MANY), 9_000)),
        ("rows.zip", b"no zip"),
        ("rows.parquet", b"PAR1 no parquet"),
        ("rows.parquet", b""),
    ],
    ids=("cut gz", "bad gz", "plain gz", "cut zip", "bad zip", "no zip", "no parquet", "empty parquet"),
)
def test_a_damaged_archive_is_named_and_nothing_of_it_is_loaded(
    tmp_path: Path, name: str, content: bytes
) -> None:
    put(tmp_path, content, name)
    error = refusal(tmp_path)
    assert error.code == "file.broken"
    assert name in error.message


def _frame(**columns: object) -> pl.DataFrame:
    row = dict(zip(HEAD.strip().split(","), GOOD.strip().split(","), strict=True))
    return pl.DataFrame([pl.Series(name, [value]) for name, value in {**row, **columns}.items()])


def test_a_parquet_file_damaged_in_its_middle_is_named(tmp_path: Path) -> None:
    path = put(tmp_path, b"", "rows.parquet")
    frame = pl.concat([_frame(id=f"a{n}", note=f"n{n * 7919 % 10_007}") for n in range(2_000)])
    frame.write_parquet(path, compression="zstd")
    content = path.read_bytes()
    path.write_bytes(content[:200] + b"\xff" * 2_000 + content[2_200:])
    assert refusal(tmp_path).code == "file.broken"


@pytest.mark.parametrize(
    ("note", "code"), [([1, 2], "file.kind"), ({"a": 1}, "file.kind"), (b"\xff\xfe", "file.encoding")]
)
def test_parquet_columns_that_hold_no_plain_value_are_named(tmp_path: Path, note: object, code: str) -> None:
    _frame(note=note).write_parquet(put(tmp_path, b"", "rows.parquet"))
    error = refusal(tmp_path)
    assert error.code == code
    assert "rows.parquet" in error.message


def test_texts_for_empty_cells_do_not_mind_columns_without_text(tmp_path: Path) -> None:
    pl.DataFrame({"id": [1, 2]}).write_parquet(put(tmp_path, b"", "rows.parquet"))
    table = '[[table]]\nname = "rows"\nfile = "rows.parquet"\nbecomes = "user"\nid = "id"\nreads = { empty = ["NA"] }\n'
    assert staged(tmp_path, table).counts.created == 2


@pytest.mark.parametrize("line", [0, 2])
def test_a_line_of_a_gigabyte_costs_one_line_and_little_memory(tmp_path: Path, line: int) -> None:
    path = put(tmp_path, HEAD + GOOD if line else "")
    with path.open("r+b") as out:
        out.seek(0, 2)
        out.truncate(out.tell() + (1 << 30))
        out.seek(0, 2)
        out.write(b"\n" + GOOD.replace("a1", "a2").encode())
    program = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from tests.loaders.staging import TABLE, staged\nfrom core.errors import UsageError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    result = staged(Path(sys.argv[1]), TABLE).lines\n"
        "except UsageError as error:\n    result = error.code\n"
        "print(result, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    path.unlink()
    result, grown = done.stdout.strip().rsplit(" ", 1)
    assert result == ("[(3, 'line.too_long')]" if line else "file.encoding")
    assert int(grown) < 200


DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from cli.main import main
main()
"""


@pytest.mark.parametrize("kilobytes", [1, 8, 64])
def test_a_full_disk_is_named_and_leaves_nothing_staged(tmp_path: Path, kilobytes: int) -> None:
    put(tmp_path, HEAD + "".join(GOOD.replace("a1", f"a{n}" if n % 9 else "") for n in range(20_000)))
    home = tmp_path / "home"
    command = [sys.executable, "-c", DISK, str(kilobytes << 10), "load", str(mapping(tmp_path, TABLE))]
    done = subprocess.run(
        [*command, "--data", str(tmp_path / "data"), "--dry-run", "--json"],
        cwd=ROOT, env={**os.environ, "FINGRAPH_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert json.loads(done.stdout)["error"] == "disk.full"
    assert done.returncode == EnvironmentMissingError.exit_code
    assert not list(home.rglob("*.parquet"))
