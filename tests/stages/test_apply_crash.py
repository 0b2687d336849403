"""Killed at any moment, a run loses no byte: resume finishes it, undo takes it back, and twice is once.

The kill comes from strace, right before a chosen system call. `-m slow` strikes before every one of them.
"""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import psutil
import pytest

from mediaorg.records import Limits
from mediaorg.schema import to_path
from mediaorg.stages import apply as stage

from .crashing import build
from .moving import Seen, another_device, film, make_plan, tree

CHILD = Path(__file__).with_name("crashing.py")
DEEDS = (
    "renameat2",
    "link",
    "rename",
    "unlink",
    "mkdir",
    "rmdir",
    "fsync",
    "fdatasync",
    "syncfs",
    "pwrite64",
    "ftruncate",
    "utimensat",
    "chmod",
)
LOOK = "newfstatat"
SECOND_RUNG = ("renameat2:error=EINVAL",)  # NTFS, NFS
THIRD_RUNG = ("renameat2:error=EINVAL", "link:error=EPERM")  # exFAT


@dataclass
class Scene:
    """A tree and its plan, made afresh for each kill."""

    home: Path
    elsewhere: Path
    plan: pd.DataFrame
    before: dict[str, Seen | None]

    @property
    def journal(self) -> Path:
        return self.home.parent / "j.sqlite"

    @property
    def films(self) -> list[bytes]:
        return sorted(seen.content for seen in self.before.values() if seen)

    def now(self) -> dict[str, Seen | None]:
        return tree(self.home, self.elsewhere)

    def resume(self) -> pd.DataFrame:
        return asyncio.run(stage.resume(journal=self.journal, progress=False))

    def undo(self) -> pd.DataFrame:
        return asyncio.run(stage.undo(journal=self.journal, progress=False))

    def apply(self) -> pd.DataFrame:
        return asyncio.run(
            stage.apply(self.plan, journal=self.journal, progress=False, limits=Limits(max_workers=1, batch_size=4))
        )


def scene(folder: Path, elsewhere: Path) -> Scene:
    for path in (folder, elsewhere):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
    home = folder / "home"
    plan = make_plan(build(home, elsewhere, film), home / "lib")
    plan.loc[plan["target"].str.startswith(str(elsewhere)), "target_root"] = str(elsewhere)
    film(home / "lib" / "P" / "stranger", b"somebody's")
    plan.to_json(folder / "plan.json", orient="table", index=False)
    return Scene(home, elsewhere, plan, tree(home, elsewhere))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    with another_device(tmp_path) as folder:
        yield folder / "other"


def strike(made: Scene, step: str, *injections: str, log: Path | None = None, path: Path | None = None) -> int:
    """Do `step` in a process of its own under strace; its exit code, negative for a signal.

    path: only calls that name it are struck; otherwise SQLite's own files are too.
    """
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    calls = ",".join(sorted({*DEEDS, *(each.split(":")[0] for each in injections)}))
    command = [strace, "-f", "-y", "-qq", "-e", f"trace={calls}", "-e", "signal=none", "-o", str(log or os.devnull)]
    if path is not None:
        command += ["-P", str(path)]
    for injection in injections:
        command += ["-e", f"inject={injection}"]
    child = [sys.executable, str(CHILD), str(made.home.parent), str(made.elsewhere), step]
    answer = subprocess.run([*command, *child], capture_output=True, text=True, check=False, cwd=made.home.parent)
    if "Operation not permitted" in answer.stderr and answer.returncode == 1:
        pytest.skip(f"strace may not trace here: {answer.stderr.strip()[:100]}")
    # strace ends by the signal of its child, and tells 128 + it where it cannot
    assert answer.returncode in (0, -signal.SIGKILL, 128 + signal.SIGKILL), answer.stderr
    return answer.returncode


def killed(code: int) -> bool:
    return code != 0


