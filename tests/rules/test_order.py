"""Whoever takes a name goes after whom it belonged to."""

from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.order import chains

permutations = st.integers(1, 9).flatmap(lambda size: st.permutations(range(size)))


@given(permutations, st.integers(0, 5))
def test_any_shuffle_of_names_can_be_done_without_taking_a_taken_name(shuffle: list[int], more: int) -> None:
    moves = {at: (f"n{at}", f"n{to}") for at, to in enumerate(shuffle) if at != to}
    last = len(shuffle)
    for extra in range(more):  # a chain that ends in a free name
        moves[last + extra] = (f"n{last + extra}", f"n{last + extra + 1}")
    names = {f"n{at}": at for at in range(last + more)}
    for chain in chains(moves, leaving=list(moves)):
        if chain.parked is not None:
            names["aside"] = names.pop(moves[chain.parked][0])
        for number in chain.steps:
            source, target = moves[number]
            assert target not in names
            names[target] = names.pop("aside" if number == chain.parked else source)
    assert names == {moves[at][1] if at in moves else f"n{at}": at for at in range(last + more)}


def test_a_name_that_differs_in_case_alone_waits_too() -> None:
    (chain,) = chains({0: ("/x/film", "/y/Film.mkv"), 1: ("/y/film.MKV", "/z/1")}, leaving=[0, 1])
    assert chain.steps == (1, 0)


def test_a_copy_leaves_its_name_taken() -> None:
    assert [chain.steps for chain in chains({0: ("a", "b"), 1: ("b", "c")}, leaving=[0])] == [(0,), (1,)]


def test_who_steps_aside_by_itself_still_goes_first() -> None:
    (first,) = chains({0: ("x", "a"), 1: ("a", "A")}, leaving=[0, 1], aside=[1])
    assert (first.steps, first.parked) == ((1, 0), 1)


def test_two_that_want_one_name_are_both_in_the_order() -> None:
    found = chains({0: ("a", "b"), 1: ("b", "a"), 2: ("c", "a")}, leaving=[0, 1, 2])
    assert sorted(step for chain in found for step in chain.steps) == [0, 1, 2]
