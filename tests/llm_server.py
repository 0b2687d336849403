"""A chat server of our own on loopback: its answer is a function of the request, and it can be as bad as any in the world."""

import contextlib
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What it does to one request instead of answering it.
FAULTS = (
    "429", "429 retry", "500", "reset", "close", "half", "html", "slow", "truncated", "refusal", "filtered", "empty", "prose",
    "no choices", "null content", "unknown ids", "shifted", "renumbered", "duplicates", "missing", "swapped",
    "bad kinds", "bad types", "no lists", "extra fields", "quota", "401", "403", "404", "endless", "endless 500", "packed",
    "429 cut", "400", "billing",
)  # fmt: skip
_ENDLESS = 200_000_000  # bytes
Answer = dict[str, Any]
Model = Callable[[Answer], Answer]


def nothing(document: Answer) -> Answer:
    return {"folders": [], "rows": []}


class Server:
    """``with Server(model) as server:`` — `faults` are taken one a request, in order; then it answers as it should."""

    def __init__(
        self, model: Model = nothing, *, faults: Iterable[str | None] = (), latency: float = 0.0, key: str | None = None,
        knows: tuple[str, ...] = ("json_schema", "json_object", "temperature", "max_tokens", "max_completion_tokens", "reasoning_effort"),
        retry_after: str = "1", context: int | None = None, usage: Callable[[str, str], Any] | None = None, thoughts: int = 0,
        reads: int | None = None,
    ) -> None:  # fmt: skip
        self.reads = reads  # characters of a document; it says nothing of what comes after
        self.thoughts = thoughts  # tokens it takes before it answers
        self.model, self.latency, self.key, self.knows = model, latency, key, knows
        self.retry_after, self.context, self.usage = retry_after, context, usage or self._usage
        self._faults, self._lock = iter(faults), threading.Lock()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[str] = []
        self.times: list[float] = []
        self.arrived = threading.Semaphore(0)
        self.written = 0  # bytes of answers without an end, until the client had enough
        self.busy = self.most_busy = self.open = self.most_open = 0
        self.released = threading.Event()  # what "slow" waits for
        self._quiet = threading.Condition()

    # ---- life --------------------------------------------------------------------------------------------------

    def __enter__(self) -> "Server":
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                server._count(open=1)

            def finish(self) -> None:
                super().finish()
                server._count(open=-1)

            def log_message(self, *args: Any) -> None:
                """Keep silent."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server._take(self, body.decode())

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *args: Any) -> None:
                """A client that went away is no news."""

        self._http = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def _count(self, open: int = 0, busy: int = 0) -> None:
        with self._quiet:
            self.open += open
            self.busy += busy
            self.most_open, self.most_busy = max(self.most_open, self.open), max(self.most_busy, self.busy)
            self._quiet.notify_all()

    def wait_until_closed(self, seconds: float = 10.0) -> bool:
        """Whether every connection is closed, at the latest after a while."""
        with self._quiet:
            return self._quiet.wait_for(lambda: self.open == 0, seconds)

    # ---- one request -------------------------------------------------------------------------------------------

    def _take(self, to: BaseHTTPRequestHandler, body: str) -> None:
        with self._lock:
            request = json.loads(body)
            self.requests.append(request)
            self.headers.append(dict(to.headers))
            self.bodies.append(body)
            self.times.append(time.monotonic())
            fault = next(self._faults, None)
        self.arrived.release()
        self._count(busy=1)
        try:
            if self.latency:
                self.released.wait(self.latency)
            self._answer(to, request, fault)
        finally:
            self._count(busy=-1)

    def _answer(self, to: BaseHTTPRequestHandler, request: Answer, fault: str | None) -> None:
        if self.key is not None and to.headers.get("Authorization") != f"Bearer {self.key}":
            return _error(to, 401, "invalid_api_key", f"Incorrect API key provided: {to.headers.get('Authorization')}")
        if (wrong := self._unknown(request)) is not None:
            return _error(to, 400, "unsupported_parameter", f"Unsupported parameter: '{wrong}'")
        system, user = (message["content"] for message in request["messages"])
        if self.context is not None and len(system + user) // 3 > self.context:
            return _error(
                to, 400, "context_length_exceeded", f"This model's maximum context length is {self.context} tokens"
            )
        match fault:
            case "429":
                return _error(to, 429, "rate_limit_exceeded", "slow down")
            case "429 retry":
                return _error(to, 429, "rate_limit_exceeded", "slow down", {"Retry-After": self.retry_after})
            case "429 cut":
                head = {"Retry-After": self.retry_after, "Content-Length": "1000"}
                to.send_response(429)
                for name, value in head.items():
                    to.send_header(name, value)
                to.end_headers()
                to.wfile.write(b"{")
                return _hang_up(to)
            case "400":
                return _error(to, 400, "server_error", "something went wrong")
            case "billing":
                return _error(to, 429, "billing_hard_limit_reached", "Billing hard limit has been reached")
            case "quota":
                return _error(to, 429, "insufficient_quota", "You exceeded your current quota")
            case "500":
                return _error(to, 500, "server_error", "sorry")
            case "401" | "403" | "404":
                return _error(to, int(fault), "no", "no")
            case "reset":
                to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return _hang_up(to)
            case "close":
                return _hang_up(to)
            case "html":
                return _send(
                    to, 200, b"<html><body>Please log in to the hotel</body></html>", {"Content-Type": "text/html"}
                )
            case "slow":
                self.released.wait(30)
                return _hang_up(to)
            case "endless" | "endless 500":
                self.written += _pour(to, 500 if "500" in fault else 200)
                return _hang_up(to)
            case "packed":
                data = zlib.compress(b" " * 100_000_000)
                return _send(to, 200, data, {"Content-Type": "application/json", "Content-Encoding": "deflate"})
        document = json.loads(user)
        if self.reads is not None and len(user) > self.reads:
            user = user[: self.reads]
            document = {
                name: [item for item in items if f'"id":{item["id"]},' in user[:-80]]
                for name, items in document.items()
            }
        text, finish = self._content(document, fault)
        if self.thoughts + len(text) // 4 > request.get("max_tokens", 10**9):
            text, finish = "", "length"
        message: Answer = {"role": "assistant", "content": text, "refusal": None}
        if fault == "refusal":
            message |= {"content": None, "refusal": "I cannot help with that."}
        if fault == "null content":
            message["content"] = None
        document = {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": request["model"],
            "choices": [] if fault == "no choices" else [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": self.usage(system + user, text),
        }  # fmt: skip
        data = json.dumps(document).encode()
        if fault == "half":
            to.send_response(200)
            to.send_header("Content-Type", "application/json")
            to.send_header("Content-Length", str(len(data)))
            to.end_headers()
            to.wfile.write(data[: len(data) // 2])
            return _hang_up(to)
        return _send(to, 200, data, {"Content-Type": "application/json"})

    @staticmethod
    def _usage(prompt: str, text: str) -> Answer:
        return {"prompt_tokens": len(prompt) // 4, "completion_tokens": len(text) // 4, "total_tokens": 0}

    def _unknown(self, request: Answer) -> str | None:
        form = request.get("response_format", {}).get("type")
        if form is not None and form not in self.knows:
            return "response_format"
        for name in ("temperature", "max_tokens", "max_completion_tokens", "reasoning_effort"):
            if name in request and name not in self.knows:
                return name
        return None

    def _content(self, document: Answer, fault: str | None) -> tuple[str, str]:
        answer = self.model(document)
        for name in ("folders", "rows"):
            answer[name] = _spoilt(list(answer.get(name, [])), fault)
        text = json.dumps(answer, ensure_ascii=False)
        match fault:
            case "truncated":
                return text[: int(len(text) * 0.6)], "length"
            case "filtered":
                return "", "content_filter"
            case "empty":
                return "", "stop"
            case "prose":
                return "I am sorry, I am only a simple model and like to talk about films.", "stop"
            case "no lists":
                return json.dumps({"answer": 42}), "stop"
        return text, "stop"


def _spoilt(items: list[Answer], fault: str | None) -> list[Answer]:
    """`items` as a model gives them that lost count."""
    ids = [item["id"] for item in items]
    bodies = [{key: value for key, value in item.items() if key != "id"} for item in items]
    match fault:
        case "unknown ids":
            return [{**item, "id": item["id"] + 10_000} for item in items]
        case "renumbered":
            return [{**item, "id": at} for at, item in enumerate(items)]
        case "shifted":
            return [{"id": one, **body} for one, body in zip(ids, bodies[1:] + bodies[:1], strict=True)]
        case "swapped" if len(items) > 1:
            bodies[0], bodies[1] = bodies[1], bodies[0]
            return [{"id": one, **body} for one, body in zip(ids, bodies, strict=True)]
        case "duplicates":
            return [*items, *({"id": ids[0], **body} for body in bodies[1:])] if items else []
        case "missing":
            return items[1::2]
        case "bad kinds":
            return [{**item, "kind": "documentary about cats"} for item in items]
        case "bad types":
            return [
                {**item, "title": ["x"], "season": {"a": 1}, "episodes": "many", "confidence": None} for item in items
            ]
        case "extra fields":
            return [{**item, "path": "/etc/passwd", "target": "../../x"} for item in items]
    return items


def _pour(to: BaseHTTPRequestHandler, status: int) -> int:
    to.send_response(status)
    to.send_header("Content-Type", "application/json")
    to.send_header("Transfer-Encoding", "chunked")
    to.end_headers()
    for written in range(0, _ENDLESS, 1 << 16):
        try:
            to.wfile.write(b"10000\r\n" + b" " * (1 << 16) + b"\r\n")
        except OSError:
            return written
    return _ENDLESS


def _hang_up(to: BaseHTTPRequestHandler) -> None:
    to.close_connection = True
    to.wfile.flush()
    if to.connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER):
        to.rfile.close()
        to.wfile.close()
        to.connection.close()
    else:
        with contextlib.suppress(OSError):  # the client was faster
            to.connection.shutdown(socket.SHUT_RDWR)


def _error(
    to: BaseHTTPRequestHandler, status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> None:
    document = {"error": {"message": message, "type": code, "code": code, "param": None}}
    _send(to, status, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})})


def _send(to: BaseHTTPRequestHandler, status: int, data: bytes, headers: dict[str, str]) -> None:
    to.send_response(status)
    for name, value in headers.items():
        to.send_header(name, value)
    to.send_header("Content-Length", str(len(data)))
    to.end_headers()
    to.wfile.write(data)
