"""The committed notebooks can be read where nothing runs them, and name no machine."""

import copy
import runpy
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
REFRESH = runpy.run_path(str(FOLDER / "refresh.py"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def outputs(path):
    return [output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", ())]


@each_notebook
def test_a_notebook_is_committed_as_refresh_leaves_it(path):
    assert REFRESH["complaints"](path.read_text(encoding="utf-8")) == []
    notebook = nbformat.read(path, 4)
    again = copy.deepcopy(notebook)
    REFRESH["cleaned"](again, "/nowhere")
    assert again == notebook


@each_notebook
def test_every_output_of_a_notebook_can_be_read_without_a_kernel(path):
    shown = [set(output["data"]) for output in outputs(path) if "data" in output]
    assert any("text/html" in kinds for kinds in shown)
    assert all(kinds <= {"text/html", "text/plain", "image/png"} for kinds in shown)


@pytest.mark.parametrize("number", ["01", "02", "03"])
def test_a_story_has_its_pictures(number):
    [path] = (path for path in NOTEBOOKS if path.stem.startswith(number))
    assert any("image/png" in output.get("data", {}) for output in outputs(path))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("from /home/of/run/tmp/mediaorg-a1b2c3d4/messy", "from /tmp/mediaorg-demo/messy"),
        (
            "<bdi></bdi>/<bdi>home</bdi>/<bdi>run</bdi>/<bdi>mediaorg-a1b2c3d4</bdi>/<bdi>messy</bdi>",
            "<bdi></bdi>/<bdi>tmp</bdi>/<bdi>mediaorg-demo</bdi>/<bdi>messy</bdi>",
        ),
        ('<div class="mediaorg-plan">', '<div class="mediaorg-plan">'),
    ],
)
def test_a_temporary_folder_has_the_same_name_in_every_refresh(text, clean):
    data = {"text/html": text, REFRESH["WIDGET"]: {"model_id": "1"}}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data)])]
    )
    REFRESH["cleaned"](notebook, "/home/of/run")
    assert notebook.cells[0].outputs[0].data == {"text/html": clean}
