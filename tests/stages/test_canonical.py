"""classify with a catalogue: it settles titles, years and kinds, and a miss changes nothing."""

import asyncio
import threading
from itertools import repeat

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg.errors import BadSetting
from mediaorg.records import Episode, Work
from tests.imdb_files import imdb_files
from tests.llm_server import Server


@pytest.fixture
def imdb(tmp_path):
    catalogue = mo.IMDb.load(imdb_files(tmp_path / "tsv"), into=tmp_path / "imdb.sqlite", progress=False)
    yield catalogue
    catalogue.close()


def label(*paths, catalogue=None, also=None, **settings):
    table = pd.concat([pd.DataFrame({"path": [f"/v/{path}" for path in paths], "root": "/v"}), also], axis=1)
    return mo.run(mo.classify(table, catalogue=catalogue, progress=False, **settings))


def said(labels, at=0):
    row = labels.iloc[at]
    return row["media_type"], row["title"], None if pd.isna(row["year"]) else int(row["year"])


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("glass orchard.1080p.bluray.x264-grp.mkv", ("movie", "Glass Orchard", 1999)),  # of two, the one all know
        ("Glass.Orchard.1950.DVDRip.XviD-GRP.mkv", ("movie", "Glass Orchard", 1950)),
        ("Glass.Orchard.1998.DVDRip.XviD-GRP.mkv", ("movie", "Glass Orchard", 1999)),  # a year beside
        ("der glaserne garten.1999.mkv", ("movie", "Glass Orchard", 1999)),  # by another of its names
        ("glass orchard 1998.mkv", ("movie", "Glass Orchard", 1999)),
        ("lantern/lantern S01E02.mkv", ("episode", "The Lantern", 2005)),
        ("Apollo 13 (1995).mkv", ("movie", "Apollo 13", 1995)),
    ],
)
def test_title_year_and_kind_are_settled(imdb, path, wanted):
    labels = label(path, catalogue=imdb)
    assert said(labels) == wanted
    assert labels["label_source"].tolist() == ["catalogue"]
    assert "IMDb knows it" in labels["evidence"].iloc[0]
    assert not labels["needs_review"].any()


@pytest.mark.parametrize(
    ("path", "least", "most"),
    [
        ("Glass.Orchard.1999.mkv", 0.95, 1.0),
        ("lantern/lantern S01E02.mkv", 0.95, 1.0),
        ("glass orchard 1999.mkv", 0.95, 0.95),
        ("glass orchard 1998.mkv", 0.85, 0.85),  # a year beside is another's as often
        ("glass orchard.1080p.bluray.x264-grp.mkv", 0.85, 0.85),
    ],
)
def test_a_label_becomes_surer_and_most_where_year_or_number_bear_it_out(imdb, path, least, most):
    before, after = (label(path, catalogue=catalogue)["confidence"].iloc[0] for catalogue in (None, imdb))
    assert least <= after <= most
    assert after >= before


def test_a_number_that_a_short_list_does_not_reach_is_neither_surer_nor_a_miss(imdb):
    path = "lantern/lantern S09E09.mkv"
    before, after = label(path), label(path, catalogue=imdb)
    assert said(after) == ("episode", "The Lantern", 2005)
    assert after["confidence"].tolist() == before["confidence"].tolist()


@pytest.mark.parametrize(
    ("path", "title", "year"),
    [
        ("glass orchard.mkv", "Glass Orchard", 1999), ("Videos/glass orchard.mp4", "Glass Orchard", 1999),
        ("Apollo 13.mkv", "Apollo 13", 1995), ("der glaserne garten.mkv", "Glass Orchard", 1999), ("salt and iron.mkv", "Salt & Iron", None),
    ],
)  # fmt: skip
def test_a_doubtful_film_is_settled_by_a_title_of_several_words(imdb, path, title, year):
    before, after = label(path), label(path, catalogue=imdb)
    assert before["needs_review"].all()
    assert said(after)[:2] == ("movie", title)
    assert after["year"].astype(object).where(after["year"].notna(), None).tolist() == [year]
    assert (after["confidence"].iloc[0], after["label_source"].iloc[0]) == (0.85, "catalogue")


