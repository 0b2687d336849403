"""Tables to pictures: each chart answers one question, says its units, and counts what it leaves out.

They take a table and give the Axes they drew on, so that the picture can be changed, saved, or put beside others.
Kinds have the colours of Okabe and Ito (Color Universal Design, 2008) and a hatch or a marker each; amounts have
cividis and a number. Nothing global is touched: no rcParams, and no figure is made where an Axes is given.
"""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mediaorg import schema
from mediaorg.errors import BadSetting, MissingColumns
from mediaorg.explore import findings
from mediaorg.explore.drawing import (
    MEDIA_TYPES,
    SMALL,
    axes_of,
    byte_text,
    cut,
    date_ticks,
    fonts_of,
    heading,
    ink_of,
    is_of,
    kinds_of,
    legend_below,
    legend_beside,
    name_rows,
    nothing,
    numbers,
    plain_ticks,
    rate_text,
    rate_unit,
    readable,
    readable_text,
    said,
    unit_of,
    whole_ticks,
    work_name,
)
from mediaorg.explore.run_charts import compare as compare  # of other tables than those of files: not in __all__
from mediaorg.explore.run_charts import crowd as crowd
from mediaorg.explore.run_charts import latency as latency
from mediaorg.explore.run_charts import memory as memory
from mediaorg.explore.run_charts import throughput as throughput
from mediaorg.explore.run_charts import tuning as tuning
from mediaorg.stages.cells import cells, several

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

__all__ = [
    "bit_rates",
    "codec_quality",
    "confidence",
    "contact_sheet",
    "duplicates",
    "duration_size",
    "episodes",
    "languages",
    "overview",
    "storage",
    "timeline",
]


# ---- the charts ------------------------------------------------------------------------------------------------


def storage(df: "pd.DataFrame", *, by: str = "title", ax: "Axes | None" = None, top: int = 20) -> "Axes":
    """Which shows and films take the space? A bar for each of the `top` largest, the largest first.

    df: one row a file, with `title` and `size` [byte]; `media_type` colours the bars, `year` tells two films of a name
        apart. Home videos, with a title or without, share one bar. Other files without a title, and those without a
        size, are left out and counted in the heading.
    by: another column whose values are to have a bar each instead: "media_type", "folder", "video_codec" …
    ax: where to draw; not given, a new figure is made. Sizes are decimal: 1 GB is 10^9 byte.

    Raises MissingColumns without `size` or the column of `by`, BadSetting for a `top` below 1.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> films = pd.DataFrame({"title": ["Alien", "Alien", "Heat"], "size": [3e9, 1e9, 2e9]})
    >>> drawn = storage(films)
    >>> drawn.get_xlabel(), [float(bar.get_width()) for bar in drawn.patches]
    ('size (GB)', [4.0, 2.0])
    >>> plt.close(drawn.figure)
    """
    schema.need(df, by, "size", stage="the chart storage")
    _at_least_one(top)
    groups = _by_title(df) if by == "title" else _by_column(df, by)
    titles = (
        groups["sum"].groupby(level=["title", "year"], sort=False).sum().sort_values(ascending=False, kind="stable")
    )
    shown, whole = titles.head(top), float(titles.sum())
    known = int(groups["count"].sum())
    column = readable(by.replace("_", " "), 60)  # anybody's, such as "price ($)"
    what, named = ("titles", "a name to go by") if by == "title" else (f"values of {readable(by, 60)}", f"a {column}")
    left_out = f"have {named} and a size{_of_all(len(shown), len(titles), what)}"
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
    ax.set_xlim(0, ends.max() * 1.18 or 1)
    if "media_type" in df.columns:
        legend_beside(ax)
    half = int((titles.cumsum() < whole / 2).sum()) + 1
    finding = f"{half:,} of {len(titles):,} {what} {'holds' if half == 1 else 'hold'} half of {byte_text(whole)}"
    if len(titles) == 1:
        finding = f"One {column} holds all of {byte_text(whole)}"
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


