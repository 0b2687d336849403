"""Layouts are data: what the tables promise of themselves, and a layout of one's own. Targets stand in test_plan."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.errors import BadSetting
from mediaorg.rules.layouts import JELLYFIN, LAYOUTS, PLEX, Layout, Place, Work, place, unstackable, version, work_name
from mediaorg.rules.safe_names import LONGEST, SIDECAR_ROOM

TYPES = "trailer behind_the_scenes deleted featurette interview scene short clip sample other".split()


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
def test_every_layout_knows_every_type_of_extra(layout):
    assert set(layout.extras) == set(TYPES)


def test_a_layout_of_ones_own_is_a_few_templates():
    mine = Layout(
        "mine",
        film="Films/{title}< ({year})>/{title}< [{label}]>",
        episode="TV/{work}/S{season:02}/{work} - {number}< {episode_title}>",
    )
    film = place(mine, Work("movie", "Alien", 1979, edition="Cut"))
    assert isinstance(film, Place)
    assert (film.folders, film.stem("720p")) == (("Films", "Alien (1979)"), "Alien [Cut 720p]")
    episode = place(mine, Work("episode", "Lost", season=1, episodes=(1, 2), episode_title="Pilot"))
    assert isinstance(episode, Place)
    assert (episode.folders[-1], episode.stem()) == ("S01", "Lost - S01E01-E02 Pilot")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"film": "Movies/All"}, "one name: it needs {work} or {title}"),
        ({"film": "Movies/{work}/film"}, "one name"),
        ({"episode": "TV/{work}/{episode_title}"}, "it needs {number}"),
        ({"episode": "TV/{work}/{director} {number}"}, "'director'"),
        ({"film": "../{work}"}, "below the library"),
        ({"film": None}, "film must be a template"),
        ({"first": "S{season}"}, "needs {episode}"),
        ({"ids": "{tmdb}"}, "'tmdb'"),
        ({"ids": "{provider}"}, "needs {id}"),
        ({"first": "E{episode}/x"}, "cannot add a folder"),
        ({"words_apart": "["}, "words_apart must be a regular expression"),
        ({"stack": 5}, "stack must be a regular expression"),
        ({"most_parts": "8"}, "most_parts must be a whole number"),
        ({"extras": None}, "extras must be a mapping"),
    ],
)
def test_a_layout_that_cannot_be_is_refused_when_it_is_made(wrong, says):
    with pytest.raises(BadSetting, match=re.escape(says)):
        Layout("mine", **wrong)


@given(
    layout=st.sampled_from(list(LAYOUTS.values())),
    title=st.text(max_size=300),
    year=st.one_of(st.none(), st.integers(1, 9999)),
    edition=st.one_of(st.none(), st.text(max_size=300)),
    part=st.one_of(st.none(), st.integers(1, 8)),
    quality=st.sampled_from([None, "2160p"]),
)
def test_a_film_of_any_title_keeps_year_and_part_and_begins_with_its_folder(
    layout, title, year, edition, part, quality
):
    found = place(layout, Work("movie", title or "x", year, edition=edition, part=part))
    assert isinstance(found, Place)
    stem = found.stem(quality, copy=99)
    assert stem.startswith(found.folders[1])
    assert len(stem.encode()) <= LONGEST - SIDECAR_ROOM - len(".mkv")
    if year is not None:
        assert f" ({year})" in found.folders[1]
    if part is not None:
        assert stem.endswith((f"-cd{part} - copy 99", f" - pt{part} - copy 99"))


@given(
    layout=st.sampled_from(list(LAYOUTS.values())),
    title=st.text(max_size=300),
    episode_title=st.text(max_size=300),
    season=st.integers(0, 99),
    episode=st.integers(0, 9999),
)
def test_an_episode_of_any_title_keeps_its_number(layout, title, episode_title, season, episode):
    found = place(layout, Work("episode", title or "x", 2004, season, (episode,), episode_title=episode_title))
    assert isinstance(found, Place)
    assert len(found.stem("2160p", copy=99).encode()) <= LONGEST - SIDECAR_ROOM - len(".mkv")
    assert found.stem().startswith(found.folders[1])
    begin = found.stem()[len(found.folders[1]) :].lower().removeprefix(" -")
    assert begin.startswith(f" s{season:02d}e{episode:02d}")
    assert begin == f" s{season:02d}e{episode:02d}" or begin.removeprefix(f" s{season:02d}e{episode:02d}")[0] == " "


@pytest.mark.parametrize(
    ("stems", "cannot"),
    [
        (["X-cd1", "X-cd2"], False),
        (["X"], False),
        (["X", "X - 720p"], False),
        (["X-cd1", "X"], True),
        (["X - 720p-cd1", "X - 1080p-cd1"], True),
        (["X-cd1", "X-cd1 - copy 2"], True),
        (["X-cd1", "trailer"], False),
    ],
)
def test_parts_and_versions_do_not_go_together(stems, cannot):
    assert unstackable(JELLYFIN, "X", stems) is cannot


@pytest.mark.parametrize(
    ("quality", "claimed", "said"),
    [(1080, None, "1080p"), (None, "4K", "4K"), (None, "7,1.", "7 1"), (None, None, None)],
)
def test_a_version_is_its_quality_else_what_its_name_claims(quality, claimed, said):
    assert version(quality, claimed) == said


def test_a_year_is_written_once():
    assert work_name("Dune (2021)", 2021) == "Dune (2021)"
    assert work_name("Dune (1984)", 2021) == "Dune (1984) (2021)"


def test_plex_joins_eight_parts_and_reads_no_gap_between_episodes():
    assert str(place(PLEX, Work("movie", "Alien", 1979, part=9))).startswith("too_many_parts: ")
    gap = place(PLEX, Work("episode", "Lost", episodes=(1, 3)))
    assert isinstance(gap, Place)
    assert gap.note == "not_a_run: plex will read episodes 1 to 3"
