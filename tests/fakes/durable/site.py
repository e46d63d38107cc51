"""A real engine on which commands are given and then looked for."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.alerts.alert import Alert
from engine.model.alerts.settings import Rule
from engine.model.cameras.clip import Clip
from engine.model.command import Command
from engine.model.command_terms import CommandTerms
from engine.model.event import EventKind, Severity
from engine.model.fire.smoke import Lookout, LookoutView, SmokeBox, SmokeFrame, SmokePage, SmokeSequence
from engine.model.incidents.incident import Corroboration, EvidenceKind, Incident, IncidentCategory
from engine.model.observation import IncidentChanged
from engine.model.people.commands import PutPerson
from engine.model.people.person import FaceAdded, FaceSample, Person
from engine.model.people.settings import PeopleSettings
from engine.model.settings import CameraSettings
from engine.model.site import SiteAnchor
from engine.model.time import SECOND, SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalDoor, LocalPort
from engine.vision.models import ModelStore
from tests.engine.store import records
from tests.fakes.people_site import MODEL, look
from tests.fakes.reports import report
from tests.fakes.smoke import azimuth
from tests.fakes.waiting import until

NAME, PASSWORD = "ada", "correct horse battery"
CAMERA = CameraSettings("door", "Door", "rtsp://192.0.2.1/door", enabled=False)
FIRE = (45.050879, 5.071808)
TOWERS = {"a": (45.0, 5.0), "b": (44.99993, 5.126828)}
LOOKOUTS = tuple(Lookout(name, *place, 54.0, (LookoutView("0", azimuth(FIRE, place)),)) for name, place in TOWERS.items())


class Prepare(Protocol):
    def __call__(self, site: "Site", /) -> Command: ...


class Kept(Protocol):
    """Whether what the command did is there. Given the outcome that was answered."""

    def __call__(self, site: "Site", command: Any, outcome: str, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Case:
    """`kept` None: what it does is of the moment, and ends with the engine (`why`); what the audit says of it is there all the same.

    `refused`: what it is refused with here, where that is all that can be tried.
    """

    prepare: Prepare
    kept: Kept | None = None
    why: str = ""
    refused: str = ""


def new(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(4)}"


class Site:
    """An admin's session on an engine of `folder`. There is no stopping it: the process ends."""

    def __init__(self, folder: Path) -> None:
        data = DataFolder(folder)
        self._lock = data.lock()
        self._lock.__enter__()
        self.engine = Engine(data, SystemClock(), ModelStore(folder.parent / "no-models"))
        self.engine.start()
        self.door = LocalDoor(self.engine)
        if self.door.needs_setup():
            self._furnish()
        user = next(user for user in self.engine.accounts.users() if user.name == NAME)
        self.session = Session("test-session", user, ROLE_VERBS[Role.ADMIN])

    def _furnish(self) -> None:
        self.door.set_up("Site", NAME, PASSWORD)

        def furnished(now: Any) -> Any:
            rules = tuple(rule for rule in now.alerts.rules if rule.id not in ("report", "fault"))
            held = Rule("doubted", "Reports that many make", kinds=(EventKind.INCIDENT,), min_log_odds=1.5, repeat_s=0.0)
            graver = Rule(
                "grave", "Grave reports", kinds=(EventKind.INCIDENT,), min_severity=Severity.HIGH, repeat_s=0.0, procedure=("Look.",)
            )
            seen = PeopleSettings(biometrics=True, purpose="To greet those who live here")
            anchored = replace(now.with_camera(CAMERA), recognition=seen, anchor=SiteAnchor(45.0, 5.0, 0.0), lookouts=LOOKOUTS)
            return replace(anchored, alerts=replace(now.alerts, rules=(*rules, graver, held)))

        self.engine.update_settings(furnished, "test")

    def tell(self, command: Command, key: str = "") -> str:
        return LocalPort(self.engine, lambda: self.session).command(command, CommandTerms(key))

    def flush(self) -> None:
        """What was prepared is not what is asked about."""
        number = self.engine.core.number
        until(lambda: self.engine.core.number > number + 1, "what waited was taken in")
        assert self.engine.record.writer.flush(20)

    def ask(self, question: Any) -> Any:
        return LocalPort(self.engine, lambda: self.session).ask(question)

    def user(self, role: Role = Role.ADMIN) -> User:
        user = self.engine.accounts.create_user(new("user"), role, PASSWORD, None)
        return self.engine.accounts.user(user.id)

    def person(self) -> Person:
        person_id = self.tell(PutPerson(new("Person")))
        return self.engine.people.persons[person_id]

    def face(self, person_id: str) -> FaceSample:
        number = int(secrets.token_hex(3), 16)
        sample = FaceSample(f"fa-{number}", person_id, look(number), MODEL, 0.9, self.engine.clock.now_ns(), "door")
        self.engine.people.photos.expect(sample, np.full((40, 40, 3), 90, np.uint8))
        self.engine.people.desk.enter(FaceAdded(sample), "test", self.engine.clock.now_ns())
        return sample

    def reported(self, severity: Severity) -> str:
        """The id of an incident that only the pipeline knows."""
        name, at_ns = new("in"), self.engine.clock.now_ns()
        said = (Corroboration(EvidenceKind.REPORT, f"re-{name}", f"user:{name}", at_ns, "first", 1.0),)
        times = (at_ns, at_ns, at_ns)
        place = (45.0 + int(name[3:7], 16) / 1e5, 5.0)
        incident = Incident(name, IncidentCategory.THEFT, "A bicycle is gone", *place, *times, severity, corroborations=said, revision=1)
        self.engine.mailbox.post(IncidentChanged(at_ns, incident))
        return name

    def alert(self) -> Alert:
        incident_id = self.reported(Severity.HIGH)
        find = lambda: [each for each in self.engine.alerts.view(self.engine.settings).alerts if each.incident_id == incident_id]  # noqa: E731
        until(lambda: bool(find()), "the alert is raised")
        return find()[0]

    def incident(self, north_deg: float | None = None) -> Incident:
        number, now_ns = int(secrets.token_hex(4), 16), self.engine.clock.now_ns()
        north = number % 100_000 / 1e4 if north_deg is None else north_deg
        filed = self.engine.reports.file(replace(report(number, north_deg=north), occurred_ns=now_ns, received_ns=now_ns))
        return cast(Incident, filed.incident)

    def clip(self) -> Clip:
        """With its event and a file, just recorded."""
        number, now_ns = int(secrets.token_hex(3), 16), self.engine.clock.now_ns()
        event = records.event(number)
        clip = replace(records.clip(number), event_id=event.id, file=f"clips/cl-{number}.mp4", started_ns=now_ns - 10**9, ended_ns=now_ns)
        path = self.engine.data.path / clip.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(100))
        self.engine.record.writer.submit(None, (event, clip))
        return clip

    def smoke(self) -> list[SmokeSequence]:
        """Of two towers that saw the same smoke."""
        known = sorted(self.engine.record.store.smoke.sequences(SmokePage()), key=lambda each: each.camera_id)
        if known:
            return known
        for camera in TOWERS:
            for index in range(4):
                at_ns = self.engine.clock.now_ns() // SECOND * SECOND - (60 - 10 * index) * SECOND
                frame = SmokeFrame(camera, "0", at_ns, (SmokeBox((0.45, 0.4, 0.55, 0.5), 0.7),), "edge")
                LocalPort(self.engine, lambda: self.session).see_smoke(frame).result(60)
        return self.smoke()


def there(check: Callable[[], bool], what: str) -> bool:
    """What the engine says of it once it has started altogether."""
    until(check, what, 10)
    return True
