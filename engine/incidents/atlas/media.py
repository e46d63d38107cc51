"""What may be uploaded: photos, videos and sounds, judged by their content and never by their name."""

from collections.abc import Callable

from engine.model.errors import InputError
from engine.model.value_class import dataclass

MIB = 1 << 20
BAD_REQUEST, TOO_LARGE, WRONG_TYPE = 400, 413, 415  # RFC 9110
_QUICKTIME = b"qt  "
_MP4_BRANDS = frozenset(
    (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"MSNV", b"M4V ", b"M4VH", b"f4v ", b"3gp4", b"3gp5")
)
_MP4_SOUND_BRANDS = frozenset((b"M4A ", b"M4B ", b"isom", b"iso2", b"mp41", b"mp42", b"dash"))


class MediaRefused(InputError):
    """`status`: as HTTP puts it, 400 for nothing at all, 413 for too much, 415 for something else."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__("file", message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Media:
    """`kind`: photo, video or audio. `content_type`: what it is by its content."""

    kind: str
    content_type: str
    data: bytes

    @property
    def name(self) -> str:
        """Sent along instead of the sender's file name, which may tell who they are."""
        return f"{self.kind}.{_ENDINGS[self.content_type]}"


@dataclass(frozen=True, slots=True)
class _Limit:
    most_mib: int
    type_of: Callable[[bytes], str | None]
    wanted: str


def checked(kind: str, data: bytes) -> Media:
    """Raises InputError for an unknown kind, MediaRefused for what may not be uploaded."""
    limit = _LIMITS.get(kind)
    if limit is None:
        raise InputError("media_type", f"{kind[:20]!r} is none of {', '.join(_LIMITS)}")
    if not data:
        raise MediaRefused(BAD_REQUEST, "is empty")
    if len(data) > limit.most_mib * MIB:
        raise MediaRefused(TOO_LARGE, f"has {len(data) / MIB:.1f} MiB; a {kind} may have {limit.most_mib}")
    content_type = limit.type_of(data)
    if content_type is None:
        raise MediaRefused(WRONG_TYPE, f"is not {limit.wanted}, whatever its name says")
    return Media(kind, content_type, data)


def _photo(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if data.startswith(b"\x89PNG\r\n\x1a\n") else None


def _video(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"AVI ":
        return "video/x-msvideo"
    brand = _brand(data)
    if brand == _QUICKTIME or (brand is None and data[4:8] in (b"moov", b"mdat", b"wide")):  # QuickTime before it had brands
        return "video/quicktime"
    return "video/mp4" if brand in _MP4_BRANDS else None


def _audio(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "audio/wav"
    if data.startswith(b"ID3") or _is_mpeg_audio(data):
        return "audio/mpeg"
    return "audio/mp4" if _brand(data) in _MP4_SOUND_BRANDS else None


def _brand(data: bytes) -> bytes | None:
    """The major brand of an ISO base media file (ISO/IEC 14496-12, 4.3), None for other files."""
    return data[8:12] if data[4:8] == b"ftyp" and len(data) >= 12 else None


def _is_mpeg_audio(data: bytes) -> bool:
    """The header of an MPEG audio frame (ISO/IEC 11172-3, 2.4.1.3): eleven sync bits, and no reserved version, layer, rate or frequency."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    version, layer = data[1] >> 3 & 3, data[1] >> 1 & 3
    return version != 1 and layer != 0 and data[2] >> 4 != 15 and data[2] >> 2 & 3 != 3


_LIMITS = {
    "photo": _Limit(10, _photo, "a JPEG or PNG picture"),
    "video": _Limit(50, _video, "an MP4, QuickTime or AVI video"),
    "audio": _Limit(5, _audio, "a WAV, MP3 or MPEG-4 sound"),
}
LARGEST = {kind: limit.most_mib * MIB for kind, limit in _LIMITS.items()}  # bytes
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/x-msvideo": "avi",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
}
