"""IMDb's files, in small: made-up works in the form in which the data sets come."""

import gzip
import sqlite3

import pytest

from mediaorg.errors import NoSuchFile, StoreError
from mediaorg.io.imdb import IMDb
from tests.imdb_files import imdb_files


@pytest.fixture
def catalogue(tmp_path):
    with_files = IMDb.load(imdb_files(tmp_path / "tsv"), into=tmp_path / "imdb.sqlite", progress=False)
    yield with_files
    with_files.close()


@pytest.mark.parametrize(
    ("title", "ids"),
    [
        ("glass orchard", ["tt01", "tt02"]), ("GLASS.ORCHARD", ["tt01", "tt02"]), ("Glassorchard", ["tt01", "tt02"]),
        ("Der gläserne Garten", ["tt01"]), ("der glaserne garten", ["tt01"]), ("The Lantern", ["tt03"]), ("Lantern", ["tt03"]),
        ("Don't Look", ["tt04"]), ("Dont Look", ["tt04"]), ("Salt & Iron", ["tt05"]), ("salt and iron", ["tt05"]),
        ("nothing of the kind", []), ("", []), ('"); DROP TABLE works; --', []), ("NEAR OR NOT *", []), ("Embers", []),
    ],
)  # fmt: skip
def test_works_are_found_by_any_of_their_names(catalogue, title, ids):
    assert sorted(work.id for work in catalogue.search(title)) == ids


def test_a_work_has_its_kind_year_names_and_votes(catalogue):
    first, second = sorted(catalogue.search("glass orchard"), key=lambda work: work.id)
    assert (first.kind, first.title, first.year, first.votes) == ("movie", "Glass Orchard", 1999, 5000)
    assert first.also == ("Der gläserne Garten",)
    assert (second.kind, second.year, second.votes) == ("movie", 1950, 12)


def test_the_words_of_a_longer_title_find_it_where_nothing_is_called_so(catalogue):
    assert [work.title for work in catalogue.search("long thaw")] == ["The Long and Winding Thaw"]


def test_episodes_come_in_order_and_without_those_that_have_no_number(catalogue):
    listed = [(one.season, one.number, one.title) for one in catalogue.episodes("tt03")]
    assert listed == [(1, 1, "Thaw"), (1, 2, "Frost"), (2, 1, "Embers")]
    assert catalogue.episodes("tt01") == []


def test_packed_files_are_read_as_they_are(tmp_path):
    folder = imdb_files(tmp_path / "tsv")
    for file in list(folder.iterdir()):
        (folder / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    assert len(IMDb.load(folder, into=tmp_path / "x.sqlite", progress=False).search("glass orchard")) == 2


def test_the_basics_alone_will_do(tmp_path):
    folder = imdb_files(tmp_path / "tsv")
    for name in ("akas", "episode", "ratings"):
        (folder / f"title.{name}.tsv").unlink()
    catalogue = IMDb.load(folder, into=tmp_path / "x.sqlite", progress=False)
    assert len(catalogue.search("glass orchard")) == 2
    assert catalogue.episodes("tt03") == []


def test_a_load_again_takes_the_place_of_the_one_before(tmp_path, catalogue):
    folder = imdb_files(tmp_path / "tsv")
    again = IMDb.load(folder, into=catalogue.file, progress=False)
    assert len(again.search("glass orchard")) == 2
    basics = folder / "title.basics.tsv"
    (folder / "title.basics.tsv.gz").write_bytes(gzip.compress(basics.read_bytes())[:-20])
    basics.unlink()
    with pytest.raises(StoreError):
        IMDb.load(folder, into=catalogue.file, progress=False)
    assert len(IMDb(catalogue.file).search("glass orchard")) == 2  # what was cut off changed nothing


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "has no column tconst"), (b"<html>log in</html>", "has no column tconst"),
        (b"tconst\ttitleType\tprimaryTitle\n", "has no column originalTitle"), (b"\xff\xfe\x00", "download it again"),
    ],
)  # fmt: skip
def test_a_file_that_is_something_else_is_named_with_what_to_do(tmp_path, content, why):
    (tmp_path / "title.basics.tsv").write_bytes(content)
    with pytest.raises(StoreError, match=why):
        IMDb.load(tmp_path, into=tmp_path / "x.sqlite", progress=False)


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"tconst")[:9], b"no gzip", gzip.compress(b"tconst" * 99)[:14] + b"\xff" * 40],
    ids=["cut off", "not packed", "damaged"],
)
def test_a_download_that_went_wrong_is_named_with_what_to_do(tmp_path, packed):
    (tmp_path / "title.basics.tsv.gz").write_bytes(packed)
    with pytest.raises(StoreError, match=r"title\.basics\.tsv\.gz cannot be read .*: download it again"):
        IMDb.load(tmp_path, into=tmp_path / "x.sqlite", progress=False)


