"""The messy collection, laid out once for those who only look, afresh for those who move."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import mediaorg as mo
from mediaorg.io.disk import machine

NOBODY = 65534


class OpenFolder(type(Path())):
    """A folder anybody may enter, and the user who has no rights beyond that."""

    @contextmanager
    def user(self) -> Iterator[None]:
        """Root is refused nothing, so root becomes nobody for a while."""
        if os.geteuid() != 0:
            yield
            return
        mo.run(mo.scan(self, progress=False))  # what is imported on first use may lie where nobody may read
        mo.runs(self / "none.sqlite")
        machine()
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)


@pytest.fixture
def unprivileged() -> Iterator[OpenFolder]:
    """A folder outside pytest's own, which is closed to others."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield OpenFolder(folder)
        for path in Path(folder).iterdir():
            path.chmod(0o755)


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample collection, for tests that change nothing."""
    return mo.samples(tmp_path_factory.mktemp("collection") / "messy")


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """A fresh copy of the sample collection, for tests that move it about."""
    return mo.samples(tmp_path / "messy")
