"""Whole collections as people keep them: what is a film stays one among films, and a folder is believed where it may be.

Each collection is labelled as one table; a line says what one file of it is, as far as it matters: type, title, season, number.
"?" before the type is a label that asks to be looked at, whatever else it says.
"""

import asyncio

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg.stages.classify import classify

COLLECTIONS = {
    "films of a series beside each other": """
        Movies/Cars 2.mkv                                        | ?movie
        Movies/Cars 3.mkv                                        | ?movie
        Movies/Shrek/Shrek 1.avi                                 | ?movie
        Movies/Shrek/Shrek 2.avi                                 | ?movie
        Movies/Shrek/Shrek 3.avi                                 | ?movie
    """,
    "numbered films with years, one year twice, one without": """
        Movies/MCU/01 - Iron Man (2008).mkv                      | movie Iron Man
        Movies/MCU/02 - Hulk (2008).mkv                          | movie Hulk
        Movies/MCU/03 - Thor (2011).mkv                          | movie Thor
        Movies/X-Men 1 (2000).mkv                                | movie X-Men 1
        Movies/X-Men 2 (2003).mkv                                | movie X-Men 2
        Movies/X-Men 3 (2006).mkv                                | movie X-Men 3
        Movies/X-Men 4.mkv                                       | ?movie
        Top/001 - The Shawshank Redemption (1994).mkv            | movie The Shawshank Redemption
        Top/002 - The Godfather (1972).mkv                       | movie The Godfather
        Top/003 - The Godfather Part II (1974).mkv               | movie The Godfather Part II
        Potter/Harry Potter 01 - Stone (2001).mkv                | movie Harry Potter 01 - Stone
        Potter/Harry Potter 02 - Chamber (2002).mkv              | movie Harry Potter 02 - Chamber
        Plain/01. Iron Man 2008 1080p.mkv                        | movie Iron Man
        Plain/02. Thor 2011 1080p.mkv                            | movie Thor
    """,
    "films in two parts": """
        Movies/Kill Bill Vol 1.mkv                               | ?movie
        Movies/Kill Bill Vol 2.mkv                               | ?movie
        Movies/Lawrence of Arabia 1of2.avi                       | ?movie Lawrence of Arabia
        Movies/Lawrence of Arabia 2of2.avi                       | ?movie Lawrence of Arabia
    """,
    "what lies beside a film in its folder": """
        Movies/Heat (1995)/Heat.mkv                              | movie Heat
        Movies/Heat (1995)/Trailer - Heat.mkv                    | extra Heat
        Movies/Heat (1995)/Heat Trailer.mkv                      | extra Heat
        Movies/Heat (1995)/theatrical trailer.mkv                | extra Heat
        Movies/Heat (1995)/Featurette - The Heist.mkv            | extra Heat
        Movies/Heat (1995)/The Making of Heat.mkv                | extra Heat
        Movies/Heat (1995)/Interview - Mann.mkv                  | extra Heat
        Movies/Heat (1995)/Deleted Scene 1 - Foo.mkv             | extra Heat
        Movies/Heat (1995)/Outtakes.mkv                          | extra Heat
        Movies/Heat (1995)/Bonus.mkv                             | extra Heat
        Movies/Heat (1995)/Something Else.mkv                    | ?movie
        Movies/Alien (1979)/movie.mkv                            | movie Alien
        Movies/The.Film.2010.1080p.BluRay.x264-GRP/RARBG.mp4     | other
        Movies/The.Film.2010.1080p.BluRay.x264-GRP/www.YTS.MX.mp4 | other
        Movies/Blade (1982)/Blade (1982).mkv                     | movie Blade
        Movies/Blade (1982)/Blade (1982) - Interview with Ridley.mkv | extra Blade
    """,
    "folders that collect different films": """
        Filme 2012/Heat.mkv                                      | ?movie Heat
        Filme 2012/Ronin.mkv                                     | ?movie Ronin
        Best of (1999)/The Matrix.mkv                            | ?movie The Matrix
        Best of (1999)/Fight Club.mkv                            | ?movie Fight Club
        Rings Trilogy (2001-2003)/The Two Towers.mkv             | ?movie The Two Towers
        Rings Trilogy (2001-2003)/The Return of the King.mkv     | ?movie The Return of the King
    """,
    "films that sound like cameras and families": """
        Movies/Obsession (1976).mkv                              | movie Obsession
        Movies/VHS2.2013.1080p.BluRay.x264-GRP.mkv               | movie VHS2
        Movies/My Best Friend's Wedding.mkv                      | ?movie My Best Friend's Wedding
        Movies/Wedding.Crashers.2005.mkv                         | movie Wedding Crashers
        Movies/American Reunion.avi                              | ?movie American Reunion
        TV/Monk/Monk - 06 - The Wedding.avi                      | episode Monk 6
        TV/Monk/Monk - 07 - The Trip.avi                         | episode Monk 7
        Anime/[Grp] Kaguya - 12 - Graduation [1080p].mkv         | episode Kaguya 12
        NAS/Family/Movies/Frozen (2013).mkv                      | movie Frozen
        TV/Home Movies/Home Movies - 02 - Pizza.avi              | episode Home Movies 2
        TV/Home Movies/Home Movies - 03 - Party.avi              | episode Home Movies 3
    """,
    "courses and chapters": """
        Courses/Linear Algebra/Lecture 01.mp4                    | episode Linear Algebra 1
        Courses/Linear Algebra/Lecture 02.mp4                    | episode Linear Algebra 2
        Courses/Linear Algebra/Lecture 03.mp4                    | episode Linear Algebra 3
        Courses/Calculus/Lecture 01.mp4                          | episode Calculus 1
        Courses/Calculus/Lecture 02.mp4                          | episode Calculus 2
        Courses/Calculus/Lecture 03.mp4                          | episode Calculus 3
        Courses/Python Bootcamp/01 - Introduction/01 - Welcome.mp4 | episode Python Bootcamp S1 1
        Courses/Python Bootcamp/01 - Introduction/02 - Setup.mp4 | episode Python Bootcamp S1 2
        Courses/Python Bootcamp/02 - Basics/01 - Numbers.mp4     | episode Python Bootcamp S2 1
        Courses/A Course/Week 1/01 - Start.mp4                   | episode A Course S1 1
        Courses/B Course/Week 1/01 - Start.mp4                   | episode B Course S1 1
    """,
    "seasons written otherwise": """
        TV/Top Gear/2012/01 - A.avi                              | episode Top Gear S2012 1
        TV/Fifth Gear/2012/01 - C.avi                            | episode Fifth Gear S2012 1
        TV/Mythbusters/2004/Mythbusters - 01.avi                 | episode Mythbusters S2004 1
        TV/Mythbusters/2005/Mythbusters - 01.avi                 | episode Mythbusters S2005 1
        TV/Monk/1/01.mkv                                         | episode Monk S1 1
        TV/Sherlock/1/01.mkv                                     | episode Sherlock S1 1
        TV/Sherlock/Season One/Sherlock - 02.mkv                 | episode Sherlock S1 2
        TV/Sherlock/Season Two/Sherlock - 02.mkv                 | episode Sherlock S2 2
        TV/Rome/Season II/Rome - 03.mkv                          | episode Rome S2 3
        TV/Avatar/Book Two - Earth/01 - The State.mkv            | episode Avatar S2 1
        TV/Bones/First Season/Bones - 04.mkv                     | episode Bones S1 4
        TV/The Office/UK/Season 1/01.mkv                         | episode The Office (UK) S1 1
        TV/The Office (UK)/Season 1/The Office - 1x01.mkv        | episode The Office (UK) S1 1
        TV/The Office (US)/Season 1/The Office - 1x01.mkv        | episode The Office (US) S1 1
    """,
    "a show and strangers in one folder": """
        Downloads/Lost.S01E01.mkv                                | episode Lost S1 1
        Downloads/Lost.S01E02.mkv                                | episode Lost S1 2
        Downloads/Lost.S01E03.mkv                                | episode Lost S1 3
        Downloads/12 Angry Men.mkv                               | ?movie
        Downloads/13 Hours.mkv                                   | ?movie
        Downloads/21 Jump Street.mkv                             | ?movie
        Downloads/22 Jump Street.mkv                             | ?movie
        Downloads/S02E01.mkv                                     | ?episode
    """,
    "short names in folders that say more": """
        Breaking.Bad.S02.720p.BluRay.x264-GRP/bb.s02e01.720p.mkv | episode Breaking Bad S2 1
        Breaking.Bad.S03E01.720p.BluRay.x264-GRP/grp-bb.s03e01.mkv | episode Breaking Bad S3 1
        TV/Game of Thrones/Season 3/GoT S03E03.mkv               | episode Game of Thrones S3 3
        TV/Game of Thrones/Season 3/GoT S03E04.mkv               | episode Game of Thrones S3 4
        TV/How I Met Your Mother/Season 1/HIMYM - 1x01.avi       | episode How I Met Your Mother S1 1
    """,
    "episodes and films that are called like extras": """
        TV/Show X/Season 1/Show X - S01E04 - Interview.mkv       | episode Show X S1 4
        TV/Show X/Season 1/Show X - S01E05 - Making Of.mkv       | episode Show X S1 5
        TV/Show X/Season 1/06 - Interview.mkv                    | episode Show X S1 6
        TV/Show X/Season 1/Show X - S01E04-trailer.mkv           | extra Show X
        Movies/The Interview/The.Interview.avi                   | ?movie The Interview
        Movies/Crime.Scene.mkv                                   | ?movie Crime Scene
        Movies/Sample.This.2012.1080p.BluRay.x264-GRP.mkv        | movie Sample This
    """,
    "numbers that begin a title": """
        Movies/10x10 (2018).mkv                                  | movie 10x10
        Movies/4x4 (2019).mkv                                    | movie 4x4
        Movies/#1 Cheerleader Camp (2010).mkv                    | movie 1 Cheerleader Camp
        Movies/[REC] 2 (2009).mkv                                | ?movie [REC] 2
        Movies/The Screener (2015).mkv                           | movie The Screener
        TV/Lost/Specials/2005 Christmas Special.avi              | ?episode
    """,
    "extras within extras": """
        Movies/Blade Runner (1982)/Bonus/Interviews/Mann.mkv     | extra Blade Runner
        Movies/Blade Runner (1982)/Bonus Features/Mann.mkv       | extra Blade Runner
        Movies/Blade Runner (1982)/Blade Runner.mkv              | movie Blade Runner
        TV/Rome/Season 1 Extras/01. Making.mkv                   | extra Rome
    """,
}  # fmt: skip
LINES = [
    pytest.param(name, *map(str.strip, line.split("|")), id=line.split("|")[0].strip().rpartition("/")[2])
    for name, text in COLLECTIONS.items()
    for line in text.strip().splitlines()
]


