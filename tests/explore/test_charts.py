"""What a chart draws is what the table holds, and what it leaves out is said."""

import subprocess
import sys

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

import mediaorg as mo
from mediaorg import errors
from mediaorg.explore import charts

CHARTS = [getattr(charts, name) for name in charts.__all__ if name != "overview"]
OKABE_ITO = {"#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999"}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def labels(collection):
    media = mo.run(mo.probe(collection, progress=False, cache=False))
    drawn = mo.run(mo.thumbnails(media, pixels=64, progress=False, cache=False))
    return mo.run(mo.classify(drawn, progress=False, cache=False))


def films(*rows, columns=("title", "media_type", "size")):
    return pd.DataFrame(list(rows), columns=list(columns))


def bars(ax):
    """Name of a row -> what its bar adds up to, in the unit of the axis."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    widths = dict.fromkeys(names, 0.0)
    for patch in ax.patches:
        widths[names[round(patch.get_y() + patch.get_height() / 2)]] += patch.get_width()
    return widths


def shown_by(ax):
    return [text.get_text() for text in ax.figure.findobj(Text)]


def bars_drawn(ax):
    """Each bar's place and size, and what stands beside the bars."""
    sides = [(bar.get_x(), bar.get_y(), bar.get_width()) for bar in ax.patches if hasattr(bar, "get_width")]
    return sides, [label.get_text() for label in ax.get_yticklabels()]


def points(ax):
    return {mark.get_label().rpartition(" (")[0]: np.asarray(mark.get_offsets()) for mark in ax.collections}


# ---- all of them


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_draws_on_the_axes_it_is_given_and_makes_no_figure(chart, labels):
    _, axes = plt.subplots(1, 2)
    assert chart(labels, ax=axes[1]) is axes[1]
    assert len(plt.get_fignums()) == 1
    assert not axes[0].get_title()


@pytest.mark.parametrize("chart", CHARTS)
def test_without_axes_a_figure_of_its_own_is_made_in_which_nothing_is_cut_off(chart, labels):
    ax = chart(labels)
    assert plt.get_fignums() == [ax.figure.number]
    ax.figure.canvas.draw()
    inside, (left, right) = ax.figure.bbox, ax.get_xlim()
    beyond = [label for at, label in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True) if not left <= at <= right]
    for text in set(ax.figure.findobj(Text)) - set(beyond):  # a locator gives ticks beyond the view, which nobody draws
        box = text.get_window_extent()
        if text.get_visible() and text.get_text() and box.width:
            assert inside.x0 - 1 <= box.x0 <= box.x1 <= inside.x1 + 1, text


@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_global_is_touched(chart, labels):
    before = dict(mpl.rcParams)
    chart(labels).figure.canvas.draw()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_leaves_its_table_alone(chart, labels):
    before = labels.copy(deep=True)
    chart(labels)
    pd.testing.assert_frame_equal(labels, before)


@pytest.mark.parametrize("chart", CHARTS)
def test_no_letter_is_smaller_than_nine_points(chart, labels):
    ax = chart(labels)
    ax.figure.canvas.draw()
    assert min(text.get_fontsize() for text in ax.figure.findobj(Text) if text.get_text()) >= 9


@pytest.mark.parametrize("chart", CHARTS)
def test_no_rows_and_only_missing_cells_give_a_chart_that_says_so(chart):
    columns = [*mo.schema.SCAN, *mo.schema.PROBE, *mo.schema.LABELS, *mo.schema.THUMBNAILS]
    for frame in (mo.schema.table(columns), mo.schema.table(columns, index=range(3))):
        ax = chart(frame)
        ax.figure.canvas.draw()
        assert f"\n0 of {len(frame)} files " in ax.get_title()
        assert [text.get_text() for text in ax.texts] == ["nothing to draw"]


