"""What one name says: laws of what writers write, and a table of names people have."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.names import mirrored, plain, prepared, read, reads_as_junk, same, stem_of, words

TITLES = st.lists(
    st.sampled_from("River Amber Clockwork Lantern Harbour Quiet Winter Garden".split()), min_size=1, max_size=3
)


@given(TITLES, st.integers(0, 99), st.integers(0, 999), st.sampled_from([" ", ".", " - ", "_"]))
def test_what_writers_of_s01e02_write_is_read_back(title, season, episode, gap):
    found = read(f"{gap.strip(' -').join(title) if gap in '._' else ' '.join(title)}{gap}S{season:02d}E{episode:02d}")
    assert (found.title, found.season, found.episodes) == (" ".join(title), season, (episode,))


@given(TITLES, st.integers(1, 40), st.integers(1, 60), st.integers(1, 5))
def test_a_range_is_every_number_in_it(title, season, first, more):
    found = read(f"{' '.join(title)} S{season:02d}E{first:02d}-E{first + more:02d}")
    assert found.episodes == tuple(range(first, first + more + 1))


@given(TITLES, st.integers(1, 40), st.integers(1, 60), st.integers(1, 5))
def test_episodes_named_one_by_one_are_those(title, season, first, step):
    found = read(f"{' '.join(title)} S{season:02d}E{first:02d}E{first + step:02d}")
    assert found.episodes == (first, first + step)


@given(TITLES, st.integers(1920, 2029))
def test_a_year_in_brackets_is_the_films(title, year):
    found = read(f"{' '.join(title)} ({year})")
    assert (found.title, found.year, found.episodes) == (" ".join(title), year, None)


@given(
    TITLES,
    st.dates(min_value=__import__("datetime").date(1950, 1, 1), max_value=__import__("datetime").date(2029, 1, 1)),
)
def test_a_day_written_year_first_is_read_back(title, day):
    assert read(f"{'.'.join(title)}.{day:%Y.%m.%d}.Guest").date == day.isoformat()


@given(st.text(max_size=255))
def test_what_any_text_is_read_as_can_stand_in_a_table(text):
    found = read(text)
    assert found.title is None or (found.title and found.title == found.title.strip())
    assert found.date is None or date.fromisoformat(found.date)
    assert found.year is None or 1000 <= found.year <= 9999
    assert all(number is None or number >= 0 for number in (found.season, found.part))
    assert all(min(numbers) >= 0 for numbers in (found.episodes, found.absolute_episodes) if numbers is not None)


@given(st.text(max_size=255))
def test_any_text_can_be_tidied_and_judged(text):
    assert text.startswith(stem_of(text))
    assert plain(plain(text)) == plain(text)
    assert words(text) == words(text).strip()
    assert isinstance(prepared(text), str)
    assert reads_as_junk(text) in (True, False)
    assert mirrored(text) in (None, text[::-1], plain(text)[::-1])


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99), st.sampled_from([".", "-", " ", ""]))
def test_a_date_that_is_read_is_a_day_of_the_calendar(year, month, day, apart):
    found = read(f"Show {year:04}{apart}{month:02}{apart}{day:02}").date
    assert found is None or date.fromisoformat(found)


@pytest.mark.parametrize(
    "piece", ["-", " ", "1", "[a]", "S01E01", "a.", "01-", "(2010)", "[", "第1", "E01x", " - 01", "._", "x", "Part 1 "]
)
def test_no_name_of_255_letters_takes_long(piece):
    began = time.process_time()
    read((piece * 255)[:255])
    read((piece * 255)[:254] + "!")
    assert time.process_time() - began < 0.5  # a pattern that backtracks takes minutes


@pytest.mark.parametrize(
    ("stem", "season", "episodes"),
    [
        ("Amber Road S02E05-E07", 2, (5, 6, 7)),
        ("Amber Road S02E05E06", 2, (5, 6)),
        ("Amber Road - S02E05-06 - Two of Them", 2, (5, 6)),
        ("Amber.Road.S01E0102.720p", 1, (1, 2)),
        ("Amber Road 1x02x03", 1, (2, 3)),
        ("Amber Road 1x02 - 1x04", 1, (2, 3, 4)),
        ("Amber Road S03.E04", 3, (4,)),
        ("Amber Road S03 E04", 3, (4,)),
        ("[S03][E04] Amber Road", 3, (4,)),
        ("Amber Road s1e4v2", 1, (4,)),
        ("Amber Road Season 3 Episode 4", 3, (4,)),
        ("Amber Road Staffel 3 Folge 4", 3, (4,)),
        ("Amber Road Saison 3 Episode 4", 3, (4,)),
        ("Amber Road Temporada 3 Capitulo 4", 3, (4,)),
        ("Amber Road Se.3 afl.4", 3, (4,)),
        ("Янтарь Сезон 3 Серия 4", 3, (4,)),
        ("Amber Road [Cap.304]", 3, (4,)),
        ("amber_road_03_04", 3, (4,)),
        ("[Team] Amber Road - 013 [1080p][0A1B2C3D]", None, (13,)),
        ("[Team] Amber Road - 13v2 [1080p]", None, (13,)),
        ("[Team] Amber Road - 01 ~ 03 [1080p]", None, (1, 2, 3)),
        ("[Team] Amber Road S2 - 13 [1080p]", 2, (13,)),
        ("Amber Road Ep 12", None, (12,)),
        ("Amber Road - S03E04to06", 3, (4, 5, 6)),
        ("Amber Road - 3x04_05 - Both", 3, (4, 5)),
        ("Amber Road - S42 Ep10688 - Ep10690", 42, (10688, 10689, 10690)),
        ("Amber Road (2021) S01EP(01-03) 1080p", 1, (1, 2, 3)),
        ("Amber.Road.2020.S101E02.1080p", 101, (2,)),
        ("Amber.Road.S03.04.720p", 3, (4,)),
        ("Amber Road Season 3 04", 3, (4,)),
        ("Amber Road S 03 720p", 3, None),
        ("Amber Road 3º Temporada Dublado", 3, None),
        ("Amber Road Saison VII FRENCH", 7, None),
        ("Amber.Road.3.Sezon.4.Bölüm.1080p", 3, (4,)),
        ("Янтарь 3 сезон 4 серия", 3, (4,)),
        ("Янтарь. Сезон №3. Серия №14", 3, (14,)),
        ("[Team] Amber Road (Season 3) - 04 (1280x720)", 3, (4,)),
        ("[Team] Amber Road 87 (S4-24) [1080p]", 4, (24,)),
        ("[Team] 琥珀 第3季 / Amber S3 - 04 (1080p)", 3, (4,)),
        ("[Team][琥珀之路][85集][1080p]", None, (85,)),
        ("Amber Road 10º Temporada - 215 ao 217", 10, (215, 216, 217)),
        ("[Team] Amber Road 01 - 03 [Batch]", None, (1, 2, 3)),
        ("Amber Road 1-3 (Dub)", None, (1, 2, 3)),
        ("Amber Road Season 1 - 6 Complete", 1, None),
        ("Amber Road St. 3 Ep. 4", 3, (4,)),
        ("琥珀公寓 第三季 第04集", 3, (4,)),
        ("琥珀のグルメ Season3 第04話", 3, (4,)),
        ("호박길 제123회", None, (123,)),
        ("طريق العنبر الموسم 3 الحلقة 4", 3, (4,)),
        ("طريق العنبر الحلقة 4", None, (4,)),
        ("Οδός Σεζόν 3 Επεισόδιο 4", 3, (4,)),
        ("Amber Road Part 3 of 6", None, (3,)),
        ("Amber Road 07 - Night", None, (7,)),
        ("Amber Road 066", None, (66,)),
        ("amber road 304 - night", 3, (4,)),
        ("Amber Road 3.04 The Night", 3, (4,)),
        ("Amber Bond 007 - Casino", None, None),
        ("Amber.Road.304.hdtv", 3, (4,)),
        ("Amber.Road.2014.304.hdtv", 3, (4,)),
        ("Amber.Road.304.305.720p", 3, (4, 5)),
        ("[Team] Amber Road 304 [720p]", None, (304,)),
        ("Amber Road 2018 06 720p", None, (6,)),
        ("[Team] Amber Road - SP01 [1080p]", 0, (1,)),
        ("Amber Road3x04.HDTV", 3, (4,)),
        ("[3.04] Amber Road", 3, (4,)),
        ("Amber Road 3iz6", None, (3,)),
        ("[Team] Amber - 100 Roads - 05 (1080p)", None, (5,)),
        ("[Team] Amber e - 03 [720p]", None, (3,)),
        ("221206 Amber Road ep08", None, (8,)),
        ("The.Man.from.A.M.B.E.R.2015.1080p", None, None),
        ("Amber Movie - 09 - Bojack", None, None),
        ("300 - 2 (2006)", None, None),
        ("Amber Road (1280x720) x264 5.1", None, None),
        ("Amber Road 2019 DDP5 1 x265", None, None),
        ("Amber Road BRRip X 264-GRP", None, None),
        ("Amber Road [BDRip 1920x804 HEVC]", None, None),
        ("Amber Road S01E02 1080p 10bit DDP5.1", 1, (2,)),
    ],
)  # fmt: skip
def test_forms_people_write(stem, season, episodes):
    found = read(stem)
    assert (found.season, found.episodes) == (season, episodes)


@pytest.mark.parametrize(
    ("stem", "title"),
    [
        ("[Team] Amber Road - 13 [1080p]", "Amber Road"),
        ("Amber.Road.2014.S01E02", "Amber Road"),
        ("1883.S01E02.720p", "1883"),
        ("1992.S01E01", "1992"),
        ("Blade Runner 2049 (2017)", "Blade Runner 2049"),
        ("Open Season 2 (2008)", "Open Season 2"),
        ("The Collector (2009)", "The Collector"),
        ("Mob Psycho 100 - S01E02", "Mob Psycho 100"),
        ("www.some-site.org - Amber Road 2014 720p", "Amber Road"),
        ("Marvels.Agents.of.S.H.I.E.L.D.S01E02", "Marvels Agents of S.H.I.E.L.D."),
        ("S.W.A.R.M S01E01", "S.W.A.R.M"),
        ("S.W.A.R.M.S01E01", "S.W.A.R.M."),
        ("Mr. Amber S01E01", "Mr. Amber"),
        ("Lantern, The (1999)", "The Lantern"),
        ("【字幕组】[琥珀之路][05][1080p]", "琥珀之路"),
        ("[Team][琥珀之路 / Amber Road][05][1080p]", "Amber Road"),
        ("Dune Part Two (2024)", "Dune Part Two"),
        ("(500).Days.Of.Amber.(2009).1080p", "(500) Days Of Amber"),
        ("(2000) Amber Road - The Second", "Amber Road - The Second"),
        ("The.German.2019.720p", "The German"),
        ("The.Good.Italian.2006.iTALiAN.720p", "The Good Italian"),
        ("Amber.Road.FRENCH.2011.DVDRip", "Amber Road"),
        ("Янтарь / Amber Road (Режиссёр / Some Director) [2018, BDRip]", "Amber Road"),
        ("Янтарная дорога (Amber Road) 1992 BDRip", "Amber Road"),
        ("琥珀 Amber.2024.1080p", "Amber"),
        ("Amber Road Season 1 S01 720p", "Amber Road"),
        ("Amber Road - The Complete Series (Season 1, 2 & 3)", "Amber Road"),
        ("Amber.Road.TV.Series.2016.S01", "Amber Road"),
        ("The.Long.Season.S01E07.2023", "The Long Season"),
        ("[[Some-Raws] Amber Road - 05 (1280x720)", "Amber Road"),
        ("【字幕社】★01月新番★[Amber Road][01][720p]", "Amber Road"),
        ("some-site.ca - Amber Road S02", "Amber Road"),
        ("ww.some-site.sbs - 8 Bit Amber (2021)", "8 Bit Amber"),
        ("11-11-11.2011.1080p", "11-11-11"),
        ("Amber Road 20201013 Ep7432", "Amber Road"),
        ("Amber.Road.3D.2013.1080p", "Amber Road"),
        ("琥珀公寓 第三季 第04集", "琥珀公寓"),
        ("琥珀のグルメ Season3 第04話", "琥珀のグルメ"),
        ("The.Final.Cut.2004.DVDRip", "The Final Cut"),
        ("[AMB] (2007) Spanish 720p", "[AMB]"),
        ("Amber.Road.Part.1.of.6.720p", "Amber Road"),
        ("Amber Road vom 29. Mai 2018", "Amber Road"),
    ],
)
def test_titles_keep_their_numbers_and_lose_what_is_not_theirs(stem, title):
    assert read(stem).title == title


def test_a_year_is_not_a_season():
    assert read("Amber Road 2014 - S03E04").season == 3
    assert read("Amber Road (2014) - 017").season is None


def test_a_day_of_two_readings_is_left_open():
    found = read("Amber Road 05.06.2018")
    assert found.date is None
    assert found.doubt is not None
    assert read("Amber Road 25.06.2018").date == "2018-06-25"


@pytest.mark.parametrize(
    ("stem", "day"),
    [
        ("Amber Road vom 29. Mai 2018", "2018-05-29"),
        ("Amber Road 3 février 2018", "2018-02-03"),
        ("Amber Road 12 de marzo 2018", "2018-03-12"),
        ("Amber Road S01E02 (16.November.2016)", "2016-11-16"),
        ("琥珀 2019年03月05日", "2019-03-05"),
        ("Amber_Road_19.03.31_20-15_ard_90_TVOON_DE", "2019-03-31"),
        ("Amber.Road.140722.720p.HDTV", "2014-07-22"),
        ("11-11-11.2011.1080p", None),
    ],
)
def test_days_are_written_in_many_ways(stem, day):
    assert read(stem).date == day


@pytest.mark.parametrize(
    ("stem", "edition"),
    [
        ("Lantern (1979) Director's Cut", "Director's Cut"),
        ("Lantern (1979) {edition-Director's Cut}", "Director's Cut"),
        ("Lantern DC (1979) 1080p", "Director's Cut"),
        ("Lantern.1990.Ultimate.Amber.Edition.REMUX.1080p", "Ultimate Amber Edition"),
        ("Lantern.1990.Assembly.Cut.1080p", "Assembly Cut"),
        ("Lantern.1990.Open.Matte.1080p", "Open Matte"),
        ("Uncut Lantern (2019) 1080p", None),
        ("The.Final.Cut.2004.DVDRip", None),
        ("Amber S01E02 The Short Cut 720p", None),
    ],
)
def test_an_edition_stands_behind_the_title(stem, edition):
    assert read(stem).edition == edition


def test_discs_and_parts_are_parts():
    assert read("Lantern (1999) cd2").part == 2
    assert read("Lantern (1999) - part1").part == 1
    assert read("Lantern (1999)").part is None


def test_one_title_in_two_spellings_is_the_same():
    assert same("The Café & Bar", "Cafe and Bar")
    assert not same("", "")


@pytest.mark.parametrize(("stem", "junk"), [
    ("9f86d081884c7d659a2feaa0c55ad015", True), ("kX93mZpQ7rTb2LwVn8Ys", True), ("....", True), ("", True), ("7012345678901234567", True), ("RARBG_DO_NOT_MIRROR", True),
    ("Supercalifragilisticexpialidocious", False), ("Ocean's 11", False), ("2012", False)])  # fmt: skip
def test_hashes_are_told_from_titles(stem, junk):
    assert reads_as_junk(stem) is junk


def test_a_name_written_backwards_is_turned():
    assert mirrored("p027.40E30S.daoR.rebmA") == "Amber.Road.S03E04.720p"
    assert mirrored("Amber.Road.S03E04") is None
