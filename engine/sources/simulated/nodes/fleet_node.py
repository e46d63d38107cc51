"""One simulated node as a client of a node socket: connects, keeps connected, says what it has to, does what it is told."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidURI, WebSocketException

from engine.model.errors import EnvironmentFault, InputError
from engine.model.value_class import dataclass
from engine.sources.simulated.nodes.fleet_update import UpdateBehaviour, UpdateFailed, install
from engine.sources.simulated.nodes.node import (
    IdentifyOrder,
    NodeVoice,
    RateOrder,
    RebootOrder,
    Rejected,
    RoleOrder,
    UpdateOrder,
    read_order,
)
from engine.sources.simulated.nodes.phones import SimulatedAdvert

log = logging.getLogger(__name__)

FIRST_AGAIN_S, LONGEST_AGAIN_S = 1.0, 30.0
GOODBYE = "sim shutdown"
_MOST_WAITING = 2_000  # messages; then frames are dropped, as a node's own buffer would


class FleetServer:
    """Where nodes connect. Raises InputError (field `url`)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("ws", "wss") or not parts.hostname:
            raise InputError("url", f"{url[:80]!r} is not an address like ws://127.0.0.1:8080/ws/node")
        self.socket = url
        self.http = f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one firmware update ended: `state` is `installed`, `rolled_back` or `failed`."""

    mac: str
    version: str
    state: str
    error: str = ""


class FleetNode:
    """Everything on one event loop. `ordered` is set with the first order of a server that lets it in."""

    def __init__(
        self,
        server: FleetServer,
        voice: NodeVoice,
        channel: int,
        provision: bool,
        update: UpdateBehaviour,
        over: asyncio.Event,
        boot_s: float = 2.0,
        patience_s: float = 5.0,
        access_point: str = "",
    ) -> None:
        """`over` ends it; it sets `over` itself when it is rejected."""
        self.voice = voice
        self._server, self._channel, self._provision, self._behaviour, self._over = server, channel, provision, update, over
        self._boot_s, self._patience_s, self._access_point = boot_s, patience_s, access_point
        self._socket: ClientConnection | None = None
        self._waiting: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._reboot = asyncio.Event()
        self._work: set[asyncio.Task[None]] = set()
        self._updating = False
        self._period_frames = 0
        self.ordered = asyncio.Event()
        self.booted_s = asyncio.get_running_loop().time() - self._boot_s
        self.connections = self.frames_sent = self.frames_dropped = 0
        self.rejected: str | None = None
        self.updates: list[Outcome] = []

    @property
    def connected(self) -> bool:
        return self._socket is not None

    @property
    def sending(self) -> bool:
        return self._socket is not None and self.voice.sends

    async def run(self) -> None:
        """Until `over`. Raises EnvironmentFault (`unreachable`) when it never got a connection, InputError for an impossible URL."""
        if self._provision:
            await self._ask_token()
        again_s, tried_s = FIRST_AGAIN_S, asyncio.get_running_loop().time()
        while not self._over.is_set():
            try:
                await self._connection()
                again_s = FIRST_AGAIN_S
            except InvalidURI:
                raise InputError("url", f"{self._server.socket!r} cannot be used as an address") from None
            except (OSError, WebSocketException) as error:
                if not self.connections and asyncio.get_running_loop().time() - tried_s > self._patience_s:
                    reason = f"{self._server.socket} cannot be reached ({str(error) or type(error).__name__}). Is the engine running there?"
                    raise EnvironmentFault("unreachable", reason) from None
                log.info("node %s has no connection: %s", self.voice.mac, error)
            if not self._over.is_set():
                await self._pause(self._boot_s if self._rebooted() else again_s)
                again_s = min(2 * again_s, LONGEST_AGAIN_S)

    def frame(self, data: bytes) -> None:
        """Send a frame soon. Without a connection nobody misses it; where too much waits it is dropped and counted."""
        if self._socket is None or not self.voice.reports:
            return
        if self._waiting.qsize() > _MOST_WAITING:
            self.frames_dropped += 1
            return
        self._waiting.put_nowait(data)
        self.frames_sent += 1
        self._period_frames += 1

    def tell_health(self, period_s: float, peers: int) -> None:
        hz = self._period_frames / period_s / max(peers, 1)
        self._period_frames = 0
        self._send_text(self.voice.health(self._uptime_s(), hz, self._channel))

    def tell_phones(self, heard: Sequence[SimulatedAdvert]) -> None:
        self._send_text(self.voice.ble(self._uptime_s(), heard))

    def _send_text(self, text: str) -> None:
        if self._socket is not None:
            self._waiting.put_nowait(text)

    def _uptime_s(self) -> float:
        return asyncio.get_running_loop().time() - self.booted_s

    async def _ask_token(self) -> None:
        """While pairing is open the server gives one to anybody; without one it is worth a try."""
        body = {"mac": self.voice.mac, "wifi_ssid": "SimNet"}
        with suppress(httpx.HTTPError, ValueError):
            proof = self._server.http.startswith("https:")  # reading the public authorities holds up all other nodes
            async with httpx.AsyncClient(verify=proof, trust_env=False, timeout=5.0) as client:
                answer = await client.post(f"{self._server.http}/api/provision", json=body)
            if answer.is_success:
                self.voice.token = str(answer.json().get("node_token", ""))

    async def _connection(self) -> None:
        """One connection from hello to its end."""
        headers = {"X-Spaxel-Token": self.voice.token} if self.voice.token else {}
        async with connect(
            self._server.socket,
            additional_headers=headers,
            open_timeout=10,
            ping_interval=30,
            ping_timeout=60,
            compression=None,
            proxy=None,
        ) as socket:
            self.connections += 1
            self._waiting = asyncio.Queue()
            await socket.send(self.voice.hello(self._uptime_s(), self._channel, self._access_point))
            self._socket = socket
            try:
                await self._converse(socket)
            finally:
                self._socket = None

    async def _converse(self, socket: ClientConnection) -> None:
        signals = [asyncio.create_task(event.wait()) for event in (self._over, self._reboot)]
        carriers = [asyncio.create_task(work) for work in (self._listen(socket), self._send(socket))]
        try:
            await asyncio.wait([*signals, *carriers], return_when=asyncio.FIRST_COMPLETED)
            lost = [task.exception() for task in carriers if task.done()]
        finally:
            for task in (*signals, *carriers, *self._work):
                task.cancel()
            await asyncio.gather(*signals, *carriers, *self._work, return_exceptions=True)
            self._work.clear()
            self._updating = False
        if self._reboot.is_set():
            socket.transport.abort()  # a chip that restarts says no goodbye
        elif self._over.is_set():
            await socket.close(1000, GOODBYE)
        elif lost:
            log.info("node %s lost its connection: %s", self.voice.mac, lost[0] or "closed by the server")

    async def _listen(self, socket: ClientConnection) -> None:
        async for message in socket:
            self._obey(message)
            if self.rejected is not None:
                self._over.set()
                return

    async def _send(self, socket: ClientConnection) -> None:
        while True:
            await socket.send(await self._waiting.get())

    def _obey(self, message: str | bytes) -> None:
        order = read_order(message)
        match order:
            case Rejected(reason):
                self.rejected = reason
                return
            case RoleOrder(role):
                self.voice.role = role
            case RateOrder(rate_hz):
                self.voice.rate_hz = rate_hz
            case UpdateOrder() if not self._updating:
                self._updating = True
                self._start(self._update(order))
            case RebootOrder(delay_s):
                self._start(self._restart_in(delay_s))
            case IdentifyOrder(duration_s):
                log.info("node %s blinks for %.1f s", self.voice.mac, duration_s)
            case _:
                pass
        self.ordered.set()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _restart_in(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        self._reboot.set()

    async def _update(self, order: UpdateOrder) -> None:
        old = self.voice.firmware

        async def tell(text: str) -> None:
            self._waiting.put_nowait(text)

        try:
            new = await install(order, self.voice, tell, self._behaviour)
        except UpdateFailed as failed:
            self.updates.append(Outcome(self.voice.mac, order.version, "failed", str(failed)))
            self._updating = False
            return
        state = "installed" if new == order.version else "rolled_back" if new == old else "other_version"
        self.updates.append(Outcome(self.voice.mac, new, state))
        self.voice.firmware = new
        while not self._waiting.empty():  # the last words before the restart
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        self._reboot.set()

    def _rebooted(self) -> bool:
        if not self._reboot.is_set():
            return False
        self._reboot.clear()
        self.voice.restart()
        self.booted_s = asyncio.get_running_loop().time() + self._boot_s
        return True

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)
