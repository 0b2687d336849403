"""Plex: tables of names with the rule's source, and the traps a library can fall into.

Sources: support.plex.tv "Naming and organizing your Movie files", "… TV Show files", "Local Files for Trailers and
Extras", "Adding Local Subtitles", "Multiple Editions"; the expressions of Plex Series Scanner.
"""

import pytest

from mediaorg.rules.servers import read


def plex(*files):
    return read("plex", files)


def film(*names, folder="Alien (1979)"):
    return plex(*(f"Movies/{folder}/{name}" for name in names))


def episode(name, *, show="Lost (2004)", season="Season 01"):
    return plex(f"TV Shows/{show}/{season}/{name}")[0]


@pytest.mark.parametrize(
    ("path", "title", "year", "edition", "version"),
    [
        ("Alien (1979)/Alien (1979).mkv", "Alien", 1979, None, None),
        ("Film/Film.mkv", "Film", None, None, None),
        ("Film/Film - 720p.mkv", "Film", None, None, "720p"),
        ("Blade Runner 2049 (2017)/Blade Runner 2049 (2017).mkv", "Blade Runner 2049", 2017, None, None),
        ("2012 (2009)/2012 (2009).mkv", "2012", 2009, None, None),
        ("1917/1917.mkv", "1917", None, None, None),
        ("S.W.A.T. (2003)/S.W.A.T. (2003).mkv", "S.W.A.T.", 2003, None, None),
        ("기생충 (2019)/기생충 (2019).mkv", "기생충", 2019, None, None),
        ("Alien (1979)/x.mkv", "Alien", 1979, None, "x"),
        ("Alien (1979)/Alien (1979) - 2160p.mkv", "Alien", 1979, None, "2160p"),
        ("Alien (1979) {edition-Final Cut}/Alien (1979) {edition-Final Cut}.mkv", "Alien", 1979, "Final Cut", None),
        (
            "Alien (1979) {edition-Final Cut}/Alien (1979) {edition-Final Cut} - 2160p.mkv",
            "Alien",
            1979,
            "Final Cut",
            "2160p",
        ),
        ("Alien (1979) {edition-Final Cut}/Alien (1979) - 2160p.mkv", "Alien", 1979, "Final Cut", "2160p"),
        ("Alien (1979) {tmdb-348}/Alien (1979) {tmdb-348}.mkv", "Alien", 1979, None, None),
        ("Alien (1979).mkv", "Alien", 1979, None, None),
        ("The German Doctor (2013)/The German Doctor (2013).mkv", "The German Doctor", 2013, None, None),
    ],
)
def test_films(path, title, year, edition, version):
    found = plex(f"Movies/{path}")[0]
    assert (found.media_type, found.title, found.year, found.edition, found.version) == (
        "movie",
        title,
        year,
        edition,
        version,
    )


def test_versions_are_one_entry_and_editions_are_two():
    found = plex(
        "Movies/A (1979)/A (1979) - 1080p.mkv",
        "Movies/A (1979)/A (1979) - 2160p.mkv",
        "Movies/A (1979) {edition-Cut}/A (1979) {edition-Cut} - 1080p.mkv",
        "Movies/A (1979) {edition-Cut}/A (1979) {edition-Cut} - 720p.mkv",
    )
    assert [one.versions for one in found] == [(0, 1), (0, 1), (2, 3), (2, 3)]
    assert [one.owner for one in found] == [None, 0, None, 2]


def test_trap_final_cut_behind_a_dash_is_a_mere_version():
    found = film("Alien (1979).mkv", "Alien (1979) - Final Cut.mkv")
    assert [(one.edition, one.version, one.versions) for one in found] == [
        (None, None, (1, 0)),
        (None, "Final Cut", (1, 0)),
    ]


def test_trap_an_edition_longer_than_32_characters_is_doubted():
    assert film(f"A (1979) {{edition-{'x' * 33}}}.mkv")[0].doubt
    assert not film(f"A (1979) {{edition-{'x' * 32}}}.mkv")[0].doubt


@pytest.mark.parametrize("kind", ["cd", "disc", "disk", "dvd", "part", "pt"])
def test_parts_are_one_film(kind):
    found = film(f"A (1979) - {kind}2.mkv", f"A (1979) - {kind}1.mkv", folder="A (1979)")
    assert [(one.part, one.stack, one.version) for one in found] == [(2, (1, 0), None), (1, (1, 0), None)]


