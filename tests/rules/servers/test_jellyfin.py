"""Jellyfin: tables of names with the rule's source, and the traps a library can fall into.

Sources: jellyfin.org/docs Movies, TV Shows, External Files, Metadata Provider Identifiers; Emby.Naming and its tests.
"""

import pytest

from mediaorg.rules.servers import read


def jellyfin(*files):
    return read("jellyfin", files)


def film(*names, folder="Alien (1979)"):
    return jellyfin(*(f"Movies/{folder}/{name}" for name in names))


def episode(name, *, show="Lost (2004)", season="Season 01"):
    return jellyfin(f"Shows/{show}/{season}/{name}")[0]


# --- films


@pytest.mark.parametrize(
    ("folder", "title", "year"),
    [
        ("Alien (1979)", "Alien", 1979),
        ("Film", "Film", None),
        ("Blade Runner 2049 (2017)", "Blade Runner 2049", 2017),
        ("2012 (2009)", "2012", 2009),
        ("M (1931)", "M", 1931),
        ("1917 (2019)", "1917", 2019),
        ("1917", "1917", None),
        ("S.W.A.T. (2003)", "S.W.A.T.", 2003),
        ("Mission - Impossible (1996)", "Mission - Impossible", 1996),
        ("千と千尋の神隠し (2001)", "千と千尋の神隠し", 2001),
        ("The 😀 Film (2017)", "The 😀 Film", 2017),
        ("Film (2010) [tmdbid-65567]", "Film", 2010),
        ("Film [tmdbid-65567]", "Film", None),
        ("Some.Film.2011.1080p.BluRay", "Some.Film", 2011),  # CleanDateTimes
        ("Film Name 1080p x264", "Film Name", None),  # CleanStrings
        ("Wonder Girl 1984", "Wonder Girl", 1984),  # CleanDateTimes: a number at the end is a year
        ("The German Doctor (2013)", "The", 2013),  # CleanStrings: "german" is a word of releases
        ("[group] Film", "Film", None),
        ("Film - 12", "Film", None),
    ],
)
def test_title_and_year_are_the_folders(folder, title, year):
    found = film("any name.mkv", folder=folder)[0]
    assert (found.media_type, found.title, found.year) == ("movie", title, year)


def test_a_film_beside_the_folders_is_its_own_name():
    found = jellyfin("Movies/Alien (1979).mkv", "Movies/Heat (1995).mkv")
    assert [(one.title, one.year, one.versions) for one in found] == [("Alien", 1979, ()), ("Heat", 1995, ())]


def test_versions_of_a_film_are_one_entry():
    found = film(
        "Alien (1979).mkv",
        "Alien (1979) - 1080p.mkv",
        "Alien (1979) - Director's Cut.mkv",
        "Alien (1979) - [2160p].mkv",
    )
    assert [one.version for one in found] == [None, "1080p", "Director's Cut", "[2160p]"]
    assert {one.versions for one in found} == {(0, 3, 1, 2)}
    assert [one.owner for one in found] == [None, 0, 0, 0]
    assert {(one.title, one.year) for one in found} == {("Alien", 1979)}


@pytest.mark.parametrize(
    "other",
    [
        "Alien (1979) {edition-Final Cut}.mkv",
        "Alien (1979) (2).mkv",
        "Alien (1979) 1080p.mkv",
        "Alien - Final Cut.mkv",
        "Alien (1979)x.mkv",
    ],
)
def test_trap_what_does_not_begin_with_the_folder_and_a_dash_is_a_film_of_its_own(other):
    found = film("Alien (1979).mkv", other)
    assert [one.versions for one in found] == [(), ()]
    assert [one.version for one in found] == [None, None]


def test_a_label_is_read_of_a_file_that_is_alone_too():
    assert film("Alien (1979) - Final Cut.mkv")[0].version == "Final Cut"
    assert film("Alien (1979) {edition-Final Cut}.mkv")[0].version is None


def test_trap_a_label_with_marks_is_doubted():
    assert "not supported" in (film("Alien (1979) - Vol. 1.mkv")[0].doubt or "")
    assert film("Alien (1979) - Vol 1.mkv")[0].doubt is None


