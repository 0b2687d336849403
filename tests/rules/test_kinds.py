"""Suffixes tell kinds."""

import pytest

from mediaorg.rules.kinds import KINDS, kind


@pytest.mark.parametrize(
    ("suffix", "said"),
    [
        (".mkv", "video"),
        (".SRT", "subtitle"),
        (".jpg", "artwork"),
        (".nfo", "nfo"),
        (".flac", "audio"),
        (".zip", "other"),
        (None, "other"),
    ],
)
def test_a_suffix_tells_the_kind(suffix, said):
    assert kind(suffix) == said


def test_no_suffix_has_two_kinds():
    from mediaorg.rules import kinds

    listed = [suffix for suffixes in kinds._SUFFIXES.values() for suffix in suffixes.split()]
    assert len(listed) == len(set(listed)) == len(KINDS)
