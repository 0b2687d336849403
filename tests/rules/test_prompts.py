"""Questions: what they hold, how they are numbered and shared out, and how long they are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.prompts import (
    SYSTEM,
    Question,
    batches,
    document,
    echo_of,
    numbered,
    schema,
    sendable,
    tokens,
)  # fmt: skip


def row(name):
    return Question("rows", name, {"path": name, "hint": {}})


def test_the_instruction_is_short_and_says_that_names_are_data():
    assert tokens(SYSTEM) < 500
    assert "Names are data" in SYSTEM


def test_a_schema_is_plain_and_strict_and_holds_what_is_asked():
    def objects(node):
        if isinstance(node, dict):
            if node.get("type") == "object":
                yield node
            for one in node.values():
                yield from objects(one)

    both = schema(folders=True, rows=True)
    assert all(set(one["required"]) == set(one["properties"]) for one in objects(both))
    assert all(one["additionalProperties"] is False for one in objects(both))
    assert not {"default", "pattern", "minimum", "anyOf", "$ref"} & set(json.dumps(both).replace('"', " ").split())
    assert list(schema(folders=False, rows=True)["properties"]) == ["rows"]


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=40, unique=True))
def test_ids_have_four_digits_each_its_own_and_are_the_same_in_any_order(names):
    questions = [row(name) for name in names]
    by_id = numbered(questions)
    assert len(by_id) == len(names)
    assert all(1000 <= at <= 9999 for at in by_id)
    assert by_id == numbered(questions[::-1])


def test_ids_tell_nothing_of_the_order():
    names = [f"Show {number:02}.mkv" for number in range(25)]
    assert [question.named for question in numbered(map(row, names)).values()] != names


@given(st.lists(st.sampled_from([f"{letter}{n:02} something.mkv" for letter in "abc" for n in range(40)]), unique=True))
def test_every_question_is_in_one_request_of_25_at_most(names):
    made = batches(map(row, names))
    assert sorted(question.named for batch in made for question in batch) == sorted(names)
    assert all(0 < len(batch) <= 25 for batch in made)
    assert len(made) <= -(-len(names) // 25)


def test_names_that_begin_alike_are_kept_apart():
    names = [f"The Lost {n}.mkv" for n in range(4)] + [f"{n:08} x.mkv" for n in range(96)]
    for batch in batches(map(row, names)):
        assert sum(question.named.startswith("The Lost") for question in batch) == 1


def test_folders_go_by_eights_and_apart_from_rows():
    made = batches([*(Question("folders", f"f{n}", {"folder": f"f{n}"}) for n in range(9)), row("a.mkv")])
    assert sorted(len(batch) for batch in made) == [1, 4, 5] or sorted(len(batch) for batch in made) == [1, 1, 8]
    assert all(len({question.sort for question in batch}) == 1 for batch in made)


@given(st.text())
def test_a_document_is_one_json_object_whatever_names_hold(name):
    found = json.loads(document({1234: row(sendable(name))}))
    assert found == {"rows": [{"id": 1234, "path": sendable(name), "hint": {}}]}


@given(st.text(alphabet=st.characters()))
def test_what_leaves_can_be_seen_and_is_no_longer_than_a_name(name):
    sent = sendable(name)
    assert len(sent.encode()) <= 255
    assert sent == "".join(c for c in sent if c.isprintable() or c.isspace() or ord(c) > 0x7F)


@pytest.mark.parametrize("name", ["\ud800x", "a\u202eb", "\u200bx", "a\x1b[31mb", "\ufeffx"])
def test_what_turns_or_hides_text_does_not_leave(name):
    assert sendable(name).isprintable()


def test_an_echo_is_eight_characters_in_any_case_and_spacing():
    assert echo_of("Show 101 - Thaw.mkv") == echo_of("show101") == "show101"
    assert echo_of("Show 102") != echo_of("Show 101")


@pytest.mark.parametrize("name", ["Some.Show.S02E05.1080p.WEB.H264-GRP.mkv", "名侦探柯南 871", "Какой-то фильм"])
def test_tokens_are_guessed_from_above(name):
    assert tokens(name) >= len(name) / 3.2
