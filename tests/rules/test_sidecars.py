import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.safe_names import SIDECAR_ROOM
from mediaorg.rules.sidecars import Belonging, folder_wide, is_season_folder, is_subtitle_folder, owners, tail


@pytest.mark.parametrize(
    ("name", "stem", "written"),
    [
        ("Film.srt", "Film", ".srt"),
        ("Film.en.srt", "Film", ".en.srt"),
        ("Film.eng.srt", "Film", ".eng.srt"),
        ("Film.pt-BR.srt", "Film", ".pt-BR.srt"),
        ("Film.zh-Hans.ass", "Film", ".zh-Hans.ass"),
        ("Film.es-419.srt", "Film", ".es-419.srt"),
        ("Film.English.srt", "Film", ".en.srt"),
        ("Film_English.srt", "Film", ".en.srt"),
        ("Film.en.forced.srt", "Film", ".en.forced.srt"),
        ("Film.forced.en.srt", "Film", ".en.forced.srt"),
        ("Film.en.sdh.srt", "Film", ".en.sdh.srt"),
        ("Film.en.cc.srt", "Film", ".en.cc.srt"),
        ("Film.en.hi.srt", "Film", ".en.hi.srt"),
        ("Film.hi.srt", "Film", ".hi.srt"),
        ("Film.hi.forced.srt", "Film", ".hi.forced.srt"),
        ("Film.en.foreign.srt", "Film", ".en.foreign.srt"),
        ("Film.en.sdh.forced.default.srt", "Film", ".en.default.forced.sdh.srt"),
        ("Film.Commentary.en.srt", "Film", ".Commentary.en.srt"),
        ("Film.en.Commentary.srt", "Film", ".Commentary.en.srt"),
        ("Film.2.en.srt", "Film", ".2.en.srt"),
        ("Film English (SDH).srt", "Film", ".en.sdh.srt"),
        ("Film.Brazilian Portuguese.srt", "Film", ".pt-BR.srt"),
        ("Film.en-forced.srt", "Film", ".en.forced.srt"),
        ("Film.1080p-GRP.srt", "Film", ".1080p-GRP.srt"),
        ("Film.forced.srt", "Film", ".forced.srt"),
        ("Film.idx", "Film", ".idx"),
        ("Film.sub", "Film", ".sub"),
        ("Film.mkv.srt", "Film", ".srt"),
    ],
)
def test_what_follows_the_stem_is_kept(name, stem, written):
    (found,) = owners([f"{stem}.mkv"], [name])
    assert found is not None
    assert found.video == 0
    assert tail("subtitle", name, found.rest) == written


@pytest.mark.parametrize(
    ("name", "video", "written"),
    [
        ("English.srt", "Film.2010.mkv", ".en.srt"),
        ("2_English.srt", "Film.2010.mkv", ".2.en.srt"),
        ("film-2010.srt", "Film.2010.mkv", ".srt"),
        ("film.2010.fr.forced.srt", "Film.2010.1080p.mkv", ".fr.forced.srt"),
        ("Let.It.Be.srt", "Let.It.Be.1970.mkv", ".srt"),
        ("deu.sdh.srt", "Film.mkv", ".deu.sdh.srt"),
    ],
)
def test_a_subtitle_alone_with_one_video_keeps_its_tags(name, video, written):
    (found,) = owners([video], [name], alone=0)
    assert found is not None
    assert found.rest is None
    assert tail("subtitle", name, None, video=video) == written


def test_two_subtitles_that_would_share_a_name_keep_their_own_words():
    assert tail("subtitle", "fansub.en.srt", None, own_words=True) == ".fansub.en.srt"
    assert tail("subtitle", "official.en.srt", None, own_words=True) == ".official.en.srt"


def test_the_longest_stem_wins():
    videos = ["Film.mkv", "Film.2.mkv", "Film.2.extended.mkv"]
    found = list(
        owners(videos, ["Film.2.extended.en.srt", "Film.2.en.srt", "Film.3.srt", "Filmography.srt", "FILM.SRT"])
    )
    assert [belonging and belonging.video for belonging in found] == [2, 1, 0, None, 0]


def test_idx_and_sub_go_to_one_video_even_where_two_share_a_stem():
    for videos in (["Film.avi", "Film.mkv"], ["Film.mkv", "Film.avi"]):
        idx, sub = owners(videos, ["Film.idx", "Film.sub"])
        assert idx is not None
        assert idx == sub
        assert videos[idx.video] == "Film.avi"


def test_a_stranger_belongs_to_nobody():
    assert list(owners(["A.mkv", "B.mkv"], ["C.srt"])) == [None]
    assert list(owners([], ["C.srt"])) == [None]
    assert list(owners(["A.mkv"], ["C.srt"], alone=0)) == [Belonging(0, None)]


@pytest.mark.parametrize(
    ("kind", "name", "wide"),
    [
        ("artwork", "poster.jpg", True),
        ("artwork", "Fanart2.png", True),
        ("artwork", "season01-poster.jpg", True),
        ("artwork", "season-specials-banner.jpg", True),
        ("artwork", "folder.jpg", True),
        ("nfo", "movie.nfo", True),
        ("nfo", "tvshow.nfo", True),
        ("nfo", "poster.nfo", False),
        ("artwork", "Film-poster.jpg", False),
        ("subtitle", "movie.srt", False),
    ],
)
def test_some_names_speak_for_a_whole_folder(kind, name, wide):
    assert folder_wide(kind, name) is wide


def test_folders_of_subtitles_and_seasons_are_known():
    assert all(map(is_subtitle_folder, ("Subs", "subtitles")))
    assert all(map(is_season_folder, ("Season 01", "Season.2", "Staffel 3", "S04", "Specials")))
    assert not any(map(is_season_folder, ("Seasoned", "Season", "Movies", "S")))


@given(st.sampled_from(["subtitle", "artwork", "nfo"]), st.text(max_size=120), st.booleans())
def test_a_tail_is_short_safe_and_read_back_as_itself(kind, middle, own_words):
    name = f"a{middle}.srt" if "/" not in middle else "a.srt"
    (found,) = owners(["a.mkv"], [name], alone=0)
    assert found is not None
    written = tail(kind, name, found.rest, own_words=own_words, video="a.mkv")
    assert len(written.encode()) <= SIDECAR_ROOM
    assert not set(written) & set('/\\\0:*?"<>|')
    (again,) = owners(["a.mkv"], [f"a{written}"])
    assert again is not None
    assert tail(kind, f"a{written}", again.rest) == written