def test_versions_by_years_are_films_of_their_own():  # MultiVersionTests: Iron Man - B (2006), - C (2007)
    found = film("Iron Man - B (2006).mkv", "Iron Man - C (2007).mkv", folder="Iron Man")
    assert [(one.year, one.versions) for one in found] == [(2006, ()), (2007, ())]


def test_larger_versions_come_first():
    found = film("X (1999) - 720p.mkv", "X (1999) - 2160p.mkv", "X (1999) - Cut.mkv", folder="X (1999)")
    assert found[0].versions == (1, 0, 2)


# --- parts


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("X (1999)-cd1.mkv", "X (1999)-cd2.mkv"),
        ("X (1999) - pt1.mkv", "X (1999) - pt2.mkv"),
        ("X (1999) part 1.mkv", "X (1999) part 2.mkv"),
        ("X (1999).disc1.mkv", "X (1999).disc2.mkv"),
        ("X (1999)_disk_a.mkv", "X (1999)_disk_b.mkv"),
        ("X (1999)[dvd1].mkv", "X (1999)[dvd2].mkv"),
        ("X (1999)-CD1.avi", "x (1999)-cd2.mkv"),
    ],
)
def test_parts_are_one_film(one, two):
    found = film(two, one, folder="X (1999)")
    assert [part.part for part in found] == [2, 1]
    assert {part.stack for part in found} == {(1, 0)}
    assert [part.owner for part in found] == [1, None]
    assert {(part.title, part.year) for part in found} == {("X", 1999)}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("X Part One.mkv", "X Part Two.mkv"),
        ("X cd1.mkv", "Y cd2.mkv"),
        ("Compart1.mkv", "Compart2.mkv"),
        ("X (1999) 1.mkv", "X (1999) 2.mkv"),
        ("X cd1 extra words.mkv", "X cd2 extra words.mkv"),
        ("X cd1.mkv", "X part2.mkv"),
    ],
)
def test_what_is_no_part_is_not_joined(one, two):
    assert [part.stack for part in film(one, two, folder="Some")] == [(), ()]


def test_trap_two_films_called_part_1_and_2_side_by_side_are_one():
    found = jellyfin("Movies/Dune - Part 1.mkv", "Movies/Dune - Part 2.mkv")
    assert [(one.title, one.part, one.stack) for one in found] == [("Dune", 1, (0, 1)), ("Dune", 2, (0, 1))]


def test_two_films_called_part_1_and_2_in_folders_of_their_own_are_two():
    found = jellyfin(
        "Movies/Dune - Part 1 (2021)/Dune - Part 1 (2021).mkv", "Movies/Dune - Part 2 (2024)/Dune - Part 2 (2024).mkv"
    )
    assert [(one.title, one.year, one.stack) for one in found] == [
        ("Dune - Part 1", 2021, ()),
        ("Dune - Part 2", 2024, ()),
    ]


def test_parts_may_bear_a_label():
    found = film("X (1999) - Restored-cd1.avi", "X (1999) - Restored-cd2.avi", folder="X (1999)")
    assert [(one.title, one.version, one.part) for one in found] == [("X", "Restored", 1), ("X", "Restored", 2)]


def test_of_two_first_parts_the_first_by_name_is_joined():
    found = film("X-cd1.avi", "X-cd1.mkv", "X-cd2.mkv", folder="X")
    assert [one.stack for one in found] == [(0, 2), (), (0, 2)]


def test_trap_parts_and_versions_do_not_go_together():
    found = film("X (1999)-cd1.mkv", "X (1999)-cd2.mkv", "X (1999) - 720p.mkv", folder="X (1999)")
    assert [one.stack for one in found] == [(0, 1), (0, 1), ()]
    assert [one.versions for one in found] == [(), (), ()]


# --- extras


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("trailers", "trailer"),
        ("behind the scenes", "behind_the_scenes"),
        ("Deleted Scenes", "deleted"),
        ("interviews", "interview"),
        ("scenes", "scene"),
        ("samples", "sample"),
        ("shorts", "short"),
        ("featurettes", "featurette"),
        ("clips", "clip"),
        ("other", "other"),
        ("extras", "other"),
    ],
)
def test_folders_of_extras(folder, kind):
    _, of_film = film("Alien (1979).mkv", f"{folder}/any.mkv")
    assert (of_film.media_type, of_film.extra_type, of_film.owner) == ("extra", kind, 0)
    of_show, of_season = jellyfin(f"Shows/Lost/{folder}/any.mkv", f"Shows/Lost/Season 01/{folder}/S01E01.mkv")
    assert (of_show.extra_type, of_show.owner) == (kind, "Shows/Lost")
    assert (of_season.extra_type, of_season.owner) == (kind, "Shows/Lost/Season 01")


