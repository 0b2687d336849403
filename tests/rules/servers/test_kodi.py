"""Kodi: tables of names with the rule's source, and the traps a library can fall into.

Sources: xbmc/settings/AdvancedSettings.cpp, EpisodeUtils.cpp, FileItemList.cpp, VideoInfoScanner, Util.cpp; the wiki's
pages on naming video files.
"""

import pytest

from mediaorg.rules.servers import read


def kodi(*files):
    return read("kodi", files)


def film(*names, folder="Alien (1979)"):
    return kodi(*(f"Movies/{folder}/{name}" for name in names))


def episode(name, *, show="Lost (2004)", season="Season 01"):
    return kodi(f"TV Shows/{show}/{season}/{name}")[0]


@pytest.mark.parametrize(
    ("folder", "title", "year"),
    [
        ("Alien (1979)", "Alien", 1979),
        ("Film", "Film", None),
        ("Blade Runner 2049 (2017)", "Blade Runner 2049", 2017),
        ("2012 (2009)", "2012", 2009),
        ("1917", "1917", None),
        ("Mission - Impossible (1996)", "Mission - Impossible", 1996),
        ("기생충 (2019)", "기생충", 2019),
        ("Some.Film.(2011)", "Some Film", 2011),
        ("S.W.A.T. (2003)", "S W A T", 2003),  # cleandatetime takes ". (" for a separator, and dots become blanks
        ("Film (2010) {tmdb-348}", "Film", 2010),
        ("Film (2010) - anything behind the year", "Film", 2010),
        ("[group] Film", "[group] Film", None),  # a cut at the very beginning is none
        ("The Extended Family (1997)", "The", 1997),  # cleanstrings: "extended" is a word of releases
    ],
)
def test_title_and_year_are_the_folders(folder, title, year):
    found = film("any.mkv", folder=folder)[0]
    assert (found.media_type, found.title, found.year) == ("movie", title, year)


def test_a_film_beside_the_folders_is_its_own_name():
    assert [(one.title, one.year) for one in kodi("Movies/Alien (1979).mkv", "Movies/Heat (1995).mkv")] == [
        ("Alien", 1979),
        ("Heat", 1995),
    ]


def test_versions_of_a_film():
    found = film(
        "Alien (1979).mkv", "Alien (1979) - Final Cut.mkv", "Alien (1979) - Final Cut 2160p.mkv", "anything.mkv"
    )
    assert [one.version for one in found] == [None, "Final Cut", "Final Cut 2160p", "anything"]
    assert {one.versions for one in found} == {(2, 1, 0, 3)}
    assert [one.owner for one in found] == [2, 2, None, 2]
    assert {(one.title, one.year) for one in found} == {("Alien", 1979)}


def test_an_edition_in_braces_is_doubted():
    found = film("Alien (1979) {edition-Final Cut}.mkv")[0]
    assert (found.edition, found.version) == ("Final Cut", None)
    assert "v22" in (found.doubt or "")


# --- stacks


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("X (1999)-cd1.mkv", "X (1999)-cd2.mkv"),
        ("X (1999) - part 1.mkv", "X (1999) - part 2.mkv"),
        ("X (1999).disc.a.mkv", "X (1999).disc.b.mkv"),
        ("X (1999) - pt1 - 720p.mkv", "X (1999) - pt2 - 720p.mkv"),
        ("X (1999) a.mkv", "X (1999) b.mkv"),
    ],
)
def test_parts_are_one_film(one, two):
    found = film(two, one, folder="X (1999)")
    assert [(part.part, part.stack) for part in found] == [(2, (1, 0)), (1, (1, 0))]
    assert {(part.title, part.year) for part in found} == {("X", 1999)}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("X (1999)-cd1.mkv", "X (1999)-cd2.avi"),
        ("X (1999).mkv", "X (1999) - 720p.mkv"),
        ("X (1999) - 1080p.mkv", "X (1999) - 720p.mkv"),
        ("X (1999) - Director's Cut.mkv", "X (1999) - Final Cut.mkv"),
        ("X Part One.mkv", "X Part Two.mkv"),
        ("X 1.mkv", "X 2.mkv"),
    ],
)
def test_what_is_no_part_is_not_joined(one, two):
    assert [part.stack for part in film(one, two, folder="X (1999)")] == [(), ()]


