"""What every stage is given is taken in, in one way and in the user's words."""

from pathlib import Path

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg import schema
from mediaorg.stages.tables import rows

EMPTY_OR_NO_PATH = ["", b"", None, 3]
DOORS = {
    "scan": lambda path: mo.run(mo.scan(path, progress=False)),
    "probe": lambda path: mo.run(mo.probe(path, progress=False)),
    "probe a list": lambda path: mo.run(mo.probe([path], progress=False)),
    "hashes": lambda path: mo.run(mo.hashes(path, progress=False)),
    "classify": lambda path: mo.run(mo.classify(path, progress=False)),
    "classify a list": lambda path: mo.run(mo.classify([path], progress=False)),
    "plan into": lambda path: mo.plan(schema.table((*schema.SCAN, *schema.LABELS)), path),
    "organize from": lambda path: mo.run(mo.organize(path, "library", progress=False)),
    "organize into": lambda path: mo.run(mo.organize(".", path, progress=False)),
    "the front desk from": lambda path: mo.organize_files(path, "library"),
    "the front desk into": lambda path: mo.organize_files(".", path),
}


@pytest.mark.parametrize("nothing", EMPTY_OR_NO_PATH)
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_an_empty_path_is_never_the_current_folder(door, nothing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(mo.errors.BadSetting, match=r"must be a path|takes a DataFrame"):
        door(nothing)


def test_samples_are_not_laid_where_an_empty_path_leads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(mo.errors.BadSetting, match="into must be a path"):
        mo.samples("")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("column", [pd.Series, pd.Index])
def test_a_column_of_path_cells_holds_cells_and_not_names_to_be_read_again(tmp_path, column):
    (tmp_path / "honest\\xff.mkv").touch()
    Path(tmp_path, "bad\udcff.mkv").touch()
    cells = column(mo.run(mo.scan(tmp_path, progress=False))["path"])
    assert rows(cells, stage="probe")["path"].tolist() == cells.tolist()
    assert mo.run(mo.probe(cells, progress=False))["probe_error"].str.startswith("empty").all()
    assert mo.run(mo.classify(cells, progress=False))["path"].tolist() == cells.tolist()


def test_a_column_keeps_its_order_and_index():
    assert rows(pd.Series(["/b.mkv", "/a.mkv"], index=[7, 3]), stage="probe").index.tolist() == [7, 3]


def test_stages_name_a_relative_path_alike(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.mkv").touch()
    ways = [mo.run(stage(["a.mkv"], progress=False)) for stage in (mo.probe, mo.classify)]
    assert [way["path"].tolist() for way in ways] == [[str(tmp_path / "a.mkv")]] * 2


def test_folders_above_the_current_one_say_nothing_of_a_relative_name(tmp_path, monkeypatch):
    folder = tmp_path / "Amber Road" / "Season 3"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert mo.run(mo.classify(["Lantern S01E02.mkv"], progress=False))["season"].tolist() == [1]
    assert mo.run(mo.classify(["E02.mkv"], progress=False))["title"].isna().all()
    assert mo.run(mo.classify([folder / "E02.mkv"], progress=False))["title"].tolist() == ["Amber Road"]


TWICE = pd.DataFrame([["a.mkv", 1, "a.mkv", 1, 0, 0]], columns=["path", "size", "path", "size", "mine", "mine"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: mo.run(mo.probe(None)), "probe takes a DataFrame"),
        (lambda: mo.run(mo.classify(3)), "classify takes a DataFrame"),
        (lambda: mo.plan(["a.mkv"], "/library"), "plan needs a DataFrame, not list"),
        (lambda: mo.check(None), "check needs a DataFrame"),
        (lambda: mo.run(mo.apply("plan.csv")), "needs a DataFrame, not str"),
        (lambda: mo.run(mo.probe(TWICE)), "path, size twice"),
        (lambda: mo.run(mo.classify(["a.mkv"], corrections={"path": "a.mkv"})), "corrections needs a DataFrame, not dict"),
        (lambda: mo.run(mo.classify(["a.mkv"], limits=4)), "limits must be a Limits"),
    ],
)  # fmt: skip
def test_what_is_no_table_and_no_setting_is_said_in_the_users_words(wrong, said):
    with pytest.raises(mo.errors.BadSetting, match=said):
        wrong()
