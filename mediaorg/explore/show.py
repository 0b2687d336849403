"""show: a plan to be read in a notebook: what is where, where it should go, and what differs, by show and film.

The page is written here and not by pandas' Styler, which escapes nothing by itself. Names are whatever a disk holds:
none becomes markup, a formula of MathJax, or a sign that hides or turns round what stands beside it. Nothing depends on
the page's colours: text inherits its own, tints let it through, and a badge brings both of its colours along.
"""

import html
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from mediaorg.errors import BadSetting
from mediaorg.schema import from_path, need
from mediaorg.stages.cells import cells, whole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Shown", "show"]


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A table to look at: `html` in a notebook, `text` in a terminal. It holds nothing of the plan besides."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def show(plan: "pd.DataFrame", *, rows: int = 200) -> Shown:
    """Show a plan as a table: old → new with the difference marked, by show and film, with the status in words and colour.

    plan: `source`, `target` and `status` are needed; `operation`, `reason`, `title`, `year`, `target_root`, `move_id` and
        `belongs_to` are shown, or grouped by, where they are there. Filter it first to see less:
        ``mo.show(plan[plan["status"] == "conflict"])``.
    rows: at most so many files are drawn (1 to 1000), in the plan's order; a last line says how many are left out.

    Sources are shown below the folder they have in common, targets below the library. Control characters, and those that
    turn the direction of text, are written out, as ⟨U+202E⟩. The plan is neither changed nor kept.
    Raises MissingColumns, BadSetting.

    >>> import mediaorg as mo, pandas as pd
    >>> labels = pd.DataFrame({"path": ["/in/alien.1979.mkv"], "media_type": ["movie"], "title": ["Alien"], "year": [1979]})
    >>> show(mo.plan(labels, "/library", existing=[]))
    1 file: 1 ready
    from /in
    to /library
    <BLANKLINE>
    Alien (1979), 1 file: 1 ready
      ready  alien.1979.mkv → Movies/Alien (1979)/Alien (1979).mkv
    """
    need(plan, "source", "target", "status", stage="show")
    if not isinstance(rows, int) or isinstance(rows, bool) or not 1 <= rows <= _MOST_ROWS:
        raise BadSetting(f"rows must be a whole number from 1 to {_MOST_ROWS}, not {rows!r}")
    page = _Page.of(plan, rows)
    return Shown(_html(page), _text(page))


_MOST_ROWS: Final = 1000
_LONGEST: Final = 400  # characters of a cell; more of it is no name to be read


# ---- what is shown ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """One file: its words are cut and readable, but not yet escaped."""

    status: str
    old: str
    new: str | None  # None: it stays, or nobody has said where it should go
    note: str  # where there is no new name, what becomes of it
    reason: str


@dataclass(frozen=True, slots=True)
class _Group:
    """One show or film."""

    name: str
    statuses: Counter[str]
    lines: list[_Line]


@dataclass(frozen=True, slots=True)
class _Page:
    """All that is drawn, and what is left out."""

    statuses: Counter[str]
    above_old: str  # the folder all sources are below, or ""
    above_new: str
    groups: list[_Group]
    left_out: Counter[str]

    @classmethod
    def of(cls, plan: "pd.DataFrame", most: int) -> "_Page":
        source, target, root = (_texts(plan, name) for name in ("source", "target", "target_root"))
        status = [cell or "no status" for cell in _texts(plan, "status")]
        operation, reason = _texts(plan, "operation"), _texts(plan, "reason")
        members: dict[str, list[int]] = {}
        for at, name in enumerate(_works(plan, target, root)):
            members.setdefault(name, []).append(at)
        drawn = [at for group in members.values() for at in group][:most]
        above_old = _common(source[at] for at in drawn)
        roots = {root[at] for at in drawn if target[at] is not None}
        above_new = (roots.pop() or "").rstrip("/") if len(roots) == 1 else ""
        groups, room = [], most
        for name, group in members.items():
            if room <= 0:
                break
            lines = [
                _line(
                    status[at], _below(source[at], above_old), _below(target[at], above_new), operation[at], reason[at]
                )
                for at in group[:room]
            ]
            room -= len(lines)
            groups.append(_Group(_readable(name), Counter(status[at] for at in group), lines))
        every = Counter(status)
        return cls(
            every, _readable(above_old), _readable(above_new), groups, every - Counter(status[at] for at in drawn)
        )


def _line(status: str, old: str | None, new: str | None, operation: str | None, reason: str | None) -> _Line:
    note = ""
    if operation == "remove":
        new, note = None, "is taken away"
    elif new is None:
        note = "stays" if operation == "skip" or status == "unchanged" else "no target"
    elif status == "unchanged":
        new, note = None, "stays"
    shown = "no source" if old is None else _readable(old)
    return _Line(_readable(status), shown, None if new is None else _readable(new), note, _readable(reason or ""))


