"""One PTZ camera at work: reached by ONVIF, moved as its deadman wants it, stopped whatever happens, toured and sent home."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import field, replace
from typing import Protocol, TypeVar

from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.observation import CameraMoved
from engine.model.ptz.view import CAMERA_TOUR, CameraOutput, OutputAction, PtzAbilities, PtzPreset, PtzState, PtzView, TourName
from engine.model.settings import CameraKind, CameraSettings
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.runtime.cameras.away import AwayCameras
from engine.runtime.ports import Inbox
from engine.runtime.ptz.deadman import STILL, Deadman, Velocity
from engine.runtime.ptz.memory import PtzMemory, Remembered
from engine.runtime.ptz.position import HOME, Position
from engine.runtime.ptz.touring import Touring
from engine.sources.camera.ptz.backchannel import Backchannel, NoBackchannel
from engine.sources.camera.ptz.client import PtzClient, PtzDescription, PtzFault, Whereabouts

CAMERA_TIMEOUT_S = 2.0  # asked of the camera with every movement: it stops by itself where the engine is killed
REFRESH_S = 0.8
LATE_S = 0.5  # a movement that was given up may still reach the camera: it is stopped once more then
SUSPECT_S = 15.0  # and one that begins by itself so soon after is taken for it
POLL_S, IDLE_POLL_S = 0.3, 2.0
STOP_AGAIN_S, MOST_STOPS = 1.5, 3
MOST_MISSED = 3  # reports of where it is in a row: then it is reached anew
PULSE_S = 1.0
BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0)
T = TypeVar("T")


class Client(Protocol):
    """What a head needs of a camera (engine.sources.camera.ptz.PtzClient)."""

    async def open(self) -> PtzDescription: ...
    async def close(self) -> None: ...
    async def move(self, pan: float, tilt: float, zoom: float, timeout_s: float) -> None: ...
    async def stop(self) -> None: ...
    async def centre(self, x: float, y: float) -> None: ...
    async def where(self) -> Whereabouts: ...
    async def go_home(self) -> None: ...
    async def set_home(self) -> None: ...
    async def presets(self) -> tuple[PtzPreset, ...]: ...
    async def go_to_preset(self, token: str) -> None: ...
    async def set_preset(self, name: str, token: str) -> str: ...
    async def remove_preset(self, token: str) -> None: ...
    async def run_tour(self, token: str, run: bool) -> None: ...
    async def focus(self, speed: float) -> None: ...
    async def autofocus(self, on: bool) -> None: ...
    async def iris(self, share: float) -> None: ...
    async def auto_iris(self) -> None: ...
    async def switch(self, token: str, active: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class HeadParts:
    """What a head is wired to."""

    clock: Clock
    inbox: Inbox
    away: AwayCameras
    memory: PtzMemory
    bug: Callable[[str, BaseException], None]
    make_client: Callable[[str, Credentials | None], Client] = PtzClient


@dataclass(frozen=True, slots=True)
class HeadState:
    """Replaced as a whole, so that any thread may read it."""

    state: PtzState = PtzState.CONNECTING
    trouble: str = ""
    can: PtzAbilities = field(default_factory=PtzAbilities)
    presets: tuple[PtzPreset, ...] = ()
    tours: tuple[TourName, ...] = ()
    outputs: tuple[CameraOutput, ...] = ()


class CameraHead:
    """Asyncio: all but `view` and `check_online` on the loop."""

    def __init__(self, camera: CameraSettings, login: Credentials | None, stream_login: Credentials | None, parts: HeadParts) -> None:
        self.camera, self.login = camera, login
        self._stream_login, self._parts = stream_login, parts
        known = parts.memory.get(camera.id)
        self.now = HeadState()
        self.position = Position(away=known.away, home=known.home)
        self._client: Client = parts.make_client(camera.onvif, login)
        self._deadman, self._lens = Deadman(self._released), Deadman(self._lens_released)
        self._wake, self._halted = asyncio.Event(), asyncio.Event()
        self._sent, self._sent_s = STILL, 0.0
        self._autofocus = True  # as far as is known
        self._stop_pending, self._late_stop_s, self._suspect_until_s, self._stops = known.moving, 0.0, 0.0, 0
        self._missed = 0
        self._polled_s, self._checking = 0.0, False  # whether a stop has still to be seen
        self._steered_s: float | None = None
        self._home_due = False
        tour = camera.ptz.tour(known.tour_id)
        self.touring = Touring.starting(tour, self._time()) if tour is not None else None
        self._camera_tour = ""
        self._task = asyncio.create_task(self._run(), name=f"ptz-{camera.id}")

    # any thread

    def view(self) -> PtzView:
        now, position, touring = self.now, self.position, self.touring
        return PtzView(
            self.camera.id,
            now.state,
            now.trouble,
            now.can,
            now.presets,
            (*(TourName(tour.id, tour.name) for tour in self.camera.ptz.tours), *now.tours),
            now.outputs,
            moving=position.moving,
            away=position.away,
            tour_id=touring.tour.id if touring is not None else self._camera_tour,
            tour_paused=touring is not None and touring.paused,
            position=position.last,
        )

    def check_online(self, ability: str = "") -> None:
        """`ability`: of PtzAbilities. Raises EnvironmentFault `ptz_offline`, `not_able`."""
        now = self.now
        if now.state is not PtzState.ONLINE:
            raise EnvironmentFault(
                "ptz_offline", now.trouble or f"{self.camera.name} is not connected by ONVIF yet. Try again in a moment."
            )
        if ability and not getattr(now.can, ability):
            raise EnvironmentFault("not_able", f"{self.camera.name} does not say that it can do this.")

    # steering

    def steer(self, wanted: Velocity) -> None:
        """Shares of the top speed of its settings."""
        speed = self.camera.ptz.speed
        self._use()
        if wanted != STILL:
            self._depart("")
        self._deadman.steer((wanted[0] * speed, wanted[1] * speed, wanted[2] * speed))
        if self._deadman.wanted != STILL:
            self._halted.clear()
        self._wake.set()

    def release(self) -> None:
        """Whoever steers is gone, or has lost it."""
        self._deadman.release()
        self._lens.release()

    async def focus(self, speed: float) -> None:
        """Moves on until it is 0, or the deadman ends it."""
        self._steered_s, before = self._time(), self._lens.wanted
        self._lens.steer((speed, 0.0, 0.0))
        if self._lens.wanted in (STILL, before):
            return
        if self.now.can.autofocus and self._autofocus:
            await self.autofocus(False)  # cameras that focus by themselves undo what a hand does
        if self._lens.wanted != STILL:
            await self.ask(self._client.focus(speed))

    async def centre(self, x: float, y: float) -> None:
        """Shares of the picture, from the top left."""
        await self._go("centre", self._client.centre(2 * x - 1, 1 - 2 * y))

    async def go_to_preset(self, token: str) -> None:
        self._preset(token)
        await self._go(HOME if token == self.camera.ptz.home_preset else token, self._client.go_to_preset(token))

    async def go_home(self) -> None:
        token = self.camera.ptz.home_preset
        await self._go(HOME, self._client.go_to_preset(token) if token else self._client.go_home())

    async def set_home(self) -> None:
        await self.ask(self._client.set_home())
        self._put(replace(self.position, home=self.position.last, away=self.position.moving))

    async def set_preset(self, name: str, token: str) -> str:
        made = await self.ask(self._client.set_preset(name, token)) or token
        await self._read_presets()
        return made

    async def remove_preset(self, token: str) -> None:
        self._preset(token)
        await self.ask(self._client.remove_preset(token))
        await self._read_presets()

    async def autofocus(self, on: bool) -> None:
        self._steered_s = self._time()
        await self.ask(self._client.autofocus(on))
        self._autofocus = on

    async def iris(self, share: float | None) -> None:
        """None: by the camera itself."""
        self._steered_s = self._time()
        await self.ask(self._client.auto_iris() if share is None else self._client.iris(share))

    async def switch(self, token: str, action: OutputAction) -> None:
        output = next((each for each in self.now.outputs if each.token == token), None)
        if output is None:
            raise NotFound(f"{self.camera.name} has no output {token[:64]}.")
        await self.ask(self._client.switch(token, action is not OutputAction.OFF))
        self._show_output(token, None if output.pulse else action is not OutputAction.OFF)
        if action is OutputAction.PULSE and not output.pulse:
            await self._end_pulse(token)

    async def start_tour(self, tour_id: str) -> None:
        if tour_id.startswith(CAMERA_TOUR):
            await self._run_camera_tour(tour_id)
            return
        tour = self.camera.ptz.tour(tour_id)
        if tour is None:
            raise NotFound(f"{self.camera.name} has no tour {tour_id[:64]}.")
        await self.stop_tour()
        self.touring, self._steered_s = Touring.starting(tour, self._time()), None
        self._remember()
        self._wake.set()

    async def stop_tour(self) -> None:
        self.touring = None
        self._remember()
        if self._camera_tour:
            token, self._camera_tour = self._camera_tour.removeprefix(CAMERA_TOUR), ""
            await self.ask(self._client.run_tour(token, False))

    async def ask(self, call: Awaitable[T]) -> T:
        """Raises EnvironmentFault `ptz_refused` in words for the operator."""
        try:
            return await call
        except PtzFault as fault:
            raise EnvironmentFault("ptz_refused", f"{self.camera.name}: the camera {_as_verb(fault)}") from None

    def configure(self, camera: CameraSettings) -> None:
        """Settings under which it is reached as before."""
        self.camera = camera
        if self.touring is not None:
            tour = camera.ptz.tour(self.touring.tour.id)
            self.touring = None if tour is None else replace(self.touring, tour=tour, next_stop=0)
        self._wake.set()

    async def close(self) -> None:
        """Stops the camera where it moves, as far as it answers."""
        moving = self._deadman.wanted != STILL or self._stop_pending
        self.release()
        self._task.cancel()
        try:
            await asyncio.wait({self._task})
            if moving:
                await self._stop_at_the_end()
        finally:  # also where the engine ends meanwhile
            await self._client.close()

    async def _stop_at_the_end(self) -> None:
        for _ in range(2):
            with suppress(PtzFault, TimeoutError):
                async with asyncio.timeout(1.5):
                    await self._client.stop()
                self._put(self.position.settled())
                break

    # the camera's task

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                await self._connect()
                failures = 0
                await self._serve()
            except (PtzFault, EnvironmentFault, InputError) as error:
                self._offline(error)
            except Exception as error:  # noqa: BLE001 - the top of this task: without it nobody steers the camera until the next start
                self._parts.bug(f"ptz {self.camera.id}", error)
                self._offline(PtzFault("does not answer as expected"))
            await self._client.close()
            await asyncio.sleep(BACKOFF_S[0] if self._stop_pending else BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
            failures += 1

    async def _connect(self) -> None:
        found = await self._client.open()
        self.now = HeadState(PtzState.ONLINE, "", found.can, found.presets, found.tours, found.outputs)
        self._polled_s = 0.0
        if self.camera.kind is CameraKind.RTSP:
            await self._find_talk()

    async def _find_talk(self) -> None:
        with suppress(NoBackchannel, EnvironmentFault, InputError):
            async with Backchannel(self.camera.url, self._stream_login) as camera:
                await camera.describe()
                self.now = replace(self.now, can=replace(self.now.can, talk=True))

    async def _serve(self) -> None:
        while True:
            await self._move()
            await self._look()
            await self._tour()
            with suppress(TimeoutError):  # no wait_for: before Python 3.12 it could swallow that the task was cancelled
                async with asyncio.timeout(POLL_S if self.position.moving else 0.5):
                    await self._wake.wait()
            self._wake.clear()

    async def _move(self) -> None:
        if self._late_stop_s and self._time() >= self._late_stop_s:
            self._late_stop_s, self._stop_pending = 0.0, True
        if self._stop_pending:
            await self._stop()
        wanted = self._deadman.wanted
        if wanted == STILL or (wanted == self._sent and self._time() - self._sent_s < REFRESH_S):
            return
        self._sent, self._sent_s = wanted, self._time()
        try:
            if not await self._unless_halted(self._client.move(*wanted, CAMERA_TIMEOUT_S)):
                self._late_stop_s, self._suspect_until_s = self._time() + LATE_S, self._time() + SUSPECT_S
        except PtzFault as fault:
            self._show_trouble(f"{self.camera.name}: the camera {_as_verb(fault)}")
            self._deadman.release()

    async def _unless_halted(self, call: Awaitable[None]) -> bool:
        """False: it was given up, as the camera is to stop. A request that hangs holds up no Stop."""
        asking, halted = asyncio.ensure_future(call), asyncio.ensure_future(self._halted.wait())
        try:
            await asyncio.wait({asking, halted}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            halted.cancel()
            if not asking.done():
                asking.cancel()
        if asking.cancelled() or not asking.done():
            return False
        asking.result()
        return True

    async def _stop(self) -> None:
        """Until the camera has taken it. Raises PtzFault once it has refused several times: it is reached anew then."""
        for attempt in range(MOST_STOPS):
            try:
                await self._client.stop()
            except PtzFault as fault:
                self._show_trouble(f"{self.camera.name} does not take Stop: the camera {_as_verb(fault)} It is asked again until it does.")
                if attempt == MOST_STOPS - 1:
                    raise
                await asyncio.sleep(0.2)
            else:
                self._stop_pending, self._sent = False, STILL
                self.position = replace(self.position, since_s=self._time())
                return

    async def _look(self) -> None:
        """Where it is, and whether it has stopped."""
        if self._deadman.wanted != STILL or self._time() - self._polled_s < (POLL_S if self.position.moving else IDLE_POLL_S):
            return
        self._polled_s, asked = self._time(), self.position
        try:
            where = await self._client.where() if self.now.can.status else Whereabouts()
        except PtzFault:
            self._missed += 1
            if self._missed >= MOST_MISSED:
                raise
            return
        self._missed = 0
        if self.position is not asked:
            return  # it was told to move meanwhile: what it says is of before
        now = self.position.with_report(self._time(), where)
        if not now.moving:
            self._stops, self._checking = 0, self._time() < self._suspect_until_s
            self._show_trouble("")
        elif where.moving and self._checking and self._time() - now.since_s > STOP_AGAIN_S:
            self._insist()
        self._put(now)

    def _insist(self) -> None:
        """It took Stop, and says that it still moves."""
        self._stops += 1
        self._stop_pending = True
        if self._stops >= MOST_STOPS:
            self._show_trouble(f"{self.camera.name} does not stop: it reports movement after {self._stops} requests. Check it on the spot.")

    async def _tour(self) -> None:
        now_s, settings = self._time(), self.camera.ptz
        idle_s = None if self._steered_s is None else now_s - self._steered_s
        if self.touring is not None:
            self.touring, preset = self.touring.at(now_s, idle_s, settings.resume_s)
            if preset:
                self._depart(HOME if preset == settings.home_preset else preset)
                await self._go_on(preset)
        elif self._home_due and settings.home_after_s and idle_s is not None and idle_s >= settings.home_after_s:
            self._home_due = False
            self._depart(HOME)
            await self._go_on(settings.home_preset)

    async def _go_on(self, preset: str) -> None:
        """By itself. Empty: to its own home position. A preset that is gone ends no connection."""
        try:
            await (self._client.go_to_preset(preset) if preset else self._client.go_home())
        except PtzFault as fault:
            self._show_trouble(f"{self.camera.name} did not go to {preset or HOME}: the camera {_as_verb(fault)}")

    # helpers

    async def _go(self, going: str, call: Awaitable[None]) -> None:
        """Somewhere, by the camera itself; it needs no deadman."""
        self._use()
        self._deadman.wanted = STILL
        self._deadman.release()
        self._depart(going)
        await self.ask(call)
        self._wake.set()

    def _use(self) -> None:
        self._checking = False
        self._steered_s, self._home_due = self._time(), True

    def _depart(self, going: str) -> None:
        """Before the request leaves: what is private is covered, and zones are held."""
        self._put(self.position.departed(going, self._time()))

    def _put(self, now: Position) -> None:
        before, self.position = self.position, now
        self._parts.away.put(self.camera.id, now.away)
        if (now.moving, now.away) != (before.moving, before.away):
            self._parts.inbox.post(CameraMoved(self.camera.id, self._parts.clock.now_ns(), now.moving, not now.away))
        if (now.moving, now.away, now.home) != (before.moving, before.away, before.home):
            self._remember()

    def _remember(self) -> None:
        tour_id = self.touring.tour.id if self.touring is not None else ""
        now = self.position
        self._parts.memory.put(Remembered(self.camera.id, now.away, now.moving and not now.going, now.home, tour_id))

    def _released(self) -> None:
        self._stop_pending = self._checking = True
        self._halted.set()
        self._wake.set()

    def _lens_released(self) -> None:
        self._lens_stop = asyncio.ensure_future(self._stop_lens())

    async def _stop_lens(self) -> None:
        for _ in range(MOST_STOPS):
            with suppress(PtzFault):
                await self._client.focus(0)
                return

    async def _end_pulse(self, token: str) -> None:
        """Whatever becomes of who asked for it."""

        async def off() -> None:
            await asyncio.sleep(PULSE_S)
            for _ in range(MOST_STOPS):
                with suppress(PtzFault):
                    await self._client.switch(token, False)
                    self._show_output(token, False)
                    return
            self._show_trouble(f"{self.camera.name}: output {token} could not be switched off after its pulse. Switch it off by hand.")

        await asyncio.shield(asyncio.ensure_future(off()))

    async def _run_camera_tour(self, tour_id: str) -> None:
        if not any(each.id == tour_id for each in self.now.tours):
            raise NotFound(f"{self.camera.name} has no tour {tour_id[:64]}.")
        await self.stop_tour()
        await self._go(tour_id, self._client.run_tour(tour_id.removeprefix(CAMERA_TOUR), True))
        self._camera_tour = tour_id

    async def _read_presets(self) -> None:
        self.now = replace(self.now, presets=await self.ask(self._client.presets()))

    def _preset(self, token: str) -> None:
        if not any(each.token == token for each in self.now.presets):
            raise NotFound(f"{self.camera.name} has no preset {token[:64]}.")

    def _show_output(self, token: str, active: bool | None) -> None:
        outputs = tuple(replace(each, active=active) if each.token == token else each for each in self.now.outputs)
        self.now = replace(self.now, outputs=outputs)

    def _show_trouble(self, sentence: str) -> None:
        if self.now.trouble != sentence:
            self.now = replace(self.now, trouble=sentence)

    def _offline(self, error: Exception) -> None:
        words = str(error) if isinstance(error, (EnvironmentFault, InputError)) else f"the camera {_as_verb(error)}"
        known = self.now.trouble if self._stop_pending and self.now.trouble else ""
        sentence = known or f"{self.camera.name} cannot be steered: {words} Check its ONVIF address and login in the camera's settings."
        self.now = replace(self.now, state=PtzState.OFFLINE, trouble=sentence)

    def _time(self) -> float:
        return asyncio.get_running_loop().time()


def _as_verb(fault: Exception) -> str:
    """`does not answer in time.` or `refuses: Out of order.`"""
    words = str(fault).rstrip(".")
    return f"{words}." if words.startswith(("does", "not connected")) else f"refuses: {words}."