def look_whole(made: Scene) -> None:
    """Every film is whole somewhere, and nothing torn bears a real name."""
    now = made.now()
    held = {seen.content for seen in now.values() if seen}
    assert set(made.films) <= held
    for path, seen in now.items():
        if seen and seen.content not in made.films:
            assert Path(path).name.startswith(".mediaorg-") or seen.content == b"", path


def look_settled(made: Scene) -> None:
    """Each film is at exactly one place, that which its receipt says; no rubbish, nothing in flight."""
    now = made.now()
    assert sorted(seen.content for seen in now.values() if seen) == made.films
    assert not [path for path in now if "/.mediaorg-" in path]
    for run_id in stage.runs(made.journal)["run_id"]:
        run = stage.receipts(run_id, made.journal)
        assert set(run["state"]) <= {"done", "failed", "conflict", "skipped", "undone"}
    assert stage.runs(made.journal)["ended"].notna().all()


def look_done(made: Scene) -> None:
    look_settled(made)
    now = made.now()
    for source, target in zip(made.plan["source"], made.plan["target"], strict=True):
        assert now[_raw(target)] == made.before[_raw(source)]


def _raw(cell: str) -> str:
    return str(to_path(cell))


def recover(made: Scene) -> None:
    """After a kill in apply: look, resume, look, resume, look, undo, look."""
    look_whole(made)
    first = made.resume()
    if first.empty and stage.runs(made.journal).empty:  # it died before its plan was written down
        assert made.now() == made.before
        return
    look_done(made)
    after = made.now()
    assert made.resume().empty
    assert made.now() == after
    back = made.undo()
    assert set(back["state"]) == {"done"}
    assert made.now() == made.before


def counts(log: Path) -> dict[str, int]:
    """How often each call was made by the thread that made it most."""
    seen: dict[tuple[str, str], int] = {}
    for line in log.read_text(errors="replace").splitlines():
        if found := re.match(r"(\d+) +(\w+)\(", line):
            key = (found[2], found[1])
            seen[key] = seen.get(key, 0) + 1
    most: dict[str, int] = {}
    for (name, _), count in seen.items():
        most[name] = max(count, most.get(name, 0))
    return most


SMOKE = [
    ("renameat2", 1), ("renameat2", 4), ("renameat2", 9), ("unlink", 1), ("mkdir", 2), ("fsync", 2), ("fsync", 5),
    ("fdatasync", 1), ("fdatasync", 3), ("fdatasync", 6), ("pwrite64", 9), ("pwrite64", 20), ("utimensat", 1),
]  # fmt: skip


@pytest.mark.parametrize(("call", "at"), SMOKE)
def test_killed_before_a_call_nothing_is_lost(tmp_path: Path, elsewhere: Path, call: str, at: int) -> None:
    made = scene(tmp_path / "t", elsewhere)
    assert killed(strike(made, "apply", f"{call}:signal=SIGKILL:when={at}")), "the kill did not come: choose another"
    recover(made)


@pytest.mark.parametrize(
    ("call", "at"), [("renameat2", 2), ("unlink", 1), ("fdatasync", 2), ("fdatasync", 5), ("rmdir", 1), ("fsync", 2)]
)
def test_killed_in_undo_it_is_finished_too(tmp_path: Path, elsewhere: Path, call: str, at: int) -> None:
    made = scene(tmp_path / "t", elsewhere)
    made.apply()
    assert killed(strike(made, "undo", f"{call}:signal=SIGKILL:when={at}"))
    look_whole(made)
    made.resume()
    look_settled(made)
    made.undo() if call == "fdatasync" and made.now() != made.before else None  # it died before it was written down
    assert made.now() == made.before


@pytest.mark.parametrize(("call", "at"), [("renameat2", 1), ("fdatasync", 1), ("fdatasync", 3), ("unlink", 1)])
def test_killed_in_resume_it_begins_again(tmp_path: Path, elsewhere: Path, call: str, at: int) -> None:
    made = scene(tmp_path / "t", elsewhere)
    assert killed(strike(made, "apply", "renameat2:signal=SIGKILL:when=3"))
    strike(made, "resume", f"{call}:signal=SIGKILL:when={at}")
    recover(made)


