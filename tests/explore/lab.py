"""A real JupyterLab with a real kernel in a headless Chromium, for tests that look at what a person would see."""

import ast
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import nbformat

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

_ASK = """async ([code, it]) => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    const reply = await kernel.requestExecute({ code, silent: true, user_expressions: { it } }).done;
    return reply.content.status === "ok" ? reply.content.user_expressions.it : reply.content;
}"""
CHECKOUT = Path(__file__).parent.parent.parent


@contextmanager
def lab(folder: Path, code: str) -> Iterator["Lab"]:
    """Open a notebook of one cell, whose last line shows a grid called `grid`; not run yet."""
    from playwright.sync_api import sync_playwright  # where it is missing, the tests are skipped and this is still read

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "grid.ipynb")
    with _server(folder) as address, sync_playwright() as playwright:
        _post(address, "sessions", path="grid.ipynb", name="", type="notebook", kernel={"name": "python3"})
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            page = chromium.new_page(viewport={"width": 1360, "height": 900})
            page.set_default_timeout(20_000)
            page.goto(f"{address}/lab/tree/grid.ipynb?reset")
            page.locator(".jp-CodeCell .cm-content").wait_for()
            page.wait_for_function(
                "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
            )
            yield Lab(page, folder)
        finally:
            chromium.close()


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A JupyterLab of its own: no settings, kernels or history of the user's."""
    settings = folder / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {f"JUPYTER_{name.upper()}_DIR": str(folder / name) for name in ("runtime", "config", "data")}
    environment = {**os.environ, **places, "HOME": str(folder), "IPYTHONDIR": str(folder), "PYTHONPATH": str(CHECKOUT)}
    quiet = ["--no-browser", "--allow-root", "--IdentityProvider.token="]
    alone = [
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--expose-app-in-browser",
        "--ServerApp.disable_check_xsrf=True",
    ]
    command = [sys.executable, "-m", "jupyterlab", *quiet, *alone, f"--ServerApp.root_dir={folder}"]
    server = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        said = []
        for line in server.stderr:
            said.append(line)
            if f"http://127.0.0.1:{port}/lab" in line:
                break
        else:
            raise RuntimeError("JupyterLab did not start:\n" + "".join(said))
        address = f"http://127.0.0.1:{port}"
        yield address
        _post(address, "shutdown")
        server.communicate(timeout=20)
    finally:
        server.kill()
        server.communicate()


def _post(address: str, what: str, **content: Any) -> Any:
    request = Request(f"{address}/api/{what}", json.dumps(content).encode(), {"Content-Type": "application/json"})
    with urlopen(request) as reply:
        said = reply.read()
    return json.loads(said) if said else None


class Lab:
    """The page, the kernel behind it, and the grid in it."""

    def __init__(self, page: "Page", folder: Path) -> None:
        self.page, self.folder = page, folder
        self.grid = page.locator(".jp-OutputArea [role=grid]")
        self.widget = page.locator(".mediaorg-review")
        self.filter = self.widget.locator("input[type=search]")

    def run(self) -> None:
        """Run the cell, and wait until its grid is there."""
        self.widget.evaluate_all("widgets => widgets.forEach((widget) => (widget.dataset.mark = 'old'))")
        self.page.locator(".jp-CodeCell .cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self.page.locator(".mediaorg-review:not([data-mark]) [role=grid][aria-rowcount]").wait_for(state="attached")

    def ask(self, expression: str) -> Any:
        """What the kernel says `expression` is, by way of JSON."""
        said = self.page.evaluate(_ASK, ["", f"__import__('json').dumps({expression}, default=str)"])
        assert said["status"] == "ok", said
        return json.loads(ast.literal_eval(said["data"]["text/plain"]))

    def tell(self, code: str) -> None:
        """Have the kernel do something."""
        said = self.page.evaluate(_ASK, [code, "0"])
        assert said["status"] == "ok", said

    def row(self, title: str) -> "Locator":
        """The row of a title."""
        return self.grid.locator("[role=row]", has_text=title)

    def cell(self, title: str, column: str) -> "Locator":
        """A cell of the row of a title."""
        return self.row(title).first.locator(f"[data-column={column}]")

    def dark(self, *, on: bool) -> None:
        """Change the theme of the page, as its menu does."""
        name = "JupyterLab Dark" if on else "JupyterLab Light"
        self.page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})", name)
        self.page.locator(f"body[data-jp-theme-light={'false' if on else 'true'}]").wait_for(state="attached")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")