@pytest.mark.parametrize(
    ("chart", "column", "stage"),
    [
        (charts.storage, "title", "classify"),
        (charts.storage, "size", "scan"),
        (charts.duration_size, "duration", "probe"),
        (charts.duration_size, "size", "scan"),
        (charts.codec_quality, "video_codec", "probe"),
        (charts.codec_quality, "quality", "probe"),
        (charts.duplicates, "size", "scan"),
        (charts.duplicates, "title", "classify"),
        (charts.bit_rates, "bit_rate", "probe"),
        (charts.bit_rates, "quality", "probe"),
        (charts.episodes, "title", "classify"),
        (charts.episodes, "season", "classify"),
        (charts.episodes, "episodes", "classify"),
        (charts.confidence, "confidence", "classify"),
        (charts.languages, "audio_languages", "probe"),
        (charts.contact_sheet, "thumbnail", "thumbnails"),
        (charts.timeline, "mtime", "scan"),
        (charts.timeline, "size", "scan"),
    ],
)
def test_a_table_without_the_column_is_refused_and_the_stage_that_makes_it_is_named(chart, column, stage, labels):
    # the plan's size is the scan's
    with pytest.raises(errors.MissingColumns, match=rf"{chart.__name__} needs the column '{column}' \(from {stage}"):
        chart(labels.drop(columns=column))
    assert not plt.get_fignums()


@pytest.mark.parametrize("chart", CHARTS)
def test_an_odd_index_and_untyped_cells_change_nothing(chart, labels):
    odd = labels.astype("object")
    odd.index = [7] * len(odd)
    assert chart(odd).get_title() == chart(labels).get_title()


@pytest.mark.parametrize("chart", CHARTS)
def test_a_table_that_was_kept_as_parquet_is_drawn_as_well(chart, labels, tmp_path):
    labels.to_parquet(tmp_path / "labels.parquet")
    again = pd.read_parquet(tmp_path / "labels.parquet")
    assert isinstance(again["audio_languages"].dropna().iloc[0], np.ndarray)
    first, second = chart(labels), chart(again)
    assert (first.get_title(), bars_drawn(first)) == (second.get_title(), bars_drawn(second))


@pytest.mark.parametrize("chart", CHARTS)
def test_a_dark_style_is_written_in_light_ink(chart, labels):
    with plt.style.context("dark_background"):
        ax = chart(labels)
        ax.figure.canvas.draw()
    assert to_hex(ax.title.get_color()) == "#ffffff"
    assert all(to_hex(line.get_color()) == "#ffffff" for line in ax.lines)


def test_the_charts_are_reached_from_the_package_and_matplotlib_comes_with_the_first_picture():
    says = "import sys, mediaorg as mo; mo.charts.storage; print([m for m in ('matplotlib', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# ---- storage


def test_the_bars_of_the_collection_add_up_to_what_its_titled_files_and_home_videos_hold(labels):
    ax = charts.storage(labels, top=1000)
    titled = labels[labels["title"].notna() | (labels["media_type"] == "home_video")]
    assert ax.get_xlabel() == "size (kB)"
    assert sum(bars(ax).values()) * 1e3 == pytest.approx(float(titled["size"].sum()))
    assert f"{len(titled)} of {len(labels)} files have a name to go by and a size" in ax.get_title()
    assert "shown" not in ax.get_title()


def test_a_bar_is_a_title_largest_first_with_its_size_beside_it():
    table = films(("Heat", "movie", 2e9), ("Alien", "movie", 3e9), ("Alien", "extra", 5e8), ("Alien", "movie", None))
    ax = charts.storage(table)
    assert bars(ax) == {"Alien": 3.5, "Heat": 2.0}
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # row 0 is on top
    assert [(patch.get_x(), patch.get_width()) for patch in ax.patches if patch.get_y() < 0] == [(0, 3.0), (3.0, 0.5)]
    assert [text.get_text() for text in ax.texts] == ["3.5 GB", "2.0 GB"]
    assert ax.get_title() == "1 of 2 titles holds half of 5.5 GB\n3 of 4 files have a name to go by and a size"


