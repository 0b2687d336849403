"""Tables to pictures: each chart answers one question, says its units, and counts what it leaves out.

They take a table and give the Axes they drew on, so that the picture can be changed, saved, or put beside others.
Kinds have the colours of Okabe and Ito (Color Universal Design, 2008) and a hatch or a marker each; amounts have
cividis and a number. Nothing global is touched: no rcParams, and no figure is made where an Axes is given.
"""

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mediaorg import schema
from mediaorg.errors import BadSetting
from mediaorg.explore.drawing import (
    MEDIA_TYPES,
    SMALL,
    axes_of,
    byte_text,
    cut,
    heading,
    ink_of,
    is_of,
    kinds_of,
    legend_beside,
    name_rows,
    nothing,
    numbers,
    plain_ticks,
    rate_text,
    readable,
    said,
    unit_of,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes

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
    ax = axes_of(ax, height=1.5 + 0.27 * max(len(shown), 3))
    unit, factor = unit_of(float(shown.iloc[0]) if len(shown) else 0)
    ax.set(xlabel=f"size ({unit})")
    if shown.empty:
        return nothing(ax, heading("No sizes to show", known, len(df), left_out))

    ends = _stacked(ax, groups["sum"].unstack("media_type").reindex(shown.index) / factor)
    for row, amount in enumerate(shown):
        at = (ends[row], row)
        ax.annotate(byte_text(amount), at, (4, 0), textcoords="offset points", va="center", fontsize=SMALL)
    name_rows(ax, [_bar_name(title, year) for title, year in shown.index])
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlim(0, ends.max() * 1.14 or 1)
    if "media_type" in df.columns:
        legend_beside(ax)
    half = int((titles.cumsum() < whole / 2).sum()) + 1
    finding = f"{half:,} of {len(titles):,} titles {'holds' if half == 1 else 'hold'} half of {byte_text(whole)}"
    if len(titles) == 1:
        finding = f"One title holds all of {byte_text(whole)}"
    return said(ax, heading(finding, known, len(df), left_out))


def _stacked(ax: "Axes", pieces: "pd.DataFrame") -> "Numbers":
    """Draw a bar a row, a piece a media type; gives where the bars end."""
    import numpy as np

    ends: Numbers = np.zeros(len(pieces))
    for one in MEDIA_TYPES:
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
    seconds, sizes = numbers(df, "duration"), numbers(df, "size")
    known = np.isfinite(seconds) & np.isfinite(sizes) & (seconds > 0) & (sizes > 0)
    ax = axes_of(ax, height=4.8)
    unit, factor = unit_of(float(np.median(sizes[known])) if known.any() else 0)
    ax.set(xlabel="duration (min)", ylabel=f"size ({unit})")
    left_out = "have a duration and a size"
    if not known.any():
        return nothing(ax, heading("No lengths to show", 0, len(df), left_out))

    ax.set(xscale="log", yscale="log")
    ax.grid(visible=True, alpha=0.25)
    column, kinds = kinds_of(df)
    total = int(known.sum())
    for one in kinds:
        of = known & (np.full(len(df), True) if column is None else is_of(df[column], one.value))
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
    ax.plot(ends / 60, ends * rate / 8 / factor, "--", color=ink_of(ax), linewidth=1, label=f"median {rate_text(rate)}")
    ax.axis(view)  # the line may leave the picture; the points may not be squeezed by it
    plain_ticks(ax.xaxis, view[:2])
    plain_ticks(ax.yaxis, view[2:])
    legend_beside(ax)
    return said(ax, heading(f"The median file takes {rate_text(rate)}", total, len(df), left_out))


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
    pairs = pd.DataFrame({"codec": df["video_codec"].to_numpy(), "quality": numbers(df, "quality")}).dropna()
    counts = pd.crosstab(pairs["codec"].astype(str), pairs["quality"])
    ax = axes_of(ax, height=1.4 + 0.42 * max(len(counts), 4))
    ax.set(xlabel="quality (lines)", ylabel="video codec")
    left_out = "have a codec and a quality"
    if pairs.empty:
        return nothing(ax, heading("No codecs to show", 0, len(df), left_out))

    counts = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    cells = counts.to_numpy()
    image = ax.imshow(np.ma.masked_equal(cells, 0), cmap="cividis", vmin=0, aspect="auto")
    for row, column in zip(*np.nonzero(cells), strict=True):
        red, green, blue, _ = image.cmap(image.norm(cells[row, column]))  # ITU-R BT.709 luminance decides the ink
        ink = "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.45 else "white"
        ax.text(column, row, f"{cells[row, column]:,}", ha="center", va="center", color=ink, fontsize=10)
    ax.set_xticks(range(len(counts.columns)), [f"{quality:g}" for quality in counts.columns])
    name_rows(ax, list(counts.index))
    row, column = divmod(int(cells.argmax()), len(counts.columns))
    most = f"{readable(counts.index[row], 20)} at {counts.columns[column]:g}"
    finding = f"{most} lines is most common: {cells.max():,} of {len(pairs):,} files"
    return said(ax, heading(finding, len(pairs), len(df), left_out))


# ---- what is drawn ---------------------------------------------------------------------------------------------

_HOME_VIDEOS: Final = "\0home videos"  # no file name, and so no title, holds a NUL


def _by_title(df: "pd.DataFrame") -> "pd.DataFrame":
    """The bytes (sum) and files (count) of each title, year (-1: does not matter) and media type (missing: "")."""
    import numpy as np
    import pandas as pd

    size = numbers(df, "size")
    title = df["title"].astype("object")
    media_type = (
        df["media_type"].astype("object")
        if "media_type" in df.columns
        else pd.Series(None, index=df.index, dtype="object")
    )
    named = title.notna() | (media_type == "home_video")
    ok = named.to_numpy() & np.isfinite(size) & (size >= 0)
    year = numbers(df, "year") if "year" in df.columns else np.full(len(df), np.nan)
    rows = pd.DataFrame(
        {"title": title.astype(str).to_numpy(), "year": year, "media_type": media_type.to_numpy(), "size": size}
    )[ok]
    known = {one.value for one in MEDIA_TYPES if one.value is not None}
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
    return f"{cut(title, 27)} ({year or 'no year'})"


def _of_titles(shown: int, every: int) -> str:
    return "" if shown == every else f"; {shown:,} of {every:,} titles shown"
