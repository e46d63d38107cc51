"""An administrator who sees one camera of two has of the site what that camera gives, and nothing more, by whatever door."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from engine.model.accounts.access import Role, Verb
from engine.model.accounts.audit import AuditVerb
from engine.model.command import PutCamera
from engine.model.errors import InputError
from engine.model.port import PictureWant
from engine.model.question import ListAudit
from engine.model.settings import CameraSettings
from tests.engine.gateway.limited_site import ADMIN, HIDDEN, LIMITED_ADMIN, PASSWORD, SEEN, TwoCameras, two_cameras
from tests.fakes.waiting import until

MAC = "02:00:00:00:00:77"
IMAGE = b"\xe9" + bytes(2000)


@pytest.fixture(scope="module")
def ground(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoCameras]:
    with two_cameras(video, tmp_path_factory.mktemp("limited-admin")) as ground:
        yield ground


@pytest.fixture
def lima(ground: TwoCameras) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {ground.signed_in(LIMITED_ADMIN)}"}
    with httpx.Client(base_url=ground.site.url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def audited(ground: TwoCameras, *verbs: AuditVerb) -> list[tuple[str, str]]:
    port = ground.site.door.sign_in(ADMIN, PASSWORD)
    assert ground.site.engine.record.writer.flush(10)
    return [(row.by, row.verb) for row in port.ask(ListAudit(verbs=verbs))]


def test_nodes_are_the_whole_sites(ground: TwoCameras, lima: httpx.Client) -> None:
    door = ground.site.door
    told = {
        "token": lima.post("/api/provision", json={"mac": MAC}),
        "firmware": lima.get("/api/firmware"),
        "upload": lima.post("/api/firmware/upload", files={"firmware": ("own-9.9.9.bin", IMAGE)}),
        "update": lima.post("/api/firmware/ota-all"),
        "update one": lima.post(f"/api/nodes/{MAC}/ota"),
        "progress": lima.get("/api/firmware/progress"),
    }
    assert {what: answer.status_code for what, answer in told.items()} == dict.fromkeys(told, 403)
    assert not any("node_token" in answer.text for answer in told.values())
    assert door.firmware.all() == () or not any(each.version == "9.9.9" for each in door.firmware.all())
    assert audited(ground, AuditVerb.PROVISION_NODE, AuditVerb.ADD_FIRMWARE, AuditVerb.UPDATE_NODES) == []


def test_nobody_sets_a_pin_that_sees_more_than_they_do(ground: TwoCameras, lima: httpx.Client) -> None:
    assert lima.post("/api/auth/setup", json={"pin": "246810"}).status_code == 403
    assert lima.post("/api/auth/login", json={"pin": "246810"}).status_code == 401
    weak = {"Authorization": f"Bearer {ground.token(Role.ADMIN, verbs=(Verb.ADMINISTER,))}"}
    assert lima.post("/api/auth/setup", json={"pin": "246810"}, headers=weak).status_code == 403
    ada = {"Authorization": f"Bearer {ground.signed_in(ADMIN)}"}
    assert lima.post("/api/auth/setup", json={"pin": "135791"}, headers=ada).status_code == 200
    assert lima.post("/api/auth/setup", json={"pin": "246810"}).status_code == 403
    assert lima.post("/api/auth/login", json={"pin": "246810"}).status_code == 401
    assert audited(ground, AuditVerb.SET_PIN) == [(ADMIN, AuditVerb.SET_PIN)], "and it is written down whose it is"


@pytest.mark.parametrize("who", [LIMITED_ADMIN, ADMIN])
@pytest.mark.parametrize(
    "address",
    [" {0}", "\t{0}", "{0} ", "\u00a0{0}", " file:{0}", "file:{0}", " FILE://{0}", "\u2003file://localhost{0}", "file:///proc/self/root{0}",
     " folder:{1}", "\u00a0folder:{1}", "{2}", " {2}", "{3}", " file:{3}"],
)  # fmt: skip
def test_no_camera_plays_what_another_one_saw(ground: TwoCameras, tmp_path: Path, address: str, who: str) -> None:
    """Whatever is accepted is watched: only then is it known what was opened."""
    port = ground.site.door.sign_in(who, PASSWORD)
    link, second = tmp_path / "link.mp4", tmp_path / "second.mp4"
    link.symlink_to(ground.clip)
    second.hardlink_to(ground.clip)
    url = address.format(ground.clip, ground.clip.parent, link, second)
    with pytest.raises(InputError) as refused:
        port.command(PutCamera(CameraSettings("door", "Front door", url)))
        feed = port.watch("door", PictureWant(64, 64), lambda: None)
        until(lambda: feed.latest() is not None, "it plays")
        pytest.fail(f"{url!r} plays {HIDDEN}")
    assert refused.value.field == "url"
    port.close()


def test_no_camera_of_theirs_reads_the_machines_files(ground: TwoCameras, tmp_path: Path, video: Path) -> None:
    """Whatever lies on the machine is beyond their camera, also what no site recorded."""
    film, folder = tmp_path / "of-somebody-else.mp4", tmp_path / "pictures"
    shutil.copy(video, film)
    folder.mkdir()
    port, before = ground.site.door.sign_in(LIMITED_ADMIN, PASSWORD), ground.site.engine.settings
    for field, address in (("url", str(film)), ("url", f" file:{film}"), ("url", f"folder:{folder}"), ("sub_url", f"file:{film}")):
        camera = replace(CameraSettings(SEEN, "Front door", "usb:0", enabled=False), **{field: address})
        with pytest.raises(InputError) as refused:
            port.command(PutCamera(camera))
        assert refused.value.field == field and "limited to some cameras" in refused.value.message
    assert ground.site.engine.settings == before
    port.close()


def test_a_file_that_an_unlimited_administrator_named_stays(ground: TwoCameras, video: Path) -> None:
    """The last one here: the camera is switched off with it."""
    port, found = ground.site.door.sign_in(LIMITED_ADMIN, PASSWORD), ground.site.engine.settings.camera(SEEN)
    assert found is not None and found.url == str(video)
    known = replace(found, enabled=False)
    port.command(PutCamera(replace(known, name="Side door")))
    port.command(PutCamera(replace(known, sub_url=known.url)))
    port.command(PutCamera(replace(known, url="rtsp://192.0.2.7/door")))
    with pytest.raises(InputError, match="limited to some cameras"):
        port.command(PutCamera(known))
    port.close()
    ada = ground.site.door.sign_in(ADMIN, PASSWORD)
    ada.command(PutCamera(known))
    ada.close()
