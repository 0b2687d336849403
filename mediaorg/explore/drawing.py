"""What all charts share: axes, kinds that are never told by colour alone, units, and labels that mean nothing but themselves."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mediaorg.stages.cells import several, whole

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

__all__ = [
    "FILE_KINDS",
    "MEDIA_TYPES",
    "SMALL",
    "Kind",
    "axes_of",
    "byte_text",
    "cut",
    "date_ticks",
    "fonts_of",
    "heading",
    "ink_of",
    "is_of",
    "kinds_of",
    "legend_below",
    "legend_beside",
    "name_rows",
    "nothing",
    "numbers",
    "plain_ticks",
    "rate_text",
    "rate_unit",
    "readable",
    "readable_text",
    "said",
    "seen",
    "short",
    "unit_of",
    "whole_ticks",
    "work_name",
]


# ---- kinds: never told by colour alone -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """How one value of a column is drawn."""

    value: str | None
    colour: str
    marker: str
    hatch: str

    @property
    def name(self) -> str:
        """As a legend says it."""
        return "not known" if self.value is None else self.value.replace("_", " ")


def _drawn_as(*values: str) -> tuple[Kind, ...]:
    looks = zip(values, _COLOURS, _MARKERS, _HATCHES, strict=False)
    return (*(Kind(*look) for look in looks), Kind(None, "#999999", "X", "--"))


_COLOURS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
_MARKERS: Final = ("o", "s", "^", "D", "v", "P")
_HATCHES: Final = ("", "//", "..", "xx", "\\\\", "++")
MEDIA_TYPES: Final = _drawn_as("movie", "episode", "extra", "home_video", "other")
FILE_KINDS: Final = _drawn_as("video", "audio", "subtitle", "artwork", "nfo", "other")
_ALL: Final = (Kind("file", "#0072B2", "o", ""),)
SMALL: Final = 9  # pt; nothing is smaller


def kinds_of(df: "pd.DataFrame") -> tuple[str | None, tuple[Kind, ...]]:
    """Which column tells the files apart, and how its values are drawn."""
    for column, kinds in (("media_type", MEDIA_TYPES), ("kind", FILE_KINDS)):
        if column in df.columns and df[column].notna().any():
            return column, kinds
    return None, _ALL


def is_of(cells: "pd.Series[Any]", value: str | None) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Where `cells` say `value`; for None, where they say none of those that have a look of their own."""
    import numpy as np

    known = {one.value for one in (*MEDIA_TYPES, *FILE_KINDS) if one.value is not None}
    told = cells.astype("object").where(cells.isin(known), None)
    return np.asarray(told.isna() if value is None else (told == value), dtype=bool)


# ---- numbers -------------------------------------------------------------------------------------------------------


def numbers(df: "pd.DataFrame", name: str) -> "Numbers":
    """A column as floats, nan where there is no number."""
    import numpy as np
    import pandas as pd

    return np.asarray(
        pd.to_numeric(df[name].astype("object"), errors="coerce").astype("Float64").to_numpy("float64", na_value=np.nan)
    )


# ---- words -----------------------------------------------------------------------------------------------------


def heading(finding: str, known: int, total: int, what: str) -> str:
    """The two lines over a chart: what it shows, and how many files of all it knows that of."""
    return f"{finding}\n{known:,} of {total:,} files {what}"


def unit_of(amount: float) -> tuple[str, float]:
    """The decimal unit in which `amount` bytes are between 1 and 1000, and what it holds."""
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if amount >= factor * 0.9995:
            return unit, factor
    return "byte", 1.0


def byte_text(amount: float) -> str:
    """Bytes as people say them.

    >>> byte_text(4.25e9), byte_text(999)
    ('4.2 GB', '999 byte')
    """
    unit, factor = unit_of(amount)
    return f"{short(amount / factor) if factor > 1 else f'{amount:.0f}'} {unit}"


def rate_text(amount: float) -> str:
    """A rate in bit/s as people say it.

    >>> rate_text(4.25e6)
    '4.2 Mbit/s'
    """
    unit, factor = rate_unit(amount)
    return f"{short(amount / factor)} {unit}"


