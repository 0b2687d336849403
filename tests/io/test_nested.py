"""The patch of asyncio is only for those who ask, and refused where it does harm."""

import subprocess
import sys

import pytest

PLAIN = """
import asyncio, mediaorg as mo
assert "nest_asyncio" not in __import__("sys").modules
print(mo.allow_nested_loop(), mo.allow_nested_loop())
async def inner(): return 42
async def outer(): return asyncio.run(inner())
print(asyncio.run(outer()))
"""
# What a kernel of ipykernel 7.1 looks like from inside; the harm itself needs three cells run at once.
KERNEL = """
import sys, types, mediaorg as mo
shell = types.SimpleNamespace(kernel=object())
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
sys.modules["ipykernel"] = types.SimpleNamespace(version_info=(7, {minor}, 0))
try:
    print(mo.allow_nested_loop())
except mo.errors.NestedLoopHarms as error:
    print("refused:", error)
"""


def said(script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="nest_asyncio breaks there")
def test_who_asks_gets_the_patch_and_twice_is_once():
    names, answer = said(PLAIN).splitlines()
    assert names in ("nest_asyncio nest_asyncio", "nest_asyncio2 nest_asyncio2")
    assert answer == "42"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="nest_asyncio breaks there")
def test_the_pairing_that_loses_cells_is_refused_with_the_mend():
    refused = said(KERNEL.format(minor=1))
    assert refused.startswith("refused: nest_asyncio in ipykernel 7.1 and later silently loses cells") or "2" in refused
    assert "mo.run" in refused or "2" in refused
    assert said(KERNEL.format(minor=0)).startswith("nest_asyncio")