def test_trap_two_films_called_part_1_and_2_side_by_side_are_one():
    found = kodi("Movies/Dune - Part 1.mkv", "Movies/Dune - Part 2.mkv")
    assert [(one.title, one.part, one.stack) for one in found] == [("Dune", 1, (0, 1)), ("Dune", 2, (0, 1))]


def test_trap_names_that_differ_in_a_last_letter_are_joined():
    assert [one.stack for one in film("Plan A.mkv", "Plan B.mkv", folder="Plans")] == [(0, 1), (0, 1)]
    assert [one.stack for one in film("Plan X.mkv", "Plan Y.mkv", folder="Plans")] == [(), ()]


def test_trap_a_stack_is_named_by_what_its_parts_share_not_by_its_folder():
    assert film("Plan A.mkv", "Plan B.mkv", folder="Plans")[0].title == "Plan"


def test_three_parts_and_a_stranger():
    found = film("X-cd1.mkv", "X-cd2.mkv", "X-cd3.mkv", "Y.mkv", folder="X")
    assert [one.stack for one in found] == [(0, 1, 2)] * 3 + [()]


def test_films_called_part_1_and_2_in_folders_of_their_own_are_two():
    found = kodi(
        "Movies/Dune - Part 1 (2021)/Dune - Part 1 (2021).mkv", "Movies/Dune - Part 2 (2024)/Dune - Part 2 (2024).mkv"
    )
    assert [(one.title, one.stack) for one in found] == [("Dune - Part 1", ()), ("Dune - Part 2", ())]


# --- extras


def test_extras_and_the_trailer_of_a_film():
    found = film(
        "Alien (1979).mkv",
        "Extras/Making Of.mkv",
        "Extras/deep/Interview.mkv",
        "Alien (1979)-trailer.mkv",
        "Bonus Disc/x.mkv",
    )
    assert [(one.media_type, one.extra_type, one.owner) for one in found[1:]] == [
        ("extra", None, 0),
        ("extra", None, 0),
        ("extra", "trailer", 0),
        ("extra", None, 0),
    ]
    assert [bool(one.doubt) for one in found] == [False, False, False, False, True]


@pytest.mark.parametrize(
    "name", ["any-trailer.mkv", "Alien.sample.mkv", "subs/x.mkv", "proof/x.mkv", "x-trailer-2.mkv"]
)
def test_films_that_are_not_scanned(name):
    assert film("Alien (1979).mkv", name)[1].media_type is None


def test_trap_what_is_not_excluded_is_a_version_or_a_film():
    assert film("Alien (1979).mkv", "Alien (1979)-featurette.mkv")[1].versions == (1, 0)
    assert film("Alien (1979).mkv", "Featurettes/Making.mkv")[1].title == "Featurettes"


def test_extras_beside_no_film_are_not_read():
    assert film("Extras/x.mkv")[0].media_type is None


def test_a_film_may_be_called_extras():
    assert film("x.mkv", folder="Extras (2005)")[0].title == "Extras"


def test_a_shows_extras_are_ignored_unless_a_rule_reads_a_number():
    assert kodi("TV Shows/Lost/Extras/Making Of.mkv")[0].media_type is None
    assert kodi("TV Shows/Lost/Extras/Recap of S01E24.mkv")[0].episodes == (24,)
    assert kodi("TV Shows/Lost/Extras/Making of Route66.mkv")[0].episodes == (66,)


# --- episodes


