"""Targets, item by item, then laws. Sources are names that lie nowhere; `existing=[]` is an empty library."""

import os
from pathlib import Path

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg import schema
from mediaorg.errors import BadSetting, MissingColumns, NotAFolder

FILM = {"media_type": "movie", "title": "Alien", "year": 1979}
SHOW = {"media_type": "episode", "title": "Lost", "year": 2004}
GALACTICA = {"media_type": "episode", "title": "Battlestar Galactica", "season": 1, "episodes": (1,)}
LOST = "Shows/Lost (2004)/Season 01/Lost (2004) S01E0"


def rows(*items, folder="/in"):
    """A table of labels: each item is (path below `folder`, label)."""
    table = pd.DataFrame([{"path": f"{folder}/{path}", **label} for path, label in items])
    for name in ("media_type", "title"):
        if name not in table:
            table[name] = None
    return table


def targets(planned, root="/lib"):
    return [None if pd.isna(cell) else cell.removeprefix(f"{root}/") for cell in planned["target"]]


def one(label, path="x.mkv"):
    planned = mo.plan(rows((path, label)), "/lib", existing=[])
    return targets(planned)[0], planned.loc[0, "status"]


@pytest.mark.parametrize(
    ("label", "target"),
    [
        (FILM, "Movies/Alien (1979)/Alien (1979).mkv"),
        ({**FILM, "year": None}, "Movies/Alien/Alien.mkv"),
        ({**FILM, "edition": "Director's Cut"}, "Movies/Alien (1979)/Alien (1979) - Director's Cut.mkv"),
        ({**FILM, "edition": "Vol. 1, Final"}, "Movies/Alien (1979)/Alien (1979) - Vol 1 Final.mkv"),
        ({**FILM, "quality": 2160}, "Movies/Alien (1979)/Alien (1979).mkv"),
        ({**FILM, "part": 1}, "Movies/Alien (1979)/Alien (1979)-cd1.mkv"),
        ({**FILM, "edition": "Cut", "part": 2}, "Movies/Alien (1979)/Alien (1979) - Cut-cd2.mkv"),
        ({**FILM, "title": "Mission: Impossible", "year": 1996}, "Movies/Mission - Impossible (1996)/Mission - Impossible (1996).mkv"),
        ({**FILM, "title": "Dune: Part One", "year": 2021}, "Movies/Dune - Part One (2021)/Dune - Part One (2021).mkv"),
        ({**FILM, "title": "1917", "year": 2019}, "Movies/1917 (2019)/1917 (2019).mkv"),
        ({**FILM, "title": "Blade Runner 2049", "year": 2017}, "Movies/Blade Runner 2049 (2017)/Blade Runner 2049 (2017).mkv"),
        ({**FILM, "title": "Alien (1979)"}, "Movies/Alien (1979)/Alien (1979).mkv"),
        ({**SHOW, "season": 1, "episodes": (2,), "episode_title": "Pilot"}, f"{LOST}2 Pilot.mkv"),
        ({**SHOW, "season": 1, "episodes": (2,)}, f"{LOST}2.mkv"),
        ({**SHOW, "season": 1, "episodes": (1, 2)}, f"{LOST}1-E02.mkv"),
        ({**SHOW, "season": 1, "episodes": (3, 1, 2)}, f"{LOST}1-E03.mkv"),
        ({**SHOW, "season": 1, "episodes": (1,), "part": 1, "episode_title": "E"}, f"{LOST}1 E-part-1.mkv"),
        ({**SHOW, "season": 1, "episodes": (6,), "episode_title": "- E9 Protocol"}, f"{LOST}6 E9 Protocol.mkv"),
        ({**SHOW, "season": 1, "episodes": (105,)}, "Shows/Lost (2004)/Season 01/Lost (2004) S01E105.mkv"),
        ({**SHOW, "season": 12, "episodes": (1,)}, "Shows/Lost (2004)/Season 12/Lost (2004) S12E01.mkv"),
        ({**SHOW, "season": 0, "episodes": (1,)}, "Shows/Lost (2004)/Season 00/Lost (2004) S00E01.mkv"),
        ({**SHOW, "episodes": (1,)}, f"{LOST}1.mkv"),
        ({**SHOW, "absolute_episodes": (25,)}, "Shows/Lost (2004)/Season 01/Lost (2004) S01E25.mkv"),
        ({**SHOW, "season": 2, "episodes": (1,), "absolute_episodes": (26,)}, "Shows/Lost (2004)/Season 02/Lost (2004) S02E01.mkv"),
        ({**SHOW, "date": "2011-11-15", "episode_title": "E"}, "Shows/Lost (2004)/Season 2011/Lost (2004) 2011-11-15 E.mkv"),
        ({**SHOW, "date": pd.Timestamp("2011-11-15")}, "Shows/Lost (2004)/Season 2011/Lost (2004) 2011-11-15.mkv"),
        ({**SHOW, "date": pd.Timestamp("2011-11-15").date()}, "Shows/Lost (2004)/Season 2011/Lost (2004) 2011-11-15.mkv"),
        ({**GALACTICA, "year": 1978}, "Shows/Battlestar Galactica (1978)/Season 01/Battlestar Galactica (1978) S01E01.mkv"),
        ({**GALACTICA, "year": None}, "Shows/Battlestar Galactica/Season 01/Battlestar Galactica S01E01.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "trailer"}, "Movies/Alien (1979)/trailers/x.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "behind_the_scenes"}, "Movies/Alien (1979)/behind the scenes/x.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "deleted"}, "Movies/Alien (1979)/deleted scenes/x.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "featurette"}, "Movies/Alien (1979)/featurettes/x.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "interview"}, "Movies/Alien (1979)/interviews/x.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "scene"}, "Movies/Alien (1979)/scenes/x.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "short"}, "Movies/Alien (1979)/shorts/x.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "clip"}, "Movies/Alien (1979)/clips/x.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "sample"}, "Movies/Alien (1979)/samples/x.mkv"),
        ({**FILM, "media_type": "extra", "extra_type": "other"}, "Movies/Alien (1979)/other/x.mkv"),
        ({**FILM, "media_type": "extra"}, "Movies/Alien (1979)/other/x.mkv"),
        ({**FILM, "media_type": "extra", "episode_title": "Making: Of"}, "Movies/Alien (1979)/other/Making - Of.mkv"),
        ({**SHOW, "media_type": "extra", "season": 2, "extra_type": "clip"}, "Shows/Lost (2004)/Season 02/clips/x.mkv"),
        ({"media_type": "home_video", "date": "2015-08-01"}, "Home Videos/2015/x.mkv"),
        ({"media_type": "home_video", "year": 1999, "title": "Beach"}, "Home Videos/1999/x.mkv"),
        ({"media_type": "home_video"}, "Home Videos/Undated/x.mkv"),
    ],
)  # fmt: skip
def test_where_jellyfin_wants_a_video(label, target):
    assert one(label) == (target, "ready")


