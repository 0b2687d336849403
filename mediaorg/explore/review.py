"""review: a plan as a grid in the notebook, to be ticked, edited, filtered and sorted; its `plan` is what apply may have.

The page (review.js) holds the rows as columns and draws those in sight. What a person does there comes here as a message,
is done by the revision, and the rows that changed go back. A saved notebook shows a table of the first rows instead.
"""

import html
import json
import math
import re
import threading
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import anywidget
import pandas as pd
import traitlets

from mediaorg.errors import BadSetting, MediaorgError
from mediaorg.stages.revision import Change, Revision

__all__ = ["Review", "review"]

_SHOWN: Final = (
    *("operation", "status", "media_type", "title", "year", "season", "episodes"),
    *("confidence", "reason", "source", "target"),
)
_STATUSES: Final = ("conflict", "blocked", "review", "ready", "unchanged")  # the doubtful first
_STATIC_ROWS: Final = 20
_PACKED_FROM: Final = 1 << 16  # byte; below, packing costs more than it spares


def review(plan: pd.DataFrame, *, existing: "pd.DataFrame | Iterable[Any] | None" = None) -> "Review":
    """Show `plan` as a grid: tick, edit, filter, sort; the result's `plan` is at any time what `apply` may have.

    plan: what `plan` gave, as it is, filtered, edited or loaded; it is judged again, as by `check`, and not changed.
    existing: paths that stand for the library's content, as in `plan`; else its folders are looked at.

    In the grid: arrows or j and k go through the rows, Space ticks, Enter edits, / filters, t sets a column of all rows
    shown, A accepts and R takes out all rows shown, z takes the last edit back, ? shows the keys. An edited label is
    what `correct` would say of that row, and its target follows, with those of its neighbours. The same without
    widgets: edit the labels and `plan` again; set ``plan.loc[rows, "operation"] = "skip"``, or a target, and `check`.

    Raises MissingColumns without `source`, `target` and `operation`, and BadSetting for what is no DataFrame.

    >>> import mediaorg as mo
    >>> labels = mo.run(mo.classify(["/in/Alein (1979).mkv", "/in/Heat (1995).mkv"], progress=False))
    >>> grid = review(mo.plan(labels, "/library", existing=[]), existing=[])
    >>> grid.edit(0, title="Alien")
    >>> grid.untick(1)
    >>> grid.plan["target"][0], grid.plan["operation"].tolist()
    ('/library/Movies/Alien (1979)/Alien (1979).mkv', ['move', 'skip'])
    """
    return Review(plan, existing=existing)


