"""Layouts are data: what the tables promise of themselves, and a layout of one's own. Targets stand in test_plan."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.layouts import JELLYFIN, LAYOUTS, Place, Work, place, unstackable, version, work_name
from mediaorg.rules.safe_names import LONGEST, SIDECAR_ROOM

TYPES = "trailer behind_the_scenes deleted featurette interview scene short clip sample other".split()


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
def test_every_layout_knows_every_type_of_extra(layout):
    assert set(layout.extras) == set(TYPES)


def test_another_server_is_another_table():
    mine = replace(
        JELLYFIN,
        name="mine",
        film=("Films", "{work}"),
        label=" [{label}]",
        episode_stem="{work} - {number}{episode_title}{label}",
    )
    film = place(mine, Work("movie", "Alien", 1979, edition="Cut"))
    assert isinstance(film, Place)
    assert (film.folders, film.stem("720p")) == (("Films", "Alien (1979)"), "Alien (1979) [Cut 720p]")
    episode = place(mine, Work("episode", "Lost", season=1, episodes=(1, 2), episode_title="Pilot"))
    assert isinstance(episode, Place)
    assert episode.stem() == "Lost - S01E01-E02 Pilot"


@given(
    title=st.text(max_size=300),
    year=st.one_of(st.none(), st.integers(1, 9999)),
    edition=st.one_of(st.none(), st.text(max_size=300)),
    part=st.one_of(st.none(), st.integers(1, 99)),
    quality=st.sampled_from([None, "2160p"]),
)
def test_a_film_of_any_title_keeps_year_and_part_and_begins_with_its_folder(title, year, edition, part, quality):
    found = place(JELLYFIN, Work("movie", title or "x", year, edition=edition, part=part))
    assert isinstance(found, Place)
    stem = found.stem(quality, copy=99)
    assert stem.startswith(found.folders[1])
    assert len(stem.encode()) <= LONGEST - SIDECAR_ROOM - len(".mkv")
    if year is not None:
        assert found.folders[1].endswith(f" ({year})")
    if part is not None:
        assert f"-cd{part} - copy" in stem


@given(
    title=st.text(max_size=300),
    episode_title=st.text(max_size=300),
    season=st.integers(0, 99),
    episode=st.integers(0, 9999),
)
def test_an_episode_of_any_title_keeps_its_number(title, episode_title, season, episode):
    found = place(JELLYFIN, Work("episode", title or "x", 2004, season, (episode,), episode_title=episode_title))
    assert isinstance(found, Place)
    assert len(found.stem("2160p", copy=99).encode()) <= LONGEST - SIDECAR_ROOM - len(".mkv")
    number = f" S{season:02d}E{episode:02d}"
    assert found.stem() == found.folders[1] + number or found.stem().startswith(f"{found.folders[1]}{number} ")


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