def test_trap_a_shows_folder_extras_is_doubted():
    assert "season 0" in (jellyfin("Shows/Lost/extras/any.mkv")[0].doubt or "")
    assert jellyfin("Shows/Lost/other/any.mkv")[0].doubt is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Alien (1979)-trailer.mp4", "trailer"),
        ("Alien (1979).trailer2.mp4", "trailer"),
        ("Alien (1979) trailer.mp4", "trailer"),
        ("trailer.mp4", "trailer"),
        ("sample.mkv", "sample"),
        ("Teaser_sample.mkv", "sample"),
        ("Any-scene.mkv", "scene"),
        ("Any-behindthescenes.mkv", "behind_the_scenes"),
        ("Any-deletedscene3.mkv", "deleted"),
        ("Any-featurette.mkv", "featurette"),
        ("Any-short.mkv", "short"),
        ("Any-clip.mkv", "clip"),
        ("Any-interview.mkv", "interview"),
        ("Any-extra.mkv", "other"),
    ],
)
def test_extras_by_name(name, kind):
    main, found = film("Alien (1979).mkv", name)
    assert (main.versions, found.media_type, found.extra_type, found.owner) == ((), "extra", kind, 0)


@pytest.mark.parametrize("name", ["Any scene.mkv", "Any.clip.mkv", "Trailer Park.mkv", "Resample.mkv"])
def test_no_extras(name):
    assert film(name)[0].media_type == "movie"


def test_extras_of_a_film_in_versions_belong_to_the_default():
    found = film("Alien (1979) - 720p.mkv", "Alien (1979) - 1080p.mkv", "trailers/x.mkv", "Alien (1979)-trailer.mkv")
    assert [one.versions for one in found] == [(1, 0), (1, 0), (), ()]
    assert [one.owner for one in found] == [1, None, 1, 1]


def test_extras_by_name_among_episodes():
    folder = "Shows/L/Season 01"
    found = jellyfin(
        f"{folder}/S01E01.mkv", f"{folder}/S01E01-trailer.mkv", f"{folder}/Any-clip.mkv", "Shows/L/Any-clip.mkv"
    )
    assert [(one.media_type, one.owner) for one in found[1:]] == [("extra", 0), ("extra", folder), ("extra", "Shows/L")]


def test_extras_by_name_among_several_films_of_a_folder():
    found = film("Up.mkv", "Upside.mkv", "Upside-trailer.mkv", "Down-trailer.mkv", folder="Some")
    assert [one.owner for one in found] == [None, None, 1, None]


def test_folders_of_extras_beside_no_film_are_not_read():
    assert jellyfin("Movies/extras/x.mkv")[0].media_type is None
    assert film("A.mkv", "B.mkv", "trailers/x.mkv")[2].media_type is None
    assert film("Alien (1979).mkv", "extras/deep/x.mkv")[1].media_type is None
    assert jellyfin("Shows/Lost/a/b/extras/x.mkv")[0].media_type is None
    assert jellyfin("Shows/Lost/Disc/extras/x.mkv")[0].media_type is None


def test_a_show_may_be_called_like_a_folder_of_extras():
    assert jellyfin("Shows/Extras (2005)/Season 01/Extras (2005) S01E01.mkv")[0].title == "Extras"
    assert jellyfin("Shows/Shorts/Season 01/Shorts S01E01.mkv")[0].title == "Shorts"


# --- episodes


