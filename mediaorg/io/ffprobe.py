"""The door to the ffprobe program: the last rung for what libav in-process refuses, and the referee of the tests."""

import json
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from typing import Any, Final, Self

from mediaorg.errors import MissingProgram
from mediaorg.io import processes
from mediaorg.io.container import FORMATS, Unreadable

__all__ = ["FFprobe"]

# `file:` keeps names such as `http:x.mkv`, `concat:a|b.mkv` and `-y.mp4` from being taken for addresses or options;
# the white lists keep a playlist that poses as a video from naming other files, here or in the network.
_ARGUMENTS: Final = (
    "-v",
    "error",
    "-protocol_whitelist",
    "file",
    "-format_whitelist",
    FORMATS,
    "-of",
    "json",
    "-show_program_version",
    "-show_format",
    "-show_streams",
    "-show_chapters",
)


class FFprobe:
    """One program of that name; `find` it once, then `ask` it about files. `version` is what its last answer said."""

    def __init__(self, program: str) -> None:
        self.program, self.version = program, "unknown"

    @classmethod
    def find(cls, program: str = "ffprobe") -> Self | None:
        """Find the program, or None if it is not installed."""
        where = shutil.which(program)
        return None if where is None else cls(where)

    @classmethod
    def need(cls) -> Self:
        """Find the program; raises MissingProgram with the mend."""
        found = cls.find()
        if found is None:
            raise MissingProgram(
                'ffprobe is not installed: install ffmpeg (Debian: apt install ffmpeg), or use prober="libav"'
            )
        return found

    async def ask(self, path: str) -> dict[str, Any]:
        """Give the program's own JSON for the file of `path` (as the system gives it).

        Raises Unreadable ("not_video: …"). There is no deadline here: it stands with the caller, and the program is
        ended when it strikes.
        """
        said, complaint = await _output(self.program, *_ARGUMENTS, "-i", f"file:{path}")
        answer = _json(said)
        self.version = answer.get("program_version", {}).get("version", "unknown").partition("-")[0]
        if not answer.get("streams"):
            raise Unreadable(f"not_video: {_last_line(complaint)}")
        return answer


async def _output(*command: str) -> tuple[bytes, bytes]:
    """What a program writes; it is killed and reaped if we are cancelled or out of time."""
    process = await processes.start(*command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    try:
        return await process.communicate()
    finally:
        if process.returncode is None:
            await processes.reap(process, kill=True)


def _json(said: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(said)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _last_line(complaint: bytes) -> str:
    lines = complaint.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].rpartition(": ")[2] if lines else "no streams"
