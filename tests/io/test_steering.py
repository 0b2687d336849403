"""Threads that read go up and down with what a rule says, and memory has the last word."""

import threading

import mediaorg as mo
from mediaorg.io.steering import Steering
from mediaorg.io.workers import Workers


class Rule:
    """Wants `limit`, whatever happens."""

    settled = True

    def __init__(self, limit):
        self.limit = limit
        self.completions = 0

    def completed(self, at):
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

    workers = Workers("tests.io.fake_worker", "/", count=1, batch_size=5, deadline=30.0, here=here, readers=steering)
    found = []
    mo.run(workers.answer(list(range(tasks)), lambda place, answer: found.append(place)))
    assert sorted(found) == list(range(tasks))
    return most


def test_as_many_read_as_the_rule_allows():
    rule = Rule(12)
    assert at_once(Steering(rule), 600) == 12
    assert rule.completions > 300


class Falling(Rule):
    """Wants 12, and two after a while."""

    def completed(self, at):
        super().completed(at)
        self.limit = 12 if self.completions < 200 else 2


def test_those_that_are_too_many_go_home():
    assert at_once(Steering(Falling(12)), 900, last=300) == 2


def test_a_given_number_is_a_ceiling():
    assert at_once(Steering(given=3), 400) <= 3


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
