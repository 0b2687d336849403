import csv
import datetime
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg.errors import BadSetting, NoSuchFile, NoSuchFolder

SUFFIXES = (".csv", ".parquet")
ODD = ["NA", "null", "None", "nan", "", "'", "''x", "=1+1", "+1", "-5", "@cmd", "\tx", "a\rb", "a\nb", "\r\n", "007", "1-2", "1E5", "true",
       " blank ", 'say "so"', "a,b;c", "nul\0nul", "\u2028", "Amélie", "12 Monkeys", "[1]", "\\xff", "1923", "#REF!", "mediaorg {"]  # fmt: skip


def planned(titles):
    labels = pd.DataFrame({"path": [f"/in/{at}.mkv" for at in range(len(titles))], "title": titles})
    labels["media_type"] = "movie"
    labels["episodes"] = pd.Series([(1, 2), (), None][: len(labels)] + [None] * (len(labels) - 3), dtype="object")
    labels["year"] = pd.array([1979] + [None] * (len(labels) - 1), dtype="Int64")[: len(labels)]
    labels["date"] = pd.Series(pd.to_datetime(["2011-11-15"] + [None] * (len(labels) - 1))).dt.as_unit("s")
    labels["mtime"] = pd.Timestamp("2024-01-02 03:04:05.123456", tz="UTC")
    labels["mtime_ns"] = 1764000000123456789
    labels["inode"] = pd.array([2**64 - 1] * len(labels), dtype="UInt64")
    labels["needs_review"] = pd.array([True] + [None] * (len(labels) - 1), dtype="boolean")
    labels["duration"] = 0.1 + 0.2
    labels["vote"] = range(len(labels))
    return mo.plan(labels, "/library", existing=[])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_plan_comes_back_as_it_was(tmp_path, suffix):
    plan = planned(ODD)
    plan.attrs["mine"] = {"a": [1, None]}
    mo.save_plan(plan, tmp_path / f"plan{suffix}")
    loaded = mo.load_plan(tmp_path / f"plan{suffix}")
    pd.testing.assert_frame_equal(loaded, plan)
    assert loaded.attrs == plan.attrs
    assert loaded["episodes"].tolist()[:3] == [(1, 2), (), None]
    assert [path.name for path in tmp_path.iterdir()] == [f"plan{suffix}"]
    pd.testing.assert_frame_equal(mo.check(loaded, existing=[]), mo.check(plan, existing=[]))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("pictures", [[b"\xff\xd8\xff\0", None, b"+"], [None, None, None]])
def test_pictures_come_back_as_they_were(tmp_path, suffix, pictures):
    plan = planned(["a", "b", "c"])
    plan["thumbnail"] = pd.Series(pictures, dtype="object")
    mo.save_plan(plan, tmp_path / f"plan{suffix}")
    pd.testing.assert_frame_equal(mo.load_plan(tmp_path / f"plan{suffix}"), plan)
    assert mo.load_plan(tmp_path / f"plan{suffix}")["thumbnail"].tolist() == pictures


def test_pictures_in_a_csv_that_lost_its_last_column_are_pictures(tmp_path):
    plan = planned(["a"]).assign(thumbnail=[b"\xff\xd8\xff"])
    mo.save_plan(plan, tmp_path / "plan.csv")
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    with (tmp_path / "plan.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(row[:-1] for row in rows)
    assert mo.load_plan(tmp_path / "plan.csv")["thumbnail"].tolist() == [b"\xff\xd8\xff"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "index",
    [
        [7, 3, 9],
        ["NA", "=x", ""],
        pd.MultiIndex.from_tuples([(1, "a"), (1, "b"), (2, "a")], names=["n", "letter"]),
        pd.RangeIndex(4, 10, 2),
    ],
)
def test_any_index_comes_back(tmp_path, suffix, index):
    plan = planned(["a", "b", "c"])
    plan.index = pd.Index(index) if isinstance(index, list) else index
    mo.save_plan(plan, tmp_path / f"plan{suffix}")
    pd.testing.assert_frame_equal(mo.load_plan(tmp_path / f"plan{suffix}"), plan)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("keep", [slice(0), slice(1, 3)])
def test_no_rows_and_some_rows_come_back(tmp_path, suffix, keep):
    plan = planned(["a", "b", "c", "d"]).iloc[keep]
    mo.save_plan(plan, tmp_path / f"plan{suffix}")
    pd.testing.assert_frame_equal(mo.load_plan(tmp_path / f"plan{suffix}"), plan)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)), min_size=1, max_size=6
    )
)
def test_any_text_survives_csv(tmp_path, texts):
    table = pd.DataFrame({"title": pd.Series(texts, dtype="str"), "b": "x"})
    mo.save_plan(table, tmp_path / "t.csv")
    pd.testing.assert_frame_equal(mo.load_plan(tmp_path / "t.csv"), table)


def test_no_cell_is_a_formula(tmp_path):
    mo.save_plan(planned(["=cmd", "+x", "-x", "@x", "\tx", "\rx"]), tmp_path / "plan.csv")
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]


