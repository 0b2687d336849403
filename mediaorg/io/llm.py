"""The door to a language model: openai's client against any server that speaks ``/chat/completions``.

One request in, one `Reply` out, whatever the server does: what is wrong is a value in it, one word first (`ai_rate: …`).
There is exactly one layer that tries again, and it is here; the client's own is off.
"""

import asyncio
import email.utils
import functools
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Final, Protocol, Self
from urllib.parse import urlsplit

from mediaorg.errors import BadSetting
from mediaorg.io.loop import left_behind
from mediaorg.records import AI, Usage

__all__ = ["Door", "Purse", "Reply", "Request"]

_FORMS: Final = ("json_schema", "json_object", "plain")  # from the strictest a server may know to none at all
_TRIES: Final = {
    "ai_rate": 4,
    "ai_timeout": 1,
}  # a server that says "later" is heeded; one that is slow needs less to do
_TRIES_ELSE: Final = 3
_MISSES: Final = 8  # in a row, without one answer between them: the server is gone
_RATE_MISSES: Final = 24  # a strict limit refuses most of a first burst
_MOST_TOKENS: Final = 10**9  # of one request; a server that counts more cannot count
_LONG: Final = 600.0  # s; told to wait longer than this, a run goes on without the AI
_LONGEST_PAUSE: Final = 8.0  # s between two tries, where the server names none
_LONGEST_RESET: Final = 60.0  # s; a window of requests or tokens is a minute
_ROOMS: Final = (0, 4000, 16_000)  # tokens; a model that thinks aloud may use up all it has before it answers
_ADAPTIONS: Final = 6  # ways in which a server may know less, each found out once
_LONGEST_TEXT: Final = 400_000  # characters of one answer; more is no answer to what was asked
_IMPORT_SECONDS: Final = 60.0
_LARGEST: Final = 4_000_000  # bytes of one answer as it comes
_PACKED: Final = 100  # times smaller may be one that comes packed, though nobody asked for that
# "billing" alone will not do: OpenAI's limits of rate advise to add a payment method there.
_BROKE: Final = re.compile(
    r"insufficient_(?:quota|balance|credit)|billing_(?:hard_)?limit|credit balance|out of credits"
)
# Headers that would tell of the machine; the server needs none of them.
_TELLING: Final = tuple(
    f"X-Stainless-{name}" for name in ("Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Async")
)

_NOTHING: Final = Usage()


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: two messages, the form of the answer, and how long either is [tokens].

    input_tokens: a guess from above. output_tokens: a ceiling the server is told.
    """

    system: str
    user: str
    schema: Mapping[str, Any]
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of it: the text, or why there is none. Both, where what came is only a part of it (`cut`).

    too_long: the request is more than the model reads; send less at once. starved: it thought until its tokens were used up.
    """

    text: str = ""
    error: str | None = None
    cut: bool = False
    too_long: bool = False
    starved: bool = False
    usage: Usage = _NOTHING


@dataclass(frozen=True, slots=True)
class _Manners:
    """What a server understands of a request, as far as it is known."""

    form: int = 0
    limit: str | None = "max_tokens"
    temperature: bool = True
    effort: bool = False
    room: int = 0  # tokens to think in, beside those of the answer


_known: Final[dict[tuple[str, str], _Manners]] = {}  # by address and model, found out once in a process


class Purse:
    """What a run may still spend [USD]: reserve before a request is sent, settle when it is known what it took."""

    def __init__(self, limit: float | None) -> None:
        self.spent = 0.0
        self._limit, self._held = limit, 0.0
        self._changed = asyncio.Event()

    async def reserve(self, usd: float) -> bool:
        """Hold `usd` back, if need be after what is in flight has come back; False where it will never be there."""
        while self._limit is not None and self.spent + self._held + usd > self._limit:
            if self._held <= 0.0:
                return False
            self._changed.clear()
            await self._changed.wait()
        self._held += usd
        return True

    def settle(self, held: float, usd: float) -> None:
        """Give `held` back; `usd` of it was spent."""
        self._held = max(0.0, self._held - held) if self._held - held > 1e-12 else 0.0
        self.spent += usd
        self._changed.set()


