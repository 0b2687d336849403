"""The door to the ffprobe program: the last rung for what libav in-process refuses, and the referee of the tests."""

import json
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from typing import Any, Final, Self

from mediaorg.errors import MissingProgram
from mediaorg.io import processes
from mediaorg.io.container import Unreadable

__all__ = ["FFprobe"]

# `file:` keeps names such as `http:x.mkv`, `concat:a|b.mkv` and `-y.mp4` from being taken for addresses or options;
# the white list keeps a playlist that poses as a video from asking the network.
_ARGUMENTS: Final = (
    "-v",
    "error",
    "-protocol_whitelist",
    "file",
    "-of",
    "json",
    "-show_format",
    "-show_streams",
    "-show_chapters",
)


class FFprobe:
    """One program of that name; `find` it once, then `ask` it about files."""

    def __init__(self, program: str, version: str) -> None:
        self.program, self.version = program, version

    @staticmethod
    def here() -> bool:
        """Whether the program is installed."""
        return shutil.which("ffprobe") is not None

    @classmethod
    async def find(cls, program: str = "ffprobe") -> Self | None:
        """Find the program, or None if it is not installed."""
        where = shutil.which(program)
        if where is None:
            return None
        said, _ = await _output(where, "-version")
        version = re.search(rb"version (\S+?)(?:-\S*)?\s", said)
        return cls(where, version[1].decode("ascii", "replace") if version else "unknown")

    @classmethod
    async def need(cls) -> Self:
        """Find the program; raises MissingProgram with the mend."""
        found = await cls.find()
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
