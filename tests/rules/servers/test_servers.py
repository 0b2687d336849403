"""Laws of every reading: one answer a file, whatever the order, whatever the text; and who is told of no library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.errors import BadSetting
from mediaorg.rules.servers import EXTRA_TYPES, FLAGS, SERVERS, Taken, read
from mediaorg.rules.servers.languages import language
from tests.rules.servers.truth import LABELS, SIDECARS

servers = pytest.mark.parametrize("server", SERVERS)

LIBRARIES = st.sampled_from(["Movies", "TV Shows", "Shows", "Home Videos", "tv shows", "Music"])
WORDS = st.sampled_from(
    "Alien (1979) S01E02 -E03 E05 - cd1 pt2 part a b 2011-11-15 Season 01 Specials extras Trailers -trailer sample Subs .en "
    ".forced {edition-Cut} [tmdbid-1] 1080p 1923 x E9 .1 Route66 e11 .special .103 pt.IV [g] [ ] ( ) { } _ , ½ ９ İ é 千 😀".split(
        " "
    )
)
NAMES = st.one_of(
    st.text(max_size=30), st.lists(WORDS, max_size=7).map(" ".join), st.lists(WORDS, max_size=7).map("".join)
)
SUFFIXES = st.sampled_from([".mkv", ".avi", ".srt", ".sub", ".idx", ".jpg", ".nfo", ".mp3", "", "."])
PATHS = st.builds(
    lambda library, folders, name, suffix: "/".join([library, *folders, name + suffix]),
    LIBRARIES,
    st.lists(NAMES, max_size=3),
    NAMES,
    SUFFIXES,
)


@servers
@given(files=st.lists(st.one_of(PATHS, st.text(max_size=40)), max_size=12))
def test_any_text_is_answered_file_by_file(server, files):
    taken = read(server, files)
    assert len(taken) == len(files)
    for one in taken:
        assert isinstance(one, Taken)
        assert one.why
        assert one.flags <= FLAGS[server]
        assert one.extra_type is None or one.extra_type in EXTRA_TYPES[server]
        assert all(0 <= at < len(files) for at in (*one.stack, *one.versions))
        assert not isinstance(one.owner, int) or taken[one.owner].media_type not in (None, "subtitle", "artwork", "nfo")


@servers
@given(files=st.lists(PATHS, max_size=10, unique=True), data=st.data())
def test_the_order_of_files_changes_nothing(server, files, data):
    order = data.draw(st.permutations(range(len(files))))
    taken = read(server, files)
    again = read(server, [files[at] for at in order])
    for place, at in enumerate(order):
        assert _by_path(again[place], [files[other] for other in order]) == _by_path(taken[at], files)


def _by_path(one, files):
    named = [files[at] for at in (*one.stack, *one.versions)]
    owner = files[one.owner] if isinstance(one.owner, int) else one.owner
    rest = (
        one.media_type,
        one.why,
        one.title,
        one.year,
        one.season,
        one.episodes,
        one.date,
        one.part,
        one.version,
        one.extra_type,
        one.language,
        one.flags,
    )
    return (*rest, owner, named)


@servers
@given(files=st.lists(PATHS, max_size=10, unique=True))
def test_stacks_and_versions_are_mutual(server, files):
    taken = read(server, files)
    for at, one in enumerate(taken):
        assert not one.stack or (at in one.stack and all(taken[other].stack == one.stack for other in one.stack))
        assert all(taken[other].versions == one.versions for other in one.versions)


@servers
@pytest.mark.parametrize("name", ["S01E01İ", "L pt.ıv x", "L ſp01", "ſ01e02", "X (1999) Kİ", "E٣", "S٠١E٠٢", "1x٠٢"])
def test_letters_that_are_others_in_another_case_stop_nothing(server, name):
    """İ and ı are i, and ſ is s, to a search without regard to case; digits of other scripts are no numbers."""
    assert read(server, [f"TV Shows/{name}/{name}.mkv", f"Movies/{name}/{name}.mkv"])[1].media_type == "movie"


@servers
@pytest.mark.parametrize(
    "hard",
    [
        "a" * 250,
        " " * 250,
        "[a]" * 80,
        "1" * 250,
        "- " * 120,
        "e1" * 120,
        "S01E01" * 40,
        "(1999)" * 40,
        "cd1" * 80,
        "x" + "-1" * 120,
    ],
)
def test_long_names_are_read_too(server, hard):
    for library in ("Movies", "TV Shows", "Home Videos"):
        assert len(read(server, [f"{library}/{hard}/{hard}.mkv", f"{library}/{hard}/{hard}.srt"])) == 2


@servers
@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("Music/Alien (1979).mkv", "no library"),
        ("Alien (1979).mkv", "no library"),
        ("", "below the root"),
        ("/Movies/x.mkv", "below the root"),
        ("Movies/../x.mkv", "below the root"),
        ("Movies//x.mkv", "below the root"),
        ("Movies/A/.hidden.mkv", "hidden"),
        ("Movies/A/x.mp3", "audio"),
        ("Movies/A/readme", "without suffix"),
    ],
)
def test_what_no_server_reads(server, path, word):
    found = read(server, [path])[0]
    assert found.media_type is None
    assert word in found.why


def test_shows_of_two_libraries_are_apart():
    files = ["Shows/L/Season 01/L S01E01.mkv", "TV Shows/L/Season 01/L S01E01 - 720p.mkv"]
    assert [one.versions for one in read("jellyfin", files)] == [(), ()]
    assert [one.versions for one in read("plex", files)] == [(), ()]


def test_a_server_that_is_not_known_is_refused():
    with pytest.raises(BadSetting, match="one of jellyfin, plex, kodi"):
        read("emby", [])


@pytest.mark.parametrize(
    ("word", "said"),
    [("en", "en"), ("ENG", "en"), ("ger", "de"), ("deu", "de"), ("French", "fr"), ("pt-br", "pt-BR"), ("es-419", "es-419"), ("zh-hant-tw", "zh-Hant-TW"), ("fil", "fil"), ("xx", None), ("sdh", None), ("Cut", None), ("", None)],
)  # fmt: skip
def test_languages(word, said):
    assert language(word) == said


# --- the truth table itself


def test_the_truth_covers_what_it_should():
    videos = [label for label in LABELS if "media_type" in label]
    assert len(LABELS) >= 150
    assert {label["media_type"] for label in videos} == {"movie", "episode", "extra", "home_video", "other"}
    assert len({label["path"] for label in LABELS}) == len(LABELS)
    assert {label.get("extra_type") for label in videos if label["media_type"] == "extra"} >= EXTRA_TYPES[
        "jellyfin"
    ] | EXTRA_TYPES["plex"]


def test_the_truth_names_owners_that_are_in_it():
    paths = {label["path"] for label in LABELS}
    assert {label["extra_of"] for label in LABELS if "extra_of" in label} <= paths
    assert {said["of"] for said in SIDECARS.values()} <= paths
    assert set(SIDECARS) == {label["path"] for label in LABELS if "media_type" not in label}


@pytest.mark.parametrize("path", sorted(SIDECARS))
def test_the_truth_of_a_sidecars_language_is_a_tag(path):
    said = SIDECARS[path].get("language")
    assert said is None or language(said) == said
