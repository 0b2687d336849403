import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.collisions import collision_key, path_key

names = st.text(alphabet=st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1)


@given(names)
def test_case_form_and_trailing_dots_make_no_other_name(name):
    key = collision_key(name)
    assert collision_key(key) == key
    for form in ("NFC", "NFD"):
        assert collision_key(unicodedata.normalize(form, name)) == key
    if name.rstrip(". "):
        assert collision_key(name + ". ") == key


@given(st.lists(names.filter(lambda name: name.rstrip(". ")), min_size=1))
def test_the_key_of_a_path_is_that_of_its_components(parts):
    assert path_key("/" + "/".join(parts)) == "/" + "/".join(map(collision_key, parts))


@pytest.mark.parametrize(("one", "other"), [("Straße", "STRASSE"), ("Å", "\u212b"), ("a", "A."), ("σ", "ς")])
def test_twins(one, other):
    assert collision_key(one) == collision_key(other)


@pytest.mark.parametrize(("one", "other"), [("a", "á"), ("½", "1⁄2"), ("ﬁlm1", "film2"), ("a.b", "ab")])
def test_strangers(one, other):
    assert collision_key(one) != collision_key(other)
