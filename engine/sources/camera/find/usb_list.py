"""Which cameras are on USB of this machine, by name, and by an address that stays when they are plugged in elsewhere or in another order.

Linux tells all of it (Video4Linux in /sys, udev's links in /dev/v4l/by-id). Other systems tell programs with a window system (Qt), which an
engine is not.
"""

import os
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.model.history.finding import FoundUsb

CLASS = Path("/sys/class/video4linux")
BY_ID = Path("/dev/v4l/by-id")
DEVICES = Path("/dev")
_QUERY = 0x80685600  # VIDIOC_QUERYCAP of <linux/videodev2.h>: struct v4l2_capability, 104 bytes
_ANSWER_BYTES, _WHOLE_AT = 104, 84  # where `capabilities` stands; `device_caps` comes next
_CAPTURES = 0x1 | 0x1000  # VIDEO_CAPTURE, VIDEO_CAPTURE_MPLANE
_OF_DEVICE = 0x8000_0000  # `device_caps` tells of this node alone
_LONGEST = 100
NOT_LISTED = "Engines on this system cannot tell which USB cameras there are. Use usb:0 for the first, usb:1 for the next."

Captures = Callable[[Path], bool | None]


def usb_cameras(
    folder: Path = CLASS, links: Path = BY_ID, captures: Captures | None = None, system: str = sys.platform
) -> tuple[FoundUsb, ...]:
    """Those that give pictures, in the order of their numbers. Nothing of them is switched on.

    Args:
        captures: whether a device gives pictures; None where it may not be asked, and then it is listed.

    Raises:
        EnvironmentFault: `not_listed`, where the system is not Linux.
    """
    if system != "linux":
        raise EnvironmentFault("not_listed", NOT_LISTED)
    asks = captures or gives_pictures
    numbers = sorted(int(device.name[5:]) for device in folder.glob("video*") if device.name[5:].isdecimal())
    lasting = _lasting(links)
    found = [(number, _name(folder / f"video{number}")) for number in numbers if asks(DEVICES / f"video{number}") is not False]
    names = [name for _, name in found]
    return tuple(
        FoundUsb(f"usb:{lasting.get(number, number)}", name if names.count(name) == 1 else f"{name} (video{number})")
        for number, name in found
    )


def gives_pictures(device: Path) -> bool | None:
    """One camera often has several devices, of which some give only data about pictures."""
    import fcntl  # of Unix only

    with suppress(OSError):
        handle = os.open(device, os.O_RDWR | os.O_NONBLOCK)
        try:
            told = fcntl.ioctl(handle, _QUERY, bytes(_ANSWER_BYTES))
        finally:
            os.close(handle)
        whole, own = struct.unpack_from("=II", told, _WHOLE_AT)
        return bool((own if whole & _OF_DEVICE else whole) & _CAPTURES)
    return None


def _lasting(links: Path) -> dict[int, str]:
    """By number, `by-id/…` as udev calls it; of several, the first."""
    found: dict[int, str] = {}
    for link in sorted(links.glob("*"), reverse=True):
        name = link.resolve().name
        if name.startswith("video") and name[5:].isdecimal():
            found[int(name[5:])] = f"{links.name}/{link.name}"
    return found


def _name(device: Path) -> str:
    try:
        told = (device / "name").read_text("utf-8", "replace")
    except OSError:
        told = ""
    shown = " ".join("".join(each if each.isprintable() else " " for each in told).split())
    return shown[:_LONGEST] or device.name
