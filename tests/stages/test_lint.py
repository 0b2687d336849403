"""What is planned is read back by each server as it was labelled: item by item, and whatever the label."""

import re

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg.errors import BadSetting, MissingColumns
from mediaorg.rules.collisions import path_key
from mediaorg.rules.servers import FLAGS, SERVERS, read
from tests.rules.servers.truth import LABELS, SIDECARS

servers = pytest.mark.parametrize("server", SERVERS)

# What a server has no way to show, and `lint` says so. Nothing is lost: the words stay in the name.
TOLD = {
    "jellyfin": {
        "/in/shows/multi/twins.S01E10E12.mkv": "reads episodes 10-11-12, not 10-12",
        "/in/shows/multi/twins.S01E13E15E17.mkv": "reads episodes 13-14-15-16-17, not 13-15-17",
    },
    "plex": {
        "/in/shows/multi/twins.S01E10E12.mkv": "reads episodes 10-11-12, not 10-12",
        "/in/shows/multi/twins.S01E13E15E17.mkv": "reads episodes 13-14-15, not 13-15-17",
    },
    "kodi": {},
}


def labels(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    counts = [name for name in ("year", "season", "part", "quality") if name in frame]
    return frame.astype(dict.fromkeys(counts, "Int64"))


@pytest.fixture(scope="module", params=list(SERVERS))
def planned(request):
    return mo.plan(labels(LABELS), "/lib", layout=request.param, existing=[])


def test_every_target_of_the_truth_is_read_back_as_its_label(planned):
    linted = mo.lint(planned, existing=[])
    server = planned["layout"].iloc[0]
    said = linted[linted["lint"].notna()].set_index("path")["lint"].to_dict()
    assert said == {path: f"{server} {words}" for path, words in TOLD[server].items()}
    assert linted.loc[linted["target"].notna(), "taken_for"].notna().all()


def test_no_two_targets_of_the_truth_are_alike_and_none_is_kept_back(planned):
    keys = planned["target"].dropna().map(path_key)
    assert keys.is_unique
    waiting = planned["needs_review"].fillna(False).astype(bool)  # as one label says, and nothing else
    assert planned.loc[waiting, "status"].eq("review").all()
    assert set(planned.loc[~waiting, "status"]) <= {"ready", "unchanged"}
    assert planned.loc[planned["status"] == "unchanged", "media_type"].tolist() == ["other"]


def test_sidecars_lie_beside_their_video_and_are_read_with_their_flags(planned):
    server = planned["layout"].iloc[0]
    going = planned[planned["target"].notna()].reset_index(drop=True)
    taken = read(server, going["target"].str.removeprefix("/lib/").tolist())
    at = {path: place for place, path in enumerate(going["path"])}
    for path, said in SIDECARS.items():
        one, target = taken[at[path]], going.loc[at[path], "target"]
        owner = going.loc[at[said["of"]]]
        assert going.loc[at[path], "belongs_to"] == owner["move_id"], path
        assert target.rpartition("/")[0] == owner["target"].rpartition("/")[0], path
        if going.loc[at[path], "kind"] == "subtitle" and not target.endswith((".sub", ".idx")):
            assert _base(one.language) == _base(said.get("language")), (path, target)
            assert f".{said['language']}." in target if "-" in str(said.get("language")) else True, target
            meant = {_SAME.get(flag, flag) for flag in said.get("flags", ())}
            assert {_SAME.get(flag, flag) for flag in one.flags} == meant & FLAGS[server], (path, target)
        if isinstance(one.owner, int):
            assert going.loc[one.owner, "path"] == said["of"], path


def _base(language: object) -> str:
    return str(language or "").partition("-")[0]  # not every server reads the region


_SAME = {"cc": "sdh", "hi": "sdh", "foreign": "forced"}

TITLES = st.one_of(
    st.sampled_from(
        "1923|24|Dune|Dune - Part Two|Alien 3|The Trailer|9-1-1|S.W.A.T.|Mission: Impossible|Route66|CD1|Part 2|é|Se7en|"
        "Up (2009)|2001: A Space Odyssey|[REC]|M*A*S*H|Face/Off|What If...?|千と千尋|Сталкер|3%|.hack|-30-|Ocean's 11".split(
            "|"
        )
    ),
    st.text("abcdeinorst EISX0123456789-.'&()", min_size=1, max_size=24).filter(
        lambda title: any(map(str.isalpha, title))
    ),
)
YEARS = st.integers(1920, 2029)
FILM = st.fixed_dictionaries(
    {"media_type": st.just("movie"), "title": TITLES, "year": YEARS},
    optional={
        "edition": st.sampled_from(["Final Cut", "Extended", "Director's Cut"]),
        "quality": st.sampled_from([720, 1080, 2160]),
    },
)
EPISODE = st.fixed_dictionaries(
    {
        "media_type": st.just("episode"),
        "title": TITLES,
        "year": YEARS,
        "season": st.integers(0, 40),
        "episodes": st.integers(1, 400).flatmap(
            lambda first: st.integers(1, 3).map(lambda n: tuple(range(first, first + n)))
        ),
    },
    optional={"episode_title": TITLES, "quality": st.sampled_from([720, 1080])},
)
DAILY = st.fixed_dictionaries(
    {
        "media_type": st.just("episode"),
        "title": st.just("The Late Desk"),
        "date": st.dates().filter(lambda day: day.year > 1950).map(str),
    },
    optional={"episode_title": TITLES},
)


# A title that is itself a mark to the server.
HOPELESS = re.compile(r"s\d+\W*e\d|\d\W*x\W*\d|trailer|sample|sbs|tab|\(\d{4}\)", re.IGNORECASE)


@servers
@given(rows=st.lists(st.one_of(FILM, EPISODE, DAILY), min_size=1, max_size=6))
@example(rows=[{"media_type": "episode", "title": "x", "season": 1, "episodes": (6,), "episode_title": "E9 Protocol"}])
@example(
    rows=[
        {"media_type": "movie", "title": "Dune - Part 1", "year": 1984},
        {"media_type": "movie", "title": "Dune - Part 2", "year": 2024},
    ]
)
def test_what_a_layout_writes_its_server_reads_back(server, rows):
    """Whatever lies beside; what is read otherwise all the same is told, and only of names that no spelling could save."""
    table = labels([{"path": f"/in/{at}.mkv", **row} for at, row in enumerate(rows)])
    linted = mo.lint(mo.plan(table, "/lib", layout=server, existing=[]), existing=[])
    told = linted[linted["lint"].notna()]
    saved = [row for row in told.itertuples() if not HOPELESS.search(row.title)]
    assert [(row.target, row.lint) for row in saved] == []


def test_what_stands_in_the_library_is_seen_beside_what_is_planned():
    table = labels([{"path": "/in/a.mkv", "media_type": "movie", "title": "Dune", "year": 1984}])
    planned = mo.plan(table, "/lib", existing=[])
    alone = mo.lint(planned.assign(target="/lib/Movies/Dune - Part 1.mkv"), existing=[])
    beside = mo.lint(planned.assign(target="/lib/Movies/Dune - Part 1.mkv"), existing=["/lib/Movies/Dune - Part 2.mkv"])
    assert "part" not in alone.loc[0, "lint"]
    assert "jellyfin reads part 1, not none" in beside.loc[0, "lint"]


def test_files_of_two_shows_that_a_server_reads_as_one_are_told():
    rows = [
        {"media_type": "episode", "title": "The Office", "season": 1, "episodes": (1,), "year": year}
        for year in (2001, 2005)
    ]
    table = labels([{"path": f"/in/{at}.mkv", **row} for at, row in enumerate(rows)])
    planned = mo.plan(table, "/lib", existing=[])
    together = planned.assign(
        target=[f"/lib/Shows/The Office/Season 01/The Office S01E01{end}.mkv" for end in ("", " - copy 2")]
    )
    assert mo.lint(together, existing=[])["lint"].str.contains("reads it as one with /in/").all()


@servers
def test_an_extra_of_a_film_without_a_title_is_shown_with_none(server):
    film = {"path": "/in/a.mkv", "media_type": "movie", "title": "Alien"}
    trailer = {"path": "/in/t.mkv", "media_type": "extra", "title": "Alien", "extra_type": "trailer"}
    planned = mo.plan(labels([film, trailer | {"extra_of": "/in/a.mkv"}]), "/lib", layout=server, existing=[])
    assert mo.lint(planned, existing=[])["lint"].isna().all()
    edited = mo.lint(planned.assign(title=[None, "Alien"]), existing=[])
    assert edited["lint"].tolist()[1] == f"{server} reads no title, not 'Alien'"


def test_a_sidecar_of_a_video_that_stands_in_the_library_is_read_as_another_s():
    rows = [{"path": "/in/a.mkv", "media_type": "movie", "title": "Dune"}, {"path": "/in/a.srt", "kind": "subtitle"}]
    planned = mo.plan(labels(rows), "/lib", existing=[])
    film, words = "/lib/Movies/Alien/Alien.mkv", "/lib/Movies/Alien/Alien.srt"
    elsewhere = mo.lint(planned.assign(target=[planned.loc[0, "target"], words]), existing=[film])
    assert mo.lint(planned, existing=[film])["lint"].isna().all()
    assert elsewhere.loc[1, "lint"] == "jellyfin reads it as another video's"


def test_a_ready_row_that_is_read_otherwise_says_so_and_check_keeps_it():
    table = labels([{"path": "/in/a.mkv", "media_type": "movie", "title": "Dune", "year": 1984, "edition": "Cut"}])
    other = mo.lint(mo.plan(table, "/lib", existing=[]), server="plex", existing=[])
    assert other["lint"].isna().all()  # a version's label to it
    edited = mo.plan(table, "/lib", existing=[]).assign(target="/lib/Shows/Dune/Dune S01E01.mkv")
    linted = mo.lint(edited, existing=[])
    assert linted.loc[0, "reason"] == "lint: jellyfin reads an episode, not a movie"
    assert mo.check(linted, existing=[]).loc[0, "reason"] == linted.loc[0, "reason"]


def test_a_plan_keeps_its_rows_and_an_empty_one_its_columns():
    table = labels([{"path": f"/in/{at}.mkv", "media_type": "movie", "title": "Dune", "year": 1984} for at in range(3)])
    planned = mo.plan(table.set_index(pd.Index([7, 7, 8])), "/lib", existing=[])
    linted = mo.lint(planned, existing=[])
    assert linted.index.equals(planned.index)
    assert list(mo.lint(planned.iloc[:0], existing=[]).columns) == list(linted.columns)


def test_who_is_to_read_it_must_be_known():
    table = labels([{"path": "/in/a.mkv", "media_type": "movie", "title": "Dune"}])
    mine = mo.plan(table, "/lib", layout=mo.Layout("mine"), existing=[])
    with pytest.raises(BadSetting, match="the layout 'mine' is no server's; say whom"):
        mo.lint(mine, existing=[])
    assert mo.lint(mine, server="jellyfin", existing=[])["lint"].isna().all()
    with pytest.raises(BadSetting, match="server must be one of"):
        mo.lint(mine, server="emby", existing=[])
    with pytest.raises(MissingColumns, match="target"):
        mo.lint(table)
