r"""Every column: its name, dtype, unit, meaning and source, and the one stage that writes it.

A table of mediaorg is a plain DataFrame. This page is the home of what its columns mean; stages lay their answers
out with `table` and `widen`, so that zero rows, or only failures, have the same columns and dtypes as any others.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediaorg.errors import BadSetting, MissingColumns

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "COLUMNS",
    "HASHES",
    "LABELS",
    "LINT",
    "PLAN",
    "PROBE",
    "RECEIPT",
    "SCAN",
    "THUMBNAILS",
    "Column",
    "from_path",
    "given_path",
    "need",
    "path_text",
    "series",
    "table",
    "to_path",
    "widen",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    dtype: str  # text, count (Int64), identity (UInt64), number (float64), yesno (boolean), instant, day, tuple, bytes
    meaning: str
    stage: str
    unit: str | None = None
    source: str | None = None


def _columns(stage: str, *rows: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(row[0], row[1], row[2], stage, *(part or None for part in row[3:])) for row in rows)


SCAN: Final = _columns(
    "scan",
    ("path", "text", "the file, absolute, as a cell: see to_path"),
    ("root", "text", "the scanned folder it was found under, as a cell"),
    ("folder", "text", "the folder it lies in, relative to the root; '.' is the root itself"),
    ("name", "text", "its last component, suffix included"),
    ("suffix", "text", "lower-case suffix with its dot; missing where there is none"),
    ("kind", "text", "video, subtitle, artwork, nfo, audio or other, by suffix"),
    ("size", "count", "length", "byte", "stat"),
    ("mtime", "instant", "last change of its content", "UTC", "stat"),
    ("mtime_ns", "count", "the same, exact", "ns since 1970", "stat"),
    ("device", "identity", "the file system it lies on", "", "stat"),
    ("inode", "identity", "its number there; a rename keeps it", "", "stat"),
    ("nlink", "count", "hard links to it; a seeding client may hold another one", "", "stat"),
)

PROBE: Final = _columns(
    "probe",
    ("format_name", "text", "container", "", "ffprobe format.format_name"),
    ("duration", "number", "length in time", "s", "ffprobe format.duration"),
    ("bit_rate", "count", "of the whole file", "bit/s", "ffprobe format.bit_rate"),
    ("width", "count", "as shown: after rotation, pixel aspect not applied", "px", "ffprobe stream.width"),
    ("height", "count", "as shown: after rotation, pixel aspect not applied", "px", "ffprobe stream.height"),
    ("quality", "count", "class by the frame: 2160, 1080, 720 …; 1920x800 is 1080, portrait by its short side", "line"),
    ("video_codec", "text", "of the first video stream that is no cover picture", "", "ffprobe stream.codec_name"),
    ("avg_frame_rate", "number", "average, not the nominal rate", "1/s", "ffprobe stream.avg_frame_rate"),
    ("pix_fmt", "text", "pixel format", "", "ffprobe stream.pix_fmt"),
    ("hdr", "text", "HDR10, HLG or Dolby Vision; missing for standard range", "", "ffprobe stream.color_transfer"),
    ("audio_codec", "text", "of the first audio stream", "", "ffprobe stream.codec_name"),
    ("channels", "count", "of the first audio stream", "", "ffprobe stream.channels"),
    (
        "audio_languages",
        "tuple",
        "one a stream, 'und' where unsaid; missing without audio",
        "",
        "ffprobe tags.language",
    ),
    ("subtitle_languages", "tuple", "the same of subtitle streams", "", "ffprobe tags.language"),
    ("chapters", "count", "chapter marks", "", "ffprobe chapters"),
    ("container_title", "text", "title tag of the container; often a release name", "", "ffprobe format.tags.title"),
    ("creation_time", "instant", "when a camera says it was taken", "UTC", "ffprobe format.tags.creation_time"),
    ("playable", "yesno", "a picture, a length, and all the bytes the container claims"),
    ("probed_by", "text", "who answered: libav or ffprobe, with its version"),
    ("probe_seconds", "number", "time spent on the file; a cached answer keeps that of the first look", "s"),
    ("probe_error", "text", "why there is no answer; begins with one word: timeout, crashed, not_video …"),
)

HASHES: Final = _columns(
    "hashes",
    ("content_hash", "text", "xxh3_128 of the content, in hex"),
    ("hash_of", "text", "pieces (no other file here has them) or whole"),
    ("hash_error", "text", "why it cannot be told; begins with one word: changed, missing, timeout …"),
)

THUMBNAILS: Final = _columns(
    "thumbnails",
    ("thumbnail", "bytes", "a picture of the film, a JPEG; missing where there is none"),
    ("thumbnail_error", "text", "why there is none; begins with one word: timeout, crashed, not_video, damaged …"),
)

LABELS: Final = _columns(
    "classify",
    ("media_type", "text", "movie, episode, extra, home_video or other"),
    ("title", "text", "of the film or the show; of the owner, for an extra", "", "guessit title"),
    ("year", "count", "of the film, or the one that tells two shows of a name apart", "", "guessit year"),
    ("season", "count", "0 holds specials", "", "guessit season"),
    ("episodes", "tuple", "numbers in the season; several for a file of several episodes", "", "guessit episode"),
    ("absolute_episodes", "tuple", "numbers counted from the show's beginning", "", "guessit absolute_episode"),
    ("date", "day", "day of a daily show's episode, or of a home video", "", "guessit date"),
    ("episode_title", "text", "the episode's or the extra's own name", "", "guessit episode_title"),
    ("part", "count", "of a film or episode that lies in several files", "", "guessit part, cd"),
    ("edition", "text", "Director's Cut, Extended …", "", "guessit edition"),
    ("extra_type", "text", "trailer behind_the_scenes deleted featurette interview scene short clip sample other"),
    ("extra_of", "text", "the path cell of a video of the work it belongs to"),
    ("release_group", "text", "who released it", "", "guessit release_group"),
    ("release_source", "text", "Blu-ray, Web, HDTV …", "", "guessit source"),
    ("screen_size", "text", "1080p … as the name claims", "", "guessit screen_size"),
    ("label_source", "text", "what settled it: name, folder, siblings, probe, ai, catalogue or user"),
    ("confidence", "number", "how sure the whole label is, 0 to 1"),
    ("evidence", "text", "in words, what led to it"),
    ("needs_review", "yesno", "a person should look before it is moved"),
    ("label_error", "text", "why there is no label, or what could not be asked"),
)

PLAN: Final = _columns(
    "plan",
    ("move_id", "text", "unique across plans"),
    ("target_root", "text", "the library, as a path cell"),
    ("layout", "text", "the profile the target was built by"),
    ("source", "text", "the path cell, unchanged"),
    ("target", "text", "where it should go, as a path cell; missing for what stays"),
    ("operation", "text", "move, copy, hardlink, symlink, skip; remove only from reverse"),
    ("status", "text", "ready, unchanged, conflict, blocked or review"),
    ("reason", "text", "why the status, or what to know; begins with one word"),
    ("belongs_to", "text", "move_id of the video a sidecar travels with"),
    ("size", "count", "as planned on", "byte", "stat"),
    ("mtime_ns", "count", "as planned on", "ns since 1970", "stat"),
    ("inode", "identity", "as planned on", "", "stat"),
    ("device", "identity", "as planned on", "", "stat"),
)

LINT: Final = _columns(
    "lint",
    ("taken_for", "text", "what the server would take the target for"),
    ("lint", "text", "what of the label it would read otherwise; missing where all is well"),
)

RECEIPT: Final = _columns(
    "apply",
    ("state", "text", "done, failed, conflict, skipped or undone: what was observed, not what was meant"),
    ("error", "text", "why not; begins with one word"),
    ("started", "instant", "when its turn came", "UTC"),
    ("seconds", "number", "time it took", "s"),
    ("bytes", "count", "copied; 0 for a rename", "byte"),
    ("hash", "text", "of the content, where it was copied"),
    ("hash_algorithm", "text", "which hash that is"),
    ("run_id", "text", "the run that did it"),
)

# Name -> column. What scan finds and a plan keeps (size, mtime_ns, inode, device) is scan's.
COLUMNS: Final = {
    column.name: column for column in (*RECEIPT, *LINT, *PLAN, *LABELS, *THUMBNAILS, *HASHES, *PROBE, *SCAN)
}


# ---- path cells ------------------------------------------------------------------------------------------------
#
# File names are bytes on Linux, and 16-bit units on Windows: `bad\xff.mkv` may be a name of one undecodable byte, or
# one of four honest letters. Both must survive pandas, pyarrow, Parquet, CSV, JSON and SQLite, and stay two names.
# So an undecodable byte is written \xff, a lone 16-bit unit \ud83d, and a backslash that would read as the beginning
# of either (or of itself) is written \x5c.

_ESCAPES: Final = r"x(?:5c|[89a-f][0-9a-f])|ud[89a-f][0-9a-f]{2}"
_NEEDS_ESCAPE: Final = re.compile(rf"[\ud800-\udfff]|\\(?={_ESCAPES})")
_ESCAPED: Final = re.compile(rf"\\({_ESCAPES})")


def from_path(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> str:
    r"""Write `path` as a cell: valid Unicode text from which `to_path` gives the exact file back.

    Nearly always the cell is the path itself; only undecodable names and a few backslashes are escaped.
    Raises TypeError for what is no path.

    >>> from_path("/films/Amélie.mkv")
    '/films/Amélie.mkv'
    >>> print(from_path(b"/films/bad\xff.mkv"))
    /films/bad\xff.mkv
    """
    text = path if isinstance(path, str) else os.fsdecode(path)
    if text.isascii() and "\\" not in text:  # nearly all are
        return text
    return _NEEDS_ESCAPE.sub(_escape, text)


def to_path(cell: str | os.PathLike[str]) -> Path:
    r"""Give the exact file a path cell stands for; the inverse of `from_path`.

    Raises TypeError for a missing cell: a row without a path has no file.

    >>> to_path(from_path(b"/films/bad\xff.mkv")) == Path(os.fsdecode(b"/films/bad\xff.mkv"))
    True
    """
    return Path(path_text(cell))


def path_text(cell: str | os.PathLike[str]) -> str:
    """Do as `to_path`, without the object: the text the system's own calls take."""
    if isinstance(cell, str):
        return _ESCAPED.sub(_unescape, cell) if "\\" in cell else cell
    if isinstance(cell, os.PathLike):
        return os.fspath(cell)
    raise TypeError(f"a path cell is text, not {cell!r}")


