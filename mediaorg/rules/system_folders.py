"""Folders that belong to the system: nothing is moved there, and nothing is taken from there."""

import re
from typing import Final

__all__ = ["is_system"]

# Programs, settings and the kernel's own. Not /var, /srv, /opt, /mnt or /tmp: people keep films there.
_SYSTEM: Final = re.compile(
    r"^/(?:etc|usr|bin|sbin|boot|proc|sys|dev(?!/shm(?:/|$))|run/systemd|System|Library/(?:System|Frameworks))(?:/|$)"
    r"|^[A-Za-z]:[\\/](?i:Windows|Program Files(?: \(x86\))?)(?:[\\/]|$)"
)


def is_system(path: str) -> bool:
    """Whether `path`, absolute, lies in a folder of the system.

    >>> is_system("/etc/films/a.mkv"), is_system("/home/me/etc/a.mkv"), is_system("/tmp/a.mkv")
    (True, False, False)
    """
    return _SYSTEM.match(path) is not None
