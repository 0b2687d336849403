"""Where mediaorg keeps what is its own: a cache that may be deleted, a journal and corrections that must not be."""

from pathlib import Path
from typing import Final

import platformdirs

__all__ = [
    "answers_file",
    "cache_file",
    "corrections_file",
    "imdb_file",
    "journal_file",
    "pictures_file",
    "statistics_file",
]

_APP: Final = "mediaorg"


def cache_file() -> Path:
    """Probe answers; deleting it costs time and nothing else. On Linux ``~/.cache/mediaorg/probe.sqlite``."""
    return platformdirs.user_cache_path(_APP) / "probe.sqlite"


def answers_file() -> Path:
    """What a model answered; deleting it costs money and nothing else. On Linux ``~/.cache/mediaorg/ai.sqlite``."""
    return platformdirs.user_cache_path(_APP) / "ai.sqlite"


def imdb_file() -> Path:
    """A catalogue made of files the user downloaded. On Linux ``~/.local/share/mediaorg/imdb.sqlite``."""
    return platformdirs.user_data_path(_APP) / "imdb.sqlite"


def pictures_file() -> Path:
    """Thumbnails; deleting them costs time and nothing else. On Linux ``~/.cache/mediaorg/pictures.sqlite``."""
    return platformdirs.user_cache_path(_APP) / "pictures.sqlite"


def journal_file() -> Path:
    """What was moved, and how to take it back. On Linux ``~/.local/share/mediaorg/journal.sqlite``."""
    return platformdirs.user_data_path(_APP) / "journal.sqlite"


def corrections_file() -> Path:
    """What a person said of their files. On Linux ``~/.local/share/mediaorg/corrections.sqlite``."""
    return platformdirs.user_data_path(_APP) / "corrections.sqlite"


def statistics_file() -> Path:
    """What runs were like; deleting it costs knowledge of devices and nothing else. On Linux ``~/.local/share/mediaorg/statistics.sqlite``."""
    return platformdirs.user_data_path(_APP) / "statistics.sqlite"
