"""Clips made once, with the answer of the real ffprobe to each."""

import shutil
from typing import NamedTuple

import pytest

from mediaorg.records import Probe
from mediaorg.rules.probe_row import probe_row
from tests.rules.headers import corpus


class Clip(NamedTuple):
    data: bytes
    row: Probe  # what ffprobe says of it


class Clips(dict[str, Clip]):
    def __missing__(self, name: str) -> Clip:
        pytest.skip(f"this ffmpeg does not make {name}")


def made(folder, cases) -> Clips:
    if shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        pytest.skip("the ffmpeg and ffprobe programs are not installed")
    paths = corpus.make(folder, cases)
    answers = corpus.referee(paths)
    return Clips(
        {path.name: Clip(path.read_bytes(), probe_row(said)) for path, said in zip(paths, answers, strict=True)}
    )


@pytest.fixture(scope="session")
def clips(tmp_path_factory) -> Clips:
    return made(tmp_path_factory.mktemp("corpus"), corpus.ORDINARY | corpus.ODD)


@pytest.fixture(scope="session")
def wide_clips(tmp_path_factory) -> Clips:
    return made(tmp_path_factory.mktemp("wide"), corpus.WIDE)