_LONG = {**SHOW, "season": 1, "episode_title": "E"}


@pytest.mark.parametrize(
    ("label", "plex", "kodi"),
    [
        (FILM, "Alien (1979)/Alien (1979)", "Alien (1979)/Alien (1979)"),
        ({**FILM, "edition": "Final Cut"}, "Alien (1979) {edition-Final Cut}/Alien (1979) {edition-Final Cut}", "Alien (1979)/Alien (1979) - Final Cut"),
        ({**FILM, "part": 2}, "Alien (1979)/Alien (1979) - pt2", "Alien (1979)/Alien (1979)-cd2"),
        ({**_LONG, "episodes": (2,)}, "Lost (2004)/Season 01/Lost (2004) - s01e02 - E", "Lost (2004)/Season 01/Lost (2004) - S01E02 - E"),
        ({**_LONG, "episodes": (1, 2)}, "Lost (2004)/Season 01/Lost (2004) - s01e01-e02 - E", "Lost (2004)/Season 01/Lost (2004) - S01E01E02 - E"),
        ({**_LONG, "episodes": (1, 2, 3)}, "Lost (2004)/Season 01/Lost (2004) - s01e01-e03 - E", "Lost (2004)/Season 01/Lost (2004) - S01E01E02E03 - E"),
        ({**_LONG, "episodes": (1,), "part": 1}, "Lost (2004)/Season 01/Lost (2004) - s01e01 - E - pt1", "Lost (2004)/Season 01/Lost (2004) - S01E01.1 - E"),
        ({**SHOW, "season": 0, "episodes": (1,)}, "Lost (2004)/Season 00/Lost (2004) - s00e01", "Lost (2004)/Season 00/Lost (2004) - S00E01"),
        ({**SHOW, "date": "2011-11-15", "episode_title": "E"}, "Lost (2004)/Season 2011/Lost (2004) - 2011-11-15 - E", "Lost (2004)/Season 2011/Lost (2004) - 2011-11-15 - E"),
        ({**SHOW, "date": "2011-11-15", "episode_title": "Route66"}, "Lost (2004)/Season 2011/Lost (2004) - 2011-11-15 - Route66", "Lost (2004)/Season 2011/Lost (2004) - 2011-11-15"),
        ({**FILM, "media_type": "extra", "extra_type": "trailer"}, "Alien (1979)/Trailers/x", "Alien (1979)/Alien (1979)-trailer"),
        ({**FILM, "media_type": "extra", "extra_type": "clip"}, "Alien (1979)/Other/x", "Alien (1979)/Extras/x"),
        ({**SHOW, "media_type": "extra", "season": 2, "extra_type": "interview"}, "Lost (2004)/Season 02/Interviews/x", "Lost (2004)/Extras/x"),
    ],
)  # fmt: skip
def test_where_plex_and_kodi_want_a_video(label, plex, kodi):
    library = "Movies" if label["title"] == "Alien" else "TV Shows"
    for layout, target in (("plex", plex), ("kodi", kodi)):
        planned = mo.plan(rows(("x.mkv", label)), "/lib", layout=layout, existing=[])
        assert targets(planned) == [f"{library}/{target}.mkv"]


def test_two_trailers_of_a_film_are_both_trailers_to_kodi():
    trailer = {**FILM, "media_type": "extra", "extra_type": "trailer"}
    planned = mo.plan(rows(("a.mkv", trailer), ("b.mkv", trailer)), "/lib", layout="kodi", existing=[])
    assert [target.rpartition("/")[2] for target in targets(planned)] == [
        "Alien (1979)-trailer.mkv",
        "Alien (1979) - copy 2-trailer.mkv",
    ]


