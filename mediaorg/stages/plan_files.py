r"""A plan as a file, to be curated in a spreadsheet or kept: what is loaded is what was saved.

CSV has no types, no missing, and spreadsheets eat what they think they know. So the header's last cell holds, as JSON,
the dtypes, index and attrs (a file without it is read by the schema alone); a missing cell is empty; and a cell that a
spreadsheet would take for a formula, a number or nothing begins with an apostrophe, taken away on loading.
"""

import base64
import csv
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediaorg import schema
from mediaorg.errors import BadSetting, MissingProgram, NoSuchFile, NoSuchFolder
from mediaorg.stages.cells import truth, whole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load_plan", "save_plan"]

_ABOUT: Final = "mediaorg"
# =SUM(A1), +1, -5, @cmd, tab, CR: formulas. 007, 1-2, 1E5, 12/05: numbers and days. true: a truth. "": nothing.
_EATEN: Final = re.compile(r"[=+\-@\t\r\n ']|[\d.,:/+\- ]+(?:[eE][\d+-]+)?\Z|(?:true|false)\Z|\Z", re.IGNORECASE)
_MOST_DIGITS: Final = 10**15  # spreadsheets hold numbers as doubles: nanoseconds and inodes would be rounded


def save_plan(plan: "pd.DataFrame", file: str | os.PathLike[str]) -> None:
    """Write `plan` (any table of mediaorg) to a .csv or .parquet file; one that is there is replaced as a whole.

    CSV is UTF-8 with every cell quoted. Parquet needs pyarrow. Cells that are neither text, numbers, truths, times
    nor tuples are written as JSON. Raises BadSetting for another suffix, for columns that share a name or are not
    called by text; NoSuchFolder; MissingProgram without pyarrow.

    >>> import pandas as pd, tempfile
    >>> file = Path(tempfile.mkdtemp()) / "plan.csv"
    >>> save_plan(pd.DataFrame({"title": ["NA", "=1+1", None], "episodes": [(1, 2), None, ()]}), file)
    >>> loaded = load_plan(file)
    >>> loaded["title"].tolist()[:2], loaded["episodes"].tolist()
    (['NA', '=1+1'], [(1, 2), None, ()])
    """
    write = _format(file)[0]
    names = list(plan.columns)
    if len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        raise BadSetting("a plan that is saved needs columns of different names, all text")
    path = schema.given_path(file, "the plan's file")
    if not path.parent.is_dir():
        raise NoSuchFolder(f"there is no folder {path.parent} to save the plan in")
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(plan, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load_plan(file: str | os.PathLike[str]) -> "pd.DataFrame":
    """Read what `save_plan` wrote, or a CSV a spreadsheet made of it: same rows, index, dtypes and attrs.

    file: .csv or .parquet. A CSV may have lost or gained columns and rows, and may have semicolons between its cells
    with commas in its numbers, as the spreadsheets of much of Europe write it. Paths are cells, `size` is in bytes,
    `mtime_ns` in ns, `episodes` are tuples, as `schema` says; a column nobody knows is text.

    Raises NoSuchFile (a FileNotFoundError), BadSetting for another suffix, a file that is no table, or a cell that is
    not what its column holds; MissingProgram for Parquet without pyarrow.

    >>> import mediaorg as mo, tempfile
    >>> labels = mo.run(mo.classify(["/in/Alien (1979).mkv"], progress=False))
    >>> file = Path(tempfile.mkdtemp()) / "plan.csv"
    >>> save_plan(mo.plan(labels, "/library", existing=[]), file)
    >>> load_plan(file).loc[0, "target"]
    '/library/Movies/Alien (1979)/Alien (1979).mkv'
    """
    read = _format(file)[1]
    path = schema.given_path(file, "the plan's file")
    if not path.exists():
        raise NoSuchFile(f"there is no plan {path}")
    try:
        return read(path)
    except BadSetting:
        raise
    except (IsADirectoryError, ValueError) as error:  # pandas' and pyarrow's words for what they cannot read
        raise BadSetting(f"{path} is no plan: {error}") from error


def _plain(value: Any) -> Any:
    """What JSON has no word for: numpy's numbers as numbers, the rest as text."""
    return value.item() if hasattr(value, "item") and hasattr(value, "dtype") else str(value)


_Write = Callable[["pd.DataFrame", Path], None]
_Read = Callable[[Path], "pd.DataFrame"]


def _format(file: str | os.PathLike[str]) -> tuple[_Write, _Read]:
    suffix = Path(file).suffix.lower()
    if suffix == ".csv":
        return _write_csv, _read_csv
    if suffix == ".parquet":
        return _write_parquet, _read_parquet
    raise BadSetting(f"file must end in .csv or .parquet, not {suffix or 'without a suffix'!r}")


def _holds(cells: "pd.Series[Any]") -> str:
    """What a column holds: tuple, bytes (pictures), json (objects of several kinds), text, or its dtype."""
    if str(cells.dtype) != "object":
        return "text" if str(cells.dtype) in ("str", "string") else str(cells.dtype)
    known = cells[cells.notna()].tolist()
    for kind in (tuple, bytes):
        if known and all(isinstance(cell, kind) for cell in known):
            return kind.__name__
    if all(isinstance(cell, str) for cell in known):
        name = str(cells.name)
        return "tuple" if not known and name in schema.COLUMNS and schema.COLUMNS[name].dtype == "tuple" else "text"
    return "json"


def _about(plan: "pd.DataFrame") -> dict[str, Any]:
    return {
        "dtypes": {name: str(plan[name].dtype) for name in plan.columns},
        "holds": {name: _holds(plan[name]) for name in plan.columns},
        "attrs": plan.attrs,
    }


# ---- CSV ----


def _write_csv(plan: "pd.DataFrame", path: Path) -> None:
    levels = plan.index.to_frame(index=False)
    about = _about(plan)
    about["index"] = {
        "names": [name if isinstance(name, str) else None for name in plan.index.names],
        "dtypes": [str(dtype) for dtype in levels.dtypes],
        "range": None if (run := _range(plan.index)) is None else list(run),
    }
    header = [*(name if isinstance(name, str) else "index" for name in plan.index.names), *plan.columns]
    columns = [_written(levels.iloc[:, at], _holds(levels.iloc[:, at])) for at in range(levels.shape[1])]
    columns += [_written(plan[name], about["holds"][name]) for name in plan.columns]
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # Excel takes CSV for Latin-1 without the mark
        out = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        out.writerow([*header, f"{_ABOUT} {json.dumps(about, default=_plain)}"])
        out.writerows((*row, "") for row in zip(*columns, strict=True))


def _range(index: "pd.Index[Any]") -> tuple[int, int, int] | None:
    import pandas as pd

    return (index.start, index.stop, index.step) if isinstance(index, pd.RangeIndex) else None


def _written(cells: "pd.Series[Any]", holds: str) -> list[str]:
    missing = cells.isna().tolist()
    return ["" if gone else _cell(cell, holds) for cell, gone in zip(cells.tolist(), missing, strict=True)]


def _cell(cell: Any, holds: str) -> str:
    if holds in ("tuple", "json"):
        return json.dumps(cell, default=_plain, ensure_ascii=False)
    if holds == "bytes":
        return base64.b64encode(cell).decode("ascii")
    if isinstance(cell, str):
        return f"'{cell}" if _EATEN.match(cell) else cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return f"'{cell}" if abs(cell) >= _MOST_DIGITS else str(cell)
    return repr(cell) if isinstance(cell, float) else str(cell)


def _separator(header: str) -> str:
    """What stands behind the first cell: spreadsheets of much of Europe write semicolons."""
    found = re.match(r'\s*(?:"(?:[^"]|"")*"|[^;,"]*)([;,])', header)
    return found[1] if found else ","


def _read_csv(path: Path) -> "pd.DataFrame":
    import pandas as pd

    with path.open(encoding="utf-8-sig", newline="") as file:
        between = _separator(file.readline())
    table = pd.read_csv(
        path,
        header=None,
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
        sep=between,
        engine="c",
        skip_blank_lines=False,
    )
    header = table.iloc[0].tolist()
    body = table.iloc[1:]
    about: dict[str, Any] = {}
    if str(header[-1]).startswith(f"{_ABOUT} {{"):
        about = json.loads(header[-1][len(_ABOUT) :])
    about["comma"] = between == ";"  # who sets semicolons between cells writes 0,5
    columns = {
        name: body.iloc[:, at].tolist()
        for at, name in enumerate(header)
        if name and not name.startswith(f"{_ABOUT} {{")
    }
    at_index = about.get("index")
    if at_index and header[: len(at_index["names"])] != [name or "index" for name in at_index["names"]]:
        at_index = None  # somebody took the index away, or put another column first
    levels = len(at_index["names"]) if at_index else int(header[0] == "index")
    names = [name for at, name in enumerate(header) if at >= levels and name in columns]
    index = _index([body.iloc[:, at].tolist() for at in range(levels)], at_index, len(body))
    frame = pd.DataFrame(
        {name: _restored(name, columns[name], about, index) for name in names}, index=index, columns=names
    )
    frame.attrs = about.get("attrs", {})
    return frame


def _index(levels: list[list[str]], about: dict[str, Any] | None, count: int) -> Any:
    import pandas as pd

    if not levels:
        return pd.RangeIndex(count)
    plain = [[_unguarded(cell) for cell in level] for level in levels]
    if about is None:
        numbers = all(cell is not None and re.fullmatch(r"\d{1,18}", cell) for cell in plain[0])
        return pd.Index([int(cell or 0) for cell in plain[0]] if numbers else plain[0])
    if about["range"] is not None and plain[0] == [str(number) for number in range(*about["range"])]:
        start, stop, step = about["range"]
        return pd.RangeIndex(start, stop, step, name=about["names"][0])
    made = [_typed(level, dtype, dtype) for level, dtype in zip(plain, about["dtypes"], strict=True)]
    if len(made) == 1:
        return pd.Index(made[0], name=about["names"][0])
    return pd.MultiIndex.from_arrays(made, names=about["names"])


def _restored(name: str, cells: list[str], about: dict[str, Any], index: Any) -> "pd.Series[Any]":
    plain = [_unguarded(cell) for cell in cells]
    column = schema.COLUMNS.get(name)
    dtype = about.get("dtypes", {}).get(name)
    number = dtype.lower().startswith("float") if dtype else column is not None and column.dtype == "number"
    if about["comma"] and number:
        plain = [None if cell is None else cell.replace(",", ".") for cell in plain]
    try:
        if dtype is not None:
            series = _typed(plain, about["holds"][name], dtype)
            series.index = index
            return series
        return schema.series(column or schema.Column(name, "text", "", ""), _by_schema(plain, column), index)
    except (ValueError, TypeError) as error:
        raise BadSetting(f"the column {name!r} of the file holds a cell it cannot hold: {error}") from error


def _unguarded(cell: str) -> str | None:
    return None if cell == "" else cell.removeprefix("'")


def _by_schema(cells: list[str | None], column: schema.Column | None) -> list[Any]:
    if column is None or column.dtype in ("text", "instant", "day"):
        return list(cells)
    read: dict[str, Callable[[str], Any]] = {
        "tuple": _tuple,
        "bytes": base64.b64decode,
        "yesno": _yes,
        "number": float,
        "count": _whole,
        "identity": _whole,
    }
    return [None if cell is None else read[column.dtype](cell) for cell in cells]


def _typed(cells: list[str | None], holds: str, dtype: str) -> "pd.Series[Any]":
    import pandas as pd

    values: list[Any] = list(cells)
    if holds == "tuple":
        values = [None if cell is None else _tuple(cell) for cell in cells]
    elif holds == "bytes":
        values = [None if cell is None else base64.b64decode(cell) for cell in cells]
    elif holds == "json":
        values = [None if cell is None else json.loads(cell) for cell in cells]
    elif dtype.lower().startswith(("int", "uint")):
        values = [None if cell is None else _whole(cell) for cell in cells]
        if dtype.islower() and None in values:  # a row added by hand: numpy's integers know no missing
            dtype = dtype.replace("uint", "UInt").replace("int", "Int")
    elif dtype.lower().startswith("float"):
        values = [None if cell is None else float(cell) for cell in cells]
    elif dtype in ("bool", "boolean"):
        values = [None if cell is None else _yes(cell) for cell in cells]
        dtype = "boolean" if None in values else dtype
    elif dtype.startswith("datetime64"):
        times: pd.Series[Any] = pd.Series(values, dtype="object")
        kind: Any = dtype
        return pd.to_datetime(times, format="ISO8601", utc=", " in dtype).astype(kind)
    if dtype == "object":
        series: pd.Series[Any] = pd.Series([None] * len(values), dtype="object")
        series[:] = values
        return series
    return pd.Series(values, dtype=dtype)


def _tuple(cell: str) -> tuple[Any, ...]:
    """[1, 2] as we write it; 1, 2 or 1 as a person does."""
    if cell.startswith("["):
        return tuple(json.loads(cell))
    return tuple(int(word) if word.isdigit() else word for word in re.split(r"[\s,;]+", cell.strip()))


def _yes(cell: str) -> bool:
    if (said := truth(cell)) is None:
        raise ValueError(f"{cell!r} is neither true nor false")
    return said


def _whole(cell: str) -> int:
    if (number := whole(cell)) is None:
        raise ValueError(f"{cell!r} is no whole number")
    return number


# ---- Parquet ----


def _write_parquet(plan: "pd.DataFrame", path: Path) -> None:
    about = _about(plan)
    out = plan.copy()
    for name, holds in about["holds"].items():
        if holds in ("tuple", "json"):
            out[name] = [None if gone else json.dumps(cell, default=_plain) for cell, gone in _with_missing(plan[name])]
    out.attrs = {_ABOUT: json.dumps(about, default=_plain)}
    _with_pyarrow(lambda: out.to_parquet(path, engine="pyarrow"))


def _read_parquet(path: Path) -> "pd.DataFrame":
    import pandas as pd

    frame: pd.DataFrame = _with_pyarrow(lambda: pd.read_parquet(path, engine="pyarrow"))
    kept = frame.attrs.get(_ABOUT)
    about = json.loads(kept) if isinstance(kept, str) else {}
    for name, dtype in about.get("dtypes", {}).items():
        if name not in frame.columns:
            continue
        if about["holds"][name] in ("tuple", "json"):
            cells = [None if gone else str(cell) for cell, gone in _with_missing(frame[name])]
            series = _typed(cells, about["holds"][name], dtype)
            series.index = frame.index
            frame[name] = series
        elif str(frame[name].dtype) != dtype:
            frame[name] = frame[name].astype(str(dtype))
    if about:
        frame.attrs = about["attrs"]
    return frame


def _with_missing(cells: "pd.Series[Any]") -> list[tuple[Any, bool]]:
    return list(zip(cells.tolist(), cells.isna().tolist(), strict=True))


def _with_pyarrow(do: Callable[[], Any]) -> Any:
    try:
        return do()
    except ImportError as error:
        raise MissingProgram(
            "Parquet needs pyarrow: pip install 'mediaorg[parquet]', or save the plan as .csv"
        ) from error