def test_a_run_that_had_ended_and_dies_while_its_rest_is_done_is_found_again(tmp_path: Path, elsewhere: Path) -> None:
    made, source = scene(tmp_path / "t", elsewhere), elsewhere / "c1"
    assert strike(made, "apply", "unlink:error=EPERM", path=source) == 0
    assert killed(strike(made, "resume", "unlink:signal=SIGKILL", path=source))
    assert source.exists()
    assert not made.resume().empty
    look_done(made)
    assert made.resume().empty


@pytest.mark.parametrize(
    ("rung", "call", "at"),
    [
        (SECOND_RUNG, "unlink", 2),
        (SECOND_RUNG, "link", 3),
        (SECOND_RUNG, "unlink", 6),
        (THIRD_RUNG, "rename", 1),
        (THIRD_RUNG, "rename", 4),
        (THIRD_RUNG, "fdatasync", 4),
    ],
)
def test_killed_on_the_lower_rungs(tmp_path: Path, elsewhere: Path, rung: tuple[str, ...], call: str, at: int) -> None:
    made = scene(tmp_path / "t", elsewhere)
    assert killed(strike(made, "apply", *rung, f"{call}:signal=SIGKILL:when={at}"))
    recover(made)


@pytest.mark.parametrize("rung", [SECOND_RUNG, THIRD_RUNG])
def test_the_lower_rungs_do_it_all(tmp_path: Path, elsewhere: Path, rung: tuple[str, ...]) -> None:
    made = scene(tmp_path / "t", elsewhere)
    assert strike(made, "apply", *rung) == 0
    look_done(made)


def test_taken_back_without_being_resumed(tmp_path: Path, elsewhere: Path) -> None:
    for at in (1, 3, 6, 8):
        made = scene(tmp_path / "t", elsewhere)
        assert killed(strike(made, "apply", f"renameat2:signal=SIGKILL:when={at}"))
        made.undo()
        assert made.now() == made.before
        assert made.resume().empty


@pytest.mark.parametrize("sign", ["lib/B", "lib/P/plain.mkv", "lib/3", "lib/C/c1"])
def test_killed_as_soon_as_a_change_is_seen(tmp_path: Path, elsewhere: Path, sign: str) -> None:
    """Nobody chose the call: with luck the moment is another each time."""
    made = scene(tmp_path / "t", elsewhere)
    child = subprocess.Popen([sys.executable, str(CHILD), str(made.home.parent), str(made.elsewhere), "apply"])
    try:
        while not (made.home / sign).exists() and child.poll() is None:
            pass
    finally:
        child.kill()
        child.wait()
    recover(made)


@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EACCES"])
@pytest.mark.parametrize(
    ("call", "at"), [("renameat2", "home/lib/P/plain.mkv"), ("unlink", "other/c1"), ("mkdir", "home/lib/C")]
)
def test_a_call_that_fails_costs_its_own_rows(tmp_path: Path, elsewhere: Path, call: str, at: str, error: str) -> None:
    made = scene(tmp_path / "t", elsewhere)
    path = {"home": made.home, "other": made.elsewhere}[at.partition("/")[0]] / at.partition("/")[2]
    assert strike(made, "apply", f"{call}:error={error}", path=path) == 0
    run = stage.receipts(stage.runs(made.journal)["run_id"].iloc[-1], made.journal)
    cells = zip(run["source"], run["target"], strict=True)
    hit = [any(cell == str(path) or cell.startswith(f"{path}/") for cell in row) for row in cells]
    assert any(hit)
    assert run["state"].tolist() == ["failed" if each else "done" for each in hit]
    assert sorted({*made.films}) == sorted({seen.content for seen in made.now().values() if seen})
    made.resume()
    made.undo()
    assert {path: seen for path, seen in made.now().items() if seen} == {
        path: seen for path, seen in made.before.items() if seen
    }


