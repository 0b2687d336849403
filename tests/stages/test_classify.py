"""classify keeps the table and fills the labels in; fixtures are names of a kind, with the folders they lie in."""

import asyncio
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg import schema
from mediaorg.errors import BadSetting, MissingColumns
from mediaorg.io.names_engine import quick
from mediaorg.stages.classify import classify


def label(*paths, **more):
    frame = paths[0] if isinstance(paths[0], pd.DataFrame) else pd.DataFrame({"path": list(paths)})
    return asyncio.run(classify(frame, progress=False, **more))


def said(row, *names):
    return tuple(None if not isinstance(row[name], tuple) and pd.isna(row[name]) else row[name] for name in names)


# ---- the table -------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_paths_keep_their_rows_order_index_and_cells(paths):
    index = [f"row {n}" for n in range(len(paths))][::-1]
    frame = pd.DataFrame(
        {"path": pd.Series(paths, dtype="object", index=index), "mine": range(len(paths))}, index=index
    )
    frame.attrs["kept"] = [1]
    wide = label(frame)
    assert list(wide.index) == index
    assert list(wide["path"]) == paths
    assert list(wide["mine"]) == list(range(len(paths)))
    assert wide.attrs == {"kept": [1]}
    assert wide["confidence"].between(0, 1).all()


def test_no_rows_have_the_columns_and_dtypes_of_any():
    none, some = label(pd.DataFrame({"path": []})), label("a.mkv")
    columns = [column.name for column in schema.LABELS]
    assert list(none[columns].dtypes) == list(some[columns].dtypes)


def test_a_path_and_a_list_of_paths_are_files_too():
    for files in ("Amber Road S01E02.mkv", Path("Amber Road S01E02.mkv"), ["Amber Road S01E02.mkv"]):
        assert asyncio.run(classify(files, progress=False))["title"].tolist() == ["Amber Road"]


def test_a_repeated_index_and_old_labels_are_no_hindrance():
    frame = pd.DataFrame({"path": ["Amber Road S01E02.mkv", "Lantern (1999).mkv"], "title": ["x", "y"]}, index=[7, 7])
    assert label(frame)["title"].tolist() == ["Amber Road", "Lantern"]


def test_a_missing_path_is_said_and_not_raised():
    wide = label(pd.DataFrame({"path": ["Amber Road S01E02.mkv", None]}))
    assert wide["label_error"].iloc[1].startswith("path:")


def test_what_this_version_cannot_do_is_said():
    for setting in ({"ai": 7}, {"catalogue": "tmdb"}, {"corrections": pd.DataFrame({"title": ["x"]})}):
        with pytest.raises(BadSetting):
            label("a.mkv", **setting)
    with pytest.raises(MissingColumns):
        label(pd.DataFrame({"name": ["a.mkv"]}))


def test_progress_counts_every_row():
    told = []
    asyncio.run(classify(["a.mkv"] * 3, progress=lambda *now: told.append(now)))
    assert told[-1] == ("classify", 3, 3)


def test_the_loop_goes_on_while_names_are_read():
    names = [f"Amber{n} Road S01E02.mkv" for n in range(1000)]  # some chunks, about a second

    async def ticks():
        task, count = asyncio.ensure_future(classify(names, cache=False, progress=False)), 0
        while not task.done():
            await asyncio.wait([task], timeout=0.01)
            count += 1
        return count

    assert asyncio.run(ticks()) > 12


@pytest.mark.parametrize("name", ["x.srt", "poster.jpg", "Lantern.nfo", "song.mp3", "readme.txt"])
def test_what_is_no_video_is_other_and_needs_no_look(name):
    row = label(f"Lantern (1999)/{name}").iloc[0]
    assert (row["media_type"], bool(row["needs_review"])) == ("other", False)


def test_the_kind_column_outranks_the_suffix():
    assert label(pd.DataFrame({"path": ["Amber Road S01E02.mkv"], "kind": ["audio"]}))["media_type"].tolist() == [
        "other"
    ]


def test_folders_above_the_root_say_nothing():
    path = "/home/Some Person/Anna/S01E02.mkv"
    assert label(pd.DataFrame({"path": [path], "root": ["/home/Some Person/Anna"]}))["title"].isna().all()
    assert label(pd.DataFrame({"path": [path], "root": ["/home/Some Person"]}))["title"].tolist() == ["Anna"]


def test_undecodable_bytes_stay_in_the_title():
    cell = schema.from_path(b"Caf\xe9 Bleu (1988).avi")
    row = label(cell).iloc[0]
    assert said(row, "path", "title", "year") == (cell, r"Caf\xe9 Bleu", 1988)