@pytest.mark.parametrize(
    ("name", "season", "episodes"),
    [
        ("Lost (2004) S01E02.mkv", 1, (2,)),
        ("Lost (2004) S01E02 Pilot.mkv", 1, (2,)),
        ("lost.s01.e02.mkv", 1, (2,)),
        ("S1 - E2.mkv", 1, (2,)),
        ("S01E105.mkv", 1, (105,)),
        ("S20E1051.mkv", 20, (1051,)),
        ("S2009E02.mkv", 2009, (2,)),
        ("S1930E02.mkv", 1930, (2,)),
        ("Lost S00E01.mkv", 0, (1,)),
        ("Lost 2x03.mkv", 2, (3,)),
        ("Season 3 Episode 9.mkv", 3, (9,)),
        ("Lost Episode 16 - Title.mkv", 1, (16,)),
        ("Lost ep12.mkv", 1, (12,)),
        ("12.mkv", 1, (12,)),
        ("12 - Title.mkv", 1, (12,)),
        ("Foo Bar 889.mkv", 1, (889,)),
        ("[Group] Foo - 07 [720p].mkv", 1, (7,)),
        ("Lost - 07 - Title.mkv", 1, (7,)),
        # MultiEpisodeTests
        ("S01E01-E02.mkv", 1, (1, 2)),
        ("S01E01-E03.mkv", 1, (1, 2, 3)),
        ("S01E01E02.mkv", 1, (1, 2)),
        ("Elementary - S01E23-E24-E26 - The Woman.mp4", 1, (23, 24, 25, 26)),
        ("02x03-04-15 - Ep Name.mp4", 2, tuple(range(3, 16))),
        ("02x03 - 02x04 - 02x15 - Ep Name.mp4", 2, tuple(range(3, 16))),
        ("02x03 - x04 - x15 - Ep Name.mp4", 2, tuple(range(3, 16))),
        ("02x03-E15 - Ep Name.mp4", 2, tuple(range(3, 16))),
        ("02x03 - 04 Ep Name.mp4", 2, (3,)),
        ("series-s09e14-1080p.mkv", 9, (14,)),
        ("series-s09e14-720i.mkv", 9, (14,)),
        ("02-05 - blah.avi", 2, (5,)),  # "1-12" is asked before "01 - name"
        ("Special (1920x1080) S01E03.mkv", 1, (3,)),
    ],
)
def test_numbers(name, season, episodes):
    found = episode(name)
    assert (found.media_type, found.season, found.episodes) == ("episode", season, episodes)


@pytest.mark.parametrize(
    ("name", "episodes"),
    [
        ("S01E06 - E9 Protocol.mkv", (6, 7, 8, 9)),
        ("S01E06 E9 Protocol.mkv", (6,)),
        ("S01E06-9 Lives.mkv", (6, 7, 8, 9)),
        ("S01E06 9 Lives.mkv", (6,)),
        ("S01E06 - x14.mkv", tuple(range(6, 15))),
        ("S01E06 x14.mkv", (6,)),
    ],
)
def test_trap_a_dash_and_e_behind_the_number_make_a_range(name, episodes):
    assert episode(name).episodes == episodes


def test_trap_episodes_that_are_no_neighbours_are_read_as_a_range():
    assert episode("S01E01E03.mkv").episodes == (1, 2, 3)


def test_the_size_of_a_picture_is_no_season():
    assert episode("Series Special (1920x1080).mkv").episodes == ()


def test_trap_of_a_file_over_two_seasons_the_first_is_read():
    found = episode("S03E26-S04E01.mkv")
    assert (found.season, found.episodes) == (3, (26,))


@pytest.mark.parametrize(
    ("folder", "season"),
    [  # SeasonPathParserTests
        ("Season 1", 1), ("Season 02", 2), ("Season 2009", 2009), ("Staffel 7 (2016)", 7), ("3.Staffel", 3), ("Season1", 1), ("S02", 2),
        ("2", 2), ("Lost - S02", 2), ("Lost - Season 3", 3), ("Specials", 0), ("Season 00", 0), ("Temporada 4", 4), ("Disc 1", 1),
    ],
)  # fmt: skip
def test_season_folders(folder, season):
    assert episode("12.mkv", season=folder).season == season


def test_the_files_season_outranks_the_folders():
    assert episode("S03E01.mkv", season="Season 01").season == 3


