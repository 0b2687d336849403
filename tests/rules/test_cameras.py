"""Camera names, family folders, and the day a video was taken."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.cameras import day_in, is_camera_name, is_family_event, is_home_folder


@pytest.mark.parametrize(
    "stem",
    [
        *"IMG_1234 VID_20190704_153012 VID-20200505-WA0012 PXL_20210612_184455123 MVI_0231 DSC_0042 GX010123".split(),
        *"DJI_0007 M2U00345 C0001 20150801_203344 MOV00012 MOV0012A".split(),
        "2015-08-01 20.33.44",
        "WhatsApp Video 2020-05-05 at 14.32.22",
    ],
)
def test_what_cameras_write_is_known(stem):
    assert is_camera_name(stem)


@pytest.mark.parametrize(
    "stem", ["Amber Road S01E02", "Lantern 1999", "Clip Show", "Movie 43", "1917", "Image of a Lady", "Video Killed"]
)
def test_titles_are_no_camera_names(stem):
    assert not is_camera_name(stem)


@given(st.datetimes(min_value=datetime.datetime(1985, 1, 1), max_value=datetime.datetime(2045, 1, 1)))
def test_the_day_in_a_phones_name_is_read_back(taken):
    assert day_in(f"VID_{taken:%Y%m%d_%H%M%S}") == taken.date().isoformat()
    assert day_in(f"{taken:%Y-%m-%d %H.%M.%S}") == taken.date().isoformat()


def test_a_day_that_no_calendar_has_is_none():
    assert day_in("VID_20190231_101112") is None


def test_folders_and_events_of_families():
    assert is_home_folder("DCIM")
    assert is_home_folder("100GOPRO")
    assert not is_home_folder("Lantern (1999)")
    assert is_family_event("Grandma's 80th birthday")
    assert not is_family_event("Amber Road")
