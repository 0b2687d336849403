"""Subtitles, artwork and nfo files: which video each belongs to, and what of its own name it keeps.

Language tags and flags are those Jellyfin, Plex and Kodi read behind a video's stem: ISO 639 and BCP 47 tags;
forced, foreign, sdh, cc, hi, default. Full names of languages ("English.srt") become their tag.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from mediaorg.rules.collisions import folded
from mediaorg.rules.names import SEASON_WORDS
from mediaorg.rules.safe_names import component, cut, split_suffix

__all__ = ["Belonging", "folder_wide", "is_season_folder", "is_subtitle_folder", "owners", "season_of", "tail"]

_FLAGS: Final = {"default": 0, "forced": 1, "foreign": 1, "sdh": 2, "cc": 2, "hi": 2}  # in the order they are written
_AS_THEY_ARE: Final[Mapping[str, str]] = MappingProxyType({})
_SEPARATORS: Final = " ._-[("
_WORDS: Final = re.compile(r"[^\s._\[\]()]+")
_TAG: Final = re.compile(r"([a-z]{2,3})(?:-(?:[a-z]{4}|[a-z]{2}|\d{3}))*", re.IGNORECASE)
_INDEX: Final = re.compile(r"\d{1,2}")
_MOST_VERBATIM: Final = 40  # byte
_MOST_OWN_WORDS: Final = 24  # byte; the rest of a tail is tags and flags, and all of it fits SIDECAR_ROOM

# ISO 639-1, then the three-letter codes (639-2 T and B) that subtitles bear in the wild.
_CODES: Final = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg "
    "ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn "
    "no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
    "afr alb ara arm aze baq bel ben bos bul bur cat ces chi cmn cze dan deu dut ell eng est eus fas fil fin fra fre geo "
    "ger gle glg gre guj hat heb hin hrv hun hye ice ind isl ita jpn kan kat kaz khm kor kur lao lat lav lit ltz mac mal "
    "mar may mkd mon msa mul mya nep nld nno nob nor pan per pol por pus ron rum rus sin slk slo slv som spa sqi srp swa "
    "swe tam tel tgl tha tur ukr und urd uzb vie wel yid yue zho zul".split()
)
_NAMES: Final = {
    name: code
    for code, names in {
        "ar": "arabic", "bg": "bulgarian", "ca": "catalan", "cs": "czech cesky", "cy": "welsh", "da": "danish dansk",
        "de": "german deutsch", "el": "greek", "en": "english", "es": "spanish espanol español castellano castilian",
        "et": "estonian", "eu": "basque", "fa": "persian farsi", "fi": "finnish suomi", "fil": "filipino",
        "fr": "french francais français", "gl": "galician", "he": "hebrew", "hi": "hindi", "hr": "croatian hrvatski",
        "hu": "hungarian magyar", "id": "indonesian", "is": "icelandic", "it": "italian italiano", "ja": "japanese",
        "ko": "korean", "lt": "lithuanian", "lv": "latvian", "mk": "macedonian", "ms": "malay", "nb": "bokmal bokmål",
        "nl": "dutch nederlands", "nn": "nynorsk", "no": "norwegian norsk", "pl": "polish polski", "pt": "portuguese portugues "
        "português", "pt-BR": "brazilian", "ro": "romanian", "ru": "russian", "sk": "slovak", "sl": "slovenian", "sq": "albanian",
        "sr": "serbian", "sv": "swedish svenska", "ta": "tamil", "te": "telugu", "th": "thai", "tr": "turkish", "uk": "ukrainian",
        "ur": "urdu", "vi": "vietnamese", "zh": "chinese mandarin", "yue": "cantonese",
    }.items()
    for name in names.split()
}  # fmt: skip
_PAIRS: Final = {
    ("brazilian", "portuguese"): "pt-BR",
    ("portuguese", "brazilian"): "pt-BR",
    ("european", "portuguese"): "pt-PT",
    ("european", "spanish"): "es-ES",
    ("latin", "spanish"): "es-419",
    ("simplified", "chinese"): "zh-Hans",
    ("chinese", "simplified"): "zh-Hans",
    ("traditional", "chinese"): "zh-Hant",
    ("chinese", "traditional"): "zh-Hant",
}

# Names that speak for a whole folder to Jellyfin, Plex and Kodi: poster.jpg, fanart2.jpg, season01-poster.jpg.
_FOLDER_WIDE: Final = re.compile(
    r"""(?: season (?: \d{1,4} | -all | -specials ) - )?
        (?: poster | folder | cover | default | movie | show | fanart | backdrop | background | art | banner | logo
          | clearlogo | clearart | disc | discart | cdart | landscape | thumb | characterart | keyart ) -?\d{0,2}""",
    re.IGNORECASE | re.VERBOSE,
)
_FOLDER_NFO: Final = ("movie", "tvshow", "season")
_SUBTITLE_FOLDERS: Final = ("subs", "sub", "subtitles", "subtitle", "vobsubs", "vobsub")
_SEASON_FOLDER: Final = re.compile(
    rf"(?:{SEASON_WORDS}|series)[ ._-]*\d{{1,4}}|s\d{{1,2}}|specials|第\d{{1,2}}季",
    re.IGNORECASE,
)


_ANY_SERVERS_SEASON: Final = re.compile(r"season\s+(\d{1,4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Belonging:
    """Which of the videos a sidecar belongs to (its number in the list), and how it was told.

    `rest` is what follows the video's stem, or None where the name says nothing of the video: it stands alone with it.
    """

    video: int
    rest: str | None


def owners(videos: list[str], sidecars: Iterable[str], *, alone: int | None = None) -> Iterator[Belonging | None]:
    """Match the names of `sidecars` to the names of `videos` of one folder: by full stem, the longest first.

    A name that begins with no video's stem belongs to the video number `alone`, if there is one. Videos that share a
    stem share their sidecars' owner too: the first by name.

    >>> list(owners(["Film.mkv", "Film 2.mkv"], ["Film 2.en.srt", "Film.srt", "else.srt"]))
    [Belonging(video=1, rest='.en'), Belonging(video=0, rest=''), None]
    """
    stems: dict[str, int] = {}
    for at in sorted(range(len(videos)), key=videos.__getitem__, reverse=True):
        stems[folded(split_suffix(videos[at])[0])] = at
    for name in sidecars:
        stem = split_suffix(name)[0]
        found = None
        for end in _ends(stem):
            at_ = stems.get(folded(stem[:end]))
            if at_ is not None:
                rest = stem[end:]
                suffix = split_suffix(videos[at_])[1]  # Film.mkv.srt
                if suffix and rest.lower().startswith(suffix.lower()):
                    rest = rest[len(suffix) :]
                found = Belonging(at_, rest)
                break
        yield found if found or alone is None else Belonging(alone, None)


def tail(
    kind: str,
    name: str,
    rest: str | None,
    *,
    own_words: bool = False,
    video: str = "",
    flags: Mapping[str, str] = _AS_THEY_ARE,
) -> str:
    """What a sidecar called `name` writes behind its video's stem, suffix included.

    `rest` is what followed the stem of the video (see `owners`); where it is None, only tags and flags are taken from
    the end of the name that are no words of `video`. `own_words` keeps the name's other words too, for two
    sidecars that would else share a name. `flags` are the server's own words for some. Jellyfin's order: title, language, default, forced, hearing impaired.

    >>> tail("subtitle", "Film.forced.eng.srt", ".forced.eng"), tail("subtitle", "2_English.srt", None)
    ('.eng.forced.srt', '.2.en.srt')
    >>> tail("artwork", "Film-poster.jpg", "-poster"), tail("nfo", "release.nfo", None)
    ('-poster.jpg', '.nfo')
    """
    stem, suffix = split_suffix(name)
    suffix = _safe(suffix)
    if kind != "subtitle":
        return _verbatim(rest if rest is not None else f"-{stem}" if own_words else "") + suffix
    if rest is not None:
        rest = _safe(rest)
        words, language, found = _read(_words(rest))
        if language is None and not found:
            return _verbatim(rest) + suffix  # an unknown tail is kept verbatim
    else:
        seen = {word.casefold() for word in _words(video)}
        all_words = _words(_safe(stem))
        begin = len(all_words)
        while begin and all_words[begin - 1].casefold() not in seen and _said(all_words[begin - 1]):
            begin -= 1
        words, language, found = _read(all_words if own_words else all_words[begin:])
    said = dict.fromkeys(flags.get(flag, flag) for flag in found)
    return "".join(f".{word}" for word in (_short(words, _MOST_OWN_WORDS), language, *said) if word) + suffix


def folder_wide(kind: str, name: str) -> bool:
    """Whether a sidecar's name speaks for its whole folder.

    >>> folder_wide("artwork", "poster.jpg"), folder_wide("nfo", "tvshow.nfo"), folder_wide("artwork", "Film-poster.jpg")
    (True, True, False)
    """
    stem = split_suffix(name)[0]
    if kind == "nfo":
        return stem.lower() in _FOLDER_NFO
    return kind == "artwork" and _FOLDER_WIDE.fullmatch(stem) is not None


def is_subtitle_folder(name: str) -> bool:
    """Whether a folder holds the subtitles of the video above it: Subs, Subtitles …"""
    return name.lower() in _SUBTITLE_FOLDERS


def is_season_folder(name: str) -> bool:
    """Whether a folder is a season's, below its show's: Season 01, Staffel 2, S03 …"""
    return _SEASON_FOLDER.fullmatch(name.strip()) is not None


def season_of(folder: str) -> int | None:
    """The season whose folder every server reads this name as.

    >>> season_of("Season 1"), season_of("season 01"), season_of("Specials"), season_of("S01")
    (1, 1, 0, None)
    """
    if folder.lower() == "specials":
        return 0
    found = _ANY_SERVERS_SEASON.fullmatch(folder)
    return int(found[1]) if found else None


def _ends(stem: str) -> Iterator[int]:
    yield len(stem)
    for end in range(len(stem) - 1, 0, -1):
        if stem[end] in _SEPARATORS:
            yield end


def _read(words: list[str]) -> tuple[list[str], str | None, list[str]]:
    """Part words into own ones, the language, and flags in the order they are written."""
    words = [piece for word in words for piece in ([word] if _language(word) else _pieces(word))]
    own: list[str] = []
    languages: list[tuple[str, str]] = []
    flags: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        low = word.lower()
        if (pair := _PAIRS.get((low, words[at + 1].lower() if at + 1 < len(words) else ""))) is not None:
            languages.append((pair, word))
            at += 2
            continue
        if low in _FLAGS and low != "hi":
            flags.append(low)
        elif (language := _language(word)) is not None:
            languages.append((language, word))
        else:
            own.append(word)
        at += 1
    # "hi" is a flag beside another language, and Hindi alone.
    others = [language for language, _ in languages if language.lower() != "hi"]
    if others and len(others) < len(languages):
        flags.append("hi")
    spoken = others or ["hi"] * bool(languages)
    own += spoken[:-1]
    return own, spoken[-1] if spoken else None, sorted(dict.fromkeys(flags), key=_FLAGS.__getitem__)


def _pieces(word: str) -> list[str]:
    pieces = [piece for piece in word.split("-") if piece]
    return pieces if len(pieces) > 1 and all(_said(piece) for piece in pieces) else [word]


def _said(word: str) -> bool:
    low = word.lower()
    known = (
        low in _FLAGS or low in ("simplified", "traditional", "latin", "european") or _INDEX.fullmatch(word) is not None
    )
    return known or _language(word) is not None or ("-" in word and _pieces(word) != [word])


def _language(word: str) -> str | None:
    named = _NAMES.get(word.lower())
    if named:
        return named
    found = _TAG.fullmatch(word)
    return word if found and found[1].lower() in _CODES else None


def _words(text: str) -> list[str]:
    words = (word.strip("-~") for word in _WORDS.findall(text))
    return [word for word in words if word]


def _safe(rest: str) -> str:
    return component("x" + rest)[1:] if rest else ""


def _verbatim(rest: str) -> str:
    rest = _safe(rest)
    return rest if len(rest.encode()) <= _MOST_VERBATIM else "." + _short(_words(rest), _MOST_VERBATIM - 1)


def _short(words: list[str], most: int) -> str:
    """As many of the words as fit, whole: half a word might be read as a language."""
    fit = ""
    for word in words:
        longer = f"{fit}.{word}" if fit else word
        if len(longer.encode()) > most:
            return fit or component(cut(word, most), empty="")
        fit = longer
    return fit
