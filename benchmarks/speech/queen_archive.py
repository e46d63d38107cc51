"""The lines of a game that Debian has, as recordings for `bench speech --real`: 4.6 hours of English, spoken by actors.

    apt-get download flight-of-the-amazon-queen && dpkg -x flight-of-the-amazon-queen_*.deb game
    python -m benchmarks.speech.queen_archive game/usr/share/scummvm/flight-of-the-amazon-queen/queen.1c LINES

The game may be passed on, not sold (`/usr/share/doc/flight-of-the-amazon-queen/copyright`). A line is an MP3 of 11,025 Hz, so nothing above
5.5 kHz is in it. The archive: a head of 15 bytes, then 21 bytes for each file (name, number of the disk, offset, length; big-endian).
"""

import argparse
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.model.errors import InputError

_ENTRY = struct.Struct(">12sBII")
_MP3 = 1
_SPEECH = ".SB"


def lines(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and MP3 of each line that is spoken.

    Raises:
        InputError: `archive`: it is another file, or cut off.
    """
    if len(archive) < 15 or archive[:4] != b"QTBL" or archive[12] != _MP3:
        raise InputError("archive", "is not the queen.1c of Debian's package")
    count = int.from_bytes(archive[13:15], "big")
    if len(archive) < 15 + count * _ENTRY.size:
        raise InputError("archive", "is cut off")
    for number in range(count):
        padded, _, offset, length = _ENTRY.unpack_from(archive, 15 + number * _ENTRY.size)
        name = padded.split(b"\0")[0].decode("ascii", "replace")
        if not name.endswith(_SPEECH):
            continue
        if offset + length > len(archive):
            raise InputError("archive", f"is cut off before {name}")
        yield name.removesuffix(_SPEECH), archive[offset : offset + length]


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the spoken lines out of queen.1c.")
    parser.add_argument("archive", type=Path)
    parser.add_argument("folder", type=Path)
    parsed = parser.parse_args()
    parsed.folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, sound in lines(parsed.archive.read_bytes()):
        (parsed.folder / f"{Path(name).name}.mp3").write_bytes(sound)
        count += 1
    print(f"{count} lines in {parsed.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
