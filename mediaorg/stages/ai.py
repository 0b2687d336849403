"""Ask a model about the labels that are doubtful, believe what holds, and say of the rest why it stays as it was."""

import asyncio
import json
import math
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.io.answers import AnswerCache, Answered
from mediaorg.io.llm import Door, Reply, Request
from mediaorg.io.loop import in_thread, thinking, together
from mediaorg.io.progress import Follower, Progress
from mediaorg.io.stopping import STOPPED, until_stopped
from mediaorg.records import AI, Label, Limits, Usage
from mediaorg.rules.answers import Answers, read_answers
from mediaorg.rules.checks import Facts, Known, checked, folder_said
from mediaorg.rules.prices import cost, price_of
from mediaorg.rules.prompts import (
    BELIEVED,
    ROWS_A_REQUEST,
    SYSTEM,
    VERSION,
    Question,
    batches,
    document,
    numbered,
    output_tokens,
    schema,
    tokens,
)
from mediaorg.schema import need
from mediaorg.stages.asking import Asked, labels_of, questions, row_questions

__all__ = ["ai_estimate", "ai_preview", "asked_of", "taken_ai"]

_ALLOWANCE: Final = 7  # requests for each that would do, tries and all: what a run may send when much goes wrong
_AGAIN: Final = 2  # times a question is asked again, each time in smaller company
_ASK_AGAIN: Final = ("ai_bad_answer", "ai_refused", "ai_timeout")  # fewer at once may do
_THINKING: Final = 4000  # tokens a model that reasons may think before it writes
_THOUGHT: Final = 1000  # and about what it does, when told to think little
_CUT: Final = 0.6  # of the estimate: a server that counts fewer has not read all that was sent
_OVERHEAD: Final = 16  # tokens around two messages


# ---- settings --------------------------------------------------------------------------------------------------


def taken_ai(given: AI | str | bool | None) -> AI | None:
    """What `classify` was given as `ai`, complete, with the price of its model; raises BadSetting before anything is sent."""
    ai = AI.of(given)
    if ai is None:
        return None
    price = ai.price or price_of(ai.model or "")
    if ai.budget_usd is not None and price is None:
        raise BadSetting(
            f"budget_usd needs the price of {ai.model!r}, which is not known: give price=(input, output) in USD per million tokens"
        )
    return replace(ai, price=price)


# ---- asking ----------------------------------------------------------------------------------------------------


async def asked_of(
    ai: AI,
    frame: pd.DataFrame,
    labels: Sequence[Label],
    *,
    limits: Limits,
    cache: bool | str | os.PathLike[str] = True,
    progress: Follower = None,
    known: Known | None = None,
    stop: threading.Event | None = None,
) -> tuple[list[Label], dict[str, Any]]:
    """`labels` of the rows of `frame` with what a model settled of the doubtful ones, and what that took, as plain JSON.

    ai: as `taken_ai` gives it. known: titles a catalogue says are one. stop: when set, what is in flight is given
    up, and rows not answered say so. Never raises for what a server does.
    """
    began = time.monotonic()
    open_cache = partial(AnswerCache.open, cache, model=ai.model or "", version=VERSION)
    with await in_thread(open_cache) as store:
        asked = await thinking(partial(questions, frame, labels, ai))
        rows = sum(len(one.members) for one in asked)
        with Progress(progress, "ai", rows) as bar:
            async with Door(ai, timeout_seconds=limits.timeout_seconds, price=ai.price, allowance=0) as door:
                session = _Session(ai, door, store, labels, bar, known)
                await until_stopped(session.run(asked), stop or threading.Event())
        session.leave(asked)
    return session.labels, {**session.facts(), "rows": rows, "seconds": round(time.monotonic() - began, 3)}


