"""The language of layouts: what it fills in, what it leaves out, what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.errors import BadSetting
from mediaorg.rules.templates import parse

KNOWN = frozenset({"title", "year", "season", "edition"})


def filled(text: str, **values: object) -> str:
    return "/".join(template.fill(values) for template in parse(text, KNOWN))


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("{title}< ({year})>", {"title": "Alien", "year": 1979}, "Alien (1979)"),
        ("{title}< ({year})>", {"title": "Alien"}, "Alien"),
        ("{title}< ({year})>", {"title": "Alien", "year": ""}, "Alien"),
        ("S{season:02}/{title}", {"title": "x", "season": 3}, "S03/x"),
        ("S{season:2}", {"season": 123}, "S123"),
        ("{title}< {{edition-{edition}}}>", {"title": "x", "edition": "Cut"}, "x {edition-Cut}"),
        ("<{year} >{title}", {"title": "{season:02}<x>"}, "{season:02}<x>"),
        ("{title}", {}, ""),
        ("<Season {season}>/{title}", {"title": "x"}, "/x"),
    ],
)
def test_a_template_is_filled_in(text, values, said):
    assert filled(text, **values) == said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/{title}", "below the library"),
        ("a//b", "below the library"),
        ("../{title}", "below the library"),
        ("{title}/ . ", "below the library"),
        ("", "below the library"),
        ("{director}", "'director' nobody knows; there are edition, season, title, year"),
        ("{title", "stray '{'"),
        ("title}", "stray '}'"),
        ("{title.__class__}", "stray '{'"),
        ("{title!r}", "stray '{'"),
        ("{0}", "stray '{'"),
        ("<{title}", "'<' without its '>'"),
        ("{title}>", "stray '>'"),
        ("<a<b>>", "stray '<'"),
        ("<a/b>", "'<' without its '>'"),
    ],
)
def test_what_cannot_be_read_is_said(text, says):
    with pytest.raises(BadSetting, match=says):
        parse(text, KNOWN)


@given(st.text())
def test_what_a_label_says_is_never_read_as_a_template(value):
    assert parse("<{title}-{year}>{title}", KNOWN)[0].fill({"title": value}) == value
