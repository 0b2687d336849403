"""A made-up collection and its labels: what a plan is given, and what a server must read back from where it puts them.

`LABELS` holds label columns alone, one dict a file, sidecars among them with their kind. `SIDECARS` says of each
sidecar which video it belongs to (`of`), and what its name says: language (BCP 47, shortest), flags, the track's name,
the index, or that it speaks for the whole folder. No targets stand here. Film and show titles are of the world, or made
up; the files are all made up.
"""

LABELS: list[dict[str, object]] = []
SIDECARS: dict[str, dict[str, object]] = {}


def film(path: str, title: str, year: int | None = None, **more: object) -> None:
    LABELS.append({"path": f"/in/films/{path}", "media_type": "movie", "title": title, "year": year, **more})


def show(
    path: str, title: str, year: int | None, season: int | None, episodes: tuple[int, ...], **more: object
) -> None:
    LABELS.append(
        {
            "path": f"/in/shows/{path}",
            "media_type": "episode",
            "title": title,
            "year": year,
            "season": season,
            "episodes": episodes or None,
            **more,
        }
    )


def daily(path: str, title: str, year: int | None, date: str, season: int | None = None, **more: object) -> None:
    show(path, title, year, season, (), date=date, **more)


def extra(path: str, title: str, year: int | None, kind: str | None, of: str, **more: object) -> None:
    LABELS.append(
        {
            "path": f"/in/{path}",
            "media_type": "extra",
            "title": title,
            "year": year,
            "extra_type": kind,
            "extra_of": f"/in/{of}",
            **more,
        }
    )


def home(path: str, **more: object) -> None:
    LABELS.append({"path": f"/in/home/{path}", "media_type": "home_video", **more})


def beside(kind: str, path: str, of: str, **said: object) -> None:
    LABELS.append({"path": f"/in/{path}", "kind": kind})
    SIDECARS[f"/in/{path}"] = {"of": f"/in/{of}", **said}


# --- films: titles, years, scripts
film("Paper.Harbor.2011.1080p.WEB-DL.x264-ABC/paper.harbor.2011.1080p.mkv", "Paper Harbor", 2011, quality=1080)
film("no year/The Salt Road.avi", "The Salt Road")
film("mi/Mission.Impossible.1996.mkv", "Mission: Impossible", 1996)
film("310/310.to.yuma.2007.mkv", "3:10 to Yuma", 2007)
film("1917/1917.2019.mkv", "1917", 2019)
film("br/Blade.Runner.2049.2017.mkv", "Blade Runner 2049", 2017)
film("2012/2012.2009.mkv", "2012", 2009)
film("m/M.1931.avi", "M", 1931)
film("9/9.2009.mkv", "9", 2009)
film("se7en/Se7en.1995.mkv", "Se7en", 1995)
film("dots/What.If.2013.mkv", "What If...?", 2013)
film("swat/SWAT.2003.mkv", "S.W.A.T.", 2003)
film("wall-e/WALL-E.2008.mkv", "WALL·E", 2008)
film("amelie/amelie.2001.mkv", "Le Fabuleux Destin d'Amélie Poulain", 2001)
film("rtl/asli.2013.mkv", "الفيل الأزرق", 2014)
film("rtl/footnote.2011.mkv", "הערת שוליים", 2011)
film("cjk/spirited.2001.mkv", "千と千尋の神隠し", 2001)
film("cjk/parasite.2019.mkv", "기생충", 2019)
film("emoji/emoji.2017.mkv", "The 😀 Film", 2017)
film("aux/aux.2018.mkv", "AUX", 2018)
film("long/long.1964.mkv", "The Incredible and Sad Tale of " + "a Very Long Winter and " * 9 + "Its End", 1964)
film("slash/face.1997.mkv", "Face/Off", 1997)
film("star/mash.1970.mkv", "M*A*S*H", 1970)
film("dollar/k.2004.mkv", 'Who? What? "Why" <Where>', 2004)
film("remake/heat.86.mkv", "Heat", 1986)
film("remake/heat.95.mkv", "Heat", 1995)
film("case/the thing.1982.mkv", "The Thing", 1982)
film("case/the thing.2011.mkv", "The Thing", 2011)

