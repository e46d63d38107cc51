"""The firmware store."""

import hashlib
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.time import ManualClock
from engine.sources.node.firmware import LARGEST_IMAGE, MOST_IMAGES, FirmwareStore

IMAGE = b"\xe9" + bytes(1000)


def described(version: str) -> bytes:
    """An image that says its version, as ESP-IDF writes it."""
    return b"\xe9" + bytes(31) + b"\x32\x54\xcd\xab" + bytes(12) + version.encode().ljust(32, b"\0") + bytes(500)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1)


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> FirmwareStore:
    return FirmwareStore(tmp_path / "firmware", clock)


def test_an_image_is_kept_and_found_again_after_a_restart(store: FirmwareStore, tmp_path: Path, clock: ManualClock) -> None:
    firmware = store.add(IMAGE, "0.3.0")
    assert firmware.sha256 == hashlib.sha256(IMAGE).hexdigest()
    again = FirmwareStore(tmp_path / "firmware", clock)
    assert again.all() == (firmware,)
    assert again.file(firmware.file)[1].read_bytes() == IMAGE
    assert (tmp_path / "firmware" / firmware.file).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("data", [b"", b"\xe9", b"\x7fELF" + bytes(100), b"PK" + bytes(100), b"\xe9" + bytes(LARGEST_IMAGE)])
def test_what_is_no_image_for_a_node_is_refused_by_content(store: FirmwareStore, data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        store.add(data, "1.0")
    assert caught.value.field == "firmware"
    assert not store.all()


@pytest.mark.parametrize("version", ["../../etc", "a b", "é", "x" * 32, "-rf", "a/b", "1.0\n"])
def test_versions_that_are_none_are_refused(store: FirmwareStore, version: str) -> None:
    with pytest.raises(InputError) as caught:
        store.add(IMAGE, version)
    assert caught.value.field == "version"


def test_the_version_is_given_or_in_the_image_or_in_the_files_name(store: FirmwareStore) -> None:
    assert store.add(described("0.2.72"), "9.9").version == "9.9"
    assert store.add(described("0.2.72"), "", "spaxel-1.0.0.bin").version == "0.2.72"
    assert store.add(IMAGE, "", "spaxel-1.4.2-rc1.bin").version == "1.4.2-rc1"
    with pytest.raises(InputError, match="no version"):
        store.add(IMAGE, "", "firmware.bin")


def test_the_same_version_again_replaces_what_was_there(store: FirmwareStore, tmp_path: Path) -> None:
    old = store.add(IMAGE, "0.3.0")
    new = store.add(IMAGE + b"x", "0.3.0")
    assert store.all() == (new,)
    with pytest.raises(NotFound):
        store.file(old.file)
    assert len(list((tmp_path / "firmware").iterdir())) == 2


def test_the_newest_is_taken_where_no_version_is_given(store: FirmwareStore, clock: ManualClock) -> None:
    store.add(IMAGE, "2.0")
    clock.advance_to(2)
    store.add(IMAGE, "1.0")
    assert store.version().version == "1.0"
    assert store.version("2.0").version == "2.0"
    with pytest.raises(NotFound):
        store.version("3.0")


def test_only_the_newest_images_are_kept(store: FirmwareStore, clock: ManualClock, tmp_path: Path) -> None:
    for number in range(MOST_IMAGES + 3):
        clock.advance_to(number + 10)
        store.add(IMAGE, f"1.{number}")
    assert [firmware.version for firmware in store.all()] == [f"1.{n}" for n in range(MOST_IMAGES + 2, 2, -1)]
    assert len(list((tmp_path / "firmware").glob("*.bin"))) == MOST_IMAGES


def test_no_path_leads_out_of_the_folder(store: FirmwareStore, tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(b"secret")
    for name in ("../secret.bin", "", ".", "..", "/etc/passwd", "x\0y"):
        with pytest.raises(NotFound):
            store.file(name)


def test_damaged_listings_are_not_shown(store: FirmwareStore, tmp_path: Path, clock: ManualClock) -> None:
    firmware = store.add(IMAGE, "0.3.0")
    folder = tmp_path / "firmware"
    (folder / "broken.bin.json").write_text("{")
    (folder / "evil.bin.json").write_text('{"version":"1","file":"../secret.bin","sha256":"","size_bytes":6,"uploaded_ns":1}')
    (tmp_path / "secret.bin").write_bytes(b"secret")
    (folder / firmware.file).write_bytes(b"cut")
    assert FirmwareStore(folder, clock).all() == ()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        FirmwareStore(tmp_path / "file" / "firmware", clock)


def test_a_full_disk_leaves_nothing_half(store: FirmwareStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(EnvironmentFault, match="No space left"):
        store.add(IMAGE, "0.3.0")
    assert not store.all()
    assert not list((tmp_path / "firmware").iterdir())
