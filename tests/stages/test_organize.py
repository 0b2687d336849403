"""A run shows itself: a line in a terminal, a card in a notebook, and neither says more than was done."""

from html.parser import HTMLParser

import mediaorg as mo


class Cells(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])

    def handle_data(self, data):
        self.text += data
        if self.rows:
            self.rows[-1].append(data)


def test_a_dry_run_says_that_nothing_was_touched_and_a_real_one_what_became_of_it(messy, tmp_path):
    dry = mo.run(mo.organize(messy, tmp_path / "library", progress=False))
    assert "planned, nothing touched" in repr(dry)
    journal = tmp_path / "journal.sqlite"
    real = mo.run(mo.organize(messy, tmp_path / "library", dry_run=False, journal=journal, progress=False))
    done = int((real.receipts["state"] == "done").sum())
    assert f"applied: {done} done" in repr(real)


def test_its_card_is_the_same_with_where_the_time_went(messy, tmp_path):
    run = mo.run(mo.organize(messy, tmp_path / "library", progress=False))
    card = Cells(run._repr_html_())
    assert card.text.startswith(repr(run)[1:-1])
    assert [row[0] for row in card.rows] == ["phase", *run.stats["phases"]]
    assert [row[1] for row in card.rows[1:]] == [str(len(run.files))] * 4


def test_whatever_a_state_is_called_it_is_text_in_the_card(messy, tmp_path):
    run = mo.run(mo.organize(messy, tmp_path / "library", progress=False))
    run.plan["status"] = "<script>alert(1)</script>"
    assert "script" not in Cells(run._repr_html_()).tags
