"""Which work a label means: remakes, namesakes, shows and films of one name, with works we made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.records import Episode, Label, Work
from mediaorg.rules.canonical import canonical, meant

OLD, NEW = Work("1", "movie", "Lantern", 1972, votes=90_000), Work("2", "movie", "Lantern", 2002, votes=100_000)
FAMOUS, OBSCURE = Work("3", "movie", "Harbor", 1999, votes=50_000), Work("4", "movie", "Harbor", 1950, votes=12)
SHOW, FIRST = Work("5", "series", "Office", 2005, votes=600_000), Work("6", "movie", "Office", 1966, votes=300)
HERE = Work("7", "movie", "Orchard", 1999, votes=9, also=("Der Garten", "Garden"))
GARDEN = Work("8", "movie", "Garden", 2003, votes=80)
SERIES = (Work("9", "series", "Galactic", 1978, votes=15_000), Work("10", "series", "Galactic", 2004, votes=170_000))
WORKS = (OLD, NEW, FAMOUS, OBSCURE, SHOW, FIRST, HERE, GARDEN, *SERIES)


@pytest.mark.parametrize(
    ("title", "kind", "year", "id_"),
    [
        # a film and its remake
        ("lantern", "movie", 1972, "1"), ("lantern", "movie", 2002, "2"), ("lantern", "movie", None, None),
        ("lantern", "movie", 1971, "1"), ("lantern", "movie", 2003, "2"), ("lantern", "movie", 1987, None),
        # one that everybody knows, and one that nobody does
        ("harbor", "movie", None, "3"), ("harbor", "movie", 1950, "4"), ("harbor", "movie", 1949, "4"),
        # a show and a film of one name
        ("office", "movie", None, None), ("office", "movie", 1966, "6"), ("office", "series", None, "5"),
        ("office", "movie", 2005, None), ("office", "series", 1966, None),
        # a translation that is another film's own name
        ("der garten", "movie", None, "7"), ("garden", "movie", None, "8"), ("garden", "movie", 1999, "7"),
        # a show and its remake; of shows the year is the first one's, so one beside is another's
        ("galactic", "series", None, "10"), ("galactic", "series", 1978, "9"), ("galactic", "series", 2003, None),
        ("nothing", "movie", None, None), ("", "movie", None, None), (None, "movie", None, None),
    ],
)  # fmt: skip
def test_remakes_and_namesakes(title, kind, year, id_):
    found = meant(WORKS, title, kind=kind, year=year)
    assert (found and found.id) == id_


def film(year=None, confidence=0.55, title="harbor"):
    return Label("movie", title, year, confidence=confidence, needs_review=confidence < 0.7, evidence="by name")


@pytest.mark.parametrize(
    ("label", "confidence"),
    [
        (film(1999), 0.85), (film(1999, 0.72), 0.95), (film(1999, 0.98), 0.98),
        (film(1998), None), (film(2000), None), (film(), None), (film(None, 0.65), None),  # "Videos/harbor.mp4"
        (film(1998, 0.72), 0.85), (film(1998, 0.96), 0.96), (film(None, 0.82), 0.85), (film(None, 0.92), 0.92),
    ],
)  # fmt: skip
def test_a_film_is_settled_where_its_year_agrees_or_the_name_was_sure(label, confidence):
    found = canonical(label, FAMOUS, by="IMDb")
    if confidence is None:
        assert found.evidence == "by name; IMDb knows 'Harbor' (1999), 3, and nothing bears out that this is it"
        assert (found.title, found.year, found.confidence, found.needs_review) == (
            label.title, label.year, label.confidence, True,
        )  # fmt: skip
        assert canonical(found, FAMOUS, by="IMDb") == found  # it is said once
    else:
        assert (found.title, found.year, found.confidence, found.needs_review) == ("Harbor", 1999, confidence, False)


LISTED = [
    Episode(season, number) for season, numbers in {0: 2, 1: 13, 2: 20}.items() for number in range(1, numbers + 1)
]
BARE = [Episode(None, 1), Episode(None, None)]


def episode(season, *numbers, confidence=0.9):
    return Label(
        "episode", "galactic", None, season, numbers or None, confidence=confidence, needs_review=confidence < 0.7
    )


@pytest.mark.parametrize(
    ("label", "listed", "year", "confidence"),
    [
        (episode(1, 13), LISTED, 2004, 0.95), (episode(1, 13, confidence=0.55), LISTED, 2004, 0.85),
        (episode(1, 14), LISTED, None, 0.9),  # S01E14 of the show before
        (episode(2, 21), LISTED, None, 0.9), (episode(2, 21, confidence=0.55), LISTED, None, 0.55),
        (episode(1, 1), [Episode(3, 1)], None, 0.9),  # a list that begins later
        (episode(3, 1), LISTED, 2004, 0.9),  # newer than the catalogue
        (episode(1, 13, 14), LISTED, 2004, 0.9), (episode(1, 14, 15), LISTED, None, 0.9),  # the last one, of double length
        (episode(0, 1), LISTED, 2004, 0.95), (episode(0, 9), LISTED, 2004, 0.9),  # specials
        (episode(None, 14), LISTED, 2004, 0.9), (episode(1), LISTED, 2004, 0.9),
        (episode(1, 14), (), 2004, 0.9), (episode(1, 14), BARE, 2004, 0.9),
        (episode(3, 1, confidence=0.55), LISTED, None, 0.55), (episode(1, 14, confidence=0.55), (), None, 0.55),
    ],
)  # fmt: skip
def test_a_show_is_settled_unless_its_list_speaks_against_it(label, listed, year, confidence):
    found = canonical(label, SERIES[1], by="IMDb", episodes=listed)
    assert (found.title, found.year, found.confidence) == ("Galactic" if year else "galactic", year, confidence)
    assert found.needs_review == (confidence < 0.7)


def test_an_episode_that_is_a_film_by_its_whole_name_is_one():
    label = Label("episode", "Apollo", None, None, (13,), confidence=0.55, needs_review=True)
    apollo = Work("1", "movie", "Apollo 13", 1995)
    assert canonical(label, apollo, by="IMDb").episodes is None
    found = canonical(Label("episode", "Apollo", 1995, None, (13,), confidence=0.55), apollo, by="IMDb")
    assert (found.media_type, found.title, found.episodes, found.confidence) == ("movie", "Apollo 13", None, 0.85)


def test_an_episode_without_a_number_stays_with_a_person_however_sure_its_show_is():
    label = Label("episode", "galactic", confidence=0.9, needs_review=True)
    assert canonical(label, SERIES[1], by="IMDb", episodes=LISTED).needs_review


@given(
    year=st.none() | st.integers(1995, 2003),
    confidence=st.floats(0, 1),
    season=st.none() | st.integers(0, 4),
    numbers=st.none() | st.tuples(st.integers(1, 25)),
    work=st.sampled_from(WORKS),
)
def test_no_label_is_surer_without_a_reason_and_none_is_less_sure(year, confidence, season, numbers, work):
    sort = "movie" if work.kind == "movie" else "episode"
    label = Label(sort, "x", year, season, numbers, confidence=confidence, needs_review=confidence < 0.7)
    found = canonical(label, work, by="IMDb", episodes=LISTED)
    assert found.confidence >= confidence
    listed = numbers is not None and (season, numbers[0]) in {(one.season, one.number) for one in LISTED}
    if confidence < 0.7 <= found.confidence:
        assert year == work.year if work.kind == "movie" else listed
    assert found.needs_review == (found.confidence < 0.7)
