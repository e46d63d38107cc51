"""Gestures over HTTP, as a programme teaches them, and all the way to the event."""

import base64
import io
import pickle
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest

from console.site import Site
from engine.model.cameras.pose import Poses
from engine.model.command import Command
from engine.model.errors import InputError, NotFound
from engine.model.event import Event, EventKind, Severity
from engine.model.geometry import Floats
from engine.model.observation import DetectionsMade, FrameSeen, PosesSeen, Tick
from engine.model.people.commands import DropTake, RecordTake, RemoveGesture, SetGestureMode, ShowPoses, TakeFromClip, TeachGesture
from engine.model.people.gesture import GestureMode
from engine.model.people.view import TakeState, TakeView
from engine.model.port import EnginePort
from engine.model.question import ListClips, ListEvents
from engine.model.result import StepResult
from engine.model.settings import CameraSettings
from engine.model.time import SECOND
from engine.runtime.local import demo_port
from tests.engine.gateway.answers import assert_problem
from tests.engine.vision.gestures.performances import push_both, raise_right, rest, stream
from tests.engine.vision.gestures.performances import take as performed
from tests.fakes.observations import Walk, scene
from tests.fakes.waiting import until

HELP = performed(raise_right, 1, lasts_s=1.0).landmarks
PUSH = performed(push_both, 2, lasts_s=1.0).landmarks


@pytest.fixture
def anyone(site: Site, admin: str) -> Iterator[httpx.Client]:
    """An admin's machine; what it taught goes."""
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {admin}"}, timeout=60, trust_env=False) as client:
        yield client
        for gesture in client.get("/api/v1/gestures").json():
            client.delete(f"/api/v1/gestures/{gesture['id']}")


def npy(array: np.ndarray, allow_pickle: bool = False) -> str:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=allow_pickle)
    return base64.b64encode(file.getvalue()).decode()


def body(landmarks: Floats = HELP, label: str = "Help", **changes: Any) -> dict[str, Any]:
    return {"label": label, "pose_sequence_b64": npy(landmarks.reshape(-1, 99)), "num_frames": len(landmarks)} | changes


def test_teach_list_summary_and_delete(anyone: httpx.Client):
    made = anyone.post("/api/v1/gestures/teach", json=body(created_by="kiosk"))
    assert made.status_code == 201
    gesture = made.json()
    assert (gesture["label"], gesture["created_by"], gesture["mode"], gesture["usage_count"]) == ("Help", "kiosk", "armed", 0)
    assert gesture["threshold"] > 0 and gesture["last_seen"] is None
    assert gesture["status"] == "success" and "Help" in gesture["message"]
    assert gesture["gesture"] == anyone.get("/api/v1/gestures").json()[0], "as clients of the reference read it"
    raw = base64.b64encode(PUSH.astype("<f4").tobytes()).decode()
    assert anyone.post("/api/v1/gestures/teach", json=body(PUSH, "Push", pose_sequence_b64=raw)).status_code == 201
    assert [each["label"] for each in anyone.get("/api/v1/gestures").json()] == ["Help", "Push"]
    summary = anyone.get("/api/v1/gestures/stats/summary").json()
    assert (summary["total"], summary["armed"], summary["usage_count"], summary["most_used"]) == (2, 2, 0, None)
    assert anyone.delete(f"/api/v1/gestures/{gesture['id']}").status_code == 204
    assert_problem(anyone.delete(f"/api/v1/gestures/{gesture['id']}"), 404, "not_found")
    assert [each["label"] for each in anyone.get("/api/v1/gestures").json()] == ["Push"]


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was executed",))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (body(HELP[:29]), "pose_sequence_b64"),
        (body(pose_sequence_b64=npy(HELP.reshape(-1, 99)[:, :98])), "pose_sequence_b64"),
        (body(np.where(np.arange(33)[None, :, None] == 4, np.nan, HELP)), "pose_sequence_b64"),
        (body(np.repeat(HELP[:1], 40, axis=0)), "pose_sequence_b64"),
        (body(pose_sequence_b64=npy(np.array([Bomb()], dtype=object), True)), "pose_sequence_b64"),
        (body(pose_sequence_b64=base64.b64encode(pickle.dumps(Bomb())).decode()), "pose_sequence_b64"),
        (body(pose_sequence_b64="never"), "pose_sequence_b64"),
        (body(pose_sequence_b64=""), "pose_sequence_b64"),
        (body(num_frames=30), "num_frames"),
        (body(num_frames="many"), "num_frames"),
        (body(label=""), "label"),
        (body(label="x" * 101), "label"),
        (body(label="taken"), "label"),
    ],
)
def test_what_is_no_gesture_is_refused_by_its_field(anyone: httpx.Client, sent: dict[str, Any], field: str):
    anyone.post("/api/v1/gestures/teach", json=body(PUSH, "Taken")).raise_for_status()
    answer = anyone.post("/api/v1/gestures/teach", json=sent)
    assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
    assert [each["label"] for each in anyone.get("/api/v1/gestures").json()] == ["Taken"]