def _works(plan: "pd.DataFrame", target: list[str | None], root: list[str | None]) -> list[str]:
    """The work each row belongs to, as a heading; a sidecar is its video's."""
    title, kind = _texts(plan, "title"), _texts(plan, "media_type")
    year = [whole(cell) for cell in cells(plan, "year")]
    names = [
        _work(*row)
        for row in zip(title, year, kind, (_below(*pair) for pair in zip(target, root, strict=True)), strict=True)
    ]
    places = {move_id: at for at, move_id in enumerate(_texts(plan, "move_id")) if move_id is not None}
    owners = (places.get(owner or "", at) for at, owner in enumerate(_texts(plan, "belongs_to")))
    return [names[at] for at in owners]


def _work(title: str | None, year: int | None, media_type: str | None, target: str | None) -> str:
    if title is not None and media_type != "home_video":
        return title if year is None else f"{title} ({year})"
    if media_type == "home_video":
        return "Home videos"
    folders = (target or "").strip("/").split("/")[:-1]
    return "/".join(folders[:2]) or "Without a title"


def _texts(plan: "pd.DataFrame", name: str) -> list[str | None]:
    return [None if cell is None or cell == "" else _cell(cell) for cell in cells(plan, name)]


def _cell(cell: Any) -> str:
    return from_path(cell) if isinstance(cell, os.PathLike) else str(cell)


def _common(paths: Iterable[str | None]) -> str:
    """The deepest folder that all of `paths` lie below, or "" where that says nothing."""
    folders = [path.split("/")[:-1] for path in paths if path is not None]
    if not folders:
        return ""
    first, last = min(folders), max(folders)
    length = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return "/".join(first[: min(length, len(last))])


def _below(path: str | None, folder: str | None) -> str | None:
    return path.removeprefix(f"{folder.rstrip('/')}/") if path is not None and folder else path


# ---- words -----------------------------------------------------------------------------------------------------

_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS: Final = "\u200c\u200d"
_WORD: Final = re.compile(r"\w+|.", re.DOTALL)


def _readable(text: str) -> str:
    """`text` with every sign that cannot be seen written out, and no longer than a person reads."""
    if len(text) > _LONGEST:
        half = _LONGEST // 2
        text = f"{text[:half]} … {len(text) - 2 * half:,} characters … {text[-half:]}"
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨U+{ord(sign):04X}⟩" if _hides(text, at) else sign for at, sign in enumerate(text))


def _hides(text: str, at: int) -> bool:
    if unicodedata.category(text[at]) not in _UNSEEN:
        return False
    if text[at] not in _JOINERS:
        return True
    around = text[max(0, at - 1) : at] + text[at + 1 : at + 2]  # joiners do their work inside a script or an emoji
    return len(around) < 2 or any(sign.isascii() for sign in around)