def duplicates(df: "pd.DataFrame", *, ax: "Axes | None" = None, top: int = 20) -> "Axes":
    """What would be won by removing what is there twice? A bar for each group of copies, that which wastes most first.

    df: one row a file, as for ``df.media.duplicates()``, which says what counts as the same: the content, where there is a
        `content_hash`, else the work. The file to keep and what the others take are told apart; files that cannot be
        compared are left out and counted in the heading.
    ax: where to draw; not given, a new figure is made. Sizes are decimal. top: at most so many groups.

    Raises MissingColumns without `size`, and without both `content_hash` and `title`; BadSetting for a `top` below 1.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> twice = pd.DataFrame({"title": ["Alien", "Alien", "Heat"], "size": [4e9, 7e9, 2e9]})
    >>> print(duplicates(twice).get_title())
    1 file could go and free 4.0 GB: the same work is there already
    3 of 3 files can be compared
    >>> plt.close("all")
    """
    import numpy as np

    schema.need(df, "size", stage="the chart duplicates")
    _at_least_one(top)
    found = findings.duplicates(df)
    known = findings.comparable(df)
    per = _unit_groups(found)
    shown = per[:top]
    ax = axes_of(ax, height=1.5 + 0.27 * max(len(shown), 3))
    unit, factor = unit_of(max((kept + saved for _, kept, saved in shown), default=0))
    ax.set(xlabel=f"size ({unit})")
    left_out = f"can be compared{_of_all(len(shown), len(per), 'groups')}"
    if not shown:
        return nothing(ax, heading("Nothing is there twice", known, len(df), left_out))

    kept, saved = (np.array([group[at] for group in shown]) / factor for at in (1, 2))
    rows = np.arange(len(shown))
    look: dict[str, Any] = {"height": 0.78, "edgecolor": "white", "linewidth": 0.6}
    ax.barh(rows, kept, label="to keep", color=_BLUE, **look)
    ax.barh(rows, saved, left=kept, label="could go", color=_ORANGE, hatch="//", **look)
    for row, (_, _, amount) in enumerate(shown):
        at = (kept[row] + saved[row], row)
        ax.annotate(byte_text(amount), at, (4, 0), textcoords="offset points", va="center", fontsize=SMALL)
    name_rows(ax, [name for name, _, _ in shown])
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlim(0, (kept + saved).max() * 1.18 or 1)
    legend_beside(ax)
    more = int((~found["keep"]).sum())
    same = {"work": "the same work is", "content": "the same content is", "pieces": "what looks the same is"}
    free = (
        f"{more:,} {'file' if more == 1 else 'files'} could go and free {byte_text(sum(saved for _, _, saved in per))}"
    )
    return said(ax, heading(f"{free}: {same[found['same'].iloc[0]]} there already", known, len(df), left_out))


