"""A number of files in flight that is led by what completes: with a clock, a lock, and an eye on memory."""

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

__all__ = ["Steering"]

_CHECKED: Final = 16  # completions between two looks at memory


class _Rule(Protocol):
    """What is asked of a rule, such as `rules.crowd.Crowd`, which says what these mean."""

    limit: int
    settled: bool

    def completed(self, at: float, amount: float = 1.0) -> None: ...
    def bound(self, most: int) -> None: ...


class Steering:
    """How many may be in flight, by what completes: ``steering.completed()`` from any thread, ``steering.allowed``.

    rule: leads the number; without one it is `given`, and only memory makes it less. room: may so many be at work, as
    far as memory goes? told: hears of each change.
    """

    def __init__(
        self,
        rule: _Rule | None = None,
        *,
        given: int = 1,
        room: Callable[[int], bool] = lambda _: True,
        told: Callable[[int], object] = lambda _: None,
    ) -> None:
        self._rule, self._room, self._told = rule, room, told
        self._lock = threading.Lock()
        self._began: float | None = None
        self._checked = 0
        self._allowed = given if rule is None else rule.limit
        self._cut = False

    @property
    def allowed(self) -> int:
        """How many may be in flight now, at least one."""
        return self._allowed

    @property
    def automatic(self) -> bool:
        """Whether the number is led by what completes."""
        return self._rule is not None

    @property
    def answer(self) -> int | None:
        """What was learnt, None if the climb never came to an end or memory stood in its way."""
        return self._rule.limit if self._rule is not None and self._rule.settled and not self._cut else None

    def begin(self) -> None:
        """From now on as many are in flight as are allowed."""
        with self._lock:
            if self._began is None:
                self._began = time.monotonic()
                self._told(self._allowed)

    def completed(self, amount: float = 1.0) -> None:
        """One more is done, or so many bytes of it; before `begin` that says nothing."""
        if self._began is None:
            return
        with self._lock:
            allowed = self._allowed
            if self._rule is not None:
                self._rule.completed(time.monotonic() - self._began, amount)
                allowed = self._rule.limit
            self._checked = (self._checked + 1) % _CHECKED
            if not self._checked and allowed > 1 and not self._room(allowed):
                self._cut, allowed = True, max(1, allowed // 2)
                if self._rule is not None:
                    self._rule.bound(allowed)
            if allowed != self._allowed:
                self._allowed = allowed
                self._told(allowed)
