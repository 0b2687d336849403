"""A walk tells what lies in each folder, in an order that does not depend on the file system."""

import threading

from mediaorg.io.walk import Walk


def walked(*roots, stop=None, until=None):
    told = []
    stop = stop or threading.Event()

    def found(root, folder, files):
        told.append((folder, [entry.name for entry, _ in files]))
        if folder == until:
            stop.set()

    Walk(lambda name: "junk" if name == "junk" else None, found, follow=False, stop=stop).run(list(roots))
    return told


def test_a_folder_comes_before_those_in_it_and_names_in_their_order(tmp_path):
    for name in ("b/2", "b/1", "a/x/3", "c", "junk/4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert walked(tmp_path) == [(".", ["c"]), ("a", []), ("a/x", ["3"]), ("b", ["1", "2"])]


def test_a_root_below_another_is_walked_once(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1").touch()
    assert [files for _, files in walked(tmp_path, tmp_path / "a")] == [[], ["1"], []]


def test_a_walk_that_is_stopped_tells_no_more(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    assert [folder for folder, _ in walked(tmp_path, until="a")] == [".", "a"]
