"""Modules keep to what they offer each other."""

import ast
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mediaorg"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_takes_from_another_only_what_it_offers(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules, taken = {}, []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mediaorg"):
            for name in node.names:
                try:
                    modules[name.asname or name.name] = importlib.import_module(f"{node.module}.{name.name}")
                except ImportError:
                    taken.append((importlib.import_module(node.module), name.name))
    taken += [
        (modules[node.value.id], node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
    ]
    assert [f"{module.__name__}.{name}" for module, name in taken if name not in module.__all__] == []
