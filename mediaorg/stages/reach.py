"""How far an edit reaches: the rows of a plan whose target or verdict may depend on those that were edited.

A plan of 10,000 rows takes half a second to make, and a person who types waits a tenth. What a row's target depends on
is few other rows: those of its work, those that want or hold a name in the same folders, and what travels with them.
Planned and judged by themselves, these get what they would get among all the others; tests hold that to be so.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mediaorg.io.listing import plain_path
from mediaorg.rules.collisions import collision_key, path_key
from mediaorg.rules.kinds import kind
from mediaorg.rules.layouts import LAYOUTS, work_name
from mediaorg.rules.safe_names import split_suffix
from mediaorg.rules.sidecars import folder_wide, is_subtitle_folder, owners
from mediaorg.stages.cells import whole
from mediaorg.stages.targets import SIDECARS

__all__ = ["Reach"]

_OWNED: Final = ("movie", "episode", "extra")


@dataclass(slots=True)
class Reach:
    """Which rows hang together. `cells` are the plan's columns as lists, which change under it: `note` what changed.

    What was once noted stays noted: a row found by what it was is planned once too often, and gets the same again.
    """

    cells: Mapping[str, list[Any]]
    names: str = "safe"
    _rows: dict[str, list[int]] = field(default_factory=dict)  # key -> rows
    _folders: set[str] = field(default_factory=set)  # that a target needs
    _sources: list[str] = field(default_factory=list)
    _roots: set[str] = field(default_factory=set)
    _first: dict[str, int] = field(default_factory=dict)  # folder -> its first sidecar
    _depth: int = 2  # of a work's folder below the root
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)  # folder -> its key, and its work's folder

    def __post_init__(self) -> None:
        self._roots = {path_key(root).rstrip("/") for root in {*self.cells["target_root"]} if root is not None}
        layouts = [LAYOUTS[name] for name in {*self.cells["layout"]} if name in LAYOUTS]
        ways = [folders for layout in layouts for folders in (layout.film, layout.episode) if "{work}" in folders]
        self._depth = min((folders.index("{work}") + 1 for folders in ways), default=self._depth)
        self._sources = ["" if cell is None else plain_path(cell) for cell in self.cells["source"]]
        for i, source in enumerate(self._sources):
            folder = source.rpartition("/")[0]
            above, over = _above(folder), _above(_above(folder))
            if self._is_sidecar(i):
                self._first.setdefault(folder, i)
                self._link(f"sidecars {folder}", i)
                if is_subtitle_folder(folder.rpartition("/")[2]):
                    self._link(f"sidecars {above}", i)
                if is_subtitle_folder(above.rpartition("/")[2]):
                    self._link(f"sidecars {over}", i)
            else:
                self._link(f"videos {folder}", i)
                for wide in dict.fromkeys((folder, above, over)):
                    self._link(f"below {wide}", i)
        self.note(range(len(self._sources)))

    def note(self, rows: Iterable[int]) -> None:
        """Take in what `rows` are now."""
        for i in rows:
            for key in self._keys(i):
                self._link(key, i)
            if (target := self.cells["target"][i]) is not None:
                folder = self._folder(target)[0]
                if folder not in self._folders:
                    self._folders.update((folder, *_folders(folder)))

    def of(self, edited: Collection[int], more: Iterable[int] = ()) -> list[int]:
        """The rows to be planned and judged anew where `edited` rows (and `more`) changed, in the plan's order."""
        told = set(edited)
        found: set[int] = set()
        asked: set[str] = set()
        waiting = [*told, *more]
        while waiting:
            i = waiting.pop()
            if i in found:
                continue
            found.add(i)
            for key in self._asks(i, told):
                if key not in asked:
                    asked.add(key)
                    waiting += self._answer(key)
        return sorted(found)

    def at(self, targets: Iterable[str]) -> set[int]:
        """The rows that have to do with the folders of `targets`: they lie there, or would."""
        folders = {self._folder(target)[1] for target in targets}
        return {i for folder in folders for role in ("to", "from") for i in self._rows.get(f"{role} {folder}", ())}

    def in_order(self, rows: Iterable[int]) -> list[int]:
        """`rows` so that a plan of them settles what a plan of all does first, first: sidecars go folder by folder."""

        def turn(i: int) -> tuple[int, int]:
            if not self._is_sidecar(i):
                return -1, i
            return self._first[_above(self._sources[i])], i

        return sorted(rows, key=turn)

    def of_video(self, move_id: str) -> list[int]:
        """The rows that are, or were, a video and its sidecars."""
        return list(dict.fromkeys(self._rows.get(f"video {move_id}", ())))

    def is_alone(self, i: int, edited: Collection[int]) -> bool:
        """Whether row `i` is a sidecar of no video, whatever becomes of the `edited` rows: two other works are near."""
        if not self._is_sidecar(i) or self._is_named(i):
            return False
        folder, _, name = self._sources[i].rpartition("/")
        if is_subtitle_folder(folder.rpartition("/")[2]) or is_subtitle_folder(_above(folder).rpartition("/")[2]):
            return False
        near = self._rows.get(f"videos {folder}", ())
        if not near:
            if not folder_wide(self._kind(i), name):
                return True
            near = self._rows.get(f"below {folder}", ())
        homes: set[str] = set()
        for j in near:
            target = self.cells["target"][j]
            if j not in edited and target is not None and self.cells["media_type"][j] in ("movie", "episode"):
                homes.add(self._folder(target)[1])
                if len(homes) > 1:
                    return True
        return False

    # ---- what links two rows ----

    def _link(self, key: str, i: int) -> None:
        rows = self._rows.setdefault(key, [])
        if not rows or rows[-1] != i:
            rows.append(i)

    def _keys(self, i: int) -> Iterator[str]:
        """By what a row is found."""
        cells = self.cells
        if (source := self._sources[i]) != "":
            yield f"path {self._key(source)}"
            yield f"from {self._folder(source)[1]}"
        if (target := cells["target"][i]) is not None:
            yield f"path {self._key(target)}"
            yield f"to {self._folder(target)[1]}"
        title, year = cells["title"][i], whole(cells["year"][i])
        if isinstance(title, str) and cells["media_type"][i] in _OWNED:
            yield f"work {collision_key(work_name(title, year, names=self.names))}"
        if (owner := cells["extra_of"][i]) is not None:
            yield f"path {self._key(plain_path(owner))}"
        for name in ("move_id", "belongs_to"):
            if (one := cells[name][i]) is not None:
                yield f"video {one}"

    def _asks(self, i: int, edited: set[int]) -> Iterator[str]:
        """By what the rows are found that row `i` has to do with."""
        for key in self._keys(i):
            role, _, rest = key.partition(" ")
            if role == "from":  # files that lie in one folder have nothing to do with each other for that
                yield f"to {rest}"
                continue
            yield key
            if role == "to":
                yield f"from {rest}"
        if (target := self.cells["target"][i]) is not None:
            key = self._key(target)
            yield from (f"path {folder}" for folder in _folders(key))
            if key in self._folders:
                yield f"under {key}"
        folder = self._sources[i].rpartition("/")[0]
        above, over = _above(folder), _above(_above(folder))
        if not self._is_sidecar(i):
            if i in edited:
                yield from (f"sidecars {near}" for near in (folder, above, over))
        elif not self._is_named(i) and not self.is_alone(i, edited):
            yield f"below {folder}"
            if is_subtitle_folder(folder.rpartition("/")[2]):
                yield f"videos {above}"
            if is_subtitle_folder(above.rpartition("/")[2]):
                yield f"videos {over}"

    def _answer(self, key: str) -> Iterable[int]:
        role, _, folder = key.partition(" ")
        if role != "under":
            return self._rows.get(key, ())
        targets = enumerate(self.cells["target"])
        return [i for i, target in targets if target is not None and self._key(target).startswith(f"{folder}/")]

    def _key(self, path: str) -> str:
        """The key of a path, which twins share."""
        return f"{self._folder(path)[0]}/{collision_key(path.rpartition('/')[2])}"

    def _folder(self, path: str) -> tuple[str, str]:
        """The key of the folder a path lies in; and of its work's, where that is above it, below a library's root."""
        folder = path.rpartition("/")[0]
        found = self._known.get(folder)
        if found is None:
            key = work = path_key(folder)
            for root in self._roots:
                if key.startswith(f"{root}/"):
                    work = f"{root}/{'/'.join(key[len(root) + 1 :].split('/')[: self._depth])}"
            found = self._known[folder] = key, work
        return found

    # ---- sidecars ----

    def _kind(self, i: int) -> str:
        given = self.cells["kind"][i]
        return str(given) if given is not None else kind(split_suffix(self._sources[i].rpartition("/")[2])[1])

    def _is_sidecar(self, i: int) -> bool:
        return self._kind(i) in SIDECARS

    def _is_named(self, i: int) -> bool:
        """Whether a sidecar's own name says which video it belongs to; then no label can change that."""
        owner = self.cells["belongs_to"][i]
        if owner is None:
            return False
        name = self._sources[i].rpartition("/")[2]
        videos = [
            self._sources[j].rpartition("/")[2]
            for j in self._rows.get(f"video {owner}", ())
            if self.cells["move_id"][j] == owner
        ]
        return any(belonging is not None for belonging in owners(videos, [name]))


def _above(folder: str) -> str:
    return folder.rpartition("/")[0]


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path
