"""Charts of runs draw what the tables hold, and say so in their headings."""

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

import mediaorg as mo
from mediaorg import errors
from mediaorg.explore import run_charts
from mediaorg.rules.crowd import Crowd

OVER_TIME = [run_charts.throughput, run_charts.memory, run_charts.crowd]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def passage():
    disk = mo.SimulatedDisk(round_trip=0.02, service=0.004, channels=64, slows_at=0.5, slows_by=3, bandwidth=1e6)
    return disk.through(6000, Crowd())


def tuned(rates, **more):
    return pd.DataFrame(
        {
            "workers": [1, 8, 64] * 2,
            "batch_size": [10] * 3 + [50] * 3,
            "files_per_second": rates,
            "memory_mb": 5.0,
            **more,
        }
    )


def test_the_heat_map_has_every_figure_and_a_frame_around_what_best_takes():
    table = tuned([10.0, 80.0, 81.0, 12.0, 95.0, 96.0], given_up=[True] + [False] * 5)
    ax = mo.charts.tuning(table)
    assert [text.get_text() for text in ax.texts] == ["(10)", "80", "81", "12", "95", "96"]
    (frame,) = [patch for patch in ax.patches if isinstance(patch, Rectangle) and not patch.get_fill()]
    centre = (frame.get_x() + frame.get_width() / 2, frame.get_y() + frame.get_height() / 2)
    assert np.round(centre).tolist() == [1, 1]
    assert mo.best(table) == mo.Limits(8, 50)
    assert ax.get_title().startswith("8 workers and batches of 50: 95 files/s\n6 settings")


def test_the_heat_map_marks_what_keeps_within_memory():
    ax = mo.charts.tuning(tuned([10.0, 80.0, 90.0, 12.0, 60.0, 99.0], memory_mb=[1, 2, 900] * 2), memory_mb=100)
    assert ax.get_title().startswith("8 workers and batches of 10")


def test_throughput_over_time_adds_up_to_all_files(passage):
    ax = mo.charts.throughput(passage.over_time())
    (line,) = ax.lines
    at, rates = line.get_data()
    assert np.sum(np.diff(at) * rates[:-1]) == pytest.approx(6000)
    assert ax.get_title().endswith(f"6,000 files in {passage.seconds:.1f} s")


def test_where_nothing_was_counted_the_rate_is_nothing():
    pause = pd.DataFrame({"run_id": "a", "verb": "apply", "at": [0.0, 5.0], "span": 1.0, "files": [10, 20]})
    at, rates = mo.charts.throughput(pause).lines[0].get_data()
    assert list(zip(at, rates, strict=True)) == [(0, 10), (1, 10), (1, 0), (5, 0), (5, 20), (6, 20)]


def test_the_crowd_is_drawn_as_it_was(passage):
    ax = mo.charts.crowd(passage.over_time())
    counts = ax.lines[0].get_ydata()
    assert counts[0] == 8
    assert set(counts) <= {limit for _, limit in passage.crowd}
    assert len(set(counts)) > 3


def test_a_real_run_is_drawn_by_all_of_them(messy):
    for _ in range(2):
        mo.run(mo.probe(messy, cache=False, progress=False))
    series = mo.statistics("time")
    assert "scan" in mo.charts.throughput(series).get_title()
    assert "were added, of 512 MB allowed" in mo.charts.memory(series).get_title()
    assert mo.charts.latency(mo.statistics("latency")).get_title().endswith("files on 1 device")
    ax = mo.charts.compare(mo.statistics())
    assert len(ax.patches) == 2
    assert ax.get_title().endswith("2 of 2 runs")


@pytest.mark.parametrize("chart", OVER_TIME)
def test_no_rows_give_a_chart_that_says_so(chart):
    assert [text.get_text() for text in chart(mo.statistics("time")).texts] == ["nothing to draw"]


def test_no_runs_no_latencies_and_no_settings_give_charts_that_say_so():
    for ax in (
        run_charts.compare(mo.statistics()),
        run_charts.latency(mo.statistics("latency")),
        run_charts.tuning(tuned([None] * 6)),
    ):
        assert [text.get_text() for text in ax.texts] == ["nothing to draw"]


@pytest.mark.parametrize("chart", [*OVER_TIME, run_charts.latency, run_charts.compare, run_charts.tuning])
def test_a_table_that_is_another_is_refused(chart):
    with pytest.raises(errors.MissingColumns, match=f"the chart {chart.__name__} needs"):
        chart(pd.DataFrame({"path": ["/a.mkv"]}))
    assert not plt.get_fignums()


@pytest.mark.parametrize("chart", OVER_TIME[::2])
def test_it_draws_on_the_axes_it_is_given_in_the_ink_of_the_style(chart, passage):
    with plt.style.context("dark_background"):
        _, axes = plt.subplots(1, 2)
        assert chart(passage.over_time(), ax=axes[1]) is axes[1]
        assert to_hex(axes[1].title.get_color()) == "#ffffff"
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"workers": 12, "automatic": True, "max_workers": 6}, "83 files, 12 at once"),
        ({"workers": None, "automatic": False, "max_workers": 4}, "83 files, 4 at most"),
        ({"workers": None, "automatic": True, "max_workers": 6}, "83 files"),
    ],
)
def test_a_run_is_named_by_how_many_were_in_flight(facts, said):
    runs = pd.DataFrame([{"verb": "probe", "outcome": "done", "files": 83, "seconds": 2.0, **facts}])
    ax = mo.charts.compare(runs)
    assert [label.get_text() for label in ax.get_yticklabels()] == [said]


def test_where_no_file_took_so_long_nothing_is_drawn():
    bins = pd.DataFrame({"device": "d", "from_seconds": [1e-3, 1.0], "to_seconds": [2e-3, 2.0], "files": [10, 10]})
    ax = mo.charts.latency(bins)
    (stairs,) = ax.patches
    assert stairs.get_data().values.tolist() == [10, 0, 10]
    assert stairs.get_data().edges.tolist() == pytest.approx([1, 2, 1000, 2000])
