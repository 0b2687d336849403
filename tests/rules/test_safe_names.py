import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mediaorg.rules.safe_names import LONGEST, NAMINGS, SIDECAR_ROOM, component, cut, file_name, split_suffix

# Titles that have broken movers, drawn beside arbitrary text.
NASTY = [
    "", " ", ".", "..", "...", "../../etc/passwd", "/etc/passwd", "C:\\Windows", "\\\\server\\share", "a\0b", "CON", "aux .mkv",
    "COM¹", "nul.tar.gz", "CONIN$", "-rf", "~root", ".hidden", "a" * 500, "é" * 500, "e\u0301" * 300, "👩‍👩‍👧‍👦" * 40, "🇩🇪" * 100,
    "\u202egpj.exe", "\ufeffBOM", "zero\u200bwidth", "line\u2028sep", "tab\tnew\nline\r", "\ud83d", "\udcff", "a:b:c", "::", "?*<>|\"",
    "e?\u0301", "x: ", "LPT1 . . ", "- - -", "नमस्ते" * 60, "각" * 100, "\u1112\u1161\u11ab" * 90, "\ufffe", "Con. ", "con .", "c?on",
    "\u00a0\u3000", "&#x2F;", "%2e%2e%2f", "＜＞：", "a\u0338", "<\u0338", "COM1:", "nul:x",
]  # fmt: skip
titles = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=300), st.text(alphabet="Cc Oo.nN:?/\\-_~12³\u0301\u200d", max_size=12)
)


@given(titles, st.sampled_from(NAMINGS), st.integers(8, LONGEST))
@example("e?\u0301", "safe", 255)
@example("CON?", "safe", 255)
def test_a_component_made_safe_twice_is_made_safe_once(title, names, most):
    once = component(title, names=names, most=most)
    assert component(once, names=names, most=most) == once


@given(titles, st.sampled_from(NAMINGS), st.integers(8, LONGEST))
def test_a_component_is_one_component_whatever_the_title(title, names, most):
    made = component(title, names=names, most=most)
    assert 0 < len(made.encode()) <= max(most, len("Untitled"))  # encodes: no lone surrogates
    assert made not in (".", "..")
    assert not set(made) & set("/\\\0")
    assert made == made.strip() == made.rstrip(".")
    assert made[0] not in ".-~"
    assert unicodedata.is_normalized("NFC", made)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in made)
    assert not set(made) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u200b\u200e\u200f\ufeff")
    if names != "posix":
        assert not set(made) & set('<>:"|?*')
    if names in ("safe", "windows", "smb"):
        assert made.partition(".")[0].strip().casefold() not in {
            "con",
            "prn",
            "aux",
            "nul",
            "com1",
            "lpt1",
            "com¹",
            "conin$",
        }


@given(titles, st.sampled_from(["", ".mkv", ".MKV", ".x265", ".m2ts", ".a:b", ".\udcff"]))
def test_a_file_name_leaves_room_for_the_longest_sidecar(title, suffix):
    made = file_name(title, suffix)
    stem = made.removesuffix(suffix) if suffix else made
    assert len(made.encode()) + SIDECAR_ROOM <= LONGEST
    assert stem
    if suffix.isalnum():
        assert made.endswith(suffix)


@pytest.mark.parametrize(
    ("title", "made"),
    [
        ("Mission: Impossible", "Mission - Impossible"),
        ("Mission:Impossible", "Mission - Impossible"),
        ("3:10 to Yuma", "3-10 to Yuma"),
        ("Title:", "Title"),
        ("Face/Off", "Face-Off"),
        ('The "Quoted" One?', "The 'Quoted' One"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "Untitled"),
        ("", "Untitled"),
        ("CON", "CON_"),
        ("aux .mkv", "aux_.mkv"),
        ("Com¹.x", "Com¹_.x"),
        ("Contact", "Contact"),
        ("What If...?", "What If"),
        ("...And Justice for All", "And Justice for All"),
        ("a\u202eb", "ab"),
        ("e\u0301te\u0301", "été"),
        ("می‌خواهم", "می‌خواهم"),
        ("a \t\u00a0 b", "a b"),
    ],
)
def test_known_titles(title, made):
    assert component(title) == made


def test_an_exfat_disk_has_no_reserved_words_but_forbidden_signs():
    assert component("CON: What?", names="exfat") == "CON - What"
    assert component("CON", names="exfat") == "CON"
    assert component("CON", names="smb") == component("CON", names="windows") == "CON_"


def test_posix_names_keep_what_only_windows_refuses():
    assert component("Who? What: CON", names="posix") == "Who? What: CON"
    assert component("CON", names="posix") == "CON"
    assert component("a/b", names="posix") == "a-b"


@pytest.mark.parametrize("letter", ["e\u0323\u0301", "👩‍👩‍👧‍👦", "🇩🇪", "क्षि", "👍🏽", "\u1112\u1161\u11ab", "❤️"])
@given(most=st.integers(0, 80))
def test_a_cut_never_halves_a_letter(letter, most):
    kept = cut(letter * 20, most)
    assert len(kept) % len(letter) == 0
    assert kept == letter * min(20, most // len(letter.encode()))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Film.mkv", ("Film", ".mkv")),
        ("Film", ("Film", "")),
        (".mkv", (".mkv", "")),
        ("A.B.srt", ("A.B", ".srt")),
        ("Mr. X", ("Mr. X", "")),
    ],
)
def test_a_suffix_is_the_last_short_word_behind_a_dot(name, parts):
    assert split_suffix(name) == parts