@pytest.mark.parametrize(("at", "told"), [("P/plain.mkv", "done"), ("C/c1", "failed")])
def test_a_look_that_fails_after_a_rename_does_not_undo_what_was_done(
    tmp_path: Path, elsewhere: Path, at: str, told: str
) -> None:
    """Of a copy that can then not be looked at, the source is kept, and resume takes it away."""
    made, log = scene(tmp_path / "t", elsewhere), tmp_path / "log"
    path = made.home / "lib" / at
    assert strike(made, "apply", f"{LOOK}:delay_enter=1", log=log, path=path) == 0
    before, _, _ = log.read_text().partition(" renameat2(")
    thread = before.rpartition("\n")[2]  # each counts its own calls
    looks = sum(line.startswith(f"{thread} {LOOK}(") for line in before.splitlines())
    made = scene(tmp_path / "t", elsewhere)
    assert strike(made, "apply", f"{LOOK}:error=EIO:when={looks + 1}+", path=path) == 0
    run = stage.receipts(stage.runs(made.journal)["run_id"].iloc[-1], made.journal)
    assert run.loc[run["target"] == str(path), "state"].tolist() == [told]
    assert set(run.loc[run["target"] != str(path), "state"]) == {"done"}
    made.resume()
    look_done(made)
    assert set(made.undo()["state"]) == {"done"}
    assert made.now() == made.before


# ---- held before a call ----------------------------------------------------------------------------------------

STRANGER = b"somebody else's, and here first"


def hold(
    made: Scene, step: str, *injections: str, meanwhile: Callable[[], object], path: Path | None = None
) -> pd.DataFrame:
    """Do `step`, held where the last injection says, and `meanwhile` something else; the receipts by target."""
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(strike, made, step, *injections, path=path)
        while not run.done() and not _is_held():
            pass
        assert not run.done(), "nobody was held"
        meanwhile()
        assert run.result() == 0
    return stage.receipts(stage.runs(made.journal)["run_id"].iloc[-1], made.journal).set_index("target")


def _is_held() -> bool:
    """Whether strace holds a thread of ours before a call: it is stopped, and does nothing from one look to the next."""
    first = _stopped()
    for _ in range(4):
        time.sleep(0.08)
        first &= _stopped()
    return bool(first)