def test_what_is_beyond_the_top_is_counted_in_the_heading():
    ax = charts.storage(films(*((f"Film {i}", "movie", (30 - i) * 1e9) for i in range(30))), top=5)
    assert list(bars(ax)) == [f"Film {i}" for i in range(5)]
    assert (
        ax.get_title()
        == "9 of 30 titles hold half of 465 GB\n30 of 30 files have a name to go by and a size; 5 of 30 titles shown"
    )


def test_media_types_are_told_by_hatch_as_well_as_by_colour():
    types = ["movie", "episode", "extra", "home_video", "other", None]
    ax = charts.storage(films(*((f"T{i}", kind, 1e6) for i, kind in enumerate(types))))
    looks = {(to_hex(patch.get_facecolor()), patch.get_hatch()) for patch in ax.patches}
    assert len({colour for colour, _ in looks}) == len({hatch for _, hatch in looks}) == len(types)
    assert {colour for colour, _ in looks} <= OKABE_ITO
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "movie",
        "episode",
        "extra",
        "home video",
        "other",
        "not known",
    ]


def test_two_films_of_a_name_are_two_bars_and_a_show_in_two_years_is_one_where_only_one_is_said():
    rows = [("Dune", 1984, 2e9), ("Dune", 2021, 4e9), ("Dune", None, 1e9), ("Ferry", 2001, 3e9), ("Ferry", None, 5e9)]
    ax = charts.storage(films(*rows, columns=("title", "year", "size")))
    assert bars(ax) == {"Ferry": 8.0, "Dune (2021)": 4.0, "Dune (1984)": 2.0, "Dune (no year)": 1.0}


def test_home_videos_share_a_bar():
    ax = charts.storage(
        films((None, "home_video", 2e6), ("Emma", "home_video", 3e6), ("Heat", "movie", 1e6), (None, "movie", 9e6))
    )
    assert bars(ax) == {"home videos": 5.0, "Heat": 1.0}


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("The $100 Man$", r"The \$100 Man\$"),  # would be a formula
        ("\u202eevil", "\ufffdevil"),  # would turn the line round
        ("two\nlines\x07", "two\ufffdlines\ufffd"),
        ("x_{2}^a", "x_{2}^a"),
        ("Long " * 20, "Long Long Long Long Long Long Lon…"),
        ("می\u200cخواهم", "میخواهم"),
        (r"Caf\xff", r"Caf\xff"),
    ],
)
def test_a_title_is_shown_as_it_is_and_cannot_mean_anything_else(title, label):
    ax = charts.storage(films((title, "movie", 1e9)))
    ax.figure.canvas.draw()
    assert ax.get_yticklabels()[0].get_text() == label


def test_letters_no_font_has_are_boxes_and_no_warning():
    ax = charts.storage(films(("\U0001f9ff\U000e0041 \u16a0\u98a8", "movie", 1e9)))
    ax.figure.canvas.draw()  # warnings are errors here
    assert "\U000e0041" not in ax.get_yticklabels()[0].get_text()


@pytest.mark.parametrize("top", [0, -1, True, 2.5, "5"])
def test_a_top_that_is_no_count_is_refused(top):
    with pytest.raises(errors.BadSetting, match="top must be"):
        charts.storage(films(), top=top)


@pytest.mark.parametrize(
    ("amount", "label"),
    [
        (0, "0 byte"),
        (999, "999 byte"),
        (1000, "1.0 kB"),
        (999_949, "1.0 MB"),
        (4.25e9, "4.2 GB"),
        (1234e12, "1,234 TB"),
    ],
)
def test_sizes_are_decimal_and_keep_two_figures(amount, label):
    assert [text.get_text() for text in charts.storage(films(("A", "movie", amount))).texts] == [label]


