"""Every run leaves a record that says what it was like; a store that cannot be had costs nobody a run."""

import asyncio
import json
import sqlite3
import sys
import threading

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg import errors
from mediaorg.io.meters import tree_memory
from mediaorg.io.places import statistics_file
from mediaorg.io.statistics import keep, kept, learnt
from mediaorg.records import Limits
from mediaorg.stages.recorded import recorded


def the_journey(folder, target):
    files = mo.run(mo.scan(folder, progress=False))
    media = mo.run(mo.probe(files, progress=False, limits=Limits(max_workers=4)))
    labels = mo.run(mo.classify(media, progress=False))
    receipts = mo.run(mo.apply(mo.plan(labels, target), progress=False))
    mo.run(mo.undo(receipts, progress=False))
    return files, media, receipts


def test_every_verb_leaves_a_record_of_what_it_did(messy, tmp_path):
    files, media, receipts = the_journey(messy, tmp_path / "library")
    told = mo.statistics().set_index("verb")
    assert told.index.tolist() == ["scan", "probe", "classify", "apply", "undo"]
    assert (told["outcome"] == "done").all()
    assert told.loc["scan", ["files", "bytes"]].tolist() == [len(files), files["size"].sum()]
    probed = media[media["kind"] == "video"]
    assert told.loc["probe", "files"] == told.loc["probe", "probes"] == len(probed)
    wrong = probed["probe_error"].dropna().str.split(":").str[0].value_counts().to_dict()
    assert json.loads(told.loc["probe", "errors_by_kind"]) == wrong
    assert told.loc["probe", ["max_workers", "automatic"]].tolist() == [4, False]
    assert told.loc["apply", "run_id"] == receipts.attrs["run_id"]
    assert told["peak_memory_mb"].notna().all()


def test_by_device_has_how_long_files_took(messy):
    media = mo.run(mo.probe(messy, progress=False))
    (device,) = mo.statistics("device").query("verb == 'probe'").to_dict("records")
    seconds = media["probe_seconds"].dropna().astype(float)
    assert device["latency_p50"] == pytest.approx(seconds.median(), abs=1e-5)
    assert device["files"] == (media["kind"] == "video").sum()
    histogram = mo.statistics("latency").query("verb == 'probe'")
    assert histogram["files"].sum() == len(seconds)
    assert (histogram["from_seconds"] < histogram["to_seconds"]).all()


def test_by_time_has_every_file_once(messy):
    files = mo.run(mo.scan(messy, progress=False))
    mo.run(mo.probe(files, progress=False))
    per = mo.statistics("time").groupby("verb")["files"].sum()
    assert per.to_dict() == {"scan": len(files), "probe": (files["kind"] == "video").sum()}


def test_what_the_cache_knew_is_counted(messy):
    for _ in range(2):
        mo.run(mo.probe(messy, progress=False))
    first, second = mo.statistics().query("verb == 'probe'").to_dict("records")
    assert second["cache_hits"] > 0.8 * second["files"]
    assert (first["cache_hits"], first["probes"]) == (0, first["files"])


def test_a_run_that_is_made_of_others_says_so_and_its_statistics_are_theirs(messy, tmp_path):
    run = mo.run(mo.organize(messy, tmp_path / "library", progress=False))
    told = mo.statistics()
    (whole,) = told[told["verb"] == "organize"]["run_id"]
    parts = told[told["part_of"] == whole].set_index("verb")
    assert parts.index.tolist() == ["scan", "probe", "classify"]
    assert {name: run.stats["phases"][name]["seconds"] for name in parts.index} == pytest.approx(
        parts["seconds"].astype(float).to_dict()
    )
    assert mo.statistics(run=whole)["verb"].tolist() == ["organize", "scan", "probe", "classify"]


def test_runs_lists_every_verb_and_a_journal_only_its_own(messy, tmp_path):
    the_journey(messy, tmp_path / "library")
    assert mo.runs()["verb"].tolist() == ["scan", "probe", "classify", "apply", "undo"]
    from mediaorg.stages.history import where

    assert mo.runs(where(None))["verb"].tolist() == ["apply", "undo"]


def test_it_is_exported_whole(messy, tmp_path):
    mo.run(mo.probe(messy, progress=False))
    for by in ("run", "device", "time", "latency"):
        told = mo.statistics(by)
        told.to_parquet(tmp_path / "told.parquet")
        told.to_csv(tmp_path / "told.csv", index=False)
        assert (
            len(pd.read_parquet(tmp_path / "told.parquet")) == len(pd.read_csv(tmp_path / "told.csv")) == len(told) > 0
        )


