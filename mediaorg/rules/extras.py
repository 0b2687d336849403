"""Extras: trailers, samples, featurettes … told by the folder they lie in or by how their name ends.

The words are Jellyfin's (Emby.Naming, ``ExtraRuleResolver``); the types are those of the column `extra_type`.
To teach a new word, add one line to a table.
"""

import re
from typing import Final

__all__ = ["FOLDERS", "SUFFIXES", "extra_beside", "extra_by_folder", "extra_by_name"]

# The whole name of a folder, in lower case without spaces and dots: "Behind The Scenes", "behind.the.scenes".
FOLDERS: Final = {
    "behindthescenes": "behind_the_scenes",
    "makingof": "behind_the_scenes",
    "deletedscenes": "deleted",
    "deleted": "deleted",
    "interviews": "interview",
    "interview": "interview",
    "scenes": "scene",
    "samples": "sample",
    "sample": "sample",
    "shorts": "short",
    "trailers": "trailer",
    "trailer": "trailer",
    "featurettes": "featurette",
    "featurette": "featurette",
    "clips": "clip",
    "backdrops": "other",
    "thememusic": "other",
    "extras": "other",
    "extra": "other",
    "bonus": "other",
    "bonusdisc": "other",
    "bonusfeatures": "other",
    "bonusmaterial": "other",
    "deletedandextendedscenes": "deleted",
    "specialfeatures": "other",
    "other": "other",
    "others": "other",
}

# How a stem may end, after a dash, a dot or an underscore: "Some Film-trailer", "Some Film_deleted2".
SUFFIXES: Final = {
    "trailer": "trailer",
    "teaser": "trailer",
    "sample": "sample",
    "scene": "scene",
    "clip": "clip",
    "deleted": "deleted",
    "deletedscene": "deleted",
    "deletedscenes": "deleted",
    "interview": "interview",
    "behindthescenes": "behind_the_scenes",
    "makingof": "behind_the_scenes",
    "featurette": "featurette",
    "short": "short",
    "extra": "other",
    "other": "other",
}


def _apart(word: str) -> str:
    """A pattern of `word` that may be written apart: "making of", "behind-the-scenes"."""
    return re.sub(r"(?<=making)(?=of)|(?<=behind)(?=the)|(?<=the)(?=scenes)|(?<=deleted)(?=scene)", "[ ._-]?", word)


_ENDS: Final = re.compile(
    rf"^(?P<rest>.*?) (?: ^ | [ ]?[-._][ ]? | (?<=[\])])[ ] ) \(?(?P<word>{'|'.join(_apart(word) for word in SUFFIXES)}) [ ._-]? (?P<number>\d{{0,2}}) \)?$",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)

# "Film.2010.SAMPLE.720p-GRP", "sample-film.2010": the word alone between separators, and after a year or a tag.
_WITHIN: Final = re.compile(
    r"^sample[-_] | (?<=[\])\dpi])[-._ ](?:sample|trailer)[-._ ](?=\S) | [-._ ]sample[-._ ](?=(?:\d{3,4}p|[a-z0-9]+$))",
    re.IGNORECASE | re.VERBOSE,
)

# "Some Film Official Trailer #2": with such a word before it, a trailer may follow a plain space
_ANNOUNCED: Final = re.compile(
    r"[ _]-[ _](?:trailer|teaser)(?=[ _]-|[ _]*\[)|[ ._-](?:official|teaser|final|international|theatrical|red ?band|extended)[ ._](?:teaser[ ._]|hd[ ._])?(?:trailer|teaser)[ ._]*(?:\(?#?\d\)?)?(?:[ ._(\[]|$)",
    re.IGNORECASE,
)
_FEATURED: Final = re.compile(
    r"(?<=\w)[._ -]+featurette[._ -]+(?=\S)", re.IGNORECASE
)  # Some.Film.Featurette.The.Making.1080p
# The whole of a name: "Gag Reel", "Theatrical Trailer 2"
_ALONE: Final = re.compile(
    r"(?:(?:official|theatrical|original|teaser|final|international)[ ._-])*(?:trailer|teaser|gag[ ._]reel|bloopers|outtakes|deleted[ ._]scenes?|tv[ ._]spot|behind[ ._]the[ ._]scenes|alternate[ ._]ending)(?:[ ._-]*#?\d{1,2})?",
    re.IGNORECASE,
)
# [Group] Some Show - NCOP1 [tags]: an opening or ending without credits
_CREDITLESS: Final = re.compile(
    r"[ ._\[-](?P<word>NCOP|NCED|NCOPED|creditless[ ._](?:opening|ending|OP|ED))[ ._-]?\d{0,2}[a-z]?(?=$|[ ._\])-]|v\d)",
    re.IGNORECASE,
)

