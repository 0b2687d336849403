"""scan lists what is there, exactly, and says what it left out."""

import os
import socket

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg import schema
from mediaorg.collection import truth
from mediaorg.stages.scan import _suffix


def scan(*roots, **settings):
    return mo.run(mo.scan(*roots, progress=False, **settings))


def test_every_file_of_the_collection_is_a_row_of_its_kind(collection):
    files = scan(collection)
    wanted = truth(collection)
    wanted = wanted[wanted["ignored"].isna() & wanted["left_out"].isna()]
    assert sorted(files["path"]) == sorted(wanted["path"])
    kinds = wanted.set_index("path")["kind"]
    assert files["kind"].tolist() == kinds[files["path"]].tolist()


def test_the_columns_and_dtypes_are_the_schemas(collection, tmp_path):
    files, nothing = scan(collection), scan(tmp_path)
    assert list(files.columns) == [column.name for column in schema.SCAN]
    assert files.dtypes.to_dict() == nothing.dtypes.to_dict()
    assert len(nothing) == 0


def test_a_row_says_what_stat_says(collection):
    for row in scan(collection).itertuples():
        facts = os.lstat(mo.to_path(row.path))
        assert (row.size, row.mtime_ns, row.inode, row.device, row.nlink) == (
            facts.st_size,
            facts.st_mtime_ns,
            facts.st_ino,
            facts.st_dev,
            facts.st_nlink,
        )
        assert row.mtime == pd.Timestamp(facts.st_mtime_ns // 1000 * 1000, unit="ns", tz="UTC")
        assert mo.to_path(row.root) / mo.to_path(row.folder) / mo.to_path(row.name) == mo.to_path(row.path)


def test_an_undecodable_name_leads_to_its_file(tmp_path):
    (tmp_path / os.fsdecode(b"bad\xff\xe9.mkv")).write_bytes(b"one")
    (tmp_path / r"bad\xff\xe9.mkv").write_bytes(b"another")
    files = scan(tmp_path)
    assert sorted(mo.to_path(cell).read_bytes() for cell in files["path"]) == [b"another", b"one"]


def test_junk_is_left_out_and_counted(collection):
    ignored = scan(collection).attrs["mediaorg"]["scan"]["ignored"]
    assert ignored[".*"] >= 2
    assert ignored["@eaDir"] == 1
    assert ignored["*.part"] == 1


def test_nothing_is_left_out_if_asked(collection):
    assert len(scan(collection, ignore=False)) == int(truth(collection)["left_out"].isna().sum())


def test_more_can_be_left_out(collection):
    files = scan(collection, ignore=["*.SRT"])
    assert ".srt" not in set(files["suffix"])
    assert files.attrs["mediaorg"]["scan"]["ignored"]["*.SRT"] > 0


def test_only_some_suffixes(collection):
    assert set(scan(collection, suffixes=["MKV", ".avi"])["suffix"]) == {".mkv", ".avi"}


def test_links_are_left_out_unless_asked_for(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "film.mkv").touch()
    (tmp_path / "link.mkv").symlink_to(folder / "film.mkv")
    (tmp_path / "linked").symlink_to(folder)
    (folder / "loop").symlink_to(tmp_path)
    plain = scan(tmp_path)
    assert plain["name"].tolist() == ["film.mkv"]
    assert plain.attrs["mediaorg"]["scan"]["ignored"] == {"symlink": 3}
    followed = scan(tmp_path, follow_symlinks=True)
    assert sorted(followed["name"]) == ["film.mkv", "link.mkv"]


def test_a_dangling_link_is_an_error_entry(tmp_path):
    (tmp_path / "dangling.mkv").symlink_to(tmp_path / "nowhere")
    files = scan(tmp_path, follow_symlinks=True)
    assert len(files) == 0
    (error,) = files.attrs["mediaorg"]["scan"]["errors"]
    assert error["error"].startswith("missing: ")


def test_a_folder_seen_twice_is_listed_once(collection):
    inside = next(path for path in collection.iterdir() if path.is_dir())
    assert len(scan(collection, inside)) == len(scan(collection))


def test_two_folders_are_one_table(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "film.mkv").touch()
    files = scan(tmp_path / "a", tmp_path / "b")
    assert files["root"].tolist() == [mo.from_path(tmp_path / "a"), mo.from_path(tmp_path / "b")]


def test_pipes_and_sockets_are_rows_and_nobody_opens_them(tmp_path):
    os.mkfifo(tmp_path / "pipe.mkv")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(tmp_path / "socket.mkv"))
        assert scan(tmp_path)["name"].tolist() == ["pipe.mkv", "socket.mkv"]


def test_a_folder_that_cannot_be_read_is_an_entry_and_no_exception(unprivileged):
    (unprivileged / "open").mkdir()
    (unprivileged / "open" / "film.mkv").touch()
    (unprivileged / "closed").mkdir(mode=0o000)
    with unprivileged.user():
        files = scan(unprivileged)
    assert files["name"].tolist() == ["film.mkv"]
    closed = {"path": mo.from_path(unprivileged / "closed"), "error": "permission: Permission denied"}
    assert files.attrs["mediaorg"]["scan"]["errors"] == [closed]


def test_no_folder_a_missing_one_and_a_file_are_clear_errors(tmp_path):
    (tmp_path / "film.mkv").touch()
    with pytest.raises(ValueError, match="needs a folder"):
        scan()
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere"):
        scan(tmp_path / "nowhere")
    with pytest.raises(NotADirectoryError, match=r"film.mkv is a file"):
        scan(tmp_path / "film.mkv")
    with pytest.raises(ValueError, match="must be a path"):
        scan(3)


def test_the_order_is_the_same_every_time(collection):
    assert scan(collection)["path"].tolist() == scan(collection)["path"].tolist()


def test_a_name_that_folds_to_junk_is_junk_and_no_crash(tmp_path):
    """Unicode has a second small s, which matches an s when case does not count."""
    (tmp_path / "de\u017fktop.ini").touch()
    files = mo.run(mo.scan(tmp_path, progress=False))
    assert len(files) == 0
    assert files.attrs["mediaorg"]["scan"]["ignored"] == {"desktop.ini": 1}


def test_each_pattern_counts_for_itself(tmp_path):
    for name in ("a.sample.mkv", "b.tmp", ".hidden"):
        (tmp_path / name).touch()
    files = mo.run(mo.scan(tmp_path, ignore=["*sample*.mk?", "*.tmp"], progress=False))
    assert files.attrs["mediaorg"]["scan"]["ignored"] == {"*sample*.mk?": 1, "*.tmp": 1, ".*": 1}


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_a_suffix_is_what_python_calls_one(name):
    assert _suffix(name) == (os.path.splitext(name)[1].lower() or None)