@pytest.mark.parametrize(
    "names",
    [
        ("A (1979) - pt1.mkv",),
        ("A (1979) - pt1.mkv", "A (1979) - pt2.avi"),
        ("A (1979) - Part 1.mkv", "A (1979) - Part 2.mkv"),
        ("A (1979) - pt9.mkv", "A (1979) - pt10.mkv"),
        ("Apt1.mkv", "Apt2.mkv"),
    ],
)
def test_trap_parts_that_are_none(names):
    """One alone; of two containers; with a blank before the number; beyond the eighth; without a dash."""
    assert {one.stack for one in film(*names, folder="A (1979)")} == {()}


def test_trap_a_single_part_is_doubted():
    assert film("A (1979) - pt1.mkv")[0].doubt


def test_films_called_part_1_and_2_are_two():
    found = plex(
        "Movies/Dune - Part 1 (2021)/Dune - Part 1 (2021).mkv", "Movies/Dune - Part 2 (2024)/Dune - Part 2 (2024).mkv"
    )
    assert [(one.title, one.stack, one.versions) for one in found] == [
        ("Dune - Part 1", (), ()),
        ("Dune - Part 2", (), ()),
    ]


# --- extras


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("Behind The Scenes", "behind_the_scenes"),
        ("Deleted Scenes", "deleted"),
        ("Featurettes", "featurette"),
        ("Interviews", "interview"),
        ("Scenes", "scene"),
        ("Shorts", "short"),
        ("Trailers", "trailer"),
        ("Other", "other"),
    ],
)
def test_folders_of_extras(folder, kind):
    _, of_film = film("Alien (1979).mkv", f"{folder}/any.mkv")
    assert (of_film.media_type, of_film.extra_type, of_film.owner) == ("extra", kind, 0)
    of_show, of_season = plex(f"TV Shows/Lost/{folder}/any.mkv", f"TV Shows/Lost/Season 01/{folder}/s01e01.mkv")
    assert (of_show.extra_type, of_show.owner) == (kind, "TV Shows/Lost")
    assert (of_season.extra_type, of_season.owner) == (kind, "TV Shows/Lost/Season 01")


@pytest.mark.parametrize("folder", ["Extras", "Samples", "Bonus Disc", "clips/Extras"])
def test_folders_that_are_passed_over(folder):
    assert film("Alien (1979).mkv", f"{folder}/any.mkv")[1].media_type is None


def test_trap_a_folder_plex_does_not_know_holds_a_version():
    assert film("Alien (1979).mkv", "clips/Alien (1979) x.mkv")[1].versions == (0, 1)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Any-trailer.mkv", "trailer"),
        ("Any-behindthescenes.mkv", "behind_the_scenes"),
        ("Any-deleted.mkv", "deleted"),
        ("Any-other.mkv", "other"),
    ],
)
def test_extras_by_name(name, kind):
    found = film("Alien (1979).mkv", name)[1]
    assert (found.media_type, found.extra_type, found.owner) == ("extra", kind, 0)
    found = plex("TV Shows/Lost/Season 01/s01e01.mkv", f"TV Shows/Lost/{name}")[1]
    assert (found.extra_type, found.owner) == (kind, "TV Shows/Lost")


def test_extras_beside_nothing_are_not_read():
    assert plex("Movies/Trailers/x.mkv")[0].media_type is None
    assert film("Trailers/x.mkv")[0].media_type is None
    assert film("Alien (1979).mkv", "Trailers/deep/x.mkv")[1].media_type is None


def test_extras_below_a_folder_that_is_no_season_are_not_read():
    assert plex("TV Shows/Lost/Disc/Trailers/x.mkv")[0].media_type is None
    assert plex("TV Shows/Lost/Specials/Trailers/x.mkv")[0].owner == "TV Shows/Lost/Specials"


def test_samples_are_passed_over():
    assert film("Alien (1979).mkv", "sample.mkv")[1].media_type is None
    assert film("Alien-sample.mkv")[0].media_type is None
    assert film("Resampled (1979).mkv")[0].media_type == "movie"


# --- episodes


