"""Whatever call the system refuses, and with whichever error, no byte is lost and every receipt is true.

strace answers a chosen call of a chosen thread with an error, and the call is not made. `-m slow` does so to every
one that changes something in a run, in its undo and in its resume.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

import pandas as pd
import pytest

from mediaorg.io.journal import TRANSIENT
from mediaorg.stages import apply as stage

from .moving import Seen, another_device
from .test_apply_crash import SECOND_RUNG, THIRD_RUNG, Scene, _raw, look_whole, recover, scene

pytestmark = pytest.mark.strace

SERVER = Path(__file__).with_name("forking.py")
DONE, JOURNAL, KILLED = 0, 3, -9  # how a child of it ends
DEEDS = (
    "renameat2", "rename", "link", "unlink", "mkdir", "rmdir", "openat", "write", "pwrite64", "ftruncate", "fallocate",
    "fsync", "fdatasync", "syncfs", "utimensat", "chmod", "fchmod", "chown",
)  # fmt: skip
ERRORS = ("EIO", "ENOSPC", "EACCES")
CHANCES = 3
STRANGER = "lib/P/stranger"


@dataclass(frozen=True)
class Point:
    """The `at`-th call of its name in the `thread`-th thread of a run."""

    thread: int
    call: str
    at: int
    line: str = ""  # as strace wrote it when nobody disturbed the run

    def __str__(self) -> str:
        return f"thread {self.thread}, {self.call} number {self.at}: {self.line}"


@dataclass(frozen=True)
class Struck:
    """A call that was answered with an error in its place."""

    line: str
    commits: bool  # it was part of a commit of the journal


@dataclass
class Crew:
    """A server of forks, and a place for its trees on either device."""

    server: "subprocess.Popen[str]"
    folder: Path
    elsewhere: Path

    def scene(self) -> Scene:
        return scene(self.folder / "t", self.elsewhere)

    def do(self, made: Scene, step: str, inject: Callable[[int], Sequence[str]], *, watch: bool = False) -> int:
        """Do `step` with the injections that `inject` gives for each of its threads; how it ended.

        watch: every thread is traced, for `points`; otherwise those that are struck.
        """
        for old in self.folder.glob("log*"):
            old.unlink()
        self._ask(f"{made.home.parent} {made.elsewhere} {step}")
        tracers = []
        thread = 0
        while (told := self._answer())[0] == "thread":
            thread += 1
            injections = inject(thread)
            if injections or watch:
                tracers.append(_trace(told[1], self._log(thread), injections))
            self._ask("go on")
        for each in tracers:
            each.communicate()
        return told[1]

    def strike(self, made: Scene, step: str, point: Point, how: str, rung: Sequence[str] = ()) -> int:
        """Do `step` with `how` ("error=EIO", "signal=SIGKILL") in place of, or before, the call at `point`."""
        mine = f"{point.call}:{how}:when={point.at}"
        return self.do(made, step, lambda thread: (*rung, mine) if thread == point.thread else rung)

    def struck(self, point: Point) -> "Struck | None":
        """What the error came to, by strace's own word; None if the call was never made."""
        log = self._log(point.thread)
        said = log.read_text(errors="replace").splitlines() if log.exists() else []
        mine = [at for at, line in enumerate(said) if line.startswith(f"{point.call}(") and "(INJECTED)" in line]
        if not mine:
            return None
        before = [line for line in said[: mine[0]] if "/j.sqlite" in line]
        # A flush that does not follow a write belongs to the tidying of a journal that closes; the next to open it
        # does that again.
        commits = _on_log(said[mine[0]], "pwrite64") or (
            _on_log(said[mine[0]], "fdatasync") and bool(before) and _on_log(before[-1], "pwrite64")
        )
        return Struck(said[mine[0]], commits)

    def points(self, made: Scene, step: str, rung: Sequence[str] = ()) -> list[Point]:
        """Every call that changes something below the tree or in the journal, from a run that nobody disturbs."""
        assert self.do(made, step, lambda thread: rung, watch=True) == DONE
        refused = {each.partition(":")[0] for each in rung}
        roots = (str(made.home.parent), str(made.elsewhere))
        return [
            point
            for thread in range(1, len(list(self.folder.glob("log*"))) + 1)
            for point in _read(self._log(thread), thread)
            if any(root in point.line for root in roots)
            and (point.call != "openat" or "O_CREAT" in point.line)
            and point.call not in refused
        ]

    def warm(self) -> None:
        """Let the server import and cache all it needs, so that no child counts that in."""
        made = self.scene()
        for step in ("apply", "resume", "undo"):
            self._ask(f"warm {made.home.parent} {made.elsewhere} {step}")
            assert self._answer() == ("ended", DONE)

    def said(self) -> str:
        """The last words of a child that broke."""
        return (self.folder / "stderr").read_text()[-3000:]

    def _ask(self, words: str) -> None:
        assert self.server.stdin is not None
        print(words, file=self.server.stdin, flush=True)

    def _answer(self) -> tuple[str, int]:
        assert self.server.stdout is not None
        word, _, number = self.server.stdout.readline().partition(" ")
        assert number, f"the server of forks died: {self.said()}"
        return word, int(number)

    def _log(self, thread: int) -> Path:
        return self.folder / f"log{thread}"


