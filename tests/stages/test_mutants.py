"""The tests of the mover would notice: each of these wrong movers makes a named test fail.

A copy of the package is broken in one place, and the test is run against it in a process of its own. Whoever rewrites
the mover and makes a line here match no longer has to say how the same mistake would look now.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
JOURNAL, DISK = (f"tests/io/test_{name}.py" for name in ("journal", "disk"))
APPLY, CRASH, POWER = (f"tests/stages/test_{name}.py" for name in ("apply", "apply_crash", "powercut"))


FOUND_IS_ENOUGH = (("SHRINK", "0"),)
MACHINE = "tests/stages/test_machine.py::test_whatever_happens_nothing_is_lost_and_all_goes_back"
LASTS = f"{CRASH}::test_of_a_copy_the_new_name_lasts_before_the_old_one_goes_and_that_before_it_is_called_done"
SQUATTER = f"{CRASH}::test_who_takes_a_name_at_the_last_moment_keeps_it"


@dataclass(frozen=True)
class Mutant:
    """A mistake: in `file`, `right` is written as `wrong`; `test` sees it."""

    name: str
    file: str
    right: str
    wrong: str
    test: str
    environment: tuple[tuple[str, str], ...] = ()


MUTANTS = (
    Mutant(
        "os.replace in place of a rename that refuses", "io/disk.py",
        "        _kernel_rename(source, target)\n", "        os.replace(source, target)\n",
        SQUATTER,
    ),
    Mutant(
        "looking first, then renaming", "io/disk.py",
        "        _kernel_rename(source, target)\n",
        "        if look(target) is not None:\n            raise FileExistsError(target)\n        os.rename(source, target)\n",
        SQUATTER,
    ),
    Mutant(
        "a link that replaces", "io/disk.py",
        "    os.link(source, target)\n\n\ndef symlink",
        "    if look(target) is not None:\n        os.unlink(target)\n    os.link(source, target)\n\n\ndef symlink",
        f"{DISK}::test_copies_and_links_refuse_a_taken_name",
    ),
    Mutant(
        "the source unlinked before the copy has its name", "io/mover.py",
        "                copy = disk.there(mark.temporary)\n",
        "                copy = disk.there(mark.temporary)\n                disk.remove(move.source)\n",
        SQUATTER,
    ),
    Mutant(
        "copying straight to the final name", "io/mover.py",
        'temporary = os.path.join(os.path.dirname(move.target), f".mediaorg-{self.token}-{position}.part")',
        "temporary = move.target",
        f"{APPLY}::test_a_move_across_devices_is_a_copy_that_was_verified",
    ),
    Mutant(
        "no intent before the deed", "io/mover.py",
        "        self.record([*before, *intents, *parking])\n",
        "        self.record([*before, *parking])\n        self.marks.update((mark.position, mark) for mark in intents)\n",
        f"{CRASH}::test_killed_on_the_lower_rungs",
    ),
    Mutant(
        "a copy that is not read back", "io/disk.py",
        '        if verify == "hash" and _hash(descriptor, stop) != copied.hash:\n', "        if False:\n",
        f"{DISK}::test_a_copy_that_reads_back_differently_is_no_copy",
    ),
    Mutant(
        "a source that changed is moved all the same", "io/mover.py",
        "            raise Refused(differs)\n", "            pass\n",
        f"{CRASH}::test_what_is_written_to_during_the_run_stays_where_it_is",
    ),
    Mutant(
        "a link below the root is entered", "io/mover.py",
        '            return f"outside_root: a link leads', '            f"outside_root: a link leads',
        f"{CRASH}::test_a_folder_that_becomes_a_link_during_the_run_is_not_entered",
    ),
    Mutant(
        "the new names are never flushed", "io/disk.py",
        "    there = sorted(set(folders))\n", "    there: list[str] = []\n",
        f"{POWER}::test_a_power_cut_after_a_run_takes_nothing_of_it_back",
    ),
    Mutant(
        "the copy is not flushed", "io/disk.py",
        "        _flush_together([errands[at].temporary for at in there])\n", "        pass\n",
        f"{CRASH}::test_a_copy_is_flushed_before_it_gets_its_name",
    ),
    Mutant(
        "a journal that syncs now and then", "io/journal.py",
        "PRAGMA synchronous=FULL", "PRAGMA synchronous=OFF",
        f"{POWER}::test_a_power_cut_at_any_moment_loses_nothing", (("POWERCUTS", "30"),),
    ),
    Mutant(
        "a journal that syncs at checkpoints, and the power goes", "io/journal.py",
        "PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL",
        f"{POWER}::test_a_power_cut_at_any_moment_loses_nothing", (("POWERCUTS", "40"),),
    ),
    Mutant(
        "a journal that syncs at checkpoints", "io/journal.py",
        "PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL",
        f"{JOURNAL}::test_every_commit_is_on_the_disk_before_it_is_answered",
    ),
    Mutant(
        "the old name goes before the new one lasts", "io/mover.py",
        "        self.flush(os.path.dirname(self.moves[mark.position].target) for mark in published)\n", "",
        LASTS,
    ),
    Mutant(
        "called done before the old name is gone for good", "io/mover.py",
        "        self.flush(os.path.dirname(at) for at, own in zip(sources, moved, strict=True) if own)\n", "",
        LASTS,
    ),
    Mutant(
        "the source of a copy is not looked at again before it goes", "io/mover.py",
        "            self.check_source(move, at)\n            disk.remove(at)\n", "            disk.remove(at)\n",
        f"{CRASH}::test_a_source_that_is_written_to_while_its_copy_gets_its_name_stays",
    ),
    Mutant(
        "a copy that is not looked at again once it is written", "io/mover.py",
        "            self.check_source(move, errand.source)  # it", "            pass  # it",
        f"{CRASH}::test_of_copies_that_are_made_together_one_whose_source_changes_costs_only_itself",
    ),
    Mutant(
        "os.replace, and nobody comes at the last moment", "io/disk.py",
        "        _kernel_rename(source, target)\n", "        os.replace(source, target)\n",
        MACHINE, FOUND_IS_ENOUGH,
    ),
    Mutant(
        "a file that was touched is still the same", "io/disk.py",
        "    if mtime_ns is not None and mtime_ns != now.mtime_ns:\n", "    if False:\n",
        MACHINE, FOUND_IS_ENOUGH,
    ),
    Mutant(
        "a folder that is removed with what is in it", "io/disk.py",
        "        os.rmdir(folder)\n", "        shutil.rmtree(folder)\n",
        MACHINE, FOUND_IS_ENOUGH,
    ),
    Mutant(
        "a taken name is made free", "stages/apply.py",
        "    if there is None or _needs_aside(move):\n",
        "    if there is not None and there.st_nlink == 1 and not stat.S_ISDIR(there.st_mode):\n"
        "        os.unlink(move.target)\n        return None\n    if there is None or _needs_aside(move):\n",
        MACHINE, FOUND_IS_ENOUGH,
    ),
    Mutant(
        "what was taken back still counts as done", "io/journal.py",
        "WHEN NEW.state = 'done' AND NEW.undoes_run", "WHEN NEW.state = 'gone' AND NEW.undoes_run",
        MACHINE, FOUND_IS_ENOUGH,
    ),
    Mutant(
        "an unfinished copy forgotten by recovery", "io/recovery.py",
        "    _drop_temporary(mark)\n    _end(mover, move, mark, _before(mark))\n\n\ndef _copied", "    pass\n\n\ndef _copied",
        MACHINE, FOUND_IS_ENOUGH,
    ),
)  # fmt: skip
SMOKE = {MUTANTS[0].name, MUTANTS[4].name}


@pytest.mark.parametrize(
    "mutant",
    [pytest.param(one, id=one.name, marks=() if one.name in SMOKE else pytest.mark.slow) for one in MUTANTS],
)
def test_a_wrong_mover_is_noticed(tmp_path: Path, mutant: Mutant) -> None:
    package = tmp_path / "mediaorg"
    shutil.copytree(CHECKOUT / "mediaorg", package, ignore=shutil.ignore_patterns("__pycache__"))
    file = package / mutant.file
    text = file.read_text()
    assert mutant.right in text, "the line that was to be broken is written otherwise now"
    file.write_text(text.replace(mutant.right, mutant.wrong, 1))

    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-o",
        f"pythonpath={tmp_path} {CHECKOUT}",
        "-m",
        "slow or not slow",
        mutant.test,
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
        **dict(mutant.environment),
    }
    answer = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode == 0 and " passed" not in answer.stdout:
        pytest.skip(f"the test is skipped here: {answer.stdout[-200:]}")
    assert answer.returncode == 1, f"nobody notices\n{answer.stdout[-2000:]}"
