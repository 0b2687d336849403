"""Tables to pictures: each chart answers one question, says its units, and counts what it leaves out.

They take a table and give the Axes they drew on, so that the picture can be changed, saved, or put beside others.
Kinds have the colours of Okabe and Ito (Color Universal Design, 2008) and a hatch or a marker each; amounts have
cividis and a number. Nothing global is touched: no rcParams, and no figure is made where an Axes is given.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mediaorg import schema
from mediaorg.errors import BadSetting

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

__all__ = ["codec_quality", "duration_size", "storage"]


# ---- the charts ------------------------------------------------------------------------------------------------


def storage(df: "pd.DataFrame", *, ax: "Axes | None" = None, top: int = 20) -> "Axes":
    """Which shows and films take the space? A bar for each of the `top` largest, the largest first.

    df: one row a file, with `title` and `size` [byte]; `media_type` colours the bars, `year` tells two films of a name
        apart. Home videos, with a title or without, share one bar. Other files without a title, and those without a
        size, are left out and counted in the heading.
    ax: where to draw; not given, a new figure is made. Sizes are decimal: 1 GB is 10^9 byte.

    Raises MissingColumns without `title` or `size`, BadSetting for a `top` below 1.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> films = pd.DataFrame({"title": ["Alien", "Alien", "Heat"], "size": [3e9, 1e9, 2e9]})
    >>> drawn = storage(films)
    >>> drawn.get_xlabel(), [float(bar.get_width()) for bar in drawn.patches]
    ('size (GB)', [4.0, 2.0])
    >>> plt.close(drawn.figure)
    """
    schema.need(df, "title", "size", stage="the chart storage")
    if not isinstance(top, int) or isinstance(top, bool) or top < 1:
        raise BadSetting(f"top must be a whole number of at least 1, not {top!r}")
    groups = _by_title(df)
    titles = (
        groups["sum"].groupby(level=["title", "year"], sort=False).sum().sort_values(ascending=False, kind="stable")
    )
    shown, whole = titles.head(top), float(titles.sum())
    known = int(groups["count"].sum())
    left_out = f"have a name to go by and a size{_of_titles(len(shown), len(titles))}"
    ax = _axes(ax, height=1.5 + 0.27 * max(len(shown), 3))
    unit, factor = _unit(float(shown.iloc[0]) if len(shown) else 0)
    ax.set(xlabel=f"size ({unit})")
    if shown.empty:
        return _nothing(ax, _title("No sizes to show", known, len(df), left_out))

    ends = _stacked(ax, groups["sum"].unstack("media_type").reindex(shown.index) / factor)
    for row, amount in enumerate(shown):
        at = (ends[row], row)
        ax.annotate(_bytes(amount), at, (4, 0), textcoords="offset points", va="center", fontsize=_SMALL)
    _names(ax, [_bar_name(title, year) for title, year in shown.index])
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlim(0, ends.max() * 1.14 or 1)
    if "media_type" in df.columns:
        _legend_beside(ax)
    half = int((titles.cumsum() < whole / 2).sum()) + 1
    finding = f"{half:,} of {len(titles):,} titles {'holds' if half == 1 else 'hold'} half of {_bytes(whole)}"
    if len(titles) == 1:
        finding = f"One title holds all of {_bytes(whole)}"
    return _said(ax, _title(finding, known, len(df), left_out))


def _stacked(ax: "Axes", pieces: "pd.DataFrame") -> "Numbers":
    """Draw a bar a row, a piece a media type; gives where the bars end."""
    import numpy as np

    ends: Numbers = np.zeros(len(pieces))
    for one in _MEDIA_TYPES:
        if (one.value or "") not in pieces or pieces[one.value or ""].isna().all():
            continue
        widths = pieces[one.value or ""].to_numpy()
        rows = np.flatnonzero(~np.isnan(widths))  # a bar of no width would still draw its edge
        ax.barh(
            rows,
            widths[rows],
            left=ends[rows],
            height=0.78,
            label=one.name,
            color=one.colour,
            hatch=one.hatch,
            edgecolor="white",
            linewidth=0.6,
        )
        ends[rows] += widths[rows]
    return ends


def duration_size(df: "pd.DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """Which files are larger than their length asks for? A point for each file: minutes against size, both log.

    df: one row a file, with `duration` [s] and `size` [byte]; `media_type`, or else `kind`, gives colour and marker.
        Files without them, or of length or size 0, are left out, and counted in the heading.
    ax: where to draw; not given, a new figure is made.

    The dashed line is the median rate, size by duration [bit/s]: above it lie the files that cost more than most.
    Raises MissingColumns without `duration` or `size`.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> drawn = duration_size(pd.DataFrame({"duration": [3600.0, None], "size": [1_800_000_000, 5]}))
    >>> print(drawn.get_title())
    The median file takes 4.0 Mbit/s
    1 of 2 files have a duration and a size
    >>> plt.close(drawn.figure)
    """
    import numpy as np

    schema.need(df, "duration", "size", stage="the chart duration_size")
    seconds, sizes = _numbers(df, "duration"), _numbers(df, "size")
    known = np.isfinite(seconds) & np.isfinite(sizes) & (seconds > 0) & (sizes > 0)
    ax = _axes(ax, height=4.8)
    unit, factor = _unit(float(np.median(sizes[known])) if known.any() else 0)
    ax.set(xlabel="duration (min)", ylabel=f"size ({unit})")
    left_out = "have a duration and a size"
    if not known.any():
        return _nothing(ax, _title("No lengths to show", 0, len(df), left_out))

    ax.set(xscale="log", yscale="log")
    ax.grid(visible=True, alpha=0.25)
    column, kinds = _kinds(df)
    total = int(known.sum())
    for one in kinds:
        of = known & (np.full(len(df), True) if column is None else _is(df[column], one.value))
        if of.any():
            ax.scatter(
                seconds[of] / 60,
                sizes[of] / factor,
                s=28 if total < 1000 else 12,
                label=f"{one.name} ({int(of.sum()):,})",
                color=one.colour,
                marker=one.marker,
                alpha=0.85 if total < 1000 else 0.6,
                linewidths=0,
                rasterized=True,
            )
    rate = float(np.median(sizes[known] * 8 / seconds[known]))
    ends = np.array([seconds[known].min(), seconds[known].max()]) * (0.8, 1.25)
    view = ax.axis()
    ax.plot(ends / 60, ends * rate / 8 / factor, "--", color=_ink(ax), linewidth=1, label=f"median {_rate(rate)}")
    ax.axis(view)  # the line may leave the picture; the points may not be squeezed by it
    _plain_ticks(ax.xaxis, view[:2])
    _plain_ticks(ax.yaxis, view[2:])
    _legend_beside(ax)
    return _said(ax, _title(f"The median file takes {_rate(rate)}", total, len(df), left_out))


def codec_quality(df: "pd.DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """What is the collection made of? How many files there are of each video codec and quality, in figures and shades.

    df: one row a file, with `video_codec` and `quality` [lines]. Files without either are left out, and counted in the
        heading. The codec with most files is on top; qualities go from low to high. A cell without files is empty.
    ax: where to draw; not given, a new figure is made.

    Raises MissingColumns without `video_codec` or `quality`.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> drawn = codec_quality(pd.DataFrame({"video_codec": ["h264", "h264", "av1"], "quality": [1080, 480, 1080]}))
    >>> [label.get_text() for label in drawn.get_xticklabels()], [cell.get_text() for cell in drawn.texts]
    (['480', '1080'], ['1', '1', '1'])
    >>> plt.close(drawn.figure)
    """
    import numpy as np
    import pandas as pd

    schema.need(df, "video_codec", "quality", stage="the chart codec_quality")
    pairs = pd.DataFrame({"codec": df["video_codec"].to_numpy(), "quality": _numbers(df, "quality")}).dropna()
    counts = pd.crosstab(pairs["codec"].astype(str), pairs["quality"])
    ax = _axes(ax, height=1.4 + 0.42 * max(len(counts), 4))
    ax.set(xlabel="quality (lines)", ylabel="video codec")
    left_out = "have a codec and a quality"
    if pairs.empty:
        return _nothing(ax, _title("No codecs to show", 0, len(df), left_out))

    counts = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    cells = counts.to_numpy()
    image = ax.imshow(np.ma.masked_equal(cells, 0), cmap="cividis", vmin=0, aspect="auto")
    for row, column in zip(*np.nonzero(cells), strict=True):
        red, green, blue, _ = image.cmap(image.norm(cells[row, column]))  # ITU-R BT.709 luminance decides the ink
        ink = "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.45 else "white"
        ax.text(column, row, f"{cells[row, column]:,}", ha="center", va="center", color=ink, fontsize=10)
    ax.set_xticks(range(len(counts.columns)), [f"{quality:g}" for quality in counts.columns])
    _names(ax, list(counts.index))
    row, column = divmod(int(cells.argmax()), len(counts.columns))
    most = f"{_readable(counts.index[row], 20)} at {counts.columns[column]:g}"
    finding = f"{most} lines is most common: {cells.max():,} of {len(pairs):,} files"
    return _said(ax, _title(finding, len(pairs), len(df), left_out))


# ---- kinds: never told by colour alone -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one value of a column is drawn."""

    value: str | None
    colour: str
    marker: str
    hatch: str

    @property
    def name(self) -> str:
        return "not known" if self.value is None else self.value.replace("_", " ")