class Review(anywidget.AnyWidget):
    """A plan in a grid; `review` makes it. The methods do what the grid's keys do, and the grid shows it.

    `rows` of a method: a mask, index labels, path cells, a folder, or a callable that is given the plan and answers
    with one of these, as for `correct`. An edit that fits no row, or no column, raises BadSetting and changes nothing.
    """

    _esm = Path(__file__).with_name("review.js")
    _css = Path(__file__).with_name("review.css")
    _table = traitlets.Any().tag(sync=True, to_json=lambda _, review: review._packed_content())

    def __init__(self, plan: pd.DataFrame, *, existing: "pd.DataFrame | Iterable[Any] | None" = None) -> None:
        self._revision = Revision(plan, existing=existing)
        self._turn = threading.RLock()  # messages may come in a thread of their own (subshells), beside a running cell
        self._version = 0  # of the rows: a page that missed a change asks for all of them
        super().__init__()
        self.on_msg(self._hear)

    @property
    def plan(self) -> pd.DataFrame:
        """The plan as it stands: a plain frame, the same rows, order and index; rows taken out have operation "skip"."""
        with self._turn:
            return self._revision.plan

    def edit(self, rows: Any, **columns: Any) -> None:
        """Say what `rows` are, as in ``title="Lost", season=2``, or where they go, as in ``target="Movies/Heat.mkv"``.

        columns: label columns, as in `correct`, None for what there is not; and `target`, absolute or below the library.
        """
        with self._turn:
            self._tell(self._revision.edit(self._revision.rows(rows), **columns))

    def tick(self, rows: Any) -> None:
        """Have `rows` done that were taken out: they are what they were."""
        with self._turn:
            self._tell(self._revision.tick(self._revision.rows(rows)))

    def untick(self, rows: Any) -> None:
        """Take `rows` out: apply leaves them where they are, and says why."""
        with self._turn:
            self._tell(self._revision.untick(self._revision.rows(rows)))

    def accept(self, rows: Any) -> None:
        """Say that you have looked at `rows`: those in review are as labelled, and those taken out come back."""
        with self._turn:
            self._tell(self._revision.accept(self._revision.rows(rows)))

    def undo_edit(self) -> None:
        """Take the last edit back; once more, the one before. Without any it does nothing."""
        with self._turn:
            self._tell(self._revision.undo_edit())

    def __repr__(self) -> str:
        return _words(self._revision)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The grid; and for where no widget is drawn, such as a saved notebook, a table of the first rows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle[0]["text/html"] = _static(self._revision)
        return bundle

    # ---- messages ----

    def _hear(self, _: Any, message: dict[str, Any], __: Any) -> None:
        """Do what the page asks: one of edit, tick, untick, accept, undo, and hello, with which it begins."""
        try:
            with self._turn:
                self._do(message)
        except Exception as error:  # noqa: BLE001  whatever it is, the page waits for an answer
            words = str(error) if isinstance(error, MediaorgError) else f"{type(error).__name__}: {error}"
            self.send({"kind": "refused", "words": words})

    def _do(self, message: dict[str, Any]) -> None:
        match message:
            case {"do": "hello", "version": version}:
                if version != self._version:
                    self._post("table", self._content())
                self._revision.prepare()
            case {"do": "edit", "rows": rows, "column": column, "value": value}:
                self._tell(self._revision.edit(rows, **{column: _typed(column, value)}))
            case {"do": "tick" | "untick" | "accept" as verb, "rows": rows}:
                self._tell(getattr(self._revision, verb)(rows))
            case {"do": "undo"}:
                self._tell(self._revision.undo_edit())

    def _tell(self, change: Change) -> None:
        """Have the page show what changed."""
        self._version += 1
        self._post("changed", {"words": change.words, **self._state(change.rows)})

    def _post(self, kind: str, content: dict[str, Any]) -> None:
        self.send({"kind": kind}, buffers=[_packed(content)])

    def _packed_content(self) -> bytes:
        return _packed(self._content())

    def _content(self) -> dict[str, Any]:
        above, root = _folders(self._revision)
        return {
            "above": above,
            "root": root,
            **self._state(range(len(self._revision))),
        }

    def _state(self, rows: Sequence[int]) -> dict[str, Any]:
        cells = self._revision.cells
        return {
            "version": self._version,
            "undoable": self._revision.undoable,
            "rows": len(rows) if isinstance(rows, range) else list(rows),
            "columns": {name: [_plain(name, cells[name][i]) for i in rows] for name in _SHOWN},
        }


def _packed(content: dict[str, Any]) -> bytes:
    """JSON, deflated where it is long: a plan of 10,000 rows is 3 MB of it, and a tenth of that packed."""
    text = json.dumps(content, separators=(",", ":")).encode("ascii")
    return zlib.compress(text, 1) if len(text) > _PACKED_FROM else text