def test_what_a_spreadsheet_makes_of_it_is_read(tmp_path):
    (tmp_path / "plan.csv").write_text(
        "path;media_type;title;year;episodes;needs_review;date\n/in/a.mkv;episode;NA;1979.0;1, 2;FALSE;2011-11-15\n/in/b.mkv;;;;3;;\n",
        encoding="utf-8",
    )
    loaded = mo.load_plan(tmp_path / "plan.csv")
    assert loaded["title"].tolist()[0] == "NA"
    assert loaded["title"].isna().tolist() == [False, True]
    assert loaded["year"].tolist()[0] == 1979
    assert loaded["episodes"].tolist() == [(1, 2), (3,)]
    assert loaded["needs_review"].tolist()[0] is False
    assert loaded.loc[0, "date"].date() == datetime.date(2011, 11, 15)


def test_a_wrong_cell_names_its_column(tmp_path):
    (tmp_path / "plan.csv").write_text("path,year\n/in/a.mkv,soon\n", encoding="utf-8")
    with pytest.raises(BadSetting, match="'year'"):
        mo.load_plan(tmp_path / "plan.csv")


def test_other_files_are_refused(tmp_path):
    with pytest.raises(BadSetting, match=r"\.csv or \.parquet"):
        mo.save_plan(planned(["a"]), tmp_path / "plan.xlsx")
    with pytest.raises(NoSuchFile, match=r"none\.csv"):
        mo.load_plan(tmp_path / "none.csv")


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_a_spreadsheet_that_writes_semicolons_and_decimal_commas_is_understood(tmp_path, quoting):
    plan = planned(["Alien", 'A; B, "C"', "1,5"])
    mo.save_plan(plan, tmp_path / "plan.csv")
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    at = header.index("duration")
    rows = [[*row[:at], row[at].replace(".", ","), *row[at + 1 :]] for row in rows]
    with (tmp_path / "plan.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";", quoting=quoting).writerows([header, *rows])
    pd.testing.assert_frame_equal(mo.load_plan(tmp_path / "plan.csv"), plan)
    (tmp_path / "bare.csv").write_text("path;confidence\n/in/a.mkv;0,5\n")
    assert mo.load_plan(tmp_path / "bare.csv")["confidence"].tolist() == [0.5]


@pytest.mark.parametrize("kept", [slice(1, None), [2, 1, 0, -1]])
def test_a_spreadsheet_may_take_the_index_away_or_put_a_column_before_it(tmp_path, kept):
    plan = planned(["Alien", "Aliens"])[["path", "title"]]
    mo.save_plan(plan, tmp_path / "plan.csv")
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row[kept] if isinstance(kept, slice) else [row[at] for at in kept] for row in csv.reader(file)]
    with (tmp_path / "plan.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    pd.testing.assert_frame_equal(mo.load_plan(tmp_path / "plan.csv")[["path", "title"]], plan)


def test_a_folder_is_no_plan(tmp_path):
    (tmp_path / "plan.csv").mkdir()
    with pytest.raises(BadSetting, match="is no plan"):
        mo.load_plan(tmp_path / "plan.csv")


@pytest.mark.parametrize(
    ("name", "content"), [("empty.csv", b""), ("no.parquet", b"no parquet"), ("film.csv", bytes(range(256)))]
)
def test_a_file_that_is_no_plan_says_so(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadSetting, match="is no plan"):
        mo.load_plan(tmp_path / name)


def test_folders_and_files_that_are_not_there_are_named(tmp_path):
    plan = planned(["Alien"])
    with pytest.raises(NoSuchFolder, match=r"no folder .*nowhere"):
        mo.save_plan(plan, tmp_path / "nowhere" / "plan.csv")
    with pytest.raises(NoSuchFile, match=r"no plan .*none\.csv"):
        mo.load_plan(tmp_path / "none.csv")


def test_numbers_of_numpy_in_a_tuple_come_back_as_numbers(tmp_path):
    plan = pd.DataFrame({"path": ["/in/a.mkv"], "episodes": [tuple(np.arange(1, 3))]})
    mo.save_plan(plan, tmp_path / "plan.csv")
    assert mo.load_plan(tmp_path / "plan.csv")["episodes"].tolist() == [(1, 2)]


WITHOUT = """
import sys
sys.modules["pyarrow"] = None  # as where it is not installed
import pandas as pd, mediaorg as mo
plan = pd.DataFrame({"path": ["/in/bad\\\\xff.mkv", None], "title": ["NA", "=1+1"], "episodes": [(1, 2), None], "n": pd.array([1, None], "Int64")})
mo.save_plan(plan, sys.argv[1])
loaded = mo.load_plan(sys.argv[1])
print(loaded["path"].tolist()[0], loaded["title"].tolist(), loaded["episodes"].tolist(), loaded["n"].tolist()[0], loaded["path"].isna().tolist())
try:
    mo.save_plan(plan, sys.argv[1].replace("csv", "parquet"))
except mo.errors.MissingProgram as error:
    print(error)
"""


def test_a_plan_is_saved_and_loaded_without_pyarrow(tmp_path):
    command = [sys.executable, "-c", WITHOUT, str(tmp_path / "plan.csv")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[0] == "/in/bad\\xff.mkv ['NA', '=1+1'] [(1, 2), None] 1 [False, True]"
    assert "pyarrow" in said[1]