def given_path(path: object, what: str) -> Path:
    """The path a person gave for `what`: ``~`` expanded, absolute.

    Raises BadSetting for what is no path, and for an empty one: to the system that is the current folder, to a person
    a variable that was never set.

    >>> given_path("", "the target")
    Traceback (most recent call last):
    mediaorg.errors.BadSetting: the target must be a path, and '' names none; the current folder is '.'
    """
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise BadSetting(f"{what} must be a path, not {path!r}")
    if path in ("", b""):
        raise BadSetting(f"{what} must be a path, and '' names none; the current folder is '.'")
    given = Path(os.fsdecode(path))
    try:
        return given.expanduser().absolute()
    except RuntimeError:  # "~$film.mkv" begins like somebody's home, and nobody is called so
        return given.absolute()


def _escape(found: re.Match[str]) -> str:
    unit = ord(found[0])
    if unit == 0x5C:
        return r"\x5c"
    return rf"\x{unit - 0xDC00:02x}" if 0xDC80 <= unit <= 0xDCFF else rf"\u{unit:04x}"


def _unescape(found: re.Match[str]) -> str:
    number = int(found[1][1:], 16)
    return "\\" if number == 0x5C else chr(number if found[1][0] == "u" else 0xDC00 + number)


# ---- tables ----------------------------------------------------------------------------------------------------


