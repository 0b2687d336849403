"""The grid as a person meets it: in JupyterLab, with a kernel, by mouse and by keyboard, in light and in dark.

What it looked like is kept as pictures in the folder MEDIAORG_SCREENSHOTS names, else in pytest's own.
"""

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="needs playwright (pip install playwright)")

from playwright.sync_api import expect

from tests.explore.lab import Lab, lab

pytestmark = pytest.mark.chromium

SETUP = """
import pandas as pd, mediaorg as mo
def films(*titles, **more):
    frame = pd.DataFrame({"title": titles, "media_type": "movie", "kind": "video"})
    frame["path"] = [f"/in/some.{i}.1080p.WEB.mkv" for i in range(len(titles))]
    frame["confidence"] = [0.5 + i % 50 / 100 for i in range(len(titles))]
    return mo.plan(frame.assign(**more), "/library", existing=[])
"""
HOSTILE = [
    "<script>window.hurt = 1</script>",
    "<img src=x onerror='window.hurt = 1'>",
    "$E = mc^2$",
    "gpj\u202eexe",
    "a\x07b",
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A notebook whose one cell reviews `plan`."""
    with lab(tmp_path_factory.mktemp("lab"), "grid = mo.review(plan, existing=[])\ngrid") as there:
        there.tell(SETUP)
        yield there


@pytest.fixture
def review(opened):
    """Show a plan, which is given as Python."""

    def show(plan: str) -> Lab:
        opened.tell(f"plan = {plan}")
        opened.run()
        return opened

    return show


@pytest.fixture(scope="module")
def picture(opened, tmp_path_factory):
    """Keep what the widget looks like."""
    folder = Path(os.environ.get("MEDIAORG_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return lambda name: opened.widget.screenshot(path=folder / f"{name}.png")


def press(there, *keys):
    for key in keys:
        there.page.keyboard.press(key)


def said(there, words):
    """The answer of Python has come."""
    expect(there.widget.locator(".words")).to_contain_text(words)


def test_by_keyboard_alone_rows_are_ticked_edited_filtered_and_taken_back(review):
    there = review("films('Alien', 'Heat', 'Brazil')")
    there.grid.focus()
    press(there, "j", "Space")
    said(there, "1 row taken out")
    assert there.ask("grid.plan['operation'].tolist()") == ["move", "skip", "move"]
    press(there, "Space")
    said(there, "1 row ticked")
    press(there, "k", "Enter")
    there.page.keyboard.type("Aliens")
    press(there, "Escape", "Enter")
    there.page.keyboard.type("Alien 3")
    press(there, "Enter")
    said(there, "title 'Alien 3'")
    assert there.ask("grid.plan.loc[0, ['title', 'target']].tolist()") == [
        "Alien 3",
        "/library/Movies/Alien 3/Alien 3.mkv",
    ]
    press(there, "/")
    there.page.keyboard.type("BRAZIL")
    expect(there.grid).to_have_attribute("aria-rowcount", "1")
    press(there, "Enter", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Enter")
    there.page.keyboard.type("1985")
    press(there, "Enter")
    said(there, "year '1985'")
    press(there, "z")
    said(there, "undone")
    press(there, "z")
    said(there, "undone: 1 row: title 'Alien 3'")
    assert there.ask("grid.plan['target'].tolist()") == [
        f"/library/Movies/{t}/{t}.mkv" for t in ("Alien", "Heat", "Brazil")
    ]


def test_no_key_of_the_grid_is_a_command_of_the_notebook(review):
    there = review("films('Alien')")
    there.grid.focus()
    press(there, "d", "d", "a", "b", "x", "c", "v", "m", "y", "0", "0", "Shift+M", "i", "i")
    press(there, "Enter", "d", "d", "Escape")
    press(there, "/", "d", "d", "b")
    assert there.page.locator(".jp-Cell").count() == 1
    assert there.page.locator(".jp-CodeCell").count() == 1
    assert there.page.locator(".jp-Dialog").count() == 0


def test_by_mouse_rows_are_ticked_and_cells_edited(review):
    there = review("films('Alien', 'Heat')")
    there.cell("Heat", "operation").click()
    said(there, "1 row taken out")
    there.cell("Heat", "media_type").dblclick()
    there.grid.locator("select").select_option("other")
    press(there, "Enter")
    said(there, "media type 'other'")
    there.cell("Alien", "target").dblclick()
    there.page.keyboard.type("Films/A.mkv")
    press(there, "Enter")
    said(there, "target 'Films/A.mkv'")
    assert there.ask("grid.plan['operation'].tolist()") == ["move", "skip"]
    assert there.ask("grid.plan['target'].tolist()[0]") == "/library/Films/A.mkv"
    there.widget.get_by_role("button", name="undo").click()
    said(there, "undone")
    there.widget.get_by_role("button", name="take out shown").click()
    said(there, "1 row taken out")
    assert there.ask("grid.plan['operation'].tolist()") == ["skip", "skip"]


def test_all_rows_shown_and_a_whole_show_are_renamed_at_once(review, picture):
    show = "[f'/in/Lots/Lots.S01E{n:02d}.mkv' for n in range(1, 8)] + ['/in/Heat.1995.mkv']"
    there = review(f"mo.plan(mo.run(mo.classify({show}, progress=False)), '/library', existing=[])")
    there.filter.fill("e03")
    there.grid.focus()
    press(there, "t")
    there.widget.get_by_label("of which rows").select_option("show")
    there.widget.get_by_label("to what").fill("Lost")
    picture("bulk")
    press(there, "Enter")
    said(there, "7 rows: title 'Lost'")
    assert there.ask("grid.plan['title'].value_counts().to_dict()") == {"Lost": 7, "Heat": 1}
    press(there, "t")
    there.page.keyboard.type("Loft")
    press(there, "Enter")
    said(there, "1 row: title 'Loft'")
    assert there.ask("grid.plan['target'].tolist()[2]") == "/library/Shows/Loft/Season 01/Loft S01E03.mkv"
    press(there, "Shift+R")
    said(there, "1 row taken out")
    press(there, "Shift+A")
    said(there, "1 row accepted")
    assert there.ask("(grid.plan['operation'] == 'skip').sum()") == "0"


def test_hostile_titles_are_text_wherever_they_are_shown(review, picture):
    there = review(f"films(*{HOSTILE!r})")
    rows = there.grid.locator("[role=row]")
    expect(rows).to_have_count(len(HOSTILE))
    shown = rows.locator("[data-column=title]").all_text_contents()
    assert shown == [*HOSTILE[:3], "gpj[U+202E]exe", "a[U+0007]b"]
    there.grid.focus()
    press(there, "Enter")
    there.page.keyboard.type("<b onclick='window.hurt = 1'>$x$</b>")
    press(there, "Enter")
    said(there, "<b onclick")
    assert there.cell("<b onclick", "title").text_content() == "<b onclick='window.hurt = 1'>$x$</b>"
    assert there.widget.locator("script, img, b[onclick], mjx-container").count() == 0
    assert there.page.evaluate("window.hurt") is None
    assert not any(sign in there.widget.inner_text() for sign in "\u202e\x07")
    picture("hostile")


def test_what_is_wrong_is_said_in_words(review):
    there = review("films('Alien', 'Heat', 'Brazil')")
    there.grid.focus()
    press(there, "Enter")
    there.page.keyboard.type("Heat")
    press(there, "Enter")
    said(there, "title 'Heat'")
    there.cell("some.2", "target").dblclick()
    there.page.keyboard.type("/etc/passwd")
    press(there, "Enter")
    row = there.row("some.2")
    expect(row.locator("[data-column=status]")).to_have_text("! blocked")
    expect(row.locator("[data-column=reason]")).to_contain_text("system_folder: /etc/passwd would lie among")
    expect(there.widget.locator(".counts")).to_contain_text("3 rows · 3 ticked · 1 blocked · 2 ready")
    there.cell("some.2", "season").dblclick()
    there.page.keyboard.type("soon")
    press(there, "Enter")
    said(there, "'soon' is no season; write it as a whole number")
    assert there.ask("grid.plan['season'].isna().all() if 'season' in grid.plan else True") in (True, "True")


def test_the_difference_of_old_and_new_is_marked(review):
    there = review("films('Some')")
    marks = {tag: there.grid.locator(tag).all_text_contents() for tag in ("del", "ins")}
    assert marks == {"del": ["0", "1080p", "WEB"], "ins": ["Movies", "Some"]}


def test_those_who_listen_are_told_what_is_there(review):
    there = review("films('Alien', 'Heat')")
    there.grid.focus()
    press(there, "j")
    active = there.page.locator(f"[id='{there.grid.get_attribute('aria-activedescendant')}']")
    assert active.get_attribute("role") == "row"
    assert active.get_attribute("aria-rowindex") == "2"
    press(there, "ArrowRight")
    cell = there.page.locator(f"[id='{there.grid.get_attribute('aria-activedescendant')}']")
    assert (cell.get_attribute("role"), cell.get_attribute("aria-label")) == ("gridcell", "ticked")
    columns = there.row("Heat").locator("[role=gridcell]")
    assert columns.evaluate_all("cells => cells.map(cell => cell.getAttribute('aria-label'))")[3:5] == [
        "title: Heat",
        "year: none",
    ]
    assert there.widget.locator("[tabindex='0']").count() == 1
    assert there.filter.get_attribute("aria-label") == "filter the rows"
    assert there.widget.get_by_role("status").count() == 1


CONTRAST = """element => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (rgb) => {
        const [r, g, b] = rgb.map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let ground = element;
    while (rgba(getComputedStyle(ground).backgroundColor)[3] < 255) ground = ground.parentElement;
    const [ink, paper] = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor].map((c) => light(rgba(c).slice(0, 3)));
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_in_light_and_in_dark(review, picture, theme):
    there = review(
        "(p := films(*(f'Film {i}' for i in range(30)), needs_review=[i % 7 == 3 for i in range(30)]), "
        "p.__setitem__('target', p['target'].where(p.index != 1, p['target'][2])), "
        "p.__setitem__('target', p['target'].where(p.index != 0, '/etc/passwd')), "
        "p.__setitem__('operation', p['operation'].where(p.index != 3, 'skip')))[0]"
    )
    there.dark(on=theme == "dark")
    try:
        there.grid.focus()
        picture(theme)
        parts = [f".row.{status} .status" for status in ("conflict", "blocked", "review", "ready")]
        parts += ["del", "ins", ".reason", ".title", ".head", ".counts", ".detail p", ".filter", ".active .status"]
        poor = {
            part: round(ratio, 1)
            for part in parts
            if (ratio := there.widget.locator(part).first.evaluate(CONTRAST)) < 4.5  # WCAG 2.2, 1.4.3
        }
        assert poor == {}
    finally:
        there.dark(on=False)


def test_of_ten_thousand_rows_only_those_in_sight_are_in_the_page(review):
    there = review("films(*(f'Film {i}' for i in range(10_000)))")
    rows = there.grid.locator("[role=row]")
    expect(there.grid).to_have_attribute("aria-rowcount", "10000")
    assert 9 < rows.count() < 30
    there.grid.focus()
    press(there, "PageDown", "PageDown", "PageDown", "PageDown", "PageDown", "End")
    expect(there.row("Film 9999")).to_be_visible()
    assert rows.count() < 30
    press(there, "Enter")
    there.page.keyboard.type("The last")
    press(there, "Enter")
    said(there, "The last")
    there.filter.fill('title:"film 12" -"film 120"')
    expect(there.grid).to_have_attribute("aria-rowcount", "100")
    there.filter.fill("conf<0.52 title:99")
    expect(there.grid).to_have_attribute("aria-rowcount", "4")
    assert there.ask("grid.plan.loc[9999, 'title']") == "The last"


def test_columns_sort_and_the_doubtful_come_first(review):
    there = review("films('b', 'C', 'a', needs_review=[False, False, True])")
    titles = there.grid.locator("[role=row] [data-column=title]")
    expect(titles).to_have_text(["a", "b", "C"])
    press_head = there.widget.get_by_role("button", name="sort by title")
    press_head.click()
    press_head.click()
    expect(titles).to_have_text(["C", "b", "a"])
    press_head.click()
    expect(titles).to_have_text(["b", "C", "a"])


def test_an_empty_plan_is_an_empty_grid(review):
    there = review("films()")
    expect(there.grid).to_have_attribute("aria-rowcount", "0")
    expect(there.widget).to_contain_text("The plan is empty.")
    there.grid.focus()
    press(there, "j", "Space", "Enter", "t", "Escape", "Shift+A", "z")
    said(there, "nothing to undo")


def test_what_python_edits_is_shown_and_a_saved_notebook_holds_a_table(review):
    there = review("films('Alien', 'Heat')")
    there.tell("grid.edit(0, title='<i>New</i>')")
    expect(there.cell("<i>New</i>", "target").locator("bdi")).to_contain_text("Movies")
    there.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    there.page.locator(".jp-mod-current[title*='Last Saved']").first.wait_for(state="attached")
    (cell,) = json.loads((there.folder / "grid.ipynb").read_text())["cells"]
    page = "".join(cell["outputs"][0]["data"]["text/html"])
    assert "<table>" in page
    assert "Heat" in page
