"""Whatever somebody hands over as a pack is read, or refused with the field's name; nothing else happens."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model.errors import InputError
from engine.recording.pack.checking import check
from engine.recording.pack.manifest import MANIFEST, SIGNATURE, read_manifest, read_signature
from engine.recording.pack.opening import is_inside, open_pack

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)

_NAMES = st.sampled_from([MANIFEST, SIGNATURE, "a", "b/c"]) | st.text(min_size=1, max_size=8)


@given(st.binary(max_size=300) | _JSON.map(lambda value: json.dumps(value).encode()))
def test_manifests_and_signatures_are_read_or_refused(data: bytes) -> None:
    for read in (read_manifest, read_signature):
        with pytest.raises(InputError, match="pack"):
            read(data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from([MANIFEST, SIGNATURE, "a", "b/c"]) | st.text(min_size=1, max_size=8), st.binary(max_size=40), max_size=4
    ),
    st.binary(max_size=30),
)
def test_any_zip_is_refused_with_a_sentence(tmp_path: Path, files: dict[str, bytes], tail: bytes) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name.replace("\0", "")), data)
    path = tmp_path / "pack.zip"
    path.write_bytes(out.getvalue() + tail)
    with pytest.raises(InputError, match="pack"), open_pack(path) as pack:
        check(pack)


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\x", "c:x", "", "a\0b"])
def test_names_that_lead_elsewhere(name: str) -> None:
    assert not is_inside(name)


@pytest.mark.parametrize("name", ["x", "a/b.json", "video/door/..mp4", "ä/ö"])
def test_names_that_stay(name: str) -> None:
    assert is_inside(name)


def test_a_compressed_member_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, b"0" * 100_000)
    with pytest.raises(InputError, match="compressed"), open_pack(path):
        pass


def test_a_file_that_is_no_zip_and_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 not really")
    for path in (tmp_path / "x.zip", tmp_path / "nowhere"):
        with pytest.raises(InputError, match="pack"), open_pack(path):
            pass
