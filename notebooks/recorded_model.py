"""A model for the notebook that needs no network: it gives back the answers in ``05_answers.json``.

    python notebooks/recorded_model.py NAMES.txt      # ask a real model instead, and keep its answers: needs OPENAI_API_KEY

The answers on file were written by hand, with the mistakes that models make; what stands in the file is what a model says
of one folder or one path, without the id and the echo that each request has anew.
"""

import asyncio
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).with_name("05_answers.json")


class RecordedModel:
    """``with RecordedModel() as model: mo.AI(..., base_url=model.url)``; `requests` counts what came in."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
        self.requests = 0

    def __enter__(self) -> "RecordedModel":
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                data = json.dumps(model.completion(body)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *values: Any) -> None:
                """Keep silent."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        """The address to give as base_url."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        """Answer one request as a server does, with what it took: four characters a token."""
        self.requests += 1
        sent = "".join(message["content"] for message in body["messages"])
        asked = json.loads(body["messages"][1]["content"])
        said = json.dumps(
            {name: [self.item(one) for one in items if key_of(one) in self.answers] for name, items in asked.items()}
        )
        return {
            "choices": [{"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": len(sent) // 4, "completion_tokens": len(said) // 4},
        }

    def item(self, one: dict[str, Any]) -> dict[str, Any]:
        """The answer on file, as an answer to this very request."""
        name = one.get("folder") or one["path"].split("/")[-1]
        return {"id": one["id"], "echo": name[:8], **self.answers[key_of(one)]}


def key_of(asked: dict[str, Any]) -> str:
    """Under what an answer is kept."""
    return f"folder {asked['folder']}" if "folder" in asked else f"row {asked['path']}"


async def record(names: list[str]) -> dict[str, Any]:
    """Ask a real model about `names`, paths below one root, and give what it says of each folder and path."""
    import openai
    import pandas as pd

    import mediaorg as mo

    files = pd.DataFrame({"path": [f"/videos/{name}" for name in names], "root": "/videos"})
    shown = mo.ai_preview(await mo.classify(files, progress=False), cache=False)
    kept: dict[str, Any] = {}
    async with openai.AsyncOpenAI() as client:
        for system, user in zip(shown["system"], shown["user"], strict=True):
            messages: Any = [{"role": "system", "content": system}, {"role": "user", "content": user}]
            answer = await client.chat.completions.create(model=mo.AI.MODEL, messages=messages)
            said = json.loads(answer.choices[0].message.content or "{}")
            for sort, items in json.loads(user).items():
                by_id = {
                    one["id"]: {key: one[key] for key in one if key not in ("id", "echo")} for one in said.get(sort, [])
                }
                kept |= {key_of(one): by_id[one["id"]] for one in items if one["id"] in by_id}
    return kept


if __name__ == "__main__":
    found = asyncio.run(record(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()))
    ANSWERS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
