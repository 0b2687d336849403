"""Limits say what they mean, and refuse nonsense by name."""

import os

import numpy as np
import pytest

import mediaorg as mo


def test_limits_not_given_are_automatic_and_read_as_resolved():
    limits = mo.Limits()
    assert limits.max_workers == min(32, os.cpu_count() + 4)
    assert limits.automatic
    assert (limits.batch_size, limits.timeout_seconds, limits.memory_limit_mb) == (50, 30, 512)


def test_limits_given_are_a_ceiling():
    assert not mo.Limits(max_workers=16).automatic


@pytest.mark.parametrize("name", ["max_workers", "batch_size", "timeout_seconds", "memory_limit_mb"])
@pytest.mark.parametrize("value", [0, -1, "many", True, float("nan"), float("inf")])
def test_a_limit_out_of_range_is_named(name, value):
    with pytest.raises(ValueError, match=name):
        mo.Limits(**{name: value})


def test_more_than_256_workers_are_refused():
    with pytest.raises(mo.errors.BadSetting, match="from 1 to 256"):
        mo.Limits(max_workers=257)


def test_numbers_of_numpy_are_numbers():
    assert mo.Limits(max_workers=np.int64(4), timeout_seconds=np.float32(1.5)).workers == 4


@pytest.mark.parametrize("given", [4, {"max_workers": 4}])
def test_what_is_no_limits_is_named(given):
    for verb in (mo.probe([], limits=given), mo.organize(".", "out", limits=given)):
        with pytest.raises(mo.errors.BadSetting, match="limits must be a Limits"):
            mo.run(verb)