def test_without_the_cache_every_run_asks_anew_and_once_a_name():
    quick.cache_clear()
    label("a/Amber Road S01E02.mkv", "b/Amber Road S01E02.mkv")
    assert quick.cache_info().misses == 1
    label("Amber Road S01E03.mkv", cache=False)
    assert quick.cache_info().misses == 1


# ---- what files are --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind", "title", "season", "episodes"),
    [
        ("Amber Road/Season 1/Amber Road - S01E02 - Night.mkv", "episode", "Amber Road", 1, (2,)),
        ("Amber Road/Season 1/Amber Road - S01E01E02.mkv", "episode", "Amber Road", 1, (1, 2)),
        ("Amber Road/Staffel 2/05 - Nacht.mkv", "episode", "Amber Road", 2, (5,)),
        ("Amber Road/Specials/Amber Road S00E03.mkv", "episode", "Amber Road", 0, (3,)),
        ("Amber Road/Specials/03 - Behind.mkv", "episode", "Amber Road", 0, (3,)),
        ("Blade Runner 2049.2017.1080p.BluRay.x264-GRP.mkv", "movie", "Blade Runner 2049", None, None),
        ("1883/Season 1/1883.S01E02.720p.mkv", "episode", "1883", 1, (2,)),
        ("Open Season 2 (2008)/Open Season 2 (2008).mkv", "movie", "Open Season 2", None, None),
        ("The Collector (2009)/The Collector.mkv", "movie", "The Collector", None, None),
        ("50E20S.daoR.rebmA.mkv", "episode", "Amber Road", 2, (5,)),
        ("DCIM/100CANON/IMG_1234.MOV", "home_video", None, None, None),
        ("Home Movies/Emma 3rd Birthday.avi", "home_video", "Emma 3rd Birthday", None, None),
    ],
)
def test_names_in_their_folders(path, kind, title, season, episodes):
    assert said(label(path).iloc[0], "media_type", "title", "season", "episodes") == (kind, title, season, episodes)


def test_cd1_and_cd2_are_two_parts_of_one_film():
    wide = label("Lantern (1999)/Lantern (1999) cd1.avi", "Lantern (1999)/Lantern (1999) cd2.avi")
    assert wide["part"].tolist() == [1, 2]
    assert wide["title"].tolist() == ["Lantern"] * 2


def test_numbers_that_count_up_in_a_films_folder_are_episodes():
    wide = label(*(f"Amber Road (2014)/Amber Road - {n:02d}.mkv" for n in range(5, 9)))
    assert wide["media_type"].tolist() == ["episode"] * 4
    assert wide["episodes"].tolist() == [(5,), (6,), (7,), (8,)]
    assert wide["season"].isna().all()


def test_numbers_in_two_hundreds_are_seasons_and_numbers_through_99_are_not():
    seasons = label(*(f"Amber Road/Amber Road {n}.avi" for n in (101, 102, 103, 201, 202, 203)))
    assert seasons["season"].tolist() == [1, 1, 1, 2, 2, 2]
    through = label(*(f"Amber Road/Amber Road {n:03d}.avi" for n in range(98, 103)))
    assert through["season"].isna().all()
    assert through["absolute_episodes"].tolist() == [(n,) for n in range(98, 103)]


def test_numbers_that_begin_within_a_hundred_count_from_the_beginning():
    wide = label(*(f"Amber Road/Amber Road {n}.avi" for n in (115, 116, 117, 118)))
    assert wide["season"].isna().all()
    assert wide["episodes"].tolist() == [(115,), (116,), (117,), (118,)]


def test_different_films_in_one_folder_stay_different():
    wide = label("Movies/Lantern 2 (1999).mkv", "Movies/Amber 3 (2004).mkv", "Movies/Harbour (2010).mkv")
    assert wide["media_type"].tolist() == ["movie"] * 3
    assert wide["title"].tolist() == ["Lantern 2", "Amber 3", "Harbour"]


def test_an_extra_names_its_owner():
    film, trailer = "Lantern (1999)/Lantern (1999).mkv", "Lantern (1999)/Trailers/Teaser One.mkv"
    row = label(trailer, film).iloc[0]
    assert said(row, "media_type", "extra_type", "title", "year", "extra_of", "episode_title") == (
        "extra", "trailer", "Lantern", 1999, film, "Teaser One")  # fmt: skip
    alone = label(trailer).iloc[0]
    assert said(alone, "title", "extra_of") == ("Lantern", None)


def test_the_probe_tells_a_sample_from_a_film_called_so():
    frame = pd.DataFrame({"path": ["Lantern.1999.720p-sample.mkv"] * 2, "duration": [42.0, 6000.0]})
    assert label(frame)["media_type"].tolist() == ["extra", "movie"]


