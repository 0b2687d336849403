"""The store gives back what was said, loses nobody's word, and is never begun anew over what it cannot read."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.errors import StoreError
from mediaorg.io.corrections import Said, changed, kept, store
from mediaorg.io.places import corrections_file
from mediaorg.records import Identity

ONE = Said("/films/one.mkv", {"title": "One", "season": None}, 7, Identity(1, 2, 3, 4))
FOLDER = Said("/films", {"year": 1979}, 8, folder=True)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "corrections.sqlite"


def keep(file, *all_said):
    with changed(file) as now:
        now.update({said.cell: said for said in all_said})


NUMBERS = st.integers(0, (1 << 64) - 1)
JSON = st.none() | st.text(st.characters()) | st.integers(0, 1 << 62) | st.lists(st.integers(0, 99))


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), st.dictionaries(st.text(), JSON), st.text(min_size=1))
def test_what_is_kept_is_given_back(tmp_path_factory, who, values, cell):
    file = tmp_path_factory.mktemp("store") / "corrections.sqlite"
    said = Said("/" + cell, values, 7, Identity(*who))
    keep(file, said, FOLDER)
    assert kept(file) == {said.cell: said, FOLDER.cell: FOLDER} | ({FOLDER.cell: FOLDER} if cell == "films" else {})


def test_what_is_changed_is_changed_and_what_is_removed_is_gone(file):
    keep(file, ONE, FOLDER)
    with changed(file) as now:
        del now[FOLDER.cell]
        now[ONE.cell] = replace(ONE, values={"title": "Two"})
    assert kept(file) == {ONE.cell: replace(ONE, values={"title": "Two"})}


def test_left_by_an_error_it_stays_as_it_was(file):
    keep(file, ONE)

    def fail():
        with changed(file) as now:
            now.clear()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert kept(file) == {ONE.cell: ONE}


def test_who_only_reads_makes_nothing(file):
    assert kept(file) == {}
    assert not file.parent.exists()


def test_the_users_own_lies_beside_the_journal_and_is_theirs_alone(home):
    keep(store(), ONE)
    assert store() == corrections_file() == home / "data" / "mediaorg" / "corrections.sqlite"
    assert stat.S_IMODE(store().parent.stat().st_mode) == 0o700


def test_an_odd_name_of_the_store_is_a_name(tmp_path):
    for name in ("100% ?mode=ro#x.sqlite", os.fsdecode(b"bad\xff.sqlite")):
        keep(tmp_path / name, ONE)
        assert (tmp_path / name).exists()
        assert kept(tmp_path / name) == {ONE.cell: ONE}


def test_an_empty_file_is_an_empty_store(tmp_path):
    file = tmp_path / "corrections.sqlite"
    file.touch()
    assert kept(file) == {}
    keep(file, ONE)
    assert kept(file) == {ONE.cell: ONE}


@pytest.mark.parametrize("bad", ["text", "folder", "nowhere", "another", "newer", "torn"])
def test_what_cannot_be_read_is_said_and_left_as_it_is(tmp_path, file, bad):
    keep(file, ONE)
    if bad == "text":
        file.write_text("this is no database, and long enough that nobody takes it for an empty one" * 20)
    elif bad == "folder":
        file = file.parent
    elif bad == "nowhere":
        (tmp_path / "file").write_text("no folder")
        file = tmp_path / "file" / "corrections.sqlite"
    else:
        if bad == "another":
            file = tmp_path / "another.sqlite"
        connection = sqlite3.connect(file)
        connection.execute(
            {
                "another": "CREATE TABLE corrections (mine)",
                "newer": "PRAGMA user_version = 999",
                "torn": "UPDATE corrections SET said = '{'",
            }[bad]
        )
        connection.commit()
        connection.close()
    before = file.read_bytes() if file.is_file() else None
    with pytest.raises(StoreError, match="keep it"):
        kept(file)
    with pytest.raises(StoreError, match="keep=False"):
        keep(file, ONE)
    assert before == (file.read_bytes() if file.is_file() else None)


def test_a_store_that_may_not_be_written_is_read(unprivileged):
    file = unprivileged / "corrections.sqlite"
    keep(file, ONE)
    file.chmod(0o444)
    unprivileged.chmod(0o555)
    with unprivileged.user():
        assert kept(file) == {ONE.cell: ONE}
        with pytest.raises(StoreError, match="readonly"):
            keep(file, FOLDER)


def test_threads_at_once_lose_nobodys_word(file):
    def say(base):
        for number in range(base, base + 20):
            keep(file, replace(ONE, cell=f"/{number}"))

    threads = [threading.Thread(target=say, args=(base,)) for base in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(file)) == 60


def test_processes_at_once_lose_nobodys_word(file):
    code = (
        "import sys; from pathlib import Path; from mediaorg.io.corrections import Said, changed\n"
        "for number in range(10):\n"
        "    with changed(Path(sys.argv[1])) as now:\n"
        "        now[f'/{sys.argv[2]}/{number}'] = Said(f'/{sys.argv[2]}/{number}', {'year': number}, 1)\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, os.fspath(file), who]) for who in ("a", "b")]
    assert [process.wait() for process in both] == [0, 0]
    assert len(kept(file)) == 20


def test_a_writer_that_dies_leaves_the_store_as_it_was(file):
    keep(file, ONE)
    code = (
        "import os, sys; from pathlib import Path; from mediaorg.io.corrections import changed\n"
        "with changed(Path(sys.argv[1])) as now:\n"
        "    now.clear(); os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, os.fspath(file)], check=False).returncode == 9
    assert kept(file) == {ONE.cell: ONE}
