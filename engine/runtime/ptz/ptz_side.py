"""All PTZ cameras of the site: who steers them, and the loop that talks to them."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.observation import CameraMoved
from engine.model.ptz.view import Control, PtzView
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import Snapshot
from engine.runtime.basis import Basis
from engine.runtime.cameras.away import AwayCameras
from engine.runtime.ports import AuditLog
from engine.runtime.ptz.deadman import STILL, Velocity
from engine.runtime.ptz.head import CameraHead, Client, HeadParts
from engine.runtime.ptz.lock import ControlLock, steering_refusal, talk_refusal
from engine.runtime.ptz.memory import PtzMemory
from engine.runtime.ptz.talk import TalkLine
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.sources.camera.ptz.client import PtzClient

ANSWER_S = 12.0
TALK_HOLD_S = 2.0
T = TypeVar("T")

_LAST_S = 3.0  # for what closes cameras as the engine stops: two tries of Stop


class PtzSide(Side):
    """Any thread. Without a camera that has an ONVIF address there is no thread and nothing is imported."""

    def __init__(self, basis: Basis, away: AwayCameras, audit: AuditLog, make_client: "type[Client] | None" = None) -> None:
        self._basis, self._audit = basis, audit
        memory = PtzMemory(basis.data.path, basis.troubles.of("ptz memory"))
        self._parts = HeadParts(basis.clock, basis.mailbox, away, memory, basis.errors.bug, make_client or PtzClient)
        self._lock = threading.Lock()
        self._heads: dict[str, CameraHead] = {}  # replaced as a whole
        self._steering: dict[str, ControlLock] = {}
        self._talking: dict[str, ControlLock] = {}
        self._moved_by: dict[str, str] = {}
        self._lines: dict[str, TalkLine] = {}  # on the loop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._supervisor: Supervisor | None = None
        self._stopped = False
        for camera in basis.settings.now().cameras:
            away.put(camera.id, bool(camera.onvif) and memory.get(camera.id).away)

    # a side of the engine

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        """What was away when the engine ended is away still."""
        self._supervisor = supervisor
        for camera in self._basis.settings.now().cameras:
            if camera.id in self._parts.away:
                self._basis.mailbox.post(CameraMoved(camera.id, now_ns, moving=False, home=False))

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        self._apply(self._basis.settings.now())

    def on_settings(self, settings: Settings) -> None:
        self._apply(settings)

    def on_session_ended(self, session_id: str) -> None:
        for camera_id, lock in tuple(self._steering.items()):
            if lock.release(session_id):
                self._halt(camera_id)
        for camera_id, lock in tuple(self._talking.items()):
            if lock.release(session_id):
                self._later(self._end_talk, camera_id)

    def on_session_renewed(self, session_id: str, renewed_id: str) -> None:
        for lock in (*self._steering.values(), *self._talking.values()):
            lock.renew(session_id, renewed_id)

    def on_stop(self) -> None:
        """Every camera that moves is stopped when this returns, as far as it answers."""
        stopped, self._stopped = self._stopped, True
        loop = self._loop
        if loop is not None and not stopped:
            with suppress(Exception):
                asyncio.run_coroutine_threadsafe(self._close_all(), loop).result(6)
            loop.call_soon_threadsafe(loop.stop)

    def show(self, shown: Snapshot) -> Snapshot:
        now_ns = self._basis.clock.now_ns()
        return replace(shown, ptz=tuple(self._view(head, now_ns) for head in self._heads.values()))

    def _view(self, head: CameraHead, now_ns: int) -> PtzView:
        camera_id = head.camera.id
        steering, talking = self._steering.get(camera_id), self._talking.get(camera_id)
        view = head.view()
        return replace(
            view,
            moved_by=self._moved_by.get(camera_id, "") if view.away else "",
            control=steering.now(now_ns) if steering is not None else None,
            talk=talking.now(now_ns) if talking is not None else None,
        )

    # what commands do

    def head(self, camera_id: str) -> CameraHead:
        """Raises NotFound; EnvironmentFault `no_onvif`."""
        head = self._heads.get(camera_id)
        if head is not None:
            return head
        camera = self._basis.settings.now().camera(camera_id)
        if camera is None:
            raise NotFound(f"There is no camera {camera_id}.")
        raise EnvironmentFault("no_onvif", f"{camera.name} has no ONVIF address, so it cannot be steered. An administrator can enter it.")

    def take(self, camera_id: str, session: Session, ability: str = "") -> CameraHead:
        """The camera, held by this session from now on. Taking it is kept in the audit. Raises also EnvironmentFault `held`."""
        head = self.head(camera_id)
        head.check_online(ability)
        lock, settings = self._lock_of(self._steering, camera_id, steering_refusal), head.camera.ptz
        priority = self._priority(head, session)
        grant = lock.take(session, priority, settings.hold_s, self._basis.clock.now_ns())
        self._moved_by[camera_id] = session.name
        if grant.new:
            if grant.control.taken_from:
                self._halt(camera_id)
            taken = f", taken from {grant.control.taken_from}" if grant.control.taken_from else ""
            self._note(session, AuditVerb.TAKE_CAMERA, camera_id, f"session {session.id}{taken}")
        return head

    def steer(self, camera_id: str, velocity: Velocity, session: Session) -> None:
        """Returns at once. Standing still is no reason to take a camera."""
        if velocity == STILL and self._control_is_elsewhere(camera_id, session):
            return
        pan, tilt, zoom = velocity
        head = self.take(camera_id, session, "pan_tilt" if pan or tilt else "zoom" if zoom else "")
        self._later(head.steer, velocity)

    def release(self, camera_id: str, session: Session) -> None:
        self.head(camera_id)
        lock = self._steering.get(camera_id)
        if lock is not None and lock.release(session.id):
            self._halt(camera_id)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """On the loop. Raises what it raises, and EnvironmentFault `ptz_offline` where nothing comes of it in time."""
        loop = self._loop
        if loop is None or self._stopped:
            work.close()
            raise EnvironmentFault("ptz_offline", "PTZ cameras are not connected yet. Try again in a moment.")
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result(ANSWER_S)
        except TimeoutError:
            future.cancel()
            raise EnvironmentFault("ptz_offline", "The camera does not answer. Look at its connection, then try again.") from None

    # two-way talk

    def talk(self, camera_id: str, mulaw: bytes, session: Session) -> None:
        """The next piece; the first one is kept in the audit before anything is sent. Raises EnvironmentFault `held`, `not_able`."""
        head = self.head(camera_id)
        head.check_online("talk")
        lock = self._lock_of(self._talking, camera_id, talk_refusal)
        now_ns = self._basis.clock.now_ns()
        if not mulaw:
            if lock.release(session.id):
                self._later(self._feed, camera_id, b"")
            return
        grant = lock.take(session, self._priority(head, session), TALK_HOLD_S, now_ns)
        if grant.new:
            self._audit.keep(AuditRow.of(now_ns, session.user, AuditVerb.TALK, camera_id, f"session {session.id}"))
            self.wait(self._open_line(head, session, now_ns))
        self._later(self._feed, camera_id, mulaw)

    async def _open_line(self, head: CameraHead, session: Session, began_ns: int) -> None:
        camera_id = head.camera.id
        self._end_talk(camera_id)

        def end_line(why: str) -> None:
            if self._lines.get(camera_id) is line:
                del self._lines[camera_id]
                self._talking[camera_id].release(session.id)
            seconds = (self._basis.clock.now_ns() - began_ns) / 1e9
            self._note(session, AuditVerb.STOP_TALKING, camera_id, f"session {session.id}, {seconds:.0f} s{', failed' if why else ''}")
            self._basis.troubles.tell(f"talk {camera_id}", f"{head.camera.name}: {why}" if why else None)

        line = self._lines[camera_id] = TalkLine(head.camera.url, self._stream_login(head.camera), end_line)

    def _feed(self, camera_id: str, mulaw: bytes) -> None:
        line = self._lines.get(camera_id)
        if line is not None:
            line.put(mulaw)

    def _end_talk(self, camera_id: str) -> None:
        line = self._lines.pop(camera_id, None)
        if line is not None:
            line.cancel()

    # the loop

    def _apply(self, settings: Settings) -> None:
        wanted = tuple(camera for camera in settings.cameras if camera.onvif and camera.enabled)
        with self._lock:
            if self._stopped or self._supervisor is None or not (wanted or self._heads):
                return
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._supervisor.start("ptz", self._run)
            asyncio.run_coroutine_threadsafe(self._reconcile(wanted), self._loop)

    def _run(self, stopping: threading.Event) -> None:
        loop = self._loop
        assert loop is not None
        asyncio.set_event_loop(loop)
        if not self._stopped:
            loop.run_forever()
        stopping.wait()
        if not loop.is_closed():
            loop.run_until_complete(_given_up())
            loop.close()

    async def _reconcile(self, wanted: tuple[CameraSettings, ...]) -> None:
        before, heads = self._heads, dict[str, CameraHead]()
        for camera in wanted:
            known = before.get(camera.id)
            if known is not None and self._reached_alike(known, camera):
                known.configure(camera)
                heads[camera.id] = known
        gone = [head for camera_id, head in before.items() if camera_id not in heads]
        self._heads = heads
        for head in gone:
            self._end_talk(head.camera.id)
            await head.close()
        for camera in wanted:
            if camera.id not in heads and not self._stopped:
                login, stream_login = self._login(camera), self._stream_login(camera)
                self._heads = {**self._heads, camera.id: CameraHead(camera, login, stream_login, self._parts)}
        for camera_id in {head.camera.id for head in gone} - self._heads.keys():
            self._parts.away.put(camera_id, False)

    def _reached_alike(self, head: CameraHead, camera: CameraSettings) -> bool:
        same = (head.camera.onvif, head.camera.url) == (camera.onvif, camera.url)
        return same and head.login == self._login(camera)

    async def _close_all(self) -> None:
        heads, self._heads = self._heads, {}
        for camera_id in tuple(self._lines):
            self._end_talk(camera_id)
        await asyncio.gather(*(head.close() for head in heads.values()), return_exceptions=True)

    def _halt(self, camera_id: str) -> None:
        head = self._heads.get(camera_id)
        if head is not None:
            self._later(head.release)

    def _later(self, act: Any, *about: Any) -> None:
        loop = self._loop
        if loop is not None and not self._stopped:
            with suppress(RuntimeError):  # it has ended meanwhile
                loop.call_soon_threadsafe(act, *about)

    # helpers

    def _control_is_elsewhere(self, camera_id: str, session: Session) -> bool:
        self.head(camera_id)
        lock = self._steering.get(camera_id)
        control = lock.now(self._basis.clock.now_ns()) if lock is not None else None
        return control is None or control.by_id != session.holder

    def _lock_of(self, locks: dict[str, ControlLock], camera_id: str, refusal: Callable[[Control, int], str]) -> ControlLock:
        with self._lock:
            return locks.setdefault(camera_id, ControlLock(refusal))

    def _login(self, camera: CameraSettings) -> Credentials | None:
        try:
            return self._basis.logins.of_onvif(camera)
        except EnvironmentFault:
            return None  # told where the camera itself is opened

    def _stream_login(self, camera: CameraSettings) -> Credentials | None:
        try:
            return self._basis.logins.get(camera)
        except EnvironmentFault:
            return None

    def _priority(self, head: CameraHead, session: Session) -> int:
        return head.camera.ptz.priority(session.user.name, session.user.role, self._basis.settings.now().access)

    def _note(self, session: Session, verb: AuditVerb, camera_id: str, detail: str) -> None:
        self._audit.note(AuditRow.of(self._basis.clock.now_ns(), session.user, verb, camera_id, detail))


async def _given_up() -> None:
    """All that is under way on this loop still, to its end: what is dropped in its middle leaves its connection open. What closes cameras
    may take its time first."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=_LAST_S)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