def _drawn_as(*values: str) -> tuple[_Kind, ...]:
    looks = zip(values, _COLOURS, _MARKERS, _HATCHES, strict=False)
    return (*(_Kind(*look) for look in looks), _Kind(None, "#999999", "X", "--"))


_COLOURS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
_MARKERS: Final = ("o", "s", "^", "D", "v", "P")
_HATCHES: Final = ("", "//", "..", "xx", "\\\\", "++")
_MEDIA_TYPES: Final = _drawn_as("movie", "episode", "extra", "home_video", "other")
_FILE_KINDS: Final = _drawn_as("video", "audio", "subtitle", "artwork", "nfo", "other")
_ALL: Final = (_Kind("file", "#0072B2", "o", ""),)
_SMALL: Final = 9  # pt; nothing is smaller


def _kinds(df: "pd.DataFrame") -> tuple[str | None, tuple[_Kind, ...]]:
    """Which column tells the files apart, and how its values are drawn."""
    for column, kinds in (("media_type", _MEDIA_TYPES), ("kind", _FILE_KINDS)):
        if column in df.columns and df[column].notna().any():
            return column, kinds
    return None, _ALL


def _is(cells: "pd.Series[Any]", value: str | None) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    import numpy as np

    known = {one.value for one in (*_MEDIA_TYPES, *_FILE_KINDS) if one.value is not None}
    told = cells.astype("object").where(cells.isin(known), None)
    return np.asarray(told.isna() if value is None else (told == value), dtype=bool)


