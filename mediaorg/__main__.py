"""The command line: the same verbs, for scripts and cron.

``mediaorg organize SOURCE TARGET`` shows the plan and touches nothing; ``--apply`` moves. Exit codes: 0 all is well,
1 some files were refused or failed (their rows say why), 2 the call itself cannot be done, 130 stopped by Ctrl-C.
"""

import argparse
import logging
import os
import shlex
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import mediaorg as mo
from mediaorg.errors import BadSetting, JournalError, MediaorgError, NoSuchFolder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["main"]

_OK, _SOME_FAILED, _CANNOT, _STOPPED = 0, 1, 2, 130
_SETTINGS: Final = ("max_workers", "batch_size", "timeout_seconds", "memory_limit_mb")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what `arguments` (None: those of the command line) ask, and give the exit code."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.DEBUG if asked.verbose else logging.WARNING, format="%(levelname)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name the terminal cannot show must not end the run
            stream.reconfigure(errors="backslashreplace")
    verb: Callable[[argparse.Namespace], int] = asked.do
    try:
        if getattr(asked, "journal", None) and verb is not _organize and not Path(asked.journal).exists():
            raise JournalError(f"there is no journal {asked.journal}")
        return verb(asked)
    except MediaorgError as error:
        print(f"mediaorg: {_shown(str(error))}", file=sys.stderr)
        return _CANNOT
    except KeyboardInterrupt:
        print(f"mediaorg: stopped{_how_far(asked)}", file=sys.stderr)
        return _STOPPED
    except BrokenPipeError:  # `mediaorg runs | head`
        _say_no_more()
        return int(asked.outcome)
    except OSError as error:  # what is printed goes to a disk that is full, or the plan to a folder that is not there
        print(f"mediaorg: {error}", file=sys.stderr)
        _say_no_more()
        return asked.outcome or _CANNOT


def _say_no_more() -> None:
    """What is still to be written out at the end would fail again."""
    with suppress(OSError):  # it is no real file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# ---- the verbs


def _scan(asked: argparse.Namespace) -> int:
    files = mo.run(mo.scan(*asked.folders))
    if asked.probe:
        files = mo.run(mo.probe(files, limits=_limits(asked)))
    facts = files.attrs["mediaorg"]["scan"]
    if asked.json:
        _rows(files)
        return _SOME_FAILED if facts["errors"] else _OK
    by_kind = files.groupby("kind")["size"].agg(["size", "sum"])
    for kind, count, size in by_kind.sort_values("sum", ascending=False).itertuples():
        print(f"{kind:10} {count:9,} files {_size(size):>10}")
    print(f"{'in all':10} {len(files):9,} files {_size(files['size'].sum()):>10}")
    print(*(f"left out: {count:,} by {pattern}" for pattern, count in facts["ignored"].items()), sep="\n")
    for error in facts["errors"]:
        print(f"not read: {_shown(error['path'])}: {error['error']}")
    if asked.probe:
        _count("not sound", files["probe_error"].str.partition(":")[0].dropna())
    return _SOME_FAILED if facts["errors"] else _OK


def _organize(asked: argparse.Namespace) -> int:
    limits = _limits(asked)
    how = {name: getattr(asked, name) for name in ("layout", "operation", "on_conflict")}
    if asked.plan is not None:
        _will_be_saved(Path(asked.plan))
    run = mo.run(mo.organize(asked.source, asked.target, limits=limits, **how))
    if asked.plan is not None:
        mo.save_plan(run.plan, asked.plan)  # before anything is moved
    if not asked.json:
        _show_plan(run.plan)
        _count("plan", run.plan["status"].where(run.plan["operation"] != "skip", "stays"))
        print(*(f"{name}: {phase['files']:,} files in {phase['seconds']:.2f} s, {phase['files_per_second']:,.0f} files/s"
                for name, phase in run.stats["phases"].items()), sep="\n")  # fmt: skip
    elif not asked.apply:
        _rows(run.plan)
    sys.stdout.flush()
    if not asked.apply:
        print("nothing was touched: --apply does what is shown", file=sys.stderr)
        return _OK
    asked.began = time.time()
    return _outcome(mo.run(mo.apply(run.plan, journal=asked.journal, limits=limits)), asked)


def _will_be_saved(plan: Path) -> None:
    """Judge where a plan is to be saved before an hour of looking into files."""
    if plan.suffix.lower() not in (".csv", ".parquet"):
        raise BadSetting(f"--plan must end in .csv or .parquet, not {plan.name!r}")
    if not plan.expanduser().parent.is_dir():
        raise NoSuchFolder(f"there is no folder {plan.parent} to save the plan in")


def _undo(asked: argparse.Namespace) -> int:
    asked.began = time.time()
    return _outcome(mo.run(mo.undo(asked.run, journal=asked.journal)), asked)


def _resume(asked: argparse.Namespace) -> int:
    asked.began = time.time()
    return _outcome(mo.run(mo.resume(asked.run, journal=asked.journal)), asked)


def _runs(asked: argparse.Namespace) -> int:
    runs = mo.runs(asked.journal)
    if asked.json:
        return _rows(runs)
    print(runs.to_string(index=False) if len(runs) else "no runs yet")
    return _OK


def _samples(asked: argparse.Namespace) -> int:
    print(mo.samples(asked.into, asked.n, asked.seed))
    return _OK


# ---- how it is said