def _stopped() -> set[str]:
    """What the system counts of each thread below us that a tracer has stopped."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        for thread in Path(f"/proc/{child.pid}/task").glob("*/stat"):
            with contextlib.suppress(OSError):
                said = thread.read_text()
                if said.rpartition(")")[2].split()[0] == "t":
                    switches = re.findall(r"ctxt_switches:\s*(\d+)", thread.with_name("status").read_text())
                    found.add(f"{said} {switches}")
    return found


def squat(made: Scene, *, back: bool = False) -> set[str]:
    """Take every name that is free and is to be given (`back`: given back), and say which."""
    taken = set()
    pairs = zip(made.plan["source"], made.plan["target"], strict=True)
    for source, target in ((there, here) for here, there in pairs) if back else pairs:
        if os.path.lexists(_raw(source)) and os.path.isdir(os.path.dirname(_raw(target))):
            with contextlib.suppress(FileExistsError), open(_raw(target), "xb") as stranger:
                stranger.write(STRANGER)
                taken.add(target)
    return taken


@pytest.mark.parametrize(
    ("step", "rung", "call", "at"),
    [
        ("apply", (), "renameat2", 1), ("apply", (), "renameat2", 4), ("apply", (), "renameat2", 9),
        ("apply", (), "renameat2", 13), ("undo", (), "renameat2", 1), ("undo", (), "renameat2", 6),
        ("apply", SECOND_RUNG, "link", 1), ("apply", SECOND_RUNG, "link", 12), ("undo", SECOND_RUNG, "link", 5),
        ("apply", THIRD_RUNG, "openat", 1), ("apply", THIRD_RUNG, "rename", 2),
    ],
)  # fmt: skip
def test_who_takes_a_name_at_the_last_moment_keeps_it(
    tmp_path: Path, elsewhere: Path, step: str, rung: tuple[str, ...], call: str, at: int
) -> None:
    """The mover is held right before the call that names a target, and a stranger takes that name, and all others."""
    made = scene(tmp_path / "t", elsewhere)
    if step == "undo":
        made.apply()
    place = made.home / "lib" / "P" if call == "openat" else None  # else the call of any library would be the first
    taken: set[str] = set()
    told = hold(
        made, step, *rung, f"{call}:delay_enter=1500000:when={at}", path=place,
        meanwhile=lambda: taken.update(squat(made, back=step == "undo")),
    )  # fmt: skip
    assert taken
    for target in taken:
        assert Path(_raw(target)).read_bytes() == STRANGER
        assert told.loc[target, "state"] == "conflict"
        os.unlink(_raw(target))
    now = made.now()
    assert sorted(seen.content for seen in now.values() if seen) == made.films
    aside = [path for path in now if "/.mediaorg-" in path]  # of a cycle both of whose names were taken
    assert all(told["error"].str.contains(path, regex=False).any() for path in aside)
    if step == "apply":
        made.undo()
        assert made.now() == made.before


def test_a_copy_is_flushed_before_it_gets_its_name(tmp_path: Path, elsewhere: Path) -> None:
    made, log = scene(tmp_path / "t", elsewhere), tmp_path / "log"
    assert strike(made, "apply", log=log) == 0
    lines = log.read_text(errors="replace").splitlines()
    named = [at for at, line in enumerate(lines) if "renameat2(" in line and '.part", AT_FDCWD' in line]
    assert len(named) == 4
    for at in named:
        part = re.search(r'"([^"]*\.part)"', lines[at])[1]
        whole = max(before for before, line in enumerate(lines[:at]) if "utimensat(" in line and f'"{part}"' in line)
        assert any(flushes(line, part) or flushes(line, os.path.dirname(part), disk=True) for line in lines[whole:at])


def flushes(line: str, path: str, *, disk: bool = False) -> bool:
    """Whether a traced call makes `path` last, or all of the disk it lies on."""
    return f"<{path}>" in line and ("syncfs(" if disk else "fsync(") in line


def test_of_a_copy_the_new_name_lasts_before_the_old_one_goes_and_that_before_it_is_called_done(
    tmp_path: Path, elsewhere: Path
) -> None:
    made, log = scene(tmp_path / "t", elsewhere), tmp_path / "log"
    assert strike(made, "apply", log=log) == 0
    old, new = elsewhere / "c1", made.home / "lib" / "C"
    lines = log.read_text(errors="replace").splitlines()
    thread = next(line.split()[0] for line in lines if "unlink(" in line and f'"{old}"' in line)
    lines = [line for line in lines if line.startswith(f"{thread} ")]
    named = next(at for at, line in enumerate(lines) if "renameat2(" in line and f'"{new}/c1"' in line)
    gone = next(at for at, line in enumerate(lines) if "unlink(" in line and f'"{old}"' in line)
    told = next(at for at, line in enumerate(lines) if at > gone and "j.sqlite-wal" in line)
    assert named < gone < told
    assert any(flushes(line, str(new)) for line in lines[named:gone])
    assert any(flushes(line, str(elsewhere)) for line in lines[gone:told])


def test_a_source_that_is_written_to_while_its_copy_gets_its_name_stays(tmp_path: Path, elsewhere: Path) -> None:
    made, target = scene(tmp_path / "t", elsewhere), tmp_path / "t" / "home" / "lib" / "C" / "c1"
    whole = (elsewhere / "c1").read_bytes()

    def write() -> None:
        with (elsewhere / "c1").open("ab") as file:
            file.write(b"more")

    told = hold(made, "apply", "renameat2:delay_enter=1500000:when=1", meanwhile=write, path=target)
    assert told.loc[str(target), "state"] == "conflict"
    assert told.loc[str(target), "error"].endswith("are both kept")
    assert (elsewhere / "c1").read_bytes() == whole + b"more"
    assert target.read_bytes() == whole


@pytest.mark.parametrize("change", ["grows", "goes"])
def test_of_copies_that_are_made_together_one_whose_source_changes_costs_only_itself(
    tmp_path: Path, elsewhere: Path, change: str
) -> None:
    made, folder = scene(tmp_path / "t", elsewhere), tmp_path / "t" / "home" / "lib" / "C"

    def spoil() -> None:
        (elsewhere / "c1").write_bytes(b"longer" * 100_000) if change == "grows" else (elsewhere / "c1").unlink()

    told = hold(made, "apply", "syncfs:delay_enter=1500000:when=1", meanwhile=spoil, path=folder)
    assert told.loc[str(folder / "c1"), "state"] == "conflict"
    assert (
        told.loc[str(folder / "c1"), "error"].partition(":")[0] == {"grows": "changed", "goes": "source_gone"}[change]
    )
    assert set(told.loc[told.index != str(folder / "c1"), "state"]) == {"done"}
    assert [path.name for path in folder.iterdir()] == ["y" * 255]


def test_what_is_written_to_during_the_run_stays_where_it_is(tmp_path: Path, elsewhere: Path) -> None:
    made = scene(tmp_path / "t", elsewhere)
    written = [made.home / "in" / "sub.srt", made.home / "in" / "Case.MKV", made.elsewhere / "c1"]

    def write() -> None:
        for path in written:
            with path.open("ab") as file:
                file.write(b"more")

    told = hold(made, "apply", "renameat2:delay_enter=1500000:when=1", meanwhile=write)
    by_source = told.reset_index().set_index("source")
    for path in written:
        assert path.read_bytes().endswith(b"more")
        assert by_source.loc[str(path), "state"] == "conflict"
        assert by_source.loc[str(path), "error"].startswith("changed: ")
    assert (told["state"] == "conflict").sum() == len(written)


def test_a_folder_that_becomes_a_link_during_the_run_is_not_entered(tmp_path: Path, elsewhere: Path) -> None:
    made = scene(tmp_path / "t", elsewhere)
    abroad = tmp_path / "abroad"
    abroad.mkdir()

    def lead_away() -> None:
        for folder in (made.home / "lib" / "B", made.home / "lib" / "C"):
            folder.rmdir()
            folder.symlink_to(abroad)

    told = hold(made, "apply", "renameat2:delay_enter=1500000:when=1", meanwhile=lead_away)
    assert list(abroad.iterdir()) == []
    hit = told.index.str.contains("/lib/[BC]/")
    assert set(told.loc[hit, "state"]) == {"conflict"}
    assert told.loc[hit, "error"].str.startswith("outside_root: ").all()
    assert set(told.loc[~hit, "state"]) == {"done"}


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("step", ["apply", "undo"])
@pytest.mark.parametrize("rung", [(), SECOND_RUNG, THIRD_RUNG], ids=["first", "second", "third"])
def test_killed_before_every_call_nothing_is_lost(
    tmp_path: Path, elsewhere: Path, rung: tuple[str, ...], step: str
) -> None:
    made, log = scene(tmp_path / "t", elsewhere), tmp_path / "log"
    if step == "undo":
        made.apply()
    assert strike(made, step, *rung, log=log) == 0
    forbidden = {each.split(":")[0] for each in rung}
    points = [(call, at) for call, most in counts(log).items() if call not in forbidden for at in range(1, most + 1)]
    kills = 0
    for call, at in points:
        made = scene(tmp_path / "t", elsewhere)
        if step == "undo":
            made.apply()
        if not killed(strike(made, step, *rung, f"{call}:signal=SIGKILL:when={at}")):
            continue
        kills += 1
        try:
            if step == "apply":
                recover(made)
            else:
                look_whole(made)
                made.resume()
                look_settled(made)
                if made.now() != made.before:
                    made.undo()
                assert made.now() == made.before
        except Exception as failure:
            raise AssertionError(f"killed before {call} number {at} of {step}") from failure
    print(f"{kills} kills of {len(points)} points")
    assert kills >= 0.9 * len(points)
