"""The PTZ service on cameras of loopback, without an engine around it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditRow
from engine.model.command import Credentials
from engine.model.observation import CameraMoved, Observation
from engine.model.ptz.settings import PtzSettings
from engine.model.ptz.view import PtzState, PtzView
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import Snapshot
from engine.model.time import SystemClock
from engine.runtime.cameras.away import AwayCameras
from engine.runtime.ptz.ptz_side import PtzSide
from engine.runtime.supervisor import ErrorBook, Supervisor
from engine.runtime.troubles import Troubles
from tests.fakes.ports import AuditOf, InboxOf, SettingsOf
from tests.fakes.ptz_camera import PtzCamera
from tests.fakes.waiting import until

LOGIN = Credentials("admin", "correct horse")


def session(name: str, role: Role = Role.OPERATOR, session_id: str = "") -> Session:
    return Session(session_id or f"session-{name}", User(f"us-{name}", name, role), ROLE_VERBS[role])


ANNA, BEN, RITA = session("Anna"), session("Ben"), session("Rita", Role.ADMIN)


@dataclass
class Logins:
    login: Credentials | None = LOGIN

    def of_onvif(self, _: CameraSettings) -> Credentials | None:
        return self.login

    def get(self, _: CameraSettings) -> Credentials | None:
        return self.login


@dataclass
class PtzDesk:
    side: PtzSide
    away: AwayCameras
    settings: Settings
    rows: list[AuditRow]
    observed: list[Observation]
    errors: ErrorBook
    logins: Logins = field(default_factory=Logins)
    supervisor: Supervisor | None = None

    def view(self, camera_id: str = "yard") -> PtzView:
        until(lambda: camera_id in self.side._heads, "the service knows the camera")
        view = self.side.show(Snapshot(0, 0, self.settings)).ptz_of(camera_id)
        assert view is not None
        return view

    def wait_online(self) -> None:
        until(lambda: bool(self.side._heads) and self.view().state is PtzState.ONLINE, "the camera is online")

    def change(self, **ptz: Any) -> None:
        (camera, *others) = self.settings.cameras
        self.settings = replace(self.settings, cameras=(replace(camera, ptz=replace(camera.ptz, **ptz)), *others))
        self.side.on_settings(self.settings)

    @property
    def moves(self) -> list[tuple[bool, bool]]:
        return [(each.moving, each.home) for each in self.observed if isinstance(each, CameraMoved)]


@contextmanager
def ptz_desk(
    folder: Path, camera: PtzCamera, url: str = "simulated:yard", login: Credentials | None = LOGIN, **ptz: Any
) -> Iterator[PtzDesk]:
    """Cameras: `yard`, which is steered, and `wall`, which is not."""
    yard = CameraSettings("yard", "Yard", url, onvif=camera.address, ptz=PtzSettings(**ptz))
    desk = cast(PtzDesk, None)
    rows: list[AuditRow] = []
    observed: list[Observation] = []
    clock, away, logins = SystemClock(), AwayCameras(), Logins(login)
    errors = ErrorBook(clock)
    basis: Any = SimpleNamespace(
        settings=SettingsOf(lambda: settings_of()),
        data=SimpleNamespace(path=folder),
        errors=errors,
        troubles=Troubles(errors),
        mailbox=InboxOf(observed.append),
        clock=clock,
        logins=logins,
    )
    first = Settings(cameras=(yard, CameraSettings("wall", "Wall", "simulated:hall")))

    def settings_of() -> Settings:
        return desk.settings if desk is not None else first

    supervisor = Supervisor(errors)
    side = PtzSide(basis, away, AuditOf(rows.append))
    desk = PtzDesk(side, away, first, rows, observed, errors, logins, supervisor)
    side.on_start(supervisor, clock.now_ns())
    side.on_watch(supervisor, clock.now_ns())
    try:
        yield desk
    finally:
        side.on_stop()
        assert supervisor.stop() == []
        assert not [thread for thread in threading.enumerate() if thread.name == "ptz"]
        assert errors.newest_first() == () or all(note.component != "ptz" for note in errors.newest_first()), errors.newest_first()
