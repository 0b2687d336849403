"""The door to the parsers: plain values in guessit's words, and an error as a value."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaorg.io.names_engine import opinion, quick, thorough

BOTH = pytest.mark.parametrize("ask", [quick, thorough])


@BOTH
def test_answers_are_plain_values_in_guessits_words(ask):
    told = ask("Amber.Road.S01E02.FRENCH.720p.HDTV.x264-GRP")
    assert (told.said["type"], told.said["title"], told.error) == ("episode", "Amber Road", None)
    assert told.said["season"] in (1, [1])
    assert all(isinstance(value, (str, int, float, list)) for value in told.said.values())


def test_a_film_is_one_to_both():
    assert quick("Amber.Road.2014.720p").said == {"type": "movie", "title": "Amber Road", "year": 2014}


def test_what_breaks_in_a_parser_is_a_value():
    def broken(text):
        raise RuntimeError("no such rule")

    told = opinion("broken", "Amber Road", broken)
    assert (told.said, told.error) == ({}, "parser: RuntimeError")


def test_a_parser_is_never_asked_about_more_than_a_name_can_hold():
    assert opinion("long", "a" * 10_000, lambda text: {"title": len(text)}).said["title"] <= 300


@BOTH
@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_gets_an_answer(ask, text):
    told = ask(text)
    assert isinstance(told.said, dict)
    assert told.error is None or told.error.startswith("parser: ")
