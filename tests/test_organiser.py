"""The front desk: every documented use of the Video Labels Organizer, in the new name, and what it relied on."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

import mediaorg as mo
from mediaorg import FileMetadata, PerformantMediaOrganiser, ProcessingResult, organize_files, organize_files_sync
from tests.trees import tree


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A smaller collection, for those who only look."""
    return mo.samples(tmp_path_factory.mktemp("few") / "messy", n=60)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


# ---- the uses


def test_a_run_then_its_statistics(few, out):
    async def use():
        async with PerformantMediaOrganiser(max_workers=16) as organizer:
            results = await organizer.organize_files(source=str(few), target=str(out), dry_run=True)
            return results, organizer.get_performance_stats()

    results, stats = mo.run(use())
    assert all(isinstance(result, ProcessingResult) for result in results)
    assert stats["files_processed"] == len(results)
    assert stats["files_processed"] / stats["total_time"] > 0
    assert stats["ffprobe_calls"] > 0
    assert stats["errors"] == sum(result.error is not None for result in results)


def test_from_plain_code(few, out):
    results = organize_files_sync(source=str(few), target=str(out), dry_run=True, max_workers=16)
    assert len([r for r in results if not r.error and not r.skipped]) > 0
    for r in [r for r in results if r.error][:5]:
        assert isinstance(r.original_path, Path)
        assert isinstance(r.error, str)


def test_the_oldest_form_and_a_positional_dry_run(few, out):
    assert organize_files(few, out, dry_run=True) == organize_files_sync(few, out, True)


def test_inside_a_running_loop(few, out):
    async def cell():
        return organize_files_sync(few, out, dry_run=True)

    assert len(asyncio.run(cell())) > 0


def test_in_a_thread(few, out):
    said = []
    thread = threading.Thread(target=lambda: said.append(organize_files_sync(few, out)))
    thread.start()
    thread.join()
    assert len(said[0]) > 0


def test_in_a_script_without_a_main_guard(few, out, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        f"from mediaorg import organize_files_sync\nprint(len(organize_files_sync({str(few)!r}, {str(out)!r})))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, env=os.environ)
    assert int(done.stdout) > 0
    assert done.stderr == ""


def test_several_folders_with_statistics_per_folder(messy, out):
    folders = [path for path in sorted(messy.iterdir()) if path.is_dir()][:3]

    async def use():
        counts = []
        async with PerformantMediaOrganiser(batch_size=25, memory_limit_mb=256) as organizer:
            for folder in folders:
                results = await organizer.organize_files(source=folder, target=out, dry_run=True)
                counts.append((organizer.get_performance_stats()["files_processed"], len(results)))
                organizer.reset_stats()
            return counts, organizer.get_performance_stats()

    counts, after = mo.run(use())
    assert all(said == counted for said, counted in counts)
    assert (after["files_processed"], after["total_time"], after["errors"]) == (0, 0, 0)


@pytest.mark.parametrize("dry_run", [True, False])
def test_progress_in_whole_percents_that_never_go_back_and_end_at_a_hundred(messy, out, dry_run):
    percents = []
    organize_files_sync(messy, out, dry_run, percents.append)
    assert all(type(percent) is int for percent in percents)
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert len(percents) > 2


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 10, "memory_limit_mb": 128},
        {"max_workers": 32, "batch_size": 100},
        {"timeout_seconds": 60},
    ],
)
def test_the_settings_that_were_advised(few, out, settings):
    organizer = PerformantMediaOrganiser(**settings)
    assert {name: getattr(organizer, name) for name in settings} == settings
    assert len(mo.run(organizer.organize_files(few, out))) > 0


def test_debug_logging_shows_each_step(few, out, caplog):
    with caplog.at_level(logging.DEBUG):
        results = organize_files_sync(few, out)
    for step in ("scan", "probe", "classify"):
        assert f"{step}: begins" in caplog.text
        assert len([line for line in caplog.messages if line.startswith(f"{step}: ")]) == 2
    assert f"plan: {len(results)} files into {out}" in caplog.messages
    for result in results:
        assert sum(line.startswith(f"{result.original_path}: ") for line in caplog.messages) == 1


# ---- what it relied on


def test_the_defaults_and_the_resolved_number_of_workers():
    organizer = PerformantMediaOrganiser()
    assert organizer.max_workers == min(32, os.cpu_count() + 4)
    assert (organizer.batch_size, organizer.timeout_seconds, organizer.memory_limit_mb) == (50, 30, 512)


@pytest.mark.parametrize("knob", ["max_workers", "batch_size", "timeout_seconds", "memory_limit_mb"])
def test_a_bad_knob_is_a_value_error_that_names_it(knob):
    with pytest.raises(ValueError, match=knob):
        PerformantMediaOrganiser(**{knob: -1})


@pytest.mark.parametrize("setting", ["layout", "operation", "on_conflict"])
def test_a_bad_setting_of_the_plan_is_named_when_it_is_given(setting):
    with pytest.raises(ValueError, match=setting):
        PerformantMediaOrganiser(**{setting: "plecks"})


@pytest.mark.parametrize("wrong", [{"layout": "plecks"}, {"operation": "mvoe"}, {"ai": 7}, {"target": None}])
def test_a_bad_setting_is_named_before_the_first_look_at_a_file(few, wrong):
    heard = []
    with pytest.raises(mo.errors.BadSetting, match=next(iter(wrong))):
        mo.run(mo.organize(few, **{"target": "out", **wrong}, progress=lambda *said: heard.append(said)))
    assert heard == []


