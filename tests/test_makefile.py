"""The Makefile does what it promises."""

import re
from pathlib import Path

MAKEFILE = Path(__file__).parent.parent / "Makefile"


def test_every_phony_target_has_a_rule():
    text = MAKEFILE.read_text()
    promised = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert promised is not None
    rules = set(re.findall(r"^(\w+):.*\n\t", text, re.MULTILINE))
    assert set(promised[1].split()) == rules