def test_ten_megabytes_are_refused_before_they_are_read(anyone: httpx.Client):
    assert_problem(anyone.post("/api/v1/gestures/teach", json=body(pose_sequence_b64="A" * 10_000_000)), 413, "bad_input")
    assert anyone.get("/api/v1/gestures").json() == []


def test_only_admins_teach_and_nobody_is_let_in_without_a_token(client: httpx.Client, stranger: httpx.Client):
    assert_problem(client.post("/api/v1/gestures/teach", json=body()), 403, "not_permitted")
    assert_problem(client.delete("/api/v1/gestures/ge-1"), 403, "not_permitted")
    assert client.get("/api/v1/gestures").status_code == 200
    for answer in (stranger.get("/api/v1/gestures"), stranger.post("/api/v1/gestures/teach", json=body())):
        assert_problem(answer, 401, "not_signed_in")


def take(port: EnginePort, take_id: str) -> TakeView | None:
    return next((take for take in port.snapshot().people.takes if take.id == take_id), None)


def test_takes_through_any_port_say_why_there_are_none(port: EnginePort, client: httpx.Client, lost_event: str):
    (clip,) = client.get("/api/v1/clips", params={"event": lost_event}).json()["clips"]
    port.command(ShowPoses(5))
    for command in (TakeFromClip(clip["id"], 0.0, 1.0), RecordTake("door")):
        made = port.command(command)
        until(lambda made=made: (found := take(port, made)) is not None and found.state is TakeState.FAILED, "the take has failed")
        failed = take(port, made)
        assert failed is not None and "not installed" in failed.trouble and failed.camera_id == "door"
        port.command(DropTake(made))
        until(lambda made=made: take(port, made) is None, "the take is gone")
    until(lambda: "not installed" in port.snapshot().people.pose_trouble, "the page can say it")


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (RecordTake("nowhere"), "camera_id"),
        (RecordTake("door", seconds=100), "seconds"),
        (TakeFromClip("any", -1, 1), "from_s"),
        (TakeFromClip("any", 0, 60), "to_s"),
        (TakeFromClip("any", 1, 1), "to_s"),
        (ShowPoses(1e9), "seconds"),
        (TeachGesture("Help", ("ta-1", "ta-2")), "takes"),
    ],
)
def test_what_cannot_be_recorded_or_taught_is_refused(port: EnginePort, command: Command, field: str):
    with pytest.raises(InputError) as refused:
        port.command(command)
    assert refused.value.field == field
    for missing in (
        DropTake("ta-none"),
        RemoveGesture("ge-none"),
        SetGestureMode("ge-none", GestureMode.OFF),
        TakeFromClip("cl-none", 0, 1),
    ):
        with pytest.raises(NotFound):
            port.command(missing)


