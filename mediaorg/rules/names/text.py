"""Names as text: one form of it, its tags, what is no title at all."""

import re
import unicodedata
from typing import Final

from mediaorg.rules.kinds import KINDS, VIDEO

__all__ = [
    "GROUP",
    "TAG",
    "bare",
    "cover",
    "in_figures",
    "is_release",
    "mirrored",
    "plain",
    "prepared",
    "reads_as_junk",
    "same",
    "stem_of",
    "untagged",
    "words",
]

_LONGEST: Final = 300  # characters; names are at most 255 bytes, and nothing after that is read
# Beside the suffixes of videos: stand-ins, cameras' own, and posts of recovery files.
_SUFFIX: Final = re.compile(
    rf"\.(?:{'|'.join(suffix[1:] for suffix, kind in KINDS.items() if kind == VIDEO)}|disc|dav|img|insv|lrv|par2|strm)$",
    re.IGNORECASE,
)
_BRACKETS: Final = str.maketrans("【】「」『』〔〕《》｛｝", "[][][][][][]", "")


def stem_of(name: str) -> str:
    """`name` without its suffix, if the suffix is one that videos have.

    >>> stem_of("Mr. Robot.mkv"), stem_of("Mr. Robot")
    ('Mr. Robot', 'Mr. Robot')
    """
    return _SUFFIX.sub("", name)


def plain(name: str) -> str:
    r"""`name` in one form: NFKC, ordinary brackets and dashes, no control characters; escaped bytes stay.

    >>> plain("［01］\u2013 A\tB")
    '[01]- A B'
    """
    text = unicodedata.normalize("NFKC", name)[:_LONGEST].translate(_BRACKETS)
    text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return re.sub(r"[\u2010-\u2015\u2212~\uff5e\u301c]", lambda dash: "~" if dash[0] in "~\uff5e\u301c" else "-", text)


def untagged(text: str) -> str:
    """`text` up to the first tag of a release.

    >>> untagged("Thaw 1080p WEB")
    'Thaw '
    """
    tag = TAG.search(text)
    return text[: tag.start()] if tag else text


# S.H.I.E.L.D. and S.W.A.R.M, whose last dot a file system would not keep; not the dots of "a.b.cdef".
_INITIALS: Final = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\.?[^\W\d_])|(?![a-z]))")


def words(text: str) -> str:
    """`text` as a title: dots and underscores are spaces, unless the name is written with spaces; no loose dashes.

    >>> words("Marvels.Agents.of.S.H.I.E.L.D."), words("Mr. Robot - "), words("Some_Show.")
    ('Marvels Agents of S.H.I.E.L.D.', 'Mr. Robot', 'Some Show')
    """
    text = text.replace("_", " ")
    if " " not in text.strip(" .-[(") or text.count(".") > text.count(" ") + 1:
        letters = _INITIALS.sub(lambda m: m[0].replace(".", "\0") + " ", text)
        letters = letters.replace(".", " ").replace("\0", ".")
        text = letters
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?:\(\s*\)|\[\s*\]|\{\s*\})", " ", text)
    text = re.sub(r"\s+", " ", text).strip(" -+~,:;|&=<>*#@")
    for opening, closing in ("()", "[]", "{}"):
        if text.count(opening) != text.count(closing):
            text = text.strip(opening + closing + " -")
    text = text.strip(" -,")
    text = re.sub(r"^(.+), (The|A|An|Der|Die|Das|Le|La|Les|El)$", r"\2 \1", text)
    return (
        text[:-1].rstrip()
        if text.endswith(".") and not re.search(r"(?:\b\w\.){2}$|\b(?:jr|sr|mr|dr|etc|vs)\.$|\.\.$", text, re.I)
        else text
    )


def same(one: str | None, other: str | None) -> bool:
    """Whether two titles are one: letters and digits alone count, without accents; a leading article does not.

    >>> same("The Office (US)", "Office US"), same("Fargo", "Fargos")
    (True, False)
    """
    return bool(one) and bool(other) and bare(one or "") == bare(other or "") != ""


def bare(title: str) -> str:
    """The letters and digits of `title`, for comparing.

    >>> bare("Les Misérables & Co.")
    'lesmiserablesandco'
    """
    text = unicodedata.normalize("NFKD", title).casefold().replace("&", " and ")
    text = re.sub(r"['\u2019`\u00b4]", "", "".join(c for c in text if not unicodedata.combining(c)))
    return re.sub(r"[\W_]+", "", re.sub(r"^the[ ._]|, the$", "", text))


