"""What folders say: seasons in many languages, the show above them, and nothing at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.folders import context, is_generic, season_of
from mediaorg.rules.names import SEASON_WORDS
from mediaorg.rules.sidecars import is_season_folder

WORDS = [*SEASON_WORDS.split("|"), "Series"]


@given(st.sampled_from(WORDS), st.sampled_from(["{} {}", "{} {:02d}", "{}.{}", "{}{}"]), st.integers(1, 60))
def test_a_season_folder_in_any_language_says_its_season(word, form, season):
    for written in (word, word.title(), word.upper()):
        assert season_of(form.format(written, season)) == season
        assert is_season_folder(form.format(written, season))


@given(st.sampled_from(SEASON_WORDS.split("|")), st.integers(1, 60))
def test_a_season_in_any_language_behind_the_shows_name_is_its(word, season):
    found = context((f"Amber Road {word.title()} {season}",))
    assert (found.title, found.season) == ("Amber Road", season)


@pytest.mark.parametrize("name", ["World Series", "Open Season", "Season of the Witch", "Summer", "300", "Season"])
def test_a_title_with_season_in_it_is_no_season(name):
    assert season_of(name) is None


def test_the_world_series_is_no_season_of_a_world():
    assert (context(("World Series 2",)).title, context(("World Series 2",)).season) == ("World Series 2", None)


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
def test_any_folders_give_what_a_label_can_hold(folders):
    found = context(folders)
    assert found.titled is None or found.titled in folders
    assert found.home is None or found.home in folders
    assert found.title is None or (found.title == found.title.strip() and found.titled is not None)
    assert found.season is None or 0 <= found.season < 10_000
    assert found.year is None or 1888 <= found.year <= 2100
