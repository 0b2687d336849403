"""What a person says outranks every guess, is said again by the next classify, and can be listed and taken back."""

import datetime
import logging
import os
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg import schema
from mediaorg.errors import BadSetting, MissingColumns, StoreError
from mediaorg.io.places import corrections_file
from mediaorg.stages.corrections import CORRECTIONS, SAYABLE

PATHS = ["/in/Amber/Amber S01E02.mkv", "/in/Amber/Amber S01E03.mkv", "/in/Lantern (1999).mkv"]
SURE = {"label_source": "user", "confidence": 1.0, "needs_review": False}


def classified(files=PATHS, **more):
    return mo.run(mo.classify(files, progress=False, **more))


@pytest.fixture
def labels():
    return classified()


@pytest.fixture
def three(tmp_path):
    """Three real files, scanned and labelled: they have an identity."""
    for name in ("Amber S01E02.mkv", "Amber S01E03.mkv", "Lantern (1999).mkv"):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(name.encode())
    return tmp_path / "in"


def titles(frame):
    return dict(zip((Path(cell).name for cell in frame["path"]), frame["title"], strict=True))


# ---- what is said, and said again ------------------------------------------------------------------------------

SAID = st.fixed_dictionaries(
    {},
    optional={
        "media_type": st.sampled_from(["movie", "episode", "extra", "home_video", "other"]),
        "title": st.none() | st.text(st.characters(codec="utf-8"), min_size=1),
        "year": st.none() | st.integers(0, 9999),
        "season": st.none() | st.integers(0, 99),
        "episodes": st.none() | st.lists(st.integers(0, 999), min_size=1, max_size=3).map(tuple),
        "date": st.none() | st.dates(datetime.date(1900, 1, 1)),
        "extra_type": st.sampled_from(["trailer", "other"]),
    },
).filter(bool)


@settings(max_examples=40)
@given(said=SAID, later=SAID, rows=st.lists(st.booleans(), min_size=3, max_size=3).filter(any))
def test_the_next_classify_says_what_a_person_said(tmp_path_factory, said, later, rows):
    store = tmp_path_factory.mktemp("store") / "mine.sqlite"
    before = classified()
    told = mo.correct(mo.correct(before, rows, keep=store, **said), rows, keep=store, **later)
    pd.testing.assert_frame_equal(classified(corrections=store), told)
    pd.testing.assert_frame_equal(told[[not row for row in rows]], before[[not row for row in rows]])
    assert told.dtypes.to_dict() == before.dtypes.to_dict()
    assert (told.loc[rows, list(SURE)] == pd.Series(SURE)).all(axis=None)
    listed = mo.corrections(store)
    assert listed["path"].tolist() == sorted(path for path, row in zip(PATHS, rows, strict=True) if row)
    mo.forget_corrections(listed, store=store)
    pd.testing.assert_frame_equal(classified(corrections=store), before)


def test_it_is_kept_in_the_users_store_unless_told_otherwise(labels, home):
    mo.correct(labels, 0, title="Not kept", keep=False)
    mo.correct(labels, 0, title="Not kept", keep=None)
    assert not corrections_file().exists()
    mo.correct(labels, 0, title="Kept")
    assert home in corrections_file().parents
    assert classified()["title"].tolist() == ["Kept", "Amber", "Lantern"]
    assert classified(corrections=False)["title"].tolist() == ["Amber", "Amber", "Lantern"]


def test_a_frame_outranks_the_store_column_by_column(labels):
    mo.correct(labels, 0, title="Kept", season=7)
    frame = pd.DataFrame({"path": [PATHS[0]], "title": ["Given"]})
    assert classified(corrections=frame)[["title", "season"]].values.tolist()[0] == ["Given", 7]
    by_folder = pd.DataFrame({"folder": ["/in/Amber"], "title": ["Given"]})
    assert classified(corrections=by_folder)["title"].tolist() == ["Given", "Given", "Lantern"]


def test_the_given_frame_stays_as_it_was(labels):
    before = labels.copy(deep=True)
    labels.attrs["mine"] = [1]
    told = mo.correct(labels, [True, False, True], episodes=[5, 6], title="X")
    pd.testing.assert_frame_equal(labels, before)
    assert (told.attrs, list(told.columns), told["episodes"].tolist()[0]) == (
        labels.attrs,
        list(before.columns),
        (5, 6),
    )


