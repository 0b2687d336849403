"""What a model wrote: whole items are found wherever they stand, and none counts for a name it is not about."""

import json
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.answers import items, read_answers
from mediaorg.rules.prompts import Question, numbered


def row(name):
    return Question("rows", name, {"path": name, "hint": {}})


NAMES = [f"{letter * 3} film {n}.mkv" for letter in "abcdefgh" for n in range(3)]
ASKED = numbered(map(row, NAMES))


def honest():
    return [{"id": at, "echo": question.named[:8], "title": question.named} for at, question in ASKED.items()]


def believed(answer):
    """Rows that count, and whether each is its own."""
    found = read_answers(json.dumps({"rows": answer}), ASKED)
    return len(found.items), all(item["title"] == ASKED[at].named for at, item in found.items.items())


def test_an_honest_answer_counts_in_full():
    assert believed(honest()) == (len(NAMES), True)
    assert believed(honest()[::-1]) == (len(NAMES), True)


@pytest.mark.parametrize("seed", range(20))
def test_no_way_of_losing_count_gives_a_row_to_another_name(seed):
    rng = random.Random(seed)
    answer = honest()
    bodies = [{key: value for key, value in item.items() if key != "id"} for item in answer]
    ids = list(ASKED)
    by = rng.randrange(1, len(ids))
    shifted = [{"id": one, **body} for one, body in zip(ids, bodies[by:] + bodies[:by], strict=True)]
    skipped = [{"id": one, **body} for one, body in zip(ids, bodies[:by] + bodies[by + 1 :], strict=False)]
    one = rng.randrange(len(ids))  # two that begin alike are told apart by their numbers: rules.checks
    two = rng.choice([at for at, other in enumerate(ASKED.values()) if other.named[:3] != ASKED[ids[one]].named[:3]])
    bodies[one], bodies[two] = bodies[two], bodies[one]
    swapped = [{"id": at, **body} for at, body in zip(ids, bodies, strict=True)]
    counted = [{**item, "id": at} for at, item in enumerate(answer)]
    for mixed_up in (shifted, skipped, swapped, counted):
        assert believed(mixed_up)[1]


def test_two_answers_to_one_question_are_none():
    first = honest()[0]
    count, right = believed([*honest(), {**first, "title": "something else"}])
    assert first["id"] not in read_answers(json.dumps([*honest(), {**first, "title": "x"}]), ASKED).items
    assert right
    assert count < len(NAMES)


def test_the_same_answer_twice_is_one():
    assert believed([*honest(), honest()[0]]) == (len(NAMES), True)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Amélie à Paris.mkv", "도깨비 신부.mkv", "Đặc vụ số một.mkv"])
def test_an_echo_may_put_accents_together_or_apart(name, form):
    asked = numbered([row(unicodedata.normalize("NFD", name)), row("another film.mkv")])
    answer = [{"id": at, "echo": unicodedata.normalize(form, question.named)[:8]} for at, question in asked.items()]
    assert len(read_answers(json.dumps(answer), asked).items) == 2


@pytest.mark.parametrize(("length", "count"), [(8, 3), (7, 1), (5, 1), (4, 0), (0, 0), (20, 3)])
def test_an_echo_that_is_cut_short_has_to_tell_its_name_from_all_others(length, count):
    asked = numbered(map(row, ["lantern1.mkv", "lanterns.mkv", "orchard.mkv"]))
    answer = [{"id": at, "echo": question.named[:length]} for at, question in asked.items()]
    assert len(read_answers(json.dumps(answer), asked).items) == count


def test_a_name_that_begins_a_thought_costs_no_neighbour_its_answer():
    asked = numbered(map(row, ["<think> a film.mkv", "lantern.mkv", "orchard.mkv"]))
    answer = [{"id": at, "echo": question.named[:8], "title": question.named} for at, question in asked.items()]
    for thoughts in ("", "<think>What is {this}?</think>", "Well, <thinking>hm"):
        wanted = 0 if thoughts.endswith("hm") else 3
        assert len(read_answers(thoughts + json.dumps({"rows": answer}), asked).items) == wanted


def test_an_id_may_come_as_text():
    assert believed([{**item, "id": str(item["id"])} for item in honest()]) == (len(NAMES), True)


@given(st.integers(0, 3000))
def test_of_an_answer_that_was_cut_off_whole_items_are_saved(at):
    text = json.dumps({"rows": honest()})[:at]
    found = read_answers(text, ASKED, cut=True)
    assert all(item in honest() for item in found.items.values())
    assert set(found.items) | set(found.lost) == set(ASKED)


def test_a_cut_answer_keeps_all_that_came_whole():
    text = json.dumps({"rows": honest()})
    assert len(read_answers(text[:-40], ASKED, cut=True).items) == len(NAMES) - 1


@pytest.mark.parametrize(
    "around",
    ["{}", "Sure! Here you go:\n```json\n{}\n```\nAnything else?", '<think>{{"id": 1}}</think>{}', "{{ not this }} {}"],
)
def test_prose_fences_and_thoughts_are_no_hindrance(around):
    assert [item["id"] for item in items(around.format(json.dumps({"rows": [{"id": 7}, {"id": 8}]})))] == [7, 8]


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "{}", "null", "{" * 50_000, '{"a":' * 50_000, '[{"id"', '{"id": NaN']
)
def test_what_holds_no_item_is_a_bad_answer_and_takes_no_time(text):
    found = read_answers(text, ASKED)
    assert found.items == {}
    assert {why.partition(":")[0] for why in found.lost.values()} == {"ai_bad_answer"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda one: st.lists(one) | st.dictionaries(st.sampled_from(["id", "rows", "echo", "x"]), one),
    )
)
def test_any_json_is_read_without_an_error(answer):
    found = read_answers(json.dumps(answer), ASKED)
    assert set(found.items) | set(found.lost) == set(ASKED)
