"""tune finds the best cell of a grid on devices whose best is known, and is honest about what it did."""

import asyncio

import pandas as pd
import pytest

import mediaorg as mo
from benchmarks.crowds import device
from mediaorg import errors
from mediaorg.records import Limits

FILES = [f"/films/{number}.mkv" for number in range(1500)]
GRID = (1, 4, 16, 64)


@pytest.mark.parametrize("seed", range(7000, 7006))
def test_its_best_cell_is_near_the_best_of_the_device(seed):
    disk = device(seed)
    tuned = mo.run(mo.tune(FILES, workers=GRID, stage=disk, progress=False))
    best = min(disk.through(len(FILES), workers).seconds for workers in GRID)
    assert disk.through(len(FILES), mo.best(tuned).max_workers).seconds < 1.1 * best


class Noted:
    """A stage that writes down what it was called with, and takes as long as `seconds` says of the workers."""

    def __init__(self, seconds=lambda workers: 1.0):
        self.calls, self._seconds = [], seconds

    async def __call__(self, files, *, limits=None, progress=False):
        self.calls.append((limits.max_workers, limits.batch_size))
        facts = {"seconds": self._seconds(limits.max_workers), "peak_memory_mb": 2.0 * limits.max_workers}
        done = files.copy()
        done.attrs["mediaorg"] = {"probe": facts}
        return done


def test_each_round_has_every_setting_once_in_an_order_of_its_own():
    stage = Noted()
    mo.run(mo.tune(FILES, workers=(1, 2, 4), batch_sizes=(10, 50), repeats=4, stage=stage, progress=False))
    rounds = [stage.calls[at : at + 6] for at in range(0, 24, 6)]
    assert [len(set(one)) for one in rounds] == [6] * 4
    assert len({tuple(one) for one in rounds}) > 1


def test_what_is_far_behind_is_not_measured_again():
    stage = Noted(lambda workers: 1.0 if workers > 1 else 9.0)
    tuned = mo.run(mo.tune(FILES, workers=(1, 8), repeats=3, stage=stage, progress=False)).set_index("workers")
    assert stage.calls.count((1, 50)) == 1
    assert tuned["given_up"].to_dict() == {1: True, 8: False}
    assert tuned["repeats"].to_dict() == {1: 1, 8: 3}


def test_best_is_the_lightest_of_those_that_are_as_good_and_keeps_within_memory():
    tuned = pd.DataFrame(
        {
            "workers": [2, 8, 64],
            "batch_size": 50,
            "files_per_second": [90.0, 98.0, 100.0],
            "memory_mb": [5.0, 20.0, 90.0],
        }
    )
    assert mo.best(tuned) == Limits(8, 50)
    assert mo.best(tuned, memory_mb=10) == Limits(2, 50, memory_limit_mb=10)
    with pytest.raises(
        errors.BadSetting, match=r"no setting keeps within memory_mb=1: the least that was measured is 5"
    ):
        mo.best(tuned, memory_mb=1)
    with pytest.raises(errors.MissingColumns, match="batch_size"):
        mo.best(tuned.drop(columns="batch_size"))


@pytest.mark.parametrize("pages", ["warm", "cold"])
def test_real_files_are_probed_and_nothing_is_kept(messy, pages):
    tuned = mo.run(mo.tune(messy, workers=(1, 2), repeats=1, pages=pages, progress=False))
    assert tuned["pages"].tolist() == [pages] * 2
    assert (tuned["files_per_second"] > 0).all()
    assert (tuned["latency_p50"] <= tuned["latency_p95"]).all()
    assert mo.statistics().query("verb == 'probe'")["cache_hits"].sum() == 0


def test_it_says_how_far_it_is_and_can_be_stopped():
    told = []

    async def stopped():
        task = asyncio.current_task()

        def follow(phase, done, total):
            told.append((phase, done, total))
            task.cancel()

        await mo.tune(FILES, workers=GRID, stage=Noted(), progress=follow)

    with pytest.raises(asyncio.CancelledError):
        mo.run(stopped())
    assert told[0] == ("tune", 0, 12)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"repeats": 0}, "repeats"),
        ({"pages": "hot"}, "pages"),
        ({"workers": ()}, "at least one"),
        ({"workers": (0,)}, "max_workers"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(wrong, said):
    with pytest.raises(errors.BadSetting, match=said):
        mo.run(mo.tune(FILES, stage=Noted(), progress=False, **wrong))


@pytest.mark.parametrize("wrong", [{"channels": 0}, {"service": -1.0}, {"bandwidth": 0.0}])
def test_a_disk_that_cannot_be_is_refused(wrong):
    with pytest.raises(errors.BadSetting, match=next(iter(wrong))):
        mo.SimulatedDisk(**wrong)


def test_asked_to_stop_it_gives_what_was_measured_and_no_trial_that_was_not_finished():
    done = []

    async def stage(files, *, limits, progress):
        if len(done) == 3:
            job.stop()
        done.append(limits.max_workers)
        return files.assign(probe_seconds=0.01)

    job = mo.start(mo.tune(["/a.mkv"] * 10, workers=(1, 2, 4, 8), stage=stage, progress=False))
    tuned = job.result()
    assert tuned.attrs["stopped"]
    assert sorted(tuned["workers"][tuned["files_per_second"].notna()]) == sorted(done[:3])
    assert int(tuned["repeats"].sum()) == 3
    assert mo.best(tuned).max_workers in done[:3]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"workers": 4}, "several whole numbers"),
        ({"files": []}, "there are none"),
        ({"workers": ("a",)}, "several whole numbers"),
    ],
)
def test_what_cannot_be_measured_is_said(wrong, said):
    settings = {"files": ["/a.mkv"], "stage": mo.SimulatedDisk(), "progress": False, **wrong}
    with pytest.raises(errors.BadSetting, match=said):
        mo.run(mo.tune(settings.pop("files"), **settings))
