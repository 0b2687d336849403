"""The whole journey on the sample collection, in a terminal: a messy folder, a plan, a library, and the folder again."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

import pandas as pd

import mediaorg as mo

SHOWN = 12


def main() -> None:
    """Lay the collection out in a scratch folder, organise it, take it back, and compare."""
    pd.options.display.width, pd.options.display.max_columns, pd.options.display.max_colwidth = 140, 20, 60
    scratch = Path(tempfile.mkdtemp(prefix="mediaorg-demo-"))
    try:
        mo.run(journey(mo.samples(scratch / "messy"), scratch / "library", scratch / "journal.sqlite"))
    finally:
        shutil.rmtree(scratch)


async def journey(folder: Path, library: Path, journal: Path) -> None:
    """Scan, probe, classify, plan, apply, undo; with the rates of each."""
    before = fingerprint(folder)

    files = await timed("scan: what is there", mo.scan(folder, progress=False))
    print(files.groupby("kind")["size"].agg(files="size", bytes="sum").to_string())

    media = await timed("probe: what is in it", mo.probe(files, cache=False, progress=False))
    videos = media[media["kind"] == "video"]
    print(
        videos[["name", "duration", "quality", "video_codec", "audio_codec", "playable"]]
        .head(SHOWN)
        .to_string(index=False)
    )
    print("\nwhat is wrong with files is in their rows:")
    print(videos.dropna(subset="probe_error")[["name", "probe_error"]].to_string(index=False))

    labels = await timed("classify: what every file is", mo.classify(media, progress=False))
    known = labels[labels["kind"] == "video"]
    print(known[["name", "media_type", "title", "season", "episodes", "confidence"]].head(SHOWN).to_string(index=False))

    began = time.perf_counter()
    plan = mo.plan(labels, library)
    rate("plan: where each should go", len(plan), began)
    moving = plan[plan["status"] == "ready"]
    for source, target in zip(moving["source"].head(SHOWN), moving["target"].head(SHOWN), strict=True):
        print(f"  {below(source, folder)}\n    → {below(target, library)}")
    print(f"  … {max(0, len(moving) - SHOWN)} more\n")
    print(plan.groupby(["status", "operation"]).size().to_string())
    assert fingerprint(folder) == before, "a plan must touch nothing"

    receipts = await timed("apply: now it moves", mo.apply(plan, journal=journal, progress=False))
    print(receipts["state"].value_counts().to_string())
    show(library)

    back = await timed("undo: every byte back where it was", mo.undo(receipts, journal=journal, progress=False))
    print(back["state"].value_counts().to_string())
    same = fingerprint(folder) == before
    print(f"\nThe folder is {'the same again, byte for byte, times included' if same else 'NOT the same again'}.")
    print(f"The library is {'gone again' if not library.exists() else 'still there'}.")
    if not same:
        raise SystemExit(1)


async def timed(title: str, stage: Awaitable[pd.DataFrame]) -> pd.DataFrame:
    """Await a stage and say how fast it was."""
    began = time.perf_counter()
    table = await stage
    rate(title, len(table), began)
    return table


def rate(title: str, files: int, began: float) -> None:
    """Say how many files a second that was."""
    seconds = time.perf_counter() - began
    print(f"\n── {title} ── {files:,} files in {seconds:.2f} s, {files / seconds:,.0f} files/s\n")


def show(folder: Path) -> None:
    """Draw the first levels of a library."""
    print()
    for kind in sorted(folder.iterdir()):
        titles = sorted(kind.iterdir())
        print(f"  {kind.name}/")
        for title in titles[:5]:
            print(f"    {title.name}/  {sum(path.is_file() for path in title.rglob('*'))} files")
        if len(titles) > 5:
            print(f"    … {len(titles) - 5} more")


def below(cell: str, root: Path) -> str:
    """A path cell relative to its root, for reading."""
    return mo.from_path(os.path.relpath(mo.to_path(cell), root))


def fingerprint(folder: Path) -> str:
    """One hash of every name, byte, mtime and mode below `folder`."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=os.fsencode):
        facts = path.lstat()
        whole.update(os.fsencode(path.relative_to(folder)) + b"\0")
        if path.is_file():
            whole.update(hashlib.sha256(path.read_bytes()).digest() + f"{facts.st_mtime_ns} {facts.st_mode}".encode())
    return whole.hexdigest()


if __name__ == "__main__":
    main()