def perform(site: Site, camera_id: str, seed: int = 9) -> None:
    """Somebody stands before a camera and makes the gesture: the observations a camera would give, entered at once."""
    engine = site.engine
    start_ns = engine.clock.now_ns()  # so that no tick of a busy machine finds whoever stands there gone
    poses = list(stream([(rest, 1.0), (raise_right, 1.0), (rest, 1.5)], 12, seed))
    seen = [each for each in scene([Walk(0, 60, speed=0.0, x=300)], 5, camera_id) if isinstance(each, FrameSeen | DetectionsMade)]
    shift_ns = start_ns - seen[0].occurred_ns
    for each in seen[:12]:
        engine.mailbox.post(replace(each, occurred_ns=each.occurred_ns + shift_ns))
    until(lambda: bool(site.engine.board.tracks(camera_id)[0]), "somebody is followed")
    track = site.engine.board.tracks(camera_id)[0][0].id
    for each in seen[12:]:
        engine.mailbox.post(replace(each, occurred_ns=each.occurred_ns + shift_ns))
        while poses and start_ns + round((1 + poses[0][0]) * SECOND) <= each.occurred_ns + shift_ns:
            at_s, landmarks = poses.pop(0)
            found = Poses((track,), landmarks[None], np.ones((1, 33), np.float32), np.ones(1, np.float32))
            engine.mailbox.post(PosesSeen(camera_id, start_ns + round((1 + at_s) * SECOND), (track,), found, "made"))


def test_a_gesture_taught_over_http_is_seen_told_counted_and_on_trial_only_listed(site: Site, anyone: httpx.Client):
    gesture = anyone.post("/api/v1/gestures/teach", json=body()).json()["id"]
    site.engine.update_settings(lambda now: now.with_camera(CameraSettings("stage", "Stage", "rtsp://192.0.2.9/s", enabled=False)), "test")
    port = demo_port(site.engine)
    try:
        perform(site, "stage")
        count = lambda name: anyone.get("/api/v1/gestures").json()[0][name]  # noqa: E731
        until(lambda: count("usage_count") == 1, "the gesture is counted")
        ask = ListEvents(kinds=(EventKind.GESTURE,), camera_id="stage")
        until(lambda: bool(port.ask(ask)), "the event is in the record")
        (event,) = port.ask(ask)
        assert event.label == "Help" and event.confidence >= 0.70 and event.id in {each.id for each in port.snapshot().events}
        assert anyone.get("/api/v1/gestures/stats/summary").json()["most_used"] == "Help"

        port.command(SetGestureMode(gesture, GestureMode.SHADOW))
        perform(site, "stage", seed=5)
        until(lambda: count("shadow_count") == 1, "what it would have raised is counted")
        until(lambda: bool(port.ask(replace(ask, shadow=True))), "it is listed apart")
        (trial,) = port.ask(replace(ask, shadow=True))
        assert trial.shadow and port.ask(ask) == (event,)
        assert trial.id not in {each.id for each in port.snapshot().events} and port.thumbnail(trial.id) is None
        assert port.ask(ListClips(event_id=trial.id)) == ()
    finally:
        site.engine.update_settings(lambda now: now.without_camera("stage"), "test")
        port.close()


def test_a_gesture_has_one_clip_and_a_picture_though_it_is_told_when_it_is_over(site: Site):
    engine, port = site.engine, demo_port(site.engine)
    now_ns = engine.clock.now_ns()
    event = Event(
        "ev-seen",
        EventKind.GESTURE,
        "door",
        "tr-1",
        Severity.MODERATE,
        now_ns - 2 * SECOND,
        now_ns - SECOND,
        now_ns,
        0.8,
        "de-1",
        label="Help",
    )
    engine.take_result(StepResult(1, events=(replace(event, id="ev-trial", shadow=True), event)), Tick(now_ns))
    until(lambda: bool(port.ask(ListClips(event_id="ev-seen"))), "its clip is made")
    (clip,) = port.ask(ListClips(event_id="ev-seen"))
    assert clip.started_ns < event.ended_ns and clip.ended_ns > event.started_ns
    assert port.thumbnail("ev-trial") is None and port.ask(ListClips(event_id="ev-trial")) == ()
