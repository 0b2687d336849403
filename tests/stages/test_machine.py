"""Whatever a user and the mover do in turn, no byte is lost, none is doubled, and what is undone is as it was.

A machine that plans, applies, tears the journal away, resumes, takes back and does again, on two real devices, while a
user edits the same files in between. What a run may have done to the disk follows from its receipts alone: the model
works that out, and the disk must be that, to the last name and folder.
"""

import asyncio
import os
import shutil
import stat
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mediaorg.errors import JournalError
from mediaorg.io.journal import Journal
from mediaorg.records import Limits
from mediaorg.schema import from_path, path_text
from mediaorg.stages import apply as stage
from mediaorg.stages.plan import check

from .moving import Seen, another_device, film, make_plan, torn, tree

Tree = dict[str, Seen | None]

NAMES = (
    *("plain.mkv", "Plain.MKV", "e\u0301.mkv", "\u00e9.mkv", "two\nlines", "-rf", "x" * 255, r"bad\xff"),
    os.fsdecode(b"bad\xff"),
)
FOLDERS = ("in", "In", "lib", "lib/A", "lib/a", "lib/A/deep", "lib/plain.mkv", os.fsdecode(b"lib/\xe9"))
OPERATIONS = ("move", "move", "move", "copy", "hardlink", "symlink")

NUMBERS = st.integers(0, 30)  # one of what there is, whatever that is: a draw that never depends on the disk
PLACES = st.tuples(st.sampled_from((0, 1)), st.sampled_from(FOLDERS), st.sampled_from(NAMES))
SHAPES = st.sampled_from(("spread", "chain", "cycle", "careless"))
BATCHES = st.sampled_from((1, 2, 50))


# ---- what a run may have done ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A row of a receipt; paths as the system gives them."""

    move_id: str
    operation: str
    source: str
    target: str
    state: str
    error: str | None
    hashed: bool
    along: bool  # taken back only because it lay in another's way

    @property
    def stands(self) -> bool:
        """Done; or out of its cycle's way, with both its names taken by others meanwhile."""
        return self.state == "done" or (self.error or "").endswith("and undo takes it back")

    @property
    def paths(self) -> set[str]:
        return {self.source, self.target}


def told_by(receipts: pd.DataFrame) -> list[Told]:
    return [
        Told(
            row["move_id"], row["operation"], path_text(row["source"]), path_text(row["target"]), row["state"],
            None if pd.isna(row["error"]) else row["error"], not pd.isna(row["hash"]),
            str(row["reason"]).startswith("way:"),
        )
        for row in receipts.to_dict("records")
    ]  # fmt: skip


def files(seen: Tree) -> dict[str, Seen]:
    return {path: one for path, one in seen.items() if one is not None}


def folders(seen: Tree) -> set[str]:
    return {path for path, one in seen.items() if one is None}


def contents(seen: Tree) -> set[bytes]:
    """What the films hold; where a link leads is no content."""
    return {one.content for one in files(seen).values() if one.mode}


def doubled(before: Tree, after: Tree) -> set[str]:
    """New names of contents that have more names than before."""
    had, has = (Counter(one.content for one in files(seen).values() if one.mode) for seen in (before, after))
    return {
        path for path, one in files(after).items() if has[one.content] > had[one.content] > 0 and path not in before
    }


def above(paths: set[str]) -> set[str]:
    """Every folder that must be there for `paths` to be there."""
    return {os.fspath(folder) for path in paths for folder in Path(path).parents}


def link_to(path: str) -> Seen:
    """A symbolic link, which has no mode here."""
    return Seen(os.fsencode(path), 0, 0)


