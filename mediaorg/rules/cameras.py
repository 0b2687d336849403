"""Home videos: the names that cameras, phones, drones and messengers give, and the folders families keep them in.

To teach a new camera, add one line to `_CAMERAS`, with a name it writes beside it.
"""

import re
from typing import Final

from mediaorg.rules.days import iso_day

__all__ = ["day_in", "is_camera_name", "is_family_event", "is_home_folder"]

_DAY: Final = r"(?:19[89]|20[0-4])\d[-._]?(?:0[1-9]|1[0-2])[-._]?(?:0[1-9]|[12]\d|3[01])"
_CLOCK: Final = r"(?:[01]\d|2[0-3])[-._: ]?[0-5]\d(?:[-._: ]?[0-5]\d)?(?:\d{3})?"

_CAMERAS: Final = tuple(
    re.compile(rf"(?:{form})(?![a-z])", re.IGNORECASE)
    for form in (
        r"IMG_E\d{4}$|FullSizeRender\b.*",  # edited on a phone
        r"(?:IMG|VID|MVI|MOV|DSC|DSCN|DSCF|SANY|CLIP|PICT|PIC|HPIM|CIMG|FILE|MAH|SAM|KIF|HVI)[-_ ]?\d{3,8}(?:[-_ ~(]\d{1,3}\)?)?$",  # IMG_1234, MVI_0456
        r"(?:IMG|VID|PXL|MVIMG|VIDEO|video|Movie)[-_ ]?(?:\d{8}|\d{4}-\d\d-\d\d).*",  # VID_20150801_203344, VID-20190101-WA0003
        r"P1\d{6}$",  # P1050123: Panasonic
        r"G(?:OPR|[HXLP]\d\d)\d{4}$",  # GOPR0123, GH010123, GX010123
        r"DJI[-_](?:\d{14}[-_])?\d{3,4}.*",  # DJI_0042
        r"(?:MOV|VID|AVI|MOVI|VIDEO|REC|TRIM|DSC)[-_]?\d{2,5}[A-F]?$",  # MOV00012, MOV0012A
        r"M2U\d{5}$",  # M2U00123: Sony
        r"C\d{4}(?:M\d\d)?$",  # C0001: Sony
        r"MAQ\d{5}$",  # MAQ00012: Sony
        r"[0-9]{5}$",  # 00012.MTS: AVCHD
        rf"{_DAY}[-_ T]{{1,3}}(?:at )?{_CLOCK}.*",  # 20150801_203344, 2015-08-01 20.33.44
        rf"(?:v[ií]d[eé]o|film)s?[ _-](?:de|di|von|do|da)[ _-]whatsapp.*|(?:InShot|Bandicam|CapCut|VivaVideo|VN|lv)[-_ ]{_DAY}.*",  # what messengers and editors save
        rf"(?:WhatsApp|Signal|Telegram|Snapchat|Instagram|Facebook|FB)[-_ ]?(?:Video|VID).*|signal-{_DAY}.*|Snapchat-\d+.*|(?:FB|received)_[A-Z_]*\d{{10,}}.*",  # WhatsApp Video 2019-…
        r"(?:Screen[-_ ]?(?:Recording|Record|Capture|cast)|ScreenRecorder|RPReplay|Bildschirmaufnahme|simplescreenrecorder|OBS(?=[-_ ]?\d)).{0,60}",  # Screen Recording 2021-…
        r"trim\.[0-9a-f-]{30,40}.*",  # trim.<uuid>: iOS
        r"(?:Video|Clip|Film|Filmpje|Movie|Aufnahme)[-_ ]+\d{1,2}[-._]\d{1,2}[-._]\d{2,4}.*",  # Video 12-03-2016, 18 04 33
        r"(?:WP|WIN|SL|SVID|Zoom|zoom|GMT)[-_]?(?:\d{8}).*|zoom_\d",  # WP_20140102_001, WIN_20200304
        r"(?:dashcam|NORM|EVENT|FILE|EMER)[-_ ]?\d{6,14}[-_]?.*",  # dash cameras
        r"dv(?:grab)?[-_]\d.*|(?:tape|vhs|hi8|minidv|video8|super ?8)[-_ ]{0,3}\d{1,4}(?![.]).*",  # digitised tapes
    )
)

