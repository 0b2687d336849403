"""What a file is by its suffix alone: the one table of suffixes in the house."""

from typing import Final

__all__ = ["KINDS", "VIDEO", "kind"]

VIDEO: Final = "video"

_SUFFIXES: Final = {
    VIDEO: (
        "3g2 3gp amv asf avi divx dv evo f4v flv h264 hevc iso m1v m2p m2t m2ts m2v m4v mk3d mkv mod mov mp4 mpe mpeg mpg mpv "
        "mts mxf nsv ogm ogv qt rm rmvb tod tp trp ts vdr vob vro webm wmv wtv xvid y4m"
    ),
    "subtitle": "ass dks idx jss mks pjs psb sbv smi smil srt ssa stl sub sup ttml usf vtt",
    "artwork": "avif bmp gif heic jpeg jpg png tbn tif tiff webp",
    "nfo": "nfo",
    "audio": "aac ac3 aif aiff alac ape dff dsf dts eac3 flac m4a m4b mka mp2 mp3 oga ogg opus ra tak thd tta wav wma wv",
}

KINDS: Final = {f".{suffix}": kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}


def kind(suffix: str | None) -> str:
    """Say what a suffix stands for: video, subtitle, artwork, nfo, audio or other.

    >>> kind(".MKV"), kind(".srt"), kind(None)
    ('video', 'subtitle', 'other')
    """
    return KINDS.get((suffix or "").lower(), "other")
