"""The journal says what was meant and what was done, survives its writer, and refuses what it does not know."""

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaorg.errors import JournalBusy, JournalError, UnknownRun
from mediaorg.io.journal import Journal, Mark, Planned, Run, locked, where
from mediaorg.records import Identity

RUN = Run("run-1", "apply", 1, "token", "machine", target_root="/lib", settings={"verify": "hash"})


def planned(position: int, **more: object) -> Planned:
    row = Planned(
        position,
        f"m{position}",
        "/lib",
        None,
        f"/src/{position}",
        f"/lib/{position}",
        "move",
        "ready",
        None,
        None,
        1,
        2,
        3,
        4,
    )
    return replace(row, **more)


def begun(journal: Journal, rows: list[Planned], run: Run = RUN) -> None:
    journal.begin(run, rows, {row.position: Mark(row.position) for row in rows}, ["/lib"])


paths = st.binary(min_size=1, max_size=300).filter(lambda name: b"\0" not in name).map(os.fsdecode)
whole = st.integers(0, 2**64 - 1)


@settings(deadline=None)  # disks have bad days
@given(source=paths, target=paths, inode=whole, device=whole, size=st.integers(0, 2**62))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, source: str, target: str, inode: int, device: int, size: int
) -> None:
    row = planned(0, source=source, target=target, inode=inode, device=device, size=size)
    seen = Identity(size, 5, inode, device)
    mark = Mark(0, "published", None, 7, 0.5, 3, "ab", "xxh3_128", target, source, True, seen)
    with Journal.open(tmp_path_factory.mktemp("journal") / "j.sqlite") as journal:
        begun(journal, [row])
        journal.record("run-1", [mark])
        (entry,) = journal.entries("run-1")
        assert (entry.planned, entry.mark) == (row, mark)
        assert journal.run("run-1") == RUN
        assert journal.folders("run-1") == ["/lib"]