def test_it_says_what_was_said_and_that_there_is_none(labels):
    told = mo.correct(labels, 0, media_type="movie", season=None, episodes=None, date="2011-11-15")
    assert told["evidence"][0] == "you said media type 'movie', no season, no episodes, date 2011-11-15"
    assert told.loc[0, ["season", "episodes"]].isna().all()
    again = classified()
    assert again.loc[0, ["season", "episodes"]].isna().all()
    assert again["evidence"][0] == told["evidence"][0]


def test_a_series_holds_one_value_a_row(labels):
    told = mo.correct(labels, [0, 1], season=labels["season"] + 1, title=pd.Series(["A", "B"]))
    assert told["season"].tolist()[:2] == classified()["season"].tolist()[:2] == [2, 2]
    assert told["title"].tolist() == classified()["title"].tolist() == ["A", "B", "Lantern"]
    mo.correct(labels, "/in/Amber", year=pd.Series([2001, 2002, 2003]))  # a folder, but each file its own
    assert classified()["year"].tolist()[:2] == [2001, 2002]
    assert mo.corrections()["folder"].isna().all()
    with pytest.raises(BadSetting, match="one value a row"):
        mo.correct(labels, [0, 1], season=pd.Series([1, 2, 3, 4]))


def test_a_folder_is_corrected_with_what_comes_there_later(labels):
    told = mo.correct(labels, "/in/Amber/", title="The Amber Road", season=4)
    assert told["title"].tolist() == ["The Amber Road", "The Amber Road", "Lantern"]
    new = classified(["/in/Amber/Amber S01E09.mkv", "/in/Amber Two/Amber S01E09.mkv"])
    assert new["title"].tolist() == ["The Amber Road", "Amber"]
    mo.correct(new, 0, title="Its own")
    assert classified(new)["title"].tolist()[0] == "Its own"
    mo.correct(new, "/in/Amber", title="Later")  # the later word counts
    assert classified(new)["title"].tolist()[0] == "Later"
    assert classified(new)["season"].tolist()[0] == 4
    assert mo.corrections()[["folder", "title"]].values.tolist() == [["/in/Amber", "Later"]]


def test_a_relative_path_is_one_of_the_current_folder(tmp_path, monkeypatch):
    frame = pd.DataFrame({"path": ["Amber S01E02.mkv"]})
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "one")
    mo.correct(classified(frame), 0, title="Said in one")
    assert classified(frame)["title"].tolist() == ["Said in one"]
    monkeypatch.chdir(tmp_path / "two")
    assert classified(frame)["title"].tolist() == ["Amber"]
    assert classified([tmp_path / "one" / "Amber S01E02.mkv"])["title"].tolist() == ["Said in one"]


@pytest.mark.parametrize("name", [b"bad\xff.mkv", rb"bad\xff.mkv", "Amélie.mkv".encode()])
def test_any_name_keeps_its_correction(name):
    files = [b"/in/" + name]
    mo.correct(classified(files), 0, title="Said")
    assert classified(files)["title"].tolist() == ["Said"]
    assert classified([rb"/in/bad\x5cxff.mkv", b"/in/other.mkv"])["label_source"].eq("user").sum() == 0


# ---- a file that moves -----------------------------------------------------------------------------------------


def test_a_renamed_file_keeps_it(three):
    mo.correct(classified(three), lambda labels: labels["name"] == "Amber S01E02.mkv", title="Said")
    (three / "deep").mkdir()
    (three / "Amber S01E02.mkv").rename(three / "deep" / "New name.mkv")
    assert titles(classified(three))["New name.mkv"] == "Said"
    mo.correct(classified(three), lambda labels: labels["name"] == "New name.mkv", year=1979)
    row = classified(three).set_index("name").loc["New name.mkv"]
    assert (row["title"], row["year"]) == ("Said", 1979)
    assert [Path(cell).name for cell in mo.corrections()["path"]] == ["New name.mkv"]


def test_two_files_that_changed_names_keep_what_was_said_of_each(three):
    labels = classified(three)
    one, two = (three / "Amber S01E02.mkv", three / "Amber S01E03.mkv")
    for path in (one, two):
        mo.correct(labels, path, title=f"said of {path.name}")
    one.rename(three / "aside"), two.rename(one), (three / "aside").rename(two)
    assert titles(classified(three)) == {
        "Amber S01E02.mkv": "said of Amber S01E03.mkv",
        "Amber S01E03.mkv": "said of Amber S01E02.mkv",
        "Lantern (1999).mkv": "Lantern",
    }


def test_who_comes_into_a_moved_files_place_does_not_inherit(three):
    path = three / "Amber S01E02.mkv"
    mo.correct(classified(three), path, title="Said")
    path.rename(three / "Elsewhere.mkv")
    path.write_bytes(b"another film")
    assert titles(classified(three))["Elsewhere.mkv"] == "Said"
    assert titles(classified(three))["Amber S01E02.mkv"] == "Amber"