def _trace(thread: int, log: Path, injections: Sequence[str]) -> "subprocess.Popen[str]":
    """strace, when it has taken hold of one thread, and of no other."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    calls = ",".join(sorted({*DEEDS, *(each.partition(":")[0] for each in injections)}))
    command = [strace, "-y", "-s", "0", "-e", f"trace={calls}", "-e", "signal=none", "-o", str(log), "-p", str(thread)]
    for each in injections:
        command += ["-e", f"inject={each}"]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    said = tracer.stderr.readline()
    if "Operation not permitted" in said:
        pytest.skip(f"strace may not trace here: {said.strip()[:100]}")
    assert "attached" in said, said
    return tracer


def _read(log: Path, thread: int) -> Iterator[Point]:
    counts: Counter[str] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        if found := re.match(r"(\w+)\(", line):
            counts[found[1]] += 1
            yield Point(thread, found[1], counts[found[1]], line)


def _on_log(line: str, call: str) -> bool:
    """Whether a line tells of `call` on SQLite's write-ahead log."""
    return re.match(rf"{call}\(\d+<[^>]*/j\.sqlite-wal>", line) is not None


@pytest.fixture(scope="module")
def crews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Crew]]:
    """Two, since every point waits for the disk and for strace most of its time."""
    with ExitStack() as held:
        found = []
        for _ in range(2):
            folder = tmp_path_factory.mktemp("errors")
            elsewhere = held.enter_context(another_device(folder)) / "other"
            stderr = held.enter_context((folder / "stderr").open("w"))
            server = subprocess.Popen(
                [sys.executable, str(SERVER)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=folder,
            )  # fmt: skip
            held.callback(server.communicate)  # its stdin ends, and so does it
            found.append(Crew(server, folder, elsewhere))
        for crew in found:
            crew.warm()
        yield found


# ---- what must hold --------------------------------------------------------------------------------------------


@dataclass
class Witness:
    """What every look compares with: the tree before each run of the journal, oldest first."""

    made: Scene
    trees: list[dict[str, Seen | None]]

    @property
    def stranger(self) -> str:
        return str(self.made.home / STRANGER)

    def receipts(self) -> list[pd.DataFrame]:
        return [stage.receipts(run_id, self.made.journal) for run_id in self.runs()["run_id"]]

    def runs(self) -> pd.DataFrame:
        return stage.runs(self.made.journal)

    def look(self, *, over: bool) -> list[pd.DataFrame]:
        """Nothing is lost or torn, strangers are untouched, and each receipt says where its film is; the receipts.

        over: every run is at its end, and nothing of ours lies about that no receipt tells of.
        """
        look_whole(self.made)
        now = self.made.now()
        assert now[self.stranger] == self.made.before[self.stranger]
        told, odd = "", set()
        receipts = self.receipts()
        for run, tree in reversed(list(zip(receipts, self.trees, strict=False))):
            for row in run.itertuples():
                film = tree[_raw(row.source)]
                assert film is not None
                error = "" if pd.isna(row.error) else row.error
                told += error
                places = {path for path, seen in now.items() if seen == film}
                places -= {path for path in places if path.endswith(".part") and path in error}
                if film not in odd:  # a later run says more of it
                    _look_at_row(row, error, places, over=over)
                if row.state in TRANSIENT or len(places) > 1 or any("/.mediaorg-" in path for path in places):
                    odd.add(film)
        if over:
            assert self.runs()["ended"].notna().all()
            films = {seen for seen in self.made.before.values() if seen}
            rubbish = [path for path, seen in now.items() if seen and seen not in films and path not in told]
            assert not rubbish
            assert not [path for path in now if "/.mediaorg-" in path and path not in told]
        return receipts

    def settle(self, struck: Point, *, resumed: bool) -> None:
        """resume, look; resume, no change; undo, and all is as it was. Or undo at once."""
        made = self.made
        if resumed:
            made.resume()
            told = self.look(over=True)
            after = made.now()
            made.resume()
            assert made.now() == after
            for one, other in zip(self.receipts(), told, strict=True):
                pd.testing.assert_frame_equal(one, other)
        made.undo()
        now = made.now()
        left = {path: seen for path, seen in now.items() if path not in made.before}
        assert {path: seen for path, seen in now.items() if path not in left} == made.before
        if struck.call == "rmdir":  # an empty folder that would not go
            assert list(left.values()) in ([], [None])
        elif left:
            told_of = " ".join(run["error"].dropna().str.cat(sep=" ") for run in self.receipts())
            assert all(path in told_of for path in left), left


def _look_at_row(row: object, error: str, places: set[str], *, over: bool) -> None:
    source, target = _raw(row.source), _raw(row.target)
    if row.state in TRANSIENT:
        assert not over, f"{row.state} although the run is over"
        assert places
        assert all(path in (source, target) or "/.mediaorg-" in path for path in places)
        return
    aside = {path for path in places if "/.mediaorg-" in path and path in error}
    left_at = aside or {source}
    wanted = {target} if row.state == "done" else left_at
    if "source_kept" in error or "both kept" in error:
        wanted = {*left_at, target}
    assert places == wanted, f"{row.state} {error}: {source} → {target} lies at {places}"


# ---- the sweep -------------------------------------------------------------------------------------------------

DEAD = {  # where the run died that `resume` is to finish: before which call, and which of those of its name
    "in the middle of renames": ("renameat2", 6, ""),
    "in the middle of a copy": ("unlink", 1, "/other/"),
}


def _where(crew: Crew, dead: str) -> Point:
    call, number, words = DEAD[dead]
    points = crew.points(prepare(crew, "apply", None, ()).made, "apply")
    return next(each for each in points if each.call == call and each.at == number and words in each.line)


def prepare(crew: Crew, step: str, dead: Point | None, rung: Sequence[str]) -> Witness:
    """A tree on which `step` can be done, and what it looked like before each run."""
    made = crew.scene()
    trees = [made.before]
    if step == "undo":
        made.apply()
        trees.append(made.now())
    if step == "resume":
        assert dead is not None
        assert crew.strike(made, "apply", dead, "signal=SIGKILL", rung) == KILLED
    return Witness(made, trees)


def endure(
    crew: Crew, step: str, dead: Point | None, rung: Sequence[str], point: Point, error: str, *, resumed: bool
) -> bool:
    """One error in place of one call, and all that must hold after; whether the call came to be."""
    witness = prepare(crew, step, dead, rung)
    code = crew.strike(witness.made, step, point, f"error={error}", rung)
    struck = crew.struck(point)
    if struck is None:
        return False
    try:
        assert code in (DONE, JOURNAL), crew.said()
        assert code == JOURNAL or not struck.commits, f"it went on without a journal: {struck.line}"
        if witness.runs().empty:
            assert witness.made.now() == witness.made.before
            witness.made.resume()
            assert set(witness.made.apply()["state"]) == {"done"}
        witness.look(over=code == DONE)
        # A half-done undo is not taken back by another: resume finishes it first.
        witness.settle(point, resumed=resumed or step == "undo")
    except Exception as failure:
        raise AssertionError(f"{error} in {step}, {point}") from failure
    return True


Job = TypeVar("Job")


def _each(crews: Sequence[Crew], jobs: Sequence[Job], do: Callable[[Crew, Job], bool]) -> list[bool | AssertionError]:
    """Do all jobs; whether what each wanted came to be, or what then did not hold.

    Two threads that copy share commits by chance, so a call may not come to be: it gets more chances.
    """
    free: SimpleQueue[Crew] = SimpleQueue()
    for crew in crews:
        free.put(crew)

    def end(job: Job) -> bool | AssertionError:
        crew = free.get()
        try:
            return any(do(crew, job) for _ in range(CHANCES))
        except AssertionError as failure:
            return failure
        finally:
            free.put(crew)

    with ThreadPoolExecutor(len(crews)) as pool:
        return list(pool.map(end, jobs))


def _judge(step: str, ends: Sequence[bool | AssertionError]) -> None:
    failures = [end for end in ends if isinstance(end, AssertionError)]
    print(f"{step}: {ends.count(True)} of {len(ends)} strikes came, {len(failures)} failures")
    for each in failures:
        print(f"{each}\n    {each.__cause__!r}")
    if failures:
        raise failures[0]
    assert len(ends) >= 3
    assert ends.count(True) >= 0.9 * len(ends) - 1


def sweep(
    crews: Sequence[Crew],
    step: str,
    dead: str | None,
    rung: Sequence[str] = (),
    *,
    choose: Callable[[list[Point]], list[Point]] = list,
    turns: int = 1,
) -> None:
    """Strike each point that is chosen; the errors take turns, as do the ways from there."""
    where = _where(crews[0], dead) if dead else None
    points = choose(crews[0].points(prepare(crews[0], step, where, rung).made, step, rung))
    jobs = [(point, at + turn) for turn in range(turns) for at, point in enumerate(points)]

    def do(crew: Crew, job: tuple[Point, int]) -> bool:
        point, turn = job
        return endure(crew, step, where, rung, point, ERRORS[turn % len(ERRORS)], resumed=turn % 2 == 0)

    ends = _each(crews, jobs, do)
    _judge(step, ends)


def test_what_an_undo_had_to_leave_aside_is_brought_home_by_the_next(crews: list[Crew]) -> None:
    """r1 stepped aside, r2 took its place, and r3 will not move: there is no name for the first to go to."""
    witness, crew = prepare(crews[0], "undo", None, ()), crews[0]
    points = crew.points(witness.made, "undo")
    point = _at(points, "renameat2", r'/lib/r3".*/lib/r2"')
    witness = prepare(crew, "undo", None, ())
    assert crew.strike(witness.made, "undo", point, "error=EIO") == DONE
    run = witness.look(over=True)[-1]
    assert run["error"].str.contains("the file lies at .* and undo takes it back").sum() == 1
    assert set(witness.made.undo()["state"]) == {"done"}
    assert witness.made.now() == witness.made.before


def test_what_stands_aside_is_told_of_when_its_copy_cannot_be_settled(crews: list[Crew]) -> None:
    """It died with a cycle's file aside and its copy begun; resume is not allowed to take that copy away."""
    crew = crews[0]
    for _ in range(5):  # which of two threads does the swap is theirs to settle
        dead = _at(
            crew.points(prepare(crew, "apply", None, ()).made, "apply"), "fsync", r"/lib/\.mediaorg-\w+-14\.part>"
        )
        witness = prepare(crew, "resume", dead, ())
        assert crew.do(witness.made, "resume", lambda thread: ["unlink:error=EIO"]) == DONE
        run = witness.look(over=True)[-1].set_index("source")
        told = run.loc[str(witness.made.elsewhere / "cross")]
        if told["state"] == "failed":
            break
    assert told["state"] == "failed"
    assert re.search("the file lies at .* and undo takes it back", told["error"])
    witness.settle(dead, resumed=True)


def test_a_copy_whose_source_stands_aside_is_taken_back_without_a_resume(crews: list[Crew]) -> None:
    """The source could not be removed; its own name has another film by now, so the copy is no copy of what lies there."""
    crew = crews[0]
    for _ in range(5):  # which of two threads does the swap is theirs to settle
        point = _at(
            crew.points(prepare(crew, "apply", None, ()).made, "apply"), "unlink", r"/other/\.mediaorg-\w+-14\""
        )
        witness = prepare(crew, "apply", None, ())
        assert crew.strike(witness.made, "apply", point, "error=EACCES") == DONE
        run = witness.look(over=True)[-1]
        if run["error"].str.startswith("source_kept: ").any():
            break
    assert run["error"].str.startswith("source_kept: ").sum() == 1
    witness.settle(point, resumed=False)


def _at(points: list[Point], call: str, words: str) -> Point:
    return next(point for point in points if point.call == call and re.search(words, point.line))


def _few(points: list[Point]) -> list[Point]:
    return points[::17]


def _few_of_the_journal(points: list[Point]) -> list[Point]:
    """All but most of the journal's own: those are the same on every rung."""
    journal = [point for point in points if "/j.sqlite" in point.line]
    return [point for point in points if point not in journal or point in journal[::8]]


STEPS = [("apply", None), ("undo", None), *(("resume", dead) for dead in DEAD)]


@pytest.mark.parametrize(("step", "dead"), STEPS)
def test_an_error_here_and_there_is_told_and_mended(crews: list[Crew], step: str, dead: str | None) -> None:
    sweep(crews, step, dead, choose=_few)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("step", "dead"), STEPS)
