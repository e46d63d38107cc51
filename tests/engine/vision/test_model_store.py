"""Installing, finding and checking models, with the real files and a real server."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.vision.disk import disk_fault
from engine.vision.download import Downloader
from engine.vision.installer import Installation
from engine.vision.manifest import Manifest, StandIn, built_in_manifest
from engine.vision.models import ModelStore, default_folder
from tests.engine.vision.file_server import Shop, serving

OFFICIAL_HERE = {"nanodet-m", "yunet", "silero-vad"}


def quiet(model_id: str, done: int, total: int) -> None:
    pass


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "not" / "there" / "yet")


@pytest.fixture
def offered(tmp_path: Path) -> Path:
    """A folder to install from."""
    folder = tmp_path / "offered"
    folder.mkdir()
    return folder


@pytest.fixture
def yunet(models_folder: Path) -> bytes:
    return (models_folder / "face_detection_yunet_2023mar.onnx").read_bytes()


@pytest.fixture
def shop(yunet: bytes) -> Iterator[Shop]:
    with serving(Shop(yunet)) as shop:
        yield shop


def online(folder: Path, shop: Shop) -> ModelStore:
    """A store whose YuNet comes from the shop, and whose other models are left out."""
    spec = next(spec for spec in built_in_manifest().models if spec.id == "yunet")
    return ModelStore(folder, Manifest((replace(spec, url=shop.url),)), Downloader(timeout_s=60.0, pause=lambda *_: None))


def test_everything_from_the_folder_of_test_models(store: ModelStore, models_folder: Path) -> None:
    heard: dict[str, list[tuple[int, int]]] = {}
    new = store.install((), models_folder, lambda model_id, done, total: heard.setdefault(model_id, []).append((done, total)))
    on_request = {spec.id for spec in store.manifest.models if spec.on_request}
    entries = tuple(entry for entry in store.entries() if entry.id not in on_request)
    assert set(new) == {entry.id for entry in entries} == set(heard)
    assert all(entry.installed and not entry.trouble for entry in entries)
    assert {entry.id for entry in entries if entry.variant == "official"} == OFFICIAL_HERE
    assert {entry.variant for entry in entries} == {"official", "stand-in"}
    assert all(values[-1][0] == values[-1][1] for values in heard.values())
    assert store.verify() == entries
    assert store.install((), models_folder) == ()
    assert not list(store.folder.glob("*.copy"))


def test_a_stand_in_is_shown_as_what_it_is(store: ModelStore, models_folder: Path) -> None:
    store.install(("sface",), models_folder)
    entry = next(entry for entry in store.entries() if entry.id == "sface")
    assert (entry.variant, entry.title, entry.size_bytes) == ("stand-in", "MobileFaceNet by foamliu", 3998070)


def test_a_renamed_file_is_known_by_its_digest(store: ModelStore, offered: Path, yunet: bytes) -> None:
    (offered / "faces (1).onnx").write_bytes(yunet)
    assert store.install((), offered) == ("yunet",)
    assert store.path("face_detection").read_bytes() == yunet


def test_a_wrong_digest_is_refused_and_the_others_are_installed(
    store: ModelStore, offered: Path, models_folder: Path, yunet: bytes
) -> None:
    (offered / "face_detection_yunet_2023mar.onnx").write_bytes(yunet[:-1] + b"!")
    (offered / "silero_vad.onnx").write_bytes((models_folder / "silero_vad.onnx").read_bytes())
    results = {result.id: result for result in store.install_each((), offered, quiet)}
    fault = results["yunet"].fault
    assert fault is not None and fault.reason == "digest_mismatch"
    assert hashlib.sha256(yunet).hexdigest() in str(fault) and "face_detection_yunet_2023mar.onnx" in str(fault)
    assert results["silero-vad"] == Installation("silero-vad", "official", True, "installed from silero_vad.onnx")
    assert store.installed("yunet") is None
    with pytest.raises(EnvironmentFault, match="wrong digest"):
        store.install((), offered)


def test_what_a_folder_lacks(store: ModelStore, offered: Path) -> None:
    assert store.install((), offered) == ()
    with pytest.raises(EnvironmentFault, match=r"silero_vad\.onnx") as caught:
        store.install(("silero-vad",), offered)
    assert caught.value.reason == "not_found"


def test_bad_requests_name_the_field(store: ModelStore, tmp_path: Path) -> None:
    for ids, source in ((("yolo-9000",), None), ((), tmp_path / "nowhere")):
        with pytest.raises(InputError) as caught:
            store.install(ids, source)
        assert caught.value.field in ("id", "from")


def test_official_replaces_stand_in_and_not_the_reverse(tmp_path: Path, offered: Path, yunet: bytes, models_folder: Path) -> None:
    other = (models_folder / "silero_vad.onnx").read_bytes()
    stand_in = StandIn("other.onnx", hashlib.sha256(other).hexdigest(), len(other), "Other", "MIT", "none")
    spec = next(spec for spec in built_in_manifest().models if spec.id == "yunet")
    store = ModelStore(tmp_path / "models", Manifest((replace(spec, stand_ins=(stand_in,)),)))
    (offered / "other.onnx").write_bytes(other)
    assert store.install((), offered) == ("yunet",)
    assert store.entries()[0].variant == "stand-in"
    (offered / "face_detection_yunet_2023mar.onnx").write_bytes(yunet)
    assert store.install(("yunet",), offered) == ("yunet",)
    assert store.entries()[0].variant == "official"
    assert len(list(store.folder.iterdir())) == 1
    (offered / "face_detection_yunet_2023mar.onnx").unlink()
    assert store.install(("yunet",), offered) == ()
    assert store.entries()[0].variant == "official"


def test_from_the_network_over_a_bad_line(tmp_path: Path, shop: Shop, yunet: bytes) -> None:
    shop.cut_after = 100_000
    store = online(tmp_path / "models", shop)
    heard: list[tuple[str, int, int]] = []
    assert store.install(on_progress=lambda *progress: heard.append(progress)) == ("yunet",)
    assert store.path("yunet").read_bytes() == yunet
    assert heard[-1] == ("yunet", len(yunet), len(yunet))
    assert len(list(store.folder.iterdir())) == 1


def test_from_the_network_with_wrong_bytes(tmp_path: Path, shop: Shop, yunet: bytes) -> None:
    shop.content = yunet[:-1] + b"!"
    store = online(tmp_path / "models", shop)
    with pytest.raises(EnvironmentFault) as caught:
        store.install()
    assert caught.value.reason == "digest_mismatch" and str(caught.value).startswith("yunet: ")
    assert list(store.folder.iterdir()) == []


def test_cancelled_and_continued(tmp_path: Path, shop: Shop, yunet: bytes) -> None:
    store, stop = online(tmp_path / "models", shop), threading.Event()
    assert store.install(on_progress=lambda _, done, __: stop.set() if done else None, cancelled=stop.is_set) == ()
    assert store.installed("yunet") is None
    kept = (store.folder / "yunet.part").stat().st_size
    assert 0 < kept < len(yunet)
    assert store.install() == ("yunet",)
    assert shop.requests[-1] == f"bytes={kept}-"


def test_cancelled_while_copying(store: ModelStore, models_folder: Path) -> None:
    stop = threading.Event()
    assert store.install((), models_folder, lambda *_: stop.set(), stop.is_set) == ()
    assert list(store.folder.iterdir()) == []


def test_what_has_no_official_file_is_not_downloaded(tmp_path: Path) -> None:
    spec = next(spec for spec in built_in_manifest().models if not spec.downloadable)
    store = ModelStore(tmp_path, Manifest((spec,)))
    assert store.install() == ()
    assert "Cannot be downloaded" in store.entries()[0].trouble
    with pytest.raises(EnvironmentFault) as caught:
        store.install((spec.id,))
    assert caught.value.reason == "no_download"


def test_damage_is_noticed_and_repaired(store: ModelStore, models_folder: Path, yunet: bytes) -> None:
    store.install(("yunet",), models_folder)
    path = store.path("yunet")
    path.write_bytes(yunet[:-1] + b"!")
    assert [entry.trouble for entry in store.entries() if entry.id == "yunet"] == [""]  # sizes only
    assert "damaged" in store.verify()[0].trouble
    with pytest.raises(EnvironmentFault) as caught:
        store.path("yunet")
    assert caught.value.reason == "model_damaged"
    path.write_bytes(yunet[:1000])
    assert "damaged" in next(entry.trouble for entry in store.entries() if entry.id == "yunet")
    assert "yunet" in store.install((), models_folder)
    assert store.path("yunet").read_bytes() == yunet


def test_nothing_installed(store: ModelStore) -> None:
    assert not any(entry.installed for entry in store.entries())
    assert store.verify() == ()
    with pytest.raises(NotFound):
        store.path("detector")
    with pytest.raises(InputError):
        store.path("nonsense")


def test_role_gives_the_preferred_one_installed(store: ModelStore, models_folder: Path) -> None:
    store.install(("nanodet-m",), models_folder)
    assert store.path("detector") == store.path("nanodet-m")
    store.install(("yolox-nano",), models_folder)
    assert store.path("detector") == store.path("yolox-nano")


def test_a_folder_that_cannot_be_made(tmp_path: Path, models_folder: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = ModelStore(tmp_path / "file" / "models")
    with pytest.raises(EnvironmentFault) as caught:
        store.install(("yunet",), models_folder)
    assert caught.value.reason == "folder_unusable"
    assert "WATCHROOM_MODELS" in str(caught.value)
    assert not any(entry.installed for entry in store.entries())


@pytest.mark.parametrize(("number", "reason"), [(28, "disk_full"), (30, "folder_unusable"), (13, "folder_unusable")])
def test_disk_troubles_have_reasons(number: int, reason: str) -> None:
    assert disk_fault(OSError(number, "no"), Path("/models")).reason == reason


def test_too_little_space_is_said_before_it_starts(store: ModelStore, models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shutil import _ntuple_diskusage  # the type that disk_usage gives

    monkeypatch.setattr("engine.vision.installer.disk_usage", lambda folder: _ntuple_diskusage(10, 5, 5))
    with pytest.raises(EnvironmentFault, match="232589 are needed"):
        store.install(("yunet",), models_folder)


def test_the_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path))
    assert default_folder() == tmp_path == ModelStore().folder
    monkeypatch.delenv("WATCHROOM_MODELS")
    assert default_folder().parts[-2:] == ("watchroom", "models")