@dataclass(slots=True)
class _Batch:
    asked: list[Asked]
    again: int = 0


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What comes of one answer.

    said: by row, its label, or why it stays as it was. each: rows to be asked one by one instead; grown: because the
    model said so, and not because its answer did not hold.
    """

    said: Mapping[int, Label | str]
    each: Mapping[int, Facts]
    grown: bool = False


def _judged(asked: Asked, answered: Answered, ai: AI, known: Known | None = None) -> _Verdict:
    """Hold an answer against the names it is about."""
    by = ai.model or ""
    if asked.question.sort == "rows":
        return _by_row(asked, answered, by, known)
    return _by_folder(asked, answered, by)


def _by_row(asked: Asked, answered: Answered, by: str, known: Known | None) -> _Verdict:
    said = {at: checked(answered.item, facts, by=by, known=known) for at, facts in asked.members.items()}
    return _Verdict(
        {at: one if isinstance(one, str) else _with_bill(one, answered, len(said)) for at, one in said.items()}, {}
    )


def _by_folder(asked: Asked, answered: Answered, by: str) -> _Verdict:
    labels, why, row_by_row = folder_said(answered.item, asked.members, folder=asked.question.named, by=by)
    rest = {at: facts for at, facts in asked.members.items() if at not in labels}
    said: dict[int, Label | str] = {at: _with_bill(label, answered, len(asked.members)) for at, label in labels.items()}
    if row_by_row or labels:
        return _Verdict(said, rest, grown=why is None)
    return _Verdict(dict.fromkeys(rest, why or "the folder is nothing of that kind"), {})


def _with_bill(label: Label, answered: Answered, files: int) -> Label:
    """`label` with what its answer took, so that each row tells what it cost, also when it comes from the cache."""
    took = f"{answered.usage.input_tokens}+{answered.usage.output_tokens} tokens"
    took += f" for {files} files" if files > 1 else ""
    return replace(label, evidence=f"{label.evidence}; {took}")


class _Session:
    """One run: what is still to be asked, what was answered, and the labels that come of it."""

    def __init__(
        self, ai: AI, door: Door, store: AnswerCache, labels: Sequence[Label], bar: Progress, known: Known | None
    ) -> None:
        self.labels = list(labels)
        self._offline = tuple(labels)
        self._ai, self._door, self._store, self._bar, self._known = ai, door, store, bar, known
        self._queue: deque[_Batch] = deque()
        self._waiting: list[Asked] = []  # rows that wait for others to share a request with
        self._running, self._most = 0, ROWS_A_REQUEST
        self._changed = asyncio.Event()
        self._over = threading.Event()  # set when the run is cancelled
        self._done: set[int] = set()
        self._counts: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()

    async def run(self, asked: Sequence[Asked]) -> None:
        await self._add(asked)
        self._flush()
        self._door.allowance = _ALLOWANCE * len(self._queue)
        async with together() as group:
            for _ in range(self._ai.max_concurrency):
                group.create_task(self._work(group))

    def leave(self, asked: Iterable[Asked]) -> None:
        """Say of rows that were not reached why they stay as they are."""
        for one in asked:
            for at in one.members.keys() - self._done:
                self._errors["stopped"] += 1
                self.labels[at] = replace(self._offline[at], label_error=STOPPED)

    def facts(self) -> dict[str, Any]:
        """What the run took and came to, as plain JSON."""
        usage = self._door.usage
        return {
            "model": self._ai.model,
            "calls": self._door.sent,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cost_usd": None if usage.cost_usd is None else round(usage.cost_usd, 6),
            "folders": self._counts["folders"],
            "cache_hits": self._counts["cache_hits"],
            "accepted": self._counts["accepted"],
            "cut_prompts": self._counts["cut_prompts"],
            "errors": dict(self._errors),
            "stopped": self._door.broken,
        }

    # ---- the queue ---------------------------------------------------------------------------------------------

    async def _add(self, asked: Sequence[Asked]) -> None:
        """Take questions in: what is known already is settled, the rest waits."""
        if not asked:
            return
        rest, verdicts = await in_thread(partial(self._looked_up, asked), stop=self._over)
        self._waiting += rest
        self._counts["cache_hits"] += len(asked) - len(rest)
        await self._add(self._settle(verdicts))

    def _looked_up(self, asked: Sequence[Asked]) -> tuple[list[Asked], list[_Verdict]]:
        known = self._store.read(one.question.key for one in asked)
        rest = [one for one in asked if one.question.key not in known]
        return rest, self._judged((one, known[one.question.key]) for one in asked if one.question.key in known)

    def _flush(self) -> None:
        """Put what waits into requests."""
        by_key = {one.question.key: one for one in self._waiting}
        self._waiting = []
        self._counts["folders"] += sum(one.question.sort == "folders" for one in by_key.values())
        for batch in batches([one.question for one in by_key.values()], most=self._most):
            self._queue.append(_Batch([by_key[question.key] for question in batch]))

    async def _next(self) -> _Batch | None:
        while True:
            full = sum(one.question.sort == "rows" for one in self._waiting) >= ROWS_A_REQUEST
            if not self._queue and self._waiting and (full or not self._running):
                self._flush()
            if self._queue:
                batch = self._queue.popleft()
                if len(batch.asked) > self._most:  # found out since that so many are too long
                    self._ask_again(batch.asked, batch.again, self._most)
                    continue
                self._running += 1
                return batch
            if not self._running:
                self._changed.set()
                return None
            self._changed.clear()
            await self._changed.wait()

    async def _work(self, group: asyncio.TaskGroup) -> None:
        while (batch := await self._next()) is not None:
            by_id = numbered(one.question for one in batch.asked)
            request = _request(by_id, self._ai)
            reply = await self._door.ask(request)
            found = (
                None if reply.too_long or reply.error is not None else read_answers(reply.text, by_id, cut=reply.cut)
            )
            kept = {} if found is None else _kept(found, by_id, reply)
            if kept:  # a run that is killed now has them
                await in_thread(partial(self._store.write, kept, stop=self._over), stop=self._over)
            group.create_task(
                self._take(batch, by_id, request, reply, found, kept)
            )  # judged while the next is in flight

    # ---- one request -------------------------------------------------------------------------------------------

    async def _take(
        self,
        batch: _Batch,
        by_id: Mapping[int, Question],
        request: Request,
        reply: Reply,
        found: Answers | None,
        kept: Mapping[str, Answered],
    ) -> None:
        """Do what a reply asks for; the batch is done when this is."""
        try:
            if reply.too_long and len(batch.asked) > 1:
                self._most = min(self._most, math.ceil(len(batch.asked) / 2))
                self._ask_again(batch.asked, batch.again, self._most)
            elif found is None:
                self._refused(batch, reply.error or "ai_server: too long")
            else:
                await self._answered(batch, by_id, request, reply, found, kept)
        finally:
            self._running -= 1
            self._changed.set()

    def _refused(self, batch: _Batch, error: str) -> None:
        if error.startswith(_ASK_AGAIN) and self._door.broken is None and batch.again < _AGAIN:
            self._ask_again(batch.asked, batch.again + 1, math.ceil(len(batch.asked) / 2))
        elif error.startswith("ai_budget") and len(batch.asked) > 1:  # what is left may do for fewer
            self._ask_again(batch.asked, batch.again, math.ceil(len(batch.asked) / 2))
        else:
            for one in batch.asked:
                self._fail(one, error)

    async def _answered(
        self,
        batch: _Batch,
        by_id: Mapping[int, Question],
        request: Request,
        reply: Reply,
        found: Answers,
        kept: Mapping[str, Answered],
    ) -> None:
        by_key = {one.question.key: one for one in batch.asked}
        given = [(by_key[key], answered) for key, answered in kept.items()]
        verdicts = await thinking(partial(self._judged, given))
        await self._add(self._settle(verdicts))
        cut = reply.usage.input_tokens < _CUT * request.input_tokens or self._counts["cut_prompts"]
        if found.lost and cut and len(batch.asked) > 1:  # distrusted once, it is believed to have read all no more
            self._counts["cut_prompts"] += 1
            self._most = min(self._most, math.ceil(len(batch.asked) / 2))
            self._ask_again([by_key[by_id[at].key] for at in found.lost], batch.again, self._most)
            return
        self._look_after({by_id[at].key: why for at, why in found.lost.items()}, by_key, batch, cut=reply.cut)

    def _look_after(self, lost: Mapping[str, str], by_key: Mapping[str, Asked], batch: _Batch, *, cut: bool) -> None:
        """Ask again about what an answer lost, in smaller company; at last, leave it as it is."""
        if lost and batch.again < _AGAIN:
            self._ask_again([by_key[key] for key in lost], batch.again + 1, math.ceil(len(batch.asked) / 2))
            return
        for key, why in lost.items():
            self._fail(by_key[key], "ai_missing: the answer was cut off" if cut else why)

    def _ask_again(self, asked: Sequence[Asked], again: int, most: int) -> None:
        by_key = {one.question.key: one for one in asked}
        for batch in batches([one.question for one in asked], most=most):
            self._queue.append(_Batch([by_key[question.key] for question in batch], again))

    # ---- what comes of an answer -------------------------------------------------------------------------------

    def _judged(self, given: Iterable[tuple[Asked, Answered]]) -> list[_Verdict]:
        return [_judged(asked, answered, self._ai, self._known) for asked, answered in given]

    def _settle(self, verdicts: Iterable[_Verdict]) -> list[Asked]:
        """Believe answers as far as they hold; gives what has to be asked row by row because of them."""
        more: list[Asked] = []
        for one in verdicts:
            for at, said in one.said.items():
                self._put(at, said)
            if one.each and one.grown:  # a model that says "each for itself" is right to be asked more
                self._door.allowance = (self._door.allowance or 0) + _ALLOWANCE * math.ceil(
                    len(one.each) / ROWS_A_REQUEST
                )
            more += row_questions(one.each)
        return more

    def _put(self, at: int, said: Label | str) -> None:
        self._bar.advance()
        self._done.add(at)
        if isinstance(said, str):
            self._errors["ai_rejected"] += 1
            self.labels[at] = replace(self._offline[at], label_error=f"ai_rejected: {said}")
        else:
            self._counts["accepted"] += 1
            self.labels[at] = said

    def _fail(self, asked: Asked, error: str) -> None:
        for at in asked.members:
            self._bar.advance()
            self._done.add(at)
            self._errors[error.partition(":")[0]] += 1
            self.labels[at] = replace(self._offline[at], label_error=error)


def _kept(found: Answers, by_id: Mapping[int, Question], reply: Reply) -> dict[str, Answered]:
    """What is to be remembered of a reply: each answer by its question, with its share of the cost."""
    share = _share(reply.usage, len(by_id))
    return {
        by_id[at].key: Answered({name: item[name] for name in BELIEVED if name in item}, share)
        for at, item in found.items.items()
    }


def _share(usage: Usage, count: int) -> Usage:
    money = None if usage.cost_usd is None else usage.cost_usd / count
    return Usage(round(usage.input_tokens / count), round(usage.output_tokens / count), money)


def _request(by_id: Mapping[int, Question], ai: AI) -> Request:
    asked = list(by_id.values())
    sorts = {question.sort for question in asked}
    form, user = schema(folders="folders" in sorts, rows="rows" in sorts), document(by_id)
    most = output_tokens(asked, most=True) + (_THINKING if ai.reasons else 0)
    return Request(SYSTEM, user, form, tokens(SYSTEM) + tokens(user) + _OVERHEAD, most)


def _to_be_read(request: Request) -> int:
    """What a server may bill as read: of the form of the answer, too, some count every word."""
    return request.input_tokens + tokens(json.dumps(request.schema))


# ---- before anything is sent -----------------------------------------------------------------------------------


def _planned(
    labels: pd.DataFrame, given: AI | str | bool, cache: bool | str | os.PathLike[str], stage: str
) -> tuple[AI, list[list[Asked]], int]:
    """(whom, what would be asked in which requests, how many questions are known already)."""
    need(labels, "path", "media_type", "confidence", "needs_review", stage=stage)
    ai = taken_ai(given)
    if ai is None:
        raise BadSetting(f"{stage} needs to know whom would be asked: ai=True, the name of a model, or mo.AI(...)")
    waiting = questions(labels, labels_of(labels), ai)
    asked: list[Asked] = []
    hits = 0
    with AnswerCache.open(cache, model=ai.model or "", version=VERSION) as store:
        while waiting:  # a folder's answer that is known may have its rows asked, as in a run
            known = store.read(one.question.key for one in waiting)
            asked += [one for one in waiting if one.question.key not in known]
            verdicts = [_judged(one, known[one.question.key], ai) for one in waiting if one.question.key in known]
            hits += len(known)
            waiting = [row for verdict in verdicts for row in row_questions(verdict.each)]
    by_key = {one.question.key: one for one in asked}
    made = [[by_key[question.key] for question in batch] for batch in batches(one.question for one in by_key.values())]
    return ai, made, hits


def ai_estimate(
    labels: pd.DataFrame, *, ai: AI | str | bool = True, cache: bool | str | os.PathLike[str] = True
) -> "pd.Series[Any]":
    """What `classify(labels, ai=ai)` would take: calls, tokens and money, before anything is sent.

    labels: as `classify` gives them. cache: as there; what is known already costs nothing.
    The series holds `model`; `rows` that are doubtful, `folders` asked about as a whole; `calls`, `input_tokens`,
    `output_tokens`, and `cost_usd` [USD] where all goes well; `cost_usd_low`, where a model that reasons does not;
    `calls_high` and `cost_usd_high`, where no folder's answer holds, each of its rows is asked, and answers are as long
    as they may be; and `cache_hits`. Costs are missing for a model without a known price. Raises BadSetting and MissingColumns.

    >>> import mediaorg as mo
    >>> labels = mo.run(mo.classify(["Films/glass orchard.mkv", "TV/Lantern/Lantern S01E02.mkv"], progress=False))
    >>> mo.ai_estimate(labels, ai="gpt-4.1-mini", cache=False)[["rows", "calls"]].tolist()
    [1, 1]
    """
    whom, made, known = _planned(labels, ai, cache, "ai_estimate")
    requests = [_request(numbered(one.question for one in batch), whom) for batch in made]
    read = sum(map(_to_be_read, requests))
    written = sum(output_tokens([one.question for one in batch]) for batch in made)
    folders = [one for batch in made for one in batch if one.question.sort == "folders"]
    rows = [one.question for folder in folders for one in row_questions(folder.members)]
    worst = [_request(numbered(batch), whom) for batch in batches(rows)]
    begun = sum(batch[0].question.sort == "folders" for batch in made)  # each leaves rows that may not fill a request
    most_read = read + sum(map(_to_be_read, worst)) + begun * (tokens(SYSTEM) + _OVERHEAD)
    most_written = sum(request.output_tokens for request in (*requests, *worst))
    least = cost(whom.price, read, written)
    written += _THOUGHT * len(requests) if whom.reasons else 0
    return pd.Series(
        {
            "model": whom.model,
            "rows": sum(len(one.members) for batch in made for one in batch),
            "folders": len(folders),
            "calls": len(requests),
            "calls_high": len(requests) + len(worst) + begun,
            "input_tokens": read,
            "output_tokens": written,
            "cost_usd": cost(whom.price, read, written),
            "cost_usd_low": least,
            "cost_usd_high": cost(whom.price, most_read, most_written),
            "cache_hits": known,
        },
        name="estimate",
        dtype="object",
    )


def ai_preview(
    labels: pd.DataFrame, *, ai: AI | str | bool = True, cache: bool | str | os.PathLike[str] = True
) -> pd.DataFrame:
    """Show exactly what would leave, one row a request, and send nothing.

    `to` is the server, `system` and `user` the two messages, word for word; `files` how many rows of `labels` the
    request is about, `input_tokens` about how long it is. Folders whose answer does not hold are asked about row by row
    later: those requests hold names of the same files. Raises BadSetting and MissingColumns.

    >>> import mediaorg as mo
    >>> labels = mo.run(mo.classify(["Films/glass orchard.mkv"], progress=False))
    >>> mo.ai_preview(labels, cache=False)["user"].tolist()
    ['{"rows":[{"id":8131,"path":"Films/glass orchard.mkv","hint":{"kind":"movie","title":"glass orchard"}}]}']
    """
    whom, made, _ = _planned(labels, ai, cache, "ai_preview")
    requests = [_request(numbered(one.question for one in batch), whom) for batch in made]
    return pd.DataFrame(
        {
            "to": [f"{whom.base_url}/chat/completions"] * len(made),
            "model": [whom.model] * len(made),
            "system": [request.system for request in requests],
            "user": [request.user for request in requests],
            "files": [sum(len(one.members) for one in batch) for batch in made],
            "input_tokens": [request.input_tokens for request in requests],
        }
    )
