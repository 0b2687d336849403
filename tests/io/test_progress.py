"""Progress is told, by time and not by file, and its end always."""

import asyncio
import io
import logging
import sys
import threading
import time

import pytest

import mediaorg as mo
from mediaorg.io.loop import in_thread
from mediaorg.io.progress import Pace, Progress


def test_a_callback_hears_the_beginning_and_the_end():
    heard = []
    with Progress(lambda *said: heard.append(said), "probe", 3) as bar:
        bar.advance(2)
        bar.advance()
    assert heard[0] == ("probe", 0, 3)
    assert heard[-1] == ("probe", 3, 3)


def test_a_hundred_thousand_steps_are_a_few_words():
    heard = []
    with Progress(lambda *said: heard.append(said), "scan") as bar:
        for _ in range(100_000):
            bar.advance()
    assert heard[-1] == ("scan", 100_000, None)
    assert len(heard) < 100


def test_a_callback_hears_of_a_thread_where_it_was_given_and_last_the_whole_count():
    heard = []

    async def main():
        heard_some = threading.Event()

        def follow(phase, done, total):
            heard.append((done, threading.get_ident()))
            if done:
                heard_some.set()

        def work(bar):
            end = time.monotonic() + 20
            while not heard_some.is_set() and time.monotonic() < end:
                bar.advance()
            bar.advance()
            return bar

        with Progress(follow, "scan") as bar:
            await in_thread(lambda: work(bar))
        return bar.done

    done = asyncio.run(main())
    assert len(heard) > 2
    assert {thread for _, thread in heard} == {threading.get_ident()}
    assert heard[-1][0] == done


def test_a_callback_that_raises_is_logged_and_dropped(caplog):
    called = []

    def fails(*said):
        called.append(said)
        raise RuntimeError("mine")

    with caplog.at_level(logging.ERROR, "mediaorg"), Progress(fails, "probe", 1) as bar:
        bar.advance()
    assert len(called) == 1
    assert "not called again" in caplog.text


def test_a_stage_on_its_own_logs_its_beginning_and_its_end(caplog, collection):
    with caplog.at_level(logging.DEBUG, "mediaorg"):
        files = mo.run(mo.scan(collection, progress=False))
    assert caplog.messages[0] == "scan: begins"
    assert caplog.messages[1].startswith(f"scan: {len(files)} files in ")


def test_what_ended_a_stage_is_logged(caplog):
    def fails():
        with Progress(False, "probe", 3) as bar:
            bar.advance()
            raise KeyError

    with caplog.at_level(logging.DEBUG, "mediaorg"), pytest.raises(KeyError):
        fails()
    assert caplog.messages[-1].startswith("probe: 1 of 3 files in ")
    assert caplog.messages[-1].endswith("ended by KeyError")


def test_a_log_holds_the_end_alone(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with Progress(True, "probe", 1200) as bar:
        bar.advance(1200)
    assert sys.stderr.getvalue().startswith("probe: 1,200 of 1,200 files in ")
    assert sys.stderr.getvalue().count("\n") == 1


def test_nobody_who_did_not_ask_is_told(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    for follower in (None, False):
        with Progress(follower, "probe", 1) as bar:
            bar.advance()
    assert sys.stderr.getvalue() == ""


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Pace("probe", 300, 1200, 0, 0, 0, 3.0), "probe: 300 of 1,200 files in 3.0 s, 100 files/s, 9 s left"),
        (Pace("scan", 300, None, 0, 0, 2, 3.0), "scan: 300 files in 3.0 s, 100 files/s, 2 with an error"),
        (
            Pace("apply", 1, 3, 10_000_000_000, 40_000_000_000, 0, 100.0),
            "apply: 1 of 3 files in 100.0 s, 10.0 of 40.0 GB, 0 files/s, 100 MB/s, 5 min left",
        ),
        (Pace("apply", 0, 3, 0, 40_000_000_000, 0, 0.0), "apply: 0 of 3 files in 0.0 s, 0.0 of 40.0 GB"),
        (Pace("apply", 3, 3, 0, 0, 0, 9.0), "apply: 3 of 3 files in 9.0 s, 0 files/s"),
    ],
)
def test_a_pace_in_words(pace, words):
    assert str(pace) == words
