"""What every stage does with the table it is given: take it in, and note on it what the run was like."""

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.schema import SCAN, from_path, given_path, need, table

__all__ = ["Files", "note", "noted", "one_of", "rows", "stopped"]

Files: TypeAlias = "pd.DataFrame | pd.Series[str] | pd.Index[str] | str | bytes | os.PathLike[str] | Iterable[str | bytes | os.PathLike[str]]"


def rows(files: Files, *, stage: str) -> pd.DataFrame:
    """Take `files` in as a table with a `path` column: a frame as it is, a path or several as rows of their own.

    Strings in a list are paths as the system gives them; cells of a frame, or of a column taken out of one, are cells
    already. Of relative paths the current folder is the `root`, as if it had been scanned: what lies above it is no part
    of how they were named. Raises MissingColumns for a frame without `path`, BadSetting for what is no path.
    """
    if isinstance(files, pd.DataFrame):
        need(files, "path", stage=stage)
        return files
    if isinstance(files, pd.Series | pd.Index):
        return pd.DataFrame({"path": files})
    if not isinstance(files, (bytes, os.PathLike, Iterable)):
        raise BadSetting(f"{stage} takes a DataFrame, a path, or a list of paths, not {files!r}")
    named: list[Any] = [files] if isinstance(files, (str, bytes, os.PathLike)) else list(files)
    paths = [given_path(path, f"what {stage} takes") for path in named]
    relative = [not os.fsdecode(path).startswith(("/", "~")) for path in named]
    here = from_path(Path.cwd()) if any(relative) else None  # it may be gone, and nobody need know
    below = [here if is_below else None for is_below in relative]
    columns = SCAN[:2] if any(below) else SCAN[:1]
    return table(columns, {"path": [from_path(path) for path in paths], "root": below})


def one_of(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Raise BadSetting, which names the setting and its `choices`, unless `value` is one of them."""
    if value not in choices:
        raise BadSetting(f"{name} must be one of {', '.join(choices)}, not {value!r}")


def note(frame: pd.DataFrame, stage: str, facts: dict[str, Any]) -> pd.DataFrame:
    """Write plain JSON `facts` of a stage on `frame`, beside what other stages wrote; gives `frame` back."""
    frame.attrs = {**frame.attrs, "mediaorg": {**noted(frame), stage: facts}}
    return frame


def stopped(frame: pd.DataFrame, stop: threading.Event) -> pd.DataFrame:
    """Say on `frame` if its run was stopped; gives `frame` back."""
    frame.attrs = {name: value for name, value in frame.attrs.items() if name != "stopped"}
    if stop.is_set():
        frame.attrs["stopped"] = True
    return frame


def noted(frame: pd.DataFrame) -> dict[str, Any]:
    """What stages wrote on `frame`."""
    facts = frame.attrs.get("mediaorg")
    return dict(facts) if isinstance(facts, dict) else {}
