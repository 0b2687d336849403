"""Frozen records that cross the house.

Fields carry the words of the field: ffprobe's for what a container says, guessit's for what a name says.
Unknown is None.
"""

import ipaddress
import numbers
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Final, NamedTuple, Protocol, Self
from urllib.parse import urlsplit

from mediaorg.errors import BadSetting

__all__ = [
    "AI",
    "IDENTITY",
    "Catalogue",
    "Chain",
    "Episode",
    "Identity",
    "Label",
    "Limits",
    "Opinion",
    "Probe",
    "Usage",
    "Work",
]

MOST_WORKERS: Final = 256


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard a run may work: one record that travels to every stage.

    max_workers: files in flight (1 to 256), not processes. Not given, it reads ``min(32, cpu_count + 4)`` and
        `automatic` is True: the run may choose for itself. Given, it is a ceiling.
    batch_size: rows handed to a worker, or committed to the journal, at once; nobody waits for a batch to fill.
    timeout_seconds: deadline for one file [s].
    memory_limit_mb: what a run may add to the memory of the process tree [MB].

    Raises BadSetting (a ValueError) that names the setting.

    >>> Limits(max_workers=4).automatic
    False
    >>> Limits(batch_size=0)
    Traceback (most recent call last):
    mediaorg.errors.BadSetting: batch_size must be a whole number of at least 1, not 0
    """

    max_workers: int | None = None
    batch_size: int = 50
    timeout_seconds: float = 30
    memory_limit_mb: float = 512
    automatic: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        if self.max_workers is None:
            object.__setattr__(self, "automatic", True)
            object.__setattr__(self, "max_workers", min(32, (os.cpu_count() or 1) + 4))
        _whole("max_workers", self.max_workers, most=MOST_WORKERS)
        _whole("batch_size", self.batch_size)
        _positive("timeout_seconds", self.timeout_seconds)
        _positive("memory_limit_mb", self.memory_limit_mb)

    @classmethod
    def of(cls, given: "Limits | None") -> "Limits":
        """What a stage was given, or the defaults; raises BadSetting for anything else."""
        if given is None:
            return cls()
        if not isinstance(given, cls):
            raise BadSetting(f"limits must be a Limits, as in limits=Limits(max_workers=4), not {given!r}")
        return given

    @property
    def workers(self) -> int:
        """`max_workers` as resolved, never None."""
        assert self.max_workers is not None
        return self.max_workers


class _Secret(str):
    """A key: text to whoever puts it into a header, and to nobody who prints, pickles or copies what it lies in.

    A copy made unasked (pickle, deepcopy, asdict of its record) is None, as if none had been given.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__

    def __format__(self, form: str) -> str:
        return format(str.__str__(self), form)  # the client's header is f"Bearer {key}"

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return type(None), ()


@dataclass(frozen=True, slots=True)
class AI:
    """Whom `classify` may ask about names that stay doubtful; giving one is the consent to send them.

    model: its name at the server. Not given, `AI.MODEL`.
    base_url: of a server that speaks ``/chat/completions`` (OpenAI, Ollama, llama.cpp, vLLM, LM Studio …). Not given,
        OPENAI_BASE_URL, else OpenAI's own.
    api_key: not given, OPENAI_API_KEY; a server of one's own often needs none. What is blank around it is left
        out. It is shown nowhere, and not in what is pickled or made by `asdict`: there it is None.
    budget_usd: what one run may cost at most [USD]; rows beyond it keep their offline label.
    max_concurrency: requests in flight at most (1 to 64); fewer while the server asks for patience.
    price: (input, output) [USD per million tokens], for a model whose price is not known; it outranks the known one.
    exclude: glob patterns of folders and files: by name or a path's end, wherever they lie ("Private", "Shows/Private"), or by
        place ("/v/Private", "~/Private", also through links). Nothing in them is ever sent.

    Raises BadSetting (a ValueError) that names the setting.

    >>> AI("qwen3", base_url="http://localhost:11434/v1", api_key="secret")
    AI(model='qwen3', base_url='http://localhost:11434/v1', budget_usd=None, max_concurrency=8, price=None, exclude=())
    >>> AI(budget_usd=0)
    Traceback (most recent call last):
    mediaorg.errors.BadSetting: budget_usd must be a number above 0, not 0
    """

    MODEL: ClassVar[str] = "gpt-5.4-mini"
    OPENAI: ClassVar[str] = "https://api.openai.com/v1"

    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    budget_usd: float | None = None
    max_concurrency: int = 8
    price: tuple[float, float] | None = None
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("model", "base_url", "api_key"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and value.strip()):
                said = "what was given" if name == "api_key" else repr(value)
                raise BadSetting(f"{name} must be text, not {said}")
        _address("base_url", self.base_url)
        if self.api_key is not None:
            _printable("api_key", key := self.api_key.strip())  # read from a file, it ends in a line's end
            object.__setattr__(self, "api_key", _Secret(key))
        if self.budget_usd is not None:
            _positive("budget_usd", self.budget_usd)
        _whole("max_concurrency", self.max_concurrency, most=64)
        object.__setattr__(self, "price", _price(self.price))
        patterns = (self.exclude,) if isinstance(self.exclude, str) else self.exclude
        if not isinstance(patterns, (tuple, list, set, frozenset)) or not all(isinstance(one, str) for one in patterns):
            raise BadSetting(f"exclude must be patterns of folders, as in exclude=('Private',), not {self.exclude!r}")
        object.__setattr__(self, "exclude", tuple(_pattern(one) for one in patterns))

    @classmethod
    def of(cls, given: "AI | str | bool | None") -> "AI | None":
        """What `classify` was given as `ai`, with what the environment says filled in; None for None and False.

        Raises BadSetting for anything else.
        """
        if given is None or given is False:
            return None
        if given is True:
            given = cls()
        elif isinstance(given, str):
            given = cls(given)
        if not isinstance(given, cls):
            raise BadSetting(f"ai must be None, True, the name of a model, or an AI, not {type(given).__name__}")
        url = given.base_url or os.environ.get("OPENAI_BASE_URL", "").strip() or cls.OPENAI
        key = given.api_key or os.environ.get("OPENAI_API_KEY", "").strip() or None
        _address("OPENAI_BASE_URL", url)
        _printable("OPENAI_API_KEY", key)
        return replace(given, model=given.model or cls.MODEL, base_url=url.rstrip("/"), api_key=key)

    def __copy__(self) -> Self:
        return self  # nothing in it changes

    def __deepcopy__(self, memo: object) -> Self:
        return self  # with its key, which a copy field by field leaves out

    @property
    def reasons(self) -> bool:
        """Whether the model is one of those that think before they write, which is billed as output."""
        return re.match(r"(?:o\d|gpt-(?:[5-9]|\d\d))", (self.model or "").rpartition("/")[2]) is not None


