"""Worker processes answer batches of tasks, and one that dies or hangs costs nobody else an answer."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

import mediaorg as mo
from mediaorg.io.workers import Crashed, Workers


def fakes(settings="/", *, count=2, batch_size=5, deadline=30.0, **more):
    return Workers("tests.io.fake_worker", settings, count=count, batch_size=batch_size, deadline=deadline, **more)


def answers(workers, tasks, *, seen=lambda answer: None):
    """The answers to `tasks`, in their order."""
    found = {}

    def took(place, answer):
        assert place not in found
        found[place] = answer
        seen(answer)

    mo.run(workers.answer(tasks, took))
    return [found[place] for place in range(len(tasks))]


def children():
    return psutil.Process().children(recursive=True)


def test_every_task_is_answered_by_no_more_processes_than_allowed():
    found = answers(fakes(count=2), list(range(50)))
    assert [answer["said"] for answer in found] == list(range(50))
    assert len({answer["pid"] for answer in found}) <= 2
    assert children() == []


def test_batches_are_no_larger_than_told_and_shrink_toward_the_end():
    sizes = [answer["batch"] for answer in answers(fakes(count=2, batch_size=7), list(range(60)))]
    assert max(sizes) == 7
    assert sizes[-1] == 1


def test_no_more_processes_than_tasks_and_none_for_no_task():
    assert len({answer["pid"] for answer in answers(fakes(count=8), ["a", "b"])}) <= 2
    assert answers(fakes(), []) == []


@pytest.mark.parametrize("end", ["die", "cut"])
def test_a_task_a_worker_dies_of_costs_nobody_else_an_answer(end):
    tasks = [end if place == 13 else place for place in range(30)]
    found = answers(fakes(), tasks)
    assert isinstance(found.pop(13), Crashed)
    assert [answer["said"] for answer in found] == [task for task in tasks if task != end]
    assert children() == []


def test_a_task_that_hangs_is_given_up_at_the_deadline_and_costs_nobody_else_an_answer():
    tasks = ["hang" if place == 3 else place for place in range(12)]
    found = answers(fakes(deadline=0.4), tasks)
    assert isinstance(found.pop(3), TimeoutError)
    assert [answer["said"] for answer in found] == [task for task in tasks if task != "hang"]
    assert children() == []


def test_a_worker_killed_from_outside_costs_no_answer():
    killed = []

    def kill_once(answer):
        if not killed:
            killed.append(answer["pid"])
            os.kill(answer["pid"], signal.SIGKILL)

    found = answers(fakes(batch_size=20), list(range(100)), seen=kill_once)
    assert killed
    assert [answer["said"] for answer in found] == list(range(100))


def test_a_task_that_killed_its_worker_once_is_asked_again_alone(tmp_path):
    found = answers(fakes(os.fspath(tmp_path / "died")), ["a", "die once", "b"] * 2)
    assert [answer["said"] for answer in found] == ["a", "die once", "b"] * 2


def test_a_worker_killed_from_outside_over_its_only_task_costs_no_answer(tmp_path):
    found = answers(fakes(os.fspath(tmp_path / "died"), batch_size=1), ["die once"])
    assert found[0]["said"] == "die once"


def test_a_worker_killed_again_over_what_is_asked_alone_costs_no_answer(tmp_path):
    killed = []

    def kill_twice(answer):
        if (
            len(killed) < 2 and answer["pid"] not in killed
        ):  # the second time while those of a batch are asked one by one
            killed.append(answer["pid"])
            os.kill(answer["pid"], signal.SIGKILL)

    found = answers(fakes(count=1, batch_size=20), list(range(100)), seen=kill_twice)
    assert len(set(killed)) == 2
    assert [answer["said"] for answer in found] == list(range(100))


def test_a_worker_that_says_it_is_alive_has_time():
    assert answers(fakes(deadline=0.5), ["long"])[0]["said"] == "long"


def test_where_there_is_no_room_fewer_work_on_but_never_none():
    found = answers(fakes(count=4, room=lambda count: count <= 2), list(range(60)))
    assert len({answer["pid"] for answer in found}) <= 2
    found = answers(fakes(count=4, room=lambda count: False), list(range(60)))
    assert [answer["said"] for answer in found] == list(range(60))
    assert len({answer["pid"] for answer in found}) == 1


def said_here(task):
    return {"pid": os.getpid(), "said": task}


def odd_ones_are_doubtful(task):
    return None if task % 2 else said_here(task)


def test_a_few_tasks_are_answered_here_and_start_no_process():
    found = answers(fakes("broken", here=said_here), list(range(100)))
    assert [answer["said"] for answer in found] == list(range(100))


def test_what_is_doubtful_here_is_left_to_a_worker():
    found = answers(fakes(here=odd_ones_are_doubtful), list(range(40)))
    assert [answer["said"] for answer in found] == list(range(40))
    assert [answer["pid"] == os.getpid() for answer in found] == [True, False] * 20
    assert children() == []


@pytest.mark.parametrize("count", [1, 2, 4])
def test_many_tasks_are_answered_here_and_by_workers_beside_it(count):
    found = answers(fakes(count=count, batch_size=50, here=odd_ones_are_doubtful), list(range(3000)))
    assert [answer["said"] for answer in found] == list(range(3000))
    assert all(answer["pid"] != os.getpid() for answer in found[1::2])
    assert 1 <= len({answer["pid"] for answer in found} - {os.getpid()}) <= count


def test_many_doubts_are_shared_by_as_many_workers_as_allowed():
    found = answers(fakes(count=2, here=lambda task: None), ["slow"] * 300)
    assert len({answer["pid"] for answer in found}) == 2


def test_what_hangs_here_is_given_up_at_the_deadline_and_what_follows_left_to_workers():
    free = threading.Event()

    def hangs(task):
        return free.wait(60) and None if task == 20 else said_here(task)

    try:
        found = answers(fakes(here=hangs, deadline=0.4), list(range(200)))
    finally:
        free.set()
    assert isinstance(found.pop(20), TimeoutError)
    assert [answer["said"] for answer in found] == [task for task in range(200) if task != 20]
    assert found[-1]["pid"] != os.getpid()


@pytest.mark.parametrize(("seconds", "threads"), [(0.004, 4), (0, 1)])
def test_more_threads_read_here_only_where_they_wait(seconds, threads):
    inside, at_once = set(), []

    def waits_or_works(task):
        inside.add(task)
        at_once.append(len(inside))
        time.sleep(seconds) if seconds else sum(range(30_000))
        inside.remove(task)
        return said_here(task)

    answers(fakes(count=1, here=waits_or_works, readers=4), list(range(600)))
    assert max(at_once) == threads


@pytest.mark.skipif(
    not Path("/proc/thread-self/schedstat").exists(), reason="how long one stands in line is not told here"
)
def test_a_reader_that_stands_in_line_for_a_processor_waits_for_no_disk():
    inside, at_once = set(), []

    def works(task):
        inside.add(task)
        at_once.append(len(inside))
        sum(range(30_000))
        inside.remove(task)
        return said_here(task)

    with contextlib.ExitStack() as others:
        for _ in range(2 * (os.cpu_count() or 1)):
            other = others.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            others.callback(other.kill)
        answers(fakes(count=1, here=works, readers=8), list(range(600)))
    assert max(at_once) == 1


def test_an_error_here_is_an_error_of_the_run():
    with pytest.raises(ZeroDivisionError):
        answers(fakes(count=1, here=lambda task: 1 // (task - 900)), list(range(1000)))
    assert children() == []


def test_a_worker_program_that_cannot_run_is_an_error_of_the_run():
    with pytest.raises(mo.errors.MissingProgram, match="cannot run here"):
        answers(fakes("broken"), [1, 2])
    assert children() == []


def test_being_cancelled_leaves_no_process():
    async def cancel():
        task = asyncio.create_task(fakes().answer(["hang"] * 4, lambda place, answer: None))
        while not children():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    mo.run(cancel())
    assert children() == []


def test_an_error_in_what_takes_the_answers_leaves_no_process():
    def fails(answer):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answers(fakes(), list(range(20)), seen=fails)
    assert children() == []


def test_no_descriptor_is_left():
    answers(fakes(), list(range(4)))
    before = psutil.Process().num_fds()
    answers(fakes(), [*range(4), "die"])
    assert psutil.Process().num_fds() == before
