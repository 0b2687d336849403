"""How many names are read right: ``python -m benchmarks.accuracy`` prints mediaorg beside guessit.

Three collections: names alone and whole folders, both written for this project by somebody who knew none of its rules,
and the sample collection grown to ten thousand files, whose truth it brings along. A reading is right when every field
the truth asserts is right: type, title, year, season, episode numbers, date, part.
"""

import argparse
import json
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pandas as pd
from guessit import guessit

import mediaorg as mo
from mediaorg.collection import truth

__all__ = ["Case", "Score", "folders", "grown", "names", "score"]

_LISTS: Final = Path(__file__).parent / "names"
_SURE: Final = 0.9
_COUNTRY: Final = re.compile(r"[\s(]+(?:us|usa|uk|au|nz|ca)\)?$", re.IGNORECASE)

Reading = Mapping[str, Any]  # type, title, year, season, episodes, absolute, date, part, sure


@dataclass(frozen=True, slots=True)
class Case:
    """A file below a root that says nothing, and what a right reading of it holds; `either` may be any kind of number."""

    root: str
    path: str
    expect: Mapping[str, Any]
    either: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of all cases: read right; said with a confidence of 0.9 and more, and of those right. `rate` in names/s."""

    cases: int
    right: float
    sure: float
    sure_right: float
    rate: float
    wrong: tuple[tuple[Case, Reading], ...]


def names() -> list[Case]:
    """Names alone, each below a root of its own."""
    return [_case(f"/names/{at}", record) for at, record in enumerate(_records("names-*.jsonl"))]


def folders() -> list[Case]:
    """Whole folders, a root a habit."""
    trees = enumerate(_records("folders-*.jsonl"))
    return [_case(f"/folders/{at}", record) for at, tree in trees for record in tree["files"]]


def grown(n: int) -> list[Case]:
    """The videos of the sample collection of `n` files."""
    with TemporaryDirectory() as home:
        root = mo.samples(Path(home) / "messy", n=n)
        known = truth(root)
    known = known[(known["kind"] == "video") & ~known["left_out"].eq(True) & known["media_type"].notna()]
    return [Case(str(root), str(row["path"]), _asserted(row)) for row in known.to_dict("records")]


def _records(pattern: str) -> Iterable[dict[str, Any]]:
    for file in sorted(_LISTS.glob(pattern)):
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


def _case(root: str, record: Mapping[str, Any]) -> Case:
    either = record.get("number_either")
    numbers = None if either is None else tuple(either) if isinstance(either, list) else (either,)
    return Case(root, f"{root}/{record['path']}", record["expect"], numbers)


def _asserted(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the truth of a sample says, in the words of a case."""
    said = {
        "type": row["media_type"],
        "title": row["title"],
        "season": _one(row["season"]),
        "episodes": row["episodes"],
        "date": None if pd.isna(row["date"]) else row["date"].date().isoformat(),
    }
    return {key: list(value) if isinstance(value, tuple) else value for key, value in said.items() if _known(value)}