def test_an_extra_lies_with_its_own_edition_in_plex():
    table = rows(
        ("a.mkv", {**FILM, "edition": "Final Cut"}),
        ("t.mkv", {**FILM, "media_type": "extra", "extra_type": "trailer", "extra_of": "/in/a.mkv"}),
    )
    planned = targets(mo.plan(table, "/lib", layout="plex", existing=[]))
    assert planned[1] == "Movies/Alien (1979) {edition-Final Cut}/Trailers/t.mkv"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x.srt", "Alien (1979).srt"),
        ("x.en.forced.srt", "Alien (1979).en.forced.srt"),
        ("x.forced.eng.srt", "Alien (1979).eng.forced.srt"),
        ("x.pt-BR.sdh.srt", "Alien (1979).pt-BR.sdh.srt"),
        ("x.Commentary.en.default.srt", "Alien (1979).Commentary.en.default.srt"),
        ("English.srt", "Alien (1979).en.srt"),
        ("x.idx", "Alien (1979).idx"),
        ("x.sub", "Alien (1979).sub"),
        ("x.nfo", "Alien (1979).nfo"),
        ("release.nfo", "Alien (1979).nfo"),
        ("x-poster.jpg", "Alien (1979)-poster.jpg"),
        ("poster.jpg", "poster.jpg"),
        ("movie.nfo", "movie.nfo"),
        ("Subs/2_English.srt", "Alien (1979).2.en.srt"),
        ("Subs/x.fr.srt", "Alien (1979).fr.srt"),
        ("Subs/x/3_French.srt", "Alien (1979).3.fr.srt"),
    ],
)
def test_a_sidecar_travels_with_its_film(name, written):
    planned = mo.plan(rows(("f/x.mkv", FILM), (f"f/{name}", {})), "/lib", existing=[])
    assert targets(planned)[1] == f"Movies/Alien (1979)/{written}"
    assert planned.loc[1, "belongs_to"] == planned.loc[0, "move_id"]
    assert planned["status"].tolist() == ["ready", "ready"]


def test_episodes_that_are_no_run_say_so_where_they_would_be_read_as_one():
    table = rows(("a.mkv", {**SHOW, "season": 1, "episodes": (1, 3)}))
    planned = mo.plan(table, "/lib", existing=[])
    assert targets(planned) == [f"{LOST}1E03.mkv"]
    assert planned.loc[0, ["status", "reason"]].tolist() == [
        "ready",
        "not_a_run: jellyfin will read episodes 1 to 3",
    ]
    assert pd.isna(mo.plan(table, "/lib", layout="kodi", existing=[]).loc[0, "reason"])


def test_artwork_of_a_show_and_of_a_season_stay_what_they_are():
    episode = {**SHOW, "season": 1, "episodes": (1,)}
    table = rows(
        ("Lost/Season 1/a.mkv", episode),
        ("Lost/Season 1/b.mkv", {**episode, "episodes": (2,)}),
        ("Lost/poster.jpg", {}),
        ("Lost/tvshow.nfo", {}),
        ("Lost/season01-poster.jpg", {}),
        ("Lost/Season 1/poster.jpg", {}),
    )
    assert targets(mo.plan(table, "/lib", existing=[]))[2:] == [
        "Shows/Lost (2004)/poster.jpg",
        "Shows/Lost (2004)/tvshow.nfo",
        "Shows/Lost (2004)/season01-poster.jpg",
        "Shows/Lost (2004)/Season 01/poster.jpg",
    ]


def test_an_extra_without_a_year_is_no_shows_because_a_show_of_that_title_has_one():
    extra = {"media_type": "extra", "title": "Lost", "extra_type": "trailer"}
    planned = mo.plan(rows(("a.mkv", extra)), "/lib", existing=["Shows/Lost (2004)/Season 01/x.mkv"])
    assert targets(planned) == ["Movies/Lost/trailers/a.mkv"]


def test_two_subtitles_of_one_language_keep_their_own_words():
    table = rows(("f/x.mkv", FILM), ("f/Subs/fansub.en.srt", {}), ("f/Subs/official.en.srt", {}))
    assert targets(mo.plan(table, "/lib", existing=[]))[1:] == [
        "Movies/Alien (1979)/Alien (1979).fansub.en.srt",
        "Movies/Alien (1979)/Alien (1979).official.en.srt",
    ]


def test_an_extra_goes_where_its_owner_goes():
    table = rows(
        ("a.mkv", {**SHOW, "season": 1, "episodes": (1,)}),
        ("t.mkv", {"media_type": "extra", "title": "Other words", "extra_type": "trailer", "extra_of": "/in/a.mkv"}),
        ("u.mkv", {**SHOW, "media_type": "extra", "extra_type": "trailer"}),
    )
    assert targets(mo.plan(table, "/lib", existing=[]))[1:] == [
        "Shows/Lost (2004)/trailers/t.mkv",
        "Shows/Lost (2004)/trailers/u.mkv",
    ]


@pytest.mark.parametrize(
    ("path", "label", "word"),
    [
        ("song.mp3", {}, "audio"),
        ("notes.txt", {}, "other"),
        ("x.mkv", {"media_type": "other", "title": "x"}, "other"),
        ("x.mkv", {}, "no_label"),
        ("lonely.srt", {}, "no_video"),
    ],
)
def test_what_does_not_move_says_why(path, label, word):
    planned = mo.plan(rows((path, label)), "/lib", existing=[])
    assert planned.loc[0, "operation"] == "skip"
    assert planned.loc[0, "status"] == "unchanged"
    assert planned.loc[0, "reason"].startswith(f"{word}: ")
    assert targets(planned) == [None]


