"""The command line does as the verbs do, and its exit codes can be relied on."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys

import pytest

import mediaorg as mo
from mediaorg.__main__ import _shown, main
from tests.trees import interruptible, tree


def test_scan_counts_what_lies_there(collection, capsys):
    assert main(["scan", str(collection)]) == 0
    said = capsys.readouterr().out
    assert "video" in said
    assert "left out: 1 by @eaDir" in said


def test_scan_gives_rows_for_scripts(collection, capsys):
    assert main(["scan", "--json", "--probe", str(collection)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == len(mo.run(mo.scan(collection, progress=False)))
    assert any(row["video_codec"] == "vp9" for row in rows)


def test_organize_shows_the_plan_and_touches_nothing(messy, capsys):
    before = tree(messy)
    library = messy.with_name("library")
    assert main(["organize", str(messy), str(library)]) == 0
    said = capsys.readouterr()
    assert "→" in said.out
    assert "nothing was touched" in said.err
    assert tree(messy) == before
    assert not library.exists()


def test_apply_moves_and_undo_takes_it_back(messy, tmp_path, capsys):
    before = tree(messy)
    library, journal = messy.with_name("library"), str(tmp_path / "journal.sqlite")
    assert main(["organize", str(messy), str(library), "--apply", "--journal", journal, "--workers", "2"]) == 0
    assert tree(messy) != before
    assert main(["runs", "--json", "--journal", journal]) == 0
    run = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert main(["undo", run["run_id"], "--journal", journal]) == 0
    assert tree(messy) == before
    assert not library.exists()
    assert main(["resume", "--journal", journal]) == 0


def test_what_cannot_be_done_is_said_in_one_line(tmp_path, capsys):
    assert main(["scan", str(tmp_path / "nowhere")]) == 2
    assert "there is no folder" in capsys.readouterr().err
    assert main(["organize", str(tmp_path), str(tmp_path), "--workers", "0"]) == 2
    assert "max_workers" in capsys.readouterr().err


def test_files_that_were_refused_are_an_exit_code_and_said(tmp_path, capsys):
    source = tmp_path / "in"
    source.mkdir()
    (source / "Film (2001).mkv").write_bytes(b"one")
    assert main(["organize", str(source), str(tmp_path / "out"), "--apply", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "skipped"  # no video: a person should look


def test_samples_can_be_laid_out(tmp_path, capsys):
    assert main(["samples", str(tmp_path / "messy"), "-n", "20"]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "messy")


def test_a_name_does_nothing_to_the_terminal():
    assert _shown("a\x1b[2Jb\u202ec\nd é 日本") == r"a\x1b[2Jb\u202ec\nd é 日本"


def test_a_closed_pipe_is_no_traceback(collection):
    command = f"{sys.executable} -m mediaorg scan --json {collection} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, env=os.environ)
    assert json.loads(done.stdout)
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_with_130_and_a_mend(tmp_path):
    folder = mo.samples(tmp_path / "messy", n=3000)
    command = [sys.executable, "-m", "mediaorg", "organize", "--verbose", str(folder), str(tmp_path / "library")]
    with interruptible(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        while "scan: " not in child.stderr.readline():
            pass
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "nothing was moved" in said


@pytest.mark.timeout(180)  # most of it is reading 1,500 names
def test_ctrl_c_while_files_are_moved_says_how_far_it_came(tmp_path):
    folder, library, journal = mo.samples(tmp_path / "messy", n=1500), tmp_path / "library", tmp_path / "j.sqlite"
    before = tree(folder)
    command = [sys.executable, "-m", "mediaorg", "organize", "--apply", str(folder), str(library)]
    with interruptible(
        [*command, "--journal", str(journal)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as child:
        while not library.exists():
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    told = re.search(r"stopped: ([\d,]+) of [\d,]+ files are done. `mediaorg (undo .* --journal .*)` takes", said)
    done = mo.receipts(mo.runs(journal)["run_id"].iloc[-1], journal)["state"].eq("done").sum()
    assert int(told[1].replace(",", "")) == done
    assert main(shlex.split(told[2])) == 0
    assert tree(folder) == before


def test_a_plan_that_cannot_be_saved_is_said_before_anything_is_moved(messy, tmp_path, capsys, caplog):
    caplog.set_level("DEBUG", "mediaorg")
    before = tree(messy)
    for file in (tmp_path / "plan.xlsx", tmp_path / "nowhere" / "plan.csv"):
        command = ["organize", str(messy), str(tmp_path / "library"), "--apply", "--plan", str(file)]
        assert main([*command, "--verbose", "--journal", str(tmp_path / "j.sqlite")]) == 2
        assert capsys.readouterr().err.startswith("mediaorg: ")
        assert "scan: " not in caplog.text  # nor is a file looked at for it
    assert tree(messy) == before
    assert not (tmp_path / "j.sqlite").exists()


def test_output_that_cannot_be_written_is_an_error_and_nothing_is_moved(messy, tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    before = tree(messy)
    command = [sys.executable, "-m", "mediaorg", "organize", "--apply", str(messy), str(tmp_path / "library")]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert tree(messy) == before


def test_an_empty_name_is_no_folder(tmp_path, capsys):
    for command in (["scan", ""], ["organize", "", str(tmp_path)], ["organize", str(tmp_path), ""]):
        assert main(command) == 2
        assert "names none" in capsys.readouterr().err


def test_a_journal_that_is_not_there_is_an_error(tmp_path, capsys):
    for verb in (["undo"], ["undo", "some-run"], ["resume"], ["runs"]):
        assert main([*verb, "--journal", str(tmp_path / "none.sqlite")]) == 2
        assert "no journal" in capsys.readouterr().err
    assert main(["undo", "some-run"]) == 2