# --- films that stacking would join were they side by side
film("dune/dune.part.one.2021.mkv", "Dune - Part One", 2021)
film("dune/dune.part.two.2024.mkv", "Dune: Part Two", 2024)
film("dune/duel.part.1.mkv", "The Duel - Part 1", 2016)
film("dune/duel.part.2.mkv", "The Duel - Part 2", 2018)
film("disc/compact.disc.1.mkv", "Compact Disc 1", 2003)
film("disc/compact.disc.2.mkv", "Compact Disc 2", 2005)
film("letters/plan.a.mkv", "Plan A", 2021)
film("letters/plan.b.mkv", "Plan B", 2021)
film("numbers/toy story 2.mkv", "Toy Story 2", 1999)
film("numbers/toy story 3.mkv", "Toy Story 3", 2010)
film("part d/Part D.mkv", "Part D", 1990)

# --- one name to some file systems, one identity to the labels
film("collisions/arc.mkv", "Lost Arc", 2001)
film("collisions/arc cut.mkv", "LOST ARC", 2001, edition="Cut")
film("collisions/cafe.mkv", "Café Nord", 2010)
film("collisions/cafe cut.mkv", "Cafe\u0301 Nord", 2010, edition="Cut")
film("copies/lark.mkv", "The Lark", 2005)
film("copies/lark again.mkv", "The Lark", 2005)

# --- editions
film("editions/lantern.theatrical.mkv", "Lantern Hill", 1982)
film("editions/lantern.final.mkv", "Lantern Hill", 1982, edition="Final Cut")
film("editions/lantern.directors.mkv", "Lantern Hill", 1982, edition="Director's Cut")
film("editions/alone.mkv", "Quiet Winter", 1999, edition="Unrated")
film("editions/long.mkv", "Quiet Summer", 2000, edition="Extended Collector's Anniversary Edition")
film("editions/no year.mkv", "Quiet Autumn", edition="Workprint")
film("editions/marks.mkv", "Quiet Spring", 2002, edition="Vol. 1, Final")
film("editions/brace.mkv", "Quiet Night", 2003, edition="Cut {A}")

# --- versions
film("versions/cedar.2160p.mkv", "Cedar Point", 2015, quality=2160)
film("versions/cedar.1080p.mkv", "Cedar Point", 2015, quality=1080)
film("versions/cedar.dvd.avi", "Cedar Point", 2015, quality=480)
film("versions/elm.4k.mkv", "Elm Row", 2016, screen_size="4K")
film("versions/elm.mkv", "Elm Row", 2016, screen_size="720p")
film("versions/no.year.1080p.mkv", "Ash Lane", quality=1080)
film("versions/no.year.720p.mkv", "Ash Lane", quality=720)

# --- edition and version
film("both/maple.final.2160p.mkv", "Maple Court", 1984, edition="Final Cut", quality=2160)
film("both/maple.final.1080p.mkv", "Maple Court", 1984, edition="Final Cut", quality=1080)
film("both/maple.1080p.mkv", "Maple Court", 1984, quality=1080)

# --- films in parts
film("parts/rivers.cd1.avi", "Two Rivers", 1998, part=1)
film("parts/rivers.cd2.avi", "Two Rivers", 1998, part=2)
film("parts/canal.part1.mkv", "The Canal", 1977, part=1)
film("parts/canal.part2.mkv", "The Canal", 1977, part=2)
film("parts/canal.part3.mkv", "The Canal", 1977, part=3)
film("parts/no.year.cd1.avi", "The Weir", part=1)
film("parts/no.year.cd2.avi", "The Weir", part=2)
film("parts/edition.cd1.avi", "The Locks", 1981, part=1, edition="Restored")
film("parts/edition.cd2.avi", "The Locks", 1981, part=2, edition="Restored")