@pytest.mark.parametrize("label", [{"media_type": "movie"}, {**SHOW}, {"media_type": "extra"}])
def test_a_label_too_thin_for_a_place_is_blocked(label):
    assert one(label) == (None, "blocked")


def test_doubt_holds_a_video_and_its_subtitle():
    table = rows(
        ("a/x.mkv", {**FILM, "needs_review": True}),
        ("a/x.srt", {}),
        ("b/y.mkv", {**SHOW, "episodes": (1,), "playable": False}),
    )
    planned = mo.plan(table, "/lib", existing=[])
    assert planned["status"].tolist() == ["review", "review", "review"]
    assert planned["target"].notna().all()


def test_a_sidecar_whose_video_stays_stays():
    planned = mo.plan(rows(("x.mkv", {"media_type": "other"}), ("x.srt", {})), "/lib", existing=[])
    assert planned["operation"].tolist() == ["skip", "skip"]
    assert planned.loc[1, "reason"].startswith("video_stays: ")


# ---- two for one name ----


def test_versions_are_told_apart_by_quality():
    table = rows(*((f"{q}.mkv", {**FILM, "quality": q, "edition": "Cut"}) for q in (720, 1080)))
    assert targets(mo.plan(table, "/lib", existing=[])) == [
        "Movies/Alien (1979)/Alien (1979) - Cut 720p.mkv",
        "Movies/Alien (1979)/Alien (1979) - Cut 1080p.mkv",
    ]


@pytest.mark.parametrize("layout", ["jellyfin", "plex", "kodi"])
def test_a_film_in_3d_says_so_alone_and_beside_the_flat_one(layout):
    table = rows(("Alien.1979.3D.Half-OU.mkv", {**FILM, "quality": 1080}), ("b.mkv", {**FILM, "quality": 1080}))
    both = targets(mo.plan(table, "/lib", layout=layout, existing=[]))
    assert both == [f"Movies/Alien (1979)/Alien (1979) - 1080p{form}.mkv" for form in (" 3D HTAB", "")]
    alone = targets(mo.plan(table.iloc[:1], "/lib", layout=layout, existing=[]))
    assert alone == ["Movies/Alien (1979)/Alien (1979) - 3D HTAB.mkv"]


def test_versions_of_an_episode_and_by_name_alone():
    episode = {**SHOW, "season": 1, "episodes": (2,), "episode_title": "E"}
    table = rows(("a.mkv", {**episode, "screen_size": "720p"}), ("b.avi", {**episode, "screen_size": "1080p"}))
    assert targets(mo.plan(table, "/lib", existing=[])) == [f"{LOST}2 E - 720p.mkv", f"{LOST}2 E - 1080p.avi"]


def test_keep_both_numbers_copies_and_says_so():
    table = rows(("a.mkv", FILM), ("b.mkv", FILM), ("c.avi", FILM), ("c.srt", {}))
    planned = mo.plan(table, "/lib", existing=[])
    assert targets(planned) == [
        f"Movies/Alien (1979)/Alien (1979){rest}"
        for rest in (".mkv", " - copy 2.mkv", " - copy 3.avi", " - copy 3.srt")
    ]
    assert planned["status"].eq("ready").all()
    assert planned["reason"].str.startswith("copy: ").tolist()[1:3] == [True, True]


def test_skip_leaves_the_second_and_conflict_leaves_all():
    table = rows(("a.mkv", FILM), ("b.mkv", FILM), ("b.srt", {}))
    skipped = mo.plan(table, "/lib", on_conflict="skip", existing=[])
    assert skipped["operation"].tolist() == ["move", "skip", "skip"]
    assert skipped.loc[1, "reason"].startswith("target_exists: ")
    left = mo.plan(table, "/lib", on_conflict="conflict", existing=[])
    assert left["status"].tolist() == ["conflict", "conflict", "conflict"]
    assert "/in/b.mkv" in left.loc[0, "reason"]


def test_better_takes_the_highest_quality_and_sets_the_rest_aside():
    table = rows(
        ("a.mkv", {**FILM, "quality": 720}),
        ("a.en.srt", {}),
        ("b.mkv", {**FILM, "quality": 1080}),
        ("c.mkv", {**FILM, "quality": 720}),
        ("d.mkv", FILM),
    )
    planned = mo.plan(table, "/lib", on_conflict="better", existing=[])
    assert targets(planned) == [
        "Duplicates/Movies/Alien (1979)/Alien (1979) - 720p.mkv",
        "Duplicates/Movies/Alien (1979)/Alien (1979) - 720p.en.srt",
        "Movies/Alien (1979)/Alien (1979).mkv",
        "Duplicates/Movies/Alien (1979)/Alien (1979) - 720p - copy 2.mkv",
        "Duplicates/Movies/Alien (1979)/Alien (1979).mkv",
    ]
    assert planned["status"].eq("ready").all()
    assert planned.loc[0, "reason"] == "better: b.mkv (1080p) is kept"