def test_an_error_in_place_of_any_call_is_told_and_mended(crews: list[Crew], step: str, dead: str | None) -> None:
    sweep(crews, step, dead)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("step", "dead"), STEPS[:3])
@pytest.mark.parametrize("rung", [SECOND_RUNG, THIRD_RUNG], ids=["second", "third"])
def test_an_error_on_the_lower_rungs_is_told_and_mended(
    crews: list[Crew], rung: tuple[str, ...], step: str, dead: str | None
) -> None:
    sweep(crews, step, dead, rung, choose=_few_of_the_journal)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("step", ["apply", "undo"])
def test_killed_before_any_call_of_a_thread_that_copies_nothing_is_lost(crews: list[Crew], step: str) -> None:
    """test_apply_crash counts the calls of all threads together, and so strikes the thread that renames, first and most."""
    points = [p for p in crews[0].points(prepare(crews[0], step, None, ()).made, step) if p.thread > 1]

    def do(crew: Crew, point: Point) -> bool:
        witness = prepare(crew, step, None, ())
        if crew.strike(witness.made, step, point, "signal=SIGKILL") != KILLED:
            return False
        try:
            if step == "apply":
                recover(witness.made)
            else:
                witness.look(over=False)
                witness.settle(point, resumed=True)
        except Exception as failure:
            raise AssertionError(f"killed in {step} before {point}") from failure
        return True

    _judge(step, _each(crews, points, do))