# --- shows: titles, years, seasons
show("1923/1923.S01E01.mkv", "1923", 2022, 1, (1,), episode_title="1923")
show("1923/1923.S01E02.mkv", "1923", 2022, 1, (2,), episode_title="Nature's Empty Throne")
show("24/24.S01E01.mkv", "24", 2001, 1, (1,), episode_title="12:00 A.M. - 1:00 A.M.")
show("24/24.S02E24.mkv", "24", 2001, 2, (24,))
show("swat/swat.S01E01.mkv", "S.W.A.T.", 2017, 1, (1,), episode_title="Pilot")
show("galactica/bsg78.S01E01.mkv", "Battlestar Galactica", 1978, 1, (1,), episode_title="Saga of a Star World")
show("galactica/bsg04.S01E01.mkv", "Battlestar Galactica", 2004, 1, (1,), episode_title="33")
show("noyear/harbor.lights.S03E09.mkv", "Harbor Lights", None, 3, (9,), episode_title="The Fog")
show("route/route66.S01E01.mkv", "Route 66", 1960, 1, (1,), episode_title="Black November")
show("anime/ep105.mkv", "Iron Alchemy", 2009, 1, (105,), episode_title="Return")
show("anime/ep1051.mkv", "One Voyage", 1999, 20, (1051,))
show("year season/looney.S1930E02.mkv", "Looney Reels", 1930, 1930, (2,), episode_title="Congo Jazz")
show("cjk/ep1.mkv", "進撃の物語", 2013, 1, (1,), episode_title="二千年後の君へ")
show("rtl/ep1.mkv", "باب الحارة", 2006, 1, (1,))
show("colon/mi.S01E01.mkv", "Star Patrol: Voyager", 1995, 1, (1,), episode_title="Caretaker: Part One")
show("codes/e.S02E03.mkv", "Room 104", 2017, 2, (3,), episode_title="Swipe Right")

# --- episode titles that a number's neighbours may swallow
show("traps/lab.S01E06.mkv", "The Lab", 2010, 1, (6,), episode_title="E9 Protocol")
show("traps/lab.S01E07.mkv", "The Lab", 2010, 1, (7,), episode_title="9 Lives")
show("traps/lab.S01E08.mkv", "The Lab", 2010, 1, (8,), episode_title="- 12 -")
show("traps/lab.S01E09.mkv", "The Lab", 2010, 1, (9,), episode_title="5.1 Surround")
show("traps/lab.S01E10.mkv", "The Lab", 2010, 1, (10,), episode_title="a Quiet One")
show("traps/lab.S01E11.mkv", "The Lab", 2010, 1, (11,), episode_title="S02E01")
show("traps/lab.S01E12.mkv", "The Lab", 2010, 1, (12,), episode_title="1080p")
show("traps/lab.S01E13.mkv", "The Lab", 2010, 1, (13,), episode_title="x14")
show("traps/lab.S01E14.mkv", "The Lab", 2010, 1, (14,), episode_title="The End - Part 1")
show("traps/lab.S01E15.mkv", "The Lab", 2010, 1, (15,), episode_title="The End - Part 2")
show("traps/lab.S01E16.mkv", "The Lab", 2010, 1, (16,), episode_title="Official Trailer")
show("traps/lab.S01E17.mkv", "The Lab", 2010, 1, (17,), episode_title="Free Sample")
show("traps/lab.S01E18.mkv", "The Lab", 2010, 1, (18,), episode_title="2011-11-15")

# --- several episodes in one file
show("multi/twins.S01E01E02.mkv", "Twins", 2012, 1, (1, 2), episode_title="Arrival")
show("multi/twins.S01E03-E05.mkv", "Twins", 2012, 1, (3, 4, 5))
show("multi/twins.S01E06-E09.mkv", "Twins", 2012, 1, (6, 7, 8, 9), episode_title="The Long Night")
show("multi/twins.S01E10E12.mkv", "Twins", 2012, 1, (10, 12))
show("multi/twins.S01E13E15E17.mkv", "Twins", 2012, 1, (13, 15, 17), episode_title="Odd Ones")
show("multi/twins.S02E99-E101.mkv", "Twins", 2012, 2, (99, 100, 101))

# A file over two seasons is planned as the first of them.
show("multi/crossing.S03E26-S04E01.mkv", "The Crossing", 2014, 3, (26,), needs_review=True)

# --- episodes in parts, in versions, in both seasons' languages
show("split/giant.S01E01.pt1.mkv", "Giant", 2008, 1, (1,), part=1, episode_title="Beanstalk")
show("split/giant.S01E01.pt2.mkv", "Giant", 2008, 1, (1,), part=2, episode_title="Beanstalk")
show("split/giant.S01E02.a.avi", "Giant", 2008, 1, (2,), part=1)
show("split/giant.S01E02.b.avi", "Giant", 2008, 1, (2,), part=2)
show("split/giant.S01E02.c.avi", "Giant", 2008, 1, (2,), part=3)
show("two/bridge.S01E01.1080p.mkv", "The Bridge Watch", 2013, 1, (1,), episode_title="Night", quality=1080)
show("two/bridge.S01E01.720p.mkv", "The Bridge Watch", 2013, 1, (1,), episode_title="Night", quality=720)
show("two/bridge.S01E02.2160p.mkv", "The Bridge Watch", 2013, 1, (2,), quality=2160)
show("two/bridge.S01E02.480p.avi", "The Bridge Watch", 2013, 1, (2,), quality=480)
show("two/bridge.S01E03.ext.mkv", "The Bridge Watch", 2013, 1, (3,), episode_title="Day", edition="Extended")