@pytest.fixture(scope="module")
def labels():
    """path -> its label, each collection read as one table."""
    found = {}
    for text in COLLECTIONS.values():
        paths = [line.split("|")[0].strip() for line in text.strip().splitlines()]
        frame = asyncio.run(classify(pd.DataFrame({"path": paths}), corrections=False, progress=False))
        found.update({path: row for path, (_, row) in zip(paths, frame.iterrows(), strict=True)})
    return found


def in_words(row):
    """A label as the tables above write it."""
    number = row["episodes"] or row["absolute_episodes"]
    words = [row["media_type"], row["title"] if isinstance(row["title"], str) else None]
    if row["media_type"] == "episode":
        words += [None if pd.isna(row["season"]) else f"S{row['season']}", str(number[0]) if number else None]
    return " ".join(word for word in words if word)


@pytest.mark.parametrize(("collection", "path", "wanted"), LINES)
def test_every_file_of_a_collection_is_what_it_is(labels, collection, path, wanted):
    row = labels[path]
    if wanted.startswith("?"):
        assert row["needs_review"] or row["confidence"] < 0.9, (in_words(row), row["confidence"])
        said = wanted[1:]
        assert said in (row["media_type"], in_words(row))
    else:
        assert in_words(row) == wanted
        assert not row["needs_review"]


@pytest.mark.parametrize("layout", ["jellyfin", "plex", "kodi"])
@pytest.mark.parametrize("seed", [2, 3])
def test_a_library_that_was_made_is_read_again_as_it_is_and_nothing_is_left_to_do(tmp_path, layout, seed):
    """Plan, apply, scan, probe, classify, plan again: from the new names alone, each file is where it should be."""
    library, journal = tmp_path / "library", tmp_path / "j.sqlite"

    def planned(folder):
        media = mo.run(mo.probe(mo.run(mo.scan(folder, progress=False)), progress=False))
        return mo.plan(mo.run(mo.classify(media, progress=False)), library, layout=layout)

    made = planned(mo.samples(tmp_path / "messy", n=400, seed=seed))
    receipts = mo.run(mo.apply(made, journal=journal, progress=False))
    done = receipts[receipts["state"] == "done"]
    assert len(done) > 300
    again = planned(library)
    assert len(again) == len(done)
    assert again["status"].eq("unchanged").all()
