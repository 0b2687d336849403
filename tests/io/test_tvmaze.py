"""TVmaze as it answers, and servers that answer worse: our own on loopback."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg.errors import BadSetting
from mediaorg.records import Episode, Work

SHOWS = [{"score": 1.0, "show": {"id": 7, "name": "Lantern", "premiered": "2005-01-02", "weight": 90}}]
LISTED = [{"season": 1, "number": 2, "name": "Frost"}]


class Maze:
    """It gives `faults` first, one a request: a status, (429, Retry-After), bytes of a body, or what drips."""

    def __init__(self, *faults):
        self.asked, self._faults, self.over = [], list(faults), threading.Event()
        maze = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                maze.asked.append(self.path)
                maze.answer(self, maze._faults.pop(0) if maze._faults else None)

            def log_message(self, *args):
                """Keep silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, to, fault):
        if fault in ("drips head", "drips body"):
            return self._drip(to, b"X: " if fault == "drips head" else b"Content-Length: 9999\r\n\r\n")
        status, retry_after = fault if isinstance(fault, tuple) else (fault if isinstance(fault, int) else 200, None)
        to.send_response(status)
        if retry_after is not None:
            to.send_header("Retry-After", retry_after)
        to.end_headers()
        to.wfile.write(fault if isinstance(fault, bytes) else json.dumps(self._found(to.path)).encode())

    def _found(self, path):
        return SHOWS if path.startswith("/search") else LISTED

    def _drip(self, to, head):
        to.wfile.write(b"HTTP/1.0 200 OK\r\n" + head)
        while not self.over.wait(0.02):
            try:
                to.wfile.write(b" ")
            except OSError:
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def label(maze, *paths, **settings):
    table = pd.DataFrame({"path": [f"/v/{path}" for path in paths], "root": "/v"})
    return mo.run(mo.classify(table, catalogue=mo.TVmaze(maze.url, **settings), progress=False))


def failed(labels):
    return labels.attrs["mediaorg"]["classify"]["catalogue"]["error"]


def test_shows_and_episodes_are_read():
    with Maze() as maze:
        catalogue = mo.TVmaze(maze.url)
        assert list(catalogue.search("lantern & co")) == [Work("7", "series", "Lantern", 2005, votes=90)]
        assert list(catalogue.episodes("7")) == [Episode(1, 2, "Frost")]
        assert maze.asked == ["/search/shows?q=lantern%20%26%20co", "/shows/7/episodes"]
        labels = label(maze, "lantern/lantern S01E02.mkv")
    assert labels[["title", "year", "label_source"]].values.tolist() == [["Lantern", 2005, "catalogue"]]


@pytest.mark.parametrize("faults", [[(429, "0")], [(429, "0")] * 2, [(429, " 0 "), None, (429, "0")]])
def test_who_is_told_that_it_asks_too_often_asks_again(faults):
    with Maze(*faults) as maze:
        labels = label(maze, "lantern/lantern S01E02.mkv")
        assert len(maze.asked) == 2 + sum(fault is not None for fault in faults)
    assert labels["label_source"].tolist() == ["catalogue"]
    assert failed(labels) is None


@pytest.mark.parametrize(
    ("faults", "asked"), [([(429, "0")] * 9, 3), ([(429, "31")], 1), ([(429, "9" * 5000)], 1), ([500], 1)]
)
def test_nobody_asks_again_without_end(faults, asked):
    with Maze(*faults) as maze:
        labels = label(maze, "lantern/lantern S01E02.mkv")
        assert len(maze.asked) == asked
    assert "HTTPError" in failed(labels)


def test_a_run_that_is_cancelled_while_it_waits_for_its_turn_asks_no_more():
    with Maze(*[(429, None)] * 9) as maze:
        table = pd.DataFrame({"path": ["/v/lantern/lantern S01E02.mkv"], "root": "/v"})
        job = mo.start(mo.classify(table, catalogue=mo.TVmaze(maze.url), progress=False))
        while not maze.asked:
            maze.over.wait(0.01)
        job.stop()
        assert job.result()["title"].tolist() == ["lantern"]
        for thread in threading.enumerate():
            if thread.name == "mediaorg-apart":
                thread.join(5)  # it waits ten seconds for its turn, if nobody wakes it
                assert not thread.is_alive()
        assert len(maze.asked) == 1


@pytest.mark.parametrize("faults", [[404], [None, 404]], ids=["no such show", "no episodes"])
def test_what_it_does_not_know_is_nothing(faults):
    with Maze(*faults) as maze:
        labels = label(maze, "lantern/lantern S01E02.mkv", "iron harbor/iron harbor S01E02.mkv")
        assert len(maze.asked) > len(faults)
    assert failed(labels) is None


@pytest.mark.parametrize("drips", ["drips head", "drips body"])
def test_the_deadline_is_of_the_whole_request_however_it_drips(drips):
    with Maze(drips) as maze:
        labels = label(maze, "lantern/lantern S01E02.mkv", timeout_seconds=0.2)  # else it had gone on for ever
    assert "TimeoutError" in failed(labels)
    assert labels["title"].tolist() == ["lantern"]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b"[{}]", b'[{"show": {}}]', b"[" * 100_000, b"<html>", b"\xff\xfe"]
)
def test_an_answer_that_is_something_else_is_a_warning(body, caplog):
    with Maze(body) as maze:
        labels = label(maze, "lantern/lantern S01E02.mkv")
    assert failed(labels)
    assert "going on without it" in caplog.text


def test_a_title_that_no_server_could_read_is_asked_for_as_far_as_it_can_be():
    with Maze() as maze:
        mo.TVmaze(maze.url).search("caf\udce9")
        assert maze.asked == ["/search/shows?q=caf%3F"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x",
        "",
        "https://",
        "http://x y",
        "http://x:port",
        "http://[::1/api",
        "http://\u2603.com",
        None,
        7,
        b"http://x",
    ],
)
def test_what_is_no_address_is_said(url):
    with pytest.raises(BadSetting, match="base_url"):
        mo.TVmaze(url)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "10", None, True])
def test_what_is_no_deadline_is_said(seconds):
    with pytest.raises(BadSetting, match="timeout_seconds"):
        mo.TVmaze(timeout_seconds=seconds)