# --- by date
daily("late/late.2011.11.15.mkv", "The Late Desk", 2010, "2011-11-15", episode_title="Anna Berg")
daily("late/late.2011.11.16.mkv", "The Late Desk", 2010, "2011-11-16")
daily("late/late.2012.01.02.mkv", "The Late Desk", 2010, "2012-01-02", episode_title="New Year")
daily("late/late.2012.01.03a.mkv", "The Late Desk", 2010, "2012-01-03", episode_title="Early Show")
daily("late/late.2012.01.03b.mkv", "The Late Desk", 2010, "2012-01-03", episode_title="Second Show")
daily("late/late.2012.01.04.mkv", "The Late Desk", 2010, "2012-01-04", episode_title="Route66")
daily("late/late.2012.01.05.mkv", "The Late Desk", 2010, "2012-01-05", episode_title="Apollo E11 and Back")
daily("late/late.2012.01.06.mkv", "The Late Desk", 2010, "2012-01-06", episode_title="Part 2")
daily("news/news.2015.06.30.mkv", "Evening News", None, "2015-06-30")
daily("news/jeux.1994.05.12.mkv", "Le Journal", 1990, "1994-05-12", season=5)

# --- specials
show("specials/twins.S00E01.mkv", "Twins", 2012, 0, (1,), episode_title="Christmas Special")
show("specials/twins.S00E02.mkv", "Twins", 2012, 0, (2,))
show("specials/twins.S00E03E04.mkv", "Twins", 2012, 0, (3, 4), episode_title="Looking Back")

# --- extras of a film, every type
EXTRA_TYPES = "trailer behind_the_scenes deleted featurette interview scene short clip sample other".split()
PAPER = "films/Paper.Harbor.2011.1080p.WEB-DL.x264-ABC/paper.harbor.2011.1080p.mkv"
for kind in EXTRA_TYPES:
    extra(
        f"films/Paper.Harbor.2011.1080p.WEB-DL.x264-ABC/extras/{kind}.mkv",
        "Paper Harbor",
        2011,
        kind,
        PAPER,
        episode_title=f"Harbor {kind.replace('_', ' ')}",
    )
extra("films/Paper.Harbor.2011.1080p.WEB-DL.x264-ABC/extras/untyped.mkv", "Paper Harbor", 2011, None, PAPER)
extra(
    "films/Paper.Harbor.2011.1080p.WEB-DL.x264-ABC/extras/second trailer.mkv",
    "Paper Harbor",
    2011,
    "trailer",
    PAPER,
    episode_title="Trailer 2",
)
extra(
    "films/editions/lantern making.mkv",
    "Lantern Hill",
    1982,
    "behind_the_scenes",
    "films/editions/lantern.final.mkv",
    episode_title="Making: Of",
)
extra("films/parts/rivers trailer.mkv", "Two Rivers", 1998, "trailer", "films/parts/rivers.cd1.avi")
# --- of a show, and of a season; names that an episode rule might read
for kind in EXTRA_TYPES:
    extra(
        f"shows/multi/extras/{kind}.mkv",
        "Twins",
        2012,
        kind,
        "shows/multi/twins.S01E01E02.mkv",
        episode_title=f"Twins {kind.replace('_', ' ')}",
    )
extra(
    "shows/multi/season/s1 bloopers.mkv",
    "Twins",
    2012,
    "other",
    "shows/multi/twins.S01E01E02.mkv",
    season=1,
    episode_title="Bloopers",
)
extra(
    "shows/multi/season/s2 deleted.mkv",
    "Twins",
    2012,
    "deleted",
    "shows/multi/twins.S02E99-E101.mkv",
    season=2,
    episode_title="Deleted from 99",
)
extra(
    "shows/1923/making.mkv", "1923", 2022, "featurette", "shows/1923/1923.S01E01.mkv", episode_title="1923 - The Making"
)
extra(
    "shows/24/recap.mkv",
    "24",
    2001,
    "other",
    "shows/24/24.S01E01.mkv",
    episode_title="Season 1 Recap - S01E01 to S01E24",
)

