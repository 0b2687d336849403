"""The grid without its page: what the page asks is done and answered, and what no page draws is a table."""

import json
import re
import zlib
from html.parser import HTMLParser

import ipywidgets
import pandas as pd
import pytest

import mediaorg as mo
from mediaorg import errors

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "$E=mc^2$",
    "a\u202egpj.exe",
    "bell\x07\nline",
    "&amp;",
]


@pytest.fixture(autouse=True)
def closed():
    yield
    ipywidgets.Widget.close_all()


def films(*titles, **more):
    return pd.DataFrame(
        {"path": [f"/in/{i}.mkv" for i in range(len(titles))], "media_type": "movie", "title": titles}
    ).assign(**more)


def grid_of(*titles, **more):
    return mo.review(mo.plan(films(*titles, **more), "/lib", existing=[]), existing=[])


class Page:
    """A page at the other end of the widget's comm: what it is told, and what it says."""

    comm_id = "page"
    kernel = True  # there is one that listens

    def __init__(self, grid):
        self.grid = grid
        self.told = []
        grid.comm = self

    def on_msg(self, heard):
        self.say = heard

    def send(self, data, buffers=None, **_):
        if data["method"] == "custom":
            self.told.append((data["content"], buffers or []))

    def close(self, *_, **__):
        pass

    def ask(self, **message):
        before = len(self.told)
        self.tell(**message)
        assert len(self.told) == before + 1
        content, buffers = self.told[-1]
        return {**content, **(unpacked(buffers[0]) if buffers else {})}

    def tell(self, **message):
        self.say({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})


def unpacked(data):
    return json.loads(zlib.decompress(data) if data[:1] == b"x" else data)


def table(grid):
    """The rows, as they are sent to a page that opens."""
    return unpacked(grid.get_state("_table")["_table"])