def test_a_file_in_the_shows_folder_is_of_season_1():
    assert jellyfin("Shows/Lost/12.mkv")[0].season == 1


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("Show 2011-11-15.mkv", "2011-11-15"),
        ("Show (2010) 2011-11-15 Anna Berg.mkv", "2011-11-15"),
        ("james.corden.2017.04.20.anne.mkv", "2017-04-20"),
        ("show 2011_11_15.mkv", "2011-11-15"),
        ("15-11-2011.mkv", "2011-11-15"),
    ],
)
def test_dates(name, date):
    found = episode(name, season="Season 2011")
    assert (found.media_type, found.date, found.episodes, found.season) == ("episode", date, (), 2011)


def test_trap_an_e_with_digits_before_the_suffix_is_read_before_a_date():
    assert episode("Show 2012-01-04 Route66.mkv").episodes == (66,)
    assert episode("Show 2012-01-04 Route66 Again.mkv").date == "2012-01-04"


def test_a_day_that_no_calendar_has_is_no_date():
    assert episode("Show 2011-13-45.mkv").date is None


def test_a_special_without_a_number_keeps_its_name():
    found = episode("Some Special.mkv", season="Season 00")
    assert (found.media_type, found.season, found.episodes, found.episode_title) == ("episode", 0, (), "Some Special")


@pytest.mark.parametrize(
    ("folder", "title", "year"),
    [
        ("Battlestar Galactica (1978)", "Battlestar Galactica", 1978),
        ("1923 (2022)", "1923", 2022),  # SeriesResolver's own example
        ("24 (2001)", "24", 2001),
        ("S.W.A.T. (2017)", "S.W.A.T.", 2017),
        ("Harbor Lights", "Harbor Lights", None),
        ("進撃の物語 (2013)", "進撃の物語", 2013),
    ],
)
def test_the_show_is_its_folder(folder, title, year):
    found = episode(f"{folder} S01E01.mkv", show=folder)
    assert (found.title, found.year, found.season, found.episodes) == (title, year, 1, (1,))


def test_parts_of_an_episode_are_one():
    found = jellyfin(
        "Shows/Giant/Season 01/Giant S01E01 Bean-part-1.mkv", "Shows/Giant/Season 01/Giant S01E01 Bean-part-2.mkv"
    )
    assert [(one.episodes, one.part, one.stack, one.versions) for one in found] == [
        ((1,), 1, (0, 1), ()),
        ((1,), 2, (0, 1), ()),
    ]


def test_trap_versions_of_an_episode_are_merged_from_12_on():
    found = jellyfin(
        "Shows/L/Season 01/L S01E02 P - 1080p.mkv",
        "Shows/L/Season 01/L S01E02 P - 720p.mkv",
        "Shows/L/Season 01/L S01E03 P.mkv",
    )
    assert [one.versions for one in found] == [(0, 1), (0, 1), ()]
    assert [one.version for one in found] == ["1080p", "720p", None]
    assert [one.owner for one in found] == [None, 0, None]
    assert "10.x" in (found[0].doubt or "")


def test_two_episodes_of_one_day_stay_two():
    found = jellyfin("Shows/L/Season 2012/L 2012-01-03 Early.mkv", "Shows/L/Season 2012/L 2012-01-03 Late.mkv")
    assert [(one.date, one.versions) for one in found] == [("2012-01-03", ()), ("2012-01-03", ())]


def test_trap_an_episode_whose_title_ends_in_trailer_is_an_extra():
    found = episode("Lost (2004) S01E16 Official Trailer.mkv")
    assert (found.media_type, found.extra_type) == ("extra", "trailer")


def test_a_show_needs_a_folder():
    assert jellyfin("Shows/Lost S01E01.mkv")[0].media_type is None


# --- sidecars


@pytest.mark.parametrize(
    ("tail", "spoken", "flags", "track"),
    [  # External Files; ExternalPathParserTests
        ("srt", None, set(), None),
        ("en.srt", "en", set(), None),
        ("eng.srt", "en", set(), None),
        ("english.srt", "en", set(), None),
        ("default.en.forced.ass", "en", {"default", "forced"}, None),
        ("forced.en.srt", "en", {"forced"}, None),
        ("en.foreign.srt", "en", {"forced"}, None),
        ("en.sdh.srt", "en", {"sdh"}, None),
        ("en.cc.srt", "en", {"sdh"}, None),
        ("hi.srt", "hi", set(), None),
        ("en.hi.srt", "en", {"sdh"}, None),
        ("hi.en.srt", "en", {"sdh"}, None),
        ("pt-BR.srt", "pt-BR", set(), None),
        ("Commentary.en.srt", "en", set(), "Commentary"),
        ("English Commentary.en.srt", "en", set(), "English Commentary"),
        ("2.pl.srt", "pl", set(), "2"),
        ("de.vtt", "de", set(), None),
    ],
)
def test_subtitles(tail, spoken, flags, track):
    _, found = film("Alien (1979).mkv", f"Alien (1979).{tail}")
    assert (found.media_type, found.owner) == ("subtitle", 0)
    assert (found.language, found.flags, found.track) == (spoken, frozenset(flags), track)