# --- home videos
home("2011/IMG_0001.mov", year=2011, date="2011-08-12")
home("2011/Emma's 5th birthday.mp4", year=2011)
home("undated/VID 12.mp4")
home("undated/first steps part 1.mp4", year=2013)
home("undated/first steps part 2.mp4", year=2013)
home("undated/the trailer.mp4", year=2014)

# --- what has no place
LABELS.append({"path": "/in/misc/installer.mkv", "media_type": "other"})

# --- subtitles, artwork, nfo: of a film
MI = "films/mi/Mission.Impossible.1996.mkv"
for name, said in {
    "srt": {},
    "en.srt": {"language": "en"},
    "eng.forced.srt": {"language": "en", "flags": ("forced",)},
    "en.sdh.srt": {"language": "en", "flags": ("sdh",)},
    "fr.cc.vtt": {"language": "fr", "flags": ("cc",)},
    "de.default.srt": {"language": "de", "flags": ("default",)},
    "es.default.forced.ass": {"language": "es", "flags": ("default", "forced")},
    "it.foreign.srt": {"language": "it", "flags": ("forced",)},
    "pt-BR.srt": {"language": "pt-BR"},
    "zh-Hans.srt": {"language": "zh-Hans"},
    "hi.srt": {"language": "hi"},
    "nl.hi.srt": {"language": "nl", "flags": ("sdh",)},
    "Commentary.en.srt": {"language": "en", "track": "Commentary"},
    "2.pl.srt": {"language": "pl", "index": 2},
    "3.pl.srt": {"language": "pl", "index": 3},
    "Swedish.srt": {"language": "sv"},
    "idx": {"vobsub": True},
    "sub": {"vobsub": True},
}.items():
    beside("subtitle", f"films/mi/Mission.Impossible.1996.{name}", MI, **said)
beside("nfo", "films/mi/Mission.Impossible.1996.nfo", MI)
beside("artwork", "films/mi/Mission.Impossible.1996-poster.jpg", MI)
beside("artwork", "films/mi/Mission.Impossible.1996-fanart.jpg", MI)
beside("artwork", "films/1917/poster.jpg", "films/1917/1917.2019.mkv", folder_wide=True)
beside("nfo", "films/1917/movie.nfo", "films/1917/1917.2019.mkv", folder_wide=True)
beside("subtitle", "films/1917/Subs/2_English.srt", "films/1917/1917.2019.mkv", language="en", index=2)
beside("subtitle", "films/1917/Subs/3_English.srt", "films/1917/1917.2019.mkv", language="en", index=3)

# --- of one version, one edition, one part, one episode among several
beside("subtitle", "films/versions/cedar.2160p.en.srt", "films/versions/cedar.2160p.mkv", language="en")
beside("subtitle", "films/versions/cedar.1080p.en.srt", "films/versions/cedar.1080p.mkv", language="en")
beside(
    "subtitle",
    "films/editions/lantern.final.de.forced.srt",
    "films/editions/lantern.final.mkv",
    language="de",
    flags=("forced",),
)
beside("subtitle", "films/parts/rivers.cd1.en.srt", "films/parts/rivers.cd1.avi", language="en")
beside("subtitle", "films/parts/rivers.cd2.en.srt", "films/parts/rivers.cd2.avi", language="en")
beside("subtitle", "shows/multi/twins.S01E01E02.en.srt", "shows/multi/twins.S01E01E02.mkv", language="en")
beside("subtitle", "shows/multi/twins.S01E03-E05.pt-BR.srt", "shows/multi/twins.S01E03-E05.mkv", language="pt-BR")
beside("nfo", "shows/1923/1923.S01E01.nfo", "shows/1923/1923.S01E01.mkv")
beside("artwork", "shows/1923/1923.S01E01-thumb.jpg", "shows/1923/1923.S01E01.mkv")
beside("subtitle", "shows/late/late.2011.11.15.en.srt", "shows/late/late.2011.11.15.mkv", language="en")
beside("subtitle", "shows/split/giant.S01E01.pt1.sv.srt", "shows/split/giant.S01E01.pt1.mkv", language="sv")
beside("subtitle", "shows/split/giant.S01E01.pt2.sv.srt", "shows/split/giant.S01E01.pt2.mkv", language="sv")
beside(
    "subtitle",
    "shows/two/bridge.S01E01.720p.sdh.en.srt",
    "shows/two/bridge.S01E01.720p.mkv",
    language="en",
    flags=("sdh",),
)
beside("subtitle", "home/2011/IMG_0001.en.srt", "home/2011/IMG_0001.mov", language="en")