def test_a_file_that_was_edited_in_its_place_keeps_it(three):
    path = three / "Amber S01E02.mkv"
    mo.correct(classified(three), path, title="Said")
    path.write_bytes(b"remuxed, with other tags")
    assert titles(classified(three))["Amber S01E02.mkv"] == "Said"


@pytest.mark.parametrize("changed", ["size", "mtime_ns", "inode", "device"])
def test_a_number_alone_is_not_who_a_file_is(three, changed):
    labels = classified(three)
    mo.correct(labels, 0, title="Said")
    moved = labels.assign(path="/elsewhere/" + labels["name"])
    assert classified(moved)["title"].tolist()[0] == "Said"
    moved[changed] += 1
    assert "Said" not in classified(moved)["title"].tolist()


def test_hard_links_have_one_correction_until_each_has_its_own(three):
    (three / "link.mkv").hardlink_to(three / "Amber S01E02.mkv")
    mo.correct(classified(three), three / "Amber S01E02.mkv", title="Said")
    assert titles(classified(three))["link.mkv"] == "Said"
    mo.correct(classified(three), three / "link.mkv", title="Of the link")
    assert titles(classified(three))["link.mkv"] == "Of the link"


def test_after_apply_the_library_keeps_it(three, tmp_path):
    labels = mo.correct(classified(three), three / "Lantern (1999).mkv", media_type="movie", title="Harbour", year=2003)
    mo.run(mo.apply(mo.plan(labels, tmp_path / "library"), progress=False))
    there = classified(tmp_path / "library")
    row = there[there["title"] == "Harbour"].iloc[0]
    assert (row["label_source"], row["year"]) == ("user", 2003)


# ---- which rows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    [
        [False, True, False],
        np.array([False, True, False]),
        pd.Series([False, True, None], index=list("abc"), dtype="boolean"),
        pd.Series([True, False, False], index=list("bca")),
        pd.Series([None, True, False], index=list("abc"), dtype="object"),
        "b",
        ["b"],
        pd.Index(["b"]),
        PATHS[1],
        Path(PATHS[1]),
        [PATHS[1]],
        pd.Series([PATHS[1]]),
        lambda labels: labels["path"].str.endswith("E03.mkv"),
        lambda labels: labels.index[labels["path"] == PATHS[1]],
    ],
    ids=str,
)
def test_rows_are_named_in_any_of_these_ways(labels, where):
    told = mo.correct(labels.set_axis(list("abc")), where, title="Said", keep=False)
    assert told["title"].tolist() == ["Amber", "Said", "Lantern"]


def test_a_label_of_several_levels_and_a_repeated_one(labels):
    levels = labels.set_axis(pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)]))
    assert mo.correct(levels, ("a", 2), title="Said", keep=False)["title"].tolist() == ["Amber", "Said", "Lantern"]
    repeated = labels.set_axis([7, 7, 8])
    assert mo.correct(repeated, 7, title="Said", keep=False)["title"].tolist() == ["Said", "Said", "Lantern"]


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ([True, False], "one value a row: it has 2, and the labels 3"),
        ([True] * 4, "one value a row"),
        (pd.Series([True, False, False], index=list("xyz")), "another table"),
        ([False] * 3, "fits no row of 3"),
        ([], "fits no row of 3"),
        (lambda labels: labels["title"] == "Nobody", "fits no row of 3"),
        (17, "17 is no path and no index label"),
        ([0, 17], "17 is no path and no index label"),
        ("/in/gone.mkv", "'/in/gone.mkv' is no path"),
        ([PATHS[0], "/in/gone.mkv"], "'/in/gone.mkv' is no path"),
        ("/in/Amb", "nor a folder above one"),
        ({"a": 1}, "'a' is no path"),
        (None, "None is no path"),
        (pd.DataFrame({"path": PATHS}), "rows.index"),
    ],
    ids=str,
)
def test_a_where_that_fits_no_row_says_so_and_keeps_nothing(labels, where, why):
    with pytest.raises(BadSetting, match=why):
        mo.correct(labels, where, title="Said")
    assert not corrections_file().exists()


