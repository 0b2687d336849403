"""Asked to stop, a run finishes what is in flight, gives back all its rows, and is done later."""

import asyncio
import os
import threading
import time

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg.io.stopping import Stop, offering, stoppable, until_stopped


def test_a_run_in_a_run_heeds_the_same_wish():
    with stoppable() as outer, stoppable() as inner:
        assert inner is outer
        assert outer.heeded == 2
    with stoppable() as another:
        assert another is not outer


def test_work_that_is_given_up_is_cancelled_and_waited_for():
    stop, ended = Stop(), []

    async def work():
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(True)

    async def main():
        asyncio.get_running_loop().call_later(0.05, stop.set)
        return await until_stopped(work(), stop)

    assert asyncio.run(main())
    assert ended == [True]


def test_work_that_ends_or_fails_by_itself_does_so():
    async def fails():
        raise KeyError("mine")

    async def ends():
        await asyncio.sleep(0)

    assert not asyncio.run(until_stopped(ends(), Stop()))
    with pytest.raises(KeyError):
        asyncio.run(until_stopped(fails(), Stop()))


def stopped_at_once(make):
    """What a stage gives that was asked to stop before it began."""
    stop = Stop()
    stop.set()

    async def main():
        with offering(stop):
            return await make()

    return asyncio.run(main())


@pytest.fixture
def files(messy):
    return mo.run(mo.scan(messy, progress=False))


@pytest.mark.parametrize(
    ("stage", "column"),
    [
        ("probe", "probe_error"),
        ("classify", "label_error"),
        ("hashes", "hash_error"),
        ("thumbnails", "thumbnail_error"),
    ],
)
def test_rows_that_were_not_reached_say_so(files, stage, column):
    make = getattr(mo, stage)
    more = {"cache": False} if stage != "classify" else {}
    told = stopped_at_once(lambda: make(files, progress=False, **more))
    assert told.index.equals(files.index)
    assert told.attrs["stopped"] is True
    assert told[column].str.startswith("stopped: ").fillna(False).any()
    whole = mo.run(make(told, progress=False, **more))
    assert "stopped" not in whole.attrs
    assert not whole[column].str.startswith("stopped: ").fillna(False).any()
    assert list(whole.columns) == list(told.columns)


def test_a_scan_that_is_stopped_says_so(messy):
    found = stopped_at_once(lambda: mo.scan(messy, progress=False))
    assert found.attrs["stopped"] is True


def test_half_a_plan_is_not_applied(messy, tmp_path):
    before = sorted(messy.rglob("*"))
    run = stopped_at_once(lambda: mo.organize(messy, tmp_path / "library", dry_run=False, progress=False))
    assert len(run.receipts) == 0
    assert "stopped before its end, planned, nothing touched" in repr(run)
    assert "stopped before its end" in run._repr_html_()
    assert sorted(messy.rglob("*")) == before
    assert "apply" not in set(mo.runs()["verb"])


def test_a_job_that_is_stopped_gives_back_all_its_rows_and_resume_does_the_rest(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for at in range(3000):
        (folder / f"{at}.mkv").write_bytes(os.fsencode(str(at)))
    labels = pd.DataFrame({"path": [str(folder / f"{at}.mkv") for at in range(3000)], "media_type": "movie"})
    labels["title"] = [f"Film {at}" for at in range(3000)]
    plan = mo.plan(labels, tmp_path / "library")
    moving = threading.Event()
    job = mo.start(
        mo.apply(plan, limits=mo.Limits(batch_size=5, max_workers=2), progress=lambda *now: now[1] and moving.set())
    )
    assert moving.wait(20)
    job.stop()
    receipts = job.result()
    assert len(receipts) == len(plan)
    assert set(receipts["state"]) == {"done", "skipped"}
    assert receipts.loc[receipts["state"] == "skipped", "error"].str.startswith("stopped: ").all()
    assert receipts.attrs["stopped"] is True
    again = mo.run(mo.resume(progress=False))
    assert again["state"].eq("done").all()
    assert "stopped" not in again.attrs


def test_a_job_is_awaited_beside_the_loop_and_says_how_it_is():
    async def slow():
        await asyncio.sleep(0.05)
        return 7

    async def main():
        job = mo.start(slow())
        before = repr(job)
        return before, await job, repr(job)

    assert asyncio.run(main()) == ("<Job slow: running>", 7, "<Job slow: done>")


def test_a_job_that_heeds_no_wish_is_cancelled():
    async def deaf():
        await asyncio.sleep(60)

    job = mo.start(deaf())
    while job._task is None:
        time.sleep(0.001)
    job.stop()
    with pytest.raises(asyncio.CancelledError):
        job.result()
    assert "ended by" in repr(job) or "Cancelled" in repr(job)


def test_a_job_may_be_asked_to_stop_before_it_has_come_to_anything_and_as_often_as_one_likes(messy):
    job = mo.start(mo.classify(messy, progress=False))
    for _ in range(5):
        job.stop()
    assert job.result().attrs["stopped"] is True


def test_rows_that_were_not_reached_are_not_counted_as_done(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for at in range(600):
        (folder / f"{at}.mkv").write_bytes(b"film")
    labels = pd.DataFrame({"path": [str(folder / f"{at}.mkv") for at in range(600)], "media_type": "movie"})
    labels["title"] = [f"Film {at}" for at in range(600)]
    plan, told = mo.plan(labels, tmp_path / "library"), []
    run = stopped_at_once(lambda: mo.apply(plan, progress=lambda *now: told.append(now)))
    assert run["state"].eq("skipped").all()
    assert told[-1] == ("apply", 0, 600)
