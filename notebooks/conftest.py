"""A notebook under test has a kernel with a home of its own: no cache, journal or history of the user is met."""

import runpy
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

places = runpy.run_path(str(Path(__file__).with_name("refresh.py")))["places"]
_HOME = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """The kernel is started by the first cell of a notebook, and keeps the environment it finds then."""
    if item.path.suffix != ".ipynb":
        return (yield)
    if _HOME not in item.config.stash:
        item.config.stash[_HOME] = tempfile.TemporaryDirectory(prefix="mediaorg-notebook-")
    with places(Path(item.config.stash[_HOME].name)):
        return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the homes away when the kernels have ended."""
    if _HOME in config.stash:
        config.stash[_HOME].cleanup()