def test_files_of_the_same_content_say_so_whatever_they_are_labelled():
    same = {"content_hash": "aa", "hash_of": "whole"}
    table = rows(
        ("a.mkv", {**FILM, **same}),
        ("b.mkv", {**FILM, **same}),
        ("c.mkv", {**SHOW, "episodes": (1,), **same}),
        ("d.mkv", {**SHOW, "episodes": (2,), "content_hash": "aa", "hash_of": "pieces"}),
        ("e.mkv", {**SHOW, "episodes": (3,), "nlink": 2, "inode": 7, "device": 1}),
        ("f.mkv", {**SHOW, "episodes": (4,), "nlink": 2, "inode": 7, "device": 1}),
    )
    planned = mo.plan(table, "/lib", existing=[])
    assert planned["reason"].fillna("").tolist() == [
        "",
        "copy: number 2, since its name is taken; the same content as /in/a.mkv",
        "duplicate: the same content as /in/a.mkv",
        "",
        "nlink: it has 2 names, and the others stay",
        "duplicate: the same content as /in/e.mkv",
    ]
    assert planned["status"].eq("ready").all()


def test_better_leaves_what_is_in_the_library():
    home = "Movies/Alien (1979)/Alien (1979).mkv"
    planned = mo.plan(rows(("a.mkv", {**FILM, "quality": 1080})), "/lib", on_conflict="better", existing=[home])
    assert planned["operation"].tolist() == ["skip"]
    both = rows((home, {**FILM, "quality": 720}), folder="/lib")
    both = pd.concat([both, rows(("a.mkv", {**FILM, "quality": 1080}))], ignore_index=True)
    planned = mo.plan(both, "/lib", on_conflict="better", existing=[home])
    assert planned[["operation", "status"]].to_numpy().tolist() == [["move", "unchanged"], ["move", "ready"]]
    assert targets(planned)[1] == f"Duplicates/{home}"


@pytest.mark.parametrize("there", ["Movies/Alien (1979)/Alien (1979).mkv", "movies/ALIEN (1979)/alien (1979).MKV"])
def test_what_is_in_the_library_is_never_met(there):
    planned = mo.plan(rows(("a.mkv", FILM)), "/lib", existing=[f"/lib/{there}"])
    assert planned.loc[0, "status"] == "ready"
    assert targets(planned)[0].endswith(" - copy 2.mkv")
    left = mo.plan(rows(("a.mkv", FILM)), "/lib", existing=[f"/lib/{there}"], on_conflict="conflict")
    assert left.loc[0, "status"] == "conflict"
    assert left.loc[0, "reason"].startswith("target_exists: ")


def test_a_video_of_the_same_stem_would_share_its_subtitles():
    planned = mo.plan(rows(("a.mkv", FILM)), "/lib", existing=["/lib/Movies/Alien (1979)/Alien (1979).avi"])
    assert targets(planned)[0].endswith(" - copy 2.mkv")


def test_parts_with_a_version_beside_are_blocked():
    table = rows(("a.cd1.avi", {**FILM, "part": 1}), ("a.cd2.avi", {**FILM, "part": 2}), ("whole.mkv", FILM))
    planned = mo.plan(table, "/lib", existing=[])
    assert planned["status"].tolist() == ["blocked"] * 3
    assert planned["reason"].str.startswith("parts_and_versions: ").all()
    assert mo.plan(table.iloc[:2], "/lib", existing=[])["status"].tolist() == ["ready", "ready"]


@pytest.mark.parametrize(
    ("there", "title", "year", "joined"),
    [
        ("Lost", "Lost", 2004, "Lost"),
        ("Lost (2004)", "Lost", None, "Lost (2004)"),
        ("Lost (2004) [tvdbid-73739]", "Lost", 2004, "Lost (2004) [tvdbid-73739]"),
        ("Marvels Agents of SHIELD", "Marvel's Agents of S.H.I.E.L.D.", 2013, "Marvels Agents of SHIELD"),
        ("Law and Order", "Law & Order", None, "Law and Order"),
        ("Lost (1999)", "Lost", 2004, "Lost (2004)"),
        ("Lost Girl", "Lost", None, "Lost"),
    ],
)
def test_the_folder_a_show_has_already_is_joined(there, title, year, joined):
    label = {"media_type": "episode", "title": title, "year": year, "season": 1, "episodes": (2,)}
    planned = mo.plan(rows(("a.mkv", label)), "/lib", existing=[f"Shows/{there}/Season 1/x.mkv"])
    folder, season, name = targets(planned)[0].removeprefix("Shows/").split("/")
    assert folder == joined
    assert season == ("Season 1" if folder == there else "Season 01")
    assert name == f"{joined.removesuffix(' [tvdbid-73739]')} S01E02.mkv"


def test_two_shows_of_one_title_do_not_meet_in_a_folder_without_a_year():
    office = {"media_type": "episode", "title": "The Office", "season": 1, "episodes": (1,)}
    both = rows(("a.mkv", {**office, "year": 2005}), ("b.mkv", {**office, "year": 2001}))
    there = ["Shows/The Office/Season 01/x.mkv"]
    planned = mo.plan(both, "/lib", existing=there)
    assert [target.split("/")[1] for target in targets(planned)] == ["The Office (2005)", "The Office (2001)"]
    one = mo.plan(both.iloc[1:], "/lib", existing=[*there, "Shows/The Office (2005)/Season 01/x.mkv"])
    assert targets(one)[0].startswith("Shows/The Office (2001)/")


