"""When two names are one: on a file system that ignores case, Unicode form, or what trails a name."""

import re
import unicodedata
from typing import Final

__all__ = ["collision_key", "folded", "path_key"]

_TRAILING: Final = re.compile(r"(?<=[^/. ])[. ]+(?=/|\Z)")


def collision_key(name: str) -> str:
    """The key two names of one folder share if some file system holds them for one.

    NFC(casefold(NFC(name))) without trailing dots and blanks: what APFS, NTFS, exFAT and SMB servers fold, together.

    >>> collision_key("Amélie.MKV ") == collision_key("AME\u0301LIE.mkv")
    True
    """
    return folded(name).rstrip(". ") or name


def path_key(path: str) -> str:
    """The same of a whole path, component by component.

    >>> path_key("/Films/Dune. /Dune.mkv") == path_key("/films/dune/DUNE.MKV")
    True
    """
    key = folded(path)
    return _TRAILING.sub("", key) if " " in key or "." in key else key


def folded(text: str) -> str:
    """`text` in the one case and Unicode form that all its spellings share: NFC(casefold(NFC(text))).

    >>> folded("AME\u0301LIE") == folded("Amélie")
    True
    """
    if text.isascii():
        return text.lower()
    normalize = unicodedata.normalize
    return normalize("NFC", normalize("NFC", text).casefold())