def _outcome(receipts: "pd.DataFrame", asked: argparse.Namespace) -> int:
    wrong = receipts[receipts["state"].isin(["failed", "conflict"])]
    asked.outcome = _SOME_FAILED if len(wrong) else _OK  # known before anything is said, which may fail
    if asked.json:
        _rows(receipts)
    else:
        _count("done", receipts["state"])
    for source, error in zip(wrong["source"], wrong["error"], strict=True):
        print(f"{_shown(source)}: {_shown(error)}", file=sys.stderr)
    if run_id := receipts.attrs.get("run_id"):
        print(f"run {run_id}: `{_undo_command(run_id, asked)}` takes it back", file=sys.stderr)
    sys.stdout.flush()
    return int(asked.outcome)


def _how_far(asked: argparse.Namespace) -> str:
    """What was done before somebody pressed Ctrl-C, and what can be done about it."""
    runs = mo.runs(asked.journal) if asked.began else None
    begun = runs is not None and len(runs) > 0 and runs["started"].iloc[-1].timestamp() >= asked.began
    if runs is None or not begun:
        return "; nothing was moved"
    states = mo.receipts(runs["run_id"].iloc[-1], asked.journal)["state"]
    done = int((states == "done").sum())
    command = _undo_command(runs["run_id"].iloc[-1], asked)
    return (
        f": {done:,} of {len(states):,} files are done. `{command}` takes them back; the same call again does the rest"
    )


def _undo_command(run_id: str, asked: argparse.Namespace) -> str:
    journal = ["--journal", asked.journal] if asked.journal else []
    return shlex.join(["mediaorg", "undo", run_id, *journal])


def _show_plan(plan: "pd.DataFrame") -> None:
    """Old and new, new below the library; what stays says why."""
    for source, target, operation, status, reason in _cells(plan, "source", "target", "operation", "status", "reason"):
        if operation == "skip" or target is None:
            print(f"  stays   {_shown(source)}  ({_shown(reason or status)})")
        else:
            note = f"  ({_shown(reason)})" if reason else ""
            print(f"  {status:9}{_shown(source)}\n        → {_shown(target)}{note}")


def _cells(frame: "pd.DataFrame", *names: str) -> Iterable[tuple[Any, ...]]:
    known = (frame[name].astype("object").where(frame[name].notna(), None) for name in names)
    return zip(*known, strict=True)


def _count(what: str, values: "pd.Series[Any]") -> None:
    counts = values.value_counts()
    print(f"{what}: " + (", ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing"))


def _rows(frame: "pd.DataFrame") -> int:
    """One JSON object a row, a line each; tuples are lists, times ISO."""
    sys.stdout.write(
        frame.to_json(orient="records", lines=True, date_format="iso", date_unit="us") if len(frame) else ""
    )
    return _OK


def _size(count: float) -> str:
    """Bytes in words, in powers of a thousand as disks are sold."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            break
        count, unit = count / 1000, "TB"
    return f"{count:.0f} B" if unit == "B" else f"{count:.3g} {unit}"


def _shown(text: str) -> str:
    """Text that does nothing to a terminal: a file name may hold an escape sequence or turn the line around."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else ascii(c)[1:-1] for c in text)


# ---- what can be asked


def _limits(asked: argparse.Namespace) -> mo.Limits:
    return mo.Limits(**{name: value for name in _SETTINGS if (value := getattr(asked, name)) is not None})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mediaorg", description="See, plan, move and take back a collection of video."
    )
    parser.add_argument("--version", action="version", version=f"mediaorg {mo.__version__}")
    parser.set_defaults(began=None, journal=None, outcome=_OK)
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def verb(do: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(do.__name__.strip("_"), help=about, description=about)
        made.set_defaults(do=do)
        if do is not _samples:
            made.add_argument("--json", action="store_true", help="one JSON object a row, a line each")
        made.add_argument("--verbose", action="store_true", help="log each step")
        return made

    def limits(made: argparse.ArgumentParser) -> None:
        made.add_argument("--workers", dest="max_workers", type=int, metavar="N", help="files in flight, 1 to 256")
        made.add_argument("--batch", dest="batch_size", type=int, metavar="N", help="rows handed on at once (50)")
        made.add_argument(
            "--timeout", dest="timeout_seconds", type=float, metavar="S", help="deadline for one file, seconds (30)"
        )
        made.add_argument(
            "--memory", dest="memory_limit_mb", type=float, metavar="MB", help="what a run may add, MB (512)"
        )

    scan = verb(_scan, "list folders and count what lies there")
    scan.add_argument("folders", nargs="+", metavar="FOLDER")
    scan.add_argument("--probe", action="store_true", help="look into each video as well")
    limits(scan)

    organize = verb(_organize, "plan a folder into a library; shows the plan and touches nothing without --apply")
    organize.add_argument("source", metavar="SOURCE")
    organize.add_argument("target", metavar="TARGET")
    organize.add_argument("--apply", action="store_true", help="do what the plan shows")
    organize.add_argument("--layout", default="jellyfin", help="jellyfin, plex or kodi")
    organize.add_argument("--operation", default="move", help="move, copy, hardlink or symlink")
    organize.add_argument("--on-conflict", default="keep_both", help="keep_both, skip, conflict or better")
    organize.add_argument("--plan", metavar="FILE", help="also save the plan, .csv or .parquet")
    limits(organize)

    for made in (
        verb(_undo, "take a run back; the last one if none is named"),
        verb(_resume, "finish what a crash left"),
    ):
        made.add_argument("run", nargs="?", metavar="RUN")
        made.add_argument("--journal", metavar="FILE", help="instead of the user's own")
    for made in (organize, verb(_runs, "list what was done")):
        made.add_argument("--journal", metavar="FILE", help="instead of the user's own")

    samples = verb(_samples, "lay out a messy collection of tiny real videos")
    samples.add_argument(
        "into", nargs="?", metavar="FOLDER", help="empty or not there yet; a temporary one if not given"
    )
    samples.add_argument("-n", type=int, metavar="N", help="how many files")
    samples.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    sys.exit(main())
