"""A look at a file's own bytes: bounded, and never at what is no file."""

import os
import socket

import pytest

from mediaorg.io.container import Unreadable, identity, quick_look


def why(path) -> str:
    with pytest.raises(Unreadable) as refused:
        quick_look(os.fspath(path))
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


def test_a_download_whose_space_was_reserved_is_cut(tmp_path):
    file = tmp_path / "reserved.ts"
    file.write_bytes(b"\x47" + bytes(187))
    os.truncate(file, 1 << 24)
    if os.stat(file).st_blocks * 512 >= 1 << 24:
        pytest.skip("this file system keeps no holes")
    assert quick_look(os.fspath(file)).cut.startswith("truncated: nothing was written from byte ")


def test_a_whole_file_is_not_cut_and_keeps_its_identity(tmp_path):
    file = tmp_path / "whole.bin"
    file.write_bytes(b"whatever" * 1000)
    look = quick_look(os.fspath(file))
    assert look.cut is None
    assert look.identity == identity(file.stat())
    os.rename(file, tmp_path / "renamed.bin")
    assert quick_look(os.fspath(tmp_path / "renamed.bin")).identity == look.identity
