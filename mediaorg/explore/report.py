"""report: all that a table says of a collection, in one HTML file that needs nothing else and can be sent and printed."""

import base64
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from html import escape
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediaorg import schema
from mediaorg.errors import BadSetting, MissingColumns, NoSuchFolder, NotWritable
from mediaorg.explore import charts, findings
from mediaorg.explore.drawing import byte_text, cut, rate_text, seen, work_name
from mediaorg.stages.cells import cells

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["report"]

_MOST_ROWS: Final = 50  # of a table; the rest is counted
_MOST_PICTURES: Final = 60


def report(media: "pd.DataFrame", file: str | os.PathLike[str], *, title: str = "The collection") -> Path:
    """Write what `media` says into one HTML file, and give its path: figures, charts, and tables of what is wrong.

    media: one row a file, with `path`. The more stages it went through, the more there is to say; what cannot be said
        names the column it takes, and its stage. Where there is a `thumbnail` (from thumbnails), its pictures are in it.
    file: must end in .html or .htm; one that is there is replaced as a whole, or left as it was if anything fails.
    title: what stands over it.

    The file loads nothing from anywhere and runs no script; names are shown as text whatever they hold. It is readable
    in light and dark, and in print. A table shows 50 rows at most, and says how many there are.
    Raises MissingColumns without `path`, BadSetting for another suffix or what is no table, NoSuchFolder, NotWritable.

    >>> import mediaorg as mo, tempfile
    >>> labels = mo.run(mo.classify(["/in/Alien (1979).mkv"], progress=False))
    >>> report(labels, Path(tempfile.mkdtemp()) / "films.html", title="Films").name
    'films.html'
    """
    schema.need(media, "path", stage="report")
    path = schema.given_path(file, "the report's file")
    if path.suffix.lower() not in (".html", ".htm"):  # whatever else stands there was hardly meant to be replaced
        raise BadSetting(f"the report's file must end in .html or .htm, not {path.suffix or 'without a suffix'!r}")
    if not path.parent.is_dir():
        raise NoSuchFolder(f"there is no folder {path.parent} to write the report into")
    text = "\n".join(_page(media, title))
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise NotWritable(f"the report cannot be written to {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return path


def _page(media: "pd.DataFrame", title: str) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    # A second wall behind escaping: nothing may be loaded, and nothing run, whatever a name might have smuggled in.
    yield (
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
    )
    yield f"<title>{_html(title)}</title><style>{_STYLE}</style></head><body>"
    # The folder's name alone: a report is sent to others, and where it lies tells whose machine it was.
    where = "" if (root := _root(media)) is None else f" · {_html(root.rstrip('/').rpartition('/')[2])}"
    yield f"<header><h1>{_html(title)}</h1><p>{_now()}{where}</p>{_cards(media)}</header><main>"
    media = _from_root(media)
    yield from _sections(media, _THERE)
    yield from _charts(media)
    yield from _sections(media, _WRONG)
    yield from _pictures(media)
    yield "</main></body></html>"


def _sections(media: "pd.DataFrame", sections: "Mapping[str, Callable[[pd.DataFrame], str]]") -> Iterator[str]:
    for name, draw in sections.items():
        try:
            content = draw(media)
        except MissingColumns as error:
            content = f'<p class="quiet">{_html(str(error).partition(";")[0])}.</p>'
        yield f"<section><h2>{name}</h2>{content}</section>"


def _now() -> str:
    now = datetime.now()
    return f"{now.day} {now:%B %Y, %H:%M}"


def _root(media: "pd.DataFrame") -> str | None:
    """The folder all files lie in, where the table says so."""
    roots = set(cells(media, "root"))
    root = roots.pop() if len(roots) == 1 else None
    return root if isinstance(root, str) and root.strip("/") else None


def _from_root(media: "pd.DataFrame") -> "pd.DataFrame":
    """`media` with paths as they are below its root: the rest would be the same in every row."""
    root = _root(media)
    if root is None:
        return media
    paths: list[Any] = [
        path if path is None else str(path).removeprefix(f"{root.rstrip('/')}/") for path in cells(media, "path")
    ]
    return media.assign(path=paths)


# ---- figures ---------------------------------------------------------------------------------------------------


def _cards(media: "pd.DataFrame") -> str:
    """What one wants to know first, in large figures; what the table cannot tell is left out."""
    everything = {name: column[-1] for name, column in _cells_of(findings.summary(media)).items()}
    with suppress(MissingColumns):
        everything["free"] = int(findings.duplicates(media)["saves"].sum())
    said = [
        ("files", everything["files"], "{:,}"),
        ("titles", everything["titles"], "{:,}"),
        ("in all", everything["size"], None),
        ("hours", everything["hours"], "{:,.0f}"),
        ("want a look", everything["doubtful"], "{:,}"),
        ("do not play", everything["broken"], "{:,}"),
        ("in copies", everything.get("free"), None),
    ]
    cards = (
        f"<div><dd>{_html(byte_text(value) if form is None else form.format(value))}</dd><dt>{name}</dt></div>"
        for name, value, form in said
        if value is not None
    )
    return f"<dl>{''.join(cards)}</dl>"


def _cells_of(df: "pd.DataFrame") -> dict[str, list[Any]]:
    return {name: cells(df, name) for name in df.columns}


# ---- tables ----------------------------------------------------------------------------------------------------


class _Column(NamedTuple):
    """A column of a table: what stands over it, how a cell is written, and whether it is a figure."""

    name: str
    write: Callable[[Any], str] = str
    is_figure: bool = False


def _table(columns: Sequence[_Column], rows: Iterable[Sequence[Any]], *, total: int, empty: str) -> str:
    """Write `rows` as a table, at most 50 of `total`."""
    if not total:
        return f'<p class="quiet">{_html(empty)}</p>'
    head = "".join(f"<th scope=col{_figure(column)}>{_html(column.name)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td{_figure(column)}>{_cell(column, cell)}</td>" for column, cell in zip(columns, row, strict=True))
        + "</tr>"
        for row in islice(rows, _MOST_ROWS)
    )  # fmt: skip
    more = f'<p class="quiet">{_MOST_ROWS} of {total:,} shown</p>' if total > _MOST_ROWS else ""
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}'