@pytest.mark.parametrize(
    ("there", "ids", "joined"),
    [
        ("Lost (2004) [tvdbid-2]", {"tvdb_id": 1}, False),
        ("Lost (2010) [tvdbid-1]", {"tvdb_id": 1}, True),
        ("Lost [tvdbid-2]", {"tvdb_id": 1}, False),
        ("Lost (2004) [tmdbid-9]", {"tvdb_id": 1}, True),
    ],
)
def test_an_id_decides_whether_a_folder_is_the_shows_own(there, ids, joined):
    label = {**SHOW, "season": 1, "episodes": (1,), **ids}
    planned = mo.plan(rows(("a.mkv", label)), "/lib", existing=[f"Shows/{there}/Season 01/x.mkv"])
    assert targets(planned)[0].startswith(f"Shows/{there}/") is joined


@pytest.mark.parametrize(
    ("title", "there"), [("दिल", "दल"), ("ไม้", "ไม่"), ("C++", "C"), ("C#", "C++"), ("10-4", "104"), ("1.1", "11")]
)
def test_titles_that_only_look_alike_to_a_careless_eye_are_not_joined(title, there):
    label = {"media_type": "episode", "title": title, "season": 1, "episodes": (1,)}
    planned = mo.plan(rows(("a.mkv", label)), "/lib", existing=[f"Shows/{there}/Season 01/x.mkv"])
    assert not targets(planned)[0].startswith(f"Shows/{there}/")


def test_one_episode_in_two_files_is_noticed_whatever_its_title():
    pilot = {**SHOW, "season": 1, "episodes": (1,)}
    table = rows(("a.mkv", {**pilot, "episode_title": "Pilot"}), ("b.mkv", pilot))
    kept = mo.plan(table, "/lib", existing=[])
    assert targets(kept) == [f"{LOST}1 Pilot.mkv", f"{LOST}1 - copy 2.mkv"]
    assert mo.plan(table, "/lib", on_conflict="conflict", existing=[])["status"].tolist() == ["conflict"] * 2
    assert mo.plan(table, "/lib", on_conflict="skip", existing=[])["operation"].tolist() == ["move", "skip"]
    better = mo.plan(table.assign(quality=[720, 1080]), "/lib", on_conflict="better", existing=[])
    assert targets(better)[0].startswith("Duplicates/")
    versions = mo.plan(table.assign(quality=[720, 1080]), "/lib", existing=[])
    assert targets(versions) == [f"{LOST}1 Pilot - 720p.mkv", f"{LOST}1 - 1080p.mkv"]
    days = rows(*((f"{at}.mkv", {**SHOW, "date": "2011-11-15", "episode_title": at}) for at in ("One", "Two")))
    assert mo.plan(days, "/lib", existing=[])["reason"].isna().all()


def test_films_of_other_titles_are_no_versions_of_each_other_though_their_safe_names_agree():
    table = rows(
        ("a.mkv", {**FILM, "title": "Face/Off", "quality": 720}),
        ("b.mkv", {**FILM, "title": "Face-Off", "quality": 1080}),
    )
    for on_conflict in ("keep_both", "better"):
        planned = mo.plan(table, "/lib", on_conflict=on_conflict, existing=[])
        assert not planned["target"].str.contains("Duplicates|1080p").any()


def test_what_was_set_aside_stays_there():
    table = rows(("Duplicates/Movies/Alien (1979)/Alien (1979).mkv", FILM), folder="/lib")
    planned = mo.plan(table, "/lib", existing=table)
    assert planned.loc[0, ["operation", "status"]].tolist() == ["skip", "unchanged"]
    assert planned.loc[0, "reason"].startswith("set_aside: ")


def test_parts_beside_a_version_that_stands_in_the_library_are_blocked():
    table = rows(("a.mkv", {**FILM, "part": 1}), ("b.mkv", {**FILM, "part": 2}))
    planned = mo.plan(table, "/lib", existing=["Movies/Alien (1979)/Alien (1979).mkv"])
    assert planned["status"].tolist() == ["blocked"] * 2


@pytest.mark.parametrize("label", [{"season": "s1"}, {"season": -1}, {"year": 2004.5}, {"year": 0}, {"part": "one"}])
def test_a_number_that_is_none_waits_for_a_person(label):
    planned = mo.plan(rows(("a.mkv", {**SHOW, "season": 1, "episodes": (1,), **label})), "/lib", existing=[])
    assert planned.loc[0, "status"] == "review"
    assert planned.loc[0, "reason"].startswith(f"bad_label: {next(iter(label))} ")
    assert mo.check(planned, existing=[]).loc[0, "status"] == "review"


def test_paths_as_objects_and_a_single_path_that_stands_for_the_library_are_taken():
    table = rows(("a.mkv", FILM)).assign(path=[Path("/in/a.mkv")])
    there = "/lib/Movies/Alien (1979)/Alien (1979).mkv"
    assert mo.plan(table, "/lib", existing=there).loc[0, "reason"].startswith("copy: ")


def test_a_suffix_is_made_safe_too_and_kept():
    planned = mo.plan(
        rows(("z.m:v", {**FILM, "kind": "video"}), ("y.mkv ", {**FILM, "title": "C"})), "/lib", existing=[]
    )
    assert ":" not in targets(planned)[0]
    assert targets(planned)[1] == "Movies/C (1979)/C (1979).mkv"


