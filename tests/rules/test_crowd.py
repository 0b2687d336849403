"""The number of files in flight finds its best on devices that were not used to design the rule."""

import dataclasses
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.crowds import SEEDS, device, regret
from mediaorg.rules.crowd import FIRST, MOST, Crowd
from mediaorg.stages.simulated import SimulatedDisk

FEW = 4000  # files; the benchmark takes 10,000


def test_on_devices_it_was_not_made_for_it_is_nearly_as_good_as_the_best_fixed_number():
    regrets = [regret(device(seed), FEW) for seed in SEEDS[:8]]
    assert median(regrets) < 0.03
    assert sorted(regrets)[-2] < 0.08
    assert max(regrets) < 0.2


def test_a_device_that_slows_down_in_mid_run_is_followed():
    slower = [dataclasses.replace(device(seed), slows_at=0.5, slows_by=3.0) for seed in SEEDS[:4]]
    assert max(regret(one, FEW) for one in slower) < 0.25


@pytest.mark.parametrize("start", [32, 64, 128])
def test_an_answer_of_another_day_is_not_believed_blindly(start):
    turning = SimulatedDisk(channels=1, service=0.01, penalty=0.05)  # what suited a warm page cache costs it most
    assert turning.through(FEW, Crowd(start=start)).seconds < 0.6 * turning.through(FEW, start).seconds
    store = SimulatedDisk(round_trip=0.05, service=0.005, channels=128, bandwidth=1e6, cpu=0.0001, cores=16)
    assert regret(store, FEW, start=start) < 0.25


@pytest.mark.parametrize(
    ("disk", "least", "most"),
    [
        (SimulatedDisk(channels=1, service=0.01, penalty=0.05), 1, 6),  # seeks: each more in flight costs all of them
        (SimulatedDisk(round_trip=0.05, service=0.005, channels=256, bandwidth=1e6, cpu=0.0001, cores=16), 128, 256),
    ],
)
def test_it_ends_where_the_device_is_at_its_best(disk, least, most):
    crowd = Crowd()
    disk.through(10_000, crowd)
    assert least <= crowd.limit <= most
    assert crowd.settled


@given(
    start=st.integers(1, 300),
    most=st.integers(1, MOST),
    gaps=st.lists(st.floats(0, 2, allow_nan=False), max_size=400),
)
def test_whatever_comes_it_stays_between_one_and_what_is_allowed(start, most, gaps):
    crowd, now = Crowd(start=start, most=most), 0.0
    for gap in gaps:
        now += gap
        crowd.completed(now)
        assert 1 <= crowd.limit <= most


@given(bounds=st.lists(st.integers(0, 300), min_size=1, max_size=5), steps=st.integers(0, 300))
def test_a_bound_that_comes_later_is_obeyed_at_once_and_from_then_on(bounds, steps):
    crowd, now = Crowd(), 0.0
    for bound in bounds:
        crowd.bound(bound)
        for _ in range(steps):
            assert 1 <= crowd.limit <= max(1, bound)
            now += 0.01 / crowd.limit
            crowd.completed(now)


def test_it_starts_at_the_last_answer():
    assert Crowd().limit == FIRST
    assert Crowd(start=40).limit == 40
    assert Crowd(start=40, most=12).limit == 12


@pytest.mark.parametrize("factor", [0.2, 5.0])
def test_another_pace_for_long_begins_the_climb_again(factor):
    crowd, now = Crowd(), 0.0
    for _ in range(2000):  # a device of one channel: whatever is in flight, it takes 10 ms a file
        now += 0.01
        crowd.completed(now)
    assert crowd.settled
    settled = []
    for _ in range(2000):
        now += 0.01 / factor
        crowd.completed(now)
        settled.append(crowd.settled)
    assert not all(settled)
    assert settled[-1]