@pytest.mark.parametrize(
    "path",
    [
        "nobody knows it.mkv",
        "Glass.Orchard.1970.mkv",
        "IMG_1234.MOV",
        "x.srt",
        "Glass Orchard S01E01.mkv",
        "The Lantern (2005).mkv",
        "The Lantern S01E20.mkv",  # of another show of that name
    ],
)
def test_a_miss_changes_nothing(imdb, path):
    found = label(path, catalogue=imdb)
    assert found.attrs["mediaorg"]["classify"]["catalogue"]["settled"] == 0
    found.attrs = {}
    pd.testing.assert_frame_equal(found, label(path))


def test_two_works_of_one_name_that_nobody_can_tell_apart_are_a_miss():
    class Two:
        def search(self, title, *, year=None):
            return [Work("1", "movie", title, 1950, votes=30), Work("2", "movie", title, 1999, votes=40)]

        def episodes(self, work_id):
            return []

    assert label("glass orchard.mkv", catalogue=Two())["label_source"].tolist() == ["name"]


def test_what_a_person_said_stays(imdb):
    said_by_me = pd.DataFrame({"path": ["/v/glass orchard.mkv"], "title": ["Salt and Iron"]})
    labels = label("glass orchard.mkv", catalogue=imdb, corrections=said_by_me)
    assert labels[["title", "label_source"]].values.tolist() == [["Salt and Iron", "user"]]


def test_a_catalogue_asks_once_a_title_and_one_that_fails_is_a_warning(caplog):
    class Broken:
        asked = 0

        def search(self, title, *, year=None):
            self.asked += 1
            raise OSError("no network")

        def episodes(self, work_id):
            return []

    broken = Broken()
    labels = label("glass orchard.mkv", "quiet lantern.mkv", catalogue=broken)
    assert broken.asked == 1
    assert "no network" in caplog.text
    assert labels.attrs["mediaorg"]["classify"]["catalogue"]["error"] == "OSError: no network"
    assert labels["label_error"].isna().all()


@pytest.mark.parametrize("wrong", ["imdb", 7, mo.IMDb, object()])
def test_what_is_no_catalogue_is_said(wrong):
    with pytest.raises(BadSetting, match="catalogue"):
        label("a.mkv", catalogue=wrong)


def test_what_the_catalogue_settles_is_not_asked_of_a_model_and_what_a_model_settles_is_looked_up(imdb):
    def model(document):
        return {
            "rows": [
                {"id": row["id"], "echo": row["path"][:8], "kind": "movie", "title": "Salt and Iron", "year": None,
                 "season": None, "episodes": [], "confidence": 95, "why": ""}
                for row in document["rows"]
            ]
        }  # fmt: skip

    with Server(model) as server:
        ai = mo.AI("m", base_url=server.url)
        short = pd.DataFrame({"duration": [1200.0, None]})  # of twenty minutes: doubtful, but of its year
        paths = ("Glass.Orchard.1999.mkv", "salt and iron by bob.mkv")
        assert label(*paths, also=short)["needs_review"].all()
        labels = label(*paths, also=short, catalogue=imdb, ai=ai, cache=False)
    assert "salt and iron" in "".join(server.bodies)
    assert "Glass.Orchard" not in "".join(server.bodies)
    assert labels["label_source"].tolist() == ["catalogue", "catalogue"]
    assert labels["title"].tolist() == ["Glass Orchard", "Salt & Iron"]


def test_a_translation_of_a_model_holds_where_the_catalogue_knows_it(imdb):
    def model(document):
        return {
            "rows": [
                {"id": row["id"], "echo": row["path"].split("/")[-1][:8], "kind": "episode", "title": "The Lantern",
                 "year": None, "season": 1, "episodes": [2], "confidence": 95, "why": ""}
                for row in document["rows"]
            ]
        }  # fmt: skip

    with Server(model) as server:
        ai = mo.AI("m", base_url=server.url)
        path = "Die Laterne/Die Laterne 102.mkv"
        assert "ai_rejected" in label(path, ai=ai, cache=False)["label_error"].iloc[0]
        labels = label(path, ai=ai, cache=False, catalogue=imdb)
    assert labels["title"].tolist() == ["The Lantern"]


# ---- a person's own, of odd values -----------------------------------------------------------------------------


class Own:
    def __init__(self, works, listed=()):
        self.works, self.listed = works, listed

    def search(self, title, *, year=None):
        return self.works

    def episodes(self, work_id):
        return self.listed


def odd(**said):
    return Work(**{"id": "1", "kind": "series", "title": "Lantern", "year": 2005, **said})