def _known(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or not pd.isna(value)


def _one(value: Any) -> list[int] | None:
    return None if pd.isna(value) else [int(value)]


# ---- readings --------------------------------------------------------------------------------------------------


def by_mediaorg(cases: Sequence[Case]) -> list[Reading]:
    """Label all cases in one call, by their paths alone."""
    frame = pd.DataFrame({"path": [case.path for case in cases], "root": [case.root for case in cases]})
    labels = mo.run(mo.classify(frame, corrections=False, cache=False, progress=False))
    return [
        {
            "type": row["media_type"],
            "title": row["title"] if isinstance(row["title"], str) else None,
            "year": _whole(row["year"]),
            "season": _one(row["season"]) or [],
            "episodes": list(row["episodes"] or ()),
            "absolute": list(row["absolute_episodes"] or ()),
            "date": None if pd.isna(row["date"]) else row["date"].date().isoformat(),
            "part": _whole(row["part"]),
            "sure": row["confidence"],
        }
        for row in labels.to_dict("records")
    ]


def by_guessit(cases: Sequence[Case]) -> list[Reading]:
    """Ask guessit one by one: it reads a path with its folders."""
    return [_guessed(case.path[len(case.root) + 1 :]) for case in cases]


def _guessed(path: str) -> Reading:
    found = guessit(path, {} if "/" in path else {"name_only": True})

    def many(key: str) -> list[Any]:
        value = found.get(key)
        return value if isinstance(value, list) else [] if value is None else [value]

    first = {key: (many(key) or [None])[0] for key in ("title", "year", "part", "cd")}
    extra = found.get("bonus") is not None or {"Trailer", "Sample", "Extras", "Featurette"} & set(many("other"))
    return {
        "type": "extra" if extra else found.get("type"),
        "title": first["title"],
        "year": first["year"],
        "season": [one for one in many("season") if isinstance(one, int)],
        "episodes": [one for one in many("episode") if isinstance(one, int)],
        "absolute": [one for one in many("absolute_episode") if isinstance(one, int)],
        "date": str(found["date"])[:10] if found.get("date") else None,
        "part": first["part"] or first["cd"],
        "sure": 0.0,
    }


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


# ---- what is right ---------------------------------------------------------------------------------------------


def is_right(case: Case, got: Reading) -> bool:
    """Whether every field the case asserts is right."""
    numbers = got["episodes"], got["absolute"], [got["part"]]
    if case.either is not None and sorted(case.either) not in [sorted(map(int, filter(None, one))) for one in numbers]:
        return False
    return all(_field_is_right(name, wanted, got) for name, wanted in case.expect.items())


def _field_is_right(name: str, wanted: Any, got: Reading) -> bool:
    match name:
        case "type":
            return got["type"] in (wanted if isinstance(wanted, list) else [wanted])
        case "title":
            return any(_same(one, got) for one in (wanted if isinstance(wanted, list) else [wanted]))
        case "episodes":  # a number without a season may be counted from the beginning
            return sorted(got["episodes"] or got["absolute"]) == sorted(wanted)
        case "absolute":
            return sorted(wanted) in (sorted(got["absolute"]), sorted(got["episodes"]))
        case "season":
            return sorted(got["season"]) == sorted(wanted) or (len(wanted) > 1 and got["season"] == [min(wanted)])
        case _:
            return bool(got[name] == wanted)


def _same(wanted: str, got: Reading) -> bool:
    """Letters and digits alone count; a year, a country or a part may stand in the title or in its own column."""
    title = got["title"] or ""
    mine = {title, _COUNTRY.sub("", title), f"{title} {got['year']}", f"{title} part {got['part']}"}
    return bool({_bare(one) for one in mine} & {_bare(wanted), _bare(_COUNTRY.sub("", wanted))} - {""})


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    return re.sub(r"[\W_]+", "", "".join(one for one in folded if not unicodedata.combining(one)))


def score(cases: Sequence[Case], read: Callable[[Sequence[Case]], list[Reading]] = by_mediaorg) -> Score:
    """Have all cases read, and count."""
    read(cases[:20])  # what is imported on first use is not timed
    began = time.perf_counter()
    readings = read(cases)
    rate = len(cases) / (time.perf_counter() - began)
    right = [is_right(case, got) for case, got in zip(cases, readings, strict=True)]
    sure = [yes for yes, got in zip(right, readings, strict=True) if got["sure"] >= _SURE]
    wrong = [pair for pair, yes in zip(zip(cases, readings, strict=True), right, strict=True) if not yes]
    precise = sum(sure) / len(sure) if sure else float("nan")
    return Score(len(cases), sum(right) / len(cases), len(sure) / len(cases), precise, rate, tuple(wrong))


def main() -> None:
    """Print the table of the README."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="of the grown sample collection")
    parser.add_argument("--wrong", action="store_true", help="print what is read wrong as well")
    asked = parser.parse_args()
    collections = {
        "names alone": names(),
        "whole folders": folders(),
        f"the samples, {asked.files:,} files": grown(asked.files),
    }
    print("| | cases | guessit right | mediaorg right | of those it is 0.9 sure of | names/s, guessit = 1 |")
    print("|---|---|---|---|---|---|")
    for what, cases in collections.items():
        few = cases[:: max(1, len(cases) // 800)]  # guessit takes its time
        theirs, ours = score(few, by_guessit), score(cases)
        sure = f"{ours.sure_right:.1%} of {ours.sure:.0%}"
        print(
            f"| {what} | {ours.cases:,} | {theirs.right:.1%} | {ours.right:.1%} | {sure} | {ours.rate / theirs.rate:.1f} |"
        )
        for case, got in ours.wrong if asked.wrong else ():
            print(f"{case.path}\n    wanted {dict(case.expect)}\n    got {dict(got)}", file=sys.stderr)


if __name__ == "__main__":
    main()
