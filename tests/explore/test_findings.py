"""What a table says of itself: every answer is a plain table, and what is not known is missing in it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg import errors
from mediaorg.explore import findings


@pytest.fixture(scope="module")
def labels(collection):
    return mo.run(mo.classify(mo.run(mo.probe(collection, progress=False, cache=False)), progress=False, cache=False))


def shows(*rows, columns=("title", "season", "episodes")):
    return pd.DataFrame(list(rows), columns=list(columns))


def missing(table):
    found = findings.missing_episodes(table)
    return list(zip(found["title"], found["season"].astype("object"), found["episode"], strict=True))


# ---- all of them

EVERY = [
    findings.summary,
    findings.broken,
    findings.doubtful,
    findings.by_quality,
    findings.duplicates,
    findings.episodes,
    findings.missing_episodes,
]


@pytest.mark.parametrize("question", EVERY)
def test_no_rows_have_the_columns_of_any_rows_and_the_table_is_left_alone(question, labels):
    before = labels.copy(deep=True)
    many, none = question(labels), question(labels.iloc[:0])
    assert list(none.columns) == list(many.columns)
    assert none.dtypes.tolist() == many.dtypes.tolist()
    assert type(many) is pd.DataFrame
    pd.testing.assert_frame_equal(labels, before)


@pytest.mark.parametrize("question", EVERY)
def test_an_odd_index_and_untyped_cells_change_no_answer(question, labels):
    odd = labels.astype("object")
    odd.index = [7] * len(odd)
    said, wanted = (found.astype("object").where(found.notna(), None) for found in (question(odd), question(labels)))
    assert said.values.tolist() == wanted.values.tolist()


@pytest.mark.parametrize(
    ("question", "column", "stage"),
    [
        (findings.summary, "path", "scan"),
        (findings.broken, "playable", "probe"),
        (findings.doubtful, "confidence", "classify"),
        (findings.by_quality, "quality", "probe"),
        (findings.duplicates, "title", "classify"),
        (findings.episodes, "season", "classify"),
        (findings.missing_episodes, "episodes", "classify"),
    ],
)
def test_a_table_without_the_column_is_refused_and_the_stage_that_makes_it_is_named(question, column, stage, labels):
    with pytest.raises(errors.MissingColumns, match=rf"needs the column '{column}' \(from {stage}\)"):
        question(labels.drop(columns=column))


# ---- summary


def test_the_summary_adds_up(labels):
    said = findings.summary(labels)
    assert said.index[-1] == "all"
    assert said["files"].iloc[:-1].sum() == said.loc["all", "files"] == len(labels)
    assert said["size"].iloc[:-1].sum() == said.loc["all", "size"] == labels["size"].sum()
    assert said.loc["all", "broken"] == len(findings.broken(labels))
    assert said.loc["all", "doubtful"] == len(findings.doubtful(labels))
    assert said.loc["all", "hours"] == pytest.approx(labels["duration"].sum() / 3600, abs=0.01)


def test_what_a_table_cannot_tell_is_missing_in_its_summary():
    said = findings.summary(pd.DataFrame({"path": ["/a", "/b"], "kind": ["video", None]}))
    assert said["files"].to_dict() == {"video": 1, "not known": 1, "all": 2}
    assert said[["titles", "size", "hours", "doubtful", "broken"]].isna().all(axis=None)


def test_spellings_of_a_title_are_one_and_years_are_told_apart_only_where_there_are_two():
    table = pd.DataFrame(
        {
            "path": "/x",
            "title": ["Dune", "DUNE", "Dune", "Amélie", "Ame\u0301lie"],
            "year": [1984, 2021, 1984, None, 2001],
        }
    )
    assert findings.summary(table).loc["all", "titles"] == 3


# ---- broken, doubtful, by quality


def test_broken_is_what_does_not_play_or_could_not_be_looked_at():
    table = pd.DataFrame({"playable": [True, False, None, None], "probe_error": [None, None, "timeout: 30 s", None]})
    assert findings.broken(table).index.tolist() == [1, 2]


def test_a_review_that_is_asked_for_outranks_a_figure():
    table = pd.DataFrame({"confidence": [0.9, 0.6, 0.5, 0.4], "needs_review": [True, None, False, True]})
    assert findings.doubtful(table).index.tolist() == [3, 1, 0]


def test_qualities_are_in_the_order_of_numbers_and_only_videos_count():
    table = pd.DataFrame(
        {
            "quality": [480, 1080, None, None],
            "kind": ["video", "video", "video", "subtitle"],
            "size": [1, 2, 4, 8],
            "duration": [1800.0, 3600, None, None],
            "bit_rate": [5, float("inf"), None, None],
        }
    )
    said = findings.by_quality(table)
    assert said.index.astype("object").tolist() == [1080, 480, pd.NA]
    assert said["size"].tolist() == [2, 1, 4]
    assert said["hours"].astype("object").where(said["hours"].notna(), None).tolist() == [1.0, 0.5, None]
    assert said["bit_rate"].isna().tolist() == [True, False, True]


# ---- duplicates


def groups(table):
    return [rows.index.tolist() for _, rows in findings.duplicates(table).groupby("group")]


@pytest.mark.parametrize(
    "other",
    [
        {"year": 1984, "size": 9},
        {"season": 2},
        {"episodes": (2,)},
        {"part": 2},
        {"edition": "Extended"},
        {"media_type": "extra"},
        {"title": None},
    ],
)
def test_works_that_differ_in_what_identifies_them_are_not_the_same(other):
    one = {
        "title": "Dune",
        "year": 2021,
        "season": 1,
        "episodes": (1,),
        "part": 1,
        "edition": None,
        "media_type": "movie",
        "size": 5,
    }
    assert groups(pd.DataFrame([one, one])) == [[0, 1]]
    assert groups(pd.DataFrame([one, one | other])) == []


def test_an_episode_of_no_number_and_an_extra_are_not_compared():
    table = pd.DataFrame({"title": "Heimat", "media_type": ["episode", "episode", "extra", "extra"], "size": 5})
    assert groups(table) == []
    assert findings.comparable(table) == 0


def test_where_there_are_hashes_they_alone_decide():
    table = pd.DataFrame(
        {"title": "Alien", "content_hash": ["a", "b", "a", None, None, "a"], "size": [5, 5, 5, 5, 5, 6]}
    )
    found = findings.duplicates(table)
    assert found.index.tolist() == [0, 2]
    assert found["same"].tolist() == ["content", "content"]
    assert findings.duplicates(table.assign(hash_of="pieces"))["same"].tolist() == ["pieces", "pieces"]


def test_the_best_is_kept_and_the_group_that_wastes_most_is_first():
    table = pd.DataFrame(
        [
            ("/a.mkv", "Alien", False, 1080, 9),
            ("/b.mkv", "Alien", True, 720, 5),
            ("/c.mkv", "Alien", True, 720, 4),
            ("/h (1).mkv", "Heat", True, 720, 40),
            ("/h.mkv", "Heat", True, 720, 40),
        ],
        columns=["path", "title", "playable", "quality", "size"],
    )
    found = findings.duplicates(table)
    assert found["path"].tolist() == ["/h.mkv", "/h (1).mkv", "/b.mkv", "/c.mkv", "/a.mkv"]
    assert found["keep"].tolist() == [True, False, True, False, False]
    assert found["saves"].tolist() == [0, 40, 0, 4, 9]
    assert found["group"].tolist() == [0, 0, 1, 1, 1]


def test_another_link_to_a_file_wins_nothing():
    table = pd.DataFrame({"content_hash": "x", "size": 7, "device": 1, "inode": [5, 5, 6, 6, None]})
    assert sorted(findings.duplicates(table)["saves"]) == [0, 0, 0, 7, 7]


def test_asked_again_of_its_own_answer_it_says_the_same(labels):
    once = findings.duplicates(labels)
    pd.testing.assert_frame_equal(findings.duplicates(once), once)
    assert len(once) == 6


# ---- episodes


def test_an_episode_in_two_parts_or_editions_is_not_doubled():
    columns = ("title", "season", "episodes", "part", "edition")
    table = shows(
        ("A", 1, (1,), 1, None),
        ("A", 1, (1,), 2, None),
        ("A", 1, (2,), None, "Cut"),
        ("A", 1, (2,), None, None),
        ("A", 1, (3,), None, None),
        ("A", 1, (3, 4), None, None),
        columns=columns,
    )
    found = findings.episodes(table)
    assert found[["episode", "files", "doubled"]].values.tolist() == [
        [1, 2, False],
        [2, 2, False],
        [3, 2, True],
        [4, 1, False],
    ]


@pytest.mark.parametrize(
    ("rows", "gone"),
    [
        ([("A", 1, (3,))], [1, 2]),
        ([("A", 0, (7,))], []),  # specials: few have them all
        ([("A", None, (2,)), ("A", None, (4,))], [1, 3]),
        ([("A", 1, (24,)), ("A", 1, tuple(range(1, 24))), ("A", 2, (27,))], [25, 26]),  # numbers run on
        ([("A", 1, (1,)), ("A", 2, (3,))], [1, 2]),  # too few for that
        ([("A", 1, (1,)), ("A", 1, (1080,))], []),  # a size read for a number
        ([("A", 1, None), ("A", None, None)], []),
        ([("A", 1, ()), (None, 1, (4,))], []),
    ],
)
def test_what_is_missing(rows, gone):
    assert [episode for _, _, episode in missing(shows(*rows))] == gone


def test_absolute_numbers_count_where_there_is_no_season():
    table = shows(
        ("A", None, None, (2,)), ("A", 1, (1,), (30,)), columns=("title", "season", "episodes", "absolute_episodes")
    )
    assert missing(table) == [("A", pd.NA, 1)]


def test_only_videos_that_are_episodes_count(labels):
    whole = findings.episodes(labels)
    only = labels[(labels["media_type"] == "episode") & (labels["kind"] == "video")]
    pd.testing.assert_frame_equal(findings.episodes(only), whole)
    assert findings.numbered(labels) == sum(only["episodes"].notna())


@given(st.sets(st.integers(1, 90), min_size=1))
def test_there_and_missing_make_a_whole_season(numbers):
    table = shows(*(("A", 1, (number,)) for number in numbers))
    found = findings.episodes(table)
    assert found["episode"].tolist() == list(range(1, max(numbers) + 1))
    assert set(found.loc[found["files"] > 0, "episode"]) == numbers
