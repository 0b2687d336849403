"""What a run adds to the memory of its tree, however short-lived what adds it."""

import asyncio
import subprocess
import sys
import time

from mediaorg.io import processes
from mediaorg.io.meters import MemoryMeter, thread_busy

HOLDS = "import time; held = bytearray(100_000_000); print(flush=True); time.sleep(0.15)"


def test_a_program_that_lives_a_moment_is_seen():
    async def lives():
        program = await processes.start(sys.executable, "-c", HOLDS, stdout=subprocess.PIPE)
        await processes.reap(program)
        return program.pid in processes.alive()

    with MemoryMeter() as meter:
        assert not asyncio.run(lives())
    assert 90 < meter.peak_mb < 200


def test_what_this_process_holds_for_a_moment_is_seen():
    with MemoryMeter() as meter:
        held = bytearray(80_000_000)
        time.sleep(0.15)
        del held
    assert 70 < meter.peak_mb < 160


def test_a_thread_that_works_is_busy_and_one_that_waits_is_not():
    began = thread_busy()
    time.sleep(0.05)
    waited = thread_busy() - began
    ends = time.thread_time() + 0.05
    while time.thread_time() < ends:
        pass
    assert waited < 0.03
    assert thread_busy() - began - waited >= 0.05