def test_the_container_says_when_a_home_video_was_taken():
    frame = pd.DataFrame({"path": ["DCIM/IMG_1234.MOV"], "creation_time": pd.to_datetime(["2019-07-04T10:00:00Z"])})
    assert label(frame)["date"].tolist() == [pd.Timestamp("2019-07-04")]


def test_every_label_says_where_it_came_from():
    wide = label("Amber Road S01E02.mkv", "Lantern (1999)/Trailers/x.mkv", "zzz.mkv", "IMG_1234.MOV", "x.srt")
    assert wide[["label_source", "evidence", "confidence", "needs_review"]].notna().all(axis=None)


def days(*paths):
    return [None if pd.isna(day) else day.date().isoformat() for day in label(*paths)["date"]]


def test_one_impossible_month_settles_the_order_of_a_whole_folder():
    assert days("Talk/Talk 02-03-2015.mkv", "Talk/Talk 25-03-2015.mkv") == ["2015-03-02", "2015-03-25"]
    assert days("Talk/Talk 02-03-2015.mkv", "Talk/Talk 03-25-2015.mkv") == ["2015-02-03", "2015-03-25"]


def test_without_one_the_days_of_a_folder_lie_close_together():
    assert days(*(f"Talk/Talk 0{n}-03-2015.mkv" for n in (2, 4, 5))) == ["2015-03-02", "2015-03-04", "2015-03-05"]
    assert days("Talk/Talk 02-03-2015.mkv", "Other/Talk 25-03-2015.mkv") == [None, "2015-03-25"]


def test_two_orders_in_one_folder_settle_nothing():
    assert days("T/T 02-03-2015.mkv", "T/T 25-03-2015.mkv", "T/T 03-25-2015.mkv")[0] is None


def test_numbered_films_of_a_collection_are_films():
    films = [
        f"Movies/Lantern Trilogy/{n} - Lantern {word} ({1980 + n}).mkv" for n, word in enumerate(["", "II", "III"], 1)
    ]
    found = label(*films)
    assert found["media_type"].unique().tolist() == ["movie"]
    assert found["title"].tolist() == ["Lantern", "Lantern II", "Lantern III"]
    assert found["year"].tolist() == [1981, 1982, 1983]


def test_parts_of_a_miniseries_are_its_episodes():
    found = label(*(f"Amber Wars/Amber Wars - Part {n} - Night {n}.mkv" for n in (1, 2, 3)))
    assert found["title"].unique().tolist() == ["Amber Wars"]
    assert found["episodes"].tolist() == [(1,), (2,), (3,)]


def test_halves_of_one_episode_are_its_parts():
    found = label("Amber/Season 2/Amber - 2x01a - Shoes.avi", "Amber/Season 2/Amber - 2x01b - Days.avi")
    assert found["episodes"].tolist() == [(1,), (1,)]
    assert found["part"].tolist() == [1, 2]


def test_a_second_arc_in_a_shows_season_folder_is_the_show():
    row = label("Amber Road (2012)/Season 02/[Team] Amber Road - Silver Crusaders - 12 [1080p].mkv").iloc[0]
    assert said(row, "title", "year", "season", "episodes") == ("Amber Road", 2012, 2, (12,))


def test_a_disc_is_the_work_its_folder_names():
    row = label("BluRay/Lantern (2015)/BDMV/STREAM/00800.m2ts").iloc[0]
    assert said(row, "media_type", "title", "year") == ("movie", "Lantern", 2015)


def test_a_film_of_no_year_is_surer_when_it_is_as_long_as_one():
    short = label("Lantern.mkv").iloc[0]
    long = mo.run(mo.classify(pd.DataFrame({"path": ["Lantern.mkv"], "duration": [6000.0]}), progress=False)).iloc[0]
    assert short["needs_review"]
    assert not long["needs_review"]
    assert "100 min long" in long["evidence"]


def test_a_season_asks_another_parser_once():
    quick.cache_clear()
    label(*(f"Amber Road S01E{n:02d} Night {n} 720p WEB-GRP.mkv" for n in range(1, 20)))
    assert quick.cache_info().misses == 1


def test_the_root_is_the_show_where_its_seasons_lie_right_below():
    frame = pd.DataFrame({"path": ["/tv/Amber Road/Season 1/01 - Pilot.mkv"], "root": ["/tv/Amber Road"]})
    assert said(label(frame).iloc[0], "title", "season", "episodes") == ("Amber Road", 1, (1,))


def test_a_day_that_a_camera_made_up_is_no_day():
    frame = pd.DataFrame({"path": ["DCIM/IMG_1234.MOV"], "creation_time": ["2020-99-99T00:00:00Z"]})
    assert said(label(frame).iloc[0], "media_type", "date") == ("home_video", None)


