"""Which target each row gets: places by the layout's rules, spelled as the library spells them, and never one twice."""

import itertools
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from mediaorg.io.listing import Entry, Listing, Numbers
from mediaorg.rules.collisions import collision_key, path_key
from mediaorg.rules.kinds import VIDEO, kind
from mediaorg.rules.layouts import (
    COPY,
    Layout,
    Place,
    Work,
    copy_number,
    form,
    ids_of,
    place,
    respelled,
    title_of,
    version,
)
from mediaorg.rules.safe_names import LONGEST, SIDECAR_ROOM, file_name, split_suffix
from mediaorg.rules.sidecars import folder_wide, is_season_folder, is_subtitle_folder, owners, season_of, tail
from mediaorg.schema import to_path

__all__ = ["ASIDE", "SIDECARS", "File", "Settings", "Targets"]

SIDECARS: Final = ("subtitle", "artwork", "nfo")
_MOST_COPIES: Final = 9999
ASIDE: Final = "Duplicates"  # below the library's root, beside Movies and Shows


@dataclass(slots=True)
class File:
    """One row, as far as its target depends on it."""

    source: str  # plain path, as a cell
    kind: str
    work: Work | None  # None for what is no video, or has no label
    extra_of: str | None = None
    quality: int | None = None
    screen_size: str | None = None
    doubtful: bool = False
    skip: str | None = None  # why it stays, known from its label alone
    who: Numbers = (None, None, None, None)
    content: Hashable = None  # what files of the same content share

    @property
    def folder(self) -> str:
        """The folder it lies in."""
        return self.source.rpartition("/")[0]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.source.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the caller of `plan` chose."""

    root: str
    layout: Layout
    operation: str
    on_conflict: str
    names: str


@dataclass(frozen=True, slots=True)
class _Works:
    """The folders of a library that may be a work's: their names, and those by title, each with its year."""

    names: set[str]
    by_title: dict[str, list[tuple[str, int | None]]]