def bit_rates(df: "pd.DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """How many bits a second does each quality take? A box for each quality, in decimal units, log.

    df: one row a file, with `bit_rate` [bit/s] and `quality` [lines]. The box is the middle half of the files, its line
        the median, the whiskers reach from 5 % to 95 %; up to 20 files are points as well. Files without either are
        left out and counted in the heading.
    ax: where to draw; not given, a new figure is made.

    Raises MissingColumns without `bit_rate` or `quality`.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> drawn = bit_rates(pd.DataFrame({"quality": [1080, 1080, 480], "bit_rate": [4e6, 6e6, 1e6]}))
    >>> print(drawn.get_title())
    Half of the files of 1080 lines take 4.5 Mbit/s to 5.5 Mbit/s
    3 of 3 files have a bit rate and a quality
    >>> plt.close(drawn.figure)
    """
    import numpy as np

    schema.need(df, "bit_rate", "quality", stage="the chart bit_rates")
    rates, qualities = numbers(df, "bit_rate"), numbers(df, "quality")
    known = np.isfinite(rates) & (rates > 0) & np.isfinite(qualities)
    ax = axes_of(ax, height=4.8)
    left_out = "have a bit rate and a quality"
    if not known.any():
        return nothing(ax, heading("No bit rates to show", 0, len(df), left_out))

    classes, counts = np.unique(qualities[known], return_counts=True)
    unit, factor = rate_unit(float(np.median(rates[known])))
    groups = [rates[known & (qualities == quality)] / factor for quality in classes]
    places = list(range(len(classes)))
    ink = ink_of(ax)
    ax.set_yscale("log")
    ax.grid(visible=True, axis="y", alpha=0.25)
    ax.boxplot(
        groups,
        positions=places,
        widths=0.6,
        whis=(5, 95),
        showfliers=False,
        patch_artist=True,
        boxprops={"facecolor": "#56B4E9", "edgecolor": ink},
        medianprops={"color": ink, "linewidth": 2},
        whiskerprops={"color": ink},
        capprops={"color": ink},
    )
    for place, group in zip(places, groups, strict=True):
        if len(group) <= _FEW_POINTS:
            ax.scatter([place] * len(group), group, s=18, color=ink, alpha=0.6, linewidths=0, zorder=3)
    ax.set_xticks(places, [f"{quality:g}\n{len(group):,}" for quality, group in zip(classes, groups, strict=True)])
    ax.set(
        xlabel="quality (lines), and number of files; box: middle half, whiskers: 5 to 95 %",
        ylabel=f"bit rate ({unit})",
    )
    plain_ticks(ax.yaxis, ax.get_ylim())
    most = int(counts.argmax())
    low, high = np.percentile(groups[most], (25, 75)) * factor
    finding = f"Half of the files of {classes[most]:g} lines take {rate_text(low)} to {rate_text(high)}"
    return said(ax, heading(finding, int(known.sum()), len(df), left_out))


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


def episodes(df: "pd.DataFrame", *, title: str | None = None, ax: "Axes | None" = None, top: int = 20) -> "Axes":
    """Which episodes are missing, and which are there more than once? A row a season, a column an episode number.

    df: one row a file, as for ``df.media.episodes()``, which says what counts: an episode is missing if its season has a
        later one. Missing ones have a ×, doubled ones their number of files. Seasons with most of both are first; files that are
        no numbered episodes are left out and counted in the heading, as are seasons beyond `top`, and numbers beyond 60.
    title: one show alone, as `title` spells it. ax: where to draw; not given, a new figure is made.

    Raises MissingColumns without `title`, `season` or `episodes`, BadSetting for a `top` below 1 or a `title` that is not there.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> show = pd.DataFrame({"title": "Heimat", "season": 1, "episodes": [(1,), (1,), (3,)]})
    >>> print(episodes(show).get_title())
    1 of 3 episodes is missing, 1 is doubled
    3 of 3 files are numbered episodes
    >>> plt.close("all")
    """
    import numpy as np
    from matplotlib.colors import ListedColormap

    _at_least_one(top)
    schema.need(df, "title", "season", "episodes", stage="the chart episodes")
    if title is not None and title not in set(cells(df, "title")):
        raise BadSetting(f"title must be one of the table's, not {title!r}")
    of = df if title is None else df[[cell == title for cell in cells(df, "title")]]
    known, grid = findings.numbered(of), findings.episodes(of)
    seasons = sorted(_by_season(grid), key=lambda season: -season.wrong)
    shown = seasons[:top]
    last = min(max((max(season.files) for season in shown), default=1), _MOST_COLUMNS)
    first = min((min(season.files) for season in shown if min(season.files) <= last), default=1)
    ax = axes_of(ax, height=1.6 + 0.32 * max(len(shown), 3))
    ax.set(xlabel="episode")
    beyond = sum(number > last for season in shown for number in season.files)
    left_out = f"are numbered episodes{_of_all(len(shown), len(seasons), 'seasons')}"
    left_out += f"; {beyond:,} beyond {last} not shown" if beyond else ""
    if not shown:
        return nothing(ax, heading("No seasons to show", known, len(of), left_out))

    table = np.full((len(shown), last - first + 1), np.nan)
    for row, season in enumerate(shown):
        for number, (files, doubled) in season.files.items():
            if number <= last:
                table[row, number - first] = 0 if files == 0 else 2 if doubled else 1
                mark = "×" if files == 0 else f"{files}" if doubled else ""
                if mark:
                    ax.text(number, row, mark, ha="center", va="center", color="black", fontsize=SMALL)
    colours = ListedColormap([_PALE, _LIGHT_BLUE, _ORANGE])
    edges = (np.arange(first, last + 2) - 0.5, np.arange(len(shown) + 1) - 0.5)
    lines: dict[str, Any] = {"edgecolors": "white", "linewidth": 1.0} if last - first < _MOST_COLUMNS else {}
    ax.pcolormesh(*edges, np.ma.masked_invalid(table), cmap=colours, vmin=0, vmax=2, **lines)
    ax.set_ylim(len(shown) - 0.5, -0.5)
    whole_ticks(ax.xaxis)
    name_rows(ax, [season.name for season in shown])
    _key(ax, (("there", _LIGHT_BLUE), ("× missing", _PALE), ("2 doubled", _ORANGE)))
    gone, twice = int((grid["files"] == 0).sum()), int(grid["doubled"].sum())
    finding = f"{gone:,} of {len(grid):,} episodes {_are(gone)} missing, {twice:,} {_are(twice)} doubled"
    return said(ax, heading(finding, known, len(of), left_out))


def confidence(df: "pd.DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """How sure are the labels? How many videos there are of each confidence, in steps of 0.05.

    df: one row a file, with `confidence`; `needs_review`, where it is there, says which want a look. At 0.9 and more a
        person may accept a label unseen, below 0.7 they should look. What is no video, or has no confidence, is left
        out and counted in the heading.
    ax: where to draw; not given, a new figure is made.

    Raises MissingColumns without `confidence`.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> print(confidence(pd.DataFrame({"confidence": [0.98, 0.95, 0.55, None]})).get_title())
    2 of 3 labels may be accepted unseen, 1 wants a look
    3 of 4 files are videos with a confidence
    >>> plt.close("all")
    """
    import numpy as np

    schema.need(df, "confidence", stage="the chart confidence")
    sure = numbers(df, "confidence")
    known = findings.videos(df) & (sure >= 0) & (sure <= 1)
    ax = axes_of(ax, height=4.2)
    ax.set(xlabel="confidence (0 to 1)", ylabel="files")
    left_out = "are videos with a confidence"
    total = int(known.sum())
    if not total:
        return nothing(ax, heading("No labels to show", 0, len(df), left_out))

    steps = np.clip(np.floor(sure[known] * _STEPS), 0, _STEPS - 1).astype(int)
    counts = np.bincount(steps, minlength=_STEPS)
    at = np.arange(_STEPS)
    for name, colour, hatch, inside in (
        ("below 0.7: look at it", _ORANGE, "//", at < 14),
        ("0.7 to 0.9", _LIGHT_BLUE, "..", (at >= 14) & (at < 18)),
        ("0.9 and more: may be accepted unseen", _BLUE, "", at >= 18),
    ):
        label = f"{name} ({int(counts[inside].sum()):,})"
        look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0.6, "label": label}
        ax.bar(at[inside] / _STEPS, counts[inside], width=1 / _STEPS, align="edge", **look)
    for threshold in (0.7, 0.9):
        ax.axvline(threshold, color=ink_of(ax), linestyle="--", linewidth=1)
    ax.set_xlim(0, 1)
    whole_ticks(ax.yaxis)
    legend_below(ax)
    unseen, look_at = int(counts[18:].sum()), int(findings.wants_a_look(df)[known].sum())
    finding = f"{unseen:,} of {total:,} labels may be accepted unseen, {look_at:,} {'wants' if look_at == 1 else 'want'} a look"
    return said(ax, heading(finding, total, len(df), left_out))


def languages(df: "pd.DataFrame", *, ax: "Axes | None" = None, top: int = 20) -> "Axes":
    """Which languages are heard, and which can be read? The number of files with a track of each, most common first.

    df: one row a file, with `audio_languages`; `subtitle_languages`, of tracks in the file, where it is there. A file of
        two languages counts for both; tracks that say nothing are "not said". Files without a track are left out and
        counted in the heading.
    ax: where to draw; not given, a new figure is made. top: at most so many languages.

    Raises MissingColumns without `audio_languages`, BadSetting for a `top` below 1.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> print(languages(pd.DataFrame({"audio_languages": [("eng", "fra"), ("eng",), None]})).get_title())
    eng is heard in 2 of 2 files
    2 of 3 files have a sound or subtitle track
    >>> plt.close("all")
    """
    import numpy as np

    schema.need(df, "audio_languages", stage="the chart languages")
    _at_least_one(top)
    columns = [cells(df, name) for name in ("audio_languages", "subtitle_languages")]
    tracks = [[tuple(map(str, several(cell))) for cell in column] for column in columns]
    known = sum(bool(heard or read) for heard, read in zip(*tracks, strict=True))
    heard, read = (Counter(code for cell in column for code in set(cell)) for column in tracks)
    every = sorted({*heard, *read}, key=lambda code: (-heard[code], -read[code], code))
    shown = every[:top]
    ax = axes_of(ax, height=1.6 + 0.42 * max(len(shown), 3))
    ax.set(xlabel="files")
    left_out = f"have a sound or subtitle track{_of_all(len(shown), len(every), 'languages')}"
    if not shown:
        return nothing(ax, heading("No languages to show", known, len(df), left_out))

    rows = np.arange(len(shown))
    look: dict[str, Any] = {"height": 0.38, "edgecolor": "white", "linewidth": 0.6}
    for counts, offset, label, colour, hatch in (
        (heard, -0.2, "heard", _BLUE, ""),
        (read, 0.2, "to be read", _ORANGE, "//"),
    ):
        drawn = [row for row in rows if counts[shown[row]]]
        widths = [counts[shown[row]] for row in drawn]
        ax.barh(np.array(drawn) + offset, widths, label=label, color=colour, hatch=hatch, **look)
        for row, width in zip(drawn, widths, strict=True):
            ax.annotate(
                f"{width:,}", (width, row + offset), (3, 0), textcoords="offset points", va="center", fontsize=SMALL
            )
    name_rows(ax, ["not said" if code == "und" else code for code in shown])
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlim(0, max(*heard.values(), *read.values(), 0) * 1.1)
    whole_ticks(ax.xaxis)
    legend_beside(ax)
    said_ones = [code for code in every if code != "und" and heard[code]]
    finding = "No track says its language"
    if said_ones:
        finding = f"{readable(said_ones[0], 20)} is heard in {heard[said_ones[0]]:,} of {known:,} files"
    return said(ax, heading(finding, known, len(df), left_out))


def timeline(df: "pd.DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """When did the collection grow? The size of the files by the time of their last change: months, quarters or years.

    df: one row a file, with `mtime` [UTC] and `size` [byte]; `media_type`, or else `kind`, tells the bars apart. No
        file system remembers when a file was added: its last change is the nearest to it, and copying a library may have set all
        to one day. Files without either are left out and counted in the heading.
    ax: where to draw; not given, a new figure is made. Sizes are decimal.

    Raises MissingColumns without `mtime` or `size`.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> print(timeline(pd.DataFrame({"mtime": ["2019-03-14", "2021-07-01"], "size": [1e9, 3e9]})).get_title())
    Half of 4.0 GB was last changed in July 2021 or later
    2 of 2 files have a time of change and a size
    >>> plt.close("all")
    """
    import numpy as np
    import pandas as pd

    schema.need(df, "mtime", "size", stage="the chart timeline")
    times = pd.to_datetime(pd.Series(cells(df, "mtime"), dtype="object"), utc=True, errors="coerce", format="ISO8601")
    sizes = numbers(df, "size")
    known = times.notna().to_numpy() & np.isfinite(sizes) & (sizes >= 0)
    ax = axes_of(ax, height=4.2)
    left_out, total = "have a time of change and a size", int(known.sum())
    if not total:
        return nothing(ax, heading("No times to show", 0, len(df), left_out))

    when = times[known].dt.tz_localize(None)
    years = (when.max() - when.min()).days / 365
    step, name, days = ("M", "month", 30) if years <= 3 else ("Q", "quarter", 90) if years <= 10 else ("Y", "year", 360)
    begins = when.dt.to_period(step).dt.start_time.to_numpy()
    order = np.unique(begins)
    column, kinds = kinds_of(df)
    told = None if column is None else df[column]
    pieces = {
        one: pd.Series(sizes[known][of[known]]).groupby(begins[of[known]]).sum().reindex(order).fillna(0).to_numpy()
        for one in kinds
        if (of := np.full(len(df), True) if told is None else is_of(told, one.value))[known].any()
    }
    unit, factor = unit_of(float(np.max(sum(pieces.values(), np.zeros(len(order))))))
    below = np.zeros(len(order))
    for one, amounts in pieces.items():
        heights = amounts / factor
        look: dict[str, Any] = {
            "color": one.colour,
            "hatch": one.hatch,
            "edgecolor": "white",
            "linewidth": 0.4,
            "label": one.name,
        }
        ax.bar(order, heights, bottom=below, width=np.timedelta64(days, "D"), align="edge", **look)
        below = below + heights
    ax.set(xlabel=f"last change of the file (UTC), by {name}", ylabel=f"size ({unit})")
    date_ticks(ax.xaxis)
    if column is not None:
        legend_beside(ax)
    newest = np.argsort(when.to_numpy(), kind="stable")[::-1]
    half = newest[np.searchsorted(np.cumsum(sizes[known][newest]), sizes[known].sum() / 2)]
    since = when.iloc[half].strftime("%B %Y")
    finding = f"Half of {byte_text(sizes[known].sum())} was last changed in {since} or later"
    return said(ax, heading(finding, total, len(df), left_out))


def contact_sheet(df: "pd.DataFrame", *, ax: "Axes | None" = None, columns: int = 5, top: int = 50) -> "Axes":
    """What do the films look like? A picture of each of the first `top`, with what it is called under it.

    df: one row a file, with `thumbnail` from ``await mo.thumbnails(files)``; rows are drawn in their order. A film without
        a picture has an empty frame and the first word of its `thumbnail_error`; what is no video has no place.
    ax: where to draw; not given, a new figure is made. columns: pictures in a row.

    Raises MissingColumns without `thumbnail`, BadSetting for `columns` or a `top` below 1.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> films = pd.DataFrame({"title": ["Alien"], "thumbnail": [None], "thumbnail_error": ["empty: 0 bytes"]})
    >>> drawn = contact_sheet(films)
    >>> drawn.get_title().splitlines(), [text.get_text() for text in drawn.texts]
    (['1 film has no picture', '0 of 1 files have a picture'], ['empty', 'Alien'])
    >>> plt.close("all")
    """
    schema.need(df, "thumbnail", stage="the chart contact_sheet")
    _at_least_one(top)
    _at_least_one(columns, "columns")
    names = ("thumbnail", "thumbnail_error", "title", "season", "episodes", "path")
    every = [row for row in zip(*(cells(df, name) for name in names), strict=True) if row[0] or row[1]]
    shown = every[:top]
    rows = -(-len(shown) // columns)
    ax = axes_of(ax, height=1.2 + max(rows, 2) * 7.6 / (columns * _CELL[0]) * _CELL[1] * 9 / 16)
    without = sum(row[0] is None for row in every)
    left_out = f"have a picture{_of_all(len(shown), len(every), 'films')}"
    if not shown:
        return nothing(ax, heading("No pictures to show", 0, len(df), left_out))

    (families, fonts), room = fonts_of(), max(90 // columns, 8)
    for place, (jpeg, error, *what) in enumerate(shown):
        row, column = divmod(place, columns)
        _hang(ax, jpeg, error, column * _CELL[0], row * _CELL[1])
        at = (column * _CELL[0], row * _CELL[1] + 0.54)
        ax.text(
            *at,
            readable(work_name(*what, room=room), room, fonts),
            ha="center",
            va="top",
            fontsize=SMALL,
            family=families,
        )
    ax.set(
        xlim=(-0.56, columns * _CELL[0] - 0.56),
        ylim=(rows * _CELL[1] - 0.5, -0.54),
        aspect=9 / 16,
        xticks=[],
        yticks=[],
    )
    ax.spines[:].set_visible(False)
    finding = (
        f"{without:,} {'film has' if without == 1 else 'films have'} no picture"
        if without
        else "Every film has a picture"
    )
    return said(ax, heading(finding, len(every) - without, len(df), left_out))


def _hang(ax: "Axes", jpeg: bytes | None, error: str | None, x: float, y: float) -> None:
    """Draw a picture, or a frame that says why there is none, in a place 1 wide and 1 high, the shape of 16:9."""
    from matplotlib.patches import Rectangle

    image = None if jpeg is None else _decoded(jpeg)
    if image is None:
        ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=_PALE, edgecolor="grey"))
        word = readable((error or "damaged").partition(":")[0], 20)
        ax.text(x, y, word, ha="center", va="center", fontsize=SMALL, color="black")
        return
    height, width = image.shape[:2]
    wide, high = min(1.0, width / height * 9 / 16), min(1.0, height / width * 16 / 9)
    ax.imshow(image, extent=(x - wide / 2, x + wide / 2, y + high / 2, y - high / 2), aspect="auto", cmap="gray")


def _decoded(jpeg: bytes) -> Any:
    """The picture, or None where a table was tampered with."""
    from matplotlib.image import imread

    try:
        return imread(io.BytesIO(jpeg), format="jpg")
    except (OSError, ValueError, SyntaxError, TypeError):
        return None


_CELL: Final = (1.12, 1.3)  # places in a row and in a column, with room for a name


def overview(df: "pd.DataFrame") -> "Figure":
    """What is there, and what is wrong with it? Six charts of `df` in one figure: 20 inches wide, 11 high.

    They are storage, duration_size, bit_rates, codec_quality, episodes and confidence; where the table lacks the
    columns of one, its place says which, and the stage that makes them. The figure is not pyplot's: a notebook shows it
    as the value of a cell, ``figure.savefig("overview.png")`` keeps it.

    Raises BadSetting for what is no DataFrame.

    >>> import pandas as pd
    >>> figure = overview(pd.DataFrame({"duration": [3600.0], "size": [1_800_000_000]}))
    >>> len(figure.axes), figure.axes[1].get_title().splitlines()[0]
    (6, 'The median file takes 4.0 Mbit/s')
    """
    from textwrap import fill

    from mediaorg.explore.picture import Picture

    schema.need(df, stage="the chart overview")
    figure = Picture(figsize=(20, 11), layout="constrained")
    # Each has a layout of its own: a long name narrows one chart, not three.
    places: Any = figure.subfigures(2, 3)
    for place, (chart, how) in zip(places.flat, _OVERVIEW, strict=True):
        ax = place.subplots()
        try:
            chart(df, ax=ax, **how)
        except MissingColumns as error:
            ax.set_axis_off()
            needs = str(error).partition(";")[0]
            ax.text(0.5, 0.5, readable_text(fill(needs, 50)), transform=ax.transAxes, ha="center", va="center")
        else:
            ax.set_title("\n".join(fill(line, 72) for line in ax.get_title().splitlines()), fontsize=11)
    return figure


_OVERVIEW: Final[tuple[tuple[Any, dict[str, Any]], ...]] = (
    (storage, {"top": 12}),
    (duration_size, {}),
    (bit_rates, {}),
    (codec_quality, {}),
    (episodes, {"top": 12}),
    (confidence, {}),
)


# ---- what is drawn ---------------------------------------------------------------------------------------------

_BLUE, _LIGHT_BLUE, _ORANGE, _PALE = "#0072B2", "#56B4E9", "#E69F00", "#E8E8E8"
_FEW_POINTS: Final = 20  # files; more are a cloud
_MOST_COLUMNS: Final = 60  # episodes; more are too narrow to read
_STEPS: Final = 20  # of confidence
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


def _by_column(df: "pd.DataFrame", name: str) -> "pd.DataFrame":
    """As `_by_title`, for the values of a column."""
    import numpy as np
    import pandas as pd

    size, kinds = numbers(df, "size"), cells(df, "media_type")
    known = {one.value for one in MEDIA_TYPES}
    told = [None if cell is None else _text(cell) for cell in cells(df, name)]
    ok = np.array([text is not None for text in told], dtype=bool) & np.isfinite(size) & (size >= 0)
    types = [kind if kind in known and kind is not None else "" for kind in kinds]
    rows = pd.DataFrame({"title": told, "year": -1, "media_type": types, "size": size})[ok]
    return rows.groupby(["title", "year", "media_type"])["size"].agg(["sum", "count"])


def _text(cell: Any) -> str:
    plain = cell.tolist() if hasattr(cell, "tolist") else cell  # an array is what Parquet makes of a tuple
    if isinstance(plain, (tuple, list)):
        return ", ".join(map(str, plain))
    return f"{plain:g}" if isinstance(plain, float) else str(plain)


def _of_all(shown: int, every: int, what: str) -> str:
    return "" if shown == every else f"; {shown:,} of {every:,} {what} shown"


def _at_least_one(value: object, name: str = "top") -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadSetting(f"{name} must be a whole number of at least 1, not {value!r}")


def _unit_groups(found: "pd.DataFrame") -> list[tuple[str, float, float]]:
    """Of each group of copies: its name, the bytes to keep, and those that could go."""
    import numpy as np

    names = ("title", "season", "episodes", "path")
    said_of = [work_name(*row) for row in zip(*(cells(found, name) for name in names), strict=True)]
    sizes, saves = np.nan_to_num(numbers(found, "size")), numbers(found, "saves")
    groups: dict[int, tuple[str, float, float]] = {}
    for row, group in enumerate(found["group"].tolist()):
        name, kept, saved = groups.get(group, (said_of[row], float(sizes[row]), 0.0))
        groups[group] = (name, kept, saved + float(saves[row]))
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class _Season:
    name: str
    files: dict[int, tuple[int, bool]]  # of each episode: how many, and whether that is too many

    @property
    def wrong(self) -> int:
        return sum(files == 0 or doubled for files, doubled in self.files.values())


def _by_season(grid: "pd.DataFrame") -> list[_Season]:
    rows: dict[Any, dict[int, tuple[int, bool]]] = {}
    names = ("title", "year", "season", "episode", "files", "doubled")
    for title, year, season, episode, files, doubled in zip(*(cells(grid, name) for name in names), strict=True):
        rows.setdefault((title, year, season), {})[episode] = (files, doubled)
    return [_Season(work_name(title, season, None, None), files) for (title, _, season), files in rows.items()]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _key(ax: "Axes", looks: "Sequence[tuple[str, str]]") -> None:
    """A legend of colours that no artist of `ax` has to itself."""
    from matplotlib.patches import Patch

    patches = [Patch(facecolor=colour, edgecolor="grey", label=name) for name, colour in looks]
    ax.legend(handles=patches, loc="upper left", bbox_to_anchor=(1, 1), fontsize=SMALL, frameon=False)
