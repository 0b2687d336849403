"""Nothing here ever replaces a file, whichever way the file system makes us take."""

import contextlib
import errno
import logging
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaorg.io import disk
from mediaorg.records import Identity

from .. import mounts
from ..stages.moving import another_device, ext2, mounted


def lower(rung: int) -> disk.Renamer:
    """On a system that does not know the flag (1), nor links (2)."""
    return disk.Renamer(disk.LADDER[rung:])


RUNGS = pytest.mark.parametrize("rung", [0, 1, 2], ids=["one call", "link and unlink", "place-holder"])


@RUNGS
def test_a_rename_to_a_free_name_moves_the_file_itself(tmp_path: Path, rung: int) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"film")
    before = disk.identity(source.stat())
    lower(rung).rename(str(source), str(target), device=1, noted=True)
    assert not source.exists()
    assert disk.identity(target.stat()) == before


@RUNGS
@pytest.mark.parametrize("squatter", [b"somebody's film", b""])
def test_a_rename_never_takes_a_name_that_is_taken(tmp_path: Path, rung: int, squatter: bytes) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"film")
    target.write_bytes(squatter)
    with pytest.raises(FileExistsError):
        lower(rung).rename(str(source), str(target), device=1, noted=True)
    assert (source.read_bytes(), target.read_bytes()) == (b"film", squatter)


def test_a_place_holder_is_made_only_once_it_is_noted(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"film")
    renamer = lower(2)
    assert renamer.holds(1)
    with pytest.raises(disk.NeedsHolder):
        renamer.rename(str(source), str(target), device=1)
    assert not target.exists()


@RUNGS
def test_a_rename_that_fails_leaves_nothing_behind(tmp_path: Path, rung: int) -> None:
    with pytest.raises(FileNotFoundError):
        lower(rung).rename(str(tmp_path / "gone"), str(tmp_path / "b"), device=1, noted=True)
    assert list(tmp_path.iterdir()) == []


def test_one_bad_name_does_not_make_a_device_one_of_place_holders(tmp_path: Path) -> None:
    """EINVAL is said both of a flag and of a name a file system does not know, as vfat of "a:b"."""
    renamer, folder = disk.Renamer(), tmp_path / "a"
    folder.mkdir()
    inside = str(folder / "b")  # of a folder moved into itself the kernel says EINVAL, and of a link to it EPERM
    with pytest.raises(disk.NeedsHolder):
        renamer.rename(str(folder), inside, device=1)
    with pytest.raises(OSError, match="Invalid argument"):
        renamer.rename(str(folder), inside, device=1, noted=True)
    assert not renamer.holds(1)
    assert list(folder.iterdir()) == []