def test_a_layout_of_ones_own_is_called_otherwise_than_a_servers():
    with pytest.raises(BadSetting, match="give your own another name"):
        mo.plan(rows(("a.mkv", FILM)), "/lib", layout=mo.Layout("plex"), existing=[])


def test_of_two_shows_of_one_title_none_is_joined_by_guess():
    there = ["Shows/Galactica (1978)/x.mkv", "Shows/Galactica (2004)/x.mkv"]
    label = {"media_type": "episode", "title": "Galactica", "season": 1, "episodes": (1,)}
    assert targets(mo.plan(rows(("a.mkv", label)), "/lib", existing=there))[0].startswith("Shows/Galactica/")


def test_a_film_joins_a_folder_that_bears_an_id_and_is_called_as_the_folder_is():
    there = "Movies/Alien (1979) [tmdbid-348]/Alien (1979) [tmdbid-348].mkv"
    planned = mo.plan(rows(("a.mkv", {**FILM, "edition": "Cut"})), "/lib", existing=[there])
    assert targets(planned) == ["Movies/Alien (1979) [tmdbid-348]/Alien (1979) [tmdbid-348] - Cut.mkv"]
    other = mo.plan(rows(("a.mkv", {**FILM, "year": None})), "/lib", existing=[there])
    assert targets(other) == ["Movies/Alien/Alien.mkv"]


@pytest.mark.parametrize(
    ("layout", "film", "episode"),
    [
        (
            "jellyfin",
            "Alien (1979) [tmdbid-348]/Alien (1979) [tmdbid-348]",
            "Lost [tvdbid-73739]/Season 01/Lost S01E01",
        ),
        ("plex", "Alien (1979) {tmdb-348}/Alien (1979) {tmdb-348}", "Lost {tvdb-73739}/Season 01/Lost - s01e01"),
        ("kodi", "Alien (1979) {tmdb-348}/Alien (1979) {tmdb-348}", "Lost {tvdb-73739}/Season 01/Lost - S01E01"),
    ],
)
def test_ids_are_written_as_the_server_reads_them(layout, film, episode):
    table = rows(
        ("a.mkv", {**FILM, "tmdb_id": 348, "imdb_id": "tt0078748"}),
        ("b.mkv", {"media_type": "episode", "title": "Lost", "season": 1, "episodes": (1,), "tvdb_id": 73739}),
    )
    planned = targets(mo.plan(table, "/lib", layout=layout, existing=[]))
    assert [target.partition("/")[2] for target in planned] == [f"{film}.mkv", f"{episode}.mkv"]


def test_a_folder_of_another_spelling_is_joined():
    there = "shows/LOST (2004)/season 01/x.mkv"
    planned = mo.plan(rows(("a.mkv", {**SHOW, "season": 1, "episodes": (1,)})), "/lib", existing=[there])
    assert targets(planned) == ["shows/LOST (2004)/season 01/LOST (2004) S01E01.mkv"]


def test_two_spellings_in_one_plan_are_one_folder():
    table = rows(("a.mkv", {**SHOW, "episodes": (1,)}), ("b.mkv", {**SHOW, "title": "LOST", "episodes": (2,)}))
    assert targets(mo.plan(table, "/lib", existing=[]))[1] == f"{LOST}2.mkv"


# ---- a library planned onto itself ----


def test_what_is_right_is_unchanged():
    home = rows(
        ("Movies/Alien (1979)/Alien (1979).mkv", FILM),
        ("Movies/Alien (1979)/Alien (1979).en.srt", {}),
        ("Movies/Alien (1979)/poster.jpg", {}),
        ("Movies/Alien (1979)/Alien (1979) - copy 2.mkv", FILM),
        folder="/lib",
    )
    planned = mo.plan(home, "/lib", existing=home)
    assert planned["status"].tolist() == ["unchanged"] * 4


def test_a_place_the_plan_vacates_is_free():
    swap = rows(
        ("Movies/A (2000)/A (2000).mkv", {"media_type": "movie", "title": "B", "year": 2000}),
        ("Movies/B (2000)/B (2000).mkv", {"media_type": "movie", "title": "A", "year": 2000}),
        folder="/lib",
    )
    planned = mo.plan(swap, "/lib", existing=swap)
    assert planned["status"].tolist() == ["ready", "ready"]
    assert planned["target"].tolist() == planned["source"].tolist()[::-1]
    copied = mo.plan(swap, "/lib", existing=swap, operation="copy")
    assert copied["target"].str.endswith(" - copy 2.mkv").all()


def test_a_place_whose_holder_stays_is_not_free():
    chain = rows(
        ("Movies/A (2000)/A (2000).mkv", {"media_type": "movie", "title": "B", "year": 2000, "needs_review": True}),
        ("a.mkv", {"media_type": "movie", "title": "A", "year": 2000}),
        folder="/lib",
    )
    planned = mo.plan(chain, "/lib", existing=chain)
    assert planned["status"].tolist() == ["review", "ready"]
    assert targets(planned)[1] == "Movies/A (2000)/A (2000) - copy 2.mkv"


def test_a_case_only_rename_is_ready():
    table = rows(("Movies/Alien (1979)/ALIEN (1979).mkv", FILM), folder="/lib")
    planned = mo.plan(table, "/lib", existing=table)
    assert planned["status"].tolist() == ["ready"]
    assert targets(planned) == ["Movies/Alien (1979)/Alien (1979).mkv"]