def test_the_order_of_rows_changes_no_label():
    paths = [
        f"Movies/Lantern {n} (19{50 + n})/Lantern {n} (19{50 + n}){end}.mkv"
        for n in range(12)
        for end in ("", "-trailer", " - 720p")
    ]
    there = label(*paths).set_index("path")
    back = label(*reversed(paths)).set_index("path").loc[paths]
    pd.testing.assert_frame_equal(there, back)
    assert there["extra_of"].notna().sum() == 12


# ---- what nobody should call a file ----------------------------------------------------------------------------

PIECES = st.sampled_from(
    [*"-_ .()[]{}1E~+#'&", "S01E01", "01-", "(2010)", "第1話", "x1", "1x01", " - 01", "Part 1 ", "\u202e", "ш", "ال",
     "1080p ", "x264", "-GRP", "Season ", "www.", ".com", r"\xff", "cd1", "12.", "é", "Blu-ray "]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=60), st.integers(1, 100))
def test_any_name_is_a_row_in_no_time(pieces, times):
    name = ("".join(pieces) * times)[:250]
    began = time.process_time()
    assert len(label(f"d/{name}.mkv")) == 1
    assert time.process_time() - began < 2  # a pattern that backtracks takes minutes; the slowest seen took 0.2 s


def test_forty_folders_deep_and_many_in_one_are_rows():
    deep = "/".join(f"Folder {n}" for n in range(40)) + "/S01E02.mkv"
    many = [f"all/Clip - {n:05}.mkv" for n in range(3000)]
    found = label(deep, *many)
    assert len(found) == 3001
    assert found["label_error"].isna().all()


# ---- corrections -----------------------------------------------------------------------------------------------


def test_what_a_person_said_outranks_every_guess():
    told = pd.DataFrame({"path": ["a/Amber S01E02.mkv"], "title": ["The Amber Road"], "episodes": [(3,)]})
    wide = label("a/Amber S01E02.mkv", "a/Amber S01E04.mkv", corrections=told)
    assert said(wide.iloc[0], "title", "season", "episodes", "label_source", "confidence") == (
        "The Amber Road", 1, (3,), "user", 1.0)  # fmt: skip
    assert not wide["needs_review"].iloc[0]
    assert wide["title"].iloc[1] == "Amber"


def test_a_folder_corrects_all_below_it_and_a_path_corrects_the_folder():
    told = pd.DataFrame(
        {"folder": ["a", None], "path": [None, "a/b/2.mkv"], "title": ["One", "Two"], "year": [1999, None]}
    )
    wide = label("a/b/1.mkv", "a/b/2.mkv", "c/3.mkv", corrections=told)
    assert wide["title"].tolist()[:2] == ["One", "Two"]
    assert wide["year"].tolist()[:2] == [1999, 1999]
    assert wide["label_source"].iloc[2] != "user"


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("03 - Thaw.mkv", "Thaw"),
        ("03. Thaw and Frost.1080p.WEB.mkv", "Thaw and Frost"),
        ("03.mkv", None),
        ("03 [1080p].mkv", None),
        ("Amber Road - 03 - Thaw.mkv", "Thaw"),
        ("Amber Road - 03 1080p WEB.mkv", None),
    ],
)
def test_an_episode_in_a_season_folder_keeps_its_own_title(name, own):
    row = label(f"/tv/Amber Road/Season 1/{name}").iloc[0]
    assert (row["season"], row["episodes"]) == (1, (3,))
    assert own == row["episode_title"] if own else pd.isna(row["episode_title"])


def test_a_day_the_calendar_does_not_have_is_no_day():
    labels = mo.run(mo.classify(["/in/Daily.Show.2011.02.29.mkv", "/in/Daily.Show.2012.02.29.mkv"], progress=False))
    assert labels["date"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("column", "cell"), [("date", "3 Feb"), ("season", "two"), ("season", 2.5), ("episodes", "1-2")]
)
def test_a_correction_that_cannot_be_read_is_named(column, cell):
    corrections = pd.DataFrame({"path": ["/in/a.mkv"], column: [cell]})
    with pytest.raises(mo.errors.BadSetting, match=f"{cell}.* is no {column}"):
        mo.run(mo.classify(["/in/a.mkv"], corrections=corrections, progress=False))


def test_a_column_of_cells_is_cells():
    cells = pd.Series([r"/in/bad\xff.mkv", r"/in/bad\x5cxff.mkv"], index=[5, 3])
    labels = mo.run(mo.classify(cells, progress=False))
    assert (labels["path"].tolist(), labels.index.tolist()) == (cells.tolist(), [5, 3])
