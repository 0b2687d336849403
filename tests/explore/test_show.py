"""A plan is shown whole and readable, and whatever its names hold stays text."""

import re
import unicodedata
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg.schema import PLAN, table

TAGS = {
    "div",
    "style",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "span",
    "bdi",
    "del",
    "ins",
    "b",
    "i",
}


class Page(HTMLParser):
    """The cells of a page as text, its text nodes, what is marked, and whether every tag is closed where it should be."""

    def __init__(self, shown):
        super().__init__(convert_charrefs=True)
        self.rows, self.texts, self.open, self.tags, self.style, self.marked = (
            [],
            [],
            [],
            set(),
            "",
            {"ins": [], "del": []},
        )
        self.feed(shown._repr_html_())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)
        assert {name for name, _ in attrs} <= {"class", "scope", "colspan", "dir"}
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag in self.marked:
            self.marked[tag].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1] == "style":
            self.style = data
            return
        self.texts.append(data)
        for tag in {"ins", "del"} & set(self.open):
            self.marked[tag][-1] += data
        if self.rows and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    @property
    def files(self):
        return [row for row in self.rows if len(row) == 4][1:]

    @property
    def headings(self):
        return [row[0] for row in self.rows if len(row) == 1]


def plan(*rows, **more):
    names = ("source", "target", "status", "reason")
    frame = table(PLAN, {name: [dict(zip(names, row, strict=False)).get(name) for row in rows] for name in names})
    return frame.assign(**more)


def row(source="/in/a.mkv", target="/library/Movies/A/A.mkv", status="ready", reason=None):
    return (source, target, status, reason)


# ---- names stay text

HOSTILE = st.text(
    st.sampled_from("a $\\<>&\"'()[]/\u202e\u2066\u200b\u200d\0\x1b\n\x7f\ue000é漢א😀\u0301"), max_size=12
)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_whatever_a_name_holds_is_shown_as_text(old, new, status, reason, title):
    shown = mo.show(plan((f"/in/{old}", f"/library/{new}", status, reason), title=[title], target_root=["/library"]))
    page = Page(shown)
    assert page.tags <= TAGS
    for text in [*page.texts, *repr(shown).split("\n")]:
        bad = {unicodedata.category(sign) for sign in text if sign not in "\u200c\u200d"}
        assert not bad & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    for text in page.texts:  # nothing for MathJax to find
        assert text in ("$", "\\") or not set(text) & {"$", "\\"}
    assert 'class="mediaorg-plan tex2jax_ignore mathjax_ignore"' in shown.html
    [[_, was, becomes, _]] = page.files
    for name, cell in ((old, was), (new, becomes)):
        assert [sign for sign in name if sign.isalnum()] == [
            sign for sign in re.sub(r"⟨U\+\w+⟩|→", "", cell) if sign.isalnum()
        ] or (cell == "stays" or status == "unchanged" or "/" in old + new)


def test_markup_and_formulas_in_every_cell_are_escaped():
    evil = "<img src=x onerror=alert(1)>&lt;$x$"
    shown = mo.show(plan((evil, evil + "2", evil, evil), title=[evil]))
    assert "<img" not in shown.html
    assert not re.search(r"\$[^<]*\$", shown.html)
    [cells] = Page(shown).files
    assert cells == [evil, evil, f"→ {evil}2", evil]


def test_what_cannot_be_seen_is_written_out():
    shown = mo.show(plan(row("/in/evil\u202egpj.mkv"), row("/in/two\nlines\x1b[31m.mkv")))
    assert [cells[1] for cells in Page(shown).files] == ["evil⟨U+202E⟩gpj.mkv", "two⟨U+000A⟩lines⟨U+001B⟩[31m.mkv"]
    assert "two⟨U+000A⟩lines" in repr(shown)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("Ali\u200den", "Ali⟨U+200D⟩en"),
        ("A\u200d", "A⟨U+200D⟩"),
    ],
)
def test_joiners_stay_where_a_script_needs_them(name, seen):
    assert seen in repr(mo.show(plan(row(f"/in/{name}.mkv"))))


