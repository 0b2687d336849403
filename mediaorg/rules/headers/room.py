"""What of a file is for pictures and sounds."""

from typing import NamedTuple

__all__ = ["Room"]


class Room(NamedTuple):
    """Where blocks of pictures and sounds lie in a file, and whether they may be nothing but zeros."""

    media: int | None  # where the first block may lie, if that is known
    end: int | None  # where the container ends by its own word
    raw_pictures: bool
    raw_sounds: bool
