"""A collection of shows under the names people give them, of any size, and a model that knows the truth of each file."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mediaorg.collection import _titles

_ROMAN = "I II III IV V VI VII VIII IX X".split()
_WORDS = "One Two Three Four Five Six Seven Eight Nine Ten".split()
# (how it counts, a name, seasons, whether a parser is sure of it)
HABITS = (
    ("sxxeyy", "{title}/Season {s}/{title} - S{s:02}E{e:02}.mkv", 3, True),
    ("sxxeyy", "{dots}.S{s:02}/{dots}.S{s:02}E{e:02}.1080p.WEB.H264-TIDE.mkv", 2, True),
    ("leading", "{title}/Season {s}/{e:02} - Thaw.mkv", 3, True),
    ("nxmm", "{title}/{title} {s}x{e:02}.avi", 3, True),
    ("absolute", "{title}/{title} - {a:03}.mkv", 3, True),
    ("sxxeyy", "{title}/{title} S{s:02}E{e:02}.mkv", 3, True),
    ("nxmm", "{title}/Season {s}/{s}x{e:02}.mkv", 3, True),
    ("concat", "{title}/{title} {s}{e:02}.mkv", 1, False),
    ("concat", "{title}/{short}-{s}{e:02}-thaw.avi", 1, False),
    ("concat", "{title}/{glued}{s}{e:02}.avi", 3, False),
)


@dataclass(frozen=True)
class File:
    path: str
    title: str
    numbering: str
    season: int | None
    episode: int


def shows(count: int, files: int, seed: int = 1, *, unsure_only: bool = False) -> list[File]:
    """`count` shows, `files` files together."""
    rng, titles = random.Random(seed), _titles(random.Random(seed))
    made: list[File] = []
    for show in range(count):
        habits = [habit for habit in HABITS if not (unsure_only and habit[3])]
        many = files // count + (show < files % count)
        made += _show(next(titles), habits[show % len(habits)], many, rng)
    return made


def _show(title: str, habit: tuple[str, str, int, bool], many: int, rng: random.Random) -> Iterator[File]:
    numbering, form, seasons, _ = habit
    a_season = -(-many // seasons)
    for at in range(many):
        s, e = at // a_season + 1, at % a_season + 1
        path = form.format(
            title=title, dots=title.replace(" ", "."), glued=title.replace(" ", "").lower(), s=s, e=e, a=at + 1,
            short="".join(word[0] for word in title.lower().split()),
        )  # fmt: skip
        yield File(
            path, title, numbering, None if numbering == "absolute" else s, at + 1 if numbering == "absolute" else e
        )


class Knowing:
    """A model that knows the truth, and says it in the form it is asked for."""

    def __init__(self, files: list[File]) -> None:
        self.by_path = {file.path: file for file in files}
        self.by_folder = {file.path.split("/")[0]: file for file in files}
        self.asked: list[str] = []

    def __call__(self, document: dict[str, Any]) -> dict[str, Any]:
        return {
            "folders": [self.folder(item) for item in document.get("folders", [])],
            "rows": [self.row(item) for item in document.get("rows", [])],
        }

    def folder(self, item: dict[str, Any]) -> dict[str, Any]:
        file = self.by_folder[item["folder"]]
        self.asked.append(item["folder"])
        return {
            "id": item["id"], "echo": item["folder"][:8], "kind": "series", "title": file.title, "year": None,
            "numbering": file.numbering, "confidence": 90, "why": "",
        }  # fmt: skip

    def row(self, item: dict[str, Any]) -> dict[str, Any]:
        file = self.by_path[item["path"]]
        self.asked.append(item["path"])
        return {
            "id": item["id"], "echo": item["path"].split("/")[-1][:8], "kind": "episode", "title": file.title, "year": None,
            "season": file.season, "episodes": [file.episode], "confidence": 90, "why": "",
        }  # fmt: skip
