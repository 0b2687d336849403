"""How many files to have in flight: a rule that learns it from throughput alone, while the work goes on.

The best number depends on what is under the files: a disk likes some eight, an object store all it can get. What a
device can do is not known beforehand and may change, so the number climbs while throughput grows, and is tried a
little higher and a little lower from time to time for the rest of the run.
"""

from typing import Final

__all__ = ["FIRST", "MOST", "Crowd"]

FIRST: Final = 8  # files in flight where nothing is known of the device
MOST: Final = 256

_GROWS: Final = 1.12  # of the rate before: worth doubling again
_LINEAR: Final = 0.8  # of the growth of the number: nobody waits for anybody yet, and it is worth four times as many
_KNEE: Final = 0.6  # of that growth and less: the knee was passed
_ROOM: Final = 1.4  # above the number at which a queue begins: files differ, and no channel should wait for one
_STEP: Final = 1.3  # a trial is so much higher or lower
_WORTH: Final = 1.03  # a higher number must win so much
_AS_GOOD: Final = 0.985  # a lower one may lose so much: fewer in flight cost less memory, and others less time
_NEEDED: Final = 1.4  # times the rate of a quarter: a kept answer that comes to more is believed
_OTHER: Final = 1.3  # a rate off by so much, twice, is another device than the one that was learnt
_FEW: Final = 6  # completions a span counts at least in the climb
_LEAST_COUNTED: Final = 12  # and before they are taken `_LONG` times near the best
_LONG: Final = 4  # trials near the best are to tell 3 % from chance: they count so many times longer
_REST: Final = (4, 64)  # windows between trials: at first, and at most