# ---- duration against size


def test_a_point_is_a_file_at_its_minutes_and_size(labels):
    ax = charts.duration_size(labels)
    drawn = labels[(labels["duration"] > 0) & (labels["size"] > 0)]
    wanted = {
        kind.replace("_", " "): np.column_stack([rows["duration"] / 60, rows["size"].astype(float) / 1e3])
        for kind, rows in drawn.groupby("media_type")
    }
    got = points(ax)
    assert got.keys() == wanted.keys()
    for kind, offsets in wanted.items():
        np.testing.assert_allclose(got[kind], offsets)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("duration (min)", "size (kB)")
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert f"{len(drawn)} of {len(labels)} files have a duration and a size" in ax.get_title()


def test_no_length_and_no_size_are_left_out_of_a_log_chart_and_counted():
    table = pd.DataFrame({"duration": [60.0, 0, None, 60, -1, np.inf], "size": [7_500_000, 5, 5, 0, 5, 5]})
    ax = charts.duration_size(table)
    assert points(ax).keys() == {"file"}
    assert ax.get_title() == "The median file takes 1.0 Mbit/s\n1 of 6 files have a duration and a size"


def test_the_line_is_the_median_rate_and_does_not_squeeze_the_points():
    table = pd.DataFrame({"duration": [60.0, 600, 6000], "size": [7.5e6, 7.5e7, 7.5e8]})
    ax = charts.duration_size(table)
    x, y = ax.lines[0].get_data()
    np.testing.assert_allclose(y * 1e6 * 8 / (x * 60), 1e6)  # MB and minutes to bit/s: 1 Mbit/s all along
    assert ax.get_ylim()[0] > 3


def test_kinds_have_a_marker_and_a_colour_each_and_stand_in_for_media_types():
    kinds = ["video", "audio", "subtitle", "strange", None]
    ax = charts.duration_size(pd.DataFrame({"duration": 60.0, "size": 1e6, "kind": kinds, "media_type": None}))
    assert {name: len(offsets) for name, offsets in points(ax).items()} == {
        "video": 1,
        "audio": 1,
        "subtitle": 1,
        "not known": 2,
    }
    assert len({mark.get_paths()[0].vertices.tobytes() for mark in ax.collections}) == 4
    assert {to_hex(mark.get_facecolor()[0]) for mark in ax.collections} <= OKABE_ITO


# ---- codec and quality


def test_a_cell_is_the_number_of_files_and_qualities_are_in_the_order_of_numbers(labels):
    ax = charts.codec_quality(labels)
    codecs = [label.get_text() for label in ax.get_yticklabels()]
    qualities = [int(label.get_text()) for label in ax.get_xticklabels()]
    drawn = {
        (codecs[round(cell.get_position()[1])], qualities[round(cell.get_position()[0])]): int(cell.get_text())
        for cell in ax.texts
    }
    known = labels.dropna(subset=["video_codec", "quality"])
    assert drawn == known.groupby(["video_codec", "quality"]).size().to_dict()
    assert qualities == sorted(qualities)
    assert codecs[0] == known["video_codec"].mode()[0]
    assert f"{len(known)} of {len(labels)} files have a codec and a quality" in ax.get_title()


def test_the_most_common_cell_is_the_finding_and_figures_are_legible_on_their_shade():
    rows = [("h264", 1080)] * 30 + [("h264", 480)] * 2 + [("av1", 2160)] + [("av1", None), (None, 720)]
    ax = charts.codec_quality(pd.DataFrame(rows, columns=["video_codec", "quality"]))
    assert ax.get_title() == (
        "h264 at 1080 lines is most common: 30 of 33 files\n33 of 35 files have a codec and a quality"
    )
    assert {cell.get_text(): cell.get_color() for cell in ax.texts} == {"30": "black", "2": "white", "1": "white"}
    assert ax.images[0].cmap.name == "cividis"


