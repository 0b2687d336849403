"""Extras are told by folder and by the end of a name, and not by a word within."""

import pytest

from mediaorg.rules.extras import FOLDERS, SUFFIXES, extra_by_folder, extra_by_name


@pytest.mark.parametrize(
    ("stem", "kind"),
    [
        ("Lantern (1999)-trailer", "trailer"),
        ("Lantern (1999)-trailer2", "trailer"),
        ("Lantern (1999) - deleted", "deleted"),
        ("Lantern_behindthescenes", "behind_the_scenes"),
        ("trailer", "trailer"),
        ("sample", "sample"),
        ("Lantern.1999.720p.x264-grp.sample", "sample"),
        ("sample-lantern.1999.720p", "sample"),
        ("Amber.Road.S03.Extras.02.720p", "other"),
        ("Lantern-x02-Making of", "behind_the_scenes"),
        ("Lantern-x03-Storm", "other"),
        ("Making of", "behind_the_scenes"),
        ("Gag Reel", "other"),
        ("Amber_Road_-_T1_-_Trailer_-_[Team](dae8173e)", "trailer"),
        ("Lantern.Featurette.Creating.the.Light.1080p.H264", "featurette"),
        ("Theatrical Trailer 2", "trailer"),
        ("Lantern Official Trailer #3", "trailer"),
        ("Lantern - Official Teaser Trailer (HD)", "trailer"),
        ("[Team] Amber Road - NCOP1 [1080p]", "other"),
        ("[Team]_Amber_Road_NCED2_(1280x720)", "other"),
        ("I Live In A Trailer", None),
        ("Trailer Park Boys S01E01", None),
        ("The.Big.Short", None),
        ("Amber.Road.S03.720p.HDTV.x264-SCENE", None),
        ("Amber Road 2x03-x05", None),
    ],
)
def test_how_a_name_ends_says_which_extra_it_is(stem, kind):
    found = extra_by_name(stem)
    assert (found and found[0]) == kind


def test_the_whole_name_of_a_folder_counts():
    assert extra_by_folder("Deleted Scenes") == "deleted"
    assert extra_by_folder("Trailers") == "trailer"
    assert extra_by_folder("Not a Scene") is None


def test_every_type_is_one_that_the_column_knows():
    known = set("trailer behind_the_scenes deleted featurette interview scene short clip sample other".split())
    assert {*FOLDERS.values(), *SUFFIXES.values()} <= known