def test_a_tag_that_not_every_version_knows_is_doubted():
    found = film("Alien (1979).mkv", "Alien (1979).zh-Hans.srt", "Alien (1979).pt-BR.srt")
    assert (found[1].language, found[1].doubt is None, found[2].doubt) == ("zh-Hans", False, None)


def test_a_subtitle_belongs_to_the_longest_stem():
    found = film("Alien (1979).mkv", "Alien (1979) - 720p.mkv", "Alien (1979) - 720p.en.srt", "Alien (1979).en.srt")
    assert [one.owner for one in found[2:]] == [1, 0]


@pytest.mark.parametrize(
    "name", ["other.en.srt", "Subs/2_English.srt", "Alien (1979)-en.srt", "Alien (1979).en.txt", "Alien (1979).idx"]
)
def test_subtitles_that_are_not_read(name):
    assert film("Alien (1979).mkv", name)[1].media_type is None


def test_an_idx_goes_with_its_sub():
    found = film("Alien (1979).mkv", "Alien (1979).idx", "Alien (1979).sub")
    assert [one.media_type for one in found] == ["movie", "subtitle", "subtitle"]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("poster.jpg", "Movies/Alien (1979)"),
        ("fanart2.jpg", "Movies/Alien (1979)"),
        ("season01-poster.jpg", "Movies/Alien (1979)"),
        ("movie.nfo", "Movies/Alien (1979)"),
        ("Alien (1979)-poster.jpg", 0),
        ("Alien (1979).jpg", 0),
        ("Alien (1979).nfo", 0),
        ("holiday.jpg", None),
        ("Alien (1979)-holiday.jpg", None),
        ("release.nfo", None),
    ],
)
def test_artwork_and_nfo(name, owner):
    found = film("Alien (1979).mkv", name)[1]
    assert found.owner == owner
    assert found.media_type == (None if owner is None else "nfo" if name.endswith("nfo") else "artwork")


def test_a_shows_nfo_and_posters():
    found = jellyfin(
        "Shows/L/tvshow.nfo",
        "Shows/L/season-specials-poster.jpg",
        "Shows/L/Season 01/S01E01.mkv",
        "Shows/L/Season 01/S01E01-thumb.jpg",
    )
    assert [one.owner for one in found] == ["Shows/L", "Shows/L", None, 2]


# --- home videos, identifiers, strangers


def test_home_videos_are_their_names():
    found = jellyfin("Home Videos/2011/IMG_0001.mov", "Home Videos/Undated/Zoo.mp4")
    assert [(one.media_type, one.title) for one in found] == [("home_video", "IMG_0001"), ("home_video", "Zoo")]


def test_trap_home_videos_are_stacked_too():
    found = jellyfin("Home Videos/2013/steps part 1.mp4", "Home Videos/2013/steps part 2.mp4")
    assert [(one.part, one.stack, one.owner) for one in found] == [(1, (0, 1), None), (2, (0, 1), 0)]


def test_trap_a_home_video_that_ends_in_trailer_is_an_extra():
    assert jellyfin("Home Videos/2013/the trailer.mp4")[0].media_type == "extra"


def test_identifiers_stand_in_the_folder_or_the_file():
    assert film("x.mkv", folder="Alien (1979) [tmdbid-348] [imdbid-tt0078748]")[0].ids == (
        ("imdb", "tt0078748"),
        ("tmdb", "348"),
    )
    assert film("Alien (1979) {tmdb-348}.mkv")[0].ids == ()
    assert jellyfin("Shows/Lost (2004) [tvdbid-73739]/Season 01/S01E01.mkv")[0].ids == (("tvdb", "73739"),)
