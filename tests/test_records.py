"""Limits say what they mean, and refuse nonsense by name."""

import copy
import dataclasses
import os
import pickle

import numpy as np
import pytest

import mediaorg as mo


def test_limits_not_given_are_automatic_and_read_as_resolved():
    limits = mo.Limits()
    assert limits.max_workers == min(32, os.cpu_count() + 4)
    assert limits.automatic
    assert (limits.batch_size, limits.timeout_seconds, limits.memory_limit_mb) == (50, 30, 512)


def test_limits_given_are_a_ceiling():
    assert not mo.Limits(max_workers=16).automatic


@pytest.mark.parametrize("name", ["max_workers", "batch_size", "timeout_seconds", "memory_limit_mb"])
@pytest.mark.parametrize("value", [0, -1, "many", True, float("nan"), float("inf")])
def test_a_limit_out_of_range_is_named(name, value):
    with pytest.raises(ValueError, match=name):
        mo.Limits(**{name: value})


def test_more_than_256_workers_are_refused():
    with pytest.raises(mo.errors.BadSetting, match="from 1 to 256"):
        mo.Limits(max_workers=257)


def test_numbers_of_numpy_are_numbers():
    assert mo.Limits(max_workers=np.int64(4), timeout_seconds=np.float32(1.5)).workers == 4


@pytest.mark.parametrize("given", [4, {"max_workers": 4}])
def test_what_is_no_limits_is_named(given):
    for verb in (mo.probe([], limits=given), mo.organize(".", "out", limits=given)):
        with pytest.raises(mo.errors.BadSetting, match="limits must be a Limits"):
            mo.run(verb)


# ---- whom to ask -----------------------------------------------------------------------------------------------

NOWHERE = [
    ("http://localhost:abc/v1", "port"), ("http://localhost:99999/v1", "port"), ("http://localhost:0/v1", "port"),
    ("http://localhost:-1/v1", "port"), ("http://[::1/v1", "IPv6"), ("http://[nas]/v1", "IPv6|host"),
    ("http://\u2603.com/v1", "xn--"), ("http://b\u00fccher.example/v1", "xn--"), ("http://\u2100.com/v1", "IPv6|xn--"),
    ("http://host/\u00fc", "%"), ("http://.../v1", "host"), ("http://-/v1", "host"), ("http://nas..local/v1", "host"),
    ("http://300.1.1.1/v1", "host"), ("http://" + "a" * 300 + "/v1", "host"), ("http://:80/v1", "host"),
    ("http://host/a\x00b", "host"), ("http://exa mple/v1", "such as"), ("ftp://host/v1", "such as"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "mend"), NOWHERE)
def test_an_address_nobody_can_be_asked_at_is_said_before_anything_is_asked(url, mend, monkeypatch):
    with pytest.raises(mo.errors.BadSetting, match=f"base_url .*(?:{mend})"):
        mo.AI(base_url=url)
    if "\x00" not in url:  # no environment holds one
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        with pytest.raises(mo.errors.BadSetting, match=f"OPENAI_BASE_URL .*(?:{mend})"):
            mo.AI.of(True)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:11434/v1", "https://api.openai.com/v1", "http://192.168.0.7:8080/v1", "http://[::1]:8080/v1",
        "http://nas_1.local/v1", "http://xn--bcher-kva.example/v1", "http://host.:65535/v1/",
    ],
)  # fmt: skip
def test_an_address_is_taken_as_people_write_it(url):
    assert mo.AI.of(mo.AI(base_url=url)).base_url == url.rstrip("/")


@pytest.mark.parametrize("key", ["a b", "a\nb", "a\r\nb", "a\tb", "cl\u00e9", "a\x00b"])
def test_a_key_that_is_two_or_no_key_is_refused_and_not_shown(key, monkeypatch):
    with pytest.raises(mo.errors.BadSetting, match="api_key") as raised:
        mo.AI(api_key=key)
    assert key not in str(raised.value)
    if "\x00" not in key:
        monkeypatch.setenv("OPENAI_API_KEY", key)
        with pytest.raises(mo.errors.BadSetting, match="OPENAI_API_KEY"):
            mo.AI.of(True)


@pytest.mark.parametrize("key", ["sk-1\n", "sk-1\r\n", " sk-1 "])
def test_a_key_pasted_from_a_file_loses_its_line_end(key):
    assert mo.AI(api_key=key).api_key == "sk-1"


def test_a_key_is_the_clients_and_in_nothing_that_is_written_of_its_record():
    ai = mo.AI.of(mo.AI("m", api_key="sk-mine"))
    assert f"Bearer {ai.api_key}" == "Bearer sk-mine"
    assert ai.api_key == "sk-mine"
    written = [
        repr(ai), repr(ai.api_key), str(ai.api_key), repr({"key": ai.api_key}),
        dataclasses.asdict(ai), dataclasses.astuple(ai), *(pickle.dumps(ai, protocol) for protocol in range(2, 6)),
        pickle.dumps({"key": ai.api_key}),
    ]  # fmt: skip
    assert [one for one in written if "sk-mine" in str(one)] == []
    assert dataclasses.asdict(ai)["api_key"] is None


def test_settings_without_their_key_come_out_of_a_pickle_as_if_none_had_been_given():
    ai = mo.AI("m", api_key="sk-mine", exclude=("Private",))
    assert pickle.loads(pickle.dumps(ai)) == dataclasses.replace(ai, api_key=None)


def test_settings_copied_or_changed_in_one_place_keep_their_key():
    ai = mo.AI("m", api_key="sk-mine")
    for same in (copy.copy(ai), copy.deepcopy(ai), dataclasses.replace(ai, model="n")):
        assert f"{same.api_key}" == "sk-mine"
    assert len({ai, copy.deepcopy(ai), mo.AI("m", api_key="sk-mine")}) == 1


# ---- what stays here -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "mend"),
    [
        ("", "names no folder"), (" ", "names no folder"), ("/", "names no folder"), ("./", "names no folder"),
        ("../Private", "whole path"), ("Works/../../Private", "whole path"), ("~nobody-here/Private", "whole path"),
        ("$HOME/Private", "variable"), ("${HOME}/Private", "variable"), ("%USERPROFILE%\\Private", "variable"),
        ("{Private,Secret}", "of its own"), ("smb://nas/Private", "name, or its path"), ("file:///v/Private", "name, or its path"),
        ("\\\\nas\\Private", "name, or its path"),
    ],
)  # fmt: skip
def test_a_pattern_that_would_exclude_nothing_is_named_with_its_mend(pattern, mend):
    with pytest.raises(mo.errors.BadSetting, match=f"exclude: .*{mend}") as raised:
        mo.AI(exclude=("Films", pattern))
    assert repr(pattern) in str(raised.value)


def test_patterns_said_again_are_the_same(monkeypatch):
    monkeypatch.setenv("HOME", "/home/alice")
    ai = mo.AI(
        exclude=(
            "~/Private",
            "./Private/",
            "a\\b",
            "**/x/**",
            "C:\\v\\w",
            "{tmdb-7}",
            "~old",
            "[Private]",
            "*",
            "/v/a/../b/*",
        )
    )
    assert ai.exclude == (
        "/home/alice/Private",
        "Private",
        "a/b",
        "x",
        "v/w",
        "{tmdb-7}",
        "~old",
        "[Private]",
        "*",
        "/v/b",
    )
    assert dataclasses.replace(ai).exclude == ai.exclude