def done_by(rows: Sequence[Told], before: Tree) -> dict[str, Seen]:
    """The files there must be after a run, all rows at once: those told as done have moved, the others have not."""
    there, done = files(before), [row for row in rows if row.state == "done"]
    for row in done:
        assert row.source in there, f"done, but there was nothing to be moved: {row}"
    leaving = {row.source for row in done if row.operation in ("move", "remove")}
    after = {path: one for path, one in there.items() if path not in leaving}
    for row in done:
        if row.operation != "remove":
            assert row.target not in before or row.target in leaving, f"done, but the name was another file's: {row}"
            assert row.target not in after, f"done, but two rows got one name: {row}"
            after[row.target] = link_to(row.source) if row.operation == "symlink" else there[row.source]
    return after


# ---- the machine -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """A plan that waits, and the files it is about as they were when it was made."""

    frame: pd.DataFrame
    seen: dict[str, Seen]
    clock: int


@dataclass
class Broken:
    """A run whose journal was torn away, and what there was before it."""

    run_id: str
    undoes: str | None
    before: Tree
    seen: dict[str, Seen] | None  # of a plan
    edited: dict[str, Seen | None] = field(default_factory=dict)  # what the user did to the pieces


class MoverMachine(RuleBasedStateMachine):
    """The disk, the journal, and what must be true of both."""

    def __init__(self, here: Path, elsewhere: Path) -> None:
        super().__init__()
        self.roots = [Path(tempfile.mkdtemp(dir=folder)) for folder in (here, elsewhere)]
        self.desk = Path(tempfile.mkdtemp(dir=elsewhere))
        self.journal = self.desk / "j.sqlite"
        Journal.open(self.journal).__exit__(None, None, None)
        self.count = 0  # of contents and of times: each is given once
        self.clock = 0  # of what happened to the disk
        self.first: Tree = {}
        self.disk: Tree = {}
        self.kept: set[bytes] = set()  # written by the user and not removed by the user
        self.users: set[str] = set()  # what the user changed
        self.told: set[str] = set()  # what a receipt says could not be done, with the pieces of a torn run
        self.aside: set[str] = set()  # files left under a temporary name, as their receipts say
        self.plans: list[Planned] = []
        self.undoes: dict[str, str | None] = {}  # every run there was, oldest first
        self.put: dict[tuple[str, str], Seen] = {}  # by run and move: the file that was given its new name
        self.made: dict[str, set[str]] = {}  # by run: its folders that are still there
        self.unsure: set[str] = set()  # runs among whose pieces the user was: whose a folder is cannot be said
        self.clean: set[str] = set()  # runs since which nothing happened, so that they can go back whole
        self.interest: set[str] = set()  # paths that runs and plans name
        self.open: list[IO[bytes]] = []
        self.broken: Broken | None = None

    # ---- the world

    def look(self) -> Tree:
        """The two disks; when a link was made is nobody's matter."""
        seen = tree(*self.roots)
        return {
            path: link_to(os.fsdecode(one.content)) if one is not None and stat.S_ISLNK(one.mode) else one
            for path, one in seen.items()
        }

    def new(self) -> tuple[bytes, int]:
        self.count += 1
        return b"film %06d" % self.count, 1_500_000_000_000_000_000 + self.count * 1_000_000_007

    def path(self, place: tuple[int, str, str]) -> Path:
        root, folder, name = place
        return self.roots[root] / folder / name

    def free(self, path: Path) -> bool:
        """Whether a user could make a file of this name."""
        return not os.path.lexists(path) and all(
            folder.is_dir() or not os.path.lexists(folder) for folder in path.parents
        )

    def pick(self, number: int, *, near: bool) -> Path | None:
        """A regular file that is no temporary: near, one a plan or a run names."""
        there = [path for path in sorted(files(self.disk)) if not os.path.islink(path) and ".mediaorg-" not in path]
        pool = [path for path in there if path in self.interest] if near else []
        pool = pool or there
        return Path(pool[number % len(pool)]) if pool else None

    def happened(self, *, clean: set[str]) -> None:
        self.clock += 1
        self.clean = clean
        self.disk = self.look()

    def verb(self, do: Callable[..., Any], *given: Any, **more: Any) -> pd.DataFrame:
        if do is not stage.resume:
            more["limits"] = Limits(max_workers=1, batch_size=more.pop("batch", 50))
        return asyncio.run(do(*given, journal=self.journal, progress=False, **more))

    # ---- the first tree

    @initialize(places=st.lists(PLACES, min_size=3, max_size=8, unique=True), empty=st.sampled_from(FOLDERS))
    def a_tree(self, places: list[tuple[int, str, str]], empty: str) -> None:
        for path in map(self.path, places):
            if self.free(path):
                content, mtime_ns = self.new()
                film(path, content, mtime_ns=mtime_ns)
        if self.free(self.roots[0] / empty):
            (self.roots[0] / empty).mkdir(parents=True)
        self.disk = self.first = self.look()
        self.kept = contents(self.disk)

    # ---- plans

    @precondition(lambda self: self.broken is None and len(self.plans) < 2)
    @rule(
        shape=SHAPES,
        numbers=st.lists(NUMBERS, min_size=1, max_size=5),
        places=st.lists(PLACES, min_size=5, max_size=5, unique=True),
        operations=st.lists(st.sampled_from(OPERATIONS), min_size=5, max_size=5),
        then=st.sampled_from(("wait", "apply", "edit", "stranger", "write", "tear", "tear")),
        number=NUMBERS,
        batch=BATCHES,
    )
    def plan(
        self,
        shape: str,
        numbers: list[int],
        places: list[tuple[int, str, str]],
        operations: list[str],
        then: str,
        number: int,
        batch: int,
    ) -> None:
        """Plan, and mostly apply it at once: as it is, or when something was done to one of its files."""
        picked = [path for number in numbers if (path := self.pick(number, near=False)) is not None]
        sources = picked if shape == "careless" else list(dict.fromkeys(picked))
        new = [self.path(place) for place in places]
        match shape:
            case "chain":
                targets = [*sources[1:], new[0]]
            case "cycle":
                targets = [*sources[1:], *sources[:1]]
            case "careless":
                targets = [Path(sources[-1 - at]) if at % 2 else new[at] for at in range(len(sources))]
            case _:
                targets = new
        pairs = list(zip(sources, targets, strict=False))
        if not pairs:
            return
        turns = ["move"] * len(pairs) if shape in ("chain", "cycle") else operations[: len(pairs)]
        frame = make_plan(pairs, self.roots[0], turns)
        frame["target_root"] = [
            from_path(next(root for root in self.roots if target.is_relative_to(root))) for _, target in pairs
        ]
        self.interest |= {os.fspath(path) for pair in pairs for path in pair}
        there = files(self.disk)
        self.plans.append(
            Planned(frame, {os.fspath(source): there[os.fspath(source)] for source in sources}, self.clock)
        )
        source, target = pairs[number % len(pairs)]
        match then:
            case "wait":
                return
            case "edit":
                self.change(source, "touch")
            case "stranger" if self.free(target):
                self.change(target, "rewrite")
            case "write" if not self.open:
                self.open.append(source.open("r+b"))
            case "tear":
                self.tear(-1, False, number % 8, batch)
                return
        self.apply(-1, batch)
        if then == "write":
            self.stop_writing()

    @precondition(lambda self: self.broken is None and self.plans)
    @rule(number=NUMBERS, batch=BATCHES)
    def apply(self, number: int, batch: int) -> None:
        plan = self.plans.pop(number % len(self.plans))
        fresh = plan.clock == self.clock and not self.open
        judged = check(plan.frame)["status"].tolist() if fresh else []
        before = self.disk
        run = self.verb(stage.apply, plan.frame, batch=batch)
        rows = told_by(run)
        note(f"{[(row.state, row.error) for row in rows]}")
        self.undoes[run.attrs["run_id"]] = None
        assert len(rows) == len(plan.frame)
        self.ran(run.attrs["run_id"], rows, before, plan.seen)
        for row, status in zip(rows, judged, strict=False):
            across = row.operation == "hardlink" and self.device(row.source) != self.device(row.target)
            assert status != "ready" or row.state == "done" or across, f"nothing stood in its way: {row}"

    def device(self, path: str) -> int:
        return next(at for at, root in enumerate(self.roots) if Path(path).is_relative_to(root))

    # ---- the way back

    @precondition(lambda self: self.broken is None and self.undoes)
    @rule(number=NUMBERS, batch=BATCHES, only=st.none() | st.lists(st.booleans(), min_size=5, max_size=5))
    def undo(self, number: int, batch: int, only: list[bool] | None) -> None:
        """The newest run first, as the numbers grow; the undo of an undo does it again."""
        run_id = list(reversed(self.undoes))[number % len(self.undoes)]
        rows = told_by(stage.receipts(run_id, self.journal))
        wanted = [row.move_id for row, yes in zip(rows, only or [True] * len(rows), strict=False) if yes]
        self.take_back(run_id, wanted, batch, whole=only is None)

    def take_back(self, run_id: str, wanted: list[str], batch: int, *, whole: bool) -> list[Told]:
        before, clean = self.disk, run_id in self.clean and not self.open
        standing = {row.move_id for row in told_by(stage.receipts(run_id, self.journal)) if row.stands}
        run = self.verb(stage.undo, run_id, only=None if whole else wanted, batch=batch)
        rows = told_by(run)
        note(f"{[(row.state, row.error) for row in rows]}")
        assert {row.move_id for row in rows if not row.along} <= set(wanted)
        assert {row.move_id for row in rows} >= standing & set(wanted)
        assert {row.move_id for row in rows} <= standing, "what was taken back is taken back again"
        if not rows:
            assert self.look() == before
            return rows
        back = run.attrs["run_id"]
        self.undoes[back] = run_id
        kept = self.clean & {run_id}
        self.ran(back, rows, before, None)
        self.clean |= kept
        if clean:
            assert all(row.state == "done" for row in rows), f"nothing stood in the way: {rows}"
        return rows

    # ---- what is true of every run that came to its end

    def ran(self, run_id: str, rows: list[Told], before: Tree, seen: dict[str, Seen] | None) -> None:
        undoes = self.undoes[run_id]
        self.words_and_identity(rows, before, seen, undoes)
        expected = done_by(rows, before)
        self.happened(clean={run_id})
        assert files(self.disk) == expected
        done = {path for row in rows if row.state == "done" for path in row.paths}
        new, gone = folders(self.disk) - folders(before), folders(before) - folders(self.disk)
        assert new <= above(done), "a folder was made for nothing"
        self.made[run_id] = new
        self.check_folders(undoes, gone)
        self.remember(run_id, rows, before)

    def check_folders(self, undoes: str | None, gone: set[str]) -> None:
        if undoes is None:
            assert not gone, "a folder was removed by a run that took nothing back"
            return
        assert gone <= self.made[undoes], "a folder was removed that the run had not made"
        self.made[undoes] &= folders(self.disk)
        empty = self.made[undoes] - above(set(self.disk))
        assert not empty or undoes in self.unsure, f"an empty folder that the run made was left: {empty}"

    def words_and_identity(
        self, rows: list[Told], before: Tree, seen: dict[str, Seen] | None, undoes: str | None
    ) -> None:
        for row in rows:
            assert row.state in ("done", "failed", "conflict", "skipped")
            assert row.state == "done" or row.error, "not done, and no word why"
            if row.state != "done":
                continue
            if seen is not None:
                assert before[row.source] == seen[row.source], f"it was another file when it was planned: {row}"
            elif undoes is not None and (put := self.put.get((undoes, row.move_id))) is not None:
                self.is_still(before[row.source], put, row, before)

    def is_still(self, now: Seen | None, put: Seen, row: Told, before: Tree) -> None:
        """What goes back is what was put there: by its time and size, and by its content where that was read."""
        if row.operation not in ("move", "remove"):
            return
        assert now is not None
        assert (now.mtime_ns, len(now.content)) == (put.mtime_ns, len(put.content)), f"it changed since: {row}"
        if row.hashed:
            assert now.content == put.content, f"its content changed since: {row}"
        if row.operation == "remove" and now.mode:
            origin = before[row.target]
            assert origin is not None
            assert origin.content == now.content, f"the only one of its kind was taken away: {row}"

    def remember(self, run_id: str, rows: list[Told], before: Tree) -> None:
        there = files(before)
        for row in rows:
            if row.state == "done" and row.operation != "remove":
                self.put[run_id, row.move_id] = link_to(row.source) if row.operation == "symlink" else there[row.source]

    # ---- a journal torn away

    @precondition(lambda self: self.broken is None and (self.plans or self.undoes))
    @rule(number=NUMBERS, back=st.booleans(), after=st.integers(0, 14), batch=BATCHES)
    def tear(self, number: int, back: bool, after: int, batch: int) -> None:
        before, seen, undoes = self.disk, None, None
        try:
            with torn(self.journal, after):
                if self.undoes and (back or not self.plans):
                    undoes = list(reversed(self.undoes))[number % len(self.undoes)]
                    run = self.verb(stage.undo, undoes, batch=batch)
                else:
                    plan = self.plans.pop(number % len(self.plans))
                    seen = plan.seen
                    run = self.verb(stage.apply, plan.frame, batch=batch)
        except JournalError:
            (run_id,) = set(stage.runs(self.journal)["run_id"]) - set(self.undoes)
            self.broken = Broken(run_id, undoes, before, seen)
            self.undoes[run_id] = undoes
            self.happened(clean=set())
            return
        if len(run):
            self.undoes[run.attrs["run_id"]] = undoes
            self.ran(run.attrs["run_id"], told_by(run), before, seen)

    @precondition(lambda self: self.broken is not None)
    @rule(after=st.integers(0, 8))
    def resume_torn(self, after: int) -> None:
        try:
            with torn(self.journal, after):
                run = self.verb(stage.resume)
        except JournalError:
            self.happened(clean=set())
        else:
            self.resumed(run)

    @precondition(lambda self: self.broken is not None)
    @rule()
    def resume(self) -> None:
        self.resumed(self.verb(stage.resume))

    def resumed(self, run: pd.DataFrame) -> None:
        broken, rows = self.broken, told_by(run)
        assert broken is not None
        self.broken = None
        note(f"{[(row.state, row.error) for row in rows]}")
        assert set(run["run_id"]) <= {broken.run_id}
        if broken.edited:
            self.among_the_pieces(broken, rows)
        else:
            self.ran(broken.run_id, rows, broken.before, broken.seen)
        again = self.verb(stage.resume)
        assert len(again) == 0
        assert self.look() == self.disk

    @precondition(lambda self: self.broken is not None)
    @rule(batch=BATCHES)
    def take_back_the_torn(self, batch: int) -> None:
        broken, self.broken = self.broken, None
        assert broken is not None
        run = self.verb(stage.undo, broken.run_id, batch=batch)
        rows = told_by(run)
        note(f"{[(row.state, row.error) for row in rows]}")
        if len(run):
            self.undoes[run.attrs["run_id"]] = broken.run_id
            self.unsure.add(run.attrs["run_id"])
            self.made[run.attrs["run_id"]] = above({path for row in rows for path in row.paths})
        self.among_the_pieces(broken, told_by(stage.receipts(broken.run_id, self.journal)) + rows)
        if not broken.edited and not self.open:
            assert all(row.state == "done" for row in rows), f"nothing stood in the way: {rows}"
            assert files(self.disk) == files(broken.before)
            assert broken.undoes is not None or folders(self.disk) == folders(broken.before)

    def among_the_pieces(self, broken: Broken, rows: list[Told]) -> None:
        """A user was there before resume: what the user left stays, and whose the rest is stands on the receipts."""
        before = self.disk
        self.happened(clean=set())
        for path in doubled(before, self.disk):
            assert any(
                path in row.paths and (row.operation != "move" or row.state not in ("done", "undone")) for row in rows
            )
        for row in rows:
            assert row.state in ("done", "failed", "conflict", "skipped", "undone"), "a run that ended is in flight"
            assert row.state in ("done", "undone") or row.error
            if row.state not in ("done", "undone"):
                self.told |= row.paths
        words = [row.error or "" for row in rows]
        self.aside |= {
            path for path in self.disk if ".mediaorg-" in path and any(from_path(path) in one for one in words)
        }
        for path, left in broken.edited.items():
            assert left is None or self.disk.get(path) == left, f"what the user left at {path!r} is gone"
        self.unsure |= {broken.run_id} | ({broken.undoes} if broken.undoes else set())
        for run_id in self.unsure & set(self.undoes):
            self.made[run_id] = self.made.get(run_id, set()) | above(self.interest)
        self.remember_pieces(broken, rows)

    def remember_pieces(self, broken: Broken, rows: list[Told]) -> None:
        there = files(broken.before)
        for row in rows:
            if row.source in there and row.operation != "remove":
                self.put.setdefault(
                    (broken.run_id, row.move_id),
                    link_to(row.source) if row.operation == "symlink" else there[row.source],
                )

    # ---- the user

    def edited(self) -> None:
        """Take what the disk is now as the user's doing."""
        before = self.disk
        self.happened(clean=set())
        missing = object()
        changed = {
            path
            for path in before.keys() | self.disk.keys()
            if before.get(path, missing) != self.disk.get(path, missing)
        }
        self.users |= changed
        self.kept = contents(self.disk)
        if self.broken is not None:
            self.broken.edited.update((path, self.disk.get(path)) for path in changed)

    @rule(number=NUMBERS, near=st.booleans(), how=st.sampled_from(("rewrite", "touch", "delete", "replace", "secret")))
    def edit(self, number: int, near: bool, how: str) -> None:
        path = self.pick(number, near=near)
        if path is None:
            return
        self.change(path, how)

    def change(self, path: Path, how: str) -> None:
        content, mtime_ns = self.new()
        match how:
            case "delete":
                path.unlink()
            case "touch":
                os.utime(path, ns=(0, mtime_ns))
            case "replace":
                path.unlink()
                film(path, content, mtime_ns=mtime_ns)
            case "secret" if self.broken is None:  # nobody can tell, except where the content was read
                film(path, content, mtime_ns=path.lstat().st_mtime_ns)
            case _:
                film(path, content, mtime_ns=mtime_ns)
        self.edited()

    @rule(number=NUMBERS, near=st.booleans(), place=PLACES)
    def rename_away(self, number: int, near: bool, place: tuple[int, str, str]) -> None:
        path, to = self.pick(number, near=near), self.path(place)
        if path is None or not self.free(to) or self.device(os.fspath(path)) != place[0]:
            return
        to.parent.mkdir(parents=True, exist_ok=True)
        path.rename(to)
        self.edited()

    @rule(number=NUMBERS, place=PLACES, where=st.sampled_from(("named", "made", "anywhere")))
    def a_stranger(self, number: int, place: tuple[int, str, str], where: str) -> None:
        """A new file: under a name that a plan or a run has to do with, in a folder a run made, or anywhere."""
        named = sorted(path for path in self.interest if self.free(Path(path)))
        made = sorted(set().union(*self.made.values()) & folders(self.disk))
        path = self.path(place)
        if where == "named" and named:
            path = Path(named[number % len(named)])
        elif where == "made" and made:
            path = Path(made[number % len(made)]) / "stranger"
        if not self.free(path):
            return
        self.change(path, "rewrite")

    @rule(number=NUMBERS)
    def remove_an_empty_folder(self, number: int) -> None:
        empty = sorted(folders(self.disk) - above(set(self.disk)))
        if empty:
            Path(empty[number % len(empty)]).rmdir()
            self.edited()

    @precondition(lambda self: not self.open)
    @rule(number=NUMBERS)
    def write_on(self, number: int) -> None:
        """A download or a recording that does not end: the file may not move, whoever waits for its name."""
        path = self.pick(number, near=True)
        if path is not None:
            self.open.append(path.open("r+b"))

    @precondition(lambda self: self.open)
    @rule()
    def stop_writing(self) -> None:
        while self.open:
            self.open.pop().close()

    # ---- always

    @invariant()
    def nothing_is_lost_and_the_disk_is_as_it_was_told(self) -> None:
        now = self.look()
        assert self.kept <= contents(now), "a content is lost"
        assert now == self.disk
        temporary = {path for path in now if ".mediaorg-" in path} - self.aside
        assert self.broken is not None or not temporary, "a temporary is left"

    # ---- the end

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else a step has failed, and that is what is told
                self.stop_writing()
                self.take_everything_back()
        finally:
            while self.open:
                self.open.pop().close()
            for folder in (*self.roots, self.desk):
                shutil.rmtree(folder)

    def take_everything_back(self) -> None:
        if self.broken is not None:
            self.resumed(self.verb(stage.resume))
        for run_id in reversed([one for one in self.undoes if self.forward(one)]):
            wanted = [row.move_id for row in told_by(stage.receipts(run_id, self.journal))]
            rows = self.take_back(run_id, wanted, 50, whole=True)
            self.told |= {path for row in rows if row.state != "done" for path in row.paths}
            again = self.take_back(run_id, wanted, 50, whole=True)
            assert {row.move_id for row in again} == {row.move_id for row in rows if row.state != "done"}
            assert all(row.state != "done" for row in again), "undone twice was not undone once"
        self.nothing_is_lost_and_the_disk_is_as_it_was_told()
        self.all_is_as_at_first()

    def forward(self, run_id: str) -> bool:
        undoes = self.undoes[run_id]
        return undoes is None or not self.forward(undoes)

    def all_is_as_at_first(self) -> None:
        missing = object()
        # Taken back before a later run had left its folder, a run does not come back for it.
        left = set().union(*self.made.values()) & folders(self.disk)
        for path in (self.first.keys() | self.disk.keys()) - left:
            if self.first.get(path, missing) == self.disk.get(path, missing):
                continue
            assert path in self.users | self.told | self.aside | above(self.users | self.told), (
                f"it is not as it was: {path!r}"
            )


def run(folder: Path, wish: settings) -> None:
    with another_device(folder) as elsewhere:
        run_state_machine_as_test(lambda: MoverMachine(folder, elsewhere), settings=wish)


# Derandomized, so that the everyday suite is the same every day; the long one is there to find what is new.
# Each step starts, flushes and ends a real run, so it is slow by nature, and rules wait for what others leave them.
# SHRINK=0 tells the first failure as it was found: enough to know that there is one.
EVERYDAY = settings(
    max_examples=50,
    stateful_step_count=12,
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.generate, Phase.shrink) if os.environ.get("SHRINK", "1") == "1" else (Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.timeout(600)  # for the shrinking of a failure; else it takes some 15 s
def test_whatever_happens_nothing_is_lost_and_all_goes_back(tmp_path: Path) -> None:
    run(tmp_path, EVERYDAY)


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_whatever_happens_for_long(tmp_path: Path) -> None:
    """`MACHINES` is how many; each goes other ways than the last time."""
    examples = int(os.environ.get("MACHINES", "2000"))
    run(tmp_path, settings(EVERYDAY, max_examples=examples, stateful_step_count=25, derandomize=False))