# ---- what is drawn ---------------------------------------------------------------------------------------------

_HOME_VIDEOS: Final = "\0home videos"  # no file name, and so no title, holds a NUL


def _by_title(df: "pd.DataFrame") -> "pd.DataFrame":
    """The bytes (sum) and files (count) of each title, year (-1: does not matter) and media type (missing: "")."""
    import numpy as np
    import pandas as pd

    size = _numbers(df, "size")
    title = df["title"].astype("object")
    media_type = (
        df["media_type"].astype("object")
        if "media_type" in df.columns
        else pd.Series(None, index=df.index, dtype="object")
    )
    named = title.notna() | (media_type == "home_video")
    ok = named.to_numpy() & np.isfinite(size) & (size >= 0)
    year = _numbers(df, "year") if "year" in df.columns else np.full(len(df), np.nan)
    rows = pd.DataFrame(
        {"title": title.astype(str).to_numpy(), "year": year, "media_type": media_type.to_numpy(), "size": size}
    )[ok]
    known = {one.value for one in _MEDIA_TYPES if one.value is not None}
    rows["media_type"] = rows["media_type"].where(rows["media_type"].isin(known), "")
    home = rows["media_type"] == "home_video"
    rows["title"], rows["year"] = rows["title"].mask(home, _HOME_VIDEOS), rows["year"].mask(home)
    # A year matters where it tells two works of a title apart; files that do not say it belong to the only one there is.
    years = rows.groupby("title")["year"]
    rows["year"] = rows["year"].where(years.transform("nunique") > 1, -1).fillna(0).astype(int)
    return rows.groupby(["title", "year", "media_type"])["size"].agg(["sum", "count"])


def _bar_name(title: str, year: int) -> str:
    if title == _HOME_VIDEOS:
        return "home videos"
    if year < 0:
        return title
    return f"{_cut(title, 27)} ({year or 'no year'})"