@pytest.mark.parametrize(
    ("name", "season", "episodes", "part"),
    [
        ("Lost (2004) - S01E02 - Pilot.mkv", 1, (2,), None),
        ("lost.s01.e02.mkv", 1, (2,), None),
        ("S01xE02.mkv", 1, (2,), None),
        ("S01E105.mkv", 1, (105,), None),
        ("S20E1051.mkv", 20, (1051,), None),
        ("S00E01.mkv", 0, (1,), None),
        ("Lost - 3x04.mkv", 3, (4,), None),
        ("Lost ep12.mkv", 1, (12,), None),
        ("Lost.103.mkv", 1, (3,), None),
        ("Lost pt.IV.mkv", 1, (4,), None),
        ("S01E01E02.mkv", 1, (1, 2), None),
        ("S01E01E02E03.mkv", 1, (1, 2, 3), None),
        ("S01E01E03.mkv", 1, (1, 3), None),
        ("S01E01-E03.mkv", 1, (1, 2, 3), None),
        ("S01E01-02.mkv", 1, (1, 2), None),
        ("S01E01S01E02.mkv", 1, (1, 2), None),
        ("S01E01-1080p.mkv", 1, (1,), None),
        ("S01E01-E12345678901.mkv", 1, (1,), None),
        ("S01E01.1.mkv", 1, (1,), 1),
        ("S01E01.2.mkv", 1, (1,), 2),
        ("S01E01a.mkv", 1, (1,), 1),
        ("S01E01c - Title.mkv", 1, (1,), 3),
        ("S01E01.1080p.mkv", 1, (1,), None),
        ("S01E06 - E9 Protocol.mkv", 1, (6,), None),
        ("24 (2001) - S01E01 - 12-00.mkv", 1, (1,), None),
    ],
)
def test_numbers(name, season, episodes, part):
    found = episode(name)
    assert (found.media_type, found.season, found.episodes, found.part) == ("episode", season, episodes, part)


def test_trap_old_builds_read_a_range_as_its_ends():
    assert "1, 3" in (episode("S01E01-E03.mkv").doubt or "")
    assert episode("S01E01E02E03.mkv").doubt is None
    assert episode("S01E01E03.mkv").doubt is None


def test_trap_a_dot_and_a_digit_behind_the_number_are_a_part():
    assert episode("S01E09.5.1 Surround.mkv").part == 5
    assert episode("S01E09 - 5.1 Surround.mkv").part is None
    assert episode("S01E09and more.mkv").part == 1


def test_trap_an_episode_named_in_a_title_is_read_too():
    assert episode("S01E11 - Recap of S01E02.mkv").episodes == (11, 2)
    assert episode("S01E11E12 - Recap of S01E02.mkv").episodes == (11, 12, 2)


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("Show (2010) - 2011-11-15 - Anna.mkv", "2011-11-15"),
        ("Show - 2011.11.15.mkv", "2011-11-15"),
        ("Show - 15.11.2011.mkv", "2011-11-15"),
        ("Show - 11-15-2011.mkv", "2011-11-15"),
    ],
)
def test_dates(name, date):
    found = episode(name, show="Show (2010)", season="Season 2011")
    assert (found.date, found.episodes, found.season) == (date, (), None)


def test_trap_a_date_with_blanks_is_none():
    assert episode("Show - 2011 11 15.mkv", show="Show", season="Season 2011").date is None


@pytest.mark.parametrize(
    "name", ["L - 2012-01-04 - Route66.mkv", "L - 2012-01-05 - E11 and Back.mkv", "Se7en - 2012-01-06.mkv"]
)
def test_trap_an_e_with_digits_is_read_before_a_date(name):
    found = episode(name, show="L", season="Season 2012")
    assert found.date is None
    assert found.episodes


def test_trap_a_number_first_in_a_title_is_read_where_no_number_is():
    assert (episode("1923 - Making Of.mkv", show="1923 (2022)").season, episode("1923 - Making Of.mkv").episodes) == (
        19,
        (23,),
    )
    assert episode("1923 - S01E02 - x.mkv", show="1923 (2022)").episodes == (2,)


def test_trap_a_file_over_two_seasons():
    found = episode("S03E26-S04E01.mkv")
    assert (found.media_type, found.episodes) == (None, ())
    assert found.doubt


def test_a_special_by_its_name():
    found = episode("Looking Back.special.mkv")
    assert (found.season, found.episodes, found.episode_title) == (0, (), "Looking Back")


def test_the_season_is_the_files_whatever_the_folder():
    assert episode("S00E01.mkv", season="Anything").season == 0
    assert kodi("TV Shows/Lost/S02E01.mkv")[0].season == 2


@pytest.mark.parametrize(
    ("folder", "title", "year"),
    [
        ("Battlestar Galactica (1978)", "Battlestar Galactica", 1978),
        ("1923 (2022)", "1923", 2022),
        ("24 (2001)", "24", 2001),
        ("Harbor Lights", "Harbor Lights", None),
    ],
)
def test_the_show_is_its_folder(folder, title, year):
    found = episode("x S01E01.mkv", show=folder)
    assert (found.title, found.year) == (title, year)


