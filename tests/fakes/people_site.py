"""A real engine of a site whose people are known, to be told things about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.alerts.delivery import Delivery
from engine.model.cameras.clip import Clip
from engine.model.cameras.face import Faces
from engine.model.command import Command
from engine.model.event import Event, EventKind
from engine.model.geometry import Floats
from engine.model.observation import FacesSeen
from engine.model.people.person import FaceAdded, FaceSample
from engine.model.people.settings import PeopleSettings
from engine.model.settings import CameraSettings
from engine.model.snapshot import Job, JobState
from engine.model.time import SystemClock
from engine.runtime.catalogue import execute
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.vision.models import ModelStore
from tests.engine.store import records
from tests.fakes.waiting import until

ADMIN = Session("test-session", User("us-1", "rita", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
MODEL = "made-up"


@contextmanager
def people_site(folder: Path, models: Path | None = None) -> Iterator["PeopleSite"]:
    """Its camera is switched off; biometrics are on."""
    data = DataFolder(folder)
    with data.lock():
        camera = CameraSettings("door", "Door", "rtsp://192.0.2.1/door", enabled=False)
        engine = Engine(data, SystemClock(), ModelStore(models or folder.parent / "models"), CommandLineSettings((camera,)))
        engine.start()
        try:
            site = PeopleSite(engine)
            site.recognise()
            yield site
        finally:
            engine.stop()


class PeopleSite:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def recognise(self, on: bool = True) -> None:
        wanted = PeopleSettings(biometrics=on, purpose="To greet those who live here" if on else "")
        self.engine.update_settings(lambda now: replace(now, recognition=wanted), "test")

    def tell(self, command: Command) -> str:
        return execute(self.engine, command, ADMIN)

    def job(self, job_id: str) -> Job:
        """Once it has ended."""

        def ended() -> list[Job]:
            return [job for job in self.engine.jobs.all() if job.id == job_id and job.state is not JobState.RUNNING]

        until(lambda: bool(ended()), f"{job_id} ends")
        return ended()[0]

    def add_face(self, person_id: str, number: int, picture: bool = True) -> FaceSample:
        """A face that only this number gives."""
        sample = FaceSample(f"fa-{number}", person_id, look(number), MODEL, 0.9, self.engine.clock.now_ns(), "door")
        if picture:
            self.engine.people.photos.expect(sample, np.full((40, 40, 3), number, np.uint8))
        self.engine.people.desk.enter(FaceAdded(sample), "test", self.engine.clock.now_ns())
        return sample

    def show_face(self, number: int) -> None:
        """As if a camera had seen it."""
        faces = Faces(
            np.array([[10, 10, 50, 60]], np.float32),
            np.zeros((1, 5, 2), np.float32),
            np.ones(1, np.float32),
            look(number)[None],
            np.ones(1, np.float32),
        )
        now_ns = self.engine.clock.now_ns()
        self.engine.mailbox.post(FacesSeen("door", now_ns, ("tr-1",), ("tr-1",), faces, MODEL, 0.5))

    def keep_event(self, number: int, person_id: str, name: str, reason: str = "", kind: EventKind = EventKind.PERSON) -> Event:
        event = replace(records.event(number), person_id=person_id, person=name, reason=reason, kind=kind)
        self.engine.record.writer.submit(None, (event,))
        self.flush()
        return event

    def keep_clip(self, event: Event, number: int, age_ns: int = 0) -> Clip:
        """With files."""
        clip = replace(
            records.clip(number), event_id=event.id, file=f"clips/2026-01-01/cl-{number}.mp4", thumbnail=f"thumbnails/cl-{number}.jpg"
        )
        ended_ns = self.engine.clock.now_ns() - age_ns
        clip = replace(clip, started_ns=ended_ns - 1, ended_ns=ended_ns)
        for name in (clip.file, clip.thumbnail, f"thumbnails/{event.id}.jpg"):
            path = self.engine.data.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"pixels")
        self.engine.record.writer.submit(None, (clip,))
        self.flush()
        return clip

    def keep_delivery(self, event: Event, body: str) -> Delivery:
        """One that waits for tomorrow."""
        now_ns = self.engine.clock.now_ns()
        delivery = Delivery(f"de-{event.id}", "webhook", "nobody", event.id, event.id, body, now_ns, now_ns + 86_400_000_000_000)
        self.engine.record.writer.submit(None, (delivery,))
        self.flush()
        return delivery

    def flush(self) -> None:
        assert self.engine.record.writer.flush(20)


def look(number: int) -> Floats:
    """(128,) float32 of unit length."""
    drawn = np.random.default_rng(number).standard_normal(128).astype(np.float32)
    return drawn / np.linalg.norm(drawn)
