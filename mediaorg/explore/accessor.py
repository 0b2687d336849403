"""``df.media``: what a table of mediaorg says, asked of the table itself. Any DataFrame has it; the answers are plain tables.

`mediaorg` itself makes the name known to pandas (see its ``__init__``); this module is loaded when it is first used.
"""

from types import MethodType
from typing import TYPE_CHECKING, Any, Final

from mediaorg.explore import charts, findings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Media", "Plot"]

_CHARTS: Final[list[str]] = vars(charts)["__all__"]


class Media:
    """What `df` says: ``df.media.summary()``, ``df.media.broken()``, ``df.media.plot.storage()`` …

    Every answer is a plain DataFrame, so that ``df.media.doubtful().media.by_quality()`` goes on. A question whose
    columns are not there raises MissingColumns, which names them and the stage that makes them.

    >>> import mediaorg as mo
    >>> labels = mo.run(mo.classify(["/in/Alien (1979).mkv", "/in/Alien (1979).avi"], progress=False))
    >>> labels.media.duplicates()["keep"].tolist()
    [True, False]
    """

    def __init__(self, df: "pd.DataFrame") -> None:
        self._df = df

    def __repr__(self) -> str:
        return f"<media of {len(self._df):,} rows: {', '.join(name for name in dir(self) if not name.startswith('_'))}>"

    def summary(self) -> "pd.DataFrame":
        """One row a media type, and one for all; see `mediaorg.explore.findings.summary`."""
        return findings.summary(self._df)

    def broken(self) -> "pd.DataFrame":
        """The rows that do not play or could not be looked at; see `mediaorg.explore.findings.broken`."""
        return findings.broken(self._df)

    def duplicates(self) -> "pd.DataFrame":
        """The rows of which there is more than one; see `mediaorg.explore.findings.duplicates`.

        By `content_hash`, where the table has that column (from hashes); else by what identifies a film or an episode:
        title, year, season, episodes, absolute episodes, date, part and edition.
        """
        return findings.duplicates(self._df)

    def episodes(self) -> "pd.DataFrame":
        """One row an episode, there or missing, once or doubled; see `mediaorg.explore.findings.episodes`."""
        return findings.episodes(self._df)

    def missing_episodes(self) -> "pd.DataFrame":
        """One row a missing episode; see `mediaorg.explore.findings.missing_episodes`."""
        return findings.missing_episodes(self._df)

    def by_quality(self) -> "pd.DataFrame":
        """One row a quality; see `mediaorg.explore.findings.by_quality`."""
        return findings.by_quality(self._df)

    def doubtful(self) -> "pd.DataFrame":
        """The rows whose label a person should look at; see `mediaorg.explore.findings.doubtful`."""
        return findings.doubtful(self._df)

    @property
    def plot(self) -> "Plot":
        """The charts of `mediaorg.charts`, each drawn of this table."""
        return Plot(self._df)


class Plot:
    """The charts of a table: ``df.media.plot.storage(top=10)`` is ``mo.charts.storage(df, top=10)``."""

    def __init__(self, df: "pd.DataFrame") -> None:
        self._df = df

    def __repr__(self) -> str:
        return f"<charts of {len(self._df):,} rows: {', '.join(_CHARTS)}>"

    def __dir__(self) -> list[str]:
        return list(_CHARTS)

    def __getattr__(self, name: str) -> Any:
        if name not in _CHARTS:
            raise AttributeError(f"there is no chart {name!r}; there are {', '.join(_CHARTS)}")
        return MethodType(getattr(charts, name), self._df)  # so that help() shows the chart's own page
