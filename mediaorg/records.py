"""Frozen records that cross the house.

Fields carry the words of the field: ffprobe's for what a container says, guessit's for what a name says.
Unknown is None.
"""

import numbers
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, NamedTuple

from mediaorg.errors import BadSetting

__all__ = ["IDENTITY", "Chain", "Identity", "Label", "Limits", "Opinion", "Probe"]

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
