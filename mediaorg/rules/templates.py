"""The language of a layout: what a path looks like, with fields to be filled in, and parts that may be left out.

    Shows/{work}/<Season {season:02}>/{work} {number}< - {episode_title}>

``{field}`` is filled in, ``{field:02}`` with zeros before a number. What stands in ``<…>`` is left out where one of its
fields is unknown; no file name may hold these two signs, so they need no escape. A brace is written twice. ``/`` parts
folders, and a folder that comes out empty is left out. Nothing else is read, and nothing is ever run.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from mediaorg.errors import BadSetting

__all__ = ["Template", "parse"]

_PIECE: Final = re.compile(r"\{\{|\}\}|\{(?P<field>[a-z_]+)(?::0?(?P<width>\d))?\}|(?P<odd>[{}])|[<>]|[^{}<>]+")
Values: TypeAlias = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    width: int

    def said(self, values: Values) -> str | None:
        """The value in words; None for one that is unknown."""
        value = values.get(self.name)
        return None if value is None or value == "" else str(value).zfill(self.width)


_Group: TypeAlias = "tuple[str | _Field, ...]"


@dataclass(frozen=True, slots=True)
class Template:
    """One component of a path, parsed. `fields` are those it names; `needed` those outside of groups."""

    parts: "tuple[str | _Field | _Group, ...]"
    fields: frozenset[str]
    needed: frozenset[str]

    def fill(self, values: Values) -> str:
        """The component with `values` filled in; a needed one that is unknown is left out as well."""
        return "".join([part for part in self.given(values, frozenset()).parts if isinstance(part, str)])

    def given(self, values: Values, still_open: frozenset[str]) -> "Template":
        """The template with `values` filled in, and the fields of `still_open` left as they are."""
        parts: list[str | _Field | _Group] = []
        for part in self.parts:
            if isinstance(part, str):
                _add(parts, part)
            elif isinstance(part, _Field):
                _add(parts, part if part.name in still_open else part.said(values) or "")
            elif (group := _given_group(part, values, still_open)) is not None:
                _add(parts, group)
        return Template(tuple(parts), self.fields, self.needed)


def _given_group(group: _Group, values: Values, still_open: frozenset[str]) -> "str | _Group | None":
    """The group with `values` filled in, as text if that is all of it; None where one of them is unknown."""
    words: list[str | _Field] = []
    is_open = False
    for piece in group:
        if isinstance(piece, str):
            words.append(piece)
        elif piece.name in still_open:
            words.append(piece)
            is_open = True
        elif (said := piece.said(values)) is not None:
            words.append(said)
        else:
            return None
    return tuple(words) if is_open else "".join([word for word in words if isinstance(word, str)])


def _add(parts: "list[str | _Field | _Group]", part: "str | _Field | _Group") -> None:
    if isinstance(part, str) and parts and isinstance(parts[-1], str):
        parts[-1] += part
    else:
        parts.append(part)


@lru_cache(maxsize=512)
def parse(text: str, known: frozenset[str]) -> tuple[Template, ...]:
    """The components of `text`, whose fields are among `known`.

    Raises BadSetting that says where it cannot be read.

    >>> season, stem = parse("<Season {season:02}>/{title}< ({year})>", frozenset({"season", "title", "year"}))
    >>> stem.fill({"title": "Alien", "year": 1979}), stem.fill({"title": "Alien"})
    ('Alien (1979)', 'Alien')
    >>> season.fill({"season": 1}), season.fill({})
    ('Season 01', '')
    """
    if text.startswith("/") or any(part.strip() in ("", ".", "..") for part in text.split("/")):
        raise BadSetting(f"the template {text!r} must be a path below the library, without empty folders, '.' and '..'")
    return tuple(_component(part, text, known) for part in text.split("/"))


def _component(part: str, text: str, known: frozenset[str]) -> Template:
    parts: list[Any] = []
    group: list[Any] | None = None
    fields, needed = set(), set()
    for found in _PIECE.finditer(part):
        piece, name = found[0], found["field"]
        if found["odd"]:
            raise BadSetting(
                f"the template {text!r} has a stray {piece!r}; a field is {{name}}, a brace is written twice"
            )
        if piece in ("<", ">"):
            if (piece == "<") is (group is not None):
                raise BadSetting(
                    f"the template {text!r} has a stray {piece!r}; <…> stands within one folder, not nested"
                )
            if group is not None:
                parts.append(tuple(group))
            group = None if group is not None else []
            continue
        if name is not None and name not in known:
            raise BadSetting(
                f"the template {text!r} has a field {name!r} nobody knows; there are {', '.join(sorted(known))}"
            )
        into = parts if group is None else group
        if name is None:
            into.append(piece[0] if piece in ("{{", "}}") else piece)
            continue
        into.append(_Field(name, int(found["width"] or 0)))
        fields.add(name)
        if group is None:
            needed.add(name)
    if group is not None:
        raise BadSetting(f"the template {text!r} has a '<' without its '>'")
    return Template(tuple(parts), frozenset(fields), frozenset(needed))