def test_a_row_taken_back_is_undone_in_the_same_commit(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j") as journal:
        begun(journal, [planned(0), planned(1)])
        journal.record("run-1", [Mark(0, "done"), Mark(1, "done")])
        back = replace(RUN, run_id="run-2", verb="undo", undoes="run-1", forward=False)
        begun(journal, [planned(0, undoes_run="run-1", undoes_position=1)], back)
        assert journal.last_forward() == "run-1"
        journal.record("run-2", [Mark(0, "done")])
        assert [entry.mark.state for entry in journal.entries("run-1")] == ["done", "undone"]


def test_many_threads_record_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j") as journal:
        begun(journal, [planned(position) for position in range(80)])

        def work(start: int) -> None:
            for position in range(start, 80, 8):
                journal.record("run-1", [Mark(position, "done")])

        threads = [threading.Thread(target=work, args=(start,)) for start in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {entry.mark.state for entry in journal.entries("run-1")} == {"done"}


COMMITS = """
import sys
from pathlib import Path
from mediaorg.io.journal import Journal, Mark, Planned, Run
row = Planned(0, "m", *(None,) * 12)
with Journal.open(Path(sys.argv[1])) as journal:
    journal.begin(Run("run", "apply", 1, "token", "machine"), [row], {0: Mark(0)}, [])
    for state in ("intent", "copying", "copied", "published", "done"):
        journal.record("run", [Mark(0, state)])
        Path(sys.argv[1] + state).touch()
"""


def test_every_commit_is_on_the_disk_before_it_is_answered(tmp_path: Path) -> None:
    """By SQLite's synchronous=FULL: NORMAL, the usual advice, syncs at checkpoints, and lost 13 of 40 power cuts."""
    strace, log = shutil.which("strace"), tmp_path / "log"
    if strace is None:
        pytest.skip("strace is not installed")
    traced = [strace, "-f", "-qq", "-y", "-e", "trace=fdatasync,openat", "-e", "signal=none", "-o", str(log)]
    answer = subprocess.run(
        [*traced, sys.executable, "-c", COMMITS, tmp_path / "j"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    if "Operation not permitted" in answer.stderr:
        pytest.skip("strace may not trace here")
    assert answer.returncode == 0, answer.stderr
    before, *between = re.split(r'openat\(.*"[^"]*/j(?:intent|copying|copied|published|done)"', log.read_text())
    assert len(between) == 5
    assert all(re.search(r"fdatasync\(\d+<[^>]*/j-wal>", calls) for calls in (before, *between[:-1]))


FORMAT_1 = """
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, verb TEXT NOT NULL, started_ns INTEGER NOT NULL, token TEXT NOT NULL, machine TEXT NOT NULL,
    target_root BLOB, undoes TEXT, forward INTEGER NOT NULL, settings TEXT NOT NULL, file_systems TEXT NOT NULL,
    ended_ns INTEGER, stats TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE rows (
    run_id TEXT NOT NULL, position INTEGER NOT NULL, move_id TEXT NOT NULL, target_root BLOB, layout TEXT, source BLOB,
    target BLOB, operation TEXT, status TEXT, reason TEXT, belongs_to TEXT, size INTEGER, mtime_ns INTEGER,
    inode INTEGER, device INTEGER, expected TEXT, undoes_run TEXT, undoes_position INTEGER,
    state TEXT NOT NULL, error TEXT, started_ns INTEGER, seconds REAL, bytes INTEGER, hash TEXT, hash_algorithm TEXT,
    temporary BLOB, parked BLOB, holder INTEGER NOT NULL,
    seen_size INTEGER, seen_mtime_ns INTEGER, seen_inode INTEGER, seen_device INTEGER,
    PRIMARY KEY (run_id, position)
) WITHOUT ROWID;
CREATE TABLE folders (run_id TEXT NOT NULL, path BLOB NOT NULL, PRIMARY KEY (run_id, path)) WITHOUT ROWID;
CREATE TRIGGER taken_back AFTER UPDATE OF state ON rows WHEN NEW.state = 'done' AND NEW.undoes_run IS NOT NULL BEGIN
    UPDATE rows SET state = 'undone', parked = NULL WHERE run_id = NEW.undoes_run AND position = NEW.undoes_position;
END;
PRAGMA application_id=0x6D6F7267;
PRAGMA user_version=1;
"""


def of_format_1(file: Path) -> None:
    """A journal as it was written before rows said what is left of them."""
    with closing(sqlite3.connect(file)) as old:
        old.executescript(FORMAT_1)
        old.execute("INSERT INTO runs VALUES ('run-1', 'apply', 1, 't', 'm', NULL, NULL, 1, '{}', '{}', 2, '{}')")
        empty = ", NULL" * 9
        for at, (state, error) in enumerate([("done", None), ("failed", "source_kept: both"), ("failed", "io: bad")]):
            old.execute(
                f"INSERT INTO rows VALUES ('run-1', {at}, 'm{at}', NULL, NULL, '/s{at}', '/t{at}', 'move', 'ready'{empty}, "
                f"?, ?, 7, 0.5, 3, 'ab', 'xxh3_128', NULL, NULL, 0, 3, 5, 1, -1)",
                (state, error),
            )
        old.commit()


def test_a_journal_of_the_first_format_is_taken_over_with_what_is_left_to_do(tmp_path: Path) -> None:
    of_format_1(tmp_path / "j")
    for _ in range(2):  # and it is taken over once
        with Journal.open(tmp_path / "j") as journal:
            assert journal.unfinished() == ["run-1"]
            marks = [entry.mark for entry in journal.entries("run-1")]
            assert [mark.left for mark in marks] == [None, "source", None]
            assert marks[0] == Mark(0, "done", None, 7, 0.5, 3, "ab", "xxh3_128", seen=Identity(3, 5, 1, 2**64 - 1))
    with Journal.open(tmp_path / "j") as journal:
        back = replace(RUN, run_id="run-2", verb="undo", undoes="run-1", forward=False)
        begun(journal, [planned(0, undoes_run="run-1", undoes_position=1, mtime_was=2**62)], back)
        journal.record("run-2", [Mark(0, "done")])
        assert [entry.mark.state for entry in journal.entries("run-1")] == ["done", "undone", "failed"]
        assert journal.unfinished("run-1") == []
        assert journal.entries("run-2")[0].planned.mtime_was == 2**62


def test_of_a_row_that_was_taken_back_nothing_is_left_to_do(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j") as journal:
        begun(journal, [planned(0)])
        journal.record("run-1", [Mark(0, "failed", "source_kept: …", left="source")])
        journal.end("run-1", 5, {})
        assert journal.unfinished() == ["run-1"]
        back = replace(RUN, run_id="run-2", verb="undo", undoes="run-1", forward=False, ended_ns=6)
        begun(journal, [planned(0, undoes_run="run-1", undoes_position=0)], back)
        journal.record("run-2", [Mark(0, "done")])
        assert journal.unfinished() == journal.unfinished("run-1") == []


def test_a_run_that_begins_after_the_clock_was_set_back_is_the_later_one_all_the_same(tmp_path: Path) -> None:
    ahead = time.time_ns() + 3_600_000_000_000
    with Journal.open(tmp_path / "j") as journal:
        assert journal.next_start() < ahead
        begun(journal, [planned(0)], replace(RUN, started_ns=ahead))
        assert journal.next_start() > ahead


def test_a_journal_has_one_name_whatever_links_lead_to_it(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j"):
        (tmp_path / "link").symlink_to("j")
        (tmp_path / "folder").symlink_to(tmp_path)
    for other in (tmp_path / "link", tmp_path / "folder" / "j", tmp_path / "folder" / "link"):
        assert where(other) == tmp_path / "j"
        with locked(where(tmp_path / "j")), pytest.raises(JournalBusy), locked(where(other)):
            pass


def test_a_link_that_leads_to_itself_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "j").symlink_to("j")
    with pytest.raises(JournalError, match="cannot be used"):
        Journal.open(where(tmp_path / "j"))


def test_it_is_for_the_user_alone(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "deep" / "j"):
        assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "deep" / "j").stat().st_mode) == 0o600


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path / "j"), pytest.raises(JournalBusy, match="another apply"), locked(tmp_path / "j"):
        pass
    with locked(tmp_path / "j"):
        pass


def other_program(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()


def newer(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version=99")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda file: file.write_bytes(b"no database at all, but long enough to be one" * 50), "not a database"),
        (other_program, "another program"),
        (newer, "newer mediaorg"),
        (lambda file: file.mkdir(), "cannot be used"),
    ],
)
def test_what_is_no_journal_of_ours_is_refused_with_the_mend(tmp_path: Path, spoil: object, says: str) -> None:
    spoil(tmp_path / "j")  # type: ignore[operator]
    with pytest.raises(JournalError, match=says) as caught:
        Journal.open(tmp_path / "j")
    assert "journal=" in str(caught.value)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalError), locked(tmp_path / "file" / "j"):
        pass


def test_no_journal_and_an_empty_one_have_nothing_and_are_not_made(tmp_path: Path) -> None:
    assert Journal.there(tmp_path / "none") is None
    (tmp_path / "empty").touch()
    assert Journal.there(tmp_path / "empty") is None
    assert (tmp_path / "empty").stat().st_size == 0


def test_an_unknown_run_is_named_and_others_are_offered(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j") as journal:
        begun(journal, [planned(0)])
        with pytest.raises(UnknownRun, match="run-1"):
            journal.run("nonesuch")


def test_where_is_the_users_own_unless_said(tmp_path: Path) -> None:
    assert where(tmp_path / "j") == tmp_path / "j"
    assert where(None).name == "journal.sqlite"
