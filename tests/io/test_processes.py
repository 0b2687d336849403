"""Child processes are seen to their end, whatever happens to those who started them."""

import asyncio
import sys
from asyncio.subprocess import PIPE

import pytest

import mediaorg as mo
from mediaorg.io import processes


def test_who_is_cancelled_while_a_child_ends_waits_for_its_end():
    async def cancelled():
        code = "import sys, time; sys.stdin.read(); time.sleep(0.3)"
        child = await processes.start(sys.executable, "-c", code, stdin=PIPE, stdout=PIPE)
        child.stdin.close()
        reaping = asyncio.create_task(processes.reap(child))
        await asyncio.sleep(0)
        reaping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reaping
        return child.returncode

    assert mo.run(cancelled()) == 0
