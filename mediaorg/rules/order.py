"""In what order renames can go when one takes the name another leaves: chains, swaps, cycles."""

from collections.abc import Collection, Mapping

from mediaorg.records import Chain
from mediaorg.rules.collisions import folded

__all__ = ["chains"]


def chains(
    moves: Mapping[int, tuple[str, str]], *, leaving: Collection[int], aside: Collection[int] = ()
) -> list[Chain]:
    """Order `moves` (number -> source, target): who takes a name goes after whom it belonged to.

    leaving: the moves that vacate their source (a copy does not). aside: moves that need a temporary name by
    themselves, such as Film.MKV -> Film.mkv where case does not count. Names are compared as the most forgiving
    file system would, since an order that was not needed costs nothing.

    >>> chains({0: ("1", "2"), 1: ("2", "3")}, leaving=[0, 1])
    [Chain(steps=(1, 0), parked=None)]
    >>> chains({0: ("a", "b"), 1: ("b", "a")}, leaving=[0, 1])
    [Chain(steps=(1, 0), parked=0)]
    """
    before = {number: first for number, first in _before(moves, leaving).items() if number not in aside}
    after: dict[int, list[int]] = {}
    for number, first in before.items():
        after.setdefault(first, []).append(number)
    found = [
        Chain(_following([number], after), number if number in aside else None)
        for number in moves
        if number not in before
    ]
    seen = {number for chain in found for number in chain.steps}
    for number in moves:
        if number not in seen:
            chain = _cycle(number, before, after)
            seen.update(chain.steps)
            found.append(chain)
    return sorted(found, key=lambda chain: min(chain.steps))


def _before(moves: Mapping[int, tuple[str, str]], leaving: Collection[int]) -> dict[int, int]:
    """For each move whose target is another's source, that other one; the exact name counts more than a like one."""
    exact = {moves[number][0]: number for number in leaving}
    like = {folded(source): number for source, number in exact.items()}
    before = {}
    for number, (_, target) in moves.items():
        first = exact.get(target, like.get(folded(target)))
        if first is not None and first != number:
            before[number] = first
    return before


def _following(start: list[int], after: Mapping[int, list[int]], stop: Collection[int] = ()) -> tuple[int, ...]:
    steps, waiting = [], list(reversed(start))
    while waiting:
        number = waiting.pop()
        steps.append(number)
        waiting.extend(follower for follower in reversed(after.get(number, [])) if follower not in stop)
    return tuple(steps)


def _cycle(number: int, before: Mapping[int, int], after: Mapping[int, list[int]]) -> Chain:
    """The cycle that `number` is on, or leads to: its first move parked, the rest backwards, then the parked one."""
    walked: dict[int, None] = {}
    while number not in walked:
        walked[number] = None
        number = before[number]
    ring = [number]
    while before[ring[-1]] != number:
        ring.append(before[ring[-1]])
    backwards = [*reversed(ring[1:]), ring[0]]
    hangers = [other for member in backwards for other in after[member] if other not in ring]
    return Chain((*backwards, *_following(hangers, after, stop=ring)), ring[0])
