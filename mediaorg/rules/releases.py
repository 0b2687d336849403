"""What a release says of itself beside its title: where it was taken from, how large, by whom.

To teach a new source, add one line to `_SOURCES`; the words are guessit's.
"""

import re
from typing import Final, NamedTuple

from mediaorg.rules.names import untagged

__all__ = ["Release", "release_of"]


class Release(NamedTuple):
    """What stands beside the title; unknown is None."""

    group: str | None = None
    source: str | None = None
    screen_size: str | None = None


_SOURCES: Final = tuple(
    (name, re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", re.IGNORECASE))
    for name, pattern in (
        ("Ultra HD Blu-ray", r"(?:uhd|ultra[ .-]?hd)[ .-]?(?:blu-?ray|bd(?:rip|remux)?)|(?:blu-?ray|bd)[ .-]?uhd"),
        ("Blu-ray", r"blu-?ray|bd(?:rip|remux|mv|25|50|5|9)?|br(?:rip|mux)"),
        ("HD-DVD", r"hd-?dvd(?:rip)?"),
        ("DVD", r"dvd(?:rip|scr|mux|r|[59])?|pal|ntsc"),
        ("Web", r"web(?:[ .-]?(?:dl|rip|mux|cap))?|(?:amzn|nf|dsnp|hmax|atvp|hulu|itunes|pcok|pmtp|cr)(?=[ .]web)|ddlrip|vodrip"),
        ("HDTV", r"(?:hd|ahd)tv(?:rip)?"),
        ("Digital TV", r"dvb(?:-?[tcs]2?)?(?:rip)?|pdtv(?:rip)?|dtv|dttv"),
        ("Satellite", r"sat-?rip|dsr(?:ip)?|dth"),
        ("TV", r"tv-?rip|sdtv"),
        ("Telesync", r"telesync|hd-?ts|ts-?rip"),
        ("Telecine", r"telecine|hd-?tc"),
        ("Camera", r"(?:hd-?)?cam(?:rip)?"),
        ("Workprint", r"workprint"),
        ("Video on Demand", r"ppv(?:rip)?"),
        ("VHS", r"vhs(?:rip)?"),
    )
)  # fmt: skip
_SCREEN: Final = re.compile(
    r"(?<![a-z0-9])(?P<lines>360|368|400|480|540|576|720|900|1080|1440|2160|4320)(?P<scan>[pi])(?:\d\d)?(?![a-z0-9])"
    r"|(?<![a-z0-9])(?:(?P<four>4k)|(?P<eight>8k))(?![a-z0-9])|(?<!\d)\d{3,4}\s?[x×]\s?(?P<high>360|480|540|576|720|1080|1440|2160)(?!\d)",
    re.IGNORECASE,
)
_BEHIND: Final = re.compile(r"-(?P<group>[A-Za-z0-9]\w{1,20}?)(?:[ .]?\[[\w .]+\])?$")  # x264-GRP, x264-GRP[site]
_BEFORE: Final = re.compile(r"^\[(?P<group>[^\]\[]{2,40})\]")  # [Group] Some Show - 05


def release_of(text: str) -> Release:
    """Read what `text`, a name as `names.prepared` gives it, says of its release.

    >>> release_of("Some.Film.2010.1080p.BluRay.x264-GRP")
    Release(group='GRP', source='Blu-ray', screen_size='1080p')
    >>> release_of("[Team] Some Show - 05 [720p]")
    Release(group='Team', source=None, screen_size='720p')
    """
    tags = text[len(untagged(text)) :]  # a title may be called "The Camera" or "Web"
    source = next((name for name, pattern in _SOURCES if pattern.search(tags)), None)
    size = _SCREEN.search(text)
    group = _BEFORE.match(text) or (_BEHIND.search(tags) if tags else None)
    return Release(group["group"] if group else None, source, _size(size) if size else None)


def _size(found: re.Match[str]) -> str:
    if found["lines"]:
        return f"{found['lines']}{found['scan'].lower()}"
    return "2160p" if found["four"] else "4320p" if found["eight"] else f"{found['high']}p"
