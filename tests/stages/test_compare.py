"""Two plans are compared by what they say of each file, whatever the order of their rows."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg.schema import PLAN, table

SAID = ("target", "operation", "status", "reason")
COLUMNS = ["source", "changed", *(f"{name}_{plan}" for name in SAID for plan in "ab")]


def plan(*rows):
    return table(PLAN, {name: [row[at] for row in rows] for at, name in enumerate(("source", *SAID))})


CELLS = st.sampled_from([None, "x", "y"])
ROWS = st.lists(st.tuples(st.sampled_from(["/1", "/2", "/3", None]), CELLS, CELLS, CELLS, CELLS), max_size=6)


@given(ROWS, st.randoms(use_true_random=False))
def test_a_plan_is_equal_to_itself_in_any_order_of_files(rows, chance):
    rows = list({row[0]: row for row in rows}.values())
    shuffled = chance.sample(rows, len(rows))
    assert mo.diff(plan(*rows), plan(*shuffled)).empty


@given(ROWS, ROWS)
def test_every_row_is_the_same_or_told(rows_a, rows_b):
    found = mo.diff(plan(*rows_a), plan(*rows_b))
    counts = found.attrs["mediaorg"]["diff"]
    assert counts["same"] + counts["differ"] + counts["only_a"] == len(rows_a)
    assert counts["same"] + counts["differ"] + counts["only_b"] == len(rows_b)
    assert len(found) == counts["differ"] + counts["only_a"] + counts["only_b"]


@given(ROWS, ROWS)
def test_the_other_way_round_a_and_b_change_places(rows_a, rows_b):
    there, back = mo.diff(plan(*rows_a), plan(*rows_b)), mo.diff(plan(*rows_b), plan(*rows_a))
    swapped = {f"{name}_a": f"{name}_b" for name in SAID} | {f"{name}_b": f"{name}_a" for name in SAID}
    back = back.rename(columns=swapped).replace({"changed": {"only_a": "only_b", "only_b": "only_a"}})
    rows = [sorted(frame[COLUMNS].astype(object).fillna("").values.tolist()) for frame in (there, back)]
    assert rows[0] == rows[1]


def test_what_differs_is_named_and_both_are_shown():
    before = plan(("/1", "/l/1", "move", "ready", None), ("/2", "/l/2", "move", "ready", None))
    after = plan(("/2", "/l/2", "move", "ready", None), ("/1", "/l/one", "move", "conflict", "same: as /3"))
    [row] = mo.diff(before, after).to_dict("records")
    assert (row["source"], row["changed"]) == ("/1", "target, status, reason")
    assert (row["target_a"], row["target_b"]) == ("/l/1", "/l/one")
    assert (row["status_a"], row["status_b"], row["reason_b"]) == ("ready", "conflict", "same: as /3")
    assert pd.isna(row["reason_a"])


def test_a_file_that_only_one_plan_has_is_told_last_if_it_is_the_second():
    one, two, three = (("/" + name, f"/l/{name}", "move", "ready", None) for name in "123")
    found = mo.diff(plan(one, two), plan(three, two))
    assert found[["source", "changed"]].values.tolist() == [["/1", "only_a"], ["/3", "only_b"]]
    assert found["target_b"].isna().tolist() == [True, False]


def test_a_source_that_occurs_twice_is_paired_in_its_order():
    one, two = (("/1", f"/l/{name}", "copy", "ready", None) for name in "12")
    assert mo.diff(plan(one, two), plan(one, two)).empty
    assert mo.diff(plan(one, two), plan(one))["changed"].tolist() == ["only_a"]


@pytest.mark.parametrize("rows", [[], [("/1", "/l/1", "move", "ready", None)]])
def test_an_empty_answer_has_the_same_columns_and_dtypes(rows):
    full = mo.diff(plan(("/1", "/l/1", "move", "ready", None)), plan())
    empty = mo.diff(plan(*rows), plan(*rows))
    assert list(empty.columns) == list(full.columns) == COLUMNS
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert len(empty) == 0


def test_an_edit_and_a_round_through_a_spreadsheet(tmp_path):
    labels = pd.DataFrame({"path": ["/in/a.mkv", "/in/b.mkv"], "media_type": "movie", "title": ["A", "B"]})
    planned = mo.plan(labels, "/library", existing=[])
    mo.save_plan(planned, tmp_path / "plan.csv")
    loaded = mo.load_plan(tmp_path / "plan.csv")
    assert mo.diff(planned, loaded).empty
    loaded.loc[0, "target"] = "/elsewhere/a.mkv"
    found = mo.diff(planned, mo.check(loaded, existing=[]))
    assert found[["source", "changed"]].values.tolist() == [["/in/a.mkv", "target, status, reason"]]


@pytest.mark.parametrize("gone", ["source", *SAID])
def test_a_column_that_lacks_is_named_and_so_is_the_plan(gone):
    whole = plan()
    with pytest.raises(mo.errors.MissingColumns, match=rf"second plan.*'{gone}' \(from plan\)"):
        mo.diff(whole, whole.drop(columns=gone))
    with pytest.raises(mo.errors.MissingColumns, match=rf"first plan.*'{gone}' \(from plan\)"):
        mo.diff(whole.drop(columns=gone), whole)


def test_what_is_no_table_is_a_clear_error():
    with pytest.raises(mo.errors.BadSetting, match="needs a DataFrame, not str"):
        mo.diff(plan(), "plan.csv")


def test_an_empty_cell_is_a_missing_one():
    assert mo.diff(plan(("/1", "", "skip", "", None)), plan(("/1", None, "skip", None, ""))).empty


def test_what_is_edited_may_be_paths_and_no_text(tmp_path):
    one = plan(("/1", "/l/1", "move", "ready", None))
    two = one.astype(object)
    two["target"] = [tmp_path.__class__("/l/1")]
    assert mo.diff(one, two).empty