def rate_unit(amount: float) -> tuple[str, float]:
    """As `unit_of`, for bits a second."""
    for unit, factor in (("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)):
        if amount >= factor * 0.9995:
            return unit, factor
    return "bit/s", 1.0


def short(number: float) -> str:
    """Two figures, or all before the point."""
    return f"{number:.1f}" if number < 9.95 else f"{number:,.0f}"


def cut(text: str, length: int) -> str:
    """`text` in at most `length` letters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def work_name(title: Any, season: Any, episodes: Any, path: Any, *, room: int = 34) -> str:
    """What a file is called in a line with `room` for so many letters: its work, and the number of an episode, or its name."""
    if title is None:
        return str(path or "not named").rpartition("/")[2]
    number = "" if whole(season) is None else f"S{whole(season):02}"
    number += "".join(f"E{episode:02}" for episode in map(whole, several(episodes)) if episode is not None)
    return f"{cut(str(title), max(room - len(number) - 1, 4))} {number}" if number else str(title)


def readable(text: str, length: int, fonts: Sequence[Any] = ()) -> str:
    """`text` as a label: no longer than `length`, no formula, nothing that hides or turns round what stands beside it.

    What none of `fonts` can draw is an empty box; without this matplotlib draws one too, and warns at each.
    """
    shown = cut(seen(text.translate(_JOINERS)), length)
    drawn = (sign if not fonts or any(font.get_char_index(ord(sign)) for font in fonts) else "□" for sign in shown)
    return "".join(drawn).replace("$", r"\$")


def seen(text: str) -> str:
    """`text` with a sign for whatever cannot be seen, hides what stands beside it, or turns it round.

    >>> seen("\u202egpj.exe\x07")
    '\ufffdgpj.exe\ufffd'
    """
    return "".join(
        "\ufffd" if unicodedata.category(sign) in _UNSEEN and sign not in "\u200c\u200d" else sign for sign in text
    )


_JOINERS: Final = dict.fromkeys(map(ord, "\u200c\u200d"))  # honest, and nothing to see


def readable_text(text: str) -> str:
    """`text` of our own that quotes others, as it is: no formula in it, and its lines stay."""
    return "\n".join(readable(line, 200) for line in text.splitlines())


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


def axes_of(ax: "Axes | None", *, height: float) -> "Axes":
    """The Axes to draw on: `ax`, or those of a new figure `height` inches high."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(8, height), layout="constrained")[1]


def ink_of(ax: "Axes") -> Any:
    """The colour in which these axes write: black on white, or the reverse in a dark style."""
    return ax.xaxis.label.get_color()


def name_rows(ax: "Axes", names: Sequence[str]) -> None:
    """Name the rows of `ax`."""
    families, fonts = fonts_of()
    ax.set_yticks(range(len(names)), [readable(name, 34, fonts) for name in names], fontfamily=families)


def fonts_of() -> tuple[list[str], list[Any]]:
    """The families a label may be drawn in, one after the other for what the first ones lack, and their fonts."""
    from matplotlib import font_manager, rcParams

    installed = {font.name for font in font_manager.fontManager.ttflist}
    families = [*rcParams["font.family"], *(name for name in _MORE_FONTS if name in installed)]
    paths = (font_manager.findfont(font_manager.FontProperties(family=[family])) for family in families)
    return families, [font_manager.get_font(path) for path in paths]


def plain_ticks(axis: "Axis", ends: tuple[float, float]) -> None:
    """Numbers as people write them on a log axis, and enough of them where it spans few decades."""
    from matplotlib.ticker import LogLocator

    few = ends[1] < ends[0] * 300
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if few else (1.0,)))
    axis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    axis.set_minor_formatter(lambda *_: "")


def legend_beside(ax: "Axes") -> None:
    """A legend that covers nothing."""
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=SMALL, markerscale=1.3, frameon=False)


def whole_ticks(axis: "Axis") -> None:
    """Whole numbers only: there is no half file."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def date_ticks(axis: "Axis") -> None:
    """Dates as short as they can be told, whatever converter other libraries have registered."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axis.set_major_locator(locator)
    axis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def legend_below(ax: "Axes") -> None:
    """A legend that covers nothing, where the width is wanted."""
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=1, fontsize=SMALL, frameon=False)


def nothing(ax: "Axes", title: str) -> "Axes":
    """Say on `ax` that there is nothing to draw."""
    ax.set(xticks=[], yticks=[])
    ax.text(0.5, 0.5, "nothing to draw", transform=ax.transAxes, ha="center", va="center", fontsize=11)
    return said(ax, title)


def said(ax: "Axes", title: str) -> "Axes":
    """Give `ax` back with its heading."""
    ax.set_title(title, fontsize=11)
    return ax