def table(
    columns: Iterable[Column], values: Mapping[str, Sequence[Any]] | None = None, *, index: Any = None
) -> "pd.DataFrame":
    """Lay `values` (column name -> one value a row, None for unknown) out as a DataFrame of exactly `columns`.

    A column without values is all missing. Dtypes depend on the columns alone, never on the values.

    >>> len(table(SCAN)), str(table(SCAN)["size"].dtype)
    (0, 'Int64')
    """
    import pandas as pd

    values = values or {}
    length = len(index) if index is not None else max((len(cells) for cells in values.values()), default=0)
    index = index if index is not None else pd.RangeIndex(length)
    return pd.DataFrame(
        {column.name: series(column, values.get(column.name, [None] * length), index) for column in columns},
        index=index,
        columns=[column.name for column in columns],
    )


def widen(frame: "pd.DataFrame", columns: Iterable[Column], values: Mapping[str, Sequence[Any]]) -> "pd.DataFrame":
    """Give `frame` back with `columns` added: same rows, same order, same index, same attrs.

    Columns of those names that it had are replaced, in the place of the new ones.
    """
    import pandas as pd

    columns = tuple(columns)
    kept = frame.drop(columns=[column.name for column in columns if column.name in frame.columns])
    wide = pd.concat([kept, table(columns, values, index=frame.index)], axis=1)
    wide.attrs = dict(frame.attrs)
    return wide