def _figure(column: _Column) -> str:
    return " class=figure" if column.is_figure else ""


def _cell(column: _Column, cell: Any) -> str:
    return "" if cell is None else _html(column.write(cell))


def _html(text: str) -> str:
    """`text` as HTML that shows it, whatever it holds."""
    return escape(seen(text))


def _rows(df: "pd.DataFrame", *names: str) -> Iterator[tuple[Any, ...]]:
    first = df.head(_MOST_ROWS)
    return zip(*(cells(first, name) for name in names), strict=True)


_FILE: Final = _Column("file")
_SIZE: Final = _Column("size", byte_text, is_figure=True)
_COUNT: Final[Callable[[Any], str]] = "{:,}".format
_TWO: Final[Callable[[Any], str]] = "{:.2f}".format


def _summary(media: "pd.DataFrame") -> str:
    found = findings.summary(media)
    columns = [
        _Column(str(found.index.name or "").replace("_", " "), lambda name: str(name).replace("_", " ")),
        _Column("files", _COUNT, is_figure=True),
        _Column("titles", _COUNT, is_figure=True),
        _SIZE,
        _Column("hours", "{:,.1f}".format, is_figure=True),
        _Column("want a look", _COUNT, is_figure=True),
        _Column("do not play", _COUNT, is_figure=True),
    ]
    rows = zip(found.index, *_cells_of(found).values(), strict=True)
    return _table(columns, rows, total=len(found), empty="no files")


