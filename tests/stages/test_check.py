"""A plan judged again: edited, filtered, joined, sorted; and the laws that hold for every plan."""

import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg import schema
from mediaorg.rules.collisions import path_key

FILM = {"media_type": "movie", "title": "Alien", "year": 1979}


def films(*titles, folder="/in"):
    return pd.DataFrame(
        {
            "path": [f"{folder}/{title}.mkv" for title in titles],
            "media_type": "movie",
            "title": list(titles),
            "needs_review": False,
        }
    )


def judged(plan, existing=()):
    return mo.check(plan, existing=list(existing))


@pytest.fixture
def plan():
    return mo.plan(films("a", "b", "c"), "/lib", existing=[])


@pytest.mark.parametrize(
    ("target", "status", "word"),
    [
        ("/lib/mine/a.mkv", "ready", None),
        ("/elsewhere/a.mkv", "blocked", "outside_root"),
        ("/library/a.mkv", "blocked", "outside_root"),
        ("/lib/../etc/a.mkv", "blocked", "outside_root"),
        ("/lib/./a.mkv", "blocked", "outside_root"),
        ("/lib//a.mkv", "blocked", "outside_root"),
        ("/lib", "blocked", "outside_root"),
        ("a.mkv", "blocked", "outside_root"),
        ("/lib/a\0.mkv", "blocked", "bad_name"),
        (f"/lib/{'a' * 256}", "blocked", "too_long"),
        (None, "blocked", "no_target"),
        ("/lib/Movies/b/b.mkv", "conflict", "same_target"),
        ("/lib/movies/B/b.MKV", "conflict", "same_target"),
        ("/lib/Movies/b", "conflict", "folder_needed"),
        ("/lib/there.mkv", "conflict", "target_exists"),
        ("/lib/THERE.mkv", "conflict", "target_exists"),
        ("/lib/there.mkv/a.mkv", "blocked", "file"),
    ],
)
def test_an_edited_target_is_judged_again(plan, target, status, word):
    plan.loc[0, "target"] = target
    again = judged(plan, ["/lib/there.mkv"])
    assert again.loc[0, "status"] == status
    assert pd.isna(again.loc[0, "reason"]) if word is None else again.loc[0, "reason"].startswith(f"{word}: ")


@pytest.mark.parametrize(
    ("column", "cell", "status", "word"),
    [
        ("operation", "shred", "blocked", "unknown_operation"),
        ("operation", None, "blocked", "unknown_operation"),
        ("operation", "skip", "unchanged", None),
        ("operation", "copy", "ready", None),
        ("source", None, "blocked", "no_source"),
        ("source", "", "blocked", "no_source"),
        ("source", "/lib/Movies/a/a.mkv", "unchanged", None),
        ("source", "/in/b.mkv", "conflict", "same_source"),
        ("needs_review", True, "review", "needs_review"),
        ("status", "conflict", "ready", None),
    ],
)
def test_an_edited_cell_is_judged_again(plan, column, cell, status, word):
    plan.loc[0, column] = cell
    again = judged(plan)
    assert again.loc[0, "status"] == status
    assert pd.isna(again.loc[0, "reason"]) if word is None else again.loc[0, "reason"].startswith(f"{word}: ")


def test_only_the_way_back_takes_a_file_away(plan):
    plan.loc[0, ["operation", "source", "target"]] = ["remove", "/in/a.mkv", "/in/a.mkv"]
    again = judged(plan)
    assert again.loc[0, "status"] == "blocked"
    assert again.loc[0, "reason"].startswith("unknown_operation: 'remove'")
    plan.loc[0, "reason"] = "back: takes the copy away"
    assert judged(plan).loc[0, "status"] == "ready"


def test_a_row_made_ready_by_hand_is_ready():
    plan = mo.plan(films("a").assign(needs_review=True), "/lib", existing=[])
    assert plan.loc[0, "status"] == "review"
    plan.loc[0, ["target", "operation", "status", "needs_review"]] = ["/lib/x/a.mkv", "move", "ready", False]
    assert judged(plan).loc[0, ["status", "operation"]].tolist() == ["ready", "move"]


def test_both_of_a_pair_name_each_other(plan):
    plan["target"] = "/lib/one.mkv"
    again = judged(plan.iloc[:2])
    assert again["status"].tolist() == ["conflict", "conflict"]
    assert "/in/b.mkv" in again.loc[0, "reason"]
    assert "/in/a.mkv" in again.loc[1, "reason"]


