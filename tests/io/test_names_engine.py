"""The door to guessit: plain values, and an error as a value."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mediaorg.io.names_engine import answer, guess


def test_answers_are_plain_values():
    said, error = guess("Amber.Road.S01E02.FRENCH.720p.HDTV.x264-GRP")
    assert error is None
    assert said["title"] == "Amber Road"
    assert all(isinstance(value, (str, int, float, list)) for value in said.values())


def test_what_breaks_in_a_parser_is_a_value():
    def broken(text, options):
        raise RuntimeError("no such rule")

    assert answer("Amber Road", broken) == ({}, "parser: RuntimeError")


def test_a_parser_is_never_asked_about_more_than_a_name_can_hold():
    assert answer("a" * 10_000, lambda text, options: {"title": len(text)})[0]["title"] <= 300


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text):
    said, error = guess(text)
    assert isinstance(said, dict)
    assert error is None or error.startswith("parser: ")
