"""Worker processes answer, and one that dies or hangs costs one request."""

import asyncio
import os
import signal

import psutil
import pytest

import mediaorg as mo
from mediaorg.io.workers import Crashed, Workers


def fakes(count=2, deadline=30.0):
    return Workers("tests.io.fake_worker", count=count, deadline=deadline)


async def all_at_once(workers, requests):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(workers.ask(request)) for request in requests]
    return [task.result() for task in tasks]


def children():
    return psutil.Process().children(recursive=True)


def test_requests_are_answered_by_processes_that_stay():
    async def ask():
        async with fakes(count=2) as workers:
            return [await workers.ask({"n": n}) for n in range(5)]

    answers = mo.run(ask())
    assert [answer["said"] for answer in answers] == [{"n": n} for n in range(5)]
    assert len({answer["pid"] for answer in answers}) == 1  # one is enough for one who asks one at a time
    assert children() == []


def test_many_requests_share_no_more_processes_than_allowed():
    async def ask():
        async with fakes(count=2) as workers:
            return await all_at_once(workers, [{"n": n} for n in range(50)])

    answers = mo.run(ask())
    assert [answer["said"]["n"] for answer in answers] == list(range(50))
    assert len({answer["pid"] for answer in answers}) <= 2


@pytest.mark.parametrize("end", ["die", "cut"])
def test_a_worker_that_dies_costs_one_request(end):
    async def ask():
        async with fakes(count=1) as workers:
            before = await workers.ask({})
            with pytest.raises(Crashed):
                await workers.ask({"do": end})
            after = await workers.ask({})
            return before["pid"], after["pid"]

    before, after = mo.run(ask())
    assert before != after
    assert children() == []


def test_a_worker_that_hangs_is_killed_at_the_deadline():
    async def ask():
        async with fakes(count=1, deadline=0.3) as workers:
            with pytest.raises(TimeoutError):
                await workers.ask({"do": "hang"})
            return await workers.ask({"n": 1})

    assert mo.run(ask())["said"] == {"n": 1}
    assert children() == []


def test_a_worker_killed_from_outside_costs_one_request():
    async def ask():
        async with fakes(count=1) as workers:
            os.kill((await workers.ask({}))["pid"], signal.SIGKILL)
            with pytest.raises(Crashed):
                await workers.ask({})
            return await workers.ask({"n": 1})

    assert mo.run(ask())["said"] == {"n": 1}


def test_being_cancelled_leaves_no_process():
    async def hang():
        async with fakes(count=2) as workers:
            await all_at_once(workers, [{"do": "hang"}] * 4)

    async def cancel():
        task = asyncio.create_task(hang())
        while not children():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    mo.run(cancel())
    assert children() == []


def test_no_descriptor_is_left():
    async def ask():
        async with fakes(count=2) as workers:
            await all_at_once(workers, [{"n": n} for n in range(4)])

    mo.run(ask())
    before = psutil.Process().num_fds()
    mo.run(ask())
    assert psutil.Process().num_fds() == before