def test_what_is_missing_or_something_else_is_said(tmp_path):
    with pytest.raises(NoSuchFile, match=r"IMDb\.load"):
        IMDb()
    with pytest.raises(NoSuchFile, match=r"title\.basics"):
        IMDb.load(tmp_path, into=tmp_path / "x.sqlite")
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE films (title)")
    connection.close()
    before = other.read_bytes()
    with pytest.raises(StoreError):
        IMDb(other)
    with pytest.raises(StoreError):
        IMDb.load(imdb_files(tmp_path / "tsv"), into=other, progress=False)
    assert other.read_bytes() == before


def basics(folder, *rows):
    head = "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres".split()
    lines = [head, *([id_, sort, title, title, "0", year, *[r"\N"] * 3] for id_, sort, title, year in rows)]
    folder.mkdir(exist_ok=True)
    (folder / "title.basics.tsv").write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
    return folder


HUGE = ("9" * 30, "9" * 5000, "-5", "²", "①", "1.5", "1e9", "", " ", "x", "٢٠٠٥")


@pytest.mark.parametrize("cell", [*HUGE, "99999", "0", "1500"])
def test_a_year_no_work_could_have_is_missing(tmp_path, cell):
    folder = basics(tmp_path / "tsv", ("tt1", "movie", "Glass Orchard", cell))
    (found,) = IMDb.load(folder, into=tmp_path / "x.sqlite", progress=False).search("glass orchard")
    assert found.year is None


@pytest.mark.parametrize("cell", HUGE)
def test_votes_that_are_no_number_are_missing_and_so_are_episodes(tmp_path, cell):
    folder = basics(tmp_path / "tsv", ("tt1", "tvSeries", "The Lantern", "2005"))
    (folder / "title.ratings.tsv").write_text(f"tconst\taverageRating\tnumVotes\ntt1\t7.0\t{cell}\n", encoding="utf-8")
    (folder / "title.episode.tsv").write_text(
        "tconst\tparentTconst\tseasonNumber\tepisodeNumber\n"
        f"tt2\ttt1\t{cell}\t1\ntt3\ttt1\t1\t{cell}\ntt4\ttt1\t1\t2\n",
        encoding="utf-8",
    )
    catalogue = IMDb.load(folder, into=tmp_path / "x.sqlite", progress=False)
    assert [work.votes for work in catalogue.search("lantern")] == [0]
    assert [(one.season, one.number) for one in catalogue.episodes("tt1")] == [(1, 2)]


def test_a_file_that_was_damaged_is_named_with_what_to_do(tmp_path):
    rows = [(f"tt{n}", "movie", f"Glass Orchard {n}", "1999") for n in range(300)]
    catalogue = IMDb.load(basics(tmp_path / "tsv", *rows), into=tmp_path / "x.sqlite", progress=False)
    catalogue.close()
    whole = catalogue.file.read_bytes()
    catalogue.file.write_bytes(whole[:4096] + b"\x5a" * (len(whole) - 4096))
    for ask in (lambda damaged: damaged.search("glass orchard"), lambda damaged: damaged.episodes("tt1")):
        with pytest.raises(StoreError, match=r"x\.sqlite cannot be read .*IMDb\.load"):
            ask(IMDb(catalogue.file))


def test_a_catalogue_that_was_closed_says_so(catalogue):
    catalogue.close()
    with pytest.raises(StoreError, match="closed"):
        catalogue.search("glass orchard")