def test_a_run_that_is_stopped_or_fails_is_recorded_as_such(messy):
    files = mo.run(mo.scan(messy, progress=False))

    def stop(phase, done, total):
        raise_in[0].cancel()

    raise_in = []

    async def stopped():
        raise_in.append(asyncio.current_task())
        await mo.probe(files, progress=stop, cache=False)

    with pytest.raises(asyncio.CancelledError):
        mo.run(stopped())
    with pytest.raises(errors.UnknownRun):
        mo.run(mo.undo("no such run", progress=False))
    outcomes = mo.statistics().groupby("verb")["outcome"].last()
    assert outcomes["probe"] == "stopped"
    assert outcomes["undo"] == "UnknownRun"


def test_a_run_that_was_asked_to_stop_is_recorded_as_stopped_and_so_is_what_it_was_a_part_of(messy, tmp_path):
    begun = threading.Event()

    def follow(phase, done, total):
        if phase == "probe" and not begun.is_set():
            begun.set()
            job.stop()

    job = mo.start(mo.organize(messy, tmp_path / "library", cache=False, progress=follow))
    assert len(job.result().files) > 100
    mo.run(mo.scan(messy, progress=False))
    told = mo.statistics()
    assert told[["verb", "outcome"]].values.tolist() == [
        ["organize", "stopped"],
        ["scan", "done"],
        ["probe", "stopped"],
        ["classify", "stopped"],
        ["scan", "done"],
    ]


@pytest.mark.parametrize("broken", ["no database", "another program's", "a folder", "locked"])
def test_a_store_that_cannot_be_had_costs_a_warning_and_no_run(messy, caplog, broken):
    file = statistics_file()
    file.parent.mkdir(parents=True)
    held = None
    if broken == "no database":
        file.write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    elif broken == "a folder":
        file.mkdir()
    else:
        held = sqlite3.connect(file)
        held.execute("CREATE TABLE other (x)")
        if broken == "locked":
            held.commit()
            held.execute("BEGIN EXCLUSIVE")
    before = file.read_bytes() if file.is_file() else None
    assert len(mo.run(mo.scan(messy, progress=False))) > 100
    assert "statistics" in caplog.text
    assert mo.statistics().empty
    assert before is None or file.read_bytes() == before
    if held is not None:
        held.close()


def test_a_damaged_line_costs_that_line(messy):
    mo.run(mo.scan(messy, progress=False))
    connection = sqlite3.connect(statistics_file())
    connection.execute("INSERT INTO runs VALUES ('x', 0, '{')")
    connection.commit()
    connection.close()
    assert mo.statistics()["verb"].tolist() == ["scan"]


def test_the_oldest_of_very_many_go():
    keep({"run_id": "first", "verb": "scan", "started_ns": 1})
    connection = sqlite3.connect(statistics_file())
    connection.executemany("INSERT INTO runs VALUES (?, ?, '{}')", [(f"{n}", n) for n in range(2, 5001)])
    connection.commit()
    connection.close()
    keep({"run_id": "last", "verb": "scan", "started_ns": 9999})
    assert len(kept()) == 5000
    assert kept()[-1]["run_id"] == "last"
    assert "first" not in {record.get("run_id") for record in kept()}


def test_nothing_was_recorded_gives_the_columns():
    assert mo.statistics().empty
    assert list(mo.statistics("time").columns)[:3] == ["run_id", "verb", "at"]
    with pytest.raises(errors.BadSetting, match="by must be one of run, device, time, latency"):
        mo.statistics("week")


def test_what_was_learnt_of_a_device_is_kept_and_the_newest_counts():
    record = {"verb": "probe", "started_ns": 1}
    keep({**record, "run_id": "a"}, {"uuid:1": 24, "uuid:2": 8})
    keep({**record, "run_id": "b"}, {"uuid:1": 40})
    assert (learnt("uuid:1", "probe"), learnt("uuid:2", "probe")) == (40, 8)
    assert learnt("uuid:1", "hashes") is learnt("uuid:3", "probe") is None


@pytest.mark.ffprobe
def test_a_given_number_is_obeyed_and_otherwise_it_starts_at_eight(messy):
    for limits in (Limits(max_workers=3), Limits()):
        mo.run(mo.probe(messy, prober="ffprobe", cache=False, limits=limits, progress=False))
    given, automatic = (
        some["workers"].dropna()
        for _, some in mo.statistics("time").query("verb == 'probe'").groupby("run_id", sort=False)
    )
    assert set(given) == {3}
    assert automatic.iloc[0] == 8


