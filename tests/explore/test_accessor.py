"""Any DataFrame has `.media`, and what it answers goes on as any DataFrame."""

import subprocess
import sys

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import mediaorg as mo
from mediaorg import errors
from mediaorg.explore import accessor, charts, findings


@pytest.fixture(scope="module")
def labels(collection):
    return mo.run(mo.classify(mo.run(mo.probe(collection, progress=False, cache=False)), progress=False, cache=False))


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


ASKED = "df.media.summary().loc['all', 'files']; print([m for m in ('matplotlib', 'av') if m in sys.modules])"


@pytest.mark.parametrize(
    "begin",
    [
        "import sys, pandas as pd, mediaorg; df = pd.DataFrame({'path': ['/a.mkv']}); ",
        "import sys, mediaorg as mo, pandas as pd; mo.scan; df = pd.DataFrame({'path': ['/a.mkv']}); ",
        "import sys, mediaorg as mo; df = mo.run(mo.classify(['/a.mkv'], progress=False)); ",
        "import sys, pandas as pd; from mediaorg import plan; df = pd.DataFrame({'path': ['/a.mkv']}); ",
    ],
)
def test_it_is_there_once_there_is_pandas_and_the_first_answer_needs_no_picture(begin):
    assert python(begin + ASKED) == "[]\n"


def test_the_name_alone_loads_nothing():
    code = "import sys, pandas, mediaorg; mediaorg.plan; print('mediaorg.explore.accessor' in sys.modules)"
    assert python(code) == "False\n"


def test_it_is_made_known_once_and_without_a_warning():
    code = "import warnings; warnings.simplefilter('error'); import pandas, mediaorg as mo; mo.plan, mo.scan, mo.charts"
    assert python(code) == ""


def test_answers_chain(labels):
    assert labels.media.doubtful().media.summary().loc["all", "files"] == len(findings.doubtful(labels))
    assert labels.query("season == 1").media.missing_episodes().shape[1] == 4


def questions():
    return [name for name in vars(accessor.Media) if not name.startswith("_") and name != "plot"]


@pytest.mark.parametrize("name", questions())
def test_a_question_is_answered_as_its_page_says(name, labels):
    pd.testing.assert_frame_equal(getattr(labels.media, name)(), getattr(findings, name)(labels))


def test_the_missing_column_is_named_with_the_stage_that_makes_it():
    with pytest.raises(errors.MissingColumns, match=r"broken needs the column 'playable' \(from probe\)"):
        pd.DataFrame({"path": []}).media.broken()


@pytest.mark.parametrize("name", charts.__all__)
def test_every_chart_is_drawn_of_the_table(name, labels):
    drawn = getattr(labels.media.plot, name)
    assert drawn.__doc__ == getattr(charts, name).__doc__
    assert name in dir(labels.media.plot)
    assert name in repr(labels.media.plot)


def test_settings_of_a_chart_go_with_it(labels):
    _, ax = plt.subplots()
    assert labels.media.plot.storage(ax=ax, top=3) is ax
    assert len(ax.get_yticklabels()) == 3
    plt.close("all")


def test_a_chart_that_is_not_there_is_an_attribute_error_that_names_those_that_are(labels):
    with pytest.raises(AttributeError, match="no chart 'pie'; there are bit_rates"):
        labels.media.plot.pie  # noqa: B018
    assert "summary" in repr(labels.media)
