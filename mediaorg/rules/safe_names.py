r"""What a file or folder may be called: one component at a time, on every file system at once.

A component never holds a separator, so a path joined from components cannot leave its root whatever a title says.
The rules are those of Windows, macOS, SMB and FAT together, unless `names` says which file system it is for: "posix"
keeps what only Windows refuses, "exfat" the words that are reserved there; "windows" and "smb" (a share has Windows
clients some day) forbid no less than "safe". The length is counted as the strictest counts it, whichever it is.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["LONGEST", "NAMINGS", "SIDECAR_ROOM", "component", "cut", "file_name", "split_suffix"]

LONGEST: Final = 255  # byte a component; NTFS and exFAT count 255 UTF-16 units, which is never less
SIDECAR_ROOM: Final = (
    56  # byte a stem leaves beside the suffix: ".Commentary.zh-Hans.default.forced.sdh.srt" and a little
)
NAMINGS: Final = ("safe", "posix", "windows", "exfat", "smb")
_RESERVING: Final = ("safe", "windows", "smb")

# CON, aux, COM1 and COM¹ open a device on Windows, whatever follows the first dot: "CON.mkv", "aux .mkv".
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d):(?=\d)")  # 3:10 to Yuma, 24:00
_COLONS: Final = re.compile(r"\s*:[\s:]*")  # Mission: Impossible
_BLANKS: Final = re.compile(r"\s+")
_SAFE: Final = str.maketrans({"/": "-", "\\": "-", "|": "-", '"': "'", "<": "", ">": "", "?": "", "*": ""})
_POSIX: Final = str.maketrans({"/": "-", "\\": "-"})  # a backslash could be read as the escape of a path cell
_JOINERS: Final = "\u200c\u200d"  # ZWNJ and ZWJ carry meaning in Persian, Indic scripts and emoji
# Format characters one sees: Arabic number signs and their kin (Unicode's prepended concatenation marks).
_SEEN_FORMATS: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_PLAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9()'!&,_-]| (?! ))*[A-Za-z0-9()'!&,_-]", re.ASCII)
_SUFFIX: Final = re.compile(r"\.[^\s./\\]{1,16}\Z")


@lru_cache(maxsize=4096)  # the same show, season after season
def component(text: str, *, names: str = "safe", most: int = LONGEST, empty: str = "Untitled") -> str:
    r"""Make one component of `text`: NFC, no separators, controls or direction marks, not reserved, not too long.

    `most` is its length [byte, UTF-8]; it is cut on a grapheme edge. What leaves nothing becomes `empty`.
    Idempotent. Conventions: Windows' naming rules, with Unicode's NFC as every server writes it.

    >>> component("Mission: Impossible"), component("3:10 to Yuma"), component("../../etc/passwd")
    ('Mission - Impossible', '3-10 to Yuma', 'etc-passwd')
    >>> component("AUX"), component(" ... "), component("What If...?")
    ('AUX_', 'Untitled', 'What If')
    """
    if len(text) <= most and _PLAIN.fullmatch(text) and len(text) > 8:  # nearly all titles; no reserved word is so long
        return text
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():  # printable is neither control, format, surrogate nor unassigned, and no blank but " "
        text = "".join(_kept(text))
    if names != "posix":
        text = _COLONS.sub(" - ", _BETWEEN_DIGITS.sub("-", text.strip(": ")))
        text = text.translate(_SAFE)
    else:
        text = text.translate(_POSIX)
    # Once more: "e", "?" and an acute have become neighbours.
    text = _trimmed(unicodedata.normalize("NFC", _BLANKS.sub(" ", text)))
    text = _unreserved(text, names)
    if not text:
        return empty
    return _unreserved(_trimmed(cut(text, most)), names) or empty


def file_name(stem: str, suffix: str, *, names: str = "safe", room: int = SIDECAR_ROOM) -> str:
    """Join `stem` and `suffix` to a file name whose stem leaves `room` [byte] for the longest suffix of a sidecar.

    The suffix (".mkv", with its dot, or "") is kept as written; the stem alone is cut.

    >>> len(file_name("é" * 300, ".mkv").encode()) <= 255 - SIDECAR_ROOM
    True
    >>> file_name("CON", ".mkv")
    'CON_.mkv'
    """
    suffix = (
        component("x" + suffix, names=names, most=1 + 2 * len(suffix.encode("utf-8", "replace")))[1:] if suffix else ""
    )
    return component(stem, names=names, most=max(8, LONGEST - len(suffix.encode()) - room)) + suffix


def split_suffix(name: str) -> tuple[str, str]:
    """Part `name` into stem and suffix (with its dot, as written; "" if there is none).

    A suffix is short and without blanks: "Vol. 2 of many" has none.

    >>> split_suffix("a.b.MKV"), split_suffix(".hidden"), split_suffix("Dr. No")
    (('a.b', '.MKV'), ('.hidden', ''), ('Dr. No', ''))
    """
    found = _SUFFIX.search(name, 1)
    return (name, "") if found is None else (name[: found.start()], found[0])


def cut(text: str, most: int) -> str:
    """Give the longest beginning of `text` of at most `most` bytes (UTF-8) that ends on the edge of a grapheme.

    Edges by Unicode's rules for extended grapheme clusters (UAX 29), without those for prepended signs.

    >>> cut("naïve", 3), cut("ok👩‍👧!", 8)
    ('na', 'ok')
    """
    if len(text) * 4 <= most or len(text.encode()) <= most:
        return text
    end = len(text.encode()[:most].decode(errors="ignore"))
    while end and not _edge(text, end):
        end -= 1
    return text[:end]


def _kept(text: str) -> list[str]:
    kept = []
    for letter in text:
        category = unicodedata.category(letter)
        if category in ("Zs", "Zl", "Zp") or letter in "\t\n\r\v\f\x85":
            kept.append(" ")
        elif not _unseen(letter, category):
            kept.append(letter)
    return kept


def _unseen(letter: str, category: str) -> bool:
    if category == "Cf":
        return letter not in _JOINERS and letter not in _SEEN_FORMATS
    if category == "Cn":  # U+FFFE and its kin are for ever no characters; XML and some file systems refuse them
        return ord(letter) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF
    return category in ("Cc", "Cs")


def _trimmed(text: str) -> str:
    return text.rstrip(". ").lstrip(" .-~")


def _unreserved(text: str, names: str) -> str:
    head, dot, rest = text.partition(".")
    if names in _RESERVING and _RESERVED.fullmatch(head.strip()):
        return f"{head.strip()}_{dot}{rest}"
    return text


def _edge(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    kind = unicodedata.category(after)
    if kind in ("Mn", "Mc", "Me") or after in _JOINERS or 0x1F3FB <= ord(after) <= 0x1F3FF:
        return False  # accents, vowel signs, variation selectors, skin tones
    if before == "\u200d" or unicodedata.combining(before) == 9:
        return False  # ZWJ; a virama joins the next consonant
    if 0x1F1E6 <= ord(after) <= 0x1F1FF:  # flags are pairs
        first = at
        while first and 0x1F1E6 <= ord(text[first - 1]) <= 0x1F1FF:
            first -= 1
        return (at - first) % 2 == 0
    return not (_jamo(before) and 0x1160 <= ord(after) <= 0x11FF)  # Hangul in pieces


def _jamo(letter: str) -> bool:
    return 0x1100 <= ord(letter) <= 0x11FF or 0xAC00 <= ord(letter) <= 0xD7A3
