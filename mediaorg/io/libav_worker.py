"""The door to libav, run in a process of its own: hostile bytes may crash or hang it, and only it.

Reads one request a line and answers one line, in the shape of ffprobe's JSON. It never loads pandas.
"""

import json
import os
import sys
import time
from dataclasses import astuple
from functools import cache
from typing import Any, Final

import av

from mediaorg.io.container import Unreadable, quick_look, refusal

__all__ = ["look", "main"]

# A text `ffconcat version 1.0` named x.mkv would otherwise be answered with another file's streams, and an HLS
# playlist named .mp4 starts a reader that asks the network.
FORMATS: Final = "matroska,mov,avi,mpegts,asf,flv,ogg,mpeg,rm,mxf,dv,mpegvideo,h264,hevc,m4v,webm_dash_manifest"
_COVER: Final = 0x400  # AV_DISPOSITION_ATTACHED_PIC
_TRANSFERS: Final = {16: "smpte2084", 18: "arib-std-b67"}
_NO_TIME: Final = -(1 << 63)


def look(path: str, seconds: float) -> dict[str, Any]:
    """Say what libav and the file's own bytes say of `path` (as the system gives it), within `seconds`.

    The answer holds ``identity`` and either ``answer`` (in ffprobe's shape) or ``error`` (one word first), and
    ``cut`` where the container claims more bytes than there are, and ``seconds`` spent.
    """
    began = time.monotonic()
    try:
        quick = quick_look(path)
    except Unreadable as error:
        return refusal(error)
    found: dict[str, Any] = {"identity": astuple(quick.identity), "cut": quick.cut}
    try:
        found["answer"] = _ask(path, seconds, quick.turns)
    except (av.FFmpegError, OSError, ValueError) as error:
        found["error"] = f"not_video: {getattr(error, 'strerror', None) or error}"
    spent = time.monotonic() - began
    # libav's own deadline may strike inside its search for streams, which then returns half an answer as if whole.
    return found | {"seconds": round(spent, 6)} if spent < seconds else {"error": "timeout"}


def _ask(path: str, seconds: float, turns: dict[int, int]) -> dict[str, Any]:
    with av.open(f"file:{path}", timeout=seconds, **_settings()) as container:
        return {
            "format": {
                "format_name": container.format.name,
                "duration": container.duration / 1e6 if container.duration not in (None, _NO_TIME) else None,
                "bit_rate": container.bit_rate,
                "tags": _tags(container.metadata),
            },
            "streams": [_stream(stream, turns) for stream in container.streams],
            "chapters": [None] * len(container.chapters()),
        }


@cache
def _settings() -> dict[str, Any]:
    settings: dict[str, Any] = {"container_options": {"format_whitelist": FORMATS, "protocol_whitelist": "file"}}
    if int(av.__version__.split(".")[0]) < 19:  # later ones always do; without it one title in Latin-1 loses the file
        settings["metadata_errors"] = "surrogateescape"
    return settings


def _stream(stream: Any, turns: dict[int, int]) -> dict[str, Any]:
    context = stream.codec_context  # None for data streams and codecs libav does not know
    said: dict[str, Any] = {
        "codec_type": stream.type,
        "disposition": {"attached_pic": int(bool(int(stream.disposition) & _COVER))},
        "tags": _tags(stream.metadata),
    }
    if context is not None:
        said["codec_name"] = context.codec.canonical_name
        said["codec_tag_string"] = context.codec_tag
    if stream.type == "video" and context is not None:
        rate = stream.average_rate
        said |= {
            "width": context.width,
            "height": context.height,
            "pix_fmt": context.pix_fmt,
            "avg_frame_rate": str(rate) if rate else None,
            "color_transfer": _TRANSFERS.get(int(context.color_trc)),
            "side_data_list": [{"rotation": turns[stream.id]}] if stream.id in turns else [],
        }
    elif stream.type == "audio" and context is not None:
        said["channels"] = context.layout.nb_channels
    return said


def _tags(metadata: dict[str, str]) -> dict[str, str]:
    """Tags as valid text; ffprobe, too, writes U+FFFD for what is no UTF-8."""
    return {
        key: value[:2000].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        for key, value in metadata.items()
    }


def main() -> None:
    """Answer requests until the pipe is closed."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not land among the answers
    av.logging.set_level(av.logging.PANIC)
    by = "libav " + ".".join(str(number) for number in av.library_versions["libavformat"])
    for line in sys.stdin.buffer:
        request = json.loads(line)
        answer = {"by": by} if "hello" in request else look(request["path"], request["seconds"]) | {"by": by}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
