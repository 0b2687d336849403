"""Run the notebooks again, each in a fresh kernel, offline, and keep their outputs: ``make notebooks``.

    python notebooks/refresh.py [notebook ...]

What changes from run to run without meaning anything is taken out, so that a refreshed notebook differs from the
committed one only where what it shows is different. A notebook that raises, or is too large, is not written.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import matplotlib.font_manager  # makes the list of fonts here, once, and not with a message in a cell
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
LARGEST = 600_000  # bytes of a file
LONGEST = 40_000  # characters of one text of an output; a table of pandas that is shown whole by accident
WIDGET = "application/vnd.jupyter.widget-view+json"
NOWHERE = "http://127.0.0.1:9"  # the discard port: whoever asks the network is refused at once
_IN_PARTS = r"(?:<bdi>[\w.~-]*</bdi>/)*<bdi>mediaorg-\w{8}</bdi>"  # a temporary folder as mo.show writes it
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


def main(arguments: list[str]) -> int:
    """Refresh the notebooks named, or all; say what came of each."""
    failed = 0
    for path in [Path(argument) for argument in arguments] or sorted(HERE.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        with tempfile.TemporaryDirectory(prefix="mediaorg-notebook-") as home, places(Path(home)):
            NotebookClient(
                notebook, timeout=300, record_timing=False, resources={"metadata": {"path": os.fspath(path.parent)}}
            ).execute()
            cleaned(notebook, home)
        text = nbformat.writes(notebook) + "\n"  # type: ignore[no-untyped-call]
        wrong = complaints(text)
        failed += bool(wrong)
        if not wrong:
            path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {'; '.join(wrong) or f'{len(text.encode()):,} bytes'}")
    return 1 if failed else 0


@contextmanager
def places(home: Path) -> Iterator[None]:
    """A kernel started here keeps cache, journal, history and temporary files in `home`, and has no way out."""
    before = dict(os.environ)
    os.environ |= environment(home) | dict.fromkeys(_PROXIES, NOWHERE)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def environment(home: Path) -> dict[str, str]:
    """The variables that say where a kernel keeps what; matplotlib keeps its list of fonts, which takes seconds to make."""
    names = {"XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data", "IPYTHONDIR": "ipython", "TMPDIR": "tmp"}
    for name in names.values():
        (home / name).mkdir(exist_ok=True)
    places = {variable: os.fspath(home / name) for variable, name in names.items()}
    return places | {"MPLCONFIGDIR": mpl.get_cachedir(), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}


def cleaned(notebook: nbformat.NotebookNode, home: str) -> None:
    """Take out of `notebook` whatever differs from run to run and from machine to machine."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)  # a saved notebook has the table beside it, and no widget
            for holder, key in texts(output):
                text = holder[key].replace(f"{home}/tmp", "/tmp").replace(home, "/tmp").replace(str(Path.home()), "~")
                text = re.sub(r"/tmp/mediaorg-\w{8}\b", "/tmp/mediaorg-demo", text)
                text = re.sub(_IN_PARTS, "<bdi></bdi>/<bdi>tmp</bdi>/<bdi>mediaorg-demo</bdi>", text)
                text = re.sub(r"0x[0-9a-f]{6,}", "0x…", text)
                holder[key] = text if len(text) <= LONGEST else text[:LONGEST] + "\n… clipped"


def texts(output: nbformat.NotebookNode) -> Iterator[tuple[nbformat.NotebookNode, str]]:
    """Where the texts of an output stand; pictures are left as they are."""
    if "text" in output:
        yield output, "text"
    for kind in output.get("data", {}):
        if kind.startswith("text/"):
            yield output.data, kind


def complaints(text: str) -> list[str]:
    """Why a notebook may not be committed as it is."""
    wrong = {
        f"larger than {LARGEST:,} bytes": len(text.encode()) > LARGEST,
        "holds an error": '"output_type": "error"' in text,
        "shows a progress bar at its start": "0%|" in text,
        "writes to stderr": '"name": "stderr"' in text,
        "names a home folder": re.search(r"/(?:home|Users)/\w|/root/", text) is not None,
    }
    return [why for why, so in wrong.items() if so]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
