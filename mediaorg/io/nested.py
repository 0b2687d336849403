"""The door to nest_asyncio: `asyncio.run` inside a running loop, for people whose own code needs that. Nothing here does."""

import asyncio
import contextlib
import importlib
import importlib.util
import sys
from typing import Final

from mediaorg.errors import MissingProgram, NestedLoopHarms
from mediaorg.io.stopping import in_notebook

__all__ = ["allow_nested_loop"]

_MEND: Final = "use mo.run(...), which needs no patch, or pip install nest_asyncio2"


def allow_nested_loop() -> str:
    """Patch asyncio so that ``asyncio.run`` works inside a running loop; gives the name of the patch.

    >>> import mediaorg as mo
    >>> mo.run(mo.scan(mo.samples(), progress=False)).empty  # what this package offers needs no patch
    False

    For code of your own that calls ``asyncio.run`` in a cell; `mo.run` and the front desk work anywhere without it. It
    makes every asyncio program of this process slower, and cannot be taken back. Twice is once. nest_asyncio2 is used
    where it is installed, else nest_asyncio.

    Raises NestedLoopHarms for a pairing that is known to do harm, with the mend, and MissingProgram where neither is
    installed.
    """
    found = next((name for name in ("nest_asyncio2", "nest_asyncio") if importlib.util.find_spec(name)), None)
    if found is None:
        raise MissingProgram(f"neither nest_asyncio2 nor nest_asyncio is installed; {_MEND}")
    _refuse_harm(found)
    importlib.import_module(found).apply()
    return found


def _refuse_harm(patch: str) -> None:
    loop = ""
    with contextlib.suppress(RuntimeError):  # none is running
        loop = type(asyncio.get_running_loop()).__module__
    if loop.startswith("uvloop"):
        raise NestedLoopHarms(f"{patch} cannot patch a loop of uvloop; {_MEND.partition(', or')[0]}")
    if patch != "nest_asyncio":
        return
    if sys.version_info >= (3, 14):
        raise NestedLoopHarms(f"nest_asyncio breaks asyncio.current_task on Python 3.14 and later; {_MEND}")
    if in_notebook() and _ipykernel() >= (7, 1):
        raise NestedLoopHarms(
            "nest_asyncio in ipykernel 7.1 and later silently loses cells: of three that are run at once, only the first "
            f"runs; {_MEND}"
        )


def _ipykernel() -> tuple[int, ...]:
    version = getattr(sys.modules.get("ipykernel"), "version_info", ())
    return tuple(part for part in version if isinstance(part, int))
