"""The command line does as the verbs do, and its exit codes can be relied on."""

import json
import os
import signal
import subprocess
import sys

import mediaorg as mo
from mediaorg.__main__ import _shown, main
from tests.trees import tree


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
    assert main(["undo", "no-such-run", "--journal", str(tmp_path / "none.sqlite")]) in (0, 2)


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
    child = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    while "scan: " not in child.stderr.readline():
        pass
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "mediaorg resume" in said
