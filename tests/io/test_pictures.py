"""The cache of thumbnails gives back what was put in, forgets the oldest, and is in nobody's way when it is broken."""

import sqlite3

import pytest

from mediaorg.io.pictures import Picture, Pictures

JPEG = b"\xff\xd8\xff rest"
WHO, OTHER = (5, 7, 1, 2), (5, 7, 1, 3)


def put(file, *pictures, how="320", most=100):
    with Pictures.open(file, most=most) as kept:
        kept.write(pictures, how)


def known(file, who=WHO, how="320"):
    with Pictures.open(file) as kept:
        return kept.read({9: who}, how).get(9)


@pytest.mark.parametrize("picture", [Picture(JPEG, None), Picture(None, "damaged: no picture")])
@pytest.mark.parametrize("who", [WHO, (1 << 40, 1 << 62, (1 << 64) - 1, 1 << 63)])
def test_what_was_put_in_is_given_back_to_the_same_file_and_question(tmp_path, picture, who):
    file = tmp_path / "deep" / "pictures.sqlite"
    put(file, (who, picture))
    assert known(file, who) == picture
    assert known(file, OTHER) is None
    assert known(file, who, how="640") is None


def test_the_newest_answer_counts_and_the_oldest_are_forgotten(tmp_path):
    file = tmp_path / "p.sqlite"
    put(file, *(((n, 0, 0, 0), Picture(JPEG, None)) for n in range(5)))
    put(file, ((0, 0, 0, 0), Picture(JPEG + b"new", None)), most=2)
    assert known(file, (0, 0, 0, 0)).jpeg.endswith(b"new")
    assert [known(file, (n, 0, 0, 0)) is not None for n in range(1, 5)] == [False, False, False, True]


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""])
def test_a_damaged_file_is_a_warning_and_no_cache(tmp_path, content, caplog):
    file = tmp_path / "p.sqlite"
    file.write_bytes(content)
    put(file, (WHO, Picture(JPEG, None)))
    assert known(file) == (Picture(JPEG, None) if content == b"" else None)
    assert ("delete the file to begin anew" in caplog.text) == bool(content)


@pytest.mark.parametrize("row", [(b"<svg>", None), ("text", None), (None, None), (JPEG, "and an error")])
def test_a_row_that_cannot_be_right_is_no_answer(tmp_path, row):
    file = tmp_path / "p.sqlite"
    put(file, (WHO, Picture(JPEG, None)))
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE picture SET jpeg = ?, error = ?", row)
    connection.close()
    assert known(file) is None


def test_a_table_of_another_version_begins_anew(tmp_path):
    file = tmp_path / "p.sqlite"
    put(file, (WHO, Picture(JPEG, None)))
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert known(file) is None
    put(file, (WHO, Picture(JPEG, None)))
    assert known(file) is not None


def test_a_cache_that_is_in_use_elsewhere_or_off_costs_nothing_but_its_answers(tmp_path, caplog):
    (tmp_path / "folder").mkdir()
    put(tmp_path / "folder", (WHO, Picture(JPEG, None)))
    assert "cannot be kept" in caplog.text
    put(False, (WHO, Picture(JPEG, None)))
    assert known(False) is None