@dataclass(slots=True)
class Targets:
    """The targets of all files of a plan; lists of one entry a file, None where there is none.

    `skip` says why a file stays, `note` what to know of one that goes, `owner` the number of a sidecar's video.
    `stays` are files one may not count on to leave their place.
    """

    files: list[File]
    settings: Settings
    listing: Listing
    stays: frozenset[int] = frozenset()
    target: list[str | None] = field(init=False)
    skip: list[str | None] = field(init=False)
    note: list[str | None] = field(init=False)
    owner: list[int | None] = field(init=False)
    _at: dict[str, int] = field(init=False)  # source -> file
    _places: list[Place | None] = field(init=False)
    _folders: list[str] = field(init=False)  # absolute, as spelled
    _spelled: dict[tuple[str, str], str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _folder_keys: dict[str, str] = field(default_factory=dict)
    _disk_videos: dict[str, dict[str, list[Entry]]] = field(default_factory=dict)
    _works_in: dict[str, "_Works"] = field(default_factory=dict)
    _seasons_in: dict[str, dict[str, int | None]] = field(default_factory=dict)  # of each folder of a show's
    _shows: dict[str, set[object]] = field(default_factory=dict)  # title -> the shows of the plan that have it

    def __post_init__(self) -> None:
        nothing = [None] * len(self.files)
        self.target, self.note, self.owner = list(nothing), list(nothing), list(nothing)
        self.skip = [file.skip for file in self.files]
        self._at = {file.source: i for i, file in enumerate(self.files)}
        self._places, self._folders = list(nothing), [""] * len(self.files)
        self._place_all()
        self._settle_videos()
        self._note_same_content()
        self._settle_sidecars()

    # ---- places ----

    def _place_all(self) -> None:
        for file in self.files:
            if file.work is not None and file.work.media_type == "episode" and file.work.title:
                self._shows.setdefault(title_of(file.work.title)[0], set()).add((file.work.year, file.work.ids))
        works = [file.work for file in self.files if file.work is not None]
        films = {_title_key(work) for work in works if work.media_type == "movie"}
        shows = {_title_key(work) for work in works if work.media_type == "episode"}
        # One extra that knows its season says of the others, too, that they are a show's.
        seasons = {_title_key(work) for work in works if work.media_type == "extra" and work.season is not None}
        shows |= seasons - films
        for i, file in enumerate(self.files):
            if file.work is None or file.skip is not None:
                continue
            work = self._owned(file, shows, films) if file.work.media_type == "extra" else file.work
            found = place(self.settings.layout, work, names=self.settings.names)
            if isinstance(found, str):
                self.note[i] = found
            else:
                self._places[i], self._folders[i] = self._housed(found, work)
                self.note[i] = found.note

    def _housed(self, found: Place, work: Work) -> tuple[Place, str]:
        """A place and its folder, as the library spells them: what is there already is joined, not doubled."""
        folder = self.settings.root.rstrip("/")
        for depth, name in enumerate(found.folders):
            if depth == found.work:
                spelled = self._work_folder_in(folder, name, show=work.media_type == "episode" or work.of_show)
                found = respelled(found, spelled) if spelled != name else found
            elif depth == found.season:
                spelled = self._season_folder_in(folder, name, found.number)
            else:
                spelled = self._join(folder, name)
            folder = f"{folder}/{spelled}"
        return found, folder

    def _work_folder_in(self, folder: str, name: str, *, show: bool) -> str:
        """The folder of a work in `folder`: `name`, or the one there is for it, in whatever spelling.

        A show without its year is joined with the one there is of that title; films of one title are many.
        """
        spelled = self._join(folder, name)
        known = self._works_in.get(folder)
        if known is None:
            known = self._works_in[folder] = self._works(folder)
        if spelled in known.names:
            return spelled
        title, year = title_of(name)
        there = known.by_title.get(title, ())
        own = ids_of(name)
        like = [
            other
            for other, its_year in there
            if not _differ(own, ids_of(other))
            and (its_year == year or _agree(own, ids_of(other)) or (show and None in (year, its_year)))
        ]
        if len(like) != 1:
            return spelled
        # Without a year the title alone must tell: in the library, and among the shows of the plan.
        its_year = dict(there)[like[0]]
        alone = len(there) == 1 and len(self._shows.get(title, ())) <= 1
        return like[0] if its_year == year or _agree(own, ids_of(like[0])) or alone else spelled

    def _works(self, folder: str) -> "_Works":
        works = _Works(set(), {})
        for name in self._folders_below(folder):
            title, year = title_of(name)
            works.names.add(name)
            works.by_title.setdefault(title, []).append((name, year))
        return works

    def _season_folder_in(self, folder: str, name: str, season: object) -> str:
        """The folder of a season: `name`, or "Season 1", "Specials", if that is there and `name` is not."""
        spelled = self._join(folder, name)
        known = self._seasons_in.get(folder)
        if known is None:
            known = self._seasons_in[folder] = {other: season_of(other) for other in self._folders_below(folder)}
        if spelled in known:
            return spelled
        like = [other for other, number in known.items() if number == season]
        return like[0] if len(like) == 1 else spelled

    def _folders_below(self, folder: str) -> list[str]:
        entries = itertools.chain.from_iterable(self.listing.folder(folder or "/").values())
        return [entry.name for entry in entries if entry.kind == "folder"]

    def _owned(self, file: File, shows: set[str], films: set[str]) -> Work:
        """An extra, with title and year of its owner, and whether that is a show."""
        assert file.work is not None
        at = self._at.get(file.extra_of) if file.extra_of is not None else None
        owner = None if at is None else self.files[at].work
        if owner is not None and owner.title and owner.media_type in ("movie", "episode"):
            show = owner.media_type == "episode"
            ids = file.work.ids or owner.ids
            return replace(file.work, title=owner.title, year=owner.year, edition=owner.edition, ids=ids, of_show=show)
        key = _title_key(file.work)
        show = key in shows or (key not in films and self._is_known_show(file.work))
        return replace(file.work, of_show=show)

    def _is_known_show(self, work: Work) -> bool:
        if not work.title:
            return False
        as_show = Work("episode", work.title, work.year, 1, (1,))
        found = place(self.settings.layout, as_show, names=self.settings.names)
        if isinstance(found, str) or found.work is None:
            return False
        folder = self.settings.root.rstrip("/")
        for name in found.folders[: found.work]:
            folder = f"{folder}/{self._join(folder, name)}"
        name = self._work_folder_in(folder, found.folders[found.work], show=False)  # of that year: a film may be older
        return any(entry.kind == "folder" for entry in self.listing.folder(folder).get(collision_key(name), ()))

    def _join(self, folder: str, name: str) -> str:
        """The one spelling of `name` in `folder`: the library's, else the plan's first."""
        known = self._spelled.get((folder, name))
        if known is None:
            key = (folder, "/" + collision_key(name))
            known = self._spelled.get(key)
            if known is None:
                known = self._spelled[key] = self.listing.spelled(folder or "/", name)
            self._spelled[(folder, name)] = known
        return known

    # ---- videos ----

    def _settle_videos(self) -> None:
        on_conflict = self.settings.on_conflict
        if on_conflict == "better":
            for group in self._works_meeting().values():
                for alike in self._by_form(group):  # a film in 3D is no worse copy of the flat one
                    if len(alike) > 1 and self._have_versions(alike):
                        self._set_aside_worse(alike)
        stems: dict[str, list[tuple[int, str | None]]] = {}
        for group in self._works_meeting().values():
            forms = [form(self.files[i].name) if self._have_versions([i]) else None for i in group]
            versions = forms
            if len(group) > 1 and self._have_versions(group):
                told = [version(self.files[i].quality, self.files[i].screen_size) for i in group]
                if len(set(zip(told, forms, strict=True))) > 1:
                    versions = [" ".join(filter(None, both)) or None for both in zip(told, forms, strict=True)]
            for i, label, own in zip(group, versions, forms, strict=True):
                found = self._places[i]
                assert found is not None
                if label != own and self.note[i] is None:
                    self.note[i] = f"version: {label}, since another file is of the same work"
                stems.setdefault(f"{self._key(self._folders[i], found.same)}/{label}", []).append((i, label))
        # Every name somebody wants at first hand is spoken for before copies are numbered around them.
        for members in stems.values():
            self._name_first(members)
        for members in stems.values():
            self._name_rest(members)

    def _works_meeting(self) -> dict[str, list[int]]:
        """Files by the name they would have without a version: those that share one are of one work."""
        groups: dict[str, list[int]] = {}
        for i, found in enumerate(self._places):
            if found is not None:
                groups.setdefault(self._key(self._folders[i], found.same), []).append(i)
        return groups

    def _by_form(self, group: list[int]) -> list[list[int]]:
        forms: dict[str | None, list[int]] = {}
        for i in group:
            forms.setdefault(form(self.files[i].name), []).append(i)
        return list(forms.values())

    def _have_versions(self, group: list[int]) -> bool:
        return all((found := self._places[i]) is not None and found.versions for i in group)

    def _set_aside_worse(self, group: list[int]) -> None:
        """Leave the work's folder to one of the plan's rows: to what is in the library, else the best, else the first.

        The others go where no server looks; nothing is deleted.
        """

        def rank(i: int) -> tuple[bool, bool, int]:
            file = self.files[i]
            return self._name(i, None, 1) == file.source, not file.doubtful, file.quality or 0

        best = max(group, key=rank)
        label = version(self.files[best].quality, self.files[best].screen_size)
        root = self.settings.root.rstrip("/")
        for i in group:
            if i != best:
                self.note[i] = f"better: {self.files[best].name}{f' ({label})' if label else ''} is kept"
                self._folders[i] = f"{root}/{ASIDE}{self._folders[i].removeprefix(root)}"
        self.note[best] = f"better: of {len(group)} files of the same work"

    def _is_aside(self, i: int) -> bool:
        return self._folders[i].startswith(f"{self.settings.root.rstrip('/')}/{ASIDE}/")

    def _name_first(self, members: list[tuple[int, str | None]]) -> None:
        """Give the plain name to the file that has it already, else to the first that can have it."""
        if self.settings.on_conflict == "conflict":
            for i, label in members:
                self._places[i] = self._places[members[0][0]]  # one name for all, whatever titles their episode has
                self.target[i] = self._name(i, label, 1)
            return
        at_home = [member for member in members if self._name(*member, 1) == self.files[member[0]].source]
        for i, label in at_home or members:
            name = self._name(i, label, 1)
            if at_home or not self._busy(i, name):
                self._take(i, name)
                return

    def _name_rest(self, members: list[tuple[int, str | None]]) -> None:
        on_conflict = self.settings.on_conflict
        left = [member for member in members if self.target[member[0]] is None and self.skip[member[0]] is None]
        if not left:
            return
        if on_conflict != "skip":
            for i, label in left:  # who is a copy already stays that copy
                copy = copy_number(self.files[i].name)
                name = self._name(i, label, copy) if 2 <= copy <= len(members) + 1 else None
                if name is not None and name == self.files[i].source and not self._busy(i, name):
                    self._copy(i, name, copy)
        copy = 2
        for i, label in left:
            if self.target[i] is not None:
                continue
            if on_conflict == "skip" or (
                on_conflict == "better" and self._have_versions([i]) and not self._is_aside(i)
            ):
                self.skip[i] = f"target_exists: {self._name(i, label, 1)} is taken"
                self._places[i] = None
                continue
            while copy < _MOST_COPIES and self._busy(i, self._name(i, label, copy)):
                copy += 1
            self._copy(i, self._name(i, label, copy), copy)

    def _note_same_content(self) -> None:
        first: dict[Hashable, int] = {}
        for i, file in enumerate(self.files):
            if file.content is None or file.kind != VIDEO:
                continue
            other = first.setdefault(file.content, i)
            if other != i:
                same = f"the same content as {self.files[other].source}"
                if self.skip[i] is not None:
                    self.skip[i] = f"{self.skip[i]}; {same}"
                else:
                    self.note[i] = f"duplicate: {same}" if self.note[i] is None else f"{self.note[i]}; {same}"

    def _copy(self, i: int, name: str, copy: int) -> None:
        self._take(i, name)
        self.note[i] = f"copy: number {copy}, since its name is taken"

    def _take(self, i: int, target: str) -> None:
        self.target[i] = target
        self._taken.add(self._stem_key(target))

    def _name(self, i: int, label: str | None, copy: int) -> str:
        found = self._places[i]
        assert found is not None
        stem, suffix = found.stem(label, copy), split_suffix(_letters(self.files[i].name).rstrip())[1]
        folder = self._folders[i]
        plain = found.work is not None and stem.startswith(folder.rpartition("/")[2])
        if (
            not plain
            or len(stem.encode()) > LONGEST - SIDECAR_ROOM - len(suffix.encode(errors="replace"))
            or not (suffix.isascii() and suffix[1:].isalnum())
        ):
            mark = COPY.format(number=copy) if copy > 1 and "copy" not in found.template.fields else ""
            room = SIDECAR_ROOM + len(mark.encode())
            named = file_name(stem.removesuffix(mark), suffix, names=self.settings.names, room=room)
            stem, suffix = split_suffix(named)
            stem += mark
        return f"{folder}/{stem}{suffix}"

    def _busy(self, i: int, target: str) -> bool:
        """Whether a video's stem at `target` is spoken for, in the plan or by a file that stays on the disk."""
        if self._stem_key(target) in self._taken:
            return True
        entries, _ = self.listing.at(self.settings.root, target)
        if any(self._is_held(i, entry) for entry in entries):
            return True
        # T (Y).avi on the disk: T (Y).mkv beside it would share its subtitles.
        folder, _, name = target.rpartition("/")
        stem = collision_key(split_suffix(name)[0])
        return any(self._is_held(i, entry) for entry in self._videos_at(folder).get(stem, ()))

    # ---- sidecars ----

    def _settle_sidecars(self) -> None:
        videos: dict[str, list[int]] = {}
        sidecars: dict[str, list[int]] = {}
        for i, file in enumerate(self.files):
            if file.kind == VIDEO:
                videos.setdefault(file.folder, []).append(i)
            elif file.kind in SIDECARS and file.skip is None:
                sidecars.setdefault(file.folder, []).append(i)
        below = self._works_below(videos)
        wishes: list[tuple[int, str]] = []
        for folder, group in sidecars.items():
            wishes += self._wishes(folder, group, videos, below)
        for at_home in (True, False):
            for i, target in wishes:
                if (target == self.files[i].source) is at_home:
                    self._settle_sidecar(i, target)

    def _wishes(
        self, folder: str, group: list[int], videos: dict[str, list[int]], below: dict[str, dict[str, int]]
    ) -> Iterator[tuple[int, str]]:
        """The sidecars of one folder with the targets they would have; sets their owner, or why they stay."""
        near, alone = self._near(folder, videos)
        one_film = self._one_film(near)
        names = [self.files[i].name for i in group]
        found = owners([self.files[i].name for i in near], names, alone=None)
        of_video: dict[int, list[tuple[int, str | None]]] = {}
        for i, belonging in zip(group, found, strict=True):
            file = self.files[i]
            if belonging is not None:
                of_video.setdefault(near[belonging.video], []).append((i, belonging.rest))
            elif folder_wide(file.kind, file.name) and (wide := self._wide_folder(i, folder, near, below)) is not None:
                self.owner[i], home = wide
                yield from self._if_video_moves(i, f"{home}/{file_name(*split_suffix(_letters(file.name)), room=0)}")
            elif alone is not None:
                of_video.setdefault(alone, []).append((i, None))
            elif one_film is not None and file.kind != "subtitle":
                of_video.setdefault(one_film, []).append((i, None))
            else:
                self.skip[i] = "no_video: no video of its name, nor one alone with it"
        for video, members in of_video.items():
            stem = split_suffix(self.files[video].name)[0]
            plain = [self._tail(i, rest, stem, own_words=False) for i, rest in members]
            count = Counter(map(collision_key, plain))
            for (i, rest), written in zip(members, plain, strict=True):
                self.owner[i] = video
                if count[collision_key(written)] > 1:
                    written = self._tail(i, rest, stem, own_words=True)
                    self.note[i] = "own_words: kept, since two would share a name"
                target = self.target[video]
                if target is not None:
                    head, _, name = target.rpartition("/")
                    yield from self._if_video_moves(i, f"{head}/{split_suffix(name)[0]}{written}")
                else:
                    self.skip[i] = "video_stays: its video is not moved"

    def _tail(self, i: int, rest: str | None, video: str, *, own_words: bool) -> str:
        file = self.files[i]
        if rest is not None:
            rest = _letters(rest)
        flags = self.settings.layout.flags
        return tail(file.kind, _letters(file.name), rest, own_words=own_words, video=_letters(video), flags=flags)

    def _if_video_moves(self, i: int, target: str) -> Iterator[tuple[int, str]]:
        video = self.owner[i]
        assert video is not None
        if self.target[video] == self.files[video].source and target != self.files[i].source:
            self.skip[i] = "video_stays: its video is where it should be"
        else:
            yield i, target

    def _near(self, folder: str, videos: dict[str, list[int]]) -> tuple[list[int], int | None]:
        """The videos a folder's sidecars may belong to, and the one they belong to if their names do not tell."""
        near = videos.get(folder, [])
        above, _, name = folder.rpartition("/")
        if not near and is_subtitle_folder(name):
            near = videos.get(above, [])
        elif not near and is_subtitle_folder(above.rpartition("/")[2]):  # Subs/<stem of the video>/2_English.srt
            over = videos.get(above.rpartition("/")[0], [])
            (found,) = owners([self.files[i].name for i in over], [f"{name}.srt"])
            if found is not None and found.rest == "":
                return [over[found.video]], over[found.video]
            near = over if len(over) == 1 else []
        main = [i for i in near if self._is_main(i)]
        return near, main[0] if len(main) == 1 else near[0] if len(near) == 1 else None

    def _is_main(self, i: int) -> bool:
        work = self.files[i].work
        return work is not None and work.media_type in ("movie", "episode", "home_video")

    def _one_film(self, near: list[int]) -> int | None:
        """The first of the videos by name, if all that are no extras are one film, in parts or versions."""
        main = [i for i in near if self._is_main(i)]
        works = {(work.media_type, _title_key(work)) for i in main if (work := self.files[i].work) is not None}
        if len(works) == 1 and next(iter(works))[0] == "movie":
            return min(main, key=lambda i: self.files[i].name)
        return None

    def _works_below(self, videos: dict[str, list[int]]) -> dict[str, dict[str, int]]:
        """By source folder, the folders of the works that lie in it or up to two folders below, with a video of each."""
        below: dict[str, dict[str, int]] = {}
        for folder, group in videos.items():
            above = folder.rpartition("/")[0]
            for i in group:
                home = self._work_folder(i) if self._is_main(i) and self.target[i] is not None else None
                if home is not None:
                    for place_ in (folder, above, above.rpartition("/")[0]):
                        below.setdefault(place_, {}).setdefault(home, i)
        return below

    def _work_folder(self, i: int) -> str | None:
        found = self._places[i]
        if found is None or found.work is None:
            return None
        deeper = len(found.folders) - 1 - found.work
        return self._folders[i].rsplit("/", deeper)[0] if deeper else self._folders[i]

    def _wide_folder(
        self, i: int, folder: str, near: list[int], below: dict[str, dict[str, int]]
    ) -> tuple[int, str] | None:
        """The video and the folder of the library that a folder-wide file goes with."""
        works = {home: j for j in reversed(near) if self._is_main(j) and (home := self._work_folder(j)) is not None}
        works = works or below.get(folder, {})
        if len(works) != 1:
            return None
        home, video = next(iter(works.items()))
        name = self.files[i].name.lower()
        if (
            video in near
            and is_season_folder(folder.rpartition("/")[2])
            and not name.startswith(("tvshow", "season0", "season1"))
        ):
            home = self._folders[video]
        return video, home

    def _settle_sidecar(self, i: int, target: str) -> None:
        on_conflict = self.settings.on_conflict
        if on_conflict == "conflict" or not self._sidecar_busy(i, target):
            pass
        elif on_conflict in ("skip", "better"):
            self.skip[i] = f"target_exists: {target} is taken"
            return
        else:
            head, _, name = target.rpartition("/")
            stem, suffix = split_suffix(name)
            owner = self.owner[i]
            video = None if owner is None else self.target[owner]
            video_stem = split_suffix((video or "").rpartition("/")[2])[0]
            copy = 2
            while copy < _MOST_COPIES and self._sidecar_busy(i, target):
                if self.files[i].kind == "subtitle" and name.startswith(video_stem):  # an index, which players show
                    target = f"{head}/{video_stem}.{copy}{name[len(video_stem) :]}"
                else:
                    target = f"{head}/{stem}{COPY.format(number=copy)}{suffix}"
                copy += 1
            self.note[i] = f"copy: number {copy - 1}, since its name is taken"
        self.target[i] = target
        self._taken.add(path_key(target))

    def _sidecar_busy(self, i: int, target: str) -> bool:
        if path_key(target) in self._taken:
            return True
        return any(self._is_held(i, entry) for entry in self.listing.at(self.settings.root, target)[0])

    # ---- the disk ----

    def _videos_at(self, folder: str) -> dict[str, list[Entry]]:
        """The videos that stand in a folder, by the key of their stem."""
        found = self._disk_videos.get(folder)
        if found is None:
            found = self._disk_videos[folder] = {}
            for twin in self.listing.twins(self.settings.root, folder):
                for entries in self.listing.folder(twin).values():
                    for entry in entries:
                        stem, suffix = split_suffix(entry.name)
                        if kind(suffix) == VIDEO:
                            found.setdefault(collision_key(stem), []).append(entry)
        return found

    def _is_held(self, i: int, entry: Entry) -> bool:
        """Whether what stands there will still be there, and is not file `i` itself under whatever path."""
        holder = self._at.get(entry.path)
        if holder is not None:
            return holder != i and not self._leaves(holder)
        return not self.listing.is_made(entry, self.settings.operation, self.files[i].source, self.files[i].who)

    def _key(self, folder: str, stem: str) -> str:
        key = self._folder_keys.get(folder)
        if key is None:
            key = self._folder_keys[folder] = path_key(folder)
        return f"{key}/{collision_key(stem)}"

    def _stem_key(self, target: str) -> str:
        folder, _, name = target.rpartition("/")
        return self._key(folder, split_suffix(name)[0])

    def _leaves(self, i: int) -> bool:
        file = self.files[i]
        if i in self.stays or self.skip[i] is not None or file.doubtful or self.settings.operation != "move":
            return False
        if file.kind in SIDECARS:
            return True  # so it is hoped; the verdict tells
        return self._places[i] is not None and self.target[i] != file.source


def _differ(ids: dict[str, str], others: dict[str, str]) -> bool:
    return any(others.get(provider, number) != number for provider, number in ids.items())


def _agree(ids: dict[str, str], others: dict[str, str]) -> bool:
    return any(others.get(provider) == number for provider, number in ids.items())


def _title_key(work: Work) -> str:
    return f"{collision_key(work.title or '')}/{work.year}"


def _letters(cell: str) -> str:
    """A cell's name as the system has it: undecodable bytes are no letters of it."""
    return str(to_path(cell)) if "\\" in cell else cell