# ---- which values ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({}, "needs what is right"),
        ({"titel": "x"}, "must be one of .*title"),
        ({"confidence": 1.0}, "confidence follows from what you say"),
        ({"size": 3}, "size is scan's to say"),
        ({"media_type": "film"}, "'film' is no media_type; write it as movie or episode"),
        ({"extra_type": "teaser"}, "'teaser' is no extra_type"),
        ({"title": ["a"]}, "is no title; write it as text"),
        ({"title": True}, "True is no title"),
        ({"year": "soon"}, "'soon' is no year; write it as a whole number"),
        ({"year": 1979.5}, "1979.5 is no year"),
        ({"year": float("inf")}, "inf is no year"),
        ({"season": True}, "True is no season"),
        ({"season": -1}, "-1 is no season"),
        ({"episodes": "1-2"}, "'1-2' is no episodes; write it as a whole number or several"),
        ({"episodes": [1, None]}, "is no episodes"),
        ({"date": "3 Feb"}, "'3 Feb' is no date; write it as 2011-11-15"),
    ],
    ids=str,
)
def test_what_cannot_be_a_label_says_so_and_is_not_kept(labels, columns, why):
    with pytest.raises(BadSetting, match=why):
        mo.correct(labels, 0, **columns)
    assert not corrections_file().exists()


@pytest.mark.parametrize(
    ("column", "said", "cell"),
    [
        ("title", 1917, "1917"),
        ("title", 1917.0, "1917"),
        ("year", np.int64(1979), 1979),
        ("year", "1979", 1979),
        ("episodes", 5, (5,)),
        ("episodes", np.array([5, 6]), (5, 6)),
        ("episodes", range(5, 7), (5, 6)),
        ("date", pd.Timestamp("2011-11-15 12:00"), pd.Timestamp("2011-11-15")),
        ("date", datetime.date(2011, 11, 15), pd.Timestamp("2011-11-15")),
        ("extra_of", Path(PATHS[2]), PATHS[2]),
    ],
)
def test_values_are_taken_as_a_notebook_or_a_spreadsheet_has_them(labels, column, said, cell):
    assert mo.correct(labels, 0, **{column: said})[column].tolist()[0] == cell
    assert classified()[column].tolist()[0] == cell


def test_a_column_a_person_brought_takes_the_value(labels):
    told = mo.correct(labels.assign(year=["1979", "x", None]), 1, year=1999, keep=False)
    assert told["year"].tolist()[:2] == ["1979", 1999]
    assert told["year"].isna().tolist() == [False, False, True]
    bare = mo.correct(pd.DataFrame({"path": PATHS}), 1, title="Said", keep=False)
    assert bare["title"].tolist()[1] == "Said"
    assert bare["title"].isna().tolist() == [True, False, True]


def test_a_row_without_a_path_is_corrected_and_cannot_be_kept():
    labels = classified(pd.DataFrame({"path": ["/in/a.mkv", None]}))
    told = mo.correct(labels, [True, True], title="Said")
    assert told["title"].tolist() == ["Said", "Said"]
    assert told["label_error"].isna().all()
    assert mo.corrections()["path"].tolist() == ["/in/a.mkv"]


def test_what_is_no_table_of_labels_is_refused():
    with pytest.raises(MissingColumns):
        mo.correct(pd.DataFrame({"title": ["x"]}), 0, title="y")
    with pytest.raises(BadSetting):
        mo.correct([PATHS[0]], 0, title="y")
    for bad in (pd.DataFrame({"path": PATHS, "titel": "x"}), ["a"], 7):
        with pytest.raises(BadSetting):
            classified(corrections=bad)


# ---- the list --------------------------------------------------------------------------------------------------


def test_what_is_kept_is_listed(labels):
    columns = [column.name for column in CORRECTIONS]
    assert list(mo.corrections().columns) == columns
    mo.correct(labels, [0, 2], title="Said", year=None)
    listed = mo.corrections()
    assert listed.dtypes.to_dict() == schema.table(CORRECTIONS).dtypes.to_dict()
    assert listed["path"].tolist() == [PATHS[0], PATHS[2]]
    assert listed["said"].tolist() == ["title 'Said', no year"] * 2
    assert (pd.Timestamp.now("UTC") - listed["when"]).max() < pd.Timedelta(minutes=5)


def test_the_list_is_what_classify_takes(labels):
    mo.correct(labels, 0, title="Said", episodes=(5, 6))
    mo.correct(labels, "/in/Amber", season=3)
    listed, told = mo.corrections(), classified()
    mo.forget_corrections(listed)
    pd.testing.assert_frame_equal(classified(corrections=listed), told)


