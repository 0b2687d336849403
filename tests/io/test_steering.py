"""Threads that read go up and down with what a rule says, and memory has the last word."""

import asyncio
import threading

import mediaorg as mo
from mediaorg.io.steering import Steering
from mediaorg.io.workers import Lane, Workers


class Rule:
    """Wants `limit`, whatever happens."""

    settled = True

    def __init__(self, limit):
        self.limit = limit
        self.completions = 0

    def completed(self, at, amount):
        self.completions += 1

    def bound(self, most):
        self.limit = most


def at_once(steering, tasks, *, last=None):
    """The most that were answered here at the same time, of the `last` tasks; each waits for company, as far as there
    can be any."""
    inside, most, wanted, answered = 0, 0, steering.allowed, 0
    lock, full = threading.Condition(), threading.Event()

    def here(task):
        nonlocal inside, most, answered
        with lock:
            inside += 1
            answered += 1
            if last is None or answered > tasks - last:
                most = max(most, inside)
            if inside >= wanted:
                full.set()
        (full if last is None else threading.Event()).wait(0.005)  # a disk; the first piece is read by one alone
        with lock:
            inside -= 1
        return {"said": task}

    workers = Workers("tests.io.fake_worker", "/", count=1, batch_size=5, deadline=30.0, here=here, readers=256)
    found, lane = [], Lane(range(tasks), steering)
    mo.run(workers.answer(list(range(tasks)), lambda place, answer: found.append(place), [lane]))
    assert sorted(found) == list(range(tasks))
    return most


def test_as_many_read_as_the_rule_allows():
    rule = Rule(12)
    assert at_once(Steering(rule), 600) == 12
    assert rule.completions > 300


class Falling(Rule):
    """Wants 12, and two after a while."""

    def completed(self, at, amount):
        super().completed(at, amount)
        self.limit = 12 if self.completions < 200 else 2


def test_those_that_are_too_many_go_home():
    assert at_once(Steering(Falling(12)), 900, last=300) == 2


def test_a_given_number_is_a_ceiling():
    assert at_once(Steering(given=3), 400) <= 3


def most_at_once(lanes, readers, *, hangs=lambda task: None):
    """The most tasks of each lane that were answered here at the same time, and of all; each waits a little for company."""
    lock, inside, most = threading.Lock(), [0] * len(lanes), [0] * (len(lanes) + 1)
    of = {place: at for at, lane in enumerate(lanes) for place in lane.places}

    def here(task):
        with lock:
            inside[of[task]] += 1
            most[:] = [max(pair) for pair in zip(most, [*inside, sum(inside)], strict=True)]
        hangs(task)
        threading.Event().wait(0.002)
        with lock:
            inside[of[task]] -= 1
        return {"said": task}

    workers = Workers("tests.io.fake_worker", "/", count=1, batch_size=5, deadline=30.0, here=here, readers=readers)
    found = []
    mo.run(workers.answer(range(len(of)), lambda place, answer: found.append(place), lanes))
    assert sorted(found) == list(range(len(of)))
    return most


def test_each_device_has_a_number_of_its_own():
    lanes = [Lane(range(0, 1200, 2), Steering(Rule(12))), Lane(range(1, 1200, 2), Steering(Rule(2)))]
    assert most_at_once(lanes, 256)[:2] == [12, 2]


def test_all_devices_together_keep_to_what_is_allowed():
    lanes = [Lane(range(at, 1200, 3), Steering(Rule(12))) for at in range(3)]
    assert most_at_once(lanes, 9)[-1] <= 9


def test_whoever_looks_at_a_file_keeps_to_one_ceiling():
    async def both():
        inside, most = 0, 0
        lock = threading.Lock()

        def here(task):
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
            threading.Event().wait(0.002)
            with lock:
                inside -= 1
            return {"said": task}

        turns = asyncio.Semaphore(3)
        workers = Workers(
            "tests.io.fake_worker", "/", count=1, batch_size=5, deadline=30.0, here=here, readers=256, turns=turns
        )
        await workers.answer(range(600), lambda place, answer: None, [Lane(range(600), Steering(Rule(12)))])
        return most

    assert mo.run(both()) == 3


def test_no_device_waits_for_another():
    answered, free = [], threading.Event()

    def hangs(task):
        if task == 0:
            assert free.wait(30)  # until the other lane is done
        answered.append(task)
        if len([one for one in answered if one % 2]) == 300:
            free.set()

    lanes = [Lane(range(at, 600, 2), Steering(Rule(2))) for at in range(2)]
    most_at_once(lanes, 256, hangs=hangs)


def test_memory_makes_it_fewer_but_never_none():
    told = []
    steering = Steering(Rule(64), room=lambda count: count <= 2, told=told.append)
    steering.begin()
    for _ in range(200):
        steering.completed()
    assert told == [64, 32, 16, 8, 4, 2]
    assert steering.allowed == 2
    assert steering.answer is None  # memory decided, not the device

    tight = Steering(Rule(4), room=lambda _: False)
    tight.begin()
    for _ in range(200):
        tight.completed()
    assert tight.allowed == 1


def test_before_it_begins_nothing_is_learnt():
    rule = Rule(8)
    steering = Steering(rule)
    steering.completed()
    assert rule.completions == 0
