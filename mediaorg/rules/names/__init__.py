"""What one file name says by itself: season and episodes, numbers, dates, years, parts and the title before them."""

from mediaorg.rules.names.dates import day_order
from mediaorg.rules.names.films import read_film
from mediaorg.rules.names.forms import SEASON_WORDS
from mediaorg.rules.names.reading import read
from mediaorg.rules.names.record import Reading
from mediaorg.rules.names.text import (
    bare,
    in_figures,
    is_release,
    mirrored,
    plain,
    prepared,
    reads_as_junk,
    same,
    stem_of,
    untagged,
    words,
)
from mediaorg.rules.names.titles import NUMERALS

__all__ = [
    "NUMERALS",
    "SEASON_WORDS",
    "Reading",
    "bare",
    "day_order",
    "in_figures",
    "is_release",
    "mirrored",
    "plain",
    "prepared",
    "read",
    "read_film",
    "reads_as_junk",
    "same",
    "stem_of",
    "untagged",
    "words",
]