# Where a title ends at the latest: words that only releases have. Lower-case words that films are called are not here.
TAG: Final = re.compile(
    r"""(?<![a-z0-9])(?:
      \d{3,4}[pi](?:\d\d)?|[48]k|uhd|\d{3,4}x\d{3,4}|hdtv|hdtvrip|pdtv|dsr|dsrip|satrip|tvrip|dvb|web[-. ]?(?:dl|rip|cap)(?=[-. \])_]|$)|web(?=[-. ](?:[xh][. ]?26|hevc|\d{3,4}p|av1))|webdl|webrip|amzn|nf(?=[. ]web)
      |blu-?ray|bdrip|brrip|bdremux|bdmv|bd(?=[. \]_]?(?:\d{3,4}p|rip))|dvd(?:rip|scr|[59r])?|r5|hdrip|hdcam|camrip|telesync|telecine|screener|vhsrip|ppvrip|remux|hddvd
      |[xh][. ]?26[45]|hevc|avc|xvid|divx|av1|vp9|10[- .]?bit|8bit|hi10p?|hdr10?(?:plus|\+)?|dts(?:-?hd)?|ac-?3|e-?ac-?3|aac(?:2[. ]0)?|ddp?[. ]?[257][. ][01]|dd\+?5|flac|truehd|atmos|mp3
      |vostfr|subfrench|truefrench|multi(?=[. -](?:sub|\d|vf|lang))|dual[-. ]audio|nlsubs?|dksubs|subbed|dubbed|esubs?|hardsub
      |scr(?=[. _](?:xvid|dvd|x26))|\d+th[ ._]anniversary|h?sbs|half[-. ]?ou|3d(?=[. ](?:\d{4}|h?sbs|blu|1080|half))
      |proper|repack|rerip|internal|read[. ]?nfo|nfofix|unrated|directors?[. ]cut|extended(?=[. _](?:cut|edition|version|\d|dvd|blu|\w*rip))|limited(?=[. ](?:\d|dvd|blu|\w*rip))|remastered|complete(?=[. _\]-](?:series|season|collection|\d|dvd|blu|bd|web|s\d|pack))
      |criterion|uncut(?=[. ](?:\d|dvd|blu))|theatrical[. _]|imax(?=[. \]]|$)|edition[ ._]collector|special[. _]edition|anniversary[. _]edition
      |(?:german|french|italian|spanish|english|swedish|nordic|danish|dutch|polish|russian|hindi|ita|eng|ger|fre|rus)(?=[. _-](?:\d{3,4}p|dvd|blu|bd|web|hdtv|dl|dubbed|xvid|x26|ac3|subs?|dual|\w*rip|eng|ita|bluray))
    )(?![a-z0-9])""",
    re.IGNORECASE | re.VERBOSE,
)
_SITE: Final = re.compile(
    r"""^(?: \[?\s*www[., ][\w-]+[. ][\w. ]{2,20}?\s*\]?\s*[-_]{1,3}\s* | \[\s*(?:www\.)?[\w-]+\.(?:com?|org|net|cc|me|tv|to|info|lol|ru|in|cx|eu|nz)(?:\.\w\w)?\s*\][-_ .]*
        | [\w-]+\.(?:com|org|net|cc|cx|lol)@ | (?:[\w-]+\.){1,3}(?:com|org|net|cc|info|lol|to|se|bz|ca|fr|ru|pw|ws|xyz|art|party|site|club|top|vip|fun|phd|sbs|rsvp)(?:\.\w\w)?\s+-\s+ )""",
    re.IGNORECASE | re.VERBOSE,
)
_POSTING: Final = re.compile(
    r"^\d{6} (?=\S.*(?:\bep|#) ?\d)", re.IGNORECASE
)  # 221208 Some Show ep34: the day it was posted
GROUP: Final = re.compile(r"^\s*\[?[\[(](?!\d+[\])])[^\[\]()]{1,60}[\])][\s._-]*")
_CHINESE: Final = "一二三四五六七八九十"
_CHINESE_NUMERAL: Final = re.compile(rf"第([{_CHINESE}])([季期部])")
_VERSION: Final = re.compile(
    r"(?<=\d)[ _]?v\d(?![\da-z])|(?<=\d)\s?(?:\((?:END|完|FIN)\)|END|完|fin)(?=[\]\s_-]|$)", re.IGNORECASE
)
# What holds a number and counts nothing: pictures, codecs, sound, sizes, checksums. It is covered before a number is sought.
_TECHNICAL: Final = re.compile(
    r"""(?<![a-z0-9])(?:
      \d{3,4}\s?[x×]\s?\d{3,4} | \d{3,4}[pi](?:\d\d)? | [xh][ .]?26[3-6] | hi10p? | hdr10\+? | (?:mpeg|mp|vc)-?[1-4] | [48]k
      | (?:ddp?a?|dd\+|aac|e?-?ac-?3|dts(?:[ .-]?(?:hd|x|es))?(?:[ .-]?ma)?|flac|opus|l?pcm|true-?hd|atmos|ma)[ .]?x?\d[ .]\d | [257]\.[01](?=[ .]?ch|[)\]])
      | \d{1,2}[- .]?bits? | \d+(?:[.,]\d+)?[ ]?(?:[kmg]i?b(?:ps|it/s)?|fps|k?hz) | crf[ .-]?\d+
    )(?![a-z0-9]) | (?<=[\[(])[0-9a-f]{8}(?=[\])])""",
    re.IGNORECASE | re.VERBOSE,
)