class Gate:
    """How many requests may be in flight: one more after a window of answers, half as many after a refusal.

    alone: the first answer is waited for before others are asked.
    """

    def __init__(self, most: int, *, alone: bool = False) -> None:
        self.width, self._most, self._alone = 1 if alone else most, most, alone
        self._busy = self._answers = 0
        self._opens = self._halved = 0.0
        self._changed = asyncio.Event()

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if (pause := self._opens - loop.time()) > 0:
                await asyncio.sleep(pause)
            elif self._busy < self.width:
                self._busy += 1
                return
            else:
                self._changed.clear()
                await self._changed.wait()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._busy -= 1
        self._changed.set()

    def widen(self) -> None:
        """An answer came."""
        self._answers += 1
        if self._alone:
            self.width, self._answers, self._alone = self._most, 0, False
            self._changed.set()
        elif self._answers >= self.width and self.width < self._most:
            self.width, self._answers = self.width + 1, 0
            self._changed.set()

    def narrow(self, began: float) -> None:
        """A request of the moment `began` was refused: once for all that were in flight together."""
        if began >= self._halved:
            self.width, self._answers = max(1, self.width // 2), 0
            self._halved = asyncio.get_running_loop().time()

    @property
    def is_closed(self) -> bool:
        """Whether nobody is let through now."""
        return asyncio.get_running_loop().time() < self._opens

    def close(self, seconds: float) -> None:
        """Let nobody through for `seconds`."""
        self._opens = max(self._opens, asyncio.get_running_loop().time() + seconds)


class _Heard(Protocol):
    """Headers of an answer, in either client's type."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _Said:
    """One answer of the server, or none (status 0)."""

    status: int
    body: str
    headers: _Heard
    error: str | None = None
    may_be_billed: bool = False


class _TooLarge(Exception):
    """A body is longer than any answer."""


def _bound(response: Any) -> None:
    """Have an answer whose body is still to be read end where it is too large: one without an end would fill the memory."""
    packed = response.headers.get("content-encoding", "identity") != "identity"
    library = type(response).__module__.partition(".")[0]  # httpx in openai 2, httpx2 in openai 3
    response.stream = _bounded(library)(response.stream, _LARGEST // _PACKED if packed else _LARGEST)


@functools.cache
def _bounded(library: str) -> Any:
    class Bounded(sys.modules[library].AsyncByteStream):  # type: ignore[misc]
        def __init__(self, stream: Any, most: int) -> None:
            self._stream, self._most = stream, most

        async def __aiter__(self) -> AsyncIterator[bytes]:
            came = 0
            async for piece in self._stream:
                came += len(piece)
                if came > self._most:
                    raise _TooLarge
                yield piece

        async def aclose(self) -> None:
            await self._stream.aclose()

    return Bounded


@dataclass(frozen=True, slots=True)
class _Tried:
    """A request that was sent: what was said, what that comes to, and how and when it was asked."""

    said: _Said
    reply: Reply
    manners: _Manners
    began: float


class Door:
    """The way to one model: ``async with Door(ai, timeout_seconds=30) as door: reply = await door.ask(request)``.

    ai: as `AI.of` gives it. allowance: how many requests may be sent at most, tries and all; None is no bound.
    pause: what a second try waits about [s]; a later one doubles it.
    The client is made in the loop that uses it, and closed with it: nothing is left open, also after a cancel.
    """

    def __init__(
        self, ai: AI, *, timeout_seconds: float, price: tuple[float, float] | None = None, allowance: int | None = None,
        pause: float = 0.5,
    ) -> None:  # fmt: skip
        self.broken: str | None = None  # why nothing is sent any more
        self.sent = 0
        self.allowance = allowance
        self._ai, self._price, self._pause = ai, price, pause
        self._seconds = timeout_seconds
        self._tokens = (0, 0)  # read, written
        self._gate, self._purse = Gate(ai.max_concurrency, alone=ai.budget_usd is not None), Purse(ai.budget_usd)
        self._place = (ai.base_url or "", ai.model or "")
        self._manners = _known.get(self._place) or _first_manners(ai)
        self._misses, self._answered, self._guessing = 0, False, False
        self._dearer = 1.0  # times what a request may cost at most: a server may write more than it was told
        self._client: Any = None
        self._openai: Any = None

    async def __aenter__(self) -> Self:
        if self._ai.api_key is None and self._ai.base_url == AI.OPENAI:
            self.broken = "ai_auth: no key; set OPENAI_API_KEY, or give ai=AI(api_key=...)"
            return self
        await left_behind(_openai, _IMPORT_SECONDS, moment=0.0)
        self._openai = _openai()
        try:
            self._client = self._openai.AsyncOpenAI(
                api_key=self._ai.api_key or "none",  # the client wants one, most servers of one's own do not
                base_url=self._ai.base_url,
                timeout=self._seconds,
                max_retries=0,
                default_headers={
                    "Accept-Encoding": "identity",
                    **{name: self._openai.Omit() for name in (*_TELLING, *self._strangers())},
                },
                http_client=self._openai.DefaultAsyncHttpxClient(
                    trust_env=not _is_here(self._ai.base_url or ""),
                    follow_redirects=False,  # names go where the person said, and nowhere else
                    event_hooks={"response": [self._heard]},
                ),
            )
        except (ValueError, TypeError) as error:
            raise BadSetting(f"base_url must be an address such as http://localhost:11434/v1 ({error})") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._answered and not self._guessing:
            _known[self._place] = self._manners
        if self._client is not None:
            await self._client.close()

    @property
    def usage(self) -> Usage:
        """What was read and written, as the server counts, and what that cost, or may have where nobody said."""
        return Usage(*self._tokens, None if self._price is None else self._purse.spent)

    def _strangers(self) -> tuple[str, ...]:
        """What the environment says of an account at OpenAI is nobody else's business."""
        official = urlsplit(self._ai.base_url or "").hostname == urlsplit(AI.OPENAI).hostname
        return () if official else ("OpenAI-Organization", "OpenAI-Project")

    async def ask(self, request: Request) -> Reply:
        """Send `request`, and again where that may help; never raises for what a server does."""
        tries: Counter[str] = Counter()
        adapted = 0
        while self.broken is None:
            if self.allowance is not None and self.sent >= self.allowance:
                return Reply(error="ai_server: too many requests came to nothing; no more are sent in this run")
            tried = await self._try(request)
            if tried is None:
                continue
            if isinstance(tried, Reply):
                return tried
            said, reply = tried.said, tried.reply
            if reply.error is None or reply.too_long:
                self._misses, self._answered = 0, True
                self._gate.widen()
                return reply
            if adapted < _ADAPTIONS and (self._adapt(said, tried.manners) or self._give_room(reply, tried.manners)):
                adapted += 1
                continue
            word = reply.error.partition(":")[0]
            tries[word] += 1
            if not self._may_try_again(said, reply.error, tried.began):
                return reply
            if tries.total() >= _TRIES.get(word, _TRIES_ELSE):
                return reply
            if _wait_of(said.headers) is None:
                pause = min(_LONGEST_PAUSE, self._pause * 2 ** tries.total())
                await asyncio.sleep(random.uniform(0, pause))
        return Reply(error=self.broken)

    async def _try(self, request: Request) -> _Tried | Reply | None:
        """Send `request` once, as soon as gate and purse let it; a reply says why it was not, None to come again."""
        async with self._gate:
            manners = self._manners
            if manners.limit is None and self._ai.budget_usd is not None and self._cost(0, 1):
                self.broken = f"ai_budget: {self._host} takes no limit of tokens, so that budget_usd cannot be kept"
            if self.broken is not None:
                return Reply(error=self.broken)
            held = self._dearer * self._dearest(request, manners)
            if not await self._purse.reserve(held):
                return Reply(error="ai_budget: budget_usd would be passed")
            spent = 0.0
            try:
                if self.broken is not None or self._gate.is_closed:  # by another, while we waited for money
                    return None
                spent = held  # a request that is cut off while in flight may be billed
                began = asyncio.get_running_loop().time()
                said = await self._send(request, manners)
                reply = self._read(said, request)
                spent = reply.usage.cost_usd or (held if said.may_be_billed else 0.0)
            finally:
                self._purse.settle(held, spent)
        self._dearer = max(self._dearer, spent / held * self._dearer if held else 1.0)
        read, written = self._tokens
        self._tokens = (read + reply.usage.input_tokens, written + reply.usage.output_tokens)
        return _Tried(said, reply, manners, began)

    # ---- one request -------------------------------------------------------------------------------------------

    async def _send(self, request: Request, manners: _Manners) -> _Said:
        self.sent += 1
        settings = _settings(request, manners)
        try:
            async with asyncio.timeout(self._seconds):
                raw = await self._client.chat.completions.with_raw_response.create(
                    model=self._ai.model,
                    messages=[
                        {"role": "system", "content": request.system},
                        {"role": "user", "content": request.user},
                    ],
                    **settings,
                )
        except self._openai.APIStatusError as error:
            return _Said(error.response.status_code, _text(error.response), error.response.headers)
        except (TimeoutError, self._openai.APITimeoutError):
            return _Said(
                0,
                "",
                {},
                f"ai_timeout: no answer within {self._seconds:g} s; see Limits(timeout_seconds=...)",
                may_be_billed=True,
            )
        except Exception as error:  # noqa: BLE001  whatever a client raises: a captive portal made one an AttributeError
            if isinstance(error.__cause__ or error, _TooLarge):
                return _Said(
                    0,
                    "",
                    {},
                    f"ai_bad_answer: what {self._host} sent is larger than any answer",
                    may_be_billed=True,
                )
            cause = type(error.__cause__ or error).__name__
            refused = cause == "ConnectError"
            return _Said(0, "", {}, f"ai_connection: {cause} at {self._host}", may_be_billed=not refused)
        response = raw.http_response
        return _Said(response.status_code, _text(response), response.headers, may_be_billed=True)

    async def _heard(self, response: Any) -> None:
        """The client's hook: called with each answer as soon as its headers are there, whatever becomes of its body."""
        self._heed(response.headers)
        _bound(response)

    @property
    def _host(self) -> str:
        return urlsplit(self._ai.base_url or "").netloc

    def _read(self, said: _Said, request: Request) -> Reply:
        """What an answer holds; nothing a server writes is passed on, but for words of its protocol."""
        if said.error is not None:
            return Reply(error=said.error)
        if said.status != 200:
            return self._refused(said)
        try:
            body = json.loads(said.body)
            choice = body["choices"][0]
            message = choice["message"]
            finish = choice.get("finish_reason")
            text, refusal = _joined(message.get("content")), message.get("refusal")
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            return Reply(error=f"ai_bad_answer: what {self._host} sent is no chat completion")
        usage = self._usage(body, request, text)
        if refusal or finish == "content_filter":
            return Reply(error="ai_refused: the model would not answer", usage=usage)
        if finish == "length" and _is_thought(text):
            why = f"the model used up its {request.output_tokens:,} tokens, and more, before it answered"
            return Reply(error=f"ai_bad_answer: {why}", usage=usage, starved=True)
        if not text.strip():
            return Reply(error="ai_bad_answer: the answer is empty", usage=usage)
        return Reply(text[:_LONGEST_TEXT], cut=finish == "length", usage=usage)

    def _refused(self, said: _Said) -> Reply:
        code, words = _code(said.body)
        told = f"{said.status}{f' {code}' if code else ''} from {self._host}"
        if said.status == 402 or (said.status != 200 and _BROKE.search(words)):
            return Reply(error=f"ai_quota: {told}; the account has no credit left")
        match said.status:
            case 401 | 403:
                return Reply(error=f"ai_auth: {told}; check api_key")
            case 404:
                return Reply(error=f"ai_server: {told}; check base_url and the name of the model")
            case 413:
                return Reply(error=f"ai_server: {told}: too long", too_long=True)
            case 429:
                return Reply(error=f"ai_rate: {told}")
        if re.search(r"context.{0,3}(?:length|window|size)|maximum context|too many tokens|prompt is too long", words):
            return Reply(error=f"ai_server: {told}: too long", too_long=True)
        if code == "content_filter":
            return Reply(error=f"ai_refused: {told}")
        return Reply(error=f"ai_server: {told}")

    def _usage(self, body: Mapping[str, Any], request: Request, text: str) -> Usage:
        """What the server counts; where it counts nothing, what was guessed, of which nobody knows the price.

        Thoughts are billed as output: some servers count them in the total alone, some beside what was written. And
        nobody reads or writes less than a token for eight characters.
        """
        read, written, total = (_counted(body.get("usage"), name) for name in _COUNTED)
        if not read or not written:
            return Usage(request.input_tokens, max(1, len(text) // 3))
        details = body["usage"].get("completion_tokens_details")
        read = max(read, len(request.system + request.user) // 8)
        written = max(written, total - read, _counted(details, "reasoning_tokens") + len(text) // 8)
        return Usage(read, written, self._cost(read, written))

    def _cost(self, read: float, written: float) -> float | None:
        return None if self._price is None else (self._price[0] * read + self._price[1] * written) / 1e6

    def _dearest(self, request: Request, manners: _Manners) -> float:
        """The most a request may cost: a token is a byte at least, and the server is told how many it may write."""
        sent = len(request.system) + len(request.user.encode()) + len(json.dumps(request.schema))
        return self._cost(max(request.input_tokens, sent // 2), request.output_tokens + manners.room) or 0.0

    # ---- what to do about a failure ----------------------------------------------------------------------------

    def _heed(self, headers: _Heard) -> None:
        """Close the gate for all where the server names a time."""
        wait = _wait_of(headers)
        if wait is None:
            for what in ("requests", "tokens"):
                if headers.get(f"x-ratelimit-remaining-{what}") == "0":
                    reset = _seconds_of(headers.get(f"x-ratelimit-reset-{what}") or "")
                    wait = max(wait or 0.0, min(reset or 0.0, _LONGEST_RESET))
        if wait is not None and wait <= _LONG:
            self._gate.close(wait)

    def _may_try_again(self, said: _Said, error: str, began: float) -> bool:
        word = error.partition(":")[0]
        if word in ("ai_auth", "ai_quota") or said.status == 404:
            self.broken = error
        elif said.status == 429:
            self._gate.narrow(began)
        if (wait := _wait_of(said.headers) or 0.0) > _LONG:
            self.broken = f"{error}; asked to wait {wait:.0f} s"
        if word in ("ai_refused",) or said.status in (400, 422):
            return False
        self._misses += 1
        if self._misses >= (_RATE_MISSES if word == "ai_rate" else _MISSES) and self.broken is None:
            self.broken = error
        return self.broken is None and word != "ai_bad_answer"

    def _give_room(self, reply: Reply, sent: _Manners) -> bool:
        """Let a model that thinks have more tokens; False where it had the most."""
        if not reply.starved or sent.limit is None or sent.room == _ROOMS[-1]:
            return False
        if self._manners == sent:
            self._manners = replace(sent, room=_ROOMS[_ROOMS.index(sent.room) + 1])
        return True

    def _adapt(self, said: _Said, sent: _Manners) -> bool:
        """Ask for less after a 400; False where there is nothing left to leave out."""
        if said.status not in (400, 422):
            return False
        if self._manners != sent:  # another request found out first
            return True
        _, words = _code(said.body)
        if "content_filter" in words:
            return False
        if sent.effort and "reasoning" in words:
            learnt = replace(sent, effort=False)
        elif sent.temperature and "temperature" in words:
            learnt = replace(sent, temperature=False)
        elif sent.limit is not None and sent.limit in words:
            other = {"max_completion_tokens": "max_tokens", "max_tokens": "max_completion_tokens"}[sent.limit]
            learnt = replace(sent, limit=other if other in words else None)
        elif sent.form + 1 < len(_FORMS):
            learnt = replace(sent, form=sent.form + 1)
            self._guessing |= re.search(r"format|schema|json|grammar|unsupported|unknown", words) is None
        elif sent.temperature or sent.effort:
            learnt = replace(sent, temperature=False, effort=False)
        else:
            return False
        self._manners = learnt
        return True


def _openai() -> Any:
    import openai  # 0.4 s and 35 MB: on first use, and beside the loop

    return openai


_COUNTED: Final = ("prompt_tokens", "completion_tokens", "total_tokens")


def _counted(counts: Any, name: str) -> int:
    """A number of tokens a server names; 0 for what is none."""
    given = counts.get(name) if isinstance(counts, dict) else None
    return given if type(given) is int and 0 < given <= _MOST_TOKENS else 0


def _is_here(base_url: str) -> bool:
    """A server of this machine is not asked through a proxy."""
    host = urlsplit(base_url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _first_manners(ai: AI) -> _Manners:
    """What is tried first. Models that reason take no temperature, and count what they think as output."""
    official = urlsplit(ai.base_url or "").hostname == urlsplit(AI.OPENAI).hostname
    return _Manners(
        limit="max_completion_tokens" if official or ai.reasons else "max_tokens",
        temperature=not ai.reasons,
        effort=ai.reasons,
    )


def _settings(request: Request, manners: _Manners) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    match _FORMS[manners.form]:
        case "json_schema":
            schema = {"name": "labels", "strict": True, "schema": dict(request.schema)}
            settings["response_format"] = {"type": "json_schema", "json_schema": schema}
        case "json_object":
            settings["response_format"] = {"type": "json_object"}
    if manners.limit is not None:
        settings[manners.limit] = request.output_tokens + manners.room
    if manners.temperature:
        settings["temperature"] = 0
    if manners.effort:
        settings["reasoning_effort"] = "low"
    return settings


def _text(response: Any) -> str:
    content: bytes = response.content
    return content.decode("utf-8", "replace")


def _is_thought(text: str) -> bool:
    """Whether nothing was written yet but thoughts, if those."""
    text = text.lstrip()
    return not text or (text.startswith("<think") and "</think" not in text)


def _joined(content: Any) -> str:
    """The text of a message; some servers send it in parts."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str))
    return content if isinstance(content, str) else ""


def _code(body: str) -> tuple[str | None, str]:
    """(the code of an error, all its words in lower case); a code is an identifier, so it may be shown."""
    words = body[:4000].casefold()
    try:
        error = json.loads(body)
        error = error.get("error", error) if isinstance(error, dict) else {}
        code = error.get("code") or error.get("type")
    except (ValueError, AttributeError, RecursionError):
        return None, words
    return (code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else None), words


def _wait_of(headers: _Heard) -> float | None:
    """How long the server asks to wait [s]: a number, or a date; None where it says nothing."""
    given = headers.get("retry-after-ms")
    if given is not None and re.fullmatch(r"\d+(?:\.\d+)?", given.strip()):
        return float(given) / 1000
    given = (headers.get("retry-after") or "").strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", given):
        return float(given)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(given).timestamp() - time.time()) if given else None
    except (ValueError, TypeError, OverflowError):
        return None


def _seconds_of(duration: str) -> float | None:
    """Seconds of "1m30s", "12ms", "0.5"; None for anything else."""
    if re.fullmatch(r"\d+(?:\.\d+)?", duration):
        return float(duration)
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        return None
    return sum(float(number) * units[unit] for number, unit in parts)
