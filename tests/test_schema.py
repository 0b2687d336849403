"""Tables keep their dtypes whatever they hold, and path cells stand for exactly one file."""

import io
import json
import os
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg import records, schema

# any name a Linux file may have, undecodable bytes, backslashes and the letters of escapes more often than by chance
BYTES = st.lists(
    st.sampled_from([b"\\", b"x", b"5c", b"ff", b"e9", b"\xff", b"\xe9", b"ud83d", b"\xc3\xa9", b"a"])
).map(b"".join)
NAMES = st.one_of(BYTES, st.binary()).map(lambda name: name.replace(b"\0", b"").replace(b"/", b"").strip(b".") or b"_")


@given(NAMES)
def test_a_cell_gives_the_exact_file_back(name):
    assert os.fsencode(mo.to_path(mo.from_path(b"/films/" + name))) == b"/films/" + name


@given(NAMES, NAMES)
def test_two_files_never_share_a_cell(one, other):
    assert (mo.from_path(one) == mo.from_path(other)) == (one == other)


@given(NAMES)
def test_a_cell_is_valid_text_everywhere(name):
    cell = mo.from_path(name)
    assert cell.encode("utf-8").decode("utf-8") == cell
    assert json.loads(json.dumps(cell)) == cell
    assert pd.Series([cell]).tolist() == [cell]


@given(NAMES, NAMES)
def test_a_cell_is_built_component_by_component(folder, name):
    assert mo.from_path(folder) + "/" + mo.from_path(name) == mo.from_path(folder + b"/" + name)


def test_lone_halves_of_windows_names_survive():
    assert mo.from_path("bad\ud83d.mkv") == r"bad\ud83d.mkv"
    assert os.fspath(mo.to_path(r"bad\ud83d.mkv")) == "bad\ud83d.mkv"


@pytest.mark.parametrize("cell", [None, float("nan"), 3])
def test_a_missing_cell_is_no_path(cell):
    with pytest.raises(TypeError, match="path cell"):
        mo.to_path(cell)


ALL = (schema.SCAN, schema.PROBE, schema.HASHES, schema.LABELS, schema.PLAN, schema.RECEIPT)


@pytest.mark.parametrize("columns", ALL, ids=lambda columns: columns[0].stage)
def test_no_rows_and_only_failures_have_the_same_dtypes(columns):
    empty = schema.table(columns)
    unknown = schema.table(columns, {columns[0].name: [None, None]})
    assert empty.dtypes.to_dict() == unknown.dtypes.to_dict()
    assert unknown.isna().all(axis=None)


def test_every_column_says_what_it_means():
    assert [column.name for columns in ALL for column in columns if not column.meaning] == []
    numbers = [column for columns in ALL for column in columns if column.dtype in ("number", "instant")]
    assert [column.name for column in numbers if not column.unit and column.name != "confidence"] == []


def test_records_have_the_columns_of_the_schema():
    assert list(mo.schema.table(schema.PROBE).columns) == list(records.Probe._fields)
    assert list(mo.schema.table(schema.LABELS).columns) == [field.name for field in fields(records.Label)]


def test_widening_keeps_rows_order_index_and_attrs():
    frame = pd.DataFrame({"path": ["b", "a", "c"]}, index=[7, 3, 3])
    frame.attrs["mine"] = {"kept": True}
    wide = schema.widen(frame, schema.HASHES, {"content_hash": ["1", None, "3"]})
    assert list(wide.index) == [7, 3, 3]
    assert wide.attrs == {"mine": {"kept": True}}
    assert wide["path"].tolist() == ["b", "a", "c"]
    again = schema.widen(wide, schema.HASHES, {"content_hash": ["4", "5", "6"]})
    assert list(again.columns) == list(wide.columns)
    assert again["content_hash"].tolist() == ["4", "5", "6"]


def test_a_table_survives_parquet_with_its_path_cells():
    pytest.importorskip("pyarrow")
    cells = [mo.from_path(name) for name in (b"/bad\xff.mkv", rb"/bad\xff.mkv", b"/\xff\xe9", "/é".encode())]
    frame = schema.table(schema.SCAN, {"path": cells, "inode": [1 << 63, None, 0, (1 << 64) - 1]})
    file = io.BytesIO()
    frame.to_parquet(file)
    pd.testing.assert_frame_equal(pd.read_parquet(file), frame)


def test_what_is_missing_is_named_with_the_stage_that_makes_it():
    with pytest.raises(mo.errors.MissingColumns, match=r"'media_type' \(from classify\)"):
        schema.need(pd.DataFrame({"path": [Path("a")]}), "path", "media_type", stage="plan")


def test_a_name_that_begins_like_somebodys_home_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert schema.given_path("~$film.mkv", "a file") == tmp_path / "~$film.mkv"