def _address(name: str, value: str | None) -> None:
    if value is None:
        return
    if not re.fullmatch(r"https?://[^\s/?#]+(?:/[^\s?#]*)?", value):
        raise BadSetting(f"{name} must be an address such as http://localhost:11434/v1")
    if "@" in value:  # it would be shown wherever the address is
        raise BadSetting(f"{name} must hold no name and password; give the key as api_key")
    if (wrong := _wrong_with(value)) is not None:
        raise BadSetting(f"{name} must be an address such as http://localhost:11434/v1, but {wrong}")


def _wrong_with(url: str) -> str | None:
    """Why no client takes `url`, or finds nobody there; each has other words for it, and says them late."""
    try:
        at = urlsplit(url)
        host = at.hostname or ""
    except ValueError:
        return "its host is none: an IPv6 address stands in brackets, as in http://[::1]:11434/v1"
    try:
        unreachable = at.port == 0
    except ValueError:
        unreachable = True
    if unreachable:
        return "its port is no number from 1 to 65535"
    if not url.isascii():
        return "it holds letters beyond ASCII: write its host as xn--..., and others in its path as %.."
    if not url.isprintable() or not _is_host(host):
        return "its host is no name and no number of a machine"
    return None


def _is_host(host: str) -> bool:
    """Whether a machine may be called so: localhost, nas_1.local, 192.168.0.7, ::1; not "-", "..." or 300.1.1.1."""
    if ":" in host or re.fullmatch(r"\d+(?:\.\d+){3}", host):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(re.fullmatch(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", label) for label in labels)


def _printable(name: str, value: str | None) -> None:
    if value is not None and not re.fullmatch(r"[!-~]+", value):
        raise BadSetting(f"{name} holds what no key holds: spaces, line ends or letters beyond ASCII; copy it again")


# What a shell or another machine reads, and folders here are not called: $HOME/x, {a,b}, smb://nas/x, //nas/x.
_ELSEWHERE: Final = (
    (r"(?:\$\w+|\$\{\w+\}|%\w+%)(?:/|$)", "names a variable: write the path it holds"),
    (r".*\{[^{}/]*,[^{}/]*\}", "lists names in braces: give each as a pattern of its own"),
    (r"//|[A-Za-z][\w+.-]+:/", "is a path at a server: give the folder's name, or its path here"),
)


def _pattern(given: str) -> str:
    """A pattern of `exclude` in the form in which paths are held against it; BadSetting where that would find nothing.

    >>> [_pattern(one) for one in ("./Private/", "Works\\\\Private", "**/Private/**", "/v//Private", "C:\\\\v\\\\Private")]
    ['Private', 'Works/Private', 'Private', '/v/Private', 'v/Private']
    """
    text = given.strip().replace("\\", "/")
    for form, wrong in _ELSEWHERE:
        if re.match(form, text):
            raise BadSetting(f"exclude: {given!r} {wrong}")
    text = os.path.expanduser(re.sub(r"^[A-Za-z]:/+", "", text))  # noqa: PTH111 (a Path raises for a home of nobody)
    if re.match("~[^/]*/", text):
        raise BadSetting(f"exclude: {given!r} is in the home of nobody known here: give the whole path")
    at_place = text.startswith("/")
    parts = [
        part for part in (os.path.normpath(text) if at_place else text).split("/") if part.strip() not in ("", ".")
    ]
    if ".." in parts:
        raise BadSetting(f"exclude: {given!r} leads up by '..': give the whole path, or the folder's name")
    while len(parts) > 1 and parts[-1] in ("*", "**"):  # what is in it, and so it
        parts.pop()
    while len(parts) > 1 and parts[0] == "**":  # wherever it lies
        at_place = False
        parts.pop(0)
    if not parts:
        raise BadSetting(f"exclude: {given!r} names no folder: give its name, as in exclude=('Private',)")
    return "/" * at_place + "/".join(parts)


def _price(given: object) -> tuple[float, float] | None:
    if given is None:
        return None
    if isinstance(given, (tuple, list)) and len(given) == 2:
        known = [float(one) for one in given if isinstance(one, numbers.Real) and not isinstance(one, bool)]
        if len(known) == 2 and all(0 <= one < float("inf") for one in known):
            return known[0], known[1]
    raise BadSetting(f"price must be (input, output) in USD per million tokens, as in price=(0.4, 1.6), not {given!r}")


@dataclass(frozen=True, slots=True)
class Usage:
    """What requests took: tokens in and out, and their price [USD], None where that is not known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One film or show of a catalogue.

    kind: movie or series. also: other names it goes by, in any language. votes: how well known it is; any scale.
    """

    id: str
    kind: str
    title: str
    year: int | None = None
    also: tuple[str, ...] = ()
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode a catalogue lists of a show."""

    season: int | None
    number: int | None
    title: str | None = None


def _whole(name: str, value: object, most: int | None = None) -> None:
    is_whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)  # numpy's as well
    if is_whole and value >= 1 and (most is None or value <= most):  # type: ignore[operator]
        return
    wanted = "of at least 1" if most is None else f"from 1 to {most}"
    raise BadSetting(f"{name} must be a whole number {wanted}, not {value!r}")


def _positive(name: str, value: object) -> None:
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if is_number and 0 < value < float("inf"):  # type: ignore[operator]
        return
    raise BadSetting(f"{name} must be a number above 0, not {value!r}")


class Catalogue(Protocol):
    """What `classify` may ask for canonical titles: anything with these two calls, such as `IMDb` or `TVmaze`.

    Each answers at once or from the network, as it likes: it is asked beside the loop, once a title. What it raises of
    OSError, ValueError and the like is a warning, and the run goes on without it.

    >>> class Mine:
    ...     def search(self, title, *, year=None):
    ...         return [Work("1", "movie", "Lantern", 1999)] if title == "lantern" else []
    ...     def episodes(self, work_id):
    ...         return []
    >>> Mine().search("lantern")[0].year
    1999
    """

    def search(self, title: str, *, year: int | None = None) -> Sequence[Work]:
        """Works that may be called `title`, in any order; `year` is a hint, and no filter."""

    def episodes(self, work_id: str) -> Sequence[Episode]:
        """The episodes of a series; none where they are not known."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells whether a path still holds the file it held: a rename keeps all four, an edit changes some."""

    size: int  # byte
    mtime_ns: int  # ns since 1970
    inode: int
    device: int


IDENTITY: Final = tuple(field.name for field in fields(Identity))  # as tables call them


@dataclass(frozen=True, slots=True)
class Chain:
    """Moves that stand in each other's way, in an order in which none does.

    parked: of a cycle, the move that steps aside to a temporary name before the first of them, and goes on from
    there to its target when its turn in `steps` comes.
    """

    steps: tuple[int, ...]
    parked: int | None = None


class Probe(NamedTuple):
    """What ffprobe says of one file; units and meanings stand in `schema.PROBE`, whose columns these are."""

    format_name: str | None = None
    duration: float | None = None
    bit_rate: int | None = None
    width: int | None = None
    height: int | None = None
    quality: int | None = None
    video_codec: str | None = None
    avg_frame_rate: float | None = None
    pix_fmt: str | None = None
    hdr: str | None = None
    audio_codec: str | None = None
    channels: int | None = None
    audio_languages: tuple[str, ...] | None = None
    subtitle_languages: tuple[str, ...] | None = None
    chapters: int | None = None
    container_title: str | None = None
    creation_time: str | None = None
    playable: bool | None = None
    probed_by: str | None = None
    probe_seconds: float | None = None
    probe_error: str | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a parser says of one name, in guessit's keys; shared, so not to be changed. `error` is why it says nothing."""

    by: str
    said: Mapping[str, Any]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What one file is, and how sure that is; meanings stand in `schema.LABELS`, whose columns these are."""

    media_type: str | None = None
    title: str | None = None
    year: int | None = None
    season: int | None = None
    episodes: tuple[int, ...] | None = None
    absolute_episodes: tuple[int, ...] | None = None
    date: str | None = None  # ISO: 2011-11-15
    episode_title: str | None = None
    part: int | None = None
    edition: str | None = None
    extra_type: str | None = None
    extra_of: str | None = None
    release_group: str | None = None
    release_source: str | None = None
    screen_size: str | None = None
    label_source: str | None = None
    confidence: float | None = None
    evidence: str | None = None
    needs_review: bool | None = None
    label_error: str | None = None