class Crowd:
    """The number of files in flight, `limit`, led by completions: ``crowd.completed(at)`` for each file, in order.

    at: when [s], on any clock that never goes back, and 0 when the work began. No clock is read here.
    start: the last answer for the device, or `FIRST`; an answer of another day is held against a quarter of it before
    it is believed. most: what memory and the user allow; it may be lowered later
    by `bound`. `settled` is whether the climb is over, and `limit` an answer worth keeping.

    It quadruples while throughput nearly does, and doubles while that grows by 12 %; goes back to where a queue began;
    and then tries a third more and a third less in turn, ever more rarely, keeping what wins. Two spans whose rate is
    off by 30 % begin the climb again.

    >>> crowd, now = Crowd(start=4, most=64), 0.0
    >>> for _ in range(1000):  # nobody waits for anybody: a file takes a second
    ...     now += 1 / crowd.limit
    ...     crowd.completed(now)
    >>> crowd.limit, crowd.settled
    (64, True)
    """

    def __init__(self, *, start: int = FIRST, most: int = MOST) -> None:
        self._most = most
        self.limit = max(1, min(start, most))
        self.settled = False
        self._last = self._began = 0.0  # when a file was completed last, and when the span began
        self._skip = self._count = self._wanted = 0  # completions: still to be left out, counted, to be counted
        self._amount = 0.0  # of what was counted
        self._before: float | None = None  # the rate at the limit before, `_lower`
        self._usual: float | None = None  # the rate at the limit that is held, None until it was measured
        self._trial: int | None = None  # the limit that is held while another is tried
        self._kept: int | None = self.limit if self.limit > FIRST else None  # an answer that is still to be believed
        self._climb(self.limit)

    def bound(self, most: int) -> None:
        """From now on at most `most`, and at least one."""
        self._most = max(1, most)
        if self.limit > self._most:
            self._go(self._most)
            self._settle()

    def completed(self, at: float, amount: float = 1.0) -> None:
        """One more file is done, or so many bytes of one: what throughput is counted in is the same for a whole run."""
        self._last = at
        if self._skip:
            self._skip -= 1
            self._began = at
            return
        self._count += 1
        self._amount += amount
        if self._count >= self._wanted and at > self._began:
            rate = self._amount / (at - self._began)
            self._began, self._count, self._amount = at, 0, 0.0
            self._judge(rate)

    def _go(self, limit: int) -> None:
        """Have `limit` in flight from now on."""
        before, self.limit = self.limit, max(1, min(limit, self._most))
        self._count, self._amount, self._began = 0, 0.0, self._last
        if self.settled:  # those of before are still to come, and would count for the trial
            self._skip, self._wanted = max(before, self.limit), _LONG * max(_LEAST_COUNTED, self.limit)
        else:  # those begun at this moment and those before fill one round trip together
            self._skip, self._wanted = max(0, before - self.limit), max(_FEW, self.limit)

    def _climb(self, limit: int, *, bold: bool = True) -> None:
        self._bold = bold
        self.settled, self._before, self._doubted = False, None, False
        self._lower = limit
        self._rest, self._up = _REST[0], True
        self._go(limit)

    def _settle(self) -> None:
        self.settled = True
        self._usual = self._trial = None
        self._odd, self._waited = 0, 0

    def _judge(self, rate: float) -> None:
        if self._kept is not None:
            self._believing(rate, self._kept)
        elif not self.settled:
            self._climbing(rate)
        elif self._trial is not None:
            self._tried(rate, self._trial)
        else:
            self._hold(rate)

    def _believing(self, rate: float, kept: int) -> None:
        """Hold an answer of another day against a quarter of it: the disk may be another, or cold."""
        if self._before is None:
            self._before = rate
            self._go(max(FIRST // 2, kept // 4))
            return
        self._kept, there = None, self._before
        if rate * _NEEDED < there:  # it is needed, and the climb goes on from there
            self._before, self._lower, self._bold = None, kept, False
            self.limit = kept
            self._climbing(there)
        else:
            self._climb(max(1, self.limit // 2), bold=False)

    def _climbing(self, rate: float) -> None:
        before, grown = self._before, 0.0 if self._before is None else rate / self._before
        steps = self.limit / self._lower
        if before is not None and grown < (_GROWS if steps <= 2 else _KNEE * steps):
            if not self._doubted:  # a few slow files in a row are no proof
                self._doubted, self._wanted = True, 2 * self._wanted
                return
            self._up = grown > _GROWS
            self._hold_at(round(self._lower * (grown * _ROOM if self._up else 1)))
        elif self.limit == self._most:
            self._settle()
            self._go(self.limit)
            self._skip, self._rest = 0, _REST[1] // 4  # all that is allowed helped: fewer are not tried soon
        else:
            bold = self._bold and (before is None or grown > _LINEAR * steps)
            self._before, self._lower, self._doubted = rate, self.limit, False
            self._go(self.limit * (4 if bold else 2))

    def _hold_at(self, limit: int) -> None:
        self._settle()
        self._go(min(limit, self.limit))

    def _hold(self, rate: float) -> None:
        usual = self._usual
        if usual is not None and not 1 / _OTHER < rate / usual < _OTHER:
            self._odd += 1
            if self._odd > 1:
                self._climb(max(1, self.limit // 2), bold=False)
            return
        self._odd = 0
        self._usual = rate if usual is None else (usual + rate) / 2
        self._waited += 1
        if self._waited >= self._rest:
            self._try()

    def _try(self) -> None:
        more, less = max(self.limit + 1, round(self.limit * _STEP)), min(self.limit - 1, round(self.limit / _STEP))
        other = max(1, min(more if self._up else less, self._most))
        self._waited = 0
        if other == self.limit:
            self._up = not self._up
            return
        self._trial = self.limit
        self._go(other)

    def _tried(self, rate: float, held: int) -> None:
        assert self._usual is not None
        won = rate > self._usual * (_WORTH if self._up else _AS_GOOD)
        self._trial, self._waited = None, 0
        if won and self._up and rate > self._usual * _GROWS and self.limit < self._most:
            self._before, self._lower, self._doubted, self.settled = rate, self.limit, False, False
            self._bold = False
            self._go(2 * self.limit)  # the climb was left too early
        elif won:
            self._usual, self._rest = rate, _REST[0]
            self._go(self.limit)
            self._skip = 0
            self._waited = self._rest - 1  # go on in that direction soon
        else:
            self._up = not self._up
            self._rest = min(2 * self._rest, _REST[1])
            self._go(held)
