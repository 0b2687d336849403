"""One look at one file: its own bytes first, then a prober. Run as a program it is a worker that never loads pandas.

An answer is plain JSON: ``identity``, and ``answer`` (in the shape of ffprobe's JSON) or ``error`` (one word first);
``cut`` where the file is shorter than its container claims, ``by`` whom, ``seconds`` spent.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import astuple
from typing import Any, Final, TypeAlias

from mediaorg.io.container import Opened, Unreadable, opened
from mediaorg.rules.headers import read_header

__all__ = ["LIBAV_WORKER", "Answer", "look", "main", "quick_look", "refusal", "turned"]

Answer: TypeAlias = dict[str, Any]

LIBAV_WORKER: Final = __name__


def quick_look(path: str) -> Answer:
    """Say what a file's own bytes say before any prober is asked: ``identity``, ``cut``, and ``turns`` by track id.

    A few reads of a few bytes. Raises Unreadable.
    """
    with opened(path) as file:
        header = read_header(file.read, file.identity.size)
        return {"identity": astuple(file.identity), "cut": header.cut or _hole(file), "turns": header.turns}


def _hole(file: Opened) -> str | None:
    size, hole = file.identity.size, file.first_hole()
    return f"truncated: nothing was written from byte {hole:,} of {size:,}" if hole is not None else None


def turned(answer: Answer, turns: dict[int, int]) -> Answer:
    """Write each track's turn where ffprobe writes it; libav in-process tells it only with a decoded frame."""
    for stream in answer["streams"]:
        if stream["id"] in turns:
            stream["side_data_list"] = [{"rotation": turns[stream["id"]]}]
    return answer


def refusal(error: Unreadable) -> Answer:
    """The answer where nobody was let in."""
    return {"error": str(error)} | ({"identity": astuple(error.identity)} if error.identity else {})


def look(path: str, seconds: float, ask: Callable[[str, float], Answer]) -> Answer:
    """Look at the file of `path` (as the system gives it) by its own bytes, then `ask` a prober, within `seconds`."""
    began = time.monotonic()
    try:
        found = quick_look(path)
    except Unreadable as error:
        return refusal(error)
    turns = found.pop("turns")
    try:
        found["answer"] = turned(ask(path, seconds), turns)
    except Unreadable as error:
        found["error"] = str(error)
    spent = time.monotonic() - began
    return found | {"seconds": round(spent, 6)} if spent < seconds else {"error": "timeout"}


def main() -> None:
    """Answer requests, one a line, until the pipe is closed."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not land among the answers
    from mediaorg.io import libav  # here, so that whoever only composes a look does not load it

    for line in sys.stdin.buffer:
        request = json.loads(line)
        said = {} if "hello" in request else look(request["path"], request["seconds"], libav.ask)
        answers.write(json.dumps(said | {"by": libav.version()}).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
