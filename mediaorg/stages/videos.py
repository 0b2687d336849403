"""Which rows of a table are videos, and who each file is, so that what is known of its content is found again."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING, Any, TypeAlias

from mediaorg.io.cache import Numbers
from mediaorg.io.container import identity
from mediaorg.records import IDENTITY
from mediaorg.rules.kinds import VIDEO
from mediaorg.schema import path_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Scanned", "as_scanned", "identified", "scanned", "videos"]

Scanned: TypeAlias = Sequence[Any]  # the cells of IDENTITY, or nothing


def videos(frame: "pd.DataFrame") -> Iterator[tuple[int, str | None]]:
    """The place and the file of each row that is a video, or may be one; None for a row without a path."""
    paths = frame["path"].tolist()
    kinds = frame["kind"].tolist() if "kind" in frame.columns else [VIDEO] * len(paths)
    for place, (cell, kind) in enumerate(zip(paths, kinds, strict=True)):
        if kind == VIDEO or not isinstance(kind, str):  # missing: it may be one
            yield place, path_text(cell) if isinstance(cell, (str, os.PathLike)) else None


def scanned(frame: "pd.DataFrame") -> Sequence[Scanned]:
    """Of each row, who its file was when it was scanned, as far as the table says it."""
    if not all(name in frame.columns for name in IDENTITY):
        return [()] * len(frame)
    return list(zip(*(frame[name].tolist() for name in IDENTITY), strict=True))


def as_scanned(cells: Scanned) -> Numbers | None:
    """Who a file was, if all its cells are numbers.

    >>> as_scanned((700, 1, 2, 3)), as_scanned((700, None, 2, 3)), as_scanned(())
    ((700, 1, 2, 3), None, None)
    """
    if not cells or not all(type(number) is int for number in cells):
        return None
    size, mtime_ns, inode, device = cells
    return size, mtime_ns, inode, device


def identified(path: str, cells: Scanned) -> Numbers | None:
    """Who the file is: as scanned, or by a look at the folder entry; None where nobody can say."""
    known = as_scanned(cells)
    if known is not None:
        return known
    try:
        return astuple(identity(os.stat(path)))  # noqa: PTH116
    except (OSError, ValueError):  # a ValueError for what is no path to any system; a look at the file will say why
        return None