PATH = "lantern/lantern S01E02.mkv"
ODD = [
    {"id": [1]}, {"id": None}, {"id": 7}, {"id": ""}, {"id": "1" * 10_000}, {"id": "1\n2"},
    {"kind": "game"}, {"kind": ["series"]}, {"kind": None},
    {"year": 99_999}, {"year": -5}, {"year": 0}, {"year": 10**30}, {"year": True}, {"year": "2005"}, {"year": 2005.0}, {"year": float("nan")},
    {"title": ""}, {"title": " "}, {"title": None}, {"title": 7}, {"title": "Lantern" * 2000}, {"title": "Lantern\n"},
    {"title": "Lan\x00tern"}, {"title": "\x1b[31mLantern"}, {"title": "Lantern\udce9"}, {"title": "\u202eLantern"},
    {"also": None}, {"also": ["Lantern"]}, {"also": (None,)}, {"also": ("Lantern" * 2000,)},
    {"votes": None}, {"votes": "many"}, {"votes": float("nan")}, {"votes": True},
]  # fmt: skip


@pytest.mark.parametrize("said", ODD, ids=lambda said: str(said)[:40])
def test_a_work_of_odd_values_is_left_out(said):
    found = label(PATH, catalogue=Own([odd(**said), None, "Lantern", 7, {"title": "Lantern"}]))
    assert found["label_source"].tolist() == label(PATH)["label_source"].tolist()
    assert found["title"].tolist() == ["lantern"]
    assert found.attrs["mediaorg"]["classify"]["catalogue"]["error"] is None
    beside = label(PATH, catalogue=Own([odd(**said), odd()]))
    assert beside["title"].tolist() == ["Lantern"]


@pytest.mark.parametrize(
    "one",
    [
        Episode(10**30, 1),
        Episode(1, 10**30),
        Episode(-1, 1),
        Episode("1", "2"),
        Episode([1], 2),
        Episode(True, 2),
        None,
        7,
    ],
)
def test_an_episode_of_odd_values_is_left_out(one):
    found = label(PATH, catalogue=Own([odd()], [one, Episode(1, 2)]))
    assert found["label_source"].tolist() == ["catalogue"]
    assert label(PATH, catalogue=Own([odd()], [one]))["title"].tolist() == ["Lantern"]  # as if nothing were listed


@pytest.mark.parametrize("works", [None, 7, "Lantern", {}, repeat(None), repeat(odd())], ids=repr)
def test_an_answer_that_is_no_list_of_works_ends_no_run(works):
    assert said(label(PATH, catalogue=Own(works)))[1] in ("lantern", "Lantern")
    assert said(label(PATH, catalogue=Own([odd()], works)))[1] in ("lantern", "Lantern")


# ---- one that hangs --------------------------------------------------------------------------------------------


class Hanging:
    """It knows what was asked before, and then never comes back, as a server that is down does."""

    def __init__(self, *, at):
        self.at, self.asked, self.hangs, self.released = at, 0, threading.Event(), threading.Event()

    def search(self, title, *, year=None):
        self._turn()
        return [Work("1", "series", title, 2001)]

    def episodes(self, work_id):
        self._turn()
        return []

    def _turn(self):
        self.asked += 1
        if self.asked >= self.at:
            self.hangs.set()
            self.released.wait(50)


@pytest.fixture(params=[1, 2, 3], ids=["first title", "its episodes", "second title"])
def hanging(request):
    catalogue = Hanging(at=request.param)
    yield catalogue
    catalogue.released.set()


SHOWS = ("Lantern/Lantern S01E02.mkv", "Iron Harbor/Iron Harbor S01E02.mkv")


def begun(hanging):
    table = pd.DataFrame({"path": [f"/v/{path}" for path in SHOWS], "root": "/v"})
    job = mo.start(mo.classify(table, catalogue=hanging, progress=False))
    assert hanging.hangs.wait(50)
    return job


def test_a_cancel_does_not_wait_for_a_catalogue(hanging):
    job = begun(hanging)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        job.result()
    assert not hanging.released.is_set()  # or this test had waited 50 s


def test_a_stop_does_not_wait_for_a_catalogue_and_keeps_what_it_was_asked_for(hanging):
    job = begun(hanging)
    job.stop()
    labels = job.result()
    assert labels["title"].tolist() == ["Lantern", "Iron Harbor"]
    assert labels["label_source"].iloc[-1] != "catalogue"
    assert labels.attrs["mediaorg"]["classify"]["catalogue"]["error"] is None