def test_a_knob_nobody_knows_is_named_when_it_is_given():
    with pytest.raises(TypeError, match="colour"):
        PerformantMediaOrganiser(colour="blue")


def test_a_missing_source_is_named(tmp_path, out):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        organize_files_sync(tmp_path / "nowhere", out)


def test_an_empty_folder_is_no_error(tmp_path, out):
    (tmp_path / "empty").mkdir()
    percents = []
    assert organize_files_sync(tmp_path / "empty", out, False, percents.append) == []
    assert percents[-1] == 100


def test_it_works_again_and_again_in_any_loop_and_leaves_nothing(few, out):
    organizer = PerformantMediaOrganiser(cache=False)

    async def use():
        return len(await organizer.organize_files(few, out))

    first = asyncio.run(use())
    left = threading.active_count(), psutil.Process().num_fds()
    assert [asyncio.run(use()), mo.run(use())] == [first, first]
    assert (threading.active_count(), psutil.Process().num_fds()) == left
    assert psutil.Process().children() == []
    assert organizer.get_performance_stats()["files_processed"] == 3 * first


def test_a_callback_that_raises_is_logged_and_dropped(few, out, caplog):
    def fails(percent):
        raise RuntimeError("mine")

    assert len(organize_files_sync(few, out, progress_callback=fails)) > 0
    assert caplog.text.count("not called again") == 1


def test_a_cached_answer_is_no_call(messy, out):
    async def use():
        async with PerformantMediaOrganiser() as organizer:
            await organizer.organize_files(messy, out)
            first = organizer.get_performance_stats()
            organizer.reset_stats()
            await organizer.organize_files(messy, out)
            return first, organizer.get_performance_stats()

    first, second = mo.run(use())
    assert first["ffprobe_calls"] > 0
    assert second["ffprobe_calls"] == 0
    assert second["cache_hits"] == first["ffprobe_calls"]


def test_a_dry_run_changes_nothing(messy, out):
    before = tree(messy)
    organize_files_sync(messy, out, dry_run=True)
    assert tree(messy) == before
    assert not out.exists()


def test_the_real_run_does_exactly_what_was_shown(messy, out):
    shown = organize_files_sync(messy, out, dry_run=True)
    done = organize_files_sync(messy, out, dry_run=False)
    assert [(r.original_path, r.new_path) for r in done] == [(r.original_path, r.new_path) for r in shown]
    moved = [r for r in done if r.new_path is not None and not r.error]
    assert len(moved) > 50
    assert all(r.new_path.exists() and not r.original_path.exists() for r in moved)
    stayed = [r for r in done if r.new_path is None]
    assert all(r.original_path.exists() for r in stayed)
    on_disk = sum(path.is_file() for path in out.rglob("*"))
    assert on_disk == len(moved)


def test_a_result_says_what_the_old_one_said(messy, out):
    results = {r.original_path.name: r for r in organize_files_sync(messy, out)}
    one = results["Harbour.Lights.S01E01.1080p.WEB-DL.H264-TIDE.mkv"]
    assert (one.show_name, one.episode_info, one.media_type, one.is_extra) == (
        "Harbour Lights",
        "S01E01",
        "episode",
        False,
    )
    assert one.metadata["quality"] == 1080
    assert set(one.metadata) == {*FileMetadata.__dataclass_fields__, "reason"}
    assert one.new_path.is_relative_to(out)
    double = results["Harbour.Lights.S01E05E06.1080p.WEB-DL.H264-TIDE.mkv"]
    assert double.episode_info == "S01E05-E06"
    sample = results["harbour.lights.s01e01.sample.mkv"]
    assert sample.is_extra


def test_strings_are_never_none(messy, out):
    for r in organize_files_sync(messy, out):
        assert all(isinstance(text, str) for text in (r.show_name, r.episode_info, r.media_type, r.metadata["reason"]))
        assert r.error is None or r.error
        assert not (r.error and r.skipped)
        assert (r.new_path is None) == (r.skipped or r.error is not None) or r.new_path is not None


def test_what_stays_is_skipped_with_its_reason(messy, out):
    stays = [r for r in organize_files_sync(messy, out) if r.skipped]
    assert stays
    assert all(r.error is None and r.new_path is None and r.metadata["reason"] for r in stays)


def test_one_bad_file_never_stops_the_rest(messy, out):
    results = organize_files_sync(messy, out)
    bad = [r for r in results if r.error]
    assert {r.error.partition(":")[0] for r in bad} >= {"not_video", "empty", "truncated"}
    assert len(bad) < len(results) / 5


def test_a_source_that_is_the_target_settles_down(tmp_path):
    folder = mo.samples(tmp_path / "messy", n=60)
    organize_files_sync(folder, folder, dry_run=False)
    after = tree(folder)
    again = organize_files_sync(folder, folder, dry_run=False)
    assert [r for r in again if r.new_path is not None] == []
    assert tree(folder) == after


def test_a_target_inside_the_source_is_planned_once(tmp_path):
    folder = mo.samples(tmp_path / "messy", n=60)
    organize_files_sync(folder, folder / "Library", dry_run=False)
    after = tree(folder)
    organize_files_sync(folder, folder / "Library", dry_run=False)
    assert tree(folder) == after


def test_a_knob_turned_later_counts(messy):
    organizer = mo.PerformantMediaOrganiser()
    organizer.max_workers = 0
    with pytest.raises(ValueError, match="max_workers"):
        mo.run(organizer.organize_files(messy, messy.with_name("out")))
    organizer.max_workers = 2
    assert mo.run(organizer.organize_files(messy, messy.with_name("out")))