def test_swap_chain_cycle_and_case_only_rename_are_ready():
    there = [f"/lib/{name}.mkv" for name in ("a", "b", "c", "d", "e", "F")]
    plan = mo.plan(films("a", "b", "c", "d", "e", "F", folder="/lib"), "/lib", existing=there)
    plan["target"] = [f"/lib/{name}.mkv" for name in ("b", "a", "d", "e", "free", "f")]
    assert judged(plan, there)["status"].tolist() == ["ready"] * 6
    plan["operation"] = "copy"
    assert judged(plan, there)["status"].tolist() == ["conflict"] * 4 + ["ready", "conflict"]


def test_one_that_stays_holds_up_the_whole_chain():
    there = [f"/lib/{name}.mkv" for name in "abcde"]
    plan = mo.plan(films(*"abcde", folder="/lib"), "/lib", existing=there)
    plan["target"] = [f"/lib/{name}.mkv" for name in ("b", "c", "d", "e", "free")]
    assert judged(plan, there)["status"].tolist() == ["ready"] * 5
    plan.loc[4, "needs_review"] = True
    assert judged(plan, there)["status"].tolist() == ["conflict"] * 4 + ["review"]


def test_a_sidecar_goes_with_its_video_or_not_at_all():
    table = pd.DataFrame([{"path": "/in/a.mkv", **FILM, "needs_review": False}, {"path": "/in/a.srt"}])
    plan = mo.plan(table, "/lib", existing=[])
    for edit, status in (
        ({"operation": "skip"}, "blocked"),
        ({"target": "/x"}, "blocked"),
        ({"needs_review": True}, "review"),
    ):
        edited = plan.copy()
        for column, cell in edit.items():
            edited.loc[0, column] = cell
        assert judged(edited).loc[1, "status"] == status
    filtered = judged(plan.iloc[1:])
    assert filtered["reason"].tolist() == ["video_stays: its video is not in this plan"]
    there = [plan.loc[0, "target"]]
    assert judged(plan.iloc[1:], there)["status"].tolist() == ["ready"]  # its video is in the library already


@pytest.mark.parametrize(
    ("sidecar", "status"), [("Show S01E01.srt", "ready"), ("Show S01E02.srt", "blocked"), ("poster.jpg", "ready")]
)
def test_a_sidecar_follows_its_own_video_not_another_of_the_season(sidecar, status):
    season = "/lib/Shows/Show/Season 01"
    row = {"source": f"/in/{sidecar}", "target": f"{season}/{sidecar}", "operation": "move", "belongs_to": "elsewhere"}
    there = [f"{season}/Show S01E01.mkv"]
    assert (
        judged(schema.table(schema.PLAN, {name: [cell] for name, cell in row.items()}), there).loc[0, "status"]
        == status
    )


def test_any_part_and_any_join_of_plans_is_a_plan(plan):
    assert judged(plan[["source", "target", "operation"]])["status"].tolist() == ["ready"] * 3
    assert judged(plan[[column.name for column in schema.PLAN]])["status"].tolist() == ["ready"] * 3
    assert judged(plan.iloc[::-1])["status"].tolist() == ["ready"] * 3
    assert judged(plan[plan["title"] == "b"])["status"].tolist() == ["ready"]
    other = mo.plan(films("x", folder="/other"), "/lib2", existing=[])
    assert judged(pd.concat([plan, other]))["status"].tolist() == ["ready"] * 4
    assert judged(pd.concat([plan, plan]))["status"].tolist() == ["conflict"] * 6
    assert len(judged(plan.iloc[:0])) == 0


def test_a_way_back_is_judged_by_what_it_needs(tmp_path):
    back = schema.table(
        schema.PLAN,
        {
            "source": ["/lib/a.mkv", "/lib/b.mkv"],
            "target": ["/in/a.mkv", "/in/b.mkv"],
            "operation": ["remove", "move"],
            "reason": ["back: takes the copy away", "back: to where it was"],
        },
    )
    assert judged(back)["status"].tolist() == ["ready", "ready"]
    by_hand = judged(back.assign(reason=None))
    assert by_hand["status"].tolist() == ["blocked", "ready"]  # what a person removes is not ours to bring back


