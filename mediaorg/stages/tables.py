"""What every stage does with the table it is given: take it in, and note on it what the run was like."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.schema import SCAN, from_path, need, table

__all__ = ["Files", "note", "noted", "rows"]

Files: TypeAlias = "pd.DataFrame | str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"


def rows(files: Files, *, stage: str) -> pd.DataFrame:
    """Take `files` in as a table with a `path` column: a frame as it is, a path or several as rows of their own.

    Strings in a list are paths as the system gives them; cells of a frame are cells already. Raises MissingColumns
    for a frame without `path`, BadSetting for what is no path.
    """
    if isinstance(files, pd.DataFrame):
        need(files, "path", stage=stage)
        return files
    if isinstance(files, pd.Series | pd.Index):  # a column of a table, so its cells
        return pd.DataFrame({"path": files})
    try:
        named = [files] if isinstance(files, (str, bytes, os.PathLike)) else list(files)
        if "" in named:
            raise BadSetting(f"{stage} takes files by name, and '' names none")
        cells = [from_path(Path(os.fsdecode(path)).expanduser().absolute()) for path in named]
    except TypeError as error:
        raise BadSetting(f"{stage} takes a DataFrame, a path, or a list of paths: {error}") from error
    return table(SCAN[:1], {"path": cells})


def note(frame: pd.DataFrame, stage: str, facts: dict[str, Any]) -> pd.DataFrame:
    """Write plain JSON `facts` of a stage on `frame`, beside what other stages wrote; gives `frame` back."""
    frame.attrs = {**frame.attrs, "mediaorg": {**noted(frame), stage: facts}}
    return frame


def noted(frame: pd.DataFrame) -> dict[str, Any]:
    """What stages wrote on `frame`."""
    facts = frame.attrs.get("mediaorg")
    return dict(facts) if isinstance(facts, dict) else {}
