"""One label from two readings: where they agree it is sure, where they differ it asks."""

import pytest

from mediaorg.records import Opinion
from mediaorg.rules.folders import Context, context
from mediaorg.rules.settle import REVIEW, Parsers, Seen, settle


def both(opinion):
    return Parsers(lambda text: opinion, lambda text: opinion)


def says(**answer):
    return both(Opinion("another", answer))


silent = both(Opinion("nobody", {}))


def test_two_readings_that_agree_are_surer_than_two_that_differ():
    agreed = settle("Amber Road S01E02.mkv", Context(), says(title="Amber Road", episode=2))
    differ = settle("Amber Road S01E02.mkv", Context(), says(title="Amber", episode=2))
    assert agreed.confidence > 0.9 > differ.confidence
    assert "Amber" in differ.evidence


def test_a_parser_that_breaks_is_a_value_and_the_label_stays():
    label = settle("Amber Road S01E02.mkv", Context(), both(Opinion("broken", {}, "parser: ValueError")))
    assert (label.title, label.episodes, label.label_error) == ("Amber Road", (2,), "parser: ValueError")


@pytest.mark.parametrize(
    ("seconds", "words"), [(2, "only 2 s long"), (59, "only 59 s long"), (660, "only 11 min long")]
)
def test_a_film_too_short_to_be_one_waits_for_a_person_however_sure_its_name_is(seconds, words):
    short = settle("Lantern (1999).mkv", Context(), says(title="Lantern", year=1999), Seen(duration=seconds))
    whole = settle("Lantern (1999).mkv", Context(), says(title="Lantern", year=1999), Seen(duration=5400))
    assert short.confidence < REVIEW < whole.confidence
    assert words in short.evidence


def test_a_bare_number_takes_its_season_and_show_from_the_folders():
    label = settle("03 - Night.mkv", context(("Amber Road", "Season 2")), silent)
    assert (label.media_type, label.title, label.season, label.episodes) == ("episode", "Amber Road", 2, (3,))
    assert label.label_source == "folder"


def test_205_in_season_2_is_its_fifth_episode():
    assert settle("Amber Road 205.mkv", context(("Amber Road", "Season 2")), silent).episodes == (5,)


def test_a_film_called_with_a_number_stays_a_film():
    label = settle("300 (2006).mkv", context(("300 (2006)",)), silent)
    assert (label.media_type, label.title, label.year) == ("movie", "300", 2006)


def test_what_lies_in_300_trailers_is_a_trailer_of_300():
    label = settle("something.mkv", context(("Movies", "300", "trailers")), silent)
    assert (label.media_type, label.extra_type, label.title) == ("extra", "trailer", "300")


def test_a_hash_in_a_release_folder_is_what_the_folder_says():
    label = settle("9f86d081884c7d659a2feaa0c55ad015.mkv", context(("Amber.Road.S03E04.720p-GRP",)), silent)
    assert (label.media_type, label.title, label.season, label.episodes) == ("episode", "Amber Road", 3, (4,))


def test_a_hash_alone_is_other():
    assert settle("9f86d081884c7d659a2feaa0c55ad015.mkv", Context(), silent).media_type == "other"


def test_a_long_file_is_no_sample_whatever_its_name():
    assert settle("Lantern.1999.720p-sample.mkv", Context(), silent, Seen(duration=60)).media_type == "extra"
    assert settle("Lantern.1999.720p-sample.mkv", Context(), silent, Seen(duration=6000)).media_type == "movie"


def test_a_camera_gives_the_day_and_the_container_helps_out():
    assert settle("VID_20190704_153012.mp4", Context(), silent).date == "2019-07-04"
    assert settle("IMG_1234.MOV", Context(), silent, Seen(creation_day="2019-07-05")).date == "2019-07-05"


def test_an_episode_without_a_title_is_for_a_person():
    label = settle("S01E02.mkv", Context(), silent)
    assert label.title is None
    assert label.needs_review


@pytest.mark.parametrize("name", ["Amber Road S03E26-S04E01.mkv", "Amber Road 05.06.2018.mkv"])
def test_what_no_rule_can_settle_comes_out_low(name):
    label = settle(name, Context(), silent)
    assert label.confidence < REVIEW
    assert label.needs_review
