"""What of a path may leave this machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.leaving import below, common_folders, leaving, nearest, place_of, root_of


def sent(*paths, root=None, strangers=frozenset()):
    """What is sent of `paths` that are one table; the names of each joined."""
    places = [place_of(path) for path in paths]
    common = common_folders(places)
    above = [nearest(place, common[place.side]) if root is None else below(place, root_of(root)) for place in places]
    left = [leaving(place, up, strangers=strangers) for place, up in zip(places, above, strict=True)]
    return [None if one is None else "/".join(one) for one in left]


# ---- laws ------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from("Lantern;Season 1;Amber Road;Works;Tax;2024;a b;Caf\u00e9".split(";"))
SECRET = st.sampled_from(["bob", "nas01", "pw9", "share7"])
STARTS = st.sampled_from(
    [
        r"C:\Users\{0}", "C:/users/{0}", r"c:\Documents and Settings\{0}", r"\\{0}\{1}", "//{0}/{1}", r"\\?\C:\Users\{0}",
        r"\\?\UNC\{0}\{1}", "smb://{0}:{1}@{0}/{1}", "smb://{0}/{1}", "sftp://{0}@{1}", "https://{0}:{1}@{0}", "{0}@{1}:",
        "{0}:", "{0}@{1}:/home/{0}", "~{0}", "~", "file:///home/{0}", "file://{0}/home/{1}", "file:///C:/Users/{0}", "/home/{0}",
        "/var/home/{0}", "/volume1/homes/{0}", "/nfs/users/{0}", "/mnt/{0}", "/mnt/c/Users/{0}", "/Volumes/{0}", "/media/{0}/{1}",
        "/run/media/{0}/{1}", "/net/{0}", "/root", "/run/user/1000/gvfs/smb-share:server={0},share={1}",
        "/v/Library/CloudStorage/GoogleDrive-{0}@example.com", "x/{0}:{1}@{0}", "/data/~{0}",
    ]
)  # fmt: skip


@given(start=STARTS, who=SECRET, where=SECRET, folders=st.lists(NAMES, max_size=4), others=st.booleans())
def test_nothing_of_persons_machines_disks_and_shares_leaves_however_a_path_is_written(
    start, who, where, folders, others
):
    begun = start.format(who, where)
    slash = "\\" if "\\" in begun else "/"
    path = slash.join((begun, *folders, "quiet.mkv"))
    beside = ["/srv/x/quiet.mkv", "Films/quiet.mkv", "D:/quiet.mkv"] if others else []
    for root in (None, "/", "C:/", "c:\\"):
        left = sent(path, *beside, root=root)[0]
        assert left.endswith("quiet.mkv")
        assert who not in left
        assert where not in left


@given(
    paths=st.lists(st.lists(NAMES, max_size=7), min_size=1, max_size=5), start=st.sampled_from(["", "/", "C:/", "/v/"])
)
def test_of_paths_without_a_root_three_names_leave_at_most_and_never_the_folder_all_lie_in(paths, start):
    left = sent(*(start + "/".join((*folders, "quiet.mkv")) for folders in paths))
    assert all(one.count("/") < 3 for one in left)
    if len(paths) == 1 and not any("Season" in folder for folder in paths[0]):
        assert left == ["quiet.mkv"]


@given(
    folders=st.lists(NAMES, max_size=5),
    root=st.sampled_from(["/v", "/v/", "v", "C:\\v", "//nas/v", "smb://nas/v/x", "./v"]),
)
def test_below_a_root_all_names_leave_and_nothing_else(folders, root):
    assert sent("/".join((root, *folders, "quiet.mkv")), root=root) == ["/".join((*folders, "quiet.mkv"))]


# ---- tables of the wild ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "left"),
    [
        (["Documents/Tax/Private/x.mkv"], ["x.mkv"]),
        (["Documents/Tax/Private/x.mkv", "Documents/Tax/Lantern/y.mkv"], ["Private/x.mkv", "Lantern/y.mkv"]),
        (["a/b/c/d/x.mkv", "y.mkv"], ["c/d/x.mkv", "y.mkv"]),
        (["Lantern/Season 1/x.mkv"], ["Lantern/Season 1/x.mkv"]),  # the show stays in sight
        (["C:\\Lantern\\S1\\x.mkv"], ["Lantern/S1/x.mkv"]),
        (["../../bob/Private/x.mkv", "y.mkv"], ["x.mkv", "y.mkv"]),
        (["../TV/a/x.mkv", "../TV/b/y.mkv"], ["a/x.mkv", "b/y.mkv"]),
        (["/srv/alice/x.mkv", "/data/disk1/y.mkv"], ["x.mkv", "y.mkv"]),  # no more in common than all there is
        (["D:\\Bob Smith\\x.mkv", "C:\\y.mkv"], ["x.mkv", "y.mkv"]),
        (["/v/TV/Users\\bob\\Lantern\\x.mkv", "/v/y.mkv"], ["Lantern/x.mkv", "y.mkv"]),  # an archive badly unpacked
        (["bob@nas:x.mkv"], ["x.mkv"]),
        (["Lantern: Return.mkv"], ["Lantern: Return.mkv"]),
        (["/v/CSI: Harbor/x.mkv", "/v/y.mkv"], ["CSI: Harbor/x.mkv", "y.mkv"]),
        (["/", "..", "", "C:\\", "//nas"], [None, "..", None, None, None]),
    ],
)  # fmt: skip
def test_paths_without_a_root(paths, left):
    assert sent(*paths) == left


@pytest.mark.parametrize(
    ("path", "root", "left"),
    [
        ("/v/../home2/bob2/x.mkv", "/v", "x.mkv"),
        ("/video2/secret/x.mkv", "/video", "x.mkv"),
        ("secret/x.mkv", "/video", "x.mkv"),
        ("/v/TV/../Films/x.mkv", "/v/./", "Films/x.mkv"),
        ("TV/x.mkv", ".", "TV/x.mkv"),
        ("../bob/x.mkv", ".", "x.mkv"),
        ("//nas/share/TV/x.mkv", "//nas", "x.mkv"),
        ("c:\\v\\TV\\x.mkv", "C:/v", "TV/x.mkv"),
        ("/media/tv/Lantern/Season 1/x.mkv", "/media", "Lantern/Season 1/x.mkv"),
        ("/media/Lantern/Season 1/x.mkv", "/media", "Season 1/x.mkv"),
        ("/mnt/disk1/Lantern/x.mkv", "/mnt", "Lantern/x.mkv"),
        ("/mnt/TV/Lantern/x.mkv", "/mnt/TV", "Lantern/x.mkv"),
        ("/v/Home/x.mkv", "/v", "Home/x.mkv"),
        ("/v/home/x.mkv", "/v", "home/x.mkv"),
    ],
)
def test_paths_below_a_root_and_beside_it(path, root, left):
    assert sent(path, root=root) == [left]


@pytest.mark.parametrize(
    ("folder", "leaves"),
    [
        ("Bob", False),
        ("Bob's films", False),
        ("bob\u2019s", False),
        ("Bo\u200bb", False),
        ("Bobby", True),
        ("Bob Lantern", True),
    ],
)
def test_a_folder_named_after_its_owner_stays_unsaid(folder, leaves):
    left = sent(f"/v/{folder}/x.mkv", root="/v", strangers=frozenset(["bob", "nas"]))
    assert left == [f"{folder}/x.mkv" if leaves else "x.mkv"]