@pytest.mark.parametrize(
    ("name", "season", "episodes"),
    [
        ("Lost (2004) - s01e02 - Pilot.mkv", 1, (2,)),
        ("Lost - S01E02.mkv", 1, (2,)),
        ("s01e01-e02.mkv", 1, (1, 2)),
        ("s01e01-e03 - Three.mkv", 1, (1, 2, 3)),
        ("s01e01e02.mkv", 1, (1, 2)),
        ("s01e105.mkv", 1, (105,)),
        ("s20e1051.mkv", 20, (1051,)),
        ("s1930e02.mkv", 1930, (2,)),
        ("s00e01 - Special.mkv", 0, (1,)),
        ("Lost SP01.mkv", 0, (1,)),
        ("Lost - 3x04.mkv", 3, (4,)),
        ("Lost - s01e02 - 1080p.mkv", 1, (2,)),
        ("01 - Pilot.mkv", 1, (1,)),
        ("Lost - 04 - Blah.mkv", 1, (4,)),
        ("Lost ep12.mkv", 1, (12,)),
        ("24 (2001) - s01e01 - 12-00 A.M. - 1-00 A.M.mkv", 1, (1,)),
        ("1923 (2022) - s01e01 - 1923.mkv", 1, (1,)),
    ],
)
def test_numbers(name, season, episodes):
    found = episode(name)
    assert (found.media_type, found.season, found.episodes) == ("episode", season, episodes)


@pytest.mark.parametrize(
    ("name", "episodes"),
    [
        ("s01e06 - E9 Protocol.mkv", (6,)),
        ("s01e06 E9 Protocol.mkv", (6, 7, 8, 9)),
        ("s01e06 - 9 Lives.mkv", (6,)),
        ("s01e06+9.mkv", (6, 7, 8, 9)),
    ],
)
def test_trap_e_behind_a_blank_makes_a_range(name, episodes):
    assert episode(name).episodes == episodes


def test_trap_episodes_that_are_no_neighbours_are_read_as_a_range():
    assert episode("s01e01e03.mkv").episodes == (1, 2, 3)


def test_trap_of_a_file_over_two_seasons_the_first_is_read():
    found = episode("s03e26-s04e01.mkv")
    assert (found.season, found.episodes) == (3, (26,))
    assert found.doubt


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("Show (2010) - 2011-11-15 - Anna.mkv", "2011-11-15"),
        ("Show - 2011.11.15.mkv", "2011-11-15"),
        ("Show - 11-15-2011.mkv", "2011-11-15"),
        ("Show - 2011-11-15 - Route66.mkv", "2011-11-15"),
    ],
)
def test_dates(name, date):
    found = episode(name, season="Season 2011")
    assert (found.date, found.episodes, found.season) == (date, (), 2011)


@pytest.mark.parametrize(
    ("folder", "season"),
    [
        ("Season 01", 1),
        ("Season 2", 2),
        ("Season 2011", 2011),
        ("Specials", 0),
        ("Season 00", 0),
        ("Staffel 3", 1),
        ("S04", 1),
    ],
)
def test_season_folders_are_english(folder, season):
    assert episode("05 - Title.mkv", season=folder).season == season


def test_the_files_season_outranks_the_folders():
    assert episode("s03e01.mkv", season="Season 01").season == 3


@pytest.mark.parametrize(
    ("folder", "title", "year"),
    [
        ("Lost (2004)", "Lost", 2004),
        ("1923 (2022)", "1923", 2022),
        ("24", "24", None),
        ("S.W.A.T. (2017) {tvdb-1}", "S.W.A.T.", 2017),
    ],
)
def test_the_show_is_its_folder(folder, title, year):
    found = episode("x - s01e01.mkv", show=folder)
    assert (found.title, found.year) == (title, year)


def test_parts_and_versions_of_an_episode():
    folder = "TV Shows/L (2004)/Season 01/L (2004) - s01e01 - P"
    parts = plex(f"{folder} - pt1.mkv", f"{folder} - pt2.mkv")
    assert [(one.part, one.stack, one.versions, one.episodes) for one in parts] == [
        (1, (0, 1), (), (1,)),
        (2, (0, 1), (), (1,)),
    ]
    versions = plex(f"{folder} - 1080p.mkv", f"{folder} - 720p.mkv")
    assert [(one.version, one.stack, one.versions) for one in versions] == [("1080p", (), (0, 1)), ("720p", (), (0, 1))]