@pytest.mark.root
def test_a_link_whose_old_name_will_not_go_is_taken_back(tmp_path: Path) -> None:
    folder = tmp_path / "only more"
    folder.mkdir()
    (folder / "a").write_bytes(b"film")
    if subprocess.run(["chattr", "+a", folder], capture_output=True, check=False).returncode:
        pytest.skip("no append-only folders here")
    try:
        with pytest.raises(PermissionError):
            lower(1).rename(str(folder / "a"), str(tmp_path / "b"), device=1)
    finally:
        subprocess.run(["chattr", "-a", folder], check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["only more"]
    assert (folder / "a").stat().st_nlink == 1


def test_copies_and_links_refuse_a_taken_name(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"film")
    target.write_bytes(b"other")
    for deed in (
        lambda: disk.link(str(source), str(target)),
        lambda: disk.symlink(str(source), str(target)),
        lambda: disk.copy(str(source), str(target), verify="hash", stop=threading.Event()),
    ):
        with pytest.raises(FileExistsError):
            deed()
        assert target.read_bytes() == b"other"


@settings(deadline=None)  # disks have bad days
@given(content=st.binary(max_size=3_000_000))
def test_a_copy_is_the_same_bytes_mode_and_times(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("copy")
    source, target = folder / "a", folder / "b"
    source.write_bytes(content)
    source.chmod(0o640)
    os.utime(source, ns=(1, 1_234_567_890_123_456_789))
    copied = disk.copy(str(source), str(target), verify="hash", stop=threading.Event())
    assert target.read_bytes() == content
    assert (copied.size, copied.hash) == (len(content), xxhash.xxh3_128_hexdigest(content))
    assert (target.stat().st_mode, target.stat().st_mtime_ns) == (source.stat().st_mode, source.stat().st_mtime_ns)
    assert disk.hash_file(str(target)) == copied.hash


def test_a_copy_that_reads_back_differently_is_no_copy(tmp_path: Path) -> None:
    """Somebody, a bad disk or a stranger, changes what was written before it is read again."""
    source, part = tmp_path / "film.mkv", tmp_path / "film.part"
    source.write_bytes(os.urandom(24 << 20))
    over = threading.Event()

    def spoil() -> None:
        while not over.is_set():
            with contextlib.suppress(FileNotFoundError), part.open("r+b") as file:
                file.seek(4096)
                file.write(os.urandom(16))

    spoiler = threading.Thread(target=spoil)
    spoiler.start()
    try:
        with pytest.raises(disk.CopyDiffers):
            disk.copy(os.fspath(source), os.fspath(part), verify="hash", stop=threading.Event())
    finally:
        over.set()
        spoiler.join()
    assert not part.exists()


def test_a_copy_that_is_stopped_takes_its_temporary_away(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"film")
    stop = threading.Event()
    stop.set()
    with pytest.raises(disk.Stopped):
        disk.copy(str(tmp_path / "a"), str(tmp_path / "b"), verify="hash", stop=stop)
    assert [left.name for left in tmp_path.iterdir()] == ["a"]


def test_extended_attributes_come_along(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"film")
    try:
        os.setxattr(source, "user.rating", b"5")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    disk.copy(str(source), str(target), verify="size", stop=threading.Event())
    assert os.getxattr(target, "user.rating") == b"5"


@pytest.mark.root
def test_an_attribute_that_does_not_fit_is_told_and_the_others_come_along(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"film")
    try:
        for name, value in (("user.a", b"1"), ("user.big", b"x" * 2000), ("user.c", b"3")):
            os.setxattr(source, name, value)
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    with ext2(tmp_path / "old") as old, caplog.at_level(logging.WARNING, "mediaorg"):
        disk.copy(str(source), str(old / "a"), verify="size", stop=threading.Event())
        assert sorted(os.listxattr(old / "a")) == ["user.a", "user.c"]
    assert "user.big" in caplog.text
    assert "user.a" not in caplog.text


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    """A FIFO is opened when somebody writes to it: perhaps never."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for read in (
        lambda: disk.hash_file(str(pipe)),
        lambda: disk.copy(str(pipe), str(tmp_path / "b"), verify="hash", stop=threading.Event()),
    ):
        with pytest.raises(OSError, match="no regular file"):
            read()
    assert not (tmp_path / "b").exists()


# ---- copies made together --------------------------------------------------------------------------------------


def errands(folder: Path, sizes: list[int]) -> list[disk.Errand]:
    for at, size in enumerate(sizes):
        (folder / f"{at}").write_bytes(os.urandom(size))
    return [disk.Errand(str(folder / f"{at}"), str(folder / f"{at}.part")) for at in range(len(sizes))]


def parts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.part"))


def test_copies_made_together_are_each_whole(tmp_path: Path) -> None:
    several = errands(tmp_path, [0, *range(1000, 2_000_000, 100_000)])
    done = disk.copy_together(several, verify="hash", stop=threading.Event())
    for errand, copied in zip(several, done, strict=True):
        assert isinstance(copied, disk.Copied)
        content = Path(errand.temporary).read_bytes()
        assert content == Path(errand.source).read_bytes()
        assert (copied.size, copied.hash) == (len(content), xxhash.xxh3_128_hexdigest(content))
        assert copied.identity == disk.there(errand.temporary)


def test_one_of_several_copies_that_cannot_be_made_costs_only_itself(tmp_path: Path) -> None:
    several = errands(tmp_path, [100] * 4)
    Path(several[1].source).unlink()
    Path(several[2].temporary).write_bytes(b"somebody's")
    done = disk.copy_together(several, verify="hash", stop=threading.Event())
    assert [type(each) for each in done] == [disk.Copied, FileNotFoundError, FileExistsError, disk.Copied]
    assert parts(tmp_path) == ["0.part", "2.part", "3.part"]
    assert Path(several[2].temporary).read_bytes() == b"somebody's"


def test_one_of_several_copies_that_reads_back_differently_costs_only_itself(tmp_path: Path) -> None:
    several = errands(tmp_path, [100, 4 << 20, 100])

    def spoil(size: int) -> None:
        """Somebody writes into the second one as soon as it is there, also at its second try."""
        with contextlib.suppress(FileNotFoundError), open(several[1].temporary, "r+b") as file:
            file.seek(4096)
            file.write(os.urandom(16))

    done = disk.copy_together(several, verify="hash", stop=threading.Event(), told=spoil)
    assert [type(each) for each in done] == [disk.Copied, disk.CopyDiffers, disk.Copied]
    assert parts(tmp_path) == ["0.part", "2.part"]


@pytest.mark.parametrize("pieces", [1, 3, 4])
def test_several_copies_that_are_stopped_leave_no_temporary_without_its_answer(tmp_path: Path, pieces: int) -> None:
    """Four pieces are all there is: then they are written, and were to be read back."""
    several, stop = errands(tmp_path, [1000] * 4), threading.Event()
    told: list[int] = []

    def count(size: int) -> None:
        told.append(size)
        if len(told) == pieces:
            stop.set()

    done = disk.copy_together(several, verify="hash", stop=stop, told=count)
    assert {type(each) for each in done} == {disk.Stopped}
    assert parts(tmp_path) == []


@pytest.mark.root
def test_after_a_copy_that_finds_its_disk_full_no_other_of_them_is_tried(tmp_path: Path) -> None:
    several, full = errands(tmp_path, [100] * 4), tmp_path / "full"
    with mounted(full, "size=1m,nr_inodes=3") as small:  # its own folder, and two files
        several = [disk.Errand(each.source, str(small / Path(each.temporary).name)) for each in several]
        done = disk.copy_together(several, verify="hash", stop=threading.Event())
        assert [type(each) for each in done] == [disk.Copied, disk.Copied, OSError, OSError]
        assert done[3] is done[2]  # what the one before was told
        assert parts(small) == ["0.part", "1.part"]


def test_identity_differs_in_what_changed_and_what_is_unknown_does_not_count() -> None:
    now = Identity(12, 5, 7, 1)
    known = {"size": 12, "mtime_ns": 5, "inode": 7, "device": 1}
    assert disk.difference(now, **known) is None
    assert disk.difference(now, size=None, mtime_ns=None, inode=None, device=None) is None
    for name in known:
        words = disk.difference(now, **{**known, name: 99})
        assert words is not None
        assert words.startswith("changed: ")


def test_a_folder_that_is_not_empty_stays(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    assert disk.make_folder(str(folder))
    assert not disk.make_folder(str(folder))
    (folder / "film").touch()
    assert not disk.remove_folder(str(folder))
    (folder / "film").unlink()
    assert disk.remove_folder(str(folder))
    assert disk.remove_folder(str(folder))  # another undo was faster


def test_a_file_in_the_way_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(FileExistsError):
        disk.make_folder(str(tmp_path / "a"))


@pytest.mark.root
def test_of_fuse_a_flush_of_the_whole_is_not_taken_for_one_of_each_file(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    with mounts.mounted(tmp_path / "share") as share:
        assert not disk.syncs_as_one(str(share))
    with another_device(tmp_path) as memory:
        assert disk.syncs_as_one(str(memory))
    assert disk.syncs_as_one(str(tmp_path))


def test_flushing_folders_that_are_gone_is_no_error(tmp_path: Path) -> None:
    disk.flush_folders([str(tmp_path / "gone")])
    disk.flush_folders([str(tmp_path), *(str(tmp_path / name) for name in "abcdef")])


def test_a_file_system_has_a_name_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    name = disk.file_system(str(tmp_path))
    assert name is not None
    assert re.fullmatch(r"(uuid|fsid):[\w-]+", name)
    assert disk.file_system(str(tmp_path / "deeper")) == name
    with another_device(tmp_path) as elsewhere:
        assert disk.file_system(str(elsewhere)) not in (None, name)
    assert disk.file_system(str(tmp_path / "gone")) is None


def test_a_machine_is_the_same_in_every_process() -> None:
    code = "from mediaorg.io import disk; print(disk.machine())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == disk.machine() != ""


def test_a_linked_folder_lies_on_the_disk_it_leads_to(tmp_path: Path) -> None:
    with another_device(tmp_path) as elsewhere:
        (tmp_path / "link").symlink_to(elsewhere)
        assert disk.device(str(tmp_path / "link")) == elsewhere.stat().st_dev
        assert disk.device(str(tmp_path / "link")) != disk.device(str(tmp_path))
    assert disk.device(str(tmp_path / "link")) is None


def test_looking_at_a_name_that_is_too_long_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too long") as caught:
        disk.look(str(tmp_path / ("a" * 300)))
    assert caught.value.errno == errno.ENAMETOOLONG