_RELEASED: Final = re.compile(
    r"[(\[](?:19|20)\d\d[)\]]|(?<!\d)\d{3,4}p(?![a-z0-9])", re.IGNORECASE
)  # no camera writes that

# Whole folder names, in lower case.
_HOME_FOLDERS: Final = re.compile(
    r"^(?: dcim | \d{3}[a-z_]{4,5}\d? | \d{3}(?:canon|apple|_?pana|media|gopro|nikon|olymp|msdcf|andro)\w* | camera(?:[ _-]?(?:roll|uploads?))? | kamera | cam"
    r" | home[ _-]?(?:movies?|videos?) | family[ _-]?(?:movies?|videos?) | (?:private|privat|familie|famille|familia|family|familienvideos?|urlaub(?:svideos?)?)"
    r" | whatsapp[ ]video s? | screen[ _-]?record(?:ings?|er)? | gopro | drone | dji | camcorder | dashcam | phone | iphone | handy | (?:my[ ])?phone[ ]videos?"
    r" | vhs(?:[ _-](?:tapes?|home.*|transfers?|kassetten))? | avchd | private )$",
    re.IGNORECASE | re.VERBOSE,
)

# What a family calls a film of its own: an event, or a person's day.
_EVENT: Final = re.compile(
    r"\b(?:birthday|wedding|christening|baptism|geburtstag|hochzeit|anniversaire|mariage|cumplea\w+|boda|graduation|first[ _]steps|recital"
    r"|baby[ _]shower|school[ _]play|christmas[ _](?:eve|morning|day|at|(?:19|20)\d\d)|vhs[ _](?:transfer|tape|rip)|family[ _](?:holiday|vacation|trip|reunion|day|video|film)|xmas|einschulung|taufe|urlaub|vacation|holidays?[ _](?:in|at|\d)|ferien|vacances"
    r"|honeymoon|reunion|(?:mum|mom|dad|grandma|grandpa|granny|oma|opa|nana|papa|mama)(?:'s|s)?(?:[ _]|$)|summer[ _]20\d\d)(?![^\W_])",
    re.IGNORECASE,
)

_ISO: Final = re.compile(
    r"(?<!\d)((?:19[89]|20[0-4])\d)([-._ ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d{1,5}(?:\D|$)(?<!\d{6}.))",
    re.IGNORECASE,
)


def is_camera_name(stem: str) -> bool:
    """Whether a camera, phone, drone or messenger wrote `stem` (a name without suffix).

    >>> [is_camera_name(stem) for stem in ("IMG_1234", "20150801_203344", "Some.Show.S01E02")]
    [True, True, False]
    """
    if _RELEASED.search(stem):
        return False
    return any(form.match(stem) for form in _CAMERAS)


def is_home_folder(folder: str) -> bool:
    """Whether a folder of this name holds what a family filmed: DCIM, Camera Roll, Home Movies …

    >>> is_home_folder("100CANON"), is_home_folder("Movies")
    (True, False)
    """
    return _HOME_FOLDERS.match(folder) is not None


def is_family_event(text: str) -> bool:
    """Whether `text` names what families film: a birthday, a wedding, grandma's garden.

    >>> is_family_event("Emma 3rd Birthday")
    True
    """
    return _EVENT.search(text) is not None


def day_in(text: str) -> str | None:
    """The first day (ISO) written year first in `text`, digits together or apart; None without one.

    Day-first and month-first dates are not read: which of the two it is, a name alone does not say.

    >>> day_in("VID_20150801_203344"), day_in("Video 12-03-2016")
    ('2015-08-01', None)
    """
    found = _ISO.search(text)
    if found is None:
        return None
    return iso_day(int(found[1]), int(found[3]), int(found[4]))
