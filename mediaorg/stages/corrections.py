"""What a person says of their files: it outranks every guess, is kept, and is said again by the next classify."""

import logging
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from numbers import Integral
from pathlib import Path
from typing import Any, Final, TypeAlias

import pandas as pd

from mediaorg.errors import BadSetting, StoreError
from mediaorg.io.corrections import Said, changed, kept, store
from mediaorg.records import IDENTITY, Identity, Label
from mediaorg.schema import COLUMNS, LABELS, Column, from_path, need, path_text, series, table
from mediaorg.stages.cells import cells, whole
from mediaorg.stages.tables import one_of

__all__ = [
    "CORRECTIONS",
    "SAYABLE",
    "Corrections",
    "Given",
    "correct",
    "corrections",
    "forget_corrections",
    "rows_of",
]

Given: TypeAlias = "pd.DataFrame | str | os.PathLike[str] | bool | None"  # what classify takes as `corrections`
_Values: TypeAlias = Mapping[str, Any]

_log: Final = logging.getLogger("mediaorg")
# The others say how a label came about, and that is known once a person has spoken.
SAYABLE: Final = tuple(
    field.name
    for field in fields(Label)
    if field.name not in ("label_source", "confidence", "needs_review", "label_error")
)
CORRECTIONS: Final = (
    Column("path", "text", "the file it was said of, as an absolute cell", "correct"),
    Column("folder", "text", "or the folder, for all below it", "correct"),
    Column("said", "text", "in words; here alone 'no year' stands apart from a year of which nothing was said", "correct"),
    Column("when", "instant", "when it was said last", "correct", "UTC"),
    *(column for column in LABELS if column.name in SAYABLE),
)  # fmt: skip
_CHOICES: Final = {
    "media_type": ("movie", "episode", "extra", "home_video", "other"),
    "extra_type": (
        "trailer", "behind_the_scenes", "deleted", "featurette", "interview", "scene", "short", "clip", "sample", "other",
    ),
}  # fmt: skip


# ---- the calls -------------------------------------------------------------------------------------------------


def correct(
    labels: pd.DataFrame, where: Any, *, keep: bool | str | os.PathLike[str] | None = True, **columns: Any
) -> pd.DataFrame:
    """Say what the rows `where` really are: a new frame with those columns, and every later `classify` says the same.

    where: a mask; index labels; path cells; the cell of a folder, for every row below it and whatever comes there
        later; or a callable that is given `labels` and answers with one of these.
    columns: label columns and what is right, as in ``title="Alien", year=1979``. None says that there is none, as in
        ``media_type="movie", season=None``. A Series holds one value a row: ``season=labels["season"] + 1``.
    keep: True keeps it in the user's store; a path in that file, which ``classify(files, corrections=path)`` reads;
        False or None nowhere.

    The rows get `label_source` user, `confidence` 1, `needs_review` False, no `label_error`, and `evidence` that tells
    what you said. It is kept by path (relative ones from the current folder) and, where `labels` has size, mtime_ns,
    inode and device, by these four, so that a file which was renamed or moved on its disk keeps it. Said twice, the
    later word counts, column by column. A plan has to be made again. `corrections` lists what is kept, and
    `forget_corrections` takes it back. Raises BadSetting, MissingColumns, and StoreError where it cannot be kept.

    >>> import mediaorg as mo
    >>> labels = mo.run(mo.classify(["/in/Alein.mkv", "/in/Se7en.mkv"], progress=False))
    >>> labels = mo.correct(labels, labels["title"] == "Alein", title="Alien", year=1979, keep=False)
    >>> labels.loc[0, ["title", "label_source", "evidence"]].tolist()
    ['Alien', 'user', "you said title 'Alien', year 1979"]
    """
    need(labels, "path", stage="correct")
    if not columns:
        raise BadSetting(f"correct needs what is right, as in title='Alien'; it takes {', '.join(SAYABLE)}")
    for name in columns:
        _sayable(name)
    keys = _keys(cells(labels, "path"))
    at, folder = _chosen(labels, keys, where)
    said = {name: _each(labels, at, name, value) for name, value in columns.items()}
    rows = [dict(zip(said, values, strict=True)) for values in zip(*said.values(), strict=True)]
    if any(isinstance(value, pd.Series) for value in columns.values()):
        folder = None  # one value a file: what comes there later has none
    told = dict(zip(at, rows, strict=True))
    if keep is not None and keep is not False:
        file = store(None if keep is True else keep)
        with changed(file) as now:
            if folder is not None:
                _keep_folder(now, folder, rows[0])
            else:
                _keep_files(now, keys, _identities(labels), told)
            # Here, so that a store which cannot be read is not written either.
            merged = Corrections({}, _readable(now, file)).values(labels)
        words = [_words(merged[i] or told[i]) for i in at]
    else:
        words = [_words(row) for row in rows]
    sure: dict[str, list[Any]] = {"label_source": ["user"], "confidence": [1.0], "needs_review": [False]}
    if "label_error" in labels.columns:
        sure["label_error"] = [None]
    return _changed(labels, at, {"evidence": words, **said, **{name: one * len(at) for name, one in sure.items()}})