def test_it_is_forgotten_by_path_by_row_and_by_who_the_file_is(three):
    labels = classified(three)
    before = titles(labels)
    mo.correct(labels, [True] * 3, title="Said")
    gone = mo.forget_corrections(labels["path"].tolist()[0])
    assert gone["path"].tolist() == labels["path"].tolist()[:1]
    (three / "Amber S01E03.mkv").rename(three / "New.mkv")
    moved = classified(three)
    mo.forget_corrections(moved[moved["name"] == "New.mkv"])
    assert [Path(cell).name for cell in mo.corrections()["path"]] == ["Lantern (1999).mkv"]
    mo.forget_corrections(mo.corrections())
    assert len(mo.corrections()) == 0
    (three / "New.mkv").rename(three / "Amber S01E03.mkv")
    assert titles(classified(three)) == before


def test_what_was_said_of_a_folder_goes_with_the_folder_alone(labels):
    mo.correct(labels, "/in/Amber", title="Said")
    with pytest.raises(BadSetting, match="nothing was said of these"):
        mo.forget_corrections(labels)
    mo.forget_corrections("/in/Amber")
    assert "Said" not in classified()["title"].tolist()


@pytest.mark.parametrize("which", ["/in/x.mkv", [], 7, [7], pd.DataFrame({"title": ["x"]})], ids=str)
def test_what_was_never_said_cannot_be_forgotten(labels, which):
    with pytest.raises(BadSetting):
        mo.forget_corrections(which)
    assert not corrections_file().exists()
    mo.correct(labels, 0, title="Said")
    with pytest.raises(BadSetting):
        mo.forget_corrections(which)
    assert len(mo.corrections()) == 1


# ---- a store that is broken ------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["text", "value"])
def test_a_broken_store_is_a_warning_and_a_run_without_it(labels, caplog, bad):
    mo.correct(labels, 0, title="Said")
    if bad == "text":
        corrections_file().write_bytes(os.urandom(8192))
    else:
        connection = sqlite3.connect(corrections_file())
        connection.execute("""UPDATE corrections SET said = '{"year": "soon"}'""")
        connection.commit()
        connection.close()
    before = corrections_file().read_bytes()
    with caplog.at_level(logging.WARNING, "mediaorg"):
        assert classified()["title"].tolist() == ["Amber", "Amber", "Lantern"]
    assert "labelling without what you said before" in caplog.text
    caplog.clear()
    assert classified(corrections=False)["title"].tolist() == ["Amber", "Amber", "Lantern"]
    assert not caplog.text
    for call in (mo.corrections, lambda: mo.correct(labels, 0, title="x"), lambda: mo.forget_corrections(PATHS[0])):
        with pytest.raises(StoreError):
            call()
    assert corrections_file().read_bytes() == before


# ---- explain ---------------------------------------------------------------------------------------------------


def test_explain_tells_what_led_to_a_label(labels, capsys):
    assert mo.explain(labels.loc[0]) is None
    told = capsys.readouterr().out
    assert told.splitlines()[0] == PATHS[0]
    for said in (*labels.loc[0, "evidence"].split("; "), "episode", "Amber", labels.loc[0, "label_source"]):
        assert said in told
    mo.explain(mo.correct(labels, 0, title="Said", episodes=(5, 6), date="2011-11-15", keep=False).head(1))
    told = capsys.readouterr().out
    for line in ("title         Said", "episodes      5, 6", "date          2011-11-15", "label_source  user: you",
                 "confidence    1.00", "needs_review  no"):  # fmt: skip
        assert f"  {line}\n" in told
    assert "label_error" not in told


def test_explain_tells_what_was_doubtful(labels, capsys):
    doubtful = labels.assign(confidence=0.5, needs_review=True, title=None, episodes=None, label_error="guessit: broke")
    mo.explain(doubtful.loc[0])
    told = capsys.readouterr().out
    assert "yes: a confidence below 0.7, no title, an episode without a number or a day" in told
    assert "label_error   guessit: broke" in told


def test_every_row_can_be_explained(collection, capsys):
    labels = classified(mo.run(mo.scan(collection, progress=False)))
    for _, row in mo.plan(labels, "/library", existing=[]).iterrows():
        mo.explain(row)
    assert capsys.readouterr().out.count("  confidence  ") == len(labels)


@pytest.mark.parametrize("row", [pd.DataFrame({"path": PATHS}), 7, "x", pd.Series({"path": "x"}), {"title": "x"}])
def test_explain_takes_one_row_of_labels(row):
    with pytest.raises((BadSetting, MissingColumns)):
        mo.explain(row)


def test_everything_but_how_a_label_came_about_can_be_said():
    labels = {column.name for column in schema.LABELS}
    assert labels - set(SAYABLE) == {"label_source", "confidence", "needs_review", "label_error"}
