"""A made-up excerpt in the form of IMDb's data sets."""

from pathlib import Path

_BASICS = """
tt01 movie Glass_Orchard Der_gläserne_Garten 1999
tt02 movie Glass_Orchard Glass_Orchard 1950
tt03 tvSeries The_Lantern The_Lantern 2005
tt04 tvMovie Don't_Look Don't_Look 1980
tt05 movie Salt_&_Iron Salt_&_Iron \\N
tt06 movie The_Long_and_Winding_Thaw The_Long_and_Winding_Thaw 2001
tt07 movie Apollo_13 Apollo_13 1995
tt08 videoGame Glass_Orchard Glass_Orchard 2010
tt31 tvEpisode Thaw Thaw 2005
tt32 tvEpisode Frost Frost 2005
tt33 tvEpisode Embers Embers 2006
"""
_AKAS = "tt03 Die_Laterne\ntt99 Nobody"
_EPISODES = "tt32 tt03 1 2\ntt31 tt03 1 1\ntt33 tt03 2 1\ntt34 tt03 \\N \\N\ntt35 tt99 1 1"
_RATINGS = "tt01 5000\ntt02 12\ntt03 900"


def imdb_files(folder: Path) -> Path:
    """Write them into `folder`."""
    folder.mkdir(exist_ok=True)
    _write(
        folder / "title.basics.tsv",
        "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres",
        [[*line.split()[:4], "0", line.split()[4], r"\N", "90", "Drama"] for line in _BASICS.split("\n") if line],
    )
    _write(
        folder / "title.akas.tsv",
        "titleId ordering title region language types attributes isOriginalTitle",
        [[line.split()[0], "1", line.split()[1], "DE", "de", r"\N", r"\N", "0"] for line in _AKAS.split("\n")],
    )
    _write(
        folder / "title.episode.tsv",
        "tconst parentTconst seasonNumber episodeNumber",
        [line.split() for line in _EPISODES.split("\n")],
    )
    _write(
        folder / "title.ratings.tsv",
        "tconst averageRating numVotes",
        [[line.split()[0], "7.0", line.split()[1]] for line in _RATINGS.split("\n")],
    )
    return folder


def _write(file: Path, head: str, lines: list[list[str]]) -> None:
    rows = [head.split(), *([cell.replace("_", " ") for cell in line] for line in lines), ["tt9", "cut off"]]
    file.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