class Text(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.text += data


def static(grid):
    return grid._repr_mimebundle_()[0]["text/html"]


# ---- messages


def test_a_page_that_opens_is_given_all_rows_as_columns_at_any_time():
    grid = grid_of("A", "B")
    assert table(grid)["columns"]["target"] == ["/lib/Movies/A/A.mkv", "/lib/Movies/B/B.mkv"]
    grid.edit(1, title="C")
    told = table(grid)
    assert told["columns"]["title"] == ["A", "C"]
    assert (told["rows"], told["version"], told["above"], told["root"]) == (2, 1, "/in/", "/lib/")


def test_an_edit_of_the_page_is_answered_with_the_rows_that_changed():
    page = Page(grid_of(*(f"T{i}" for i in range(100))))
    answer = page.ask(do="edit", rows=[3], column="title", value=" Alien ")
    assert (answer["kind"], answer["rows"], answer["version"], answer["undoable"]) == ("changed", [3], 1, 1)
    assert answer["columns"]["target"] == ["/lib/Movies/Alien/Alien.mkv"]
    assert answer["words"] == "1 row: title 'Alien'"
    assert page.grid.plan.loc[3, "title"] == "Alien"


def test_ticks_and_undo_of_the_page_reach_the_plan():
    page = Page(grid_of("A", "B", needs_review=True))
    assert page.ask(do="untick", rows=[0, 1])["columns"]["operation"] == ["skip", "skip"]
    assert page.ask(do="tick", rows=[1])["columns"]["operation"] == ["move"]
    assert page.ask(do="accept", rows=[0, 1])["columns"]["status"] == ["ready", "ready"]
    for left in (2, 1, 0, 0):
        assert page.ask(do="undo")["undoable"] == left
    assert page.grid.plan[["operation", "status"]].to_numpy().tolist() == [["move", "review"]] * 2


def test_many_rows_are_edited_at_once_and_answered_in_one_packed_message():
    page = Page(grid_of(*(f"T{i}" for i in range(800)), season=None))
    answer = page.ask(do="edit", rows=list(range(800)), column="year", value="1999")
    assert answer["rows"] == list(range(800))
    assert set(answer["columns"]["year"]) == {1999}
    assert page.told[-1][1][0][:1] == b"x"


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [
        ("year", "1979", 1979),
        ("season", " 2 ", 2),
        ("season", "", None),
        ("episodes", "1-3, 5", (1, 2, 3, 5)),
        ("episodes", "E07", (7,)),
        ("media_type", "extra", "extra"),
        ("title", "  ", None),
        ("title", "$x$ <b>", "$x$ <b>"),
    ],
)
def test_what_is_typed_is_read_as_its_column_has_it(column, typed, value):
    page = Page(grid_of("A"))
    page.ask(do="edit", rows=[0], column=column, value=typed)
    cell = page.grid.plan[column].astype("object")[0]
    assert cell == value if value is not None else pd.isna(cell)


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("year", "soon"),
        ("episodes", "5-1"),
        ("episodes", "one"),
        ("media_type", "song"),
        ("size", "3"),
        ("season", "-1"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_changes(column, typed):
    page = Page(grid_of("A"))
    before = page.grid.plan
    answer = page.ask(do="edit", rows=[0], column=column, value=typed)
    assert answer["kind"] == "refused"
    assert answer["words"]
    pd.testing.assert_frame_equal(page.grid.plan, before)


def test_a_page_that_missed_a_change_is_given_all_rows():
    page = Page(grid_of("A"))
    page.grid.edit(0, title="B")
    answer = page.ask(do="hello", version=0)
    assert (answer["kind"], answer["version"], answer["columns"]["title"]) == ("table", 1, ["B"])
    page.tell(do="hello", version=1)
    assert len(page.told) == 2


def test_strange_cells_do_not_break_the_message():
    plan = mo.plan(films("A", "B"), "/lib", existing=[])
    plan["season"] = pd.Series([float("inf"), {"x": 1}], dtype="object")
    plan["title"] = pd.Series([b"bytes", 7], dtype="object")
    sent = table(mo.review(plan, existing=[]))["columns"]
    assert (sent["season"], sent["title"]) == ([None, "{'x': 1}"], ["b'bytes'", 7])


# ---- the same from Python


def test_edits_from_python_are_shown_by_the_page():
    page = Page(grid_of("A", "B", needs_review=True))
    page.grid.edit(lambda plan: plan["title"] == "A", title="C", year=2001)
    page.grid.untick([0, 1])
    page.grid.tick([True, False])
    page.grid.accept("/in/1.mkv")
    page.grid.undo_edit()
    kinds = [content["kind"] for content, _ in page.told]
    versions = [unpacked(buffers[0])["version"] for _, buffers in page.told]
    assert (kinds, versions) == (["changed"] * 5, [1, 2, 3, 4, 5])
    assert page.grid.plan["operation"].tolist() == ["move", "skip"]
    assert page.grid.plan["target"].tolist() == ["/lib/Movies/C (2001)/C (2001).mkv", "/lib/Movies/B/B.mkv"]


def test_a_row_nobody_has_is_an_error_and_an_undo_of_nothing_is_none():
    grid = grid_of("A")
    with pytest.raises(errors.BadSetting):
        grid.edit("/nowhere.mkv", title="B")
    grid.undo_edit()
    assert grid.plan.loc[0, "title"] == "A"


def test_a_plan_edited_to_nonsense_before_is_marked_with_its_reason():
    plan = mo.plan(films("A", "B", "C"), "/lib", existing=[])
    plan.loc[0, "target"] = "/etc/passwd"
    plan.loc[1, "operation"] = "explode"
    seen = mo.review(plan, existing=[]).plan
    assert seen["status"].tolist() == ["blocked", "blocked", "ready"]
    assert seen["reason"].str.partition(":")[0].tolist()[:2] == ["system_folder", "unknown_operation"]
    assert plan["status"].tolist() == ["ready"] * 3


def test_a_frame_that_is_no_plan_is_refused():
    with pytest.raises(errors.MissingColumns, match="review needs the column 'source'"):
        mo.review(films("A"))


def test_an_empty_plan_is_an_empty_grid():
    grid = mo.review(mo.plan(films(), "/lib", existing=[]))
    assert table(grid)["rows"] == 0
    assert repr(grid) == "0 rows, 0 ticked"
    assert "<table" in static(grid)
    assert len(grid.plan) == 0


def test_apply_does_what_the_grid_shows(tmp_path):
    for name in ("a.mkv", "b.mkv"):
        (tmp_path / name).write_text(name)
    labels = films("A", "B").assign(path=[str(tmp_path / "a.mkv"), str(tmp_path / "b.mkv")])
    grid = mo.review(mo.plan(labels, tmp_path / "lib"))
    grid.edit(0, title="New")
    grid.untick(1)
    done = mo.run(mo.apply(grid.plan, journal=tmp_path / "journal.sqlite", progress=False))
    assert done["state"].tolist() == ["done", "skipped"]
    assert (tmp_path / "lib/Movies/New/New.mkv").read_text() == "a.mkv"
    assert (tmp_path / "b.mkv").exists()


# ---- where no widget is drawn


def test_a_saved_notebook_shows_the_first_rows_with_the_doubtful_on_top_and_counts():
    grid = grid_of(*(f"Film {i}" for i in range(50)), needs_review=[i == 40 for i in range(50)])
    page = static(grid)
    assert page.count("<tr>") == 21
    assert page.index("Film 40") < page.index("Film 0")
    assert "50 rows, 50 ticked: 1 review, 49 ready; 30 more rows are in the grid" in Text(page).text
    bundle = grid._repr_mimebundle_()[0]
    assert bundle["text/plain"] == repr(grid) == "50 rows, 50 ticked: 1 review, 49 ready"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_table_shows_what_was_edited():
    grid = grid_of("A")
    grid.edit(0, title="Zebra")
    grid.untick(0)
    assert "☐" in static(grid)
    assert "Movies/Zebra/Zebra.mkv" in Text(static(grid)).text


def test_the_table_names_once_what_all_paths_begin_with():
    grid = grid_of("A", "B")
    grid.edit(1, target="/elsewhere/B.mkv")
    page = Text(static(grid)).text
    assert page.count("/lib/") == 1
    assert page.count("/in/") == 1
    assert "/elsewhere/B.mkv" in page


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_text_in_the_table(title):
    page = Text(static(grid_of(title)))
    assert page.tags <= {"div", "p", "table", "thead", "tbody", "tr", "th", "td", "bdi", "span"}
    assert not re.search(r"[\u202e\x07]", page.text)
    if title.isprintable():
        assert title in page.text


def test_no_dollar_of_the_table_begins_a_formula():
    assert "$" not in static(grid_of("$a$ and $$b$$")).replace("<span>$</span>", "")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_goes_to_the_page_as_it_is(title):
    assert table(grid_of(title))["columns"]["title"] == [title]
