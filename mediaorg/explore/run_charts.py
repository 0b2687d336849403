"""What runs were like, as pictures: the tables of `statistics` and `tune`, in the manner of `charts`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from mediaorg import schema
from mediaorg.explore.drawing import SMALL, axes_of, ink_of, legend_beside, name_rows, nothing, plain_ticks, said

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["compare", "crowd", "latency", "memory", "throughput", "tuning"]

# Okabe and Ito, with a line style each, so that nothing is told by colour alone.
_LOOKS: Final = (
    ("#0072B2", "-"),
    ("#E69F00", "--"),
    ("#009E73", "-."),
    ("#CC79A7", ":"),
    ("#56B4E9", "-"),
    ("#D55E00", "--"),
)


def tuning(tuned: "pd.DataFrame", *, memory_mb: float | None = None, ax: "Axes | None" = None) -> "Axes":
    """Which setting is fastest? A row a batch size, a column a number of workers, files a second in each cell.

    tuned: from `tune`. memory_mb: as for `best`, whose choice has a frame. A cell in brackets was given up, being far
    behind. ax: where to draw; not given, a new figure is made.

    Raises MissingColumns, and BadSetting where no setting keeps within `memory_mb`.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> tuned = pd.DataFrame({"workers": [4, 8], "batch_size": 50, "files_per_second": [50.0, 99.0], "memory_mb": 9.0})
    >>> print(tuning(tuned).get_title())
    8 workers and batches of 50: 99 files/s
    2 settings, median of repeats; framed: what best() takes
    >>> plt.close("all")
    """
    from matplotlib.patches import Rectangle

    from mediaorg.stages.tune import best  # brings pandas

    schema.need(tuned, "workers", "batch_size", "files_per_second", "memory_mb", stage="the chart tuning")
    ax = axes_of(ax, height=2.2 + 0.45 * max(tuned["batch_size"].nunique(), 1))
    ax.set(xlabel="workers (files in flight)", ylabel="batch size (files)")
    known = tuned[tuned["files_per_second"].notna()]
    if not len(known):
        return nothing(ax, f"No settings to show\n0 of {len(tuned)} settings were measured")
    taken = best(known, memory_mb)
    grid = known.pivot_table(index="batch_size", columns="workers", values="files_per_second", aggfunc="median")
    cells = grid.to_numpy("float64")
    fastest = float(known["files_per_second"].max()) or 1.0
    image = ax.imshow(cells, cmap="cividis", vmin=0, vmax=fastest, aspect="auto")
    given_up = _given_up(known)
    for row, batch in enumerate(grid.index):
        for column, count in enumerate(grid.columns):
            rate = float(cells[row, column])
            if rate == rate:  # not every pair need have been measured
                text = f"({rate:,.0f})" if (batch, count) in given_up else _rate(rate)
                red, green, blue, _ = image.cmap(rate / fastest)  # ITU-R BT.709 luminance decides the ink
                ink = "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.45 else "white"
                ax.text(column, row, text, ha="center", va="center", color=ink, fontsize=10)
    ax.set_xticks(range(len(grid.columns)), [f"{count:g}" for count in grid.columns])
    name_rows(ax, [f"{batch:g}" for batch in grid.index])
    column, row = [*map(int, grid.columns)].index(taken.workers), [*map(int, grid.index)].index(taken.batch_size)
    ax.add_patch(Rectangle((column - 0.47, row - 0.44), 0.94, 0.88, fill=False, edgecolor="#D55E00", linewidth=3))
    at = f"{taken.workers} workers and batches of {taken.batch_size}: {_rate(cells[row, column])} files/s"
    brackets = "; in brackets: given up" if given_up else ""
    counted = f"{len(known)} settings, median of repeats; framed: what best() takes{brackets}"
    return said(ax, f"{at}\n{counted}")


def _given_up(known: "pd.DataFrame") -> set[tuple[Any, Any]]:
    if "given_up" not in known.columns:
        return set()
    gone = known[known["given_up"].fillna(False).astype(bool)]
    return set(zip(gone["batch_size"], gone["workers"], strict=True))


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


def throughput(series: "pd.DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """How fast was each phase as it went on? Files a second over time, a line a phase.

    series: ``statistics("time")``, of the runs that are to be seen; of each verb only its last run is drawn. ax: where
    to draw; not given, a new figure is made. Raises MissingColumns.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> two = pd.DataFrame({"run_id": "a", "verb": "probe", "at": [0.0, 1.0], "span": 1.0, "files": [100, 300]})
    >>> print(throughput(two).get_title())
    probe: 200 files/s
    400 files in 2.0 s
    >>> plt.close("all")
    """
    schema.need(series, "run_id", "verb", "at", "span", "files", stage="the chart throughput")
    ax = axes_of(ax, height=3.4)
    ax.set(xlabel="time since the phase began (s)", ylabel="files/s")
    lines = []
    files = seconds = 0.0
    for (colour, style), (verb, run) in zip(_LOOKS * 9, _last_runs(series), strict=False):
        took = float((run["at"] + run["span"]).max())
        if not run["files"].sum():
            continue
        at, rates = _stairs(run, (run["files"] / run["span"]).to_numpy("float64"))
        ax.plot(at, rates, color=colour, linestyle=style, label=verb, linewidth=1.8)
        lines.append(f"{verb}: {_rate(run['files'].sum() / took)} files/s")
        files, seconds = files + run["files"].sum(), seconds + took
    if not lines:
        return nothing(ax, "No rates to show\n0 files were counted")
    ax.set_ylim(bottom=0)
    if len(lines) > 1:
        legend_beside(ax)
    return said(ax, f"{', '.join(lines)}\n{files:,.0f} files in {seconds:.1f} s")


def _last_runs(series: "pd.DataFrame") -> "Iterator[tuple[str, pd.DataFrame]]":
    """Of each verb the last run, in the order in which they began."""
    last = series.drop_duplicates("verb", keep="last").set_index("verb")["run_id"]
    for verb in series["verb"].drop_duplicates():
        run = series[(series["verb"] == verb) & (series["run_id"] == last[verb])]
        yield verb, run.sort_values("at")


def _stairs(run: "pd.DataFrame", values: Any) -> tuple[list[float], list[float]]:
    """A line that is level over each span, and nothing where nothing was counted."""
    at: list[float] = []
    heights: list[float] = []
    end = 0.0
    for begin, span, value in zip(run["at"], run["span"], values, strict=True):
        if at and begin > end * 1.001 + 1e-9:
            at += [end, begin]
            heights += [0.0, 0.0]
        end = begin + span
        at += [begin, end]
        heights += [value, value]
    return at, heights


def latency(latencies: "pd.DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """How long did single files take on each device? A histogram a device, log.

    latencies: ``statistics("latency")``, of the runs that are to be seen together. ax: where to draw; not given, a new
    figure is made. Raises MissingColumns.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> bins = {"device": "sda", "kind": "disk", "from_seconds": [0.001, 0.01], "to_seconds": [0.01, 0.1], "files": [9, 1]}
    >>> print(latency(pd.DataFrame(bins)).get_title())
    Most files took 1 to 10 ms
    10 files on 1 device
    >>> plt.close("all")
    """
    schema.need(latencies, "device", "from_seconds", "to_seconds", "files", stage="the chart latency")
    ax = axes_of(ax, height=3.4)
    ax.set(xlabel="time of a file (ms)", ylabel="files")
    if not len(latencies):
        return nothing(ax, "No latencies to show\n0 files on 0 devices")
    named = latencies.assign(
        device=latencies["device"].astype("object").where(latencies["device"].notna(), "not known")
    )
    bins = named.groupby(["device", "from_seconds", "to_seconds"], sort=True)["files"].sum().reset_index()
    for (colour, style), (device, some) in zip(_LOOKS * 9, bins.groupby("device", sort=False), strict=False):
        counts, edges = _without_gaps(some)
        ax.stairs(counts, edges, color=colour, linestyle=style, linewidth=1.8, label=str(device)[:34])
    ax.set_xscale("log")
    plain_ticks(ax.xaxis, ax.get_xlim())
    ax.set_ylim(bottom=0)
    devices = bins["device"].nunique()
    if devices > 1:
        legend_beside(ax)
    most = bins.groupby(["from_seconds", "to_seconds"])["files"].sum().reset_index().nlargest(1, "files").iloc[0]
    span = " to ".join(f"{1000 * most[edge]:.3g}" for edge in ("from_seconds", "to_seconds"))
    counted = f"{bins['files'].sum():,} files on {devices} {'device' if devices == 1 else 'devices'}"
    return said(ax, f"Most files took {span} ms\n{counted}")


def _without_gaps(bins: "pd.DataFrame") -> tuple[list[int], list[float]]:
    """Files in each bin, and its edges [ms]; where bins are left out, one of none."""
    counts: list[int] = []
    edges: list[float] = []
    for start, end, files in bins[["from_seconds", "to_seconds", "files"]].itertuples(index=False):
        if edges and start > edges[-1] * (1 + 1e-9):
            counts.append(0)
            edges.append(start)
        edges += [] if edges else [start]
        counts.append(int(files))
        edges.append(end)
    return counts, [1000 * edge for edge in edges]


def memory(series: "pd.DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """Did runs keep within the memory they were given? What was added over time, and the limit.

    series: as for `throughput`, with `memory_mb` and `memory_limit_mb`. What no look fell into is left out. ax: where to
    draw; not given, a new figure is made. Raises MissingColumns.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> one = pd.DataFrame({"run_id": "a", "verb": "probe", "at": [0.0], "span": 1.0, "memory_mb": 90.0, "memory_limit_mb": 512.0})
    >>> print(memory(one).get_title())
    At most 90 MB were added, of 512 MB allowed
    1 look at the process tree
    >>> plt.close("all")
    """
    schema.need(series, "run_id", "verb", "at", "memory_mb", "memory_limit_mb", stage="the chart memory")
    ax = axes_of(ax, height=3.4)
    ax.set(xlabel="time since the phase began (s)", ylabel="memory added (MB)")
    looks = series[series["memory_mb"].notna()]
    if not len(looks):
        return nothing(ax, "No memory to show\n0 looks at the process tree")
    drawn = list(_last_runs(looks))
    looks = looks.loc[[at for _, run in drawn for at in run.index]]
    for (colour, style), (verb, run) in zip(_LOOKS * 9, drawn, strict=False):
        ax.plot(
            run["at"].to_numpy("float64"),
            run["memory_mb"].to_numpy("float64"),
            color=colour, linestyle=style, marker="o", markersize=3, label=verb,
        )  # fmt: skip
    limit = float(looks["memory_limit_mb"].min())
    ax.axhline(limit, color=ink_of(ax), linewidth=1)
    ax.annotate(
        "limit", (0, limit), (4, 2), xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=SMALL
    )
    ax.set_ylim(0, 1.15 * max(limit, float(looks["memory_mb"].max())))
    if looks["verb"].nunique() > 1:
        legend_beside(ax)
    times = f"{len(looks)} {'look' if len(looks) == 1 else 'looks'} at the process tree"
    return said(ax, f"At most {looks['memory_mb'].max():,.0f} MB were added, of {limit:,.0f} MB allowed\n{times}")


def crowd(series: "pd.DataFrame", *, ax: "Axes | None" = None) -> "Axes":
    """What did the run find out about its workers? The number of files that might be in flight, over time.

    series: as for `throughput`, with `workers`; phases that had no choice are left out. ax: where to draw; not given, a
    new figure is made. Raises MissingColumns.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> climb = pd.DataFrame({"run_id": "a", "verb": "probe", "at": [0.0, 1.0], "span": 1.0, "workers": [8, 32]})
    >>> print(crowd(climb).get_title())
    probe: from 8 to 32 files in flight
    between 8 and 32
    >>> plt.close("all")
    """
    schema.need(series, "run_id", "verb", "at", "span", "workers", stage="the chart crowd")
    ax = axes_of(ax, height=3.4)
    ax.set(xlabel="time since the phase began (s)", ylabel="files in flight")
    known = series[series["workers"].notna()]
    if not len(known):
        return nothing(ax, "No number of workers to show\nno phase waited for a disk")
    told = []
    for (colour, style), (verb, run) in zip(_LOOKS * 9, _last_runs(known), strict=False):
        counts = run["workers"].to_numpy("float64")
        ax.plot(*_held(run, counts), color=colour, linestyle=style, label=verb, linewidth=1.8)
        told.append(f"{verb}: from {counts[0]:.0f} to {counts[-1]:.0f} files in flight")
    ax.set_yscale("log", base=2)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    if len(told) > 1:
        legend_beside(ax)
    return said(ax, f"{', '.join(told)}\nbetween {known['workers'].min()} and {known['workers'].max()}")


def _held(run: "pd.DataFrame", values: Any) -> tuple[list[float], list[float]]:
    """A line that stays where it is until the next value."""
    at = [*run["at"], run["at"].iloc[-1] + run["span"].iloc[-1]]
    pairs = [(moment, value) for value, *ends in zip(values, at, at[1:], strict=False) for moment in ends]
    return [moment for moment, _ in pairs], [value for _, value in pairs]


def compare(runs: "pd.DataFrame", *, verb: str = "probe", ax: "Axes | None" = None, top: int = 20) -> "Axes":
    """Is it getting faster? Files a second of the last `top` runs of a verb, one beside the other.

    runs: ``statistics()``. Runs that were stopped, failed, or had nothing to do are left out and counted. ax: where to
    draw; not given, a new figure is made. Raises MissingColumns.

    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> two = pd.DataFrame({"verb": "probe", "outcome": "done", "files": 10, "seconds": [2.0, 1.0], "workers": [8, 32]})
    >>> print(compare(two).get_title())
    The last probe was 2.00 times as fast as the one before
    2 of 2 runs
    >>> plt.close("all")
    """
    schema.need(runs, "verb", "outcome", "files", "seconds", stage="the chart compare")
    ax = axes_of(ax, height=3.4)
    ax.set(xlabel="files/s")
    same = runs[(runs["verb"] == verb).fillna(False).astype(bool)]
    told = same[((same["outcome"] == "done") & (same["files"] > 0) & (same["seconds"] > 0)).fillna(False).astype(bool)]
    shown = told.tail(top)
    counted = f"{len(shown)} of {len(same)} runs"
    if not len(shown):
        return nothing(ax, f"No {verb} to show\n{counted}")
    rates = (shown["files"] / shown["seconds"]).to_numpy("float64")
    ax.barh(range(len(shown)), rates, color=_LOOKS[0][0], height=0.7)
    for row, rate in enumerate(rates):
        ax.annotate(_rate(rate), (rate, row), (4, 0), textcoords="offset points", va="center", fontsize=SMALL)
    name_rows(ax, [_run_name(row) for row in shown.to_dict("records")])
    ax.set_ylim(len(shown) - 0.5, -0.5)
    ax.set_xlim(0, rates.max() * 1.15)
    ratio = "" if len(rates) < 2 else f"The last {verb} was {rates[-1] / rates[-2]:.2f} times as fast as the one before"
    return said(ax, f"{ratio or f'The only {verb}: {_rate(rates[-1])} files/s'}\n{counted}")


def _run_name(run: Mapping[Any, Any]) -> str:
    """When it was, of how many files, and how many were in flight: as was found out, or as was given."""
    started, workers = run.get("started"), run.get("workers")
    when = f"{started:%d %b %H:%M}, " if hasattr(started, "strftime") and started == started else ""
    crowd = f", {workers} at once" if isinstance(workers, int) else ""
    if not crowd and run.get("automatic") is False and isinstance(run.get("max_workers"), int):
        crowd = f", {run['max_workers']} at most"
    return f"{when}{run['files']:,} files{crowd}"
