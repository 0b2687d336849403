"""Answers held against names: what a name does not bear out is not believed."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.records import Label
from mediaorg.rules.checks import Facts, checked, folder_said
from mediaorg.rules.support import is_supported


def facts(path, duration=None, **offline):
    *folders, name = path.split("/")
    return Facts(
        tuple(folders),
        name,
        Label(**{"media_type": "movie", "confidence": 0.55, "needs_review": True, **offline}),
        duration,
    )


def said(path, *, duration=None, offline=None, **item):
    answer = {"kind": "episode", "title": "Lantern", "year": None, "season": None, "episodes": [], "confidence": 90}
    return checked({**answer, **item}, facts(path, duration, **(offline or {})), by="model")


# ---- what is believed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("Lantern/lantern 103.avi", {"season": 1, "episodes": [3]}),
        ("Lantern/lantern 103.avi", {"season": None, "episodes": [103]}),
        ("Lantern/Season 2/05 thaw.avi", {"season": 2, "episodes": [5]}),
        ("Lantern/Season 2/205 thaw.avi", {"season": 2, "episodes": [5]}),
        ("Lantern/Chapter Three.avi", {"season": None, "episodes": [3]}),
        ("Lantern/Lantern II part IV.avi", {"season": 2, "episodes": [4]}),
        ("Lantern/lantern 1.03.avi", {"season": 1, "episodes": [3]}),
        ("Lantern/lantern 103-104.avi", {"season": 1, "episodes": [3, 4]}),
        ("Lantern/lantern 103.avi", {"season": "1", "episodes": ["3"]}),
        ("Series 1/lantern 01 01.avi", {"season": 1, "episodes": [1]}),
    ],
)
def test_numbers_that_stand_in_the_name_are_believed(path, item):
    label = said(path, **item)
    assert isinstance(label, Label), label
    assert label.label_source == "ai"
    assert label.episodes == tuple(int(one) for one in item["episodes"])


@pytest.mark.parametrize(
    ("path", "item", "why"),
    [
        ("Lantern/lantern 103.avi", {"season": 1, "episodes": [4]}, "numbers"),
        ("Lantern/lantern 103.avi", {"season": 2, "episodes": [3]}, "numbers"),
        ("Lantern/lantern 103.avi", {"season": 1, "episodes": [1]}, "numbers"),
        ("Lantern/lantern 1080p x264.avi", {"season": 10, "episodes": [80]}, "numbers"),
        ("Lantern (2012)/lantern 2012.avi", {"season": 20, "episodes": [12]}, "numbers"),
        ("Lantern/Season 2/05 thaw.avi", {"season": 1, "episodes": [5]}, "season 2"),
        ("Lantern/Lantern S01E02.avi", {"season": 1, "episodes": [3]}, "S01E02"),
        ("Lantern/lantern 1 9.avi", {"episodes": [1, 2, 9]}, "no run"),
        ("Lantern/lantern 1-20.avi", {"episodes": list(range(1, 21))}, "no run"),
        ("Lantern/lantern 3.avi", {"episodes": "many"}, "an episode"),
        ("Lantern/lantern 3.avi", {"episodes": [True]}, "an episode"),
        ("Lantern/lantern 3.avi", {"episodes": [-3]}, "an episode"),
        ("Lantern/lantern 3.avi", {"season": {"a": 1}, "episodes": [3]}, "the season"),
        ("Lantern/lantern 3.avi", {"title": "Breaking Bad", "episodes": [3]}, "title"),
        ("Lantern/lantern 3.avi", {"title": "../Lantern", "episodes": [3]}, "title"),
        ("Lantern/lantern 3.avi", {"title": "Lantern\u202e", "episodes": [3]}, "title"),
        ("Lantern/lantern 3.avi", {"title": ["Lantern"], "episodes": [3]}, "title"),
        ("Lantern/lantern 3.avi", {"title": "Lantern " * 40, "episodes": [3]}, "title"),
        ("3.avi", {"title": None, "episodes": [3]}, "nothing"),
        ("Lantern/lantern 3.avi", {"year": 1999, "episodes": [3]}, "year"),
        ("Lantern/lantern 3.avi", {"year": 3, "episodes": [3]}, "year"),
        ("Lantern/lantern 3.avi", {"kind": "documentary", "episodes": [3]}, "kind"),
        ("Lantern/lantern 3.avi", {"kind": ["episode"], "episodes": [3]}, "kind"),
        ("Lantern/lantern 3.avi", {"kind": "movie", "episodes": [3]}, "episode's number"),
        ("Lantern/lantern S01E02.avi", {"kind": "movie"}, "S01E02"),
        ("Lantern/lantern.avi", {"kind": "movie", "title": None}, "without a title"),
        ("Lantern/lantern.1999.DVDRip.XviD-GRP.avi", {"kind": "home_video"}, "tags"),
        ("Lantern/lantern.avi", {"kind": "extra"}, "extra"),
        ("Downloads/x 3.avi", {"title": "Downloads", "episodes": [3]}, "folder is called"),
    ],
)
def test_what_the_name_does_not_bear_out_is_rejected_with_the_reason(path, item, why):
    reason = said(path, **item)
    assert isinstance(reason, str), reason
    assert why in reason


@pytest.mark.parametrize(
    ("name", "title", "offline", "held"),
    [
        ("Lantern 108.avi", "Lantern", "movie", False), ("Lantern 8.avi", "Lantern", "episode", False),
        ("Apollo 13.avi", "Apollo 13", "episode", True), ("Lantern 300.avi", "Lantern 300", "episode", True),
        ("2 - Lantern.avi", "Lantern", "movie", True), ("Lantern 1999 1080p x264.avi", "Lantern", "movie", True),
        ("Lantern II.avi", "Lantern 2", "movie", True),
    ],
)  # fmt: skip
def test_a_film_accounts_for_the_number_in_its_name(name, title, offline, held):
    answer = said(f"Films/{name}", kind="movie", title=title, offline={"media_type": offline})
    assert isinstance(answer, Label) is held, answer


@pytest.mark.parametrize(
    ("kind", "minutes", "held"),
    [("movie", 5, False), ("movie", 90, True), ("movie", 0.05, True), ("extra", 90, False), ("extra", 3, True)],
)
def test_the_length_has_to_fit_the_kind(kind, minutes, held):
    answer = said("Lantern/lantern trailer.avi", kind=kind, duration=minutes * 60)
    assert isinstance(answer, Label) is held


def test_a_series_five_hours_long_is_none():
    assert "300 min" in said("Lantern/lantern 103.avi", season=1, episodes=[3], duration=5 * 3600)


def test_what_agrees_with_the_offline_reading_is_surer_and_nothing_is_beyond_a_persons_look():
    alone = said("Films/lantern (bob).avi", kind="movie", offline={"title": "lantern bob"})
    agreed = said("Films/lantern (bob).avi", kind="movie", offline={"title": "Lantern"})
    assert 0.7 <= alone.confidence < agreed.confidence < 0.9
    assert not agreed.needs_review


@pytest.mark.parametrize("confidence", [10, None, "very", float("nan"), True])
def test_a_model_that_is_not_sure_leaves_it_to_a_person(confidence):
    label = said("Films/glass lantern.avi", kind="movie", confidence=confidence)
    assert label.needs_review
    assert label.confidence < 0.7


def test_other_is_never_taken_unseen():
    assert said("Films/glass lantern.avi", kind="other", title=None).needs_review


def test_a_label_keeps_what_the_release_says_and_loses_what_only_another_kind_has():
    offline = {
        "media_type": "episode", "title": "x", "season": 1, "episodes": (3,), "absolute_episodes": (3,), "screen_size": "720p",
        "release_group": "GRP", "edition": "Uncut", "extra_type": "trailer",
    }  # fmt: skip
    label = said("Films/glass lantern.avi", kind="movie", offline=offline)
    kept = (label.screen_size, label.release_group, label.edition)
    assert kept == ("720p", "GRP", "Uncut")
    assert (label.season, label.episodes, label.absolute_episodes, label.extra_type) == (None, None, None, None)


@pytest.mark.parametrize(
    ("name", "title", "word"),
    [
        ("star trek voyager.avi", "Star Trek", "voyager"), ("star trek voyager 103.avi", "Star Trek", "voyager"),
        ("the glass lantern.avi", "Lantern", "glass"), ("Lantern 2.avi", "Lantern", "2"), ("Lantern II.avi", "Lantern", "2"),
        ("the lantern of bob.avi", "Lantern", "bob"), ("lantern - the thaw.avi", "Lantern", "thaw"),
        ("lantern (bob).avi", "Lantern", None), ("lantern 1999 bob.avi", "Lantern", None),
        ("lantern.german.dvdrip.xvid-bob.avi", "Lantern", None), ("2 - Lantern.avi", "Lantern", None),
        ("lantern chapter three 103.avi", "Lantern", None), ("bob's lantern, uncut.avi", "Bob's Lantern", None),
        ("lantern - the thaw 103.avi", "Lantern", None), ("alien - resurrection.avi", "Alien", "resurrection"), ("rocky4.avi", "Rocky", "4"),
        ("rocky, the return.avi", "Rocky", "return"), ("lantern german.avi", "Lantern", None), ("lantern full movie hd.mp4", "Lantern", None),
        ("lantern directors cut.avi", "Lantern", None), ("lantern final cut german.avi", "Lantern", None),
    ],
)  # fmt: skip
def test_a_title_with_which_the_name_goes_on_is_left_to_a_person(name, title, word):
    shown = {"kind": "episode", "season": 1, "episodes": [3]} if "103" in name else {"kind": "movie"}
    label = said(f"Films/{name}", title=title, duration=2400, **shown)
    assert isinstance(label, Label), label
    assert (label.title, label.needs_review) == (title, word is not None)
    assert word is None or f"goes on with '{word}'" in label.evidence


# Answers nothing speaks against outright, and that are wrong.
@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("Films/jaws.mkv", {"kind": "movie", "title": "Just A Wild Story"}),
        ("Films/the last man on earth.mkv", {"kind": "movie", "title": "Earth Man"}),
        ("Films/the glass orchard of doom.mkv", {"kind": "movie", "title": "Glass Doom"}),
        ("misc/Lost Girl/x.mkv", {"kind": "movie", "title": "Misc Girl"}),
        ("Disney Classics/Pinocchio/film.mkv", {"kind": "movie", "title": "Disney Classics"}),
        ("Kids Shows/Bluey/x 1.mkv", {"title": "Kids Shows", "episodes": [1]}),
        ("Star Trek Voyager/101.mkv", {"title": "Star Trek", "season": 1, "episodes": [1]}),
        ("TV/Lantern/Season 1/pilot.mkv", {"kind": "movie", "title": "Pilot"}),
        ("Films/1408.mkv", {"title": "1408", "season": 14, "episodes": [8]}),
        ("Films/101 dalmatians.mkv", {"title": "Dalmatians", "season": 1, "episodes": [1]}),
        ("Films/12 monkeys.mkv", {"title": "Monkeys", "episodes": [12]}),
        ("Films/oceans 11.mkv", {"title": "Oceans", "episodes": [11]}),
        ("Films/malcolm x.mkv", {"title": "Malcolm", "episodes": [10]}),
        ("Films/interview with the vampire.mkv", {"kind": "extra", "title": None}),
        ("Films/Lantern - Blink.mkv", {}),  # an episode known by its title
    ],
)
def test_what_only_a_person_can_tell_is_left_to_one(path, item):
    label = said(path, **item)
    assert isinstance(label, Label), label
    assert label.needs_review


@pytest.mark.parametrize(
    ("path", "item", "why"),
    [
        ("TV/2 Broke Girls/x 5 dogs.mkv", {"title": "2 Broke Girls", "season": 2, "episodes": [5]}, "numbers"),
        ("TV/Lantern/300.mkv", {"season": 3, "episodes": [0]}, "numbers"),
        ("TV/Lantern/lantern 5.1 ac3.mkv", {"season": 5, "episodes": [1]}, "numbers"),
        ("TV/Lantern/lantern disc 3.mkv", {"episodes": [3]}, "numbers"),
        ("Films/lantern [AB1999CD].mkv", {"kind": "movie", "year": 1999}, "the year"),
        ("Films/blade runner 2049.mkv", {"kind": "movie", "title": "Blade Runner", "year": 2049}, "the year"),
        ("Films/extraction.mkv", {"kind": "extra", "title": None}, "extra"),
        ("Films/behind enemy lines.mkv", {"kind": "extra", "title": None}, "extra"),
    ],
)
def test_a_number_or_a_word_that_means_something_else_bears_nothing_out(path, item, why):
    reason = said(path, **item)
    assert isinstance(reason, str), reason
    assert why in reason


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"alike": 3}, "Downloads/lantern 103.mkv"),
        ({"duration": 2400.0}, "Downloads/lantern 103.mkv"),
        ({}, "Lantern/lantern 103.mkv"),
    ],
)
def test_an_episode_that_is_one_of_several_or_lasts_as_long_is_believed(more, path):
    fact = dataclasses.replace(facts(path), **more)
    label = checked(
        {"kind": "episode", "title": "Lantern", "season": 1, "episodes": [3], "confidence": 90}, fact, by="m"
    )
    assert not label.needs_review


def test_a_folders_name_in_another_language_is_no_title_of_all_films_in_it():
    fact = dataclasses.replace(facts("Die Laterne/glass orchard.mkv", title="glass orchard"), beside=1)
    known = {("Die Laterne", "Lantern"): "a catalogue"}
    answer = {"kind": "movie", "title": "Lantern", "confidence": 90}
    assert "the folder's" in checked(answer, fact, by="m", known=lambda *pair: known.get(pair))


@pytest.mark.parametrize(
    ("path", "part", "beside", "held"),
    [
        ("Lantern/glor.avi", None, 0, True), ("Lantern/cd1.avi", 1, 1, True), ("Lantern/orchard.avi", None, 3, False),
        ("Lantern/lantern returns.avi", None, 3, True), ("Lantern/02.avi", None, 3, False),
    ],
)  # fmt: skip
def test_the_title_of_a_folder_is_no_films_where_several_lie_in_it(path, part, beside, held):
    fact = dataclasses.replace(facts(path, title="x", part=part), beside=beside)
    answer = checked({"kind": "movie", "title": "Lantern", "confidence": 90}, fact, by="m")
    assert isinstance(answer, Label) is held, answer
    assert held or answer == f"the title is the folder's, in which {beside} more videos lie"


@pytest.mark.parametrize(
    ("path", "minutes", "held"),
    [
        ("Films/glass orchard.mov", None, False), ("Films/glass orchard.mov", 90, False), ("Films/glass orchard.mov", 2, False),
        ("Home Movies/glass orchard.mov", None, True), ("x/anna's birthday.mov", None, False), ("x/anna's birthday.mov", 2, True),
        ("Films/wedding crashers.mkv", 110, False), ("x/2014-05-06 garden.mov", None, True),
    ],
)  # fmt: skip
def test_a_home_video_needs_a_sign_of_one(path, minutes, held):
    label = said(path, kind="home_video", title=None, duration=minutes and minutes * 60)
    assert (label.media_type, label.needs_review) == ("home_video", not held)


def test_a_translation_needs_a_catalogue_that_knows_it():
    fact = facts("Films/laterne.avi", title="laterne")
    answer = {"kind": "movie", "title": "Lantern", "year": None, "season": None, "episodes": [], "confidence": 90}
    assert "title" in checked(answer, fact, by="m")
    names = {("laterne", "Lantern"): "'laterne' is Lantern (1999)"}
    label = checked(answer, fact, by="m", known=lambda one, other: names.get((one, other)))
    assert label.title == "Lantern"
    assert "'laterne' is Lantern (1999)" in label.evidence


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda one: st.lists(one) | st.dictionaries(st.text(), one),
)


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("kind", "title", "year", "season", "episodes", "confidence"), _JSON)
    )
)
def test_any_answer_is_a_label_or_a_reason(item):
    assert isinstance(checked({"kind": "episode", **item}, facts("Lantern/lantern 103.avi"), by="m"), Label | str)
    labels, why, _ = folder_said(
        {"kind": "series", **item}, {0: facts("Lantern/lantern 103.avi")}, folder="Lantern", by="m"
    )
    assert labels == {} or why is None


@given(title=st.text(), name=st.text(alphabet=st.characters(exclude_characters="/"), min_size=1))
def test_a_title_that_is_believed_leads_nowhere(title, name):
    label = said(f"x/{name}", kind="movie", title=title)
    if isinstance(label, Label):
        assert not set("/\\\n\0") & set(label.title or "")
        assert (label.title or "").strip(". ")


# ---- titles ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "path", "held"),
    [
        ("The Glass Orchard", "glass.orchard.avi", True), ("Glass Orchard", "GlassOrchard.avi", True),
        ("Glass Orchard", "glassorchard101.avi", True), ("Amélie", "amelie.avi", True), ("Don't Look", "dont.look.avi", True),
        ("Rocky II", "rocky 2.avi", True), ("Law & Order", "law.and.order.avi", True), ("It", "it.avi", True),
        ("It", "split.avi", False), ("How I Met Your Mother", "himym 102.avi", True), ("HIMYM", "How I Met Your Mother 3.avi", True),
        ("The Sunken Circus", "The Sunken Circus/tsc-102.avi", True), ("The Second Cellar", "The Sunken Circus/tsc-102.avi", False),
        ("Glass Orchard Two", "glass.orchard.avi", False), ("Breaking Bad", "glass.orchard.avi", False), ("!!!", "a.avi", False),
    ],
)  # fmt: skip
def test_titles_and_names(title, path, held):
    assert is_supported(title, path.removesuffix(".avi").split("/")) is held


# ---- folders ---------------------------------------------------------------------------------------------------


def folder(names, *, folder="Lantern", below="", **item):
    members = {at: facts("/".join(filter(None, (folder, below, name)))) for at, name in enumerate(names)}
    answer = {"kind": "series", "title": folder, "year": None, "numbering": "absolute", "confidence": 90}
    return folder_said({**answer, **item}, members, folder=folder, by="model")


@pytest.mark.parametrize(
    ("numbering", "name", "place"),
    [
        ("sxxeyy", "lantern s1.e{:02}.avi", (1, None)), ("sxxeyy", "lantern S1-{:02}.avi", (1, None)), ("leading", "F{} thaw.avi", (None, None)),
         ("nxmm", "lantern 1.{:02}.avi", (1, None)),
        ("words", "Season 1 Episode {}.avi", (1, None)), ("leading", "{:02} - thaw.avi", (None, None)),
        ("concat", "lantern 1{:02}.avi", (1, None)), ("absolute", "lantern - {:03} [1080p].avi", (None, True)),
        ("absolute", "Lantern 100 - {:03}.avi", None),
    ],
)  # fmt: skip
def test_each_numbering_labels_a_whole_folder(numbering, name, place):
    labels, why, _ = folder([name.format(n) for n in range(1, 9)], numbering=numbering)
    if place is None:  # the number of the title is everyone's
        assert labels == {}
        assert "same number" in why
        return
    season, absolute = place
    assert [(label.title, label.season, label.episodes) for label in labels.values()] == [
        ("Lantern", season, (n,)) for n in range(1, 9)
    ]
    assert all((label.absolute_episodes is not None) is bool(absolute) for label in labels.values())
    assert all(label.confidence >= 0.9 and not label.needs_review for label in labels.values())


def test_a_number_in_the_title_counts_nothing():
    labels, _, _ = folder([f"Area 51 - {n:02}.avi" for n in range(1, 9)], folder="Area 51")
    assert [label.episodes for label in labels.values()] == [(n,) for n in range(1, 9)]


def test_a_numbering_that_fits_and_contradicts_the_offline_reading_is_less_sure():
    members = {n: facts(f"Lantern/lantern 1{n:02}.avi", season=1, episodes=(n,)) for n in range(1, 9)}
    answer = {"kind": "series", "title": "Lantern", "confidence": 90}
    sure = {
        numbering: folder_said({**answer, "numbering": numbering}, members, folder="Lantern", by="m")[0][1].confidence
        for numbering in ("concat", "absolute")
    }
    assert sure["absolute"] < 0.9 <= sure["concat"]


def test_a_season_comes_from_its_folder_and_has_to_agree():
    names = [f"{n:02} - thaw.avi" for n in range(1, 9)]
    labels, _, _ = folder(names, below="Season 2", numbering="leading")
    assert {label.season for label in labels.values()} == {2}
    labels, why, ask = folder([f"lantern 1{n:02}.avi" for n in range(1, 9)], below="Season 2", numbering="concat")
    assert (labels, ask) == ({}, True)
    assert "explains 0 of 8" in why


def test_days_count_too():
    labels, _, _ = folder([f"lantern 2011-11-{n:02}.avi" for n in range(1, 9)], numbering="date")
    assert [label.date for label in labels.values()] == [f"2011-11-{n:02}" for n in range(1, 9)]


@pytest.mark.parametrize(
    ("names", "item", "why"),
    [
        ([f"lantern {n:02}.avi" for n in range(1, 9)], {"title": "Breaking Bad"}, "title"),
        ([f"lantern {n:02}.avi" for n in range(1, 9)], {"title": None}, "title"),
        ([f"lantern {n:02}.avi" for n in range(1, 9)], {"year": 1999}, "year"),
        ([f"lantern {n:02}.avi" for n in range(1, 9)], {"numbering": "concat"}, "explains 0 of 8"),
        (["lantern 1.avi", "thaw.avi", "frost.avi"], {}, "explains 1 of 3"),
        (["lantern 1 a.avi", "lantern 1 b.avi", "lantern 2.avi"], {}, "same number"),
        (["lantern 3.avi", "lantern 2000.avi", "lantern 4.avi"], {}, "far apart"),
        ([f"lantern {n:02}.avi" for n in range(1, 9)], {"numbering": "none"}, "explains 0 of 8"),
    ],
)
def test_a_numbering_that_does_not_explain_the_folder_is_not_believed_and_its_rows_are_asked(names, item, why):
    labels, reason, ask = folder(names, **item)
    assert (labels, ask) == ({}, True)
    assert why in reason


def test_the_file_a_numbering_does_not_explain_keeps_its_label():
    labels, why, _ = folder([*(f"lantern {n:02}.avi" for n in range(1, 10)), "thaw.avi"])
    assert sorted(labels) == list(range(9))
    assert why is None
    assert all(label.confidence < 0.9 for label in labels.values())


@pytest.mark.parametrize("item", [{"kind": "boxset"}, {"numbering": "roman"}, {"title": 7}, {"year": "soon"}])
def test_what_is_no_answer_about_a_folder_asks_nothing_more(item):
    labels, why, ask = folder(["lantern 1.avi", "lantern 2.avi"], **item)
    assert (labels, ask) == ({}, False)
    assert why


@pytest.mark.parametrize("kind", ["movies", "mixed"])
def test_many_works_are_asked_one_by_one(kind):
    assert folder(["a.avi", "b.avi", "c.avi"], kind=kind) == ({}, None, True)


def test_home_videos_of_a_folder_are_so_unless_their_names_say_otherwise():
    labels, _, _ = folder(
        ["beach.avi", "cake and candles.avi"], folder="Summer", kind="home", title=None, numbering="none"
    )
    assert {label.media_type for label in labels.values()} == {"home_video"}
    assert labels[1].title == "cake and candles"
    labels, why, ask = folder(
        ["beach.avi", "lantern.1080p.WEB.x264-GRP.avi"], folder="Summer", kind="home", numbering="none"
    )
    assert (labels, ask) == ({}, True)
    assert "home video" in why


def test_a_folder_of_home_videos_needs_signs_of_them():
    plain, _, _ = folder(["beach.avi", "cake and candles.avi", "snow.avi"], folder="Summer", kind="home", title=None)
    signs = ["beach 2014-05-06.avi", "IMG_1234.avi", "snow.avi"]
    filmed, _, _ = folder(signs, folder="Summer", kind="home", title=None)
    assert all(label.needs_review for label in plain.values())
    assert not any(label.needs_review for label in filmed.values())


def test_a_title_with_which_the_names_of_a_folder_go_on_is_not_believed():
    names = [f"star trek voyager {number}.avi" for number in range(101, 109)]
    labels, why, ask = folder(names, folder="Star Trek Complete", title="Star Trek", numbering="concat")
    assert (labels, ask) == ({}, True)
    assert why == "the names go on with 'voyager', which the title leaves out"
    labels, why, _ = folder(names, folder="Star Trek Complete", title="Star Trek Voyager", numbering="concat")
    assert (len(labels), why) == (8, None)


@pytest.mark.parametrize(
    ("within", "title", "why"),
    [
        ("Star Trek Voyager", "Star Trek", "goes on with 'voyager'"), ("Law and Order SVU", "Law and Order", "goes on with 'svu'"),
        ("Kids Shows/Bluey", "Kids Shows", "does not stand in the folder"), ("Lantern Complete (2012)", "Lantern", None),
        ("Lantern Seasons 1-3 German", "Lantern", None), ("Lantern.S01-S03.720p.WEB", "Lantern", None),
    ],
)  # fmt: skip
def test_a_show_is_called_as_its_own_folder_is(within, title, why):
    members = {n: facts(f"{within}/{n} x.avi", media_type="episode", episodes=(n,)) for n in range(101, 109)}
    item = {"kind": "series", "title": title, "numbering": "concat", "confidence": 90}
    labels, reason, _ = folder_said(item, members, folder=within.split("/")[-1], by="m")
    assert (reason is None, len(labels)) == (why is None, 0 if why else 8)
    assert why is None or why in reason


@pytest.mark.parametrize(("folder", "title"), [("abc", "Any Bad Clown"), ("The Last Glass Orchard", "Orchard Last")])
def test_a_show_whose_folder_has_its_title_in_pieces_is_left_to_a_person(folder, title):
    members = {n: facts(f"{folder}/{n} x.avi") for n in range(101, 109)}
    item = {"kind": "series", "title": title, "numbering": "concat", "confidence": 90}
    labels, _, _ = folder_said(item, members, folder=folder, by="m")
    assert all(label.needs_review for label in labels.values())


def test_no_episode_of_a_folder_lasts_five_hours():
    members = {
        n: dataclasses.replace(facts(f"Lantern/{n} x.avi"), duration=5 * 3600.0 if n == 104 else 1500.0)
        for n in range(101, 109)
    }
    item = {"kind": "series", "title": "Lantern", "numbering": "concat", "confidence": 90}
    labels, _, _ = folder_said(item, members, folder="Lantern", by="m")
    assert set(members) - set(labels) == {104}


@pytest.mark.parametrize(("name", "offline"), [("lantern{:03}.avi", "movie"), ("lantern {}.avi", "episode")])
def test_home_videos_do_not_count_as_episodes_do(name, offline):
    members = {n: facts(f"Lantern/{name.format(100 + n)}", media_type=offline, episodes=(n,)) for n in range(1, 9)}
    labels, why, ask = folder_said({"kind": "home", "confidence": 90}, members, folder="Lantern", by="m")
    assert (labels, ask) == ({}, True)
    assert "as episodes do" in why


def test_a_version_in_another_size_is_no_double():
    members = {}
    for at, (n, size) in enumerate((n, size) for n in range(1, 6) for size in ("720p", "1080p")):
        fact = facts(f"Lantern/lantern {n:02} {size}.avi")
        members[at] = dataclasses.replace(fact, offline=dataclasses.replace(fact.offline, screen_size=size))
    labels, why, _ = folder_said(
        {"kind": "series", "title": "Lantern", "numbering": "absolute", "confidence": 90},
        members,
        folder="Lantern",
        by="m",
    )
    assert (len(labels), why) == (10, None)
