import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import time as watchroom_time
from engine.model.alerts.notify_settings import WebhookSettings
from engine.model.cameras.detection import Detections
from engine.model.command import Credentials, PutCamera
from engine.model.errors import InputError
from engine.model.geometry import iou_matrix
from engine.model.ids import derived_id
from engine.model.settings import CameraKind, CameraSettings, RecordingSettings, Settings, camera_kind
from engine.model.time import SECOND, ManualClock, SystemClock, from_iso, to_iso


@given(st.integers(0, 4_000_000_000_000))
def test_times_go_to_iso_and_back_in_milliseconds(time_ms: int):
    assert from_iso(to_iso(time_ms * 1_000_000)) == time_ms * 1_000_000


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        from_iso("2026-01-02T03:04:05")
    assert from_iso("2026-01-02T05:04:05+02:00") == from_iso("2026-01-02T03:04:05Z")


def test_the_clock_never_goes_back_and_follows_forward(monkeypatch: pytest.MonkeyPatch):
    clock = SystemClock()
    before = clock.now_ns()
    real = time.time_ns
    monkeypatch.setattr(watchroom_time._time, "time_ns", lambda: real() - 3600 * SECOND)
    assert clock.now_ns() >= before and clock.skew_ns() < -3599 * SECOND
    monkeypatch.setattr(watchroom_time._time, "time_ns", lambda: real() + 3600 * SECOND)
    assert clock.now_ns() - before >= 3599 * SECOND


def test_a_manual_clock_moves_only_forward():
    clock = ManualClock(10)
    clock.advance_to(5)
    assert clock.now_ns() == 10
    clock.advance_to(20)
    assert clock.now_ns() == 20


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_ids_sort_as_their_numbers(first: int, second: int):
    assert (derived_id("ev", first) < derived_id("ev", second)) == (first < second)


def test_overlap_of_boxes():
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 10, 10]], np.float32)
    overlap = iou_matrix(boxes, boxes)
    assert overlap[0, 0] == 1 and overlap[0, 1] == pytest.approx(1 / 3) and overlap[0, 2] == 0 and overlap[2, 2] == 0


@pytest.mark.parametrize("field", ["boxes_xyxy", "confidences", "categories"])
def test_detections_of_wrong_shape_say_what_was_expected(field: str):
    arrays = {"boxes_xyxy": np.zeros((2, 4), np.float32), "confidences": np.zeros(2, np.float32), "categories": np.zeros(2, np.int8)}
    arrays[field] = arrays[field].astype(np.float64)
    with pytest.raises(ValueError, match=f"{field}: expected shape"):
        Detections(**arrays)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("rtsp://10.0.0.1/s", CameraKind.RTSP),
        ("http://10.0.0.1/v", CameraKind.MJPEG),
        ("usb:0", CameraKind.USB),
        ("folder:/pictures", CameraKind.FOLDER),
        ("simulated:yard", CameraKind.SIMULATED),
        ("/videos/a b.mp4", CameraKind.FILE),
        ("C:\\videos\\a.mp4", CameraKind.FILE),
    ],
)
def test_the_address_says_what_kind_of_camera(url: str, kind: CameraKind):
    assert camera_kind(url) is kind


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "a b"}, "id"),
        ({"name": "  "}, "name"),
        ({"url": ""}, "url"),
        ({"url": "gopher://x"}, "url"),
        ({"sub_url": "gopher://x"}, "sub_url"),
        ({"transport": "carrier pigeon"}, "transport"),
        ({"min_person_share": 0.0}, "min_person_share"),
        ({"masks": (((0.0, 1.5),),)}, "masks"),
    ],
)
def test_wrong_camera_settings_name_their_field(change: dict[str, object], field: str):
    with pytest.raises(InputError) as refused:
        CameraSettings(**{"id": "a", "name": "A", "url": "usb:0", **change})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_ring_never_holds_more_than_64_mib():
    with pytest.raises(InputError):
        RecordingSettings(ring_mib=65)


def test_cameras_keep_their_place_when_changed():
    first, second = CameraSettings("a", "A", "usb:0"), CameraSettings("b", "B", "usb:1")
    settings = Settings().with_camera(first).with_camera(second).with_camera(CameraSettings("a", "Again", "usb:0"))
    assert [camera.name for camera in settings.cameras] == ["Again", "B"]
    assert settings.without_camera("a").cameras == (second,)


def test_credentials_never_show():
    command = PutCamera(CameraSettings("a", "A", "rtsp://h/s"), Credentials("root", "hunter2"))
    assert "hunter2" not in repr(command) and "root" not in repr(command) and "hunter2" not in repr(command.credentials)


@pytest.mark.parametrize("url", ["https://ada:secret@hooks.example.com/x", "http://ada@host", "http://:@host/", "http://a@b@host?q"])
def test_a_webhooks_address_carries_no_login(url: str):
    """It would stand in the settings file, in every snapshot, and never be sent."""
    with pytest.raises(InputError, match="may carry no user name") as refused:
        WebhookSettings("alarm", url)
    assert refused.value.field == "url" and "secret" not in str(refused.value)
    WebhookSettings("alarm", "https://hooks.example.com/@team?mail=a@b")


def numbers(*known: int) -> list[int]:
    cameras = tuple(CameraSettings(f"c{at}", "Gate", "film.mp4", number=number) for at, number in enumerate(known))
    return [camera.number for camera in Settings(cameras=cameras).numbered().cameras]


@pytest.mark.parametrize(
    ("known", "given_now"),
    [((0, 0, 0), [1, 2, 3]), ((3, 0, 1, 0), [3, 4, 1, 5]), ((2, 2, 0), [2, 3, 4]), ((9999, 0, 2, 0), [9999, 1, 2, 3]), ((), [])],
)
def test_every_camera_gets_a_number_and_keeps_it(known: tuple[int, ...], given_now: list[int]):
    assert numbers(*known) == given_now and numbers(*given_now) == given_now


def test_a_camera_keeps_its_number_when_others_go_and_when_it_is_put_again():
    cameras = tuple(CameraSettings(f"c{at}", "Gate", "film.mp4") for at in range(3))
    settings = Settings(cameras=cameras).numbered()
    assert settings.numbered() is settings
    fewer = settings.without_camera("c1").numbered()
    assert [camera.number for camera in fewer.cameras] == [1, 3]
    again = fewer.with_camera(CameraSettings("c2", "Yard", "film.mp4")).with_camera(CameraSettings("c3", "New", "film.mp4")).numbered()
    assert [(camera.id, camera.number) for camera in again.cameras] == [("c0", 1), ("c2", 3), ("c3", 4)]
    assert again.with_camera(CameraSettings("c2", "Yard", "film.mp4", number=7)).cameras[1].number == 7


@pytest.mark.parametrize("number", [-1, 10_000])
def test_a_number_can_be_typed(number: int):
    with pytest.raises(InputError, match="1–9999"):
        CameraSettings("c", "Gate", "film.mp4", number=number)


def test_another_number_does_not_open_the_camera_again():
    camera = CameraSettings("c", "Gate", "film.mp4")
    assert CameraSettings("c", "Gate", "film.mp4", number=4).reads_like(camera)
