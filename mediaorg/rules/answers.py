"""What a model wrote, read leniently and believed strictly: whole items, each of an id that was asked, with its echo."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mediaorg.rules.prompts import Question, echo_of, is_echo, is_whole_echo

__all__ = ["Answers", "items", "read_answers"]

_FAILURES: Final = 2000  # braces that begin nothing; a text of braces alone must not cost a minute
# Thoughts come before the answer; a "<think>" within it may be a file's name.
_THOUGHTS: Final = re.compile(r"\A[^{]*?<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Answers:
    """What an answer holds of what was asked: items by id, and why the others do not count."""

    items: Mapping[int, Mapping[str, Any]]
    lost: Mapping[int, str]


def items(text: str) -> Iterator[Mapping[str, Any]]:
    """Every whole object with an id in `text`: of a list, of one that was cut off, between prose, or within a fence.

    >>> [item["id"] for item in items('Sure! {"rows": [{"id": 7}, {"id": 8, "title": "cut o')]
    [7]
    """
    text = _THOUGHTS.sub("", text)
    at, failures = text.find("{"), 0
    while at >= 0 and failures < _FAILURES:
        try:
            found, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            failures, end = failures + 1, at + 1
        else:
            yield from _within(found)
        at = text.find("{", end)


def _within(found: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, dict) and "id" in found:
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            if isinstance(value, list):
                for one in value:
                    yield from _within(one)


def read_answers(text: str, asked: Mapping[int, Question], *, cut: bool = False) -> Answers:
    """What `text` says of what was `asked`, by id; cut: its end was cut off, so that some may be missing.

    An id that nobody asked about, one that is answered twice, and an echo of another name do not count. Where any of
    these is met, or one is left out, the model has lost its place: then only those count whose echo tells them from
    all others, as an echo that is cut short always has to.
    """
    found: dict[int, Mapping[str, Any]] = {}
    lost = dict.fromkeys(asked, "ai_missing: the answer leaves it out")
    astray, any_item = False, False
    for item in items(text):
        any_item = True
        at = _id(item.get("id"))
        if at not in asked:
            astray = True
        elif at in found and found[at] != item:
            astray = True
            lost[at] = "ai_missing: answered twice, in two ways"
        elif not _is_of(str(item.get("echo")), asked[at], asked.values()):
            astray = True
            lost[at] = "ai_missing: the answer is of another name"
        else:
            found[at] = item
    if not any_item:
        return Answers({}, dict.fromkeys(asked, "ai_bad_answer: it holds no item"))
    doubted = {at for at, why in lost.items() if "two ways" in why or "another" in why}
    if astray or (len(found) < len(asked) and not cut):
        echoes = [echo_of(question.named) for question in asked.values()]
        doubted |= {at for at in found if echoes.count(echo_of(asked[at].named)) > 1}
    good = {at: item for at, item in found.items() if at not in doubted}
    return Answers(good, {at: why for at, why in lost.items() if at not in good})


def _is_of(echo: str, question: Question, all_: Collection[Question]) -> bool:
    if is_whole_echo(echo, question.named):
        return True
    return is_echo(echo, question.named) and sum(is_echo(echo, other.named) for other in all_) == 1


def _id(given: Any) -> int:
    if isinstance(given, str) and re.fullmatch(r"\d{1,6}", given):
        return int(given)
    return given if isinstance(given, int) and not isinstance(given, bool) else -1