def cover(text: str) -> str:
    """`text` with what is technical covered, each character where it was."""
    return _TECHNICAL.sub(lambda found: "\xa4" * len(found[0]), text)


def in_figures(text: str) -> str:
    """`text` with the Chinese numbers of seasons and parts as figures.

    >>> in_figures("第二季")
    '第2季'
    """
    return _CHINESE_NUMERAL.sub(lambda found: f"第{_CHINESE.index(found[1]) + 1}{found[2]}", text)


def prepared(stem: str) -> str:
    """`stem` as the parsers are to see it: plain, without site prefix, posting code and version tag.

    >>> prepared("[www.site.org] Some Show - 05v2")
    'Some Show - 05'
    """
    text = in_figures(plain(stem))
    text = _POSTING.sub("", _SITE.sub("", text)) or text
    return _VERSION.sub("", text)


def mirrored(stem: str) -> str | None:
    """`stem` turned round, where it was written backwards ("10E10S.wohS.emoS"); else None.

    >>> mirrored("50E50S.denorD")
    'Droned.S05E05'
    """
    return (
        stem[::-1]
        if re.search(r"(?<![a-z0-9])\d{2,3}E\d{2}S(?![a-z0-9])|(?<!\d)p(?:027|0801)(?!\d)", stem, re.IGNORECASE)
        else None
    )


def is_release(name: str) -> bool:
    """Whether `name` is written like a release: a word that only releases have, and a group after a dash.

    >>> is_release("Some.Film.DVDRip.XviD-GRP"), is_release("Some Film")
    (True, False)
    """
    return TAG.search(name, 1) is not None and re.search(r"-\w+(?:\[\w+\])?$", name) is not None


def reads_as_junk(stem: str) -> bool:
    """Whether `stem` is a hash, a posting code or a machine's number: nothing a title could be read from.

    >>> [reads_as_junk(stem) for stem in ("08bbc153931ce3ca5fcafe1b92d3297285feb061", "qrdSD3rYzWb7cPdVIGSn4E7", "Se7en")]
    [True, True, False]
    """
    stem = stem.strip(" ._-")
    if not re.search(r"[^\W_]", stem):
        return True
    if re.search(r"\byEnc\b|^rarbg(?:[ ._]|$)|^(?:torrent )?downloaded from\b", stem, re.IGNORECASE) or re.fullmatch(
        r"\d{9,}", stem
    ):
        return True
    token = re.sub(r"^(?:_?unpack[ _])", "", stem, flags=re.IGNORECASE)
    if re.fullmatch(r"[0-9a-f]{24,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", token, re.IGNORECASE):
        return True
    letters = token.replace(" ", "")
    if (
        not re.fullmatch(r"[A-Za-z0-9]{16,}", letters)
        or token.count(" ") > 1
        or any(len(word) < 8 for word in token.split())
    ):
        return False
    changes = len(re.findall(r"(?<=[a-z])[A-Z0-9](?=[a-z0-9])|(?<=\d)[A-Za-z]|(?<=[A-Za-z])\d", letters))
    return changes >= 4 and len(re.findall(r"\d", letters)) >= 2
