"""A report is one file that says what its table says, loads nothing, runs nothing, and shows every name as text."""

import base64
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg import errors
from mediaorg.explore import charts, findings

EVIL = "<script>alert('x')</script>\u202egpj.\x07 $x^2$ & \"q\" --> ]]>"


@pytest.fixture(scope="module")
def labels(collection):
    media = mo.run(mo.probe(mo.run(mo.scan(collection, progress=False)), progress=False, cache=False))
    drawn = mo.run(mo.thumbnails(media, pixels=64, progress=False, cache=False))
    return mo.run(mo.classify(drawn, progress=False, cache=False))


class Page(HTMLParser):
    """What a browser would make of a page: its tags, its text, its tables by their heading."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.text, self.tables = [], [], [], {}
        self._heading, self._open = "", ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self._open = tag
        if tag == "tr":
            self.tables.setdefault(self._heading, []).append([])
        if tag in ("td", "th"):
            self.tables[self._heading][-1].append("")

    def handle_endtag(self, tag):
        self._open = ""

    def handle_data(self, data):
        if self._open == "h2":
            self._heading = data
        if self._open in ("td", "th"):
            self.tables[self._heading][-1][-1] += data
        if self._open != "style":
            self.text.append(data)


@pytest.fixture
def written(labels, tmp_path):
    return (mo.report(labels, tmp_path / "report.html", title="All & <more>")).read_text(encoding="utf-8")


def images(text, kind):
    return [base64.b64decode(found) for found in re.findall(rf'src="data:image/{kind};base64,([^"]+)"', text)]


def test_every_chart_and_every_finding_is_in_it(written, labels):
    page = Page(written)
    drawn = images(written, r"svg\+xml")
    assert len(drawn) == len(charts.__all__) - 2  # the overview is these; pictures are themselves
    for svg in drawn:
        ET.fromstring(svg)
    said = dict(page.attributes)
    assert said["alt"] is not None
    assert any(findings.summary(labels).loc["all", "files"] == int(text) for text in page.text if text.isdigit())
    assert [row[0] for row in page.tables["What does not play"][1:]] == [
        path.removeprefix(f"{labels['root'].iloc[0]}/") for path in findings.broken(labels)["path"]
    ]
    assert len(page.tables["What is there more than once"]) == 1 + len(findings.duplicates(labels))
    assert ["Kaze no Hashi", "", "1–6, 9–12"] in page.tables["Missing episodes"]
    assert [row[2] for row in page.tables["Labels that want a look"][1:]] == findings.doubtful(labels)["title"].tolist()


def test_it_names_the_folder_and_not_where_that_lies(labels, tmp_path):
    table = labels.assign(root="/home/ripley/Films", path="/home/ripley/Films/" + labels["name"])
    text = mo.report(table, tmp_path / "r.html").read_text(encoding="utf-8")
    assert [words for words in Page(text).text if words.endswith(" · Films")]
    assert "ripley" not in text


def test_pictures_are_in_it_where_the_table_has_them(written, labels, tmp_path):
    pictures = [jpeg for jpeg in labels["thumbnail"] if isinstance(jpeg, bytes)]
    assert images(written, "jpeg") == pictures[:60]
    bare = mo.report(labels.drop(columns="thumbnail"), tmp_path / "bare.html").read_text(encoding="utf-8")
    assert "Pictures" not in bare


def test_it_loads_nothing_and_runs_nothing(written):
    page = Page(written)
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    assert all(value.startswith("data:image/") for name, value in page.attributes if name in ("src", "href", "srcset"))
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "@import" not in written
    assert "url(" not in written


@pytest.mark.parametrize(
    "column", ["title", "path", "probe_error", "evidence", "root", "media_type", "kind", "edition"]
)
def test_a_name_is_text_wherever_it_stands(labels, tmp_path, column):
    table = labels.head(8).copy()
    table[column] = EVIL
    table["playable"], table["needs_review"] = False, True
    text = mo.report(table, tmp_path / "r.html", title=EVIL).read_text(encoding="utf-8")
    page = Page(text)
    assert "script" not in page.tags
    assert "\u202e" not in text
    assert "\x07" not in text
    assert "<script>alert('x')</script>\ufffdgpj.\ufffd $x^2$ & \"q\" --> ]]>" in page.text
    for svg in images(text, r"svg\+xml"):
        ET.fromstring(svg)


@settings(max_examples=40)
@given(st.text(min_size=1, max_size=40))
def test_any_reason_is_shown_as_it_is_or_with_a_sign_for_what_cannot_be_seen(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("any") / "r.html"
    table = pd.DataFrame({"path": ["/a.mkv"], "playable": [False], "probe_error": [text]}, dtype="object")
    [_, [_, _, said]] = Page(mo.report(table, file).read_text(encoding="utf-8")).tables["What does not play"]
    assert len(said) == len(text)
    assert all(one == other or other == "\ufffd" for one, other in zip(text, said, strict=True))


def test_half_a_table_says_what_is_missing_and_from_which_stage(tmp_path):
    text = mo.report(pd.DataFrame({"path": ["/a.mkv"], "size": [5]}), tmp_path / "r.HTM").read_text(encoding="utf-8")
    said = "".join(Page(text).text)
    assert "broken needs the column 'playable' (from probe)." in said
    assert "the chart timeline needs the column 'mtime' (from scan)" in said
    assert "do not play" in said


def test_long_tables_are_cut_and_counted(tmp_path):
    table = pd.DataFrame({"path": [f"/{n}.mkv" for n in range(70)], "playable": False})
    page = Page(mo.report(table, tmp_path / "r.html").read_text(encoding="utf-8"))
    assert len(page.tables["What does not play"]) == 51
    assert "50 of 70 shown" in page.text
    shows = pd.DataFrame(
        {"path": "/a", "title": [f"Show {n}" for n in range(60)], "season": 1, "episodes": [(2,)] * 60}
    )
    page = Page(mo.report(shows, tmp_path / "r.html").read_text(encoding="utf-8"))
    assert len(page.tables["Missing episodes"]) == 51
    assert "50 of 60 shown" in page.text


def test_one_that_is_there_is_replaced_as_a_whole_and_nothing_is_left_beside_it(tmp_path):
    table = pd.DataFrame({"path": ["/a.mkv"]})
    (tmp_path / "r.html").write_text("old")
    assert mo.report(table, tmp_path / "r.html") == tmp_path / "r.html"
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("film.mkv", errors.BadSetting, "must end in .html or .htm, not '.mkv'"),
        ("report", errors.BadSetting, "not 'without a suffix'"),
        ("gone/r.html", errors.NoSuchFolder, "no folder"),
        ("folder.html", errors.NotWritable, "cannot be written to"),
    ],
)
def test_where_it_cannot_go_it_says_why_and_touches_nothing(tmp_path, name, error, said):
    (tmp_path / "film.mkv").write_bytes(b"film")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(error, match=said):
        mo.report(pd.DataFrame({"path": ["/a.mkv"]}), tmp_path / name)
    assert (tmp_path / "film.mkv").read_bytes() == b"film"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mkv", "folder.html"]


def test_what_is_no_table_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(errors.MissingColumns, match=r"report needs the column 'path' \(from scan\)"):
        mo.report(pd.DataFrame(), tmp_path / "r.html")
    with pytest.raises(errors.BadSetting, match="report needs a DataFrame"):
        mo.report(["/a.mkv"], tmp_path / "r.html")
    assert list(tmp_path.iterdir()) == []


def test_nothing_global_is_touched_and_the_table_is_left_alone(labels, tmp_path):
    before, settings_before = labels.copy(deep=True), dict(mpl.rcParams)
    mine = plt.figure()
    mo.report(labels, tmp_path / "r.html")
    assert dict(mpl.rcParams) == settings_before
    assert plt.get_fignums() == [mine.number]
    plt.close(mine)
    pd.testing.assert_frame_equal(labels, before)
