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
from engine.recording.pack.opening import BrokenPack, is_inside, open_pack

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
def test_any_zip_is_refused_with_a_sentence_or_found_wrong(tmp_path: Path, files: dict[str, bytes], tail: bytes) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name.replace("\0", "")), data)
    path = tmp_path / "pack.zip"
    path.write_bytes(out.getvalue() + tail)
    try:
        with open_pack(path) as pack:
            assert check(pack).wrong
    except InputError as error:
        assert error.field == "pack"


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\x", "c:x", "", "a\0b"])
def test_names_that_lead_elsewhere(name: str) -> None:
    assert not is_inside(name)


@pytest.mark.parametrize("name", ["x", "a/b.json", "video/door/..mp4", "ä/ö"])
def test_names_that_stay(name: str) -> None:
    assert is_inside(name)


def zipped(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_deflated_files_are_read(tmp_path: Path) -> None:
    with open_pack(zipped(tmp_path / "pack.zip", {MANIFEST: b"0" * 100_000})) as pack:
        assert pack.small(MANIFEST) == b"0" * 100_000


@pytest.mark.parametrize("files", [{MANIFEST: 80}, {MANIFEST: 0, "a": 40, "b": 40}], ids=["one file", "together"])
def test_a_zip_that_would_come_to_far_more_than_its_size_is_refused(tmp_path: Path, files: dict[str, int]) -> None:
    path = zipped(tmp_path / "bomb.zip", {name: bytes(size << 20) for name, size in files.items()})
    with pytest.raises(BrokenPack, match=f"{80 << 20}, which no pack"), open_pack(path):
        pass


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_compressing_are_refused(tmp_path: Path, method: int) -> None:
    with pytest.raises(BrokenPack, match="deflate"), open_pack(zipped(tmp_path / "pack.zip", {MANIFEST: b"{}"}, method)):
        pass


def test_a_pack_may_be_in_the_one_folder_that_a_zip_or_a_folder_holds(tmp_path: Path) -> None:
    files = {"out/manifest.json": b"{}", "out/record/a.json": b"[]"}
    (tmp_path / "above" / "out").mkdir(parents=True)
    (tmp_path / "above" / "out" / MANIFEST).write_bytes(b"{}")
    for path in (zipped(tmp_path / "pack.zip", files), tmp_path / "above"):
        with open_pack(path) as pack:
            assert pack.small(MANIFEST) == b"{}" and "out/manifest.json" not in pack.names
    with open_pack(zipped(tmp_path / "two.zip", files | {"else.txt": b""})) as pack, pytest.raises(InputError, match="no evidence pack"):
        check(pack)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_is_damaged_in_a_zip_is_the_packs_fault(tmp_path: Path, method: int) -> None:
    """Of whatever byte: a sentence for it, or the same files as before."""
    files = {MANIFEST: b"{}" * 20, "a": b"abc" * 30}
    whole = zipped(tmp_path / "pack.zip", files, method).read_bytes()
    path = tmp_path / "damaged.zip"
    for place in range(len(whole)):
        for flip in (1, 128, 255):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
            try:
                with open_pack(path) as pack:
                    found = {name: pack.small(name) for name in pack.names}
                assert found == files or found.keys() != files.keys(), place
            except InputError as error:
                assert error.field == "pack"


def test_a_zip_without_its_directory_is_a_damaged_pack_where_it_names_a_manifest(tmp_path: Path) -> None:
    for name, kind in ((MANIFEST, BrokenPack), (f"out/{MANIFEST}", BrokenPack), ("a", InputError)):
        whole = zipped(tmp_path / "pack.zip", {"video": bytes(3 << 20), name: b"{}"}, zipfile.ZIP_STORED).read_bytes()
        path = tmp_path / "cut.zip"
        path.write_bytes(whole[:-10])
        with pytest.raises(InputError, match="pack") as caught, open_pack(path):
            pass
        assert type(caught.value) is kind


def test_a_file_that_is_no_zip_and_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 not really")
    (tmp_path / "x.md").write_bytes(b"A pack has a manifest.json.")
    for path in (tmp_path / "x.zip", tmp_path / "x.md", tmp_path / "nowhere"):
        with pytest.raises(InputError, match="pack") as caught, open_pack(path):
            pass
        assert not isinstance(caught.value, BrokenPack)
