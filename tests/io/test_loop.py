"""A coroutine is finished from wherever one stands, and Ctrl-C reaches it."""

import asyncio
import contextvars
import signal
import subprocess
import sys
import threading

import pytest

import mediaorg as mo
from mediaorg.io.loop import in_thread, left_behind, thinking
from tests.trees import interruptible


async def double(number):
    await asyncio.sleep(0)
    return 2 * number


def test_from_plain_code():
    assert mo.run(double(4)) == 8


def test_beside_a_running_loop():
    async def cell():
        return mo.run(double(4)), asyncio.get_running_loop().is_running()

    assert asyncio.run(cell()) == (8, True)


def test_inside_another_run():
    async def outer():
        return mo.run(double(4))

    assert mo.run(outer()) == 8


def test_from_a_thread():
    said = []
    thread = threading.Thread(target=lambda: said.append(mo.run(double(4))))
    thread.start()
    thread.join()
    assert said == [8]


def test_what_it_raises_is_raised():
    async def fails():
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        mo.run(fails())


def test_no_thread_is_left():
    before = threading.active_count()
    mo.run(in_thread(lambda: None))
    assert threading.active_count() == before


INTERRUPTED = """
import asyncio, threading, mediaorg as mo
async def work():
    print("begun", flush=True)
    try:
        await asyncio.sleep(30)
    finally:
        await asyncio.sleep(0.2)
        print("drained", flush=True)
mo.run(work())
"""


def test_ctrl_c_stops_the_run_and_waits_until_it_has_put_things_in_order():
    with interruptible([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout.readline() == "begun\n"
        child.send_signal(signal.SIGINT)
        out, error = child.communicate(timeout=20)
    assert out == "drained\n"
    assert error.rstrip().endswith("KeyboardInterrupt")


def test_a_cancelled_thread_is_told_and_waited_for():
    stop, ended = threading.Event(), threading.Event()

    async def cancel():
        loop, begun = asyncio.get_running_loop(), asyncio.Event()

        def work():
            loop.call_soon_threadsafe(begun.set)
            stop.wait(20)
            ended.set()

        task = asyncio.create_task(in_thread(work, stop=stop))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return ended.is_set()

    assert mo.run(cancel())


@pytest.mark.parametrize(("takes", "is_left"), [(0.05, False), (20, True)])
def test_who_may_be_left_behind_is_waited_for_a_moment_when_cancelled(takes, is_left):
    stop = threading.Event()

    async def cancel():
        loop, begun = asyncio.get_running_loop(), asyncio.Event()

        def work():
            loop.call_soon_threadsafe(begun.set)
            stop.wait(takes)

        task = asyncio.create_task(left_behind(work, 60))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    mo.run(cancel())
    left = [thread for thread in threading.enumerate() if thread.name == "mediaorg-read"]
    stop.set()
    assert bool(left) == is_left
    for thread in left:
        thread.join()


def test_a_cancel_waits_for_no_thinking_and_tells_it_to_end():
    free, stop, told = threading.Event(), threading.Event(), contextvars.ContextVar("told", default=None)

    async def main():
        told.set("the caller's")
        assert await thinking(told.get) == "the caller's"
        task = asyncio.create_task(thinking(lambda: free.wait(30), stop=stop))
        await asyncio.sleep(0)
        while not any(thread.name == "mediaorg-read" for thread in threading.enumerate()):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled(), free.is_set()

    try:
        assert asyncio.run(main()) == (True, False)
        assert stop.is_set()
    finally:
        free.set()