# ---- the table ----


def test_a_plan_keeps_rows_order_index_labels_and_identity():
    table = rows(("b.mkv", FILM), ("a.mkv", {**SHOW, "episodes": (1,)}))
    table.index = pd.Index(["x", "y"], name="key")
    table[["size", "mtime_ns"]] = [[5, 1764000000123456789], [None, None]]
    table["mine"] = [1, 2]
    table.attrs = {"mediaorg": {"scanned": "yes"}, "mine": [1]}
    planned = mo.plan(table, "/lib", existing=[])
    assert planned.index.equals(table.index)
    assert planned["source"].tolist() == table["path"].tolist()
    assert planned["mine"].tolist() == [1, 2]
    assert planned["mtime_ns"].dtype == "Int64"
    assert planned["size"].isna().tolist() == [False, True]
    assert planned["title"].tolist() == ["Alien", "Lost"]
    assert planned["move_id"].is_unique
    assert not set(planned["move_id"]) & set(mo.plan(table, "/lib", existing=[])["move_id"])
    assert planned.attrs["mine"] == [1]
    assert planned.attrs["mediaorg"] == {
        "scanned": "yes",
        "plan": {
            "target_root": "/lib",
            "target_root_existed": False,
            "layout": "jellyfin",
            "on_conflict": "keep_both",
            "names": "safe",
        },
    }


def test_no_rows_give_the_same_columns():
    full = mo.plan(rows(("a.mkv", FILM)), "/lib", existing=[])
    none = mo.plan(rows(("a.mkv", FILM)).iloc[:0], "/lib", existing=[])
    assert len(none) == 0
    assert none.dtypes.to_dict() == full.dtypes.to_dict()
    assert {column.name for column in schema.PLAN} <= set(none.columns)


@pytest.mark.parametrize(
    "wrong", [{"layout": "emby"}, {"operation": "remove"}, {"on_conflict": "overwrite"}, {"names": "ugly"}]
)
def test_a_bad_setting_names_itself_and_its_choices(wrong):
    with pytest.raises(BadSetting, match=f"{next(iter(wrong))} must be one of .*, not"):
        mo.plan(rows(("a.mkv", FILM)), "/lib", existing=[], **wrong)


def test_missing_columns_and_a_target_that_is_a_file_are_told(tmp_path):
    with pytest.raises(MissingColumns, match="path"):
        mo.plan(pd.DataFrame({"media_type": [], "title": []}), "/lib")
    with pytest.raises(MissingColumns, match="media_type"):
        mo.plan(pd.DataFrame({"path": ["/a.mkv"]}), "/lib")
    (tmp_path / "file").touch()
    with pytest.raises(NotAFolder, match="file"):
        mo.plan(rows(("a.mkv", FILM)), tmp_path / "file")


@pytest.mark.parametrize("operation", ["copy", "hardlink", "symlink"])
def test_what_was_copied_or_linked_before_is_not_copied_again(messy, tmp_path, operation):
    """A cron job that copies must not fill the disk with second copies."""
    library = tmp_path / "library"

    def planned():
        labels = mo.run(mo.classify(mo.run(mo.scan(messy, progress=False)), progress=False))
        return mo.plan(labels, library, operation=operation)

    first = mo.run(mo.apply(planned(), journal=tmp_path / "j.sqlite", progress=False))
    assert first["state"].eq("done").sum() > 50
    again = planned()
    assert not again["status"].eq("ready").any()
    assert again.loc[first["state"].eq("done"), "status"].eq("unchanged").all()


@pytest.mark.parametrize(
    ("kept", "status"),
    [
        (1_700_000_000_000_000_000, "unchanged"),  # FAT
        (1_700_000_001_230_000_000, "unchanged"),  # exFAT
        (1_700_000_001_234_567_800, "unchanged"),  # NTFS
        (1_700_000_001_220_000_000, "ready"),
        (1_700_000_001_234_567_891, "ready"),
    ],
)
def test_a_copy_is_known_by_its_time_as_far_as_its_file_system_keeps_it(tmp_path, kept, status):
    source = tmp_path / "in" / "Alien (1979).mkv"
    source.parent.mkdir()
    source.write_bytes(b"film")
    os.utime(source, ns=(0, 1_700_000_001_234_567_890))
    labels = mo.run(mo.classify(mo.run(mo.scan(source.parent, progress=False)), progress=False))
    there = mo.to_path(mo.plan(labels, tmp_path / "lib", operation="copy").loc[0, "target"])
    there.parent.mkdir(parents=True)
    there.write_bytes(b"film")
    os.utime(there, ns=(0, kept))
    assert mo.plan(labels, tmp_path / "lib", operation="copy").loc[0, "status"] == status


def test_a_file_nobody_could_look_at_waits_for_a_person():
    label = {"media_type": "movie", "title": "A"}
    table = pd.DataFrame(
        [
            {"path": "/in/a.mkv", **label, "playable": None, "probe_error": "timeout: 30 s"},
            {"path": "/in/b.mkv", **label, "playable": True, "probe_error": None},
        ]
    )
    planned = mo.plan(table, "/lib", existing=[])
    assert planned["status"].tolist() == ["review", "ready"]
    assert planned.loc[0, "reason"] == "not_looked_at: timeout: 30 s"
