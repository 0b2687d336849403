"""A look at a file's own bytes: bounded, and never at what is no file."""

import os
import socket

import pytest

from mediaorg.io.container import Unreadable, identity, opened


def why(path) -> str:
    with pytest.raises(Unreadable) as refused, opened(os.fspath(path)):
        pass
    return str(refused.value)


def test_what_is_no_file_is_named_and_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.mkv")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(tmp_path / "socket.mkv"))
        assert why(tmp_path / "socket.mkv") == "not_regular: a socket"
    assert why(tmp_path / "pipe.mkv") == "not_regular: a named pipe"
    assert why("/dev/null") == "not_regular: a character device"
    assert why(tmp_path) == "not_regular: a folder"


def test_what_is_not_there_is_missing(tmp_path):
    (tmp_path / "dangling.mkv").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    assert why(tmp_path / "gone.mkv").startswith("missing: ")
    assert why(tmp_path / "dangling.mkv").startswith("missing: ")
    assert why(tmp_path / "file" / "x.mkv").startswith("missing: ")


def test_an_empty_file_is_empty(tmp_path):
    (tmp_path / "empty.mkv").touch()
    assert why(tmp_path / "empty.mkv") == "empty: 0 bytes"


def test_a_loop_of_links_is_an_error_and_no_hang(tmp_path):
    (tmp_path / "loop.mkv").symlink_to(tmp_path / "loop.mkv")
    assert why(tmp_path / "loop.mkv").startswith("io: ")


def test_it_reads_at_places_and_says_where_nothing_was_written(tmp_path):
    file = tmp_path / "reserved.ts"
    file.write_bytes(b"\x47" + bytes(187))
    os.truncate(file, 1 << 24)
    if os.stat(file).st_blocks * 512 >= 1 << 24:
        pytest.skip("this file system keeps no holes")
    with opened(os.fspath(file)) as look:
        assert (look.read(0, 1), look.read((1 << 24) - 1, 9)) == (b"\x47", b"\0")
        [(begin, end)] = look.holes()
        assert (188 <= begin < 1 << 16, end) == (True, 1 << 24)


def test_it_says_of_every_hole_where_it_ends(tmp_path):
    file = tmp_path / "dug.bin"
    with file.open("wb") as dug:
        for place in (0, 1 << 20, 3 << 20):
            dug.seek(place)
            dug.write(b"x" * 100)
    if os.stat(file).st_blocks * 512 >= 3 << 20:
        pytest.skip("this file system keeps no holes")
    with opened(os.fspath(file)) as look:
        assert [(begin >> 20, end) for begin, end in look.holes()] == [(0, 1 << 20), (1, 3 << 20)]


@pytest.mark.parametrize(
    ("data", "begin"), [(b"x" * 9 + bytes(99_991), 9), (bytes(100_000), 0), (b"x" * 100_000, 100_000)]
)
def test_it_says_where_the_zeros_begin_that_a_file_ends_with(tmp_path, data, begin):
    (tmp_path / "file.bin").write_bytes(data)
    with opened(os.fspath(tmp_path / "file.bin")) as look:
        assert look.zeros_at_end(1 << 20) == (begin, 100_000)


def test_a_renamed_file_keeps_its_identity(tmp_path):
    file = tmp_path / "whole.bin"
    file.write_bytes(b"whatever" * 1000)
    with opened(os.fspath(file)) as look:
        assert look.holes() == []
        assert look.identity == identity(file.stat())
    os.rename(file, tmp_path / "renamed.bin")
    with opened(os.fspath(tmp_path / "renamed.bin")) as again:
        assert again.identity == look.identity


def test_no_descriptor_is_left_open(tmp_path):
    (tmp_path / "file.bin").write_bytes(b"x")
    with opened(os.fspath(tmp_path / "file.bin")) as look:
        pass
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(look.descriptor)
