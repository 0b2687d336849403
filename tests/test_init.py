"""The front of the package: every public name is there, and importing it costs next to nothing."""

import subprocess
import sys
from importlib import import_module

import pytest

import mediaorg as mo


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", mo.__all__)
def test_every_public_name_is_there_and_says_what_it_does(name):
    value = getattr(mo, name)
    assert name == "__version__" or value.__doc__


@pytest.mark.parametrize("name", sorted(set(mo._HOMES)))
def test_every_public_name_shows_an_example_and_says_what_it_raises(name):
    value = getattr(mo, name)
    assert ">>> " in value.__doc__
    is_record = isinstance(value, type) and name != "PerformantMediaOrganiser"
    assert is_record or "Raises" in value.__doc__ or "aises" in value.__doc__


@pytest.mark.parametrize("name", sorted(set(mo._HOMES)))
def test_every_public_name_is_public_where_it_lives(name):
    assert name in import_module(f"mediaorg.{mo._HOMES[name]}").__all__


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'scam'"):
        mo.scam  # noqa: B018


def test_importing_the_package_imports_no_toolkit():
    heavy = {"pandas", "av", "openai", "matplotlib", "ipywidgets", "anywidget", "nest_asyncio", "guessit", "psutil"}
    loaded = python("import sys, mediaorg; print(*{name.partition('.')[0] for name in sys.modules})").split()
    assert heavy.isdisjoint(loaded)


def test_the_verbs_load_neither_libav_nor_charts_nor_the_ai():
    heavy = {"av", "openai", "matplotlib", "ipywidgets", "anywidget", "nest_asyncio"}
    code = "import sys, mediaorg as mo; mo.scan, mo.probe, mo.classify, mo.plan, mo.apply; print(*sys.modules)"
    assert heavy.isdisjoint(name.partition(".")[0] for name in python(code).split())


def test_a_worker_process_never_loads_pandas():
    code = "import sys, mediaorg.io.libav, mediaorg.stages.look, mediaorg.stages.snap; print(*sys.modules)"
    assert {"pandas", "numpy"}.isdisjoint(python(code).split())