def _parts(old: str, new: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both names in pieces, each with whether the other has it not; words are compared as wholes.

    >>> _parts("alien.1979.mkv", "Alien (1979).mkv")[1]
    [('Alien (', True), ('1979', False), (')', True), ('.mkv', False)]
    """
    words = _WORD.findall(old), _WORD.findall(new)
    other = [True] * len(words[0]), [True] * len(words[1])
    for one, two, length in SequenceMatcher(None, *words, autojunk=False).get_matching_blocks():
        other[0][one : one + length] = other[1][two : two + length] = [False] * length
    return _joined(words[0], other[0]), _joined(words[1], other[1])


def _joined(words: Sequence[str], other: Sequence[bool]) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    for word, is_other in zip(words, other, strict=True):
        if parts and parts[-1][1] == is_other:
            parts[-1] = (parts[-1][0] + word, is_other)
        else:
            parts.append((word, is_other))
    return parts


_ORDER: Final = ("ready", "review", "conflict", "blocked", "unchanged")


def _counted(statuses: Counter[str]) -> str:
    order = [status for status in _ORDER if status in statuses] + sorted(set(statuses) - set(_ORDER))
    total = statuses.total()
    each = ", ".join(f"{statuses[status]:,} {_readable(status)}" for status in order)
    return f"{total:,} {'file' if total == 1 else 'files'}" + (f": {each}" if each else "")


def _rest(left_out: Counter[str]) -> str:
    return f"… and {_counted(left_out).replace(' file', ' more file', 1)}" if left_out else ""


# ---- a terminal ------------------------------------------------------------------------------------------------


def _text(page: _Page) -> str:
    lines = [_counted(page.statuses)]
    lines += [f"{way} {folder}" for way, folder in (("from", page.above_old), ("to", page.above_new)) if folder]
    width = max((len(line.status) for group in page.groups for line in group.lines), default=0)
    for group in page.groups:
        lines += ["", f"{group.name}, {_counted(group.statuses)}"]
        for line in group.lines:
            way = f"→ {line.new}" if line.new is not None else f"({line.note})"
            lines.append(f"  {line.status:{width}}  {line.old} {way}")
            lines += [f"  {'':{width}}  {line.reason}"] if line.reason else []
    return "\n".join([*lines, *(["", rest] if (rest := _rest(page.left_out)) else [])])


# ---- a notebook ------------------------------------------------------------------------------------------------

# Okabe and Ito's hues, dark or light enough for the ink that comes along: 4.5 to 1 at least.
_BADGES: Final = {
    "ready": ("#00694c", "#ffffff"),
    "review": ("#e69f00", "#000000"),
    "conflict": ("#a84a00", "#ffffff"),
    "blocked": ("#8a1c1c", "#ffffff"),
    "unchanged": ("#595959", "#ffffff"),
    "other": ("#595959", "#ffffff"),
}
# JupyterLab's own rule, text to the right, names two classes, and would win over one.
_CELL: Final = (
    "text-align:left!important;vertical-align:top;padding:2px 8px;white-space:pre-wrap;overflow-wrap:anywhere"
)
_RULES: Final = {
    "table": "border-collapse:collapse;table-layout:fixed;width:100%",
    "thead th:first-child": "width:6.5em",
    "thead th:last-child": "width:18%",
    "table caption": "caption-side:top;text-align:left",
    "table th": _CELL,
    "table td": _CELL,
    "del": "background:rgba(213,94,0,.25);text-decoration:line-through",
    "ins": "background:rgba(0,158,115,.3);text-decoration:none;font-weight:600",
    "b": "padding:0 6px;border-radius:3px;white-space:nowrap",
    **{f"b.{status}": f"background:{ground};color:{ink}" for status, (ground, ink) in _BADGES.items()},
}
# Whoever takes the style away, as GitHub does, still has struck out and underlined words.
_STYLE: Final = "".join(f".mediaorg-plan {what}{{{rule}}}" for what, rule in _RULES.items())


def _html(page: _Page) -> str:
    # The classes tell MathJax, old and new, that no formula is in here.
    rest = _rest(page.left_out)
    folders = (("from", page.above_old), ("to", page.above_new))
    heading = [
        f"{_escaped(_counted(page.statuses))};",
        *(f"{way} {_path([(folder, False)])}" for way, folder in folders if folder),
    ]
    return (
        f'<div class="mediaorg-plan tex2jax_ignore mathjax_ignore"><style>{_STYLE}</style>'
        f"<table><caption>{' '.join(heading)}</caption>"
        f"<thead><tr>{''.join(_head(name, 'col') for name in ('status', 'old', 'new', 'why'))}</tr></thead>"
        f"{''.join(map(_body, page.groups))}"
        + (f"<tfoot><tr>{_head(rest, 'row', 4)}</tr></tfoot>" if rest else "")
        + "</table></div>"
    )


def _body(group: _Group) -> str:
    heading = f"{group.name}, {_counted(group.statuses)}"
    return f"<tbody><tr>{_head(heading, 'rowgroup', 4)}</tr>{''.join(map(_row, group.lines))}</tbody>"


def _row(line: _Line) -> str:
    badge = f'<b class="{line.status if line.status in _BADGES else "other"}">{_escaped(line.status)}</b>'
    if line.new is None:
        old, new = _path([(line.old, False)]), f"<i>{line.note}</i>"
    else:
        gone, come = _parts(line.old, line.new)
        old, new = _path(gone, "del"), f"→ {_path(come, 'ins')}"
    why = f"<bdi>{_escaped(line.reason)}</bdi>" if line.reason else ""
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in (badge, old, new, why)) + "</tr>"


def _head(text: str, scope: str, width: int = 1) -> str:
    span = f' colspan="{width}"' if width > 1 else ""
    return f'<th scope="{scope}"{span}><bdi>{_escaped(text)}</bdi></th>'


def _path(parts: Sequence[tuple[str, bool]], tag: str = "") -> str:
    """A path in its pieces. Each of its components keeps its place, in whichever direction it is written."""
    components = [""]
    for text, is_other in parts:
        first, *more = (_piece(piece, tag if is_other else "") for piece in text.split("/"))
        components[-1] += first
        components += more
    return f'<bdi dir="ltr">{"/".join(f"<bdi>{component}</bdi>" for component in components)}</bdi>'


def _piece(text: str, tag: str) -> str:
    return f"<{tag}>{_escaped(text)}</{tag}>" if tag and text else _escaped(text)


def _escaped(text: str) -> str:
    r"""`text` as HTML. A dollar and a backslash stand alone, so that no page takes ``$…$`` or ``\(…\)`` for a formula."""
    return re.sub(r"[$\\]", lambda found: f"<span>&#{ord(found[0])};</span>", html.escape(text))