def test_components_of_a_path_keep_their_order_in_any_script():
    html = mo.show(plan(row(target="/library/שלום עולם/אב.mkv"), target_root=["/library"])).html
    assert re.search(r'<bdi dir="ltr"><bdi>(<ins>)?שלום עולם(</ins>)?</bdi>/<bdi>', html)


def test_a_cell_that_is_no_name_to_be_read_is_cut_and_says_so():
    shown = mo.show(plan(row("/in/" + "x" * 100_000)))
    assert len(shown.html) < 5000
    assert "99,600 characters" in repr(shown)


# ---- old and new


def test_what_differs_is_marked_and_nothing_else():
    shown = mo.show(plan(row("/in/alien.1979.mkv", "/library/Movies/Alien (1979).mkv"), target_root=["/library"]))
    page = Page(shown)
    assert page.files == [["ready", "alien.1979.mkv", "→ Movies/Alien (1979).mkv", ""]]
    assert page.marked == {"del": ["alien."], "ins": ["Movies", "Alien (", ")"]}


@given(st.text("ab./ ", max_size=9), st.text("ab./ ", max_size=9))
def test_what_is_not_marked_is_the_same_in_both(old, new):
    html = mo.show(plan(row(f"/x/{old}", f"/x/{new}"), target_root=["/x"])).html
    [line] = re.findall(r"<tr><td.*?</tr>", html)
    was, becomes = (re.sub(r"<[^>]*>", "", re.sub(r"<(ins|del)>.*?</\1>", "", part)) for part in line.split("→"))
    plain = [re.sub(r"[/\s]|ready", "", part) for part in (was, becomes)]
    assert plain[0] == plain[1]


def test_a_long_name_of_few_words_is_compared_like_any_other():
    name = "a b " * 60
    assert Page(mo.show(plan(row(f"/x/{name}1", f"/x/{name}2")))).marked == {"del": ["1"], "ins": ["x", "2"]}


def test_what_stays_what_is_taken_away_and_what_has_no_target_say_so():
    frame = plan(
        row(target=None, status="unchanged"), row(target="/in/a.mkv", status="unchanged"), row(target=None, status="blocked"),
        row(status="ready"),
    ).assign(operation=["skip", "move", "move", "remove"], title="A")  # fmt: skip
    assert [cells[2] for cells in Page(mo.show(frame)).files] == ["stays", "stays", "no target", "is taken away"]


def test_sources_are_shown_below_what_they_share_and_targets_below_the_library():
    frame = plan(row("/in/x/a.mkv"), row("/in/y/b.mkv"), target_root=["/library/", "/library/"])
    assert [cells[1:3] for cells in Page(mo.show(frame)).files] == [
        ["x/a.mkv", "→ Movies/A/A.mkv"],
        ["y/b.mkv", "→ Movies/A/A.mkv"],
    ]
    assert repr(mo.show(frame)).startswith("2 files: 2 ready\nfrom /in\nto /library\n")
    two = plan(row("/in/a.mkv"), row("/on/b.mkv", "/other/B.mkv"), target_root=["/library", "/other"])
    assert [cells[1:3] for cells in Page(mo.show(two)).files] == [
        ["/in/a.mkv", "→ /library/Movies/A/A.mkv"],
        ["/on/b.mkv", "→ /other/B.mkv"],
    ]


# ---- groups, statuses, counts


def test_files_are_grouped_by_work_and_sidecars_by_their_video():
    frame = plan(*(row(f"/in/{number}.mkv") for number in range(5))).assign(
        title=["Alien", "Heat", None, None, "Alien"], year=[1979, 1995, None, None, 1979], move_id=list("abcde"),
        belongs_to=[None, None, "a", None, None], status=["ready", "conflict", "ready", "ready", "review"],
    )  # fmt: skip
    page = Page(mo.show(frame))
    assert page.headings == [
        "Alien (1979), 3 files: 2 ready, 1 review",
        "Heat (1995), 1 file: 1 conflict",
        "library/Movies, 1 file: 1 ready",
    ]
    assert [cells[1] for cells in page.files] == ["0.mkv", "2.mkv", "4.mkv", "1.mkv", "3.mkv"]


