"""Uploads are judged by their content and size before anything is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.incidents.atlas.media import MIB, MediaRefused, checked
from engine.model.errors import InputError

JPEG, PNG = b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\x89PNG\r\n\x1a\n\x00\x00"
MP4, MOV, M4A = (b"\x00\x00\x00\x18ftyp" + brand + bytes(8) for brand in (b"isom", b"qt  ", b"M4A "))
AVI, WAV = (b"RIFF\x00\x00\x00\x00" + kind + bytes(8) for kind in (b"AVI ", b"WAVE"))
HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(8)
MP3, ADTS = b"\xff\xfb\x90\x64" + bytes(8), b"\xff\xf1\x50\x80" + bytes(8)


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("photo", JPEG, "image/jpeg"),
        ("photo", PNG, "image/png"),
        ("video", MP4, "video/mp4"),
        ("video", MOV, "video/quicktime"),
        ("video", AVI, "video/x-msvideo"),
        ("audio", WAV, "audio/wav"),
        ("audio", MP3, "audio/mpeg"),
        ("audio", b"ID3\x04" + bytes(8), "audio/mpeg"),
        ("audio", M4A, "audio/mp4"),
    ],
)
def test_what_is_taken(kind: str, data: bytes, expected: str) -> None:
    media = checked(kind, data)
    assert media.content_type == expected
    assert media.name.startswith(f"{kind}.")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("photo", b"this is text, renamed to photo.jpg"),
        ("photo", HEIC),
        ("photo", b"GIF89a"),
        ("photo", MP4),
        ("photo", b"\xff\xd8"),
        ("video", JPEG),
        ("video", HEIC),
        ("video", WAV),
        ("video", M4A),
        ("audio", AVI),
        ("audio", ADTS),
        ("audio", MOV),
        ("audio", b"\xff\xff\xff\xff"),
        ("audio", JPEG),
    ],
)
def test_another_type_is_refused_as_415(kind: str, data: bytes) -> None:
    with pytest.raises(MediaRefused) as refused:
        checked(kind, data)
    assert refused.value.status == 415


@pytest.mark.parametrize("kind", ["photo", "video", "audio"])
def test_nothing_is_refused_as_400(kind: str) -> None:
    with pytest.raises(MediaRefused) as refused:
        checked(kind, b"")
    assert refused.value.status == 400


@pytest.mark.parametrize(("kind", "head", "most_mib"), [("photo", JPEG, 10), ("video", MP4, 50), ("audio", WAV, 5)])
def test_a_byte_too_much_is_refused_as_413(kind: str, head: bytes, most_mib: int) -> None:
    largest = head.ljust(most_mib * MIB, b"\0")
    assert len(checked(kind, largest).data) == most_mib * MIB
    with pytest.raises(MediaRefused) as refused:
        checked(kind, largest + b"\0")
    assert refused.value.status == 413


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        checked("hologram", JPEG)
    assert refused.value.field == "media_type"


@given(st.sampled_from(["photo", "video", "audio"]), st.binary(max_size=40))
def test_any_bytes_are_taken_or_refused(kind: str, data: bytes) -> None:
    try:
        assert checked(kind, data).kind == kind
    except MediaRefused as refused:
        assert refused.status == (415 if data else 400)
