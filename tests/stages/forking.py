"""A process with everything imported that forks one child for each step it is asked for: ``python forking.py``.

A line "TREE ELSEWHERE STEP" on stdin starts a child that does that step of `crashing`. Each thread of it tells its
number before it does anything ("thread TID") and waits for a line, so that a tracer can take hold of just that one:
strace counts calls thread by thread, and would strike the same call in several. At the end "ended CODE" is told,
negative for a signal. "warm" in front of the three does the step here, so that no child is the first to import.
"""

import os
import sys
import threading
import traceback

sys.dont_write_bytecode = True

sys.path.insert(0, os.path.dirname(__file__))  # it is run by its path

import crashing  # noqa: E402
import pandas as pd  # noqa: E402, F401
import pytest  # noqa: E402, F401

from mediaorg.errors import JournalError  # noqa: E402

DONE, JOURNAL, BROKEN = 0, 3, 4  # how a child ends
_TURN = threading.Lock()


def line() -> str:
    """The next line of stdin, byte by byte: a buffer would take what is the child's, or the parent's."""
    read = bytearray()
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        read += byte
    return os.fsdecode(bytes(read))


def tell(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def _announce(*_: object) -> None:
    sys.setprofile(None)
    with _TURN:
        tell(f"thread {threading.get_native_id()}")
        line()


def child(tree: str, elsewhere: str, step: str) -> int:
    threading.setprofile(_announce)
    try:
        crashing.main(tree, elsewhere, step)
    except JournalError as error:
        print(error, file=sys.stderr)
        return JOURNAL
    except Exception:  # noqa: BLE001  whatever it is, the parent is to hear of it
        traceback.print_exc()
        return BROKEN
    return DONE


def main() -> None:
    while words := line().split():
        if words[0] == "warm":
            crashing.main(*words[1:])
            tell("ended 0")
            continue
        pid = os.fork()
        if pid == 0:
            code = BROKEN
            try:
                code = child(*words)
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        tell(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
