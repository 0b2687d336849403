"""What was measured, as a table to read."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final

__all__ = ["show"]

_HEAD: Final = ("way", "n", "rounds", "median", "min – max", "unit", "ratio", "min – max")
_LEFT: Final = (0, 5)  # columns of words


def show(machine: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> str:
    """Write `machine` as a heading and `lines` as one aligned table, a block a topic."""
    blocks = [(topic, [_cells(line) for line in some]) for topic, some in groupby(lines, lambda line: line["topic"])]
    rows = [_HEAD, *(row for _, some in blocks for row in some)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    label = max(map(len, machine))
    written = [f"{name:<{label}}  {fact}" for name, fact in machine.items()]
    written += ["", "ratio: taken in each round, to the way that is 1.00", "", _aligned(_HEAD, widths)]
    for topic, some in blocks:
        written += ["", topic, *(_aligned(row, widths) for row in some)]
    return "\n".join(written)


def _cells(line: Mapping[str, Any]) -> tuple[str, ...]:
    ratio = line["ratio"]
    return (
        "  " + line["way"],
        f"{line['n']:,}",
        str(line["rounds"]),
        *_spread(line),
        line["unit"],
        *(_spread(ratio) if ratio else ("", "")),
    )


def _spread(values: Mapping[str, float]) -> tuple[str, str]:
    return _number(values["median"]), f"{_number(values['min'])} – {_number(values['max'])}"


def _number(value: float) -> str:
    """Three digits, or all there are before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".removesuffix(".")


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    pairs = enumerate(zip(cells, widths, strict=True))
    return "  ".join(f"{cell:<{wide}}" if at in _LEFT else f"{cell:>{wide}}" for at, (cell, wide) in pairs).rstrip()