def test_parts_of_an_episode_are_one_and_versions_are_two():
    folder = "TV Shows/L (2004)/Season 01/L (2004) - S01E01"
    parts = kodi(f"{folder}.2.mkv", f"{folder}.1.mkv", f"{folder} - 720p.mkv")
    assert [(one.part, one.stack, one.owner) for one in parts] == [(2, (1, 0), 1), (1, (1, 0), None), (None, (), None)]
    versions = kodi(f"{folder} - 1080p.mkv", f"{folder} - 720p.mkv")
    assert [(one.episodes, one.versions) for one in versions] == [((1,), ()), ((1,), ())]


def test_episodes_are_never_stacked_by_their_names():
    found = kodi("TV Shows/L/Season 01/S01E01 pt1.mkv", "TV Shows/L/Season 01/S01E01 pt2.mkv")
    assert [(one.part, one.stack) for one in found] == [(None, ()), (None, ())]


# --- sidecars


@pytest.mark.parametrize(
    ("tail", "spoken", "flags", "track"),
    [
        (".srt", None, set(), None),
        (".en.srt", "en", set(), None),
        (".eng.forced.srt", "en", {"forced"}, None),
        (".English.srt", "en", set(), None),
        (".en.default.srt", "en", {"default"}, None),
        (".en.sdh.srt", "en", set(), "sdh"),
        (".Commentary.en.srt", "en", set(), "Commentary"),
        (".pt-BR.srt", "pt", set(), "BR"),
        ("-en.srt", "en", set(), None),
    ],
)
def test_subtitles(tail, spoken, flags, track):
    found = film("Alien (1979).mkv", f"Alien (1979){tail}")[1]
    assert (found.media_type, found.owner, found.language, found.flags, found.track) == (
        "subtitle",
        0,
        spoken,
        frozenset(flags),
        track,
    )


def test_trap_the_region_of_a_language_is_a_word_of_its_own():
    found = film("Alien (1979).mkv", "Alien (1979).pt-BR.srt", "Alien (1979).pt.srt")
    assert "v22" in (found[1].doubt or "")
    assert found[2].doubt is None


def test_folders_of_subtitles():
    found = film("Alien (1979).mkv", "Subs/Alien (1979).en.srt", "Subs/2_English.srt")
    assert (found[1].owner, found[2].media_type) == (0, None)


def test_a_subtitle_belongs_to_the_longest_stem():
    assert film("Alien (1979).mkv", "Alien (1979) - 720p.mkv", "Alien (1979) - 720p.en.srt")[2].owner == 1


def test_an_idx_goes_with_its_sub():
    assert [one.media_type for one in film("A.mkv", "A.idx", "A.sub")[1:]] == ["subtitle", "subtitle"]
    assert film("A.mkv", "A.idx")[1].media_type is None
    assert film("A.mkv", "A.pjs")[1].media_type is None


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("poster.jpg", "Movies/Alien (1979)"),
        ("movie.nfo", "Movies/Alien (1979)"),
        ("Alien (1979)-fanart.jpg", 0),
        ("Alien (1979).nfo", 0),
        ("x.nfo", None),
    ],
)
def test_artwork_and_nfo(name, owner):
    found = film("Alien (1979).mkv", name)[1]
    assert found.owner == owner
    assert (found.media_type is None) == (owner is None)


def test_a_shows_nfo_and_posters():
    found = kodi(
        "TV Shows/L/tvshow.nfo",
        "TV Shows/L/season01-poster.jpg",
        "TV Shows/L/S01E01.mkv",
        "TV Shows/L/S01E01.nfo",
        "TV Shows/L/S01E01-thumb.jpg",
    )
    assert [one.owner for one in found] == ["TV Shows/L", "TV Shows/L", None, 2, 2]


def test_home_videos_are_their_names():
    assert kodi("Home Videos/2013/steps part 1.mp4")[0].title == "steps part 1"


@pytest.mark.parametrize("name", ["Alien (1979) {tmdb-348}", "Alien (1979) [tmdbid-348]", "Alien (1979) [tmdb=348]"])
def test_identifiers(name):
    assert film("x.mkv", folder=name)[0].ids == (("tmdb", "348"),)