def _of_titles(shown: int, every: int) -> str:
    return "" if shown == every else f"; {shown:,} of {every:,} titles shown"


def _numbers(df: "pd.DataFrame", name: str) -> "Numbers":
    """A column as floats, nan where there is no number."""
    import numpy as np
    import pandas as pd

    return np.asarray(
        pd.to_numeric(df[name].astype("object"), errors="coerce").astype("Float64").to_numpy("float64", na_value=np.nan)
    )


# ---- words -----------------------------------------------------------------------------------------------------


def _title(finding: str, known: int, total: int, what: str) -> str:
    return f"{finding}\n{known:,} of {total:,} files {what}"


def _unit(amount: float) -> tuple[str, float]:
    """The decimal unit in which `amount` bytes are between 1 and 1000, and what it holds."""
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if amount >= factor * 0.9995:
            return unit, factor
    return "byte", 1.0


def _bytes(amount: float) -> str:
    unit, factor = _unit(amount)
    return f"{_short(amount / factor) if factor > 1 else f'{amount:.0f}'} {unit}"


def _rate(amount: float) -> str:
    for unit, factor in (("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)):
        if amount >= factor * 0.9995:
            return f"{_short(amount / factor)} {unit}"
    return f"{_short(amount)} bit/s"


def _short(number: float) -> str:
    return f"{number:.1f}" if number < 9.95 else f"{number:,.0f}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _readable(text: str, length: int, fonts: Sequence[Any] = ()) -> str:
    """`text` as a label: no longer than `length`, no formula, nothing that hides or turns round what stands beside it.

    What none of `fonts` can draw is an empty box; without this matplotlib draws one too, and warns at each.
    """
    kept = (sign for sign in text if sign not in "\u200c\u200d")  # joiners: honest, and nothing to see
    seen = "".join("\ufffd" if unicodedata.category(sign) in _UNSEEN else sign for sign in kept)
    drawn = "".join(
        sign if not fonts or any(font.get_char_index(ord(sign)) for font in fonts) else "□"
        for sign in _cut(seen, length)
    )
    return drawn.replace("$", r"\$")


_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Fonts that systems bring along for what matplotlib's own lacks; those that are installed are asked.
_MORE_FONTS: Final = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Noto Sans SC",
    "Hiragino Sans",
    "Yu Gothic",
    "PingFang SC",
    "Microsoft YaHei",
    "Malgun Gothic",
    "WenQuanYi Micro Hei",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Arial Unicode MS",
)


# ---- axes ------------------------------------------------------------------------------------------------------


def _axes(ax: "Axes | None", *, height: float) -> "Axes":
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(8, height), layout="constrained")[1]


def _ink(ax: "Axes") -> Any:
    """The colour in which these axes write: black on white, or the reverse in a dark style."""
    return ax.xaxis.label.get_color()


def _names(ax: "Axes", names: Sequence[str]) -> None:
    """Name the rows of `ax`."""
    from matplotlib import font_manager, rcParams

    installed = {font.name for font in font_manager.fontManager.ttflist}
    families = [*rcParams["font.family"], *(name for name in _MORE_FONTS if name in installed)]
    paths = (font_manager.findfont(font_manager.FontProperties(family=[family])) for family in families)
    fonts = [font_manager.get_font(path) for path in paths]
    ax.set_yticks(range(len(names)), [_readable(name, 34, fonts) for name in names], fontfamily=families)


def _plain_ticks(axis: "Axis", ends: tuple[float, float]) -> None:
    """Numbers as people write them on a log axis, and enough of them where it spans few decades."""
    from matplotlib.ticker import LogLocator

    few = ends[1] < ends[0] * 300
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if few else (1.0,)))
    axis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    axis.set_minor_formatter(lambda *_: "")


def _legend_beside(ax: "Axes") -> None:
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=_SMALL, markerscale=1.3, frameon=False)


def _nothing(ax: "Axes", title: str) -> "Axes":
    ax.set(xticks=[], yticks=[])
    ax.text(0.5, 0.5, "nothing to draw", transform=ax.transAxes, ha="center", va="center", fontsize=11)
    return _said(ax, title)


def _said(ax: "Axes", title: str) -> "Axes":
    ax.set_title(title, fontsize=11)
    return ax