def need(frame: "pd.DataFrame", *names: str, stage: str) -> None:
    """Raise MissingColumns unless `frame` has every column of `names`; the message names the stages that make them.

    Raises BadSetting for what is no DataFrame, and for one that has a column of ours twice.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise BadSetting(f"{stage} needs a DataFrame, not {type(frame).__name__}")
    if twice := sorted({name for name in frame.columns[frame.columns.duplicated()] if name in COLUMNS}):
        raise BadSetting(f"{stage} needs columns of different names; the table has {', '.join(twice)} twice")
    missing = [name for name in names if name not in frame.columns]
    if missing:
        made = ", ".join(
            f"{name!r} (from {COLUMNS[name].stage if name in COLUMNS else 'your table'})" for name in missing
        )
        raise MissingColumns(f"{stage} needs the column {made}; the table has {list(frame.columns)}")


def series(column: Column, values: Sequence[Any], index: Any) -> "pd.Series[Any]":
    """One column of a table, in its dtype whatever the values are."""
    import pandas as pd

    make = pd.Series
    match column.dtype:
        case "text":  # pandas 3 has a text dtype; before, text lived in object cells
            return make(list(values), index=index, dtype="str" if int(pd.__version__.split(".")[0]) >= 3 else "object")
        case "tuple":
            cells: pd.Series[Any] = make([None] * len(values), index=index, dtype="object")
            cells[:] = [None if value is None else tuple(value) for value in values]
            return cells
        case "bytes":
            held: pd.Series[Any] = make(list(values), index=index, dtype="object")
            return held
        case "instant":  # ISO text or datetimes, or whole nanoseconds since 1970 as stat gives them
            first = next((value for value in values if value is not None), None)
            cells = make(list(values), index=index, dtype="Int64" if isinstance(first, int) else "object")
            how: dict[str, Any] = {"unit": "ns"} if isinstance(first, int) else {"format": "ISO8601"}
            return pd.to_datetime(cells, utc=True, **how).dt.as_unit("us")
        case "day":
            days = make(list(values), index=index, dtype="object")
            return pd.to_datetime(days, format="ISO8601").dt.as_unit("s")
        case dtype:
            numbers: pd.Series[Any] = make(list(values), index=index, dtype=_DTYPES[dtype])
            return numbers


_DTYPES: Final[dict[str, Any]] = {"count": "Int64", "identity": "UInt64", "number": "float64", "yesno": "boolean"}