@pytest.mark.skipif(sys.platform != "linux", reason="PSS is Linux's")
def test_the_process_tree_keeps_within_the_memory_a_run_is_given(tmp_path):
    folder = mo.samples(tmp_path / "many", n=600)
    limit = 60  # MB; one worker, which comes to 40
    base, peak, over = tree_memory(), [0], threading.Event()

    def watch():
        while not over.wait(0.02):
            peak[0] = max(peak[0], tree_memory())

    watching = threading.Thread(target=watch)
    watching.start()
    files = mo.run(mo.scan(folder, progress=False))
    media = mo.run(mo.probe(files, prober="libav", cache=False, limits=Limits(memory_limit_mb=limit), progress=False))
    over.set()
    watching.join()
    assert media["width"].notna().sum() > 200
    assert 5 < (peak[0] - base) / 1e6 < limit


@pytest.mark.parametrize("device", ["x", None, 1.5, -3, 2**63, 2**70, pd.NA, True])
def test_odd_cells_in_what_was_given_cost_no_run(device):
    odd = pd.DataFrame(
        {"path": ["/gone/a.mkv", "/gone/b.mkv"], "device": [device, 7], "size": ["big", None]}, dtype="object"
    )
    mo.run(mo.classify(odd, progress=False))
    mo.run(mo.probe(odd, progress=False))
    told = mo.statistics("device")
    assert told.groupby("verb")["files"].sum().to_dict() == {"classify": 2, "probe": 2}
    assert mo.statistics()["bytes"].tolist() == [0, 0]


def test_what_the_cache_knew_has_no_latency_in_this_run(messy, tmp_path):
    files = mo.run(mo.scan(messy, progress=False))
    for _ in range(2):
        media = mo.run(mo.probe(files, cache=tmp_path / "cache.sqlite", progress=False))
    assert media["probe_seconds"].notna().any()
    told = mo.statistics("device", run=mo.statistics().tail(1))
    assert told["files"].sum() > 0
    assert told["seconds"].isna().all()
    assert not len(mo.statistics("latency", run=mo.statistics().tail(1)))


def test_files_that_were_not_reached_do_not_count():
    async def stopped():
        async with recorded("probe", Limits()) as run:
            errors_ = [None, "not_video: x", "stopped: not reached", "stopped: not reached"]
            run.tell(pd.DataFrame({"size": [1, 2, 4, 8], "device": 1, "probe_error": errors_}), error="probe_error")

    mo.run(stopped())
    last = mo.statistics().iloc[-1]
    assert (last["files"], last["bytes"], last["errors"]) == (2, 3, 1)


def test_a_run_came_to_no_less_than_its_parts(messy, tmp_path):
    run = mo.run(mo.organize(messy, tmp_path / "library", progress=False))
    told = mo.statistics().set_index("verb")["peak_memory_mb"]
    assert told["organize"] >= told[["scan", "probe", "classify"]].max() > 0
    assert run.stats["peak_memory_mb"] > 0


def test_a_record_names_the_machine_and_how_long_files_took(messy):
    mo.run(mo.probe(messy, cache=False, progress=False))
    last = mo.statistics().iloc[-1]
    machine = json.loads(last["machine"])
    assert machine["cores"] >= 1
    assert machine["memory_gb"] > 0
    assert machine["python"]
    assert last["files_per_second"] == pytest.approx(last["files"] / last["seconds"], rel=0.05)
    device = mo.statistics("device").iloc[-1]
    assert 0 < device["latency_p50"] <= device["latency_p95"] <= device["latency_p99"]
    assert device["latency_p50"] < device["latency_p99"]


def test_kinds_of_work_share_the_memory_they_are_given():
    async def shared():
        async with recorded("probe", Limits(memory_limit_mb=100)) as run:
            return run.room(40, 1), run.room(40, 2), run.room(36, 1), run.room(1, 8)

    assert mo.run(shared()) == (True, True, False, True)


@pytest.mark.parametrize(
    "odd",
    [
        {"started_ns": "x"}, {"started_ns": 10**30}, {"run_id": None}, {"settings": [1]}, {"devices": {"a": 1}}, {"series": [[1, 2]]},
        {"files": "many"}, {"seconds": "x"},
    ],
)  # fmt: skip
def test_a_record_of_another_shape_costs_itself_alone(messy, odd):
    mo.run(mo.scan(messy, progress=False))
    whole = kept()[-1]
    with sqlite3.connect(statistics_file()) as store:
        store.execute("INSERT INTO runs VALUES ('odd', 5, ?)", (json.dumps({**whole, "run_id": "odd", **odd}),))
    store.close()
    for by in ("run", "device", "time", "latency"):
        assert "odd" not in set(mo.statistics(by)["run_id"])
    assert mo.runs()["run_id"].tolist()[-1] == whole["run_id"]
