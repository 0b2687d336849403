"""What every test and doctest has: a home of its own, and a say when a program is missing."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The suite's own timeout catches what hangs; a busy machine is no failure of a law.
settings.register_profile("mediaorg", deadline=None)
settings.load_profile("mediaorg")

PROGRAMS = {"chromium": "chromium", "ffprobe": "ffprobe (Debian package ffmpeg)", "strace": "strace"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--must-have", action="append", default=[], help="a program whose tests may not be skipped")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, with the reason in sight, what needs a program that is not here."""
    for program, name in PROGRAMS.items():
        if shutil.which(program) is not None:
            continue
        if program in config.getoption("--must-have"):
            raise pytest.UsageError(f"{name} is not installed, and its tests may not be skipped")
        for item in items:
            if item.get_closest_marker(program):
                item.add_marker(pytest.mark.skip(reason=f"needs {name}"))


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh place for cache, journal and temporary files: no test sees the user's, or another test's."""
    folder = tmp_path_factory.mktemp("home")
    places = {"XDG_CACHE_HOME": folder / "cache", "XDG_DATA_HOME": folder / "data", "TMPDIR": folder}
    with pytest.MonkeyPatch.context() as patch:
        for name, place in places.items():
            patch.setenv(name, os.fspath(place))
        patch.setattr("tempfile.tempdir", None)
        yield folder