def _plain(name: str, value: Any) -> str | int | float | None:
    if name == "episodes" and isinstance(value, tuple):
        return _runs(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else None
    return str(value)


def _folders(revision: Revision) -> tuple[str, str]:
    """The folder above all sources, and the library: "" for the one where there is none, or are several."""
    cells = revision.cells
    roots = {root for root in cells["target_root"] if root is not None}
    return _common_folder(cells["source"]), f"{roots.pop().rstrip('/')}/" if len(roots) == 1 else ""


def _common_folder(paths: Sequence[str | None]) -> str:
    """The folder above all of `paths`, with a slash at its end: "" where there is none."""
    known = [path for path in paths if path is not None]
    least, most = min(known, default=""), max(known, default="")
    same = next((i for i, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), len(least))
    return least[: least.rfind("/", 0, same) + 1]


# ---- what a person types ---------------------------------------------------------------------------------------

_RUN: Final = re.compile(r"\s*(?:e\s*)?(\d{1,4})\s*(?:[-–]\s*(?:e\s*)?(\d{1,4})\s*)?", re.IGNORECASE)


def _typed(column: str, text: str) -> Any:
    """What was typed into a cell, as `edit` takes it; nothing typed is missing.

    >>> _typed("episodes", "1-3, 5"), _typed("year", " 1979 "), _typed("title", "")
    ((1, 2, 3, 5), '1979', None)
    """
    text = text.strip()
    if not text:
        return None
    return _episodes(text) if column == "episodes" else text


def _episodes(text: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for piece in text.split(","):
        found = _RUN.fullmatch(piece)
        if found is None or int(found[2] or found[1]) - int(found[1]) not in range(1000):
            raise BadSetting(f"{text!r} are no episodes; write them as 1-3, 5")
        numbers += range(int(found[1]), int(found[2] or found[1]) + 1)
    return tuple(dict.fromkeys(numbers))


def _runs(numbers: Sequence[Any]) -> str:
    """Numbers as a person writes them.

    >>> _runs((1, 2, 3, 5))
    '1-3, 5'
    """
    pieces: list[list[Any]] = []
    for number in numbers:
        if pieces and isinstance(number, int) and pieces[-1][-1] == number - 1:
            pieces[-1] = [pieces[-1][0], number]
        else:
            pieces.append([number])
    return ", ".join("-".join(map(str, piece)) for piece in pieces)


# ---- where no widget is drawn ----------------------------------------------------------------------------------

_HEAD: Final = "text-align:left;vertical-align:top;padding:2px 8px"
_CELL: Final = f"{_HEAD};overflow-wrap:anywhere"
_HIDDEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _words(revision: Revision) -> str:
    counts = revision.counts()
    ticked = counts.pop("ticked")
    told = ", ".join(f"{counts[status]:,} {status}" for status in _STATUSES if status in counts)
    return f"{len(revision):,} rows, {ticked:,} ticked{': ' if told else ''}{told}"


def _static(revision: Revision) -> str:
    """A table of the first rows, the doubtful first: no script, no picture, nothing from elsewhere."""
    cells = revision.cells
    order = sorted(range(len(revision)), key=lambda i: _rank(cells["status"][i]))[:_STATIC_ROWS]
    heads = ("", "status", "title", "season", "episodes", "from", "to")
    above, root = _folders(revision)
    lines = []
    for i in order:
        ticked = "☐" if cells["operation"][i] == "skip" else "☑"
        status = " – ".join(text for name in ("status", "reason") if (text := _shown(cells[name][i])))
        title = _shown(cells["title"][i]) + (f" ({_shown(year)})" if (year := cells["year"][i]) is not None else "")
        numbers = (_plain(name, cells[name][i]) for name in ("season", "episodes"))
        paths = ((cells["source"][i] or "").removeprefix(above), (cells["target"][i] or "").removeprefix(root))
        texts = (ticked, status, title, *map(_shown, (*numbers, *paths)))
        lines.append("".join(f'<td style="{_CELL}"><bdi>{text}</bdi></td>' for text in texts))
    left = len(revision) - len(order)
    more = f"; {left:,} more rows are in the grid, which needs a running kernel" if left > 0 else ""
    places = "".join(
        f"; {way} <bdi>{_shown(folder)}</bdi>" for way, folder in (("from", above), ("to", root)) if folder
    )
    head = "".join(f'<th scope="col" style="{_HEAD}">{name}</th>' for name in heads)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return (
        '<div class="tex2jax_ignore mathjax_ignore">'
        f"<p>{_words(revision)}{more}{places}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _rank(status: Any) -> int:
    return _STATUSES.index(status) if status in _STATUSES else 0


def _shown(value: Any) -> str:
    """Text for HTML in which nothing is a tag, a formula, or a sign that hides or turns round what stands beside it.

    >>> _shown("<b>1$")
    '&lt;b&gt;1<span>$</span>'
    """
    if value is None:
        return ""
    seen = "".join(_sign(sign) for sign in str(value))
    return html.escape(seen).replace("$", "<span>$</span>")


def _sign(sign: str) -> str:
    if sign.isascii() and sign.isprintable():
        return sign
    if unicodedata.category(sign) not in _HIDDEN or sign in "\u200c\u200d":  # joiners: honest letters need them
        return sign
    return f"[U+{ord(sign):04X}]"