def test_check_changes_nothing_but_status_and_reason(plan):
    before = plan.copy()
    again = judged(plan)
    pd.testing.assert_frame_equal(plan, before)
    pd.testing.assert_frame_equal(again, plan)
    assert again.attrs == plan.attrs


# ---- real folders ----


def test_the_disk_is_asked_and_its_links_are_not_entered(tmp_path):
    (tmp_path / "lib" / "Movies" / "a").mkdir(parents=True)
    (tmp_path / "lib" / "Movies" / "a" / "A.mkv").touch()
    (tmp_path / "lib" / "Movies" / "b").symlink_to(tmp_path)
    plan = mo.plan(films("a", "b", "c"), tmp_path / "lib", on_conflict="conflict")
    assert plan["status"].tolist() == ["conflict", "blocked", "ready"]
    assert plan.loc[1, "reason"].startswith("link: ")
    assert plan.attrs["mediaorg"]["plan"]["target_root_existed"] is True
    assert mo.plan(films("a"), tmp_path / "none").attrs["mediaorg"]["plan"]["target_root_existed"] is False
    assert not (tmp_path / "none").exists()


def test_a_library_seen_through_another_path_is_still_right(tmp_path):
    film = tmp_path / "lib" / "Movies" / "a" / "a.mkv"
    film.parent.mkdir(parents=True)
    film.touch()
    (tmp_path / "alias").symlink_to("lib")
    found = film.stat()
    table = films("a").assign(path=str(film), device=found.st_dev, inode=found.st_ino)
    assert mo.plan(table, tmp_path / "alias")["status"].tolist() == ["unchanged"]


def test_hard_links_and_links_that_are_made_are_not_made_again(tmp_path):
    source = tmp_path / "in" / "a.mkv"
    source.parent.mkdir()
    source.touch()
    found = source.stat()
    table = films("a").assign(path=str(source), device=found.st_dev, inode=found.st_ino)
    for operation, make in ("hardlink", os.link), ("symlink", os.symlink):
        plan = mo.plan(table, tmp_path / operation, operation=operation)
        target = schema.to_path(plan.loc[0, "target"])
        target.parent.mkdir(parents=True)
        make(source, target)
        assert mo.check(plan)["status"].tolist() == ["unchanged"]
        assert mo.plan(table, tmp_path / operation, operation=operation)["status"].tolist() == ["unchanged"]


def test_a_library_inside_its_source_is_planned_once(tmp_path):
    there = films("a", "b").assign(path=["/s/a.mkv", "/s/Library/Movies/b/b.mkv"])
    plan = mo.plan(there, "/s/Library", existing=["/s/Library/Movies/b/b.mkv"])
    assert plan["status"].tolist() == ["ready", "unchanged"]


# ---- laws ----

WORDS = [
    "Alien",
    "ALIEN",
    "Amélie",
    "Ame\u0301lie",
    "A",
    "a.",
    "../../etc/passwd",
    "",
    "CON",
    "x" * 500,
    "\u202eRTL",
    "a/b",
    "C:\\x",
    "\0",
    None,
    "{work}",
]
names = st.sampled_from(
    [
        "a.mkv",
        "A.mkv",
        "a.avi",
        "a.srt",
        "a.en.srt",
        "poster.jpg",
        "a.nfo",
        "b.mkv",
        "x.txt",
        "Subs/2_English.srt",
        "Subs/a.srt",
        "bad\\xff.mkv",
    ]
)
label = st.fixed_dictionaries(
    {
        "media_type": st.sampled_from(["movie", "movie", "episode", "episode", "extra", "home_video", "other", None]),
        "title": st.one_of(st.sampled_from(WORDS), st.text(st.characters(blacklist_categories=["Cs"]), max_size=6)),
        "year": st.sampled_from([None, 1979, 2000]),
        "season": st.sampled_from([None, 0, 1]),
        "episodes": st.sampled_from([None, (1,), (1, 2), (1, 3)]),
        "date": st.sampled_from([None, "2011-11-15", "nonsense"]),
        "episode_title": st.sampled_from([None, "E", "- E9", "e"]),
        "part": st.sampled_from([None, None, None, 1, 2]),
        "edition": st.sampled_from([None, None, "Cut", "CUT."]),
        "extra_type": st.sampled_from([None, "trailer", "nonsense"]),
        "quality": st.sampled_from([None, 720, 1080]),
        "needs_review": st.sampled_from([False, False, False, True]),
        "playable": st.sampled_from([None, True, True, False]),
    }
)
folders = st.sampled_from(
    [
        "/in/1",
        "/in/2",
        "/in/2/Season 1",
        "/lib",
        "/lib/Movies/Alien (1979)",
        "/lib/Movies/Alien",
        "/lib/Shows/A/Season 01",
    ]
)
collections = st.lists(
    st.tuples(folders, names, label), min_size=1, max_size=14, unique_by=lambda row: f"{row[0]}/{row[1]}"
)
stock = st.lists(
    st.sampled_from(
        [
            "Movies/Alien (1979)/Alien (1979).mkv",
            "movies/ALIEN/alien.avi",
            "Movies/Alien/Alien - copy 2.mkv",
            "Shows/a/Season 01/A S01E01.mkv",
            "Movies/Alien (1979)/poster.jpg",
        ]
    ),
    unique=True,
)
choices = st.fixed_dictionaries(
    {
        "on_conflict": st.sampled_from(["keep_both", "keep_both", "skip", "conflict", "better"]),
        "operation": st.sampled_from(["move", "move", "copy"]),
        "names": st.sampled_from(["safe", "posix"]),
    }
)