# "The.Show.S03.Extras.02.720p", "Film (2007) Bonus 1", "Some Film-x02-Making Of": numbered bonus material.
_NUMBERED: Final = re.compile(
    r"[-._ ] (?: (?P<word>extras?|bonus|featurettes?)[-._ ]{0,3}(?:\d{1,2})? | x(?P<bonus>\d{2})(?=[-._ ]) ) (?![a-z0-9])",
    re.IGNORECASE | re.VERBOSE,
)
_RELEASE: Final = re.compile(r"(?:[xh][. ]?26[45]|xvid|divx|hevc|dvdrip|bdrip|web|hdtv|\d{3,4}p)$", re.IGNORECASE)
_EPISODE: Final = re.compile(r"\d{1,2}x\d|(?<![a-z])s\d{1,2}(?!\d)", re.IGNORECASE)
_MARK: Final = re.compile(r"s\d{1,2}(?!\d)|[(\[.](?:19|20)\d\d(?!\d)|x\d\d-", re.IGNORECASE)


def extra_by_folder(folder: str) -> str | None:
    """The type of extra that lies in a folder of the name `folder`; None where the name says nothing of the kind.

    The whole name counts, not a word of it: "Trailers" holds trailers, "Trailer Park Boys" does not.

    >>> extra_by_folder("Behind the Scenes"), extra_by_folder("Trailer Park Boys")
    ('behind_the_scenes', None)
    """
    return FOLDERS.get(re.sub(r"[ ._-]", "", folder).casefold())


def extra_by_name(stem: str) -> tuple[str, str] | None:
    """(type of extra, what stands before it) where `stem` ends in a word for one; else None.

    The word must follow a dash, a dot or an underscore: a film called "I Live In A Trailer" is no trailer.

    >>> extra_by_name("Some Film (2010)-trailer2")
    ('trailer', 'Some Film (2010)')
    >>> extra_by_name("I Live In A Trailer") is None
    True
    """
    found = _ENDS.match(stem)
    if found is not None and (found["rest"] or found["word"]):
        word = re.sub(r"[ ._-]", "", found["word"]).casefold()
        if word not in ("sample", "trailer") and _RELEASE.search(found["rest"]):
            return None  # "Show.S03.720p.HDTV.x264-SCENE": the group's name
        dotted = bool(found["rest"]) and " " not in found["rest"]
        plain = re.search(r"[.][a-z]+\d{0,2}$", stem, re.IGNORECASE)
        # "The.Big.Short": in a dotted name the dot is a space, so only the words no title ends in count
        if not (dotted and plain and word not in ("sample", "trailer", "featurette", "behindthescenes")):
            return SUFFIXES[word], re.sub(r"-x\d\d$", "", found["rest"])
    for kind, pattern in (("trailer", _ANNOUNCED), ("other", _CREDITLESS), ("featurette", _FEATURED)):
        said = pattern.search(stem)
        if said is not None and said.start() > 0:
            return kind, stem[: said.start()]
    alone = _ALONE.fullmatch(stem)
    if alone is not None:
        return extra_beside(stem) or "other", ""
    within = _WITHIN.search(stem)
    if within is not None:
        kind = "trailer" if "trailer" in within[0].casefold() else "sample"
        return kind, (stem[: within.start()] or stem[within.end() :])
    for numbered in _NUMBERED.finditer(stem):
        if (numbered["bonus"] and not _EPISODE.search(stem[: numbered.start() + 4])) or (
            numbered["word"] and _MARK.search(stem[: numbered.start()])
        ):
            kind = "featurette" if (numbered["word"] or "").casefold().startswith("feat") else "other"
            return kind, stem[: numbered.start()]
    return None


# Beside a film in its own folder a plain word is enough: "Heat Trailer", "The Making of Heat", "Interview - Mann".
_BESIDE: Final = tuple(
    (kind, re.compile(rf"^(?:\W*(?:the|official|theatrical|original|final|international|hd|us|uk)\W+)*(?:{words})(?![^\W_])|(?<=[ ._-])(?:{ends})[ ._]*#?\d*$|- (?:{words})(?![^\W_])", re.IGNORECASE))
    for kind, words, ends in (
        ("trailer", r"trailers?|teasers?|tv[ ._]spots?|promos?", r"trailer|teaser|tv[ ._]spot|promo"),
        ("behind_the_scenes", r"making[ ._-]of|behind[ ._-]the[ ._-]scenes|b-?roll", r"behind[ ._-]the[ ._-]scenes|making[ ._-]of"),
        ("featurette", r"featurettes?", r"featurette"),
        ("interview", r"interviews?", r"interview"),
        ("deleted", r"deleted|alternate[ ._](?:ending|scene)s?|extended[ ._]scenes?", r"deleted|deleted[ ._]scenes?"),
        ("other", r"outtakes?|bloopers?|gag[ ._]reel|bonus|extras?|music[ ._]video|commentary|screen[ ._]tests?|easter[ ._]egg", r"outtakes?|bloopers?|gag[ ._]reel|extras?"),
    )
)  # fmt: skip


def extra_beside(stem: str) -> str | None:
    """The type of extra that `stem` is, if it lies in a film's own folder; None where it sounds like the film itself.

    >>> extra_beside("The Making of Heat"), extra_beside("Heat - Interview with Mann"), extra_beside("Heat")
    ('behind_the_scenes', 'interview', None)
    """
    return next((kind for kind, pattern in _BESIDE if pattern.search(stem)), None)
