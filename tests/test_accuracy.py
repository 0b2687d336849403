"""The lists of names this project keeps are read right; whoever changes a rule sees here what it costs."""

from benchmarks.accuracy import Case, by_guessit, folders, grown, is_right, names, score


def test_names_alone():
    found = score(names())
    assert found.right >= 0.97
    assert (found.sure, found.sure_right) >= (0.7, 0.0)
    assert found.sure_right >= 0.98


def test_whole_folders():
    found = score(folders())
    assert found.right >= 0.98
    assert found.sure_right >= 0.98


def test_the_samples_by_their_paths_alone():
    found = score(grown(1000))
    assert found.right >= 0.97


def test_a_reading_is_right_in_every_field_or_it_is_wrong():
    case = Case(
        "/r", "/r/Amber Road S01E02.mkv", {"type": "episode", "title": "Amber Road", "season": [1], "episodes": [2]}
    )
    [right] = by_guessit([case])
    assert is_right(case, right)
    for field, other in (("type", "movie"), ("title", "Amber"), ("season", [2]), ("episodes", [2, 3])):
        assert not is_right(case, {**right, field: other})
