import os

import pytest

from mediaorg.errors import NotAFolder
from mediaorg.io.listing import Listing, library_root, plain_path
from mediaorg.rules.collisions import collision_key
from mediaorg.schema import from_path


def test_twins_of_a_file_are_found_in_twins_of_its_folder(tmp_path):
    (tmp_path / "movies" / "ALIEN (1979)").mkdir(parents=True)
    (tmp_path / "movies" / "ALIEN (1979)" / "alien (1979).mkv").touch()
    listing = Listing(collision_key)
    root = from_path(tmp_path)
    entries, problem = listing.at(root, f"{root}/Movies/Alien (1979)/Alien (1979).mkv")
    assert [entry.path for entry in entries] == [f"{root}/movies/ALIEN (1979)/alien (1979).mkv"]
    assert problem is None
    assert listing.spelled(root, "Movies") == "movies"
    assert listing.spelled(root, "Shows") == "Shows"


def test_a_linked_folder_is_told_and_not_entered(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "Movies").symlink_to(tmp_path / "elsewhere")
    root = from_path(tmp_path / "lib")
    entries, problem = Listing(collision_key).at(root, f"{root}/Movies/x.mkv")
    assert entries == []
    assert problem is not None
    assert problem.startswith("link: ")


def test_a_file_where_a_folder_should_be_is_told(tmp_path):
    (tmp_path / "movies").touch()
    _, problem = Listing(collision_key).at(from_path(tmp_path), from_path(tmp_path / "Movies" / "x.mkv"))
    assert problem is not None
    assert problem.startswith("file: ")


def test_a_given_listing_leaves_the_disk_alone(tmp_path):
    (tmp_path / "real.mkv").touch()
    root = from_path(tmp_path)
    listing = Listing(collision_key, given=[f"{root}/Movies/a.mkv"])
    assert listing.at(root, f"{root}/real.mkv") == ([], None)
    assert [entry.name for entry in listing.at(root, f"{root}/movies/A.mkv")[0]] == ["a.mkv"]
    assert listing.holds(root)
    assert not listing.holds("/elsewhere")


def test_undecodable_names_are_cells(tmp_path):
    name = os.fsdecode(b"bad\xff.mkv")
    (tmp_path / name).touch()
    root = from_path(tmp_path)
    assert [entry.name for entry in Listing(collision_key).at(root, f"{root}/{from_path(name)}")[0]] == [
        from_path(name)
    ]


def test_a_file_is_known_by_its_identity_under_another_name(tmp_path):
    (tmp_path / "a.mkv").touch()
    os.link(tmp_path / "a.mkv", tmp_path / "b.mkv")
    listing = Listing(collision_key)
    (entry,) = listing.at(None, from_path(tmp_path / "b.mkv"))[0]
    found = (tmp_path / "a.mkv").stat()
    assert listing.same_file(entry, found.st_dev, found.st_ino) == 2
    assert listing.same_file(entry, found.st_dev + 1, found.st_ino) is None
    assert listing.same_file(entry, None, None) is None


def test_the_root_is_absolute_and_a_folder_or_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert library_root("~/Library") == from_path(tmp_path / "Library")
    assert library_root(f"{tmp_path}/a/../b/") == from_path(tmp_path / "b")
    (tmp_path / "file").touch()
    for target in ("file", "file/below"):
        with pytest.raises(NotAFolder, match="file"):
            library_root(tmp_path / target)


def test_plain_paths_are_left_as_they_are():
    assert plain_path("/a/b.mkv") == "/a/b.mkv"
    assert plain_path("/a/./b/../c.mkv") == "/a/c.mkv"
    assert plain_path("/a/.hidden/c.mkv") == "/a/.hidden/c.mkv"
