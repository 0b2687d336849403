"""A plan under revision is what planning the edited labels would give, and what check would say of it."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg import errors
from mediaorg.stages.revision import Revision

FOLLOWS = ["target", "operation", "status", "reason"]


def films(*rows, **more):
    """A row a film: path, title, year."""
    frame = pd.DataFrame(rows, columns=["path", "title", "year"]).assign(media_type="movie", **more)
    return frame.astype({"year": "Int64"})


def revised(labels, *, existing=(), **how):
    return Revision(mo.plan(labels, "/lib", existing=list(existing), **how), existing=list(existing))


def owners(plan):
    """Of each row, the row of the video it travels with."""
    rows = {move_id: i for i, move_id in enumerate(plan["move_id"])}
    return [rows.get(owner) for owner in plan["belongs_to"].tolist()]


def said(plan):
    return plan[FOLLOWS].astype("object").where(plan[FOLLOWS].notna(), None).to_numpy().tolist()


# ---- laws

FOLDERS = ["/in", "/in/A", "/in/A/Subs", "/in/A/S1", "/in/B", "/lib/Movies/A", "/lib/Shows/A/Season 01"]
NAMES = [
    "A.mkv",
    "A.avi",
    "A.en.srt",
    "B.mkv",
    "B.srt",
    "poster.jpg",
    "tvshow.nfo",
    "English.srt",
    "A S01E01.mkv",
    "x.mp3",
]
TITLES = st.sampled_from(["A", "a", "B", "C", None])
LABELS = {
    "media_type": st.sampled_from(["movie", "episode", "extra", "home_video", "other", None]),
    "title": TITLES,
    "year": st.sampled_from([None, 1999, 2001]),
    "season": st.sampled_from([None, 1, 2]),
    "episodes": st.sampled_from([None, (1,), (1, 2)]),
    "extra_of": st.sampled_from([None, "/in/A/A.mkv", "/in/B/B.mkv"]),
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "path": st.builds("{}/{}".format, st.sampled_from(FOLDERS), st.sampled_from(NAMES)),
            "quality": st.sampled_from([None, 720, 1080]),
            "needs_review": st.booleans(),
            **LABELS,
        }
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda row: row["path"],
)
EXISTING = st.lists(
    st.sampled_from(["/lib/Movies/a/B.mkv", "/lib/Shows/a/Season 01/z.mkv", "/lib/Movies/B/B.avi", "/lib/Movies/C"]),
    unique=True,
)
WAYS = st.sampled_from(["keep_both", "skip", "conflict", "better"])
PLACES = st.lists(st.integers(0, 8), min_size=1, max_size=3, unique=True)
LABEL_EDITS = st.tuples(PLACES, st.one_of(*(st.tuples(st.just(name), values) for name, values in LABELS.items())))
OTHER_EDITS = st.tuples(
    PLACES,
    st.sampled_from(
        [("tick", None), ("untick", None), ("accept", None)]
        + [
            ("target", target)
            for target in (None, "Movies/A/A.mkv", "/lib/Movies/a", "/lib/Movies/A/A.mkv/x.mkv", "/etc/x")
        ]
    ),
)


def frame_of(rows):
    frame = pd.DataFrame(rows, dtype="object")
    return frame.astype({"year": "Int64", "season": "Int64", "quality": "Int64", "needs_review": "boolean"})


def do(revision, places, column, value):
    rows = [i for i in places if i < len(revision)]
    if column in ("tick", "untick", "accept"):
        return getattr(revision, column)(rows)
    return revision.edit(rows, **{column: value}) if rows else None


@settings(max_examples=40)
@given(rows=ROWS, existing=EXISTING, way=WAYS, edits=st.lists(LABEL_EDITS, min_size=1, max_size=3))
def test_edited_labels_give_what_a_plan_of_them_gives(rows, existing, way, edits):
    labels = frame_of(rows)
    existing = [*existing, *(row["path"] for row in rows if row["path"].startswith("/lib/"))]
    revision = revised(labels, existing=existing, on_conflict=way)
    for places, (column, value) in edits:
        at = [i for i in places if i < len(labels)]
        if not at:
            continue
        revision.edit(at, **{column: value})
        labels = mo.correct(labels, labels.index.isin(at), keep=False, **{column: value})
    whole = mo.plan(labels, "/lib", existing=existing, on_conflict=way)
    part = revision.plan
    assert said(part) == said(whole)
    assert owners(part) == owners(whole)


@settings(max_examples=40)
@given(
    rows=ROWS, existing=EXISTING, way=WAYS, edits=st.lists(st.one_of(LABEL_EDITS, OTHER_EDITS), min_size=1, max_size=4)
)
def test_whatever_was_edited_check_agrees_and_undo_takes_it_back(rows, existing, way, edits):
    existing = [*existing, *(row["path"] for row in rows if row["path"].startswith("/lib/"))]
    revision = revised(frame_of(rows), existing=existing, on_conflict=way)
    stages = [revision.plan]
    for places, (column, value) in edits:
        before = revision.undoable
        do(revision, places, column, value)
        assert said(mo.check(revision.plan, existing=existing)) == said(revision.plan)
        if revision.undoable > before:
            stages.append(revision.plan)
    while revision.undoable:
        pd.testing.assert_frame_equal(revision.plan, stages.pop(), check_like=True)
        revision.undo_edit()
    assert said(revision.plan) == said(stages.pop())


# ---- what an edit does


def test_an_edited_title_counts_as_said_and_its_file_goes_where_it_says():
    revision = revised(
        films(("/in/Alein.mkv", "Alein", 1979), ("/in/Heat.mkv", "Heat", 1995), needs_review=[True, False])
    )
    assert revision.edit([0], title="Alien").rows == (0,)
    row = revision.plan.loc[0]
    assert row["target"] == "/lib/Movies/Alien (1979)/Alien (1979).mkv"
    assert row[["status", "label_source", "confidence", "evidence"]].tolist() == [
        "ready",
        "user",
        1.0,
        "you said title 'Alien'",
    ]
    assert revision.plan.loc[1, "title"] == "Heat"


def test_two_films_that_become_one_are_numbered_and_part_again():
    revision = revised(films(("/in/a.mkv", "A", None), ("/in/b.mkv", "B", None)))
    changed = revision.edit([1], title="A")
    assert changed.rows == (1,)
    assert revision.plan["target"].tolist() == ["/lib/Movies/A/A.mkv", "/lib/Movies/A/A - copy 2.mkv"]
    revision.edit([0], title="C")
    assert revision.plan["target"].tolist() == ["/lib/Movies/C/C.mkv", "/lib/Movies/A/A.mkv"]


def test_a_whole_show_is_renamed_and_its_subtitles_go_along():
    names = [f"/in/Lots/Lots.S01E{number:02d}{tail}" for number in (1, 2) for tail in (".mkv", ".en.srt")]
    labels = mo.run(mo.classify(names, progress=False))
    revision = revised(labels)
    changed = revision.edit(revision.rows(labels["title"] == "Lots"), title="Lost", year=2004)
    assert changed.rows == (0, 1, 2, 3)
    folder = "/lib/Shows/Lost (2004)/Season 01"
    assert revision.plan["target"].tolist() == [
        f"{folder}/Lost (2004) S01E{number:02d}{tail}" for number in (1, 2) for tail in (".mkv", ".en.srt")
    ]


def test_an_edit_leaves_alone_what_it_does_not_reach():
    plan = mo.plan(films(*((f"/in/{i}/f.mkv", f"T{i}", None) for i in range(50))), "/lib", existing=[])
    plan.loc[7, "target"] = "/lib/Movies/by hand.mkv"
    revision = Revision(plan, existing=[])
    assert revision.edit([8], title="T7").rows == (8,)
    assert revision.plan.loc[7, "target"] == "/lib/Movies/by hand.mkv"


def test_a_row_taken_out_is_skipped_by_apply_with_a_reason_and_comes_back_as_it_was(tmp_path):
    (tmp_path / "a.mkv").write_bytes(b"a")
    plan = mo.plan(films((str(tmp_path / "a.mkv"), "A", None)), tmp_path / "lib", operation="copy")
    revision = Revision(plan)
    revision.untick([0])
    done = mo.run(mo.apply(revision.plan, journal=tmp_path / "journal.sqlite", progress=False))
    assert done.loc[0, ["operation", "state", "error"]].tolist() == ["skip", "skipped", "unticked: taken out by hand"]
    revision.tick([0])
    pd.testing.assert_frame_equal(revision.plan, plan)


def test_a_plan_that_was_kept_is_ticked_again_with_the_operation_of_its_others(tmp_path):
    revision = revised(films(("/in/a.mkv", "A", None), ("/in/b.mkv", "B", None)), operation="hardlink")
    revision.untick([0])
    mo.save_plan(revision.plan, tmp_path / "plan.csv")
    again = Revision(mo.load_plan(tmp_path / "plan.csv"), existing=[])
    again.tick([0])
    assert again.plan["operation"].tolist() == ["hardlink", "hardlink"]
    assert again.plan["status"].tolist() == ["ready", "ready"]


def test_a_target_below_the_library_is_made_whole_and_sidecars_follow_their_video():
    labels = mo.run(mo.classify(["/in/A.mkv", "/in/A.en.srt"], progress=False)).assign(needs_review=False)
    labels = mo.correct(labels, [True, False], media_type="movie", title="A", keep=False)
    revision = revised(labels)
    revision.edit([0], target="Films/New.mkv")
    assert revision.plan["target"].tolist() == ["/lib/Films/New.mkv", "/lib/Films/New.en.srt"]
    assert revision.plan["status"].tolist() == ["ready", "ready"]


@pytest.mark.parametrize(
    ("edit", "status", "word"),
    [
        ({"target": "/etc/passwd"}, "blocked", "system_folder"),
        ({"target": "../../x.mkv"}, "blocked", "outside_root"),
        ({"target": "a\0b.mkv"}, "blocked", "bad_name"),
        ({"target": None}, "blocked", "no_target"),
        ({"target": "Movies/B/B.mkv"}, "conflict", "same_target"),
        ({"title": None}, "blocked", "no_title"),
        ({"media_type": "episode"}, "blocked", "no_number"),
        ({"media_type": "other"}, "unchanged", "other"),
    ],
)
def test_an_edit_to_nonsense_is_marked_with_its_reason_and_not_ready(edit, status, word):
    revision = revised(films(("/in/a.mkv", "A", None), ("/in/b.mkv", "B", None)))
    revision.edit([0], **edit)
    row = revision.plan.loc[0]
    assert (row["status"], row["reason"].partition(":")[0]) == (status, word)


@pytest.mark.parametrize(
    "wrong",
    [{"season": "soon"}, {"media_type": "banana"}, {"tittle": "A"}, {"confidence": 1}, {"title": "\udcff"}, {"target": "\ud83d"}, {}, {"target": 7}],
)  # fmt: skip
def test_an_edit_that_is_none_is_refused_and_changes_nothing(wrong):
    revision = revised(films(("/in/a.mkv", "A", None)))
    before = revision.plan
    with pytest.raises(errors.BadSetting):
        revision.edit([0], **wrong)
    assert revision.undoable == 0
    pd.testing.assert_frame_equal(revision.plan, before)


def test_rows_that_are_not_there_are_refused():
    with pytest.raises(errors.BadSetting, match="rows 0 to 0, not 0 to 5"):
        revised(films(("/in/a.mkv", "A", None))).untick([0, 5])


def test_labels_are_edited_only_where_a_target_follows_from_them():
    bare = pd.DataFrame({"source": ["/in/a.mkv"], "target": ["/lib/a.mkv"], "operation": ["move"]})
    revision = Revision(bare, existing=[])
    with pytest.raises(errors.BadSetting, match="no target follows; edit its target"):
        revision.edit([0], title="A")
    revision.edit([0], target="/lib/b.mkv")
    assert list(revision.plan.columns) == ["source", "target", "operation", "status", "reason"]
    assert revision.plan.loc[0, "target"] == "/lib/b.mkv"


def test_rows_order_index_attrs_and_foreign_columns_stay():
    labels = films(("/in/a.mkv", "A", None), ("/in/b.mkv", "B", None), mine=["x", "y"])
    plan = mo.plan(labels, "/lib", existing=[]).set_index(pd.Index(["same", "same"])).astype({"year": "float"})
    revision = Revision(plan, existing=[])
    revision.edit([1], year=1999)
    edited = revision.plan
    assert edited.index.equals(plan.index)
    assert edited.attrs == plan.attrs
    assert edited["mine"].tolist() == ["x", "y"]
    assert edited["year"].tolist()[1] == 1999
    assert plan["title"].tolist() == ["A", "B"]


def test_the_same_is_done_in_plain_pandas():
    labels = films(("/in/a.mkv", "A", None), ("/in/b.mkv", "B", None))
    revision = revised(labels)
    revision.edit([0], title="B")
    revision.untick([1])
    plan = mo.plan(labels, "/lib", existing=[])
    plan.loc[0, "title"] = "B"
    plan = mo.plan(plan, "/lib", existing=[])
    plan.loc[1, "operation"] = "skip"
    plan = mo.check(plan, existing=[])
    assert plan["target"].tolist() == revision.plan["target"].tolist()
    assert plan["status"].tolist() == revision.plan["status"].tolist()


def test_what_stands_in_the_library_is_looked_at_again_with_every_edit(tmp_path):
    revision = Revision(mo.plan(films(("/in/a.mkv", "A", None)), tmp_path / "lib"))
    (tmp_path / "lib/Movies/B").mkdir(parents=True)
    (tmp_path / "lib/Movies/B/B.mkv").touch()
    revision.edit([0], title="B")
    assert revision.plan.loc[0, "target"].endswith("/B - copy 2.mkv")


def test_a_file_that_had_no_place_beside_another_gets_it_when_that_one_is_renamed():
    revision = revised(films(("/in/a.mkv", "A", None), ("/in/b.mkv", "A", None)), on_conflict="skip")
    assert revision.plan["operation"].tolist() == ["move", "skip"]
    assert revision.edit([0], title="C").rows == (0, 1)
    assert revision.plan["target"].tolist() == ["/lib/Movies/C/C.mkv", "/lib/Movies/A/A.mkv"]


def test_a_subtitle_without_a_name_goes_with_the_film_that_is_left_alone_with_it():
    labels = films(("/in/x/x.mkv", "A", None), ("/in/x/y.mkv", "B", None), ("/in/x/English.srt", None, None))
    revision = revised(labels.assign(media_type=["movie", "movie", None]))
    assert revision.plan["operation"].tolist() == ["move", "move", "skip"]
    revision.edit([1], media_type="extra", title="A")
    assert owners(revision.plan) == [None, None, 0]
    assert revision.plan.loc[2, "target"] == "/lib/Movies/A/A.en.srt"


def test_a_picture_of_a_whole_folder_follows_the_work_that_is_left_below_it():
    labels = films(("/in/x/1/x.mkv", "A", None), ("/in/x/2/y.mkv", "B", None), ("/in/x/poster.jpg", None, None))
    revision = revised(labels.assign(media_type=["movie", "movie", None]))
    assert revision.plan.loc[2, "operation"] == "skip"
    revision.edit([1], title="A")
    assert revision.plan.loc[2, "target"] == "/lib/Movies/A/poster.jpg"


def test_a_folder_that_another_row_would_make_a_file_of_is_a_conflict_until_it_is_undone():
    revision = revised(films(("/in/a.mkv", "A", None), ("/in/b.mkv", "B", None)))
    assert revision.edit([0], target="/lib/Movies/B").rows == (0,)
    assert revision.plan["reason"].tolist()[0].startswith("folder_needed")
    revision.edit([1], target="/lib/else/b.mkv")
    assert revision.plan["status"].tolist() == ["ready", "ready"]
    revision.edit([1], target="/lib/Movies/B/b.mkv")
    assert revision.plan["status"].tolist() == ["conflict", "ready"]


def test_a_row_waits_for_the_place_that_another_row_holds(tmp_path):
    (tmp_path / "Movies/A").mkdir(parents=True)
    held = tmp_path / "Movies/A/A.mkv"
    held.touch()
    revision = Revision(mo.plan(films((str(held), "A", None), ("/in/b.mkv", "B", None)), tmp_path))
    revision.edit([0], title="C")
    revision.edit([1], target=str(held))
    assert revision.plan["status"].tolist() == ["ready", "ready"]
    assert revision.untick([0]).rows == (0, 1)
    assert revision.plan["status"].tolist() == ["unchanged", "conflict"]
    revision.tick([0])
    assert revision.plan["status"].tolist() == ["ready", "ready"]


def test_what_is_ticked_after_an_undo_is_what_it_was():
    plan = mo.plan(films(*((f"/in/{name}.mkv", name, None) for name in "abc")), "/lib", existing=[], operation="copy")
    plan.loc[1, "operation"] = "hardlink"
    revision = Revision(plan, existing=[])
    revision.untick([1])
    revision.tick([1])
    revision.undo_edit()
    revision.tick([1])
    assert revision.plan["operation"].tolist() == ["copy", "hardlink", "copy"]


def test_a_target_written_by_hand_before_outlives_an_edit_that_was_taken_back():
    plan = mo.plan(films(("/in/a.mkv", "A", None), ("/in/b.mkv", "B", None)), "/lib", existing=[])
    plan.loc[0, "target"] = "/lib/Movies/A/by hand.mkv"
    revision = Revision(plan, existing=[])
    revision.edit([0], title="C")
    revision.undo_edit()
    revision.edit([1], title="A")
    assert revision.plan.loc[0, "target"] == "/lib/Movies/A/by hand.mkv"


def test_a_video_that_leaves_the_library_folder_makes_room_for_one_of_its_name(tmp_path):
    (tmp_path / "Movies/B").mkdir(parents=True)
    held = tmp_path / "Movies/B/B.avi"
    held.touch()
    revision = Revision(mo.plan(films(("/in/a.mkv", "A", None), (str(held), "D", None)), tmp_path))
    revision.edit([0], title="B")
    assert revision.plan.loc[0, "target"] == str(tmp_path / "Movies/B/B.mkv")


def test_a_new_place_may_have_neighbours_that_no_label_tells_of():
    labels = films(("/in/x/v.mkv", None, None), ("/in/y/v.mkv", None, None)).assign(media_type=["other", "home_video"])
    revision = revised(labels)
    assert revision.edit([0], media_type="home_video").rows == (0, 1)
    assert [target.rpartition("/")[2] for target in revision.plan["target"]] == ["v.mkv", "v - copy 2.mkv"]


def test_the_folder_that_comes_first_in_the_plan_comes_first_in_an_edit():
    labels = films(
        ("/in/A/x.en.srt", None, None),
        ("/in/tvshow.nfo", "C", None),
        ("/in/A/tvshow.nfo", None, None),
        ("/in/A/S1/B S01E01.mkv", "B", None),
    ).assign(media_type=[None, None, None, "episode"], season=1, episodes=[None, None, None, (1,)])
    revision = revised(labels, on_conflict="skip")
    before = said(revision.plan)
    assert [row[1] for row in before] == ["skip", "skip", "move", "move"]
    revision.edit([1], title="D")
    assert said(revision.plan) == before
