"""explain: one label in readable lines."""

import sys
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from mediaorg.errors import BadSetting, MissingColumns
from mediaorg.rules.settle import REVIEW
from mediaorg.stages.cells import truth
from mediaorg.stages.corrections import SAYABLE

__all__ = ["explain"]

_SOURCES: Final = {
    "name": "its own name",
    "folder": "the folders it lies in",
    "siblings": "its neighbours in the folder",
    "probe": "what the container says",
    "ai": "the AI",
    "catalogue": "a catalogue",
    "user": "you",
}


def explain(row: "pd.Series[Any] | pd.DataFrame") -> None:
    """Print what a file was taken for, what led to that, how sure it is, and what was doubtful.

    row: one row of labels (or of a plan), as ``labels.loc[7]`` or a frame of one row. `confidence` is from 0 to 1.
    Nothing is given back; the same stands in the columns `evidence`, `label_source`, `confidence`, `needs_review`
    and `label_error`. Raises BadSetting for what is not one row, MissingColumns for one that has no label.

    >>> import mediaorg as mo
    >>> labels = mo.run(mo.classify(["/in/Alein.mkv"], corrections=False, progress=False))
    >>> mo.explain(mo.correct(labels, 0, media_type="movie", title="Alien", year=1979, keep=False))
    /in/Alein.mkv
      media_type    movie
      title         Alien
      year          1979
      label_source  user: you
      confidence    1.00
      evidence      you said media type 'movie', title 'Alien', year 1979
      needs_review  no
    """
    cells = _one(row)
    if "label_source" not in cells and "media_type" not in cells:
        raise MissingColumns("explain needs the columns of a label (from classify); the row has none of them")
    lines = [str(cells.get("path") or cells.get("source") or "a row without a path")]
    lines += [f"  {name:<13} {said}" for name, said in _lines(cells)]
    sys.stdout.write("\n".join(lines) + "\n")


def _one(row: object) -> dict[str, Any]:
    if isinstance(row, pd.DataFrame):
        if len(row) != 1:
            raise BadSetting(f"explain takes one row, not {len(row)}: mo.explain(labels.iloc[0])")
        row = row.iloc[0]
    if not isinstance(row, pd.Series):
        raise BadSetting(f"explain takes one row, as labels.loc[7], not {type(row).__name__}")
    return {str(name): None if _missing(cell) else cell for name, cell in row.items()}


def _missing(cell: Any) -> bool:
    return cell is None or (pd.api.types.is_scalar(cell) and bool(pd.isna(cell)))


def _lines(cells: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in SAYABLE:
        if name != "evidence" and cells.get(name) is not None:
            yield name, _text(cells[name])
    source = cells.get("label_source")
    yield "label_source", "nobody" if source is None else ": ".join(filter(None, (str(source), _SOURCES.get(source))))
    yield "confidence", "unknown" if cells.get("confidence") is None else f"{cells['confidence']:.2f}"
    for at, why in enumerate(str(cells.get("evidence") or "none").split("; ")):
        yield "" if at else "evidence", why
    if cells.get("needs_review") is not None:
        yield "needs_review", _review(cells) if truth(cells["needs_review"]) else "no"
    if cells.get("label_error") is not None:
        yield "label_error", str(cells["label_error"])


def _review(cells: dict[str, Any]) -> str:
    """What was doubtful, as `rules.settle` judges it."""
    kind, confidence = cells.get("media_type"), cells.get("confidence")
    why = []
    if confidence is not None and confidence < REVIEW:
        why.append(f"a confidence below {REVIEW}")
    if kind in ("movie", "episode") and not cells.get("title"):
        why.append("no title")
    if kind == "episode" and not any(cells.get(name) for name in ("episodes", "absolute_episodes", "date", "part")):
        why.append("an episode without a number or a day")
    return f"yes: {', '.join(why)}" if why else "yes"


def _text(cell: Any) -> str:
    if isinstance(cell, (tuple, list)):
        return ", ".join(map(str, cell))
    return str(cell.date()) if isinstance(cell, pd.Timestamp) else str(cell)
