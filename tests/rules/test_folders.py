"""What folders say: seasons in many languages, the show above them, and nothing at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.folders import context, is_generic, season_of

WORDS = [
    "Season {}",
    "Season {:02d}",
    "Staffel {}",
    "Saison {}",
    "Temporada {}",
    "Stagione {}",
    "Сезон {}",
    "S{:02d}",
    "Series {}",
]


@given(st.sampled_from(WORDS), st.integers(1, 60))
def test_a_season_folder_in_any_language_says_its_season(word, season):
    assert season_of(word.format(season)) == season


@pytest.mark.parametrize("name", ["Open Season", "Season of the Witch", "Summer", "300", "Season"])
def test_a_title_with_season_in_it_is_no_season(name):
    assert season_of(name) is None


def test_specials_are_season_0():
    assert season_of("Specials") == 0


def test_the_show_stands_above_its_season():
    found = context(("TV Shows", "Amber Road (2014)", "Season 2"))
    assert (found.title, found.year, found.season) == ("Amber Road", 2014, 2)


def test_folders_that_only_sort_say_nothing():
    assert is_generic("TV-Shows")
    assert context(("Downloads", "complete")).title is None


def test_what_lies_above_a_sorting_folder_is_not_asked():
    assert context(("Anna", "Movies")).title is None


def test_a_release_folder_is_read_as_a_name():
    found = context(("Amber.Road.S03E04.720p.HDTV-GRP",)).release
    assert found is not None
    assert (found.title, found.season, found.episodes) == ("Amber Road", 3, (4,))


def test_extras_and_discs_leave_the_title_to_the_folder_above():
    assert context(("Lantern (1999)", "Trailers")).extra == "trailer"
    assert context(("Lantern (1999)", "Trailers")).title == "Lantern"
    assert context(("Lantern (1999)", "VIDEO_TS")).disc
    assert context(("Lantern (1999)", "CD2")).part == 2


@given(st.lists(st.text(max_size=60), max_size=8).map(tuple))
def test_any_folders_are_read_without_an_exception(folders):
    context(folders)
