"""A hash is of what the file holds, all of it or three pieces, and of no file that changes meanwhile."""

import os

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.io.container import Unreadable, identity
from mediaorg.io.contents import hashing, is_small, length
from mediaorg.io.disk import hash_file

PIECE = 1 << 16


def read(path, *, whole, who=None):
    """The hash, and how much was read for it."""
    steps, total = hashing(os.fspath(path), who or identity(path.stat()), whole=whole), 0
    while True:
        try:
            total += next(steps)
        except StopIteration as done:
            return done.value, total


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.mkv"
    path.write_bytes(os.urandom(1_000_003))
    return path


def test_the_whole_has_the_hash_by_which_copies_are_verified(film):
    assert read(film, whole=True) == (hash_file(os.fspath(film)), 1_000_003)


def test_of_pieces_the_beginning_the_middle_and_the_end_are_read(film):
    said, total = read(film, whole=False)
    assert total == length(1_000_003, whole=False) == 3 * PIECE
    whole = bytearray(film.read_bytes())
    for at, seen in (
        (0, True),
        (PIECE - 1, True),
        (PIECE, False),
        (500_001, True),
        (1_000_002, True),
        (900_000, False),
    ):
        changed = whole.copy()
        changed[at] ^= 1
        film.write_bytes(changed)
        assert (read(film, whole=False)[0] != said) == seen


def test_pieces_of_nothing_but_zeros_differ_where_the_size_does(tmp_path):
    said = set()
    for size in (1_000_000, 2_000_000):
        (tmp_path / "zeros").write_bytes(bytes(size))
        said.add(read(tmp_path / "zeros", whole=False)[0])
    assert len(said) == 2


@given(st.integers(0, 3 * PIECE))
def test_a_small_file_is_read_whole(tmp_path_factory, size):
    path = tmp_path_factory.mktemp("small") / "file"
    path.write_bytes(bytes(size))
    assert is_small(size)
    assert not is_small(3 * PIECE + 1)
    assert read(path, whole=False) == (xxhash.xxh3_128(bytes(size)).hexdigest(), size)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b"another"),
        lambda path: os.truncate(path, 1_000_004),
        lambda path: os.utime(path, (1, 1)),
    ],
    ids=["written anew", "grown", "touched"],
)
def test_a_file_that_changes_while_it_is_read_has_no_hash(film, change, whole):
    steps = hashing(os.fspath(film), identity(film.stat()), whole=whole)
    next(steps)
    change(film)
    with pytest.raises(Unreadable, match=r"^changed: .* while it was read"):
        list(steps)


@pytest.mark.parametrize("size", [0, 5, 1_000_003])
def test_a_file_that_is_another_by_now_is_not_read(tmp_path, size):
    film = tmp_path / "film.mkv"
    film.write_bytes(bytes(size))
    who = identity(film.stat())
    os.rename(film, f"{film}.old")
    film.write_bytes(bytes(1_000_003))
    with pytest.raises(Unreadable, match=r"^changed: .*(?<!read)$"):
        next(hashing(os.fspath(film), who, whole=True))


def test_a_file_that_is_left_in_mid_read_is_closed(film):
    steps = hashing(os.fspath(film), identity(film.stat()), whole=True)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    next(steps)
    steps.close()
    assert before == (len(os.listdir("/proc/self/fd")) if before is not None else None)


def test_a_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.mkv")
    with pytest.raises(Unreadable, match="not_regular: a named pipe"):
        read(tmp_path / "pipe.mkv", whole=True)