def corrections(store: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """List what you said with `correct`: one row a file or folder, latest last, the columns of `CORRECTIONS`.

    store: the file; None is the user's own. One that does not exist holds nothing, and is not made. `when` is in UTC.
    The frame may be given back as ``classify(files, corrections=...)``, or saved; rows of it are what
    `forget_corrections` takes. Raises StoreError.

    >>> list(corrections("/nowhere/corrections.sqlite").columns)[:6]
    ['path', 'folder', 'said', 'when', 'media_type', 'title']
    """
    return _listed(_readable(kept(file := _store(store)), file).values())


def forget_corrections(which: Any, *, store: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """Take back what you said: the next `classify` guesses again. Gives the rows that were removed.

    which: rows of `corrections()`; rows of labels, whose files are then forgotten also where they were renamed since;
        or the path cells of files and folders. What was said of a folder goes with the folder's own cell alone.
    store: the file; None is the user's own. Raises BadSetting where nothing was said of `which`, and StoreError.

    >>> import mediaorg as mo
    >>> store = mo.samples().with_name("mine.sqlite")
    >>> labels = mo.run(mo.classify(["/in/Alein.mkv"], progress=False))
    >>> labels = mo.correct(labels, "/in/Alein.mkv", title="Alien", keep=store)
    >>> said = mo.corrections(store)
    >>> mo.forget_corrections(said[said["title"] == "Alien"], store=store)["path"].tolist()
    ['/in/Alein.mkv']
    """
    who: Sequence[Identity | None] = ()
    if isinstance(which, pd.DataFrame):
        keys, who = _keys(_named(which, "forget_corrections")), _identities(which)
    else:
        keys = _keys(
            [which] if isinstance(which, (str, os.PathLike)) or not isinstance(which, Iterable) else list(which)
        )
        if None in keys:
            raise BadSetting(f"forget_corrections takes rows of corrections(), or path cells, not {which!r}")
    wanted, faces = set(keys), {one for one in who if one is not None}
    file = _store(store)
    if not kept(file):  # so that none is made
        raise BadSetting(f"nothing is kept in {file}, so there is nothing to forget")
    with changed(file) as now:
        gone = [said for said in now.values() if said.cell in wanted or said.identity in faces]
        if not gone:
            raise BadSetting("nothing was said of these; corrections() lists what was, and of which files and folders")
        for said in gone:
            del now[said.cell]
        return _listed(_readable({said.cell: said for said in gone}, file).values())


_store: Final = store  # the calls have a setting of this name


def _listed(found: Iterable[Said]) -> pd.DataFrame:
    lines = sorted(found, key=lambda said: (said.said_ns, said.cell))
    return table(
        CORRECTIONS,
        {
            "path": [None if said.folder else said.cell for said in lines],
            "folder": [said.cell if said.folder else None for said in lines],
            "said": [_words(said.values).removeprefix("you said ") for said in lines],
            "when": [said.said_ns for said in lines],
            **{name: [said.values.get(name) for said in lines] for name in SAYABLE},
        },
    )


# ---- what classify asks ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a person said: with this call (cell of a file or folder -> label columns), and what was kept before."""

    told: Mapping[str, _Values]
    kept: Mapping[str, Said]

    @classmethod
    def of(cls, given: Given) -> "Corrections":
        """Take in what classify was given. A store that cannot be read is a warning. Raises BadSetting."""
        if given is False:
            return cls({}, {})
        if given is None or given is True:
            return cls({}, _kept(store()))
        if isinstance(given, (str, os.PathLike)):
            return cls({}, _kept(store(given)))
        return cls(_told(given), _kept(store()))

    def over(self, frame: pd.DataFrame, labels: Sequence[Label]) -> list[Label]:
        """`labels` of the rows of `frame`, with what was said of each, or of the nearest folder above it."""
        if not (self.told or self.kept):
            return list(labels)
        return [_over(label, values) for label, values in zip(labels, self.values(frame), strict=True)]

    def values(self, frame: pd.DataFrame) -> list[_Values]:
        """What was said of each row: this call's word before an earlier one, a file's before its folder's."""
        keys = _keys(cells(frame, "path"))
        faces = any(said.identity is not None for said in self.kept.values())
        files = _of_rows(self.kept, keys, _identities(frame) if faces else [None] * len(keys))
        folders = {said.cell: said.values for said in self.kept.values() if said.folder}
        return [
            {**_down(folders, key), **({} if said is None else said.values), **_down(self.told, key)}
            for key, said in zip(keys, files, strict=True)
        ]


def _over(label: Label, values: _Values) -> Label:
    if not values:
        return label
    return replace(
        label,
        **{"evidence": _words(values), **values},
        label_source="user",
        confidence=1.0,
        needs_review=False,
        label_error=None,
    )


def _down(said: Mapping[str, _Values], key: str | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    while key and said:
        values = {**said.get(key, {}), **values}
        key = key.rpartition("/")[0]
    return values


def _of_rows(kept: Mapping[str, Said], keys: Sequence[str | None], who: Sequence[Identity | None]) -> list[Said | None]:
    """What is kept of each row's file: by its path, and by who it is where its path tells of another.

    A number of a file is given anew once the file is gone, so size and time must be the same as well.
    """
    files = sorted((said for said in kept.values() if not said.folder), key=lambda said: said.said_ns)
    by_path = {said.cell: said for said in files}
    by_face = {said.identity: said for said in files if said.identity is not None}
    here = by_face.keys() & set(who)
    found: list[Said | None] = []
    for key, me in zip(keys, who, strict=True):
        said = by_path.get(key or "")
        if said is None or (me is not None and said.identity not in (None, me)):
            face = None if me is None else by_face.get(me)
            # The path's own file may have been edited since; or it has another name in this very table.
            said = face if face is not None or said is None or said.identity in here else said
        found.append(said)
    return found


def _kept(file: Path) -> dict[str, Said]:
    try:
        return _readable(kept(file), file)
    except StoreError as error:
        _log.warning("labelling without what you said before: %s", error)
        return {}


def _readable(lines: Mapping[str, Said], file: Path) -> dict[str, Said]:
    """Lines of the store with values as labels have them. Raises StoreError."""
    try:
        return {
            cell: replace(said, values={name: _said(name, value) for name, value in said.values.items() if name in SAYABLE})
            for cell, said in lines.items()
        }  # fmt: skip
    except BadSetting as error:
        raise StoreError(
            f"the store of corrections {file} holds what cannot be read ({error}); move it away and keep it"
        ) from error


def _told(given: pd.DataFrame) -> dict[str, _Values]:
    """A frame of `path` or `folder` and label columns; other columns are nobody's business here."""
    named = _keys(_named(given, "corrections"))
    known = {name: cells(given, name) for name in SAYABLE if name in given.columns}
    if not known and len(given):
        raise BadSetting(f"corrections must have label columns beside path or folder: {', '.join(SAYABLE)}")
    told: dict[str, _Values] = {}
    for at, key in enumerate(named):
        values = {name: _said(name, column[at]) for name, column in known.items()}
        values = {name: value for name, value in values.items() if value is not None}
        if key is not None and values:
            told[key] = values
    return told


# ---- keeping ---------------------------------------------------------------------------------------------------


def _keep_files(
    now: dict[str, Said], keys: Sequence[str | None], who: Sequence[Identity | None], told: Mapping[int, _Values]
) -> None:
    """Put what was `told` (row -> values) into the store, upon what it says of these files already."""
    before = _of_rows(now, keys, who)
    moment = time.time_ns()
    taken = {keys[at] for at in told}
    for at, values in told.items():
        key, said = keys[at], before[at]
        if key is None:
            continue
        if said is not None and said.cell not in taken and said.identity == who[at]:
            now.pop(said.cell, None)  # the file has another name now
        now[key] = Said(key, {**(said.values if said is not None else {}), **values}, moment, who[at])


def _keep_folder(now: dict[str, Said], folder: str, values: _Values) -> None:
    """Put it into the store, and take away what was said of those columns below `folder`: the later word counts."""
    for cell, said in list(now.items()):
        if cell.startswith(folder + "/"):
            rest = {name: value for name, value in said.values.items() if name not in values}
            if rest:
                now[cell] = replace(said, values=rest)
            else:
                del now[cell]
    said_before = now[folder].values if folder in now else {}
    now[folder] = Said(folder, {**said_before, **values}, time.time_ns(), folder=True)


def _changed(labels: pd.DataFrame, at: Sequence[int], values: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """`labels` with `values` at the rows `at`; its other cells, and its columns' order and dtypes, stay as they are."""
    new = labels.copy()
    for name, said in values.items():
        column = series(COLUMNS[name], [None] * len(labels), labels.index)
        old = labels[name] if name in labels.columns else column
        mixed = old.astype("object").to_numpy(copy=True)
        for place, cell in zip(at, series(COLUMNS[name], said, None).astype("object"), strict=True):
            mixed[place] = cell
        whole_column = pd.Series(mixed, index=labels.index, dtype="object")
        # A column a person brought (a year as text or float) takes any value as a plain object.
        new[name] = whole_column.astype(column.dtype) if old.dtype == column.dtype else whole_column
    return new


# ---- which rows ------------------------------------------------------------------------------------------------


def rows_of(labels: pd.DataFrame, where: Any) -> list[int]:
    """The places, from 0, of the rows that `where` means: a mask, index labels, path cells, a folder, or a callable.

    Raises BadSetting where it fits no row.
    """
    return _chosen(labels, _keys(cells(labels, "path")), where)[0]


def _chosen(labels: pd.DataFrame, keys: Sequence[str | None], where: Any) -> tuple[list[int], str | None]:
    """The places of the rows of `where`, and the folder, if it names one. Raises BadSetting where there are none."""
    if callable(where):
        where = where(labels)
    if isinstance(where, pd.DataFrame):
        raise BadSetting("where takes a mask, index labels or path cells, not a DataFrame; of rows, give rows.index")
    one = not pd.api.types.is_list_like(where) or (isinstance(where, tuple) and labels.index.nlevels > 1)
    asked = [where] if one else list(where)
    if not one and _is_mask(where, asked):
        at = _masked(labels, where, asked)
        folder = None
    else:
        at, folder = _named_rows(labels, keys, asked)
    if not at:
        raise BadSetting(f"where fits no row of {len(labels)}, so there is nothing to correct")
    return at, folder


def _is_mask(where: Any, asked: Sequence[Any]) -> bool:
    if hasattr(where, "dtype") and pd.api.types.is_bool_dtype(where.dtype):
        return True
    known = [cell for cell in asked if not _missing(cell)]
    return bool(known) and all(pd.api.types.is_bool(cell) for cell in known)


def _masked(labels: pd.DataFrame, mask: Any, asked: Sequence[Any]) -> list[int]:
    if len(asked) != len(labels):
        raise BadSetting(f"the mask must have one value a row: it has {len(asked)}, and the labels {len(labels)}")
    if isinstance(mask, pd.Series) and not mask.index.equals(labels.index):
        if not (mask.index.is_unique and labels.index.is_unique and labels.index.isin(mask.index).all()):
            raise BadSetting(
                "the mask is of another table: its index is not that of the labels; mask.to_numpy() has none"
            )
        asked = mask.reindex(labels.index).tolist()
    return [at for at, cell in enumerate(asked) if not _missing(cell) and cell]


def _named_rows(labels: pd.DataFrame, keys: Sequence[str | None], asked: Sequence[Any]) -> tuple[list[int], str | None]:
    """Rows by path cell, else by index label; one text that is neither may be the folder above some."""
    wanted = [_keys([one])[0] if isinstance(one, (str, os.PathLike)) else None for one in asked]
    paths = set(keys) - {None}
    rest = [one for one, key in zip(asked, wanted, strict=True) if key not in paths]
    known = labels.index.isin(rest) if rest else [False] * len(labels)
    names = set(wanted)
    at = [
        i for i, (key, label) in enumerate(zip(keys, known, strict=True)) if label or (key is not None and key in names)
    ]
    lost = [one for one in rest if not _in(labels.index, one)]
    if not lost:
        return at, None
    if len(asked) == 1 and wanted[0] is not None:
        below = [i for i, key in enumerate(keys) if key is not None and key.startswith(wanted[0] + "/")]
        if below:
            return below, wanted[0]
    raise BadSetting(f"where: {lost[0]!r} is no path and no index label of a row, nor a folder above one")


def _in(index: "pd.Index[Any]", label: Any) -> bool:
    try:
        return bool(label in index)
    except TypeError:
        return False


def _each(labels: pd.DataFrame, at: Sequence[int], name: str, value: Any) -> list[Any]:
    """`value` of column `name` for each of the rows `at`."""
    if not isinstance(value, pd.Series):
        return [_said(name, value)] * len(at)
    column = value.tolist()
    if value.index.equals(labels.index):
        column = [column[i] for i in at]
    elif not value.index.equals(labels.index[list(at)]):
        raise BadSetting(f"{name}: a Series holds one value a row, by the index of the labels or of the rows corrected")
    return [_said(name, cell) for cell in column]


# ---- cells -----------------------------------------------------------------------------------------------------


def _named(frame: pd.DataFrame, stage: str) -> list[Any]:
    """The cells of a frame's `path`, or `folder` where a row has none."""
    need(frame, stage=stage)
    if not {"path", "folder"} & set(frame.columns):
        raise BadSetting(f"{stage} must have a column path or folder, and label columns beside it")
    return [
        folder if path is None else path
        for path, folder in zip(cells(frame, "path"), cells(frame, "folder"), strict=True)
    ]


def _keys(named: Iterable[Any]) -> list[str | None]:
    """Cells as they are kept: absolute, so that a word on one folder's `a.mkv` is none on another's."""
    here: str | None = None
    keys: list[str | None] = []
    for cell in named:
        if not isinstance(cell, (str, os.PathLike)) or not (text := from_path(path_text(cell)).rstrip("/")):
            keys.append(None)
            continue
        if not text.startswith("/"):
            here = here or from_path(Path.cwd())
            text = f"{here}/{text}"
        keys.append(text)
    return keys


def _identities(frame: pd.DataFrame) -> list[Identity | None]:
    """Who each row is; None where a part is not known."""
    if not set(IDENTITY) <= set(frame.columns):
        return [None] * len(frame)
    columns = ([None if cell is None else whole(cell) for cell in cells(frame, name)] for name in IDENTITY)
    return [None if None in row else Identity(*row) for row in zip(*columns, strict=True)]


def _sayable(name: str) -> None:
    if name in SAYABLE:
        return
    if name in COLUMNS:
        why = "follows from what you say" if COLUMNS[name].stage == "classify" else f"is {COLUMNS[name].stage}'s to say"
        raise BadSetting(f"{name} {why}; correct takes {', '.join(SAYABLE)}")
    one_of("a column of correct", name, SAYABLE)


def _said(name: str, value: Any) -> Any:
    """`value` as a label has it in the column `name`; None for what is missing. Raises BadSetting."""
    try:
        return _value(name, value)
    except (TypeError, ValueError, OverflowError) as error:
        written = " or ".join(_CHOICES[name]) if name in _CHOICES else _WRITTEN[COLUMNS[name].dtype]
        raise BadSetting(f"corrections: {value!r} is no {name}; write it as {written}") from error


_WRITTEN: Final = {
    "count": "a whole number",
    "tuple": "a whole number or several: (1, 2)",
    "day": "2011-11-15",
    "text": "text",
}


def _value(name: str, value: Any) -> Any:
    if _missing(value) or (isinstance(value, str) and not value):
        return None
    match COLUMNS[name].dtype:
        case "tuple":
            several = value if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else (value,)
            return tuple(_whole(one) for one in several) or None
        case "count":
            return _whole(value)
        case "day":
            return date.fromisoformat(str(value)[:10]).isoformat()
        case _:
            return _text(name, value)


def _text(name: str, value: Any) -> str:
    """Text; a spreadsheet makes a number of the title 1917, and of a column of such titles with a gap 1917.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, Integral) and not isinstance(value, bool):
        value = str(value)
    if name == "extra_of" and isinstance(value, os.PathLike):
        value = from_path(value)
    if not isinstance(value, str):
        raise TypeError
    if value not in _CHOICES.get(name, (value,)):
        raise ValueError
    return value


_MOST: Final = 10**6  # no year, season, part or episode is that high


def _whole(value: Any) -> int:
    if pd.api.types.is_bool(value):
        raise TypeError
    number = int(value)
    if not 0 <= number < _MOST or (isinstance(value, float) and number != value):
        raise ValueError
    return number


def _missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _words(values: _Values) -> str:
    """What was said, for the column `evidence`; a word of the person's own stands for all of it."""
    if values.get("evidence"):
        return str(values["evidence"])
    told = ", ".join(_word(name, values[name]) for name in SAYABLE if name in values and name != "evidence")
    return f"you said {told or 'nothing'}"


def _word(name: str, value: Any) -> str:
    name = name.replace("_", " ")
    match value:
        case None:
            return f"no {name}"
        case tuple():
            return f"{name} {' and '.join(map(str, value))}"
        case str() if name != "date":
            return f"{name} '{value}'"
    return f"{name} {value}"