@pytest.mark.parametrize("status", ["ready", "review", "conflict", "blocked", "unchanged", "what I typed"])
def test_a_status_is_told_in_words_and_a_colour_that_can_be_read(status):
    shown = mo.show(plan(row(status=status)))
    [[name, words]] = re.findall(r'<b class="(\w+)">([^<]*)</b>', shown.html)
    [colours] = re.findall(rf" b\.{name}{{background:(#\w+);color:(#\w+)}}", Page(shown).style)
    assert words == status
    light, dark = sorted(map(luminance, colours), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2, AA


def luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_no_colour_of_the_page_is_taken_for_granted():
    """Text inherits its colour, or brings its ground along: a tint lets the page through."""
    shown = mo.show(plan(row()))
    assert "style=" not in shown.html
    rules = re.findall(r"{([^}]*)}", Page(shown).style)
    assert len(rules) > 5
    for rule in rules:
        names = dict(part.split(":", 1) for part in rule.split(";"))
        assert ("color" in names) <= ("background" in names)
        assert "color" in names or re.fullmatch(r"rgba\(.*,\.\d+\)|", names.get("background", ""))


def test_its_style_touches_nothing_else_on_the_page():
    style = Page(mo.show(plan(row()))).style
    assert all(one.startswith(".mediaorg-plan ") for one in re.findall(r"([^{}]*){", style))


@pytest.mark.parametrize("cell", ["th", "td"])
def test_names_begin_at_the_left_whatever_the_notebook_says_of_tables(cell):
    [rule] = re.findall(rf"\.mediaorg-plan table {cell}{{([^}}]*)}}", Page(mo.show(plan(row()))).style)
    assert "text-align:left!important" in rule.split(";")


def test_of_many_rows_some_are_drawn_and_the_others_counted():
    many = plan(*(row(f"/in/{at}.mkv", status="ready" if at % 4 else "conflict") for at in range(1000)))
    shown = mo.show(many)
    assert len(Page(shown).files) == 200
    assert len(shown.html) < 100_000
    assert Page(shown).headings[-1] == "… and 800 more files: 600 ready, 200 conflict"
    assert repr(shown).endswith("\n\n… and 800 more files: 600 ready, 200 conflict")
    assert len(Page(mo.show(many, rows=1)).files) == 1
    assert Page(mo.show(many.head(2), rows=1)).headings[-1] == "… and 1 more file: 1 ready"


@pytest.mark.parametrize("files", [0, 3])
def test_a_whole_plan_leaves_nothing_out(files):
    shown = mo.show(plan(*(row() for _ in range(files))))
    assert len(Page(shown).files) == files
    assert "more" not in repr(shown)


def test_a_real_plan_is_shown_and_left_as_it_was(messy, tmp_path):
    labels = mo.run(mo.classify(mo.run(mo.scan(messy, progress=False)), progress=False))
    planned = mo.plan(labels, tmp_path / "library")
    before = planned.copy()
    shown = mo.show(planned, rows=1000)
    pd.testing.assert_frame_equal(planned, before)
    assert len(Page(shown).files) == len(planned)
    assert Page(mo.show(planned[["source", "target", "status"]], rows=1000)).files


def test_what_was_loaded_from_a_spreadsheet_is_shown_alike(tmp_path):
    planned = plan(row("/in/a\\xff.mkv", reason="=1+1"), row(status="review"))
    mo.save_plan(planned, tmp_path / "plan.csv")
    assert mo.show(mo.load_plan(tmp_path / "plan.csv")) == mo.show(planned)


@pytest.mark.parametrize("gone", ["source", "target", "status"])
def test_a_column_that_lacks_is_named(gone):
    with pytest.raises(mo.errors.MissingColumns, match=rf"'{gone}' \(from plan\)"):
        mo.show(plan().drop(columns=gone))


@pytest.mark.parametrize("rows", [0, 1001, 2.5, True, "all"])
def test_a_bad_number_of_rows_is_a_clear_error(rows):
    with pytest.raises(mo.errors.BadSetting, match="rows must be a whole number from 1 to 1000"):
        mo.show(plan(), rows=rows)
