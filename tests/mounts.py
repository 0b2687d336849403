"""A file system as a network share is on a bad day: every read takes its time, or never comes back.

Run as ``python -m tests.mounts FOLDER [FILE SECONDS]`` it mounts one there, says so, and serves it until it is killed:
whatever name is asked for is `FILE`, each of whose reads takes `SECONDS`; without a file, no read is ever answered,
and whoever reads waits in the kernel, where no signal reaches it. Root alone may mount.
"""

import ctypes
import errno
import heapq
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DETACH = 2
_DIRECT = 1  # every read comes to us, none to the page cache
_FOREVER = 3600  # s, for which names and attributes are good


@contextmanager
def mounted(folder: Path, file: Path | None = None, seconds: float = 0) -> Iterator[Path]:
    """`folder` is such a mount meanwhile. Raises PermissionError where nothing can be mounted."""
    served = [os.fspath(folder), *([] if file is None else [os.fspath(file), str(seconds)])]
    with subprocess.Popen([sys.executable, "-m", "tests.mounts", *served], stdout=subprocess.PIPE) as server:
        try:
            if not server.stdout.readline():
                raise PermissionError("nothing can be mounted here")
            yield folder
        finally:
            server.kill()  # which frees all who wait
            ctypes.CDLL(None).umount2(os.fsencode(folder), _DETACH)


class Share:
    """What is served: one file under all names."""

    def __init__(self, file: str | None = None, seconds: str = "0") -> None:
        self.seconds = float(seconds)
        self.data = None if file is None else Path(file).read_bytes()
        self.size = 1 << 20 if self.data is None else len(self.data)
        self.nodes: dict[bytes, int] = {}  # every name is a file of its own

    def answer(self, opcode: int, node: int, body: bytes) -> tuple[int, bytes] | None:
        """An error number and what follows the head of a reply; None is silence. The numbers are <linux/fuse.h>'s."""
        match opcode:
            case 26:  # init
                return 0, struct.pack("<IIIIHHIIHHI28x", 7, 31, 1 << 16, 0, 64, 48, 1 << 16, 1, 0, 0, 0)
            case 1:  # lookup
                found = self.nodes.setdefault(body, 2 + len(self.nodes))
                return 0, struct.pack("<QQQQII", found, 1, _FOREVER, _FOREVER, 0, 0) + self.attributes(found)
            case 3:  # getattr
                return 0, struct.pack("<QII", _FOREVER, 0, 0) + self.attributes(node)
            case 14:  # open
                return 0, struct.pack("<QII", 1, _DIRECT, 0)
            case 15 if self.data is not None:  # read
                _, offset, size = struct.unpack_from("<QQI", body)
                return 0, self.data[offset : offset + size]
            case 18 | 25:  # release, flush
                return 0, b""
            case 2 | 15 | 36 | 42:  # forget, read, interrupt, many to forget
                return None
            case _:
                return errno.ENOSYS, b""

    def attributes(self, node: int) -> bytes:
        mode, size = (0o040755, 0) if node == 1 else (0o100644, self.size)
        return struct.pack("<QQQQQQIIIIIIIIII", node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def main() -> None:
    folder, *served = sys.argv[1:]
    share = Share(*served)
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
    if ctypes.CDLL(None).mount(b"share", os.fsencode(folder), b"fuse", 0, options):
        sys.exit("cannot mount")
    print("mounted", flush=True)
    late: list[tuple[float, bytes]] = []  # replies, by when they are due
    while True:
        wait = max(0.0, late[0][0] - time.monotonic()) if late else None
        if select.select([device], [], [], wait)[0]:
            request = os.read(device, 1 << 18)
            _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
            if (said := share.answer(opcode, node, request[40:])) is not None:
                error, body = said
                reply = struct.pack("<IiQ", 16 + len(body), -error, unique) + body
                heapq.heappush(late, (time.monotonic() + (share.seconds if opcode == 15 else 0), reply))
        while late and late[0][0] <= time.monotonic():
            os.write(device, heapq.heappop(late)[1])


if __name__ == "__main__":
    main()