def test_trap_two_files_of_one_day_are_versions():
    found = plex(
        "TV Shows/L/Season 2012/L - 2012-01-03 - Early.mkv", "TV Shows/L/Season 2012/L - 2012-01-03 - Late.mkv"
    )
    assert [one.versions for one in found] == [(0, 1), (0, 1)]


def test_a_file_that_is_alone_is_neither_part_nor_version():
    alone = (episode("L - s01e02 - Pilot.mkv"), film("Alien (1979).mkv")[0])
    assert [(one.part, one.version, one.stack, one.versions) for one in alone] == [(None, None, (), ())] * 2


def test_what_bears_no_number_is_not_read():
    assert episode("Making Of.mkv").media_type is None
    assert plex("TV Shows/Lost s01e01.mkv")[0].media_type is None


# --- sidecars


@pytest.mark.parametrize(
    ("tail", "spoken", "flags"),
    [
        ("srt", None, set()),
        ("en.srt", "en", set()),
        ("eng.forced.srt", "en", {"forced"}),
        ("en.sdh.srt", "en", {"sdh"}),
        ("fr.cc.vtt", "fr", {"cc"}),
        ("de.default.srt", "de", set()),
        ("pt-BR.srt", "pt-BR", set()),
        ("forced.en.ass", "en", {"forced"}),
    ],
)
def test_subtitles(tail, spoken, flags):
    found = film("Alien (1979).mkv", f"Alien (1979).{tail}")[1]
    assert (found.media_type, found.owner, found.language, found.flags, found.track) == (
        "subtitle",
        0,
        spoken,
        frozenset(flags),
        None,
    )


def test_a_word_that_is_no_language_is_the_tracks_name():
    found = film("Alien (1979).mkv", "Alien (1979).Commentary.srt")[1]
    assert (found.language, found.track) == (None, "Commentary")


def test_words_that_plex_does_not_know_are_doubted():
    found = film("Alien (1979).mkv", "Alien (1979).Commentary.en.srt")[1]
    assert (found.language, found.track) == ("en", "Commentary")
    assert found.doubt


def test_a_subtitle_by_any_name_belongs_to_a_video_that_is_alone():
    assert film("Alien (1979).mkv", "other.en.srt")[1].owner == 0
    assert film("Alien (1979).mkv", "Alien (1979) - 720p.mkv", "other.en.srt")[2].media_type is None
    assert film("Alien (1979).mkv", "Alien (1979) - 720p.mkv", "Alien (1979) - 720p.en.srt")[2].owner == 1


def test_a_folder_of_subtitles_belongs_to_the_video_above():
    assert film("Alien (1979).mkv", "Subs/2.en.srt")[1].owner == 0


@pytest.mark.parametrize("name", ["Alien (1979).sup", "Alien (1979).idx"])
def test_subtitles_that_are_not_read(name):
    assert film("Alien (1979).mkv", name)[1].media_type is None


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("poster.jpg", "Movies/Alien (1979)"),
        ("fanart-1.jpg", "Movies/Alien (1979)"),
        ("Alien (1979)-poster.jpg", 0),
        ("Alien (1979).nfo", 0),
        ("x.jpg", None),
    ],
)
def test_artwork_and_nfo(name, owner):
    found = film("Alien (1979).mkv", name)[1]
    assert found.owner == owner
    assert (found.media_type is None) == (owner is None)


def test_home_videos_are_their_names():
    found = plex("Home Videos/2013/steps part 1.mp4", "Home Videos/2013/steps part 2.mp4")
    assert [(one.media_type, one.title, one.stack) for one in found] == [
        ("home_video", "steps part 1", ()),
        ("home_video", "steps part 2", ()),
    ]


def test_identifiers_stand_in_braces():
    assert film("x.mkv", folder="Alien (1979) {tmdb-348}")[0].ids == (("tmdb", "348"),)
    assert film("Alien (1979) [tmdbid-348].mkv")[0].ids == ()
    assert film("Alien (1979) {imdb-tt0078748} {edition-Cut}.mkv")[0].ids == (("imdb", "tt0078748"),)