def _by_quality(media: "pd.DataFrame") -> str:
    found = findings.by_quality(media).reset_index()
    columns = [
        _Column("lines", "{:g}".format),
        _Column("files", _COUNT, is_figure=True),
        _SIZE,
        _Column("hours", "{:,.1f}".format, is_figure=True),
        _Column("median bit rate", rate_text, is_figure=True),
    ]
    rows = _rows(found, "quality", "files", "size", "hours", "bit_rate")
    return _table(columns, rows, total=len(found), empty="no videos")


def _broken(media: "pd.DataFrame") -> str:
    found = findings.broken(media)
    rows = _rows(found, "path", "size", "probe_error")
    return _table(
        [_FILE, _SIZE, _Column("what is wrong")], rows, total=len(found), empty="Every video that was looked at plays."
    )


def _doubtful(media: "pd.DataFrame") -> str:
    found = findings.doubtful(media)
    columns = [
        _FILE,
        _Column("taken for", lambda kind: str(kind).replace("_", " ")),
        _Column("title"),
        _Column("year", is_figure=True),
        _Column("confidence", _TWO, is_figure=True),
        _Column("because", lambda text: cut(str(text), 160)),
    ]
    rows = _rows(found, "path", "media_type", "title", "year", "confidence", "evidence")
    return _table(columns, rows, total=len(found), empty="No label wants a look.")


def _duplicates(media: "pd.DataFrame") -> str:
    found = findings.duplicates(media)
    columns = [
        _Column("group", _COUNT),
        _Column("", lambda keep: "keep" if keep else "could go"),
        _FILE,
        _Column("lines", "{:g}".format, is_figure=True),
        _SIZE,
        _Column("saves", lambda won: byte_text(won) if won else "", is_figure=True),
    ]
    rows = ((row[0] + 1, *row[1:]) for row in _rows(found, "group", "keep", "path", "quality", "size", "saves"))
    return _table(columns, rows, total=len(found), empty="Nothing that can be compared is there twice.")


def _missing(media: "pd.DataFrame") -> str:
    found = findings.missing_episodes(media)
    seasons: dict[tuple[Any, ...], list[int]] = {}
    for *season, episode in zip(*(cells(found, name) for name in ("title", "year", "season", "episode")), strict=True):
        seasons.setdefault(tuple(season), []).append(episode)
    columns = [_Column("show"), _Column("season"), _Column("missing")]
    rows = (
        (title if year is None else f"{title} ({year})", season, _ranges(episodes))
        for (title, year, season), episodes in seasons.items()
    )
    return _table(columns, rows, total=len(seasons), empty="No season has a gap.")


