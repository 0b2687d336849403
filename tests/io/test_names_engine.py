"""The door to guessit: plain values, and an error as a value."""

import sys

import guessit
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaorg.io.names_engine import guess


def test_answers_are_plain_values():
    answer, error = guess("Amber.Road.S01E02.FRENCH.720p.HDTV.x264-GRP")
    assert error is None
    assert answer["title"] == "Amber Road"
    assert all(isinstance(value, (str, int, float, list)) for value in answer.values())


def test_what_breaks_in_guessit_is_a_value(monkeypatch):
    def broken(*asked):
        raise RuntimeError("no such rule")

    monkeypatch.setattr(sys.modules[guessit.__name__], "guessit", broken)
    assert guess("A name that nobody asked before") == ({}, "parser: RuntimeError")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text):
    answer, error = guess(text)
    assert isinstance(answer, dict)
    assert error is None or error.startswith("parser: ")