def test_a_category_nothing_belongs_to_makes_no_row():
    codecs = pd.Categorical(["h264"], categories=["h264", "vp9"])
    ax = charts.codec_quality(pd.DataFrame({"video_codec": codecs, "quality": pd.Categorical([480], [480, 720])}))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["h264"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["480"]


def test_any_column_can_have_the_bars():
    table = pd.DataFrame({"folder": ["a", "b", "a", None], "size": [1e9, 5e9, 2e9, 7e9], "media_type": "movie"})
    ax = charts.storage(table, by="folder")
    assert bars(ax) == {"b": 5.0, "a": 3.0}
    assert ax.get_title() == "1 of 2 values of folder holds half of 8.0 GB\n3 of 4 files have a folder and a size"
    with pytest.raises(errors.MissingColumns, match="'video_codec' \\(from probe\\)"):
        charts.storage(table, by="video_codec")


@pytest.mark.parametrize("values", [["$a_b$", "a$"], ["$x^$", "$x^$"]])
def test_a_dollar_in_a_column_or_its_values_is_a_dollar(values):
    ax = charts.storage(pd.DataFrame({"$pr_ice$": values, "size": [4e9, 2e9]}), by="$pr_ice$")
    ax.figure.canvas.draw()  # a formula that is none would raise here
    assert r"a \$pr ice\$ and a size" in ax.get_title()
    assert not [text for text in shown_by(ax) if text.replace(r"\$", "").count("$")]


@pytest.mark.parametrize("kept", [list, tuple, np.array])
def test_several_values_in_a_cell_are_one_bar_whatever_holds_them(kept):
    cells = pd.Series([kept(("eng", "fra")), kept(("eng",)), kept(()), None], dtype="object")
    ax = charts.storage(pd.DataFrame({"audio_languages": cells, "size": [4e9, 2e9, 1e9, 1e9]}), by="audio_languages")
    assert bars(ax) == {"eng, fra": 4.0, "eng": 2.0, "": 1.0}


# ---- duplicates


def test_what_is_twice_is_a_bar_of_what_to_keep_and_what_could_go():
    rows = [("Alien", 4e9), ("ALIEN", 7e9), ("Heat", 2e9), ("Heat", 1e9), ("Heat", 1e9), ("Once", 9e9), (None, 9e9)]
    ax = charts.duplicates(films(*rows, columns=("title", "size")))
    assert bars(ax) == {"ALIEN": 11.0, "Heat": 4.0}
    assert [text.get_text() for text in ax.texts] == ["4.0 GB", "2.0 GB"]
    assert ax.get_title() == (
        "3 files could go and free 6.0 GB: the same work is there already\n6 of 7 files can be compared"
    )


def test_copies_of_no_title_go_by_their_file_name_and_episodes_by_their_number():
    table = pd.DataFrame(
        {
            "path": ["/a/b.mkv", "/c/b (1).mkv", "/d.mkv", "/e.mkv"],
            "size": 5,
            "content_hash": ["1", "1", "2", "2"],
            "title": [None, None, "Heimat", "Heimat"],
            "season": [None, None, 1, 1],
            "episodes": [None, None, (2, 3), (2, 3)],
        }
    )
    ax = charts.duplicates(table)
    assert list(bars(ax)) == ["b.mkv", "Heimat S01E02E03"]
    kept = table.assign(episodes=[None, None, np.array([2, 3]), np.array([2, 3])])  # as Parquet gives them back
    assert list(bars(charts.duplicates(kept))) == ["b.mkv", "Heimat S01E02E03"]
    assert "the same content is there already" in ax.get_title()
    assert "; 1 of 2 groups shown" in charts.duplicates(table, top=1).get_title()


# ---- bit rates


def test_a_box_is_the_middle_half_of_a_quality():
    table = pd.DataFrame({"quality": [1080] * 5 + [480, None], "bit_rate": [1e6, 2e6, 3e6, 4e6, 100e6, 5e5, 1e6]})
    ax = charts.bit_rates(table)
    assert ax.get_title() == (
        "Half of the files of 1080 lines take 2.0 Mbit/s to 4.0 Mbit/s\n6 of 7 files have a bit rate and a quality"
    )
    assert [label.get_text() for label in ax.get_xticklabels()] == ["480\n1", "1080\n5"]
    box = ax.patches[1].get_path().vertices
    assert (box[:, 1].min(), box[:, 1].max()) == (2, 4)
    assert (ax.get_ylabel(), ax.get_yscale()) == ("bit rate (Mbit/s)", "log")


# ---- episodes


def grid(ax):
    """Row -> what its cells say: nan nothing, 0 missing, 1 there, 2 doubled."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    return {name: row.filled(np.nan).tolist() for name, row in zip(names, ax.collections[0].get_array(), strict=True)}


def shows(*rows):
    return pd.DataFrame(list(rows), columns=["title", "season", "episodes"])


def test_a_season_is_a_row_that_most_is_wrong_with_first():
    table = shows(
        ("Heimat", 1, (1,)), ("Heimat", 1, (2, 3)), ("Heimat", 2, (1,)), ("Heimat", 2, (3,)), ("Heimat", 2, (3,))
    )
    ax = charts.episodes(table)
    assert grid(ax) == {"Heimat S02": [1, 0, 2], "Heimat S01": [1, 1, 1]}
    marks = {(text.get_position(), text.get_text()) for text in ax.texts}
    assert marks == {((2, 0), "×"), ((3, 0), "2")}
    assert ax.get_title() == "1 of 6 episodes is missing, 1 is doubled\n5 of 5 files are numbered episodes"


def test_one_show_can_be_drawn_alone():
    table = shows(("Heimat", 1, (1,)), ("Tatort", 3, (2,)), ("Tatort", 3, None))
    ax = charts.episodes(table, title="Tatort")
    assert grid(ax) == {"Tatort S03": [0, 1]}
    assert "1 of 2 files are numbered episodes" in ax.get_title()
    with pytest.raises(errors.BadSetting, match="title must be one of the table's, not 'tatort'"):
        charts.episodes(table, title="tatort")


def test_numbers_beyond_the_grid_and_seasons_beyond_the_top_are_counted():
    table = shows(*(("Daily", 1, (number,)) for number in range(1, 91)), ("Heimat", 1, (1,)))
    assert "; 30 beyond 60 not shown" in charts.episodes(table).get_title()
    assert "; 1 of 2 seasons shown" in charts.episodes(table, top=1).get_title()
    charts.episodes(shows(("Long", None, (1015,)))).figure.canvas.draw()


# ---- confidence


def test_labels_are_counted_on_the_side_of_a_threshold_they_are_on():
    table = pd.DataFrame({"confidence": [0.7, 0.69, 0.9, 0.899, 1.0, 0, None, 7], "needs_review": False})
    ax = charts.confidence(table)
    assert [text.get_text().rpartition(" ")[2] for text in ax.get_legend().get_texts()] == ["(2)", "(2)", "(2)"]
    assert sum(patch.get_height() for patch in ax.patches) == 6
    assert [line.get_xdata()[0] for line in ax.lines] == [0.7, 0.9]
    assert ax.get_title() == (
        "2 of 6 labels may be accepted unseen, 0 want a look\n6 of 8 files are videos with a confidence"
    )


# ---- languages


def test_a_file_counts_for_each_of_its_languages_once():
    table = pd.DataFrame(
        {
            "audio_languages": [("eng", "eng", "fra"), ("eng",), ("und",), None, ()],
            "subtitle_languages": [("deu",), None, None, ("$x$",), None],
        }
    )
    ax = charts.languages(table)
    ax.figure.canvas.draw()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["eng", "fra", "not said", r"\$x\$", "deu"]
    drawn = {(names[round(bar.get_y())], bar.get_hatch()): bar.get_width() for bar in ax.patches}
    assert drawn == {("eng", ""): 2, ("fra", ""): 1, ("not said", ""): 1, (r"\$x\$", "//"): 1, ("deu", "//"): 1}
    assert ax.get_title() == "eng is heard in 2 of 4 files\n4 of 5 files have a sound or subtitle track"


# ---- timeline


@pytest.mark.parametrize(
    ("last", "step", "count"), [("2019-04-01", "month", 2), ("2025-04-01", "quarter", 2), ("2040-04-01", "year", 2)]
)
def test_time_goes_in_months_quarters_or_years(last, step, count):
    table = pd.DataFrame({"mtime": ["2019-03-14", last, None], "size": [1e9, 3e9, 5]})
    ax = charts.timeline(table)
    assert ax.get_xlabel() == f"last change of the file (UTC), by {step}"
    assert [patch.get_height() for patch in ax.patches] == [1, 3]
    assert ax.get_title().endswith("or later\n2 of 3 files have a time of change and a size")
    ax.figure.canvas.draw()


# ---- contact sheet


def test_every_video_has_a_place_with_its_picture_or_the_reason(labels):
    ax = charts.contact_sheet(labels, top=1000)
    ax.figure.canvas.draw()
    assert len(ax.images) == labels["thumbnail"].notna().sum()
    words = [error.partition(":")[0] for error in labels["thumbnail_error"].dropna()]
    said = [text.get_text() for text in ax.texts]
    assert [text for text in said if text in words] == words
    assert len(said) == len(ax.images) + 2 * len(words)
    assert f"{len(ax.images)} of {len(labels)} files have a picture" in ax.get_title()


def test_a_picture_is_as_high_and_wide_as_its_film(labels):
    upright = labels[labels["height"] > labels["width"]].head(1)
    ax = charts.contact_sheet(upright)
    left, right, low, high = ax.images[0].get_extent()
    height, width = ax.images[0].get_array().shape[:2]
    assert (right - left) * 16 / ((low - high) * 9) == pytest.approx(width / height)
    assert low - high == 1


def test_pictures_beyond_the_top_are_counted_and_what_is_no_picture_is_damaged():
    table = pd.DataFrame({"thumbnail": [b"\xff\xd8\xff nothing", b"GIF89a", "text"], "title": "<b>$x$</b>"})
    ax = charts.contact_sheet(table, top=2, columns=3)
    ax.figure.canvas.draw()
    assert [text.get_text() for text in ax.texts] == ["damaged", r"<b>\$x\$</b>"] * 2
    assert "; 2 of 3 films shown" in ax.get_title()
    with pytest.raises(errors.BadSetting, match="columns must be"):
        charts.contact_sheet(table, columns=0)


# ---- all in one


def test_the_overview_is_six_charts_in_a_figure_pyplot_does_not_know(labels):
    figure = charts.overview(labels)
    assert [ax.get_title().splitlines()[0] for ax in figure.axes] == [
        chart(labels).get_title().splitlines()[0]
        for chart in (
            charts.storage,
            charts.duration_size,
            charts.bit_rates,
            charts.codec_quality,
            charts.episodes,
            charts.confidence,
        )
    ]
    plt.close("all")
    png = charts.overview(labels)._repr_png_()
    assert png.startswith(b"\x89PNG")
    assert plt.get_fignums() == []


def test_the_overview_of_half_a_table_says_what_is_missing_where(labels):
    figure = charts.overview(labels[["path", "size", "duration"]])
    said = [" ".join(text.get_text() for text in ax.texts).replace("\n", " ") for ax in figure.axes]
    assert "storage needs the column 'title' (from classify)" in said[0]
    assert said[1] == ""
    assert "confidence needs the column 'confidence' (from classify)" in said[5]
    figure.canvas.draw()