def _ranges(numbers: Sequence[int]) -> str:
    """Sorted whole numbers, runs of them as from and to.

    >>> _ranges([1, 2, 3, 5, 8, 9])
    '1–3, 5, 8–9'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in runs)


_THERE: Final = {"What is there": _summary, "Qualities": _by_quality}
_WRONG: Final = {
    "What does not play": _broken,
    "Labels that want a look": _doubtful,
    "What is there more than once": _duplicates,
    "Missing episodes": _missing,
}


# ---- pictures --------------------------------------------------------------------------------------------------

_NAMED: Final = (
    "storage",
    "duplicates",
    "episodes",
    "languages",
    "codec_quality",
)  # a row a name: as high as that takes
_DRAWN: Final = (
    "storage", "timeline", "duration_size", "bit_rates", "codec_quality", "languages", "duplicates", "episodes", "confidence"
)  # fmt: skip


def _charts(media: "pd.DataFrame") -> Iterator[str]:
    yield '<section><h2>Charts</h2><div class="charts">'
    left_out = []
    for name in _DRAWN:
        try:
            yield _chart(media, name)
        except MissingColumns as error:
            left_out.append(str(error).partition(";")[0])
    yield "</div>"
    if left_out:
        yield f'<ul class="quiet">{"".join(f"<li>{_html(reason)}" for reason in left_out)}</ul>'
    yield "</section>"


def _chart(media: "pd.DataFrame", name: str) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.6), layout="constrained")
    ax = getattr(charts, name)(media, ax=figure.subplots())
    if name in _NAMED:
        figure.set_size_inches(8, 1.6 + 0.3 * max(len(ax.get_yticklabels()), 3))
    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    said = ax.get_title().replace(r"\$", "$")
    return f'<figure><img class=chart src="{_data("svg+xml", drawn.getvalue())}" alt="{_html(said)}"></figure>'


def _pictures(media: "pd.DataFrame") -> Iterator[str]:
    if "thumbnail" not in media.columns:
        return
    rows = [row for row in zip(*(cells(media, name) for name in _CAPTION), strict=True) if _is_jpeg(row[0])]
    yield '<section><h2>Pictures</h2><div class="sheet">'
    for jpeg, title, season, episodes, path in rows[:_MOST_PICTURES]:
        name = _html(cut(work_name(title, season, episodes, path, room=40), 40))
        yield f'<figure><img src="{_data("jpeg", jpeg)}" alt=""><figcaption>{name}</figcaption></figure>'
    shown = min(len(rows), _MOST_PICTURES)
    yield f'</div><p class="quiet">{shown:,} of {len(media):,} files shown</p></section>'


_CAPTION: Final = ("thumbnail", "title", "season", "episodes", "path")


def _is_jpeg(cell: Any) -> bool:
    return isinstance(cell, bytes) and cell.startswith(b"\xff\xd8\xff")


def _data(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


# Charts are drawn once, in dark ink on nothing; in the dark they are turned to light ink, and their hues turned back.
_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1b1f24;--quiet:#59636e;--line:#d8dee4;--page:#fff;--card:#f6f8fa}
@media (prefers-color-scheme:dark){
 :root{--ink:#e6edf3;--quiet:#9aa5b1;--line:#343b44;--page:#0f1318;--card:#181d24}
 img.chart{filter:invert(1) hue-rotate(180deg)}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:2rem 1.25rem 4rem;background:var(--page);color:var(--ink);
 font:15px/1.5 system-ui,sans-serif}
h1{margin:0;font-size:1.9rem;line-height:1.2}h2{margin:2.5rem 0 .75rem;font-size:1.2rem}
header p,.quiet{margin:.25rem 0;color:var(--quiet)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.75rem;margin:1.25rem 0 0}
dl div{display:flex;flex-direction:column;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.5rem;
 background:var(--card)}
dd{margin:0;font-size:1.45rem;font-weight:600;font-variant-numeric:tabular-nums}dt{color:var(--quiet);font-size:.85rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th,td{padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);text-align:start;vertical-align:top;
 overflow-wrap:anywhere;unicode-bidi:isolate}
th{color:var(--quiet);font-weight:600;white-space:nowrap}
.figure{text-align:end;padding-inline-end:1.5rem;white-space:nowrap;font-variant-numeric:tabular-nums}
figure{margin:0}
.charts{columns:2 26rem;column-gap:1.5rem}
.charts figure{break-inside:avoid;margin-bottom:1.5rem}
.charts img{display:block;width:100%;height:auto}
.sheet{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:1rem}
.sheet img{width:100%;aspect-ratio:16/9;object-fit:contain;background:#000;border-radius:.25rem}
figcaption{font-size:.8rem;color:var(--quiet);overflow-wrap:anywhere;unicode-bidi:isolate}
@media print{
 :root{color-scheme:light;--ink:#000;--quiet:#444;--line:#bbb;--page:#fff;--card:#fff}
 img.chart{filter:none}body{max-width:none;padding:0;font-size:10pt}
 tr,figure,dl div{break-inside:avoid}h2{break-after:avoid}.wide{overflow:visible}.charts{columns:1}
 dl{grid-template-columns:repeat(7,1fr)}dl div{padding:.4rem .5rem}dd{font-size:1.1rem}}
"""
