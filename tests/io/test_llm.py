"""The door to a model: the real client, a real server on loopback, and everything that can go wrong between them."""

import asyncio
import itertools
import json
import logging
import time

import pytest

from mediaorg.errors import BadSetting
from mediaorg.io import llm
from mediaorg.io.llm import Door, Purse, Request
from mediaorg.records import AI
from tests.llm_server import Server

SCHEMA = {
    "type": "object",
    "properties": {"rows": {"type": "array"}},
    "required": ["rows"],
    "additionalProperties": False,
}
REQUEST = Request("Label names.", json.dumps({"rows": [{"id": 1, "path": "a.mkv"}]}), SCHEMA, 30, 100)
KEY = "sk-very-secret-1234567890"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    """A server of another test may have had the same port, and other manners."""
    llm._known.clear()
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def echoing(document):
    return {"rows": [{"id": row["id"]} for row in document["rows"]]}


def asked(server, times=1, *, seconds=5.0, price=None, allowance=None, **settings):
    """What came of asking `times` times at once, and the door."""
    ai = AI.of(AI("some-model", base_url=server.url, **{"api_key": KEY, **settings}))

    async def ask():
        async with Door(ai, timeout_seconds=seconds, price=price, allowance=allowance, pause=0.002) as door:
            return await asyncio.gather(*(door.ask(REQUEST) for _ in range(times))), door

    return asyncio.run(ask())


def test_an_answer_comes_with_its_bill():
    with Server(echoing) as server:
        (reply,), door = asked(server, price=(1.0, 2.0))
    assert json.loads(reply.text)["rows"] == [{"id": 1}]
    assert (reply.error, reply.cut) == (None, False)
    assert reply.usage.input_tokens > 0
    assert door.usage.cost_usd == pytest.approx((reply.usage.input_tokens + 2 * reply.usage.output_tokens) / 1e6)