def tabled(collection):
    return pd.DataFrame([{"path": f"{folder}/{name}", **label} for folder, name, label in collection])


def there(table, stock):
    return sorted({*table["path"], *(f"/lib/{path}" for path in stock)})


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(collections, stock, choices)
def test_nothing_ever_collapses(collection, stock, chosen):
    table = tabled(collection)
    existing = there(table, stock)
    plan = mo.plan(table, "/lib", existing=existing, **chosen)
    assert plan["source"].tolist() == table["path"].tolist()
    ready = plan[plan["status"] == "ready"]
    going = set(ready["source"]) if chosen["operation"] == "move" else set()
    keys = [path_key(target) for target in ready["target"]]
    assert len(set(keys)) == len(keys)
    assert not {path_key(path) for path in existing if path not in going} & set(keys)
    for target in plan["target"].dropna():
        assert target.startswith("/lib/")
        assert not {"..", ".", ""} & set(target.split("/")[1:])
        assert all(len(part.encode()) <= 255 for part in target.split("/"))
    if chosen["on_conflict"] == "keep_both":
        assert "conflict" not in set(plan["status"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(collections, stock, choices)
def test_check_agrees_with_plan_and_with_itself(collection, stock, chosen):
    table = tabled(collection)
    existing = there(table, stock)
    plan = mo.plan(table, "/lib", existing=existing, **chosen)
    once = mo.check(plan, existing=existing)
    pd.testing.assert_frame_equal(once, plan)
    assert mo.check(plan.iloc[::-1], existing=existing)["status"].tolist() == plan["status"].tolist()[::-1]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(collections, stock)
def test_a_plan_that_was_applied_leaves_nothing_to_do(collection, stock):
    table = tabled(
        [(folder, name, {**label, "needs_review": False, "playable": True}) for folder, name, label in collection]
    )
    existing = there(table, stock)
    plan = mo.plan(table, "/lib", existing=existing)
    moved = dict(plan.loc[plan["status"] == "ready", ["source", "target"]].itertuples(index=False))
    after = table.assign(path=[moved.get(path, path) for path in table["path"]])
    again = mo.plan(after, "/lib", existing=[moved.get(path, path) for path in existing])
    left = again[again["status"] == "ready"]
    assert left.empty, left[["source", "target", "reason"]].to_dict("records")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(blacklist_categories=["Cs"])), st.text(st.characters(blacklist_categories=["Cs"])))
def test_no_title_leads_out_of_the_library(title, episode_title):
    for kind in ("movie", "episode", "extra", "home_video"):
        table = pd.DataFrame(
            [
                {
                    "path": "/in/a.mkv",
                    "media_type": kind,
                    "title": title,
                    "episodes": (1,),
                    "episode_title": episode_title,
                }
            ]
        )
        target = mo.plan(table, "/lib", existing=[]).loc[0, "target"]
        if not pd.isna(target):
            assert Path("/lib") in Path(os.path.normpath(target)).parents
            assert os.path.normpath(target) == target