def test_the_wire_holds_two_messages_and_a_strict_schema_and_tells_nothing_of_the_machine(monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-mine")
    with Server(echoing, key=KEY) as server:
        asked(server)
    sent = server.requests[0]
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert sent["messages"][1]["content"] == REQUEST.user
    assert sent["response_format"]["json_schema"] == {"name": "labels", "strict": True, "schema": SCHEMA}
    told = {name.lower().removeprefix("x-stainless-") for name in server.headers[0]}
    assert "org-of-mine" not in str(server.headers)
    assert told.isdisjoint({"lang", "package-version", "os", "arch", "runtime", "runtime-version", "async"})


@pytest.mark.parametrize(
    ("fault", "word", "requests"),
    [
        ("429", "ai_rate", 4), ("500", "ai_server", 3), ("reset", "ai_connection", 3), ("close", "ai_connection", 3),
        ("half", "ai_connection", 3), ("html", "ai_bad_answer", 1), ("no choices", "ai_bad_answer", 1),
        ("null content", "ai_bad_answer", 1), ("empty", "ai_bad_answer", 1), ("refusal", "ai_refused", 1),
        ("filtered", "ai_refused", 1), ("quota", "ai_quota", 1), ("billing", "ai_quota", 1), ("429 cut", "ai_connection", 3), ("401", "ai_auth", 1), ("403", "ai_auth", 1),
        ("404", "ai_server", 1),
    ],
)  # fmt: skip
def test_every_fault_is_a_word_and_costs_few_requests(fault, word, requests):
    with Server(echoing, faults=itertools.repeat(fault)) as server:
        (reply,), _ = asked(server)
    assert reply.error.startswith(f"{word}: ")
    assert len(server.requests) == requests


@pytest.mark.parametrize("fault", ["429", "500", "reset", "close", "half"])
def test_what_passes_is_tried_again(fault):
    with Server(echoing, faults=[fault]) as server:
        (reply,), _ = asked(server)
    assert (reply.error, len(server.requests)) == (None, 2)


def test_a_server_that_hangs_is_a_timeout():
    with Server(echoing, faults=itertools.repeat("slow")) as server:
        (reply,), _ = asked(server, seconds=0.05)
        server.released.set()
    assert reply.error.startswith("ai_timeout: no answer within 0.05 s")


def test_a_dead_server_is_a_value():
    with Server() as server:
        pass
    (reply,), _ = asked(server)
    assert reply.error.startswith("ai_connection: ConnectError at 127.0.0.1")


def test_a_dead_server_is_given_up_after_a_few_tries():
    with Server() as server:
        pass
    replies, door = asked(server, 100)
    assert door.sent <= 8 + 8
    assert {reply.error.partition(":")[0] for reply in replies} == {"ai_connection"}


@pytest.mark.parametrize("fault", ["401", "quota"])
def test_a_refused_key_and_an_empty_account_stop_what_has_not_begun(fault):
    with Server(echoing, faults=itertools.repeat(fault)) as server:
        replies, door = asked(server, 100)
    assert len(server.requests) <= 8
    assert all(reply.error == door.broken for reply in replies)


def test_without_a_key_openai_itself_is_not_asked():
    async def ask():
        async with Door(AI.of(True), timeout_seconds=1) as door:
            return await door.ask(REQUEST)

    assert asyncio.run(ask()).error.startswith("ai_auth: no key")


def test_a_retry_after_closes_the_gate_for_all():
    with Server(echoing, faults=["429 retry"], retry_after="0.4") as server:
        replies, _ = asked(server, 20, max_concurrency=1)
    assert {reply.error for reply in replies} == {None}
    assert server.times[1] - server.times[0] >= 0.4


@pytest.mark.parametrize("fault", ["429 retry", "429 cut"])
def test_a_retry_after_closes_the_gate_for_those_in_flight_and_whatever_becomes_of_its_body(fault):
    with Server(echoing, faults=[fault], retry_after="0.5", latency=0.05) as server:
        replies, _ = asked(server, 20, max_concurrency=4)
    refused = server.times[0] + 0.05
    assert {reply.error for reply in replies} == {None}
    assert [at for at in server.times if refused + 0.04 < at < refused + 0.45] == []


def test_a_retry_after_may_be_a_date_and_one_that_is_far_off_ends_it():
    with Server(echoing, faults=["429 retry"], retry_after="Wed, 21 Oct 2099 07:28:00 GMT") as server:
        (reply,), door = asked(server)
    assert reply.error.startswith("ai_rate: 429 rate_limit_exceeded")
    assert len(server.requests) == 1
    assert door.broken.startswith(f"{reply.error}; asked to wait")


def test_the_gate_halves_once_for_all_that_were_in_flight_and_widens_slowly():
    async def play():
        gate = llm.Gate(8)
        began = asyncio.get_running_loop().time()
        for _ in range(5):
            gate.narrow(began)
        widths = [gate.width]
        for _ in range(9):
            gate.widen()
            widths.append(gate.width)
        return widths

    assert asyncio.run(play()) == [4, 4, 4, 4, 5, 5, 5, 5, 5, 6]


def test_as_many_are_in_flight_as_may_be_and_no_more():
    with Server(echoing, latency=0.02) as server:
        asked(server, 30, max_concurrency=4)
    assert server.most_busy == 4


@pytest.mark.parametrize(
    ("knows", "requests"),
    [
        (("json_schema", "temperature", "max_tokens"), 1),
        (("json_object", "temperature", "max_tokens"), 2),
        (("temperature", "max_tokens"), 3),
        (("json_schema", "temperature", "max_completion_tokens"), 2),
        ((), 5),
    ],
)
def test_a_server_that_knows_less_is_asked_for_less_and_that_is_remembered(knows, requests):
    with Server(echoing, knows=knows) as server:
        (reply,), _ = asked(server)
        assert (reply.error, len(server.requests)) == (None, requests)
        asked(server)
        assert len(server.requests) == requests + 1


def test_what_a_server_refuses_of_itself_is_not_remembered():
    with Server(echoing, context=1) as server:
        (reply,), _ = asked(server)
        assert reply.too_long
        assert server.requests[-1]["response_format"]["type"] == "json_schema"


def test_what_a_server_refused_without_a_word_of_the_form_is_not_remembered():
    with Server(echoing, faults=["400"]) as server:
        assert [asked(server)[0][0].error for _ in range(2)] == [None, None]
    forms = [request.get("response_format", {}).get("type") for request in server.requests]
    assert forms == ["json_schema", "json_object", "json_schema"]


def test_a_model_that_thinks_until_its_tokens_are_used_up_is_given_more_and_that_is_remembered():
    with Server(echoing, thoughts=3000) as server:
        assert [asked(server)[0][0].error for _ in range(2)] == [None, None]
        given = [request["max_tokens"] for request in server.requests]
    assert given == [100, 4100, 4100]


def test_a_model_that_thinks_without_end_is_a_bad_answer():
    with Server(echoing, thoughts=10**6) as server:
        (reply,), _ = asked(server)
    assert reply.error == "ai_bad_answer: the model used up its 100 tokens, and more, before it answered"
    assert [request["max_tokens"] for request in server.requests] == [100, 4100, 16_100]


def test_a_server_of_this_machine_is_not_asked_through_a_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with Server(echoing) as server:
        (reply,), _ = asked(server)
    assert reply.error is None


def test_a_cut_answer_says_so():
    with Server(echoing, faults=["truncated"]) as server:
        (reply,), _ = asked(server)
    assert reply.cut
    assert reply.text.startswith('{"rows"')


def test_the_budget_is_never_passed_and_used_as_far_as_it_goes():
    price = (1000.0, 1000.0)
    with Server(echoing, latency=0.005) as server:
        replies, door = asked(server, 60, price=price, budget_usd=1.0)
    assert 0.5 < door.usage.cost_usd <= 1.0
    assert {str(reply.error).partition(":")[0] for reply in replies} == {"None", "ai_budget"}


def test_a_server_that_takes_no_limit_of_tokens_gets_no_money():
    with Server(echoing, knows=("json_schema", "temperature")) as server:
        replies, door = asked(server, 20, price=(1.0, 2.0), budget_usd=1.0)
        answered = [answer["response_format"] for answer in server.requests if "max_tokens" not in answer]
    assert {reply.error.partition(":")[0] for reply in replies} == {"ai_budget"}
    assert (door.usage.cost_usd, answered) == (0.0, [])


def test_a_server_that_writes_more_than_it_was_told_is_reckoned_with_from_then_on():
    def much(prompt, text):
        return {"prompt_tokens": 10, "completion_tokens": 10 * REQUEST.output_tokens}

    async def ask(server):
        ai = AI.of(AI("m", base_url=server.url, budget_usd=0.0045))
        async with Door(ai, timeout_seconds=5, price=(0.0, 1.0)) as door:
            return [(await door.ask(REQUEST)).error for _ in range(6)], door

    with Server(echoing, usage=much) as server:
        errors, door = asyncio.run(ask(server))
    assert errors == [None] * 4 + ["ai_budget: budget_usd would be passed"] * 2
    assert door.usage.cost_usd == pytest.approx(0.004)


@pytest.mark.parametrize("fault", ["endless", "endless 500", "packed"])
def test_an_answer_without_an_end_is_not_read_to_its_end(fault):
    with Server(echoing, faults=itertools.repeat(fault)) as server:
        (reply,), _ = asked(server, seconds=30)
    assert reply.error == f"ai_bad_answer: what {server.url[7:-3]} sent is larger than any answer"
    assert server.written < 20_000_000


def counting(**counts):
    return lambda prompt, text: {"prompt_tokens": 10, "completion_tokens": 10, **counts}


@pytest.mark.parametrize(
    ("usage", "price", "bill"),
    [
        (counting(completion_tokens=2000), (0.0, 1.0), 2000),  # more than it was told to write
        (counting(prompt_tokens=60_000), (1.0, 0.0), 60_000),
        (counting(total_tokens=110), (0.0, 1.0), 100),  # thoughts, in the total alone, and beside what was written
        (counting(completion_tokens_details={"reasoning_tokens": 100}), (0.0, 1.0), 100),
        (counting(completion_tokens="7"), (0.0, 1.0), 100),
        (lambda prompt, text: None, (0.0, 1.0), 100),
    ],
)
def test_a_server_that_counts_oddly_does_not_pass_the_budget(usage, price, bill):
    with Server(echoing, usage=usage, latency=0.01) as server:
        replies, door = asked(server, 60, price=price, budget_usd=3.5e-6 * bill)
    assert 1e-6 * bill * len(server.requests) <= door.usage.cost_usd <= 3.5e-6 * bill
    assert [reply.error for reply in replies].count(None) == len(server.requests) == 3


def test_nobody_reads_or_writes_less_than_a_token_for_eight_characters():
    with Server(
        lambda document: {"rows": [{"id": 1, "why": "x" * 8000}]},
        usage=lambda *_: {"prompt_tokens": 1, "completion_tokens": 1},
    ) as server:
        (reply,), _ = asked(server, price=(1.0, 1.0))
    assert reply.usage.output_tokens >= 1000
    assert reply.usage.input_tokens >= 6


def test_what_may_have_been_billed_counts():
    with Server(echoing, faults=["half"] * 3) as server:
        (reply,), door = asked(server, price=(0.0, 1.0))
    assert reply.error.startswith("ai_connection")
    assert door.usage.cost_usd == pytest.approx(3e-4)


def test_a_purse_waits_for_what_is_in_flight_before_it_refuses():
    async def play():
        purse = Purse(10.0)
        assert await purse.reserve(8.0)
        waiting = asyncio.ensure_future(purse.reserve(5.0))
        await asyncio.sleep(0)
        assert not waiting.done()
        purse.settle(8.0, 1.0)
        waited = await waiting
        purse.settle(5.0, 5.0)
        return waited, await purse.reserve(4.0), purse.spent

    assert asyncio.run(play()) == (True, True, 6.0)


def test_a_purse_refuses_what_it_will_never_hold():
    async def play():
        purse = Purse(10.0)
        return await purse.reserve(10.1), await purse.reserve(10.0), purse.settle(10.0, 10.0), await purse.reserve(0.1)

    assert asyncio.run(play()) == (False, True, None, False)


def test_an_allowance_is_the_end():
    with Server(echoing, faults=itertools.repeat("500")) as server:
        replies, _ = asked(server, 5, allowance=4)
    assert len(server.requests) == 4
    assert {reply.error.partition(":")[0] for reply in replies} == {"ai_server"}


def test_the_key_is_shown_nowhere(caplog):
    caplog.set_level(logging.DEBUG)
    with Server(echoing, key="another") as server:
        (reply,), door = asked(server)
    assert reply.error.startswith("ai_auth: 401 invalid_api_key")
    assert KEY not in f"{reply} {door.broken} {caplog.text}"


def test_a_cancel_comes_back_at_once_and_leaves_no_connection_open():
    async def cancelled(server):
        ai = AI.of(AI("m", base_url=server.url))

        async def ask():
            async with Door(ai, timeout_seconds=30) as door, asyncio.TaskGroup() as group:
                for _ in range(8):
                    group.create_task(door.ask(REQUEST))

        task = asyncio.ensure_future(ask())
        for _ in range(8):
            await asyncio.to_thread(server.arrived.acquire)
        began = time.monotonic()
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled(), time.monotonic() - began

    with Server(echoing, faults=itertools.repeat("slow")) as server:
        was_cancelled, seconds = asyncio.run(cancelled(server))
        server.released.set()
        assert server.wait_until_closed()
    assert was_cancelled
    assert seconds < 5  # of 30; how fast exactly is for `make bench` to say


def test_after_a_run_no_connection_is_open():
    with Server(echoing) as server:
        asked(server, 10)
        assert server.most_open > 0
        assert server.wait_until_closed()


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": ""}, {"model": 7}, {"base_url": "localhost:11434"}, {"base_url": "https://me:secret@host/v1"},
        {"api_key": "two words"}, {"api_key": 7}, {"budget_usd": -1}, {"budget_usd": "1"}, {"max_concurrency": 0},
        {"max_concurrency": 65}, {"price": 1}, {"price": (1, -1)}, {"exclude": 7},
    ],
)  # fmt: skip
def test_a_bad_setting_is_named_and_no_secret_is_shown(wrong):
    with pytest.raises(BadSetting, match=next(iter(wrong))) as raised:
        AI(**wrong)
    assert "secret" not in str(raised.value)


def test_what_is_not_given_is_taken_from_the_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1/")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ai = AI.of("llama")
    assert (ai.model, ai.base_url, ai.api_key) == ("llama", "http://localhost:1/v1", KEY)
    assert KEY not in repr(ai)
    assert AI.of(None) is None
    assert AI.of(AI(api_key="mine")).api_key == "mine"


@pytest.mark.parametrize("wrong", [7, "", ["gpt"], b"gpt"])
def test_what_is_no_ai_is_said(wrong):
    with pytest.raises(BadSetting):
        AI.of(wrong)


@pytest.mark.parametrize(
    ("text", "seconds"), [("1m30s", 90), ("12ms", 0.012), ("0.5", 0.5), ("1h", 3600), ("soon", None), ("", None)]
)
def test_durations_of_rate_limits(text, seconds):
    assert llm._seconds_of(text) == pytest.approx(seconds)
