"""Messages between sites and hubs over NATS (https://docs.nats.io): requests that are answered, on subjects that only one site may use.

Nothing of the record is kept by NATS: a site keeps what it has to tell until a hub's database has it. Leases of sites with a spare are
(decision 317).
"""

import asyncio
import json
import logging
import math
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError, NoRespondersError
from nats.js.errors import APIError

from engine.model.errors import EnvironmentFault, InputError, NotFound, WatchroomError
from engine.runtime.hub.subjects import address_in, inbox

log = logging.getLogger(__name__)

RECONNECT_S, CONNECT_S, PING_S, REACH_S, LEAVE_S = 1.0, 5, 5, 10.0, 2.0
FAULT = "Watchroom-Fault"  # header of an answer that is none: its reason
HUBS = "hubs"  # of several hubs one takes each request
MOST_AT_ONCE = 64  # requests that a hub has begun
MOST_OF_ONE = 4  # and of one site: fewer than there are threads, so that none keeps the others waiting
_BUSY = EnvironmentFault("busy", "The hub is still at what this site told it before. It is told again.")
_REPLICAS = 3
_NO_CLUSTER, _OTHER_BUCKET = 10074, 10058  # https://github.com/nats-io/nats-server/blob/main/server/errors.json
REFUSED = "refused"
_REFUSALS = ("authorization", "authentication")  # in what a server says to whom it does not let in
_GONE, _WRONG = "not_found", "input"
Act = Callable[[str, bytes], bytes]
"""What is answered to a site that says this. Runs on a thread."""
Answer = Callable[[str, bytes], Awaitable[bytes]]


class _Client(Client):
    """One that keeps to `tls://`: the library takes it for `nats://` where a server says that it speaks in the clear."""

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        server = self._current_server
        if initial_connection and server is not None and server.uri.scheme == "tls" and not info.get("tls_required"):
            raise Error("the server speaks without TLS")
        await super()._process_info(info, initial_connection)


class NatsCarrier:
    """On one asyncio loop. Connects again by itself for as long as it is open."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun: Counter[str] = Counter()  # by who asks
        self._warned: set[str] = set()
        self._on_lost: list[Callable[[], None]] = []
        self._newest: Exception | None = None  # what went wrong last, or what ended it
        self._ended = asyncio.Event()

    @classmethod
    async def connect(cls, url: str, name: str, tls: ssl.SSLContext | None = None, **proof: Any) -> "NatsCarrier":
        """`url`: of servers of one cluster, separated by commas; others that these name are connected to later. `proof`: who this is, as
        `nats.connect` takes it. Raises EnvironmentFault (`unreachable`, REFUSED)."""
        carrier = cls(_Client())
        connecting = asyncio.create_task(
            carrier._client.connect(
                url.split(","),
                name=name,
                tls=tls,
                max_reconnect_attempts=-1,
                reconnect_time_wait=RECONNECT_S,  # pyright: ignore[reportArgumentType]  # it is slept for
                connect_timeout=CONNECT_S,
                ping_interval=PING_S,
                error_cb=carrier._note,
                disconnected_cb=carrier._tell_lost,
                closed_cb=carrier._end,
                **proof,
            )
        )
        try:
            await carrier._wait_connected(connecting)
        except (Error, OSError, TimeoutError) as error:
            await carrier._give_up(connecting)
            raise _unreachable(carrier._newest or error) from None
        except asyncio.CancelledError:
            await carrier._give_up(connecting)
            raise
        return carrier

    async def _give_up(self, connecting: asyncio.Task[None]) -> None:
        """What was connected meanwhile is closed."""
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await self.close()

    async def _wait_connected(self, connecting: asyncio.Task[None]) -> None:
        """It would try for ever, also where it is refused."""
        ended = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait([connecting, ended], timeout=REACH_S, return_when=asyncio.FIRST_COMPLETED)
            if not connecting.done():
                raise TimeoutError
            connecting.result()
        finally:
            ended.cancel()

    async def wait_ended(self) -> None:
        """Until the server does not let it in any more, or has ended the connection for a reason that connecting again does not mend."""
        await self._ended.wait()

    def let_go(self) -> None:
        """Let whoever waits for its end connect again."""
        self._ended.set()

    @property
    def most_bytes(self) -> int:
        return self._client.max_payload

    async def request(self, subject: str, data: bytes, within_s: float) -> bytes:
        """Raises also what the other side answers in place of an answer: NotFound, InputError (`message`), EnvironmentFault."""
        return _checked(await self.exchange(subject, data, within_s))

    async def exchange(self, subject: str, data: bytes, within_s: float, headers: dict[str, str] | None = None) -> Msg:
        """As it comes. Raises EnvironmentFault (`too_large`, `unreachable`)."""
        try:
            return await self._client.request(subject, data, timeout=within_s, headers=headers)
        except MaxPayloadError:
            raise EnvironmentFault("too_large", f"A message of {len(data):,} bytes is more than the NATS server takes.") from None
        except NoRespondersError:
            raise EnvironmentFault("unreachable", "No hub is listening. Its sites go on; what they record is told to it later.") from None
        except (Error, OSError, TimeoutError) as error:
            raise _unreachable(error) from None

    async def is_line_good(self, within_s: float) -> bool:
        """The server answers by then, and all that it had said before has come."""
        try:
            async with asyncio.timeout(within_s):
                await self._client.flush(timeout=math.ceil(within_s))
        except (Error, OSError, TimeoutError):
            return False
        return self._client.is_connected

    async def make_bucket(self, name: str) -> None:
        """Where the newest value under each subject is kept, unless it is there; in a cluster on three servers. Raises EnvironmentFault
        (`no_bucket`): the server runs without JetStream, or its cluster has no majority."""
        try:
            try:
                await self._create_bucket(name, _REPLICAS)
            except APIError as error:
                if error.err_code == _NO_CLUSTER:
                    await self._create_bucket(name, 1)
                elif error.err_code != _OTHER_BUCKET:
                    raise
        except (Error, OSError, TimeoutError) as error:
            raise EnvironmentFault("no_bucket", f"The NATS server keeps nothing ({error or type(error).__name__}).") from None

    async def _create_bucket(self, name: str, replicas: int) -> None:
        stream: Any = self._client.jetstream()  # pyright: ignore[reportUnknownMemberType]
        await stream.create_key_value(bucket=name, history=1, direct=True, replicas=replicas)

    async def serve(self, subject: str, act: Act) -> None:
        """Answer what comes on a subject whose second part is the site, each on a thread; of several hubs one is asked. Only where that
        site listens: a server lets whoever asks name any subject, and this end may speak on all of them."""

        async def answer(site: str, data: bytes) -> bytes:
            return await asyncio.to_thread(act, site, data)

        await self._serve(subject, answer, HUBS)

    async def serve_here(self, subject: str, answer: Answer) -> None:
        """As `serve`, on the loop, and whoever asks."""
        await self._serve(subject, answer, "")

    async def _serve(self, subject: str, answer: Answer, queue: str) -> None:
        async def take(message: Msg) -> None:
            if queue and not await self._is_taken(message):
                return
            self._begun[address_in(message.subject)] += 1
            await self._room.acquire()
            task = asyncio.create_task(self._answer(message, answer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        await self._subscribe(subject, queue, take)

    async def _is_taken(self, message: Msg) -> bool:
        address = address_in(message.subject)
        if not _is_answered_there(message):
            if address not in self._warned:
                self._warned.add(address)
                log.warning("What %s says is not taken: its answer would go to others.", address)
            return False
        if self._begun[address] >= MOST_OF_ONE:
            await self._reply(message, *_fault_answer(_BUSY))
            return False
        return True

    async def _answer(self, message: Msg, answer: Answer) -> None:
        address = address_in(message.subject)
        try:
            data, fault = await answer(address, message.data), ""
        except WatchroomError as error:
            data, fault = _fault_answer(error)
        finally:
            self._room.release()
            self._begun[address] -= 1
            if not self._begun[address]:
                del self._begun[address]
        await self._reply(message, data, fault)

    async def _reply(self, message: Msg, data: bytes, fault: str) -> None:
        with suppress(Error):
            await self._client.publish(message.reply, data, headers={FAULT: fault} if fault else None)

    async def publish(self, subject: str, data: bytes) -> None:
        """Raises EnvironmentFault (`unreachable`)."""
        try:
            await self._client.publish(subject, data)
        except (Error, OSError) as error:
            raise _unreachable(error) from None

    async def listen(self, subject: str, hear: Callable[[str, bytes], None]) -> None:
        async def take(message: Msg) -> None:
            hear(message.subject, message.data)

        await self._subscribe(subject, "", take)

    async def _subscribe(self, subject: str, queue: str, take: Callable[[Msg], Awaitable[None]]) -> None:
        """The server knows of it when this returns. Raises EnvironmentFault (`unreachable`)."""
        try:
            await self._client.subscribe(subject, queue=queue, cb=take)  # pyright: ignore[reportUnknownMemberType]
            await self._client.flush()
        except (Error, OSError, TimeoutError) as error:
            raise _unreachable(error) from None

    def on_lost(self, act: Callable[[], None]) -> None:
        self._on_lost.append(act)

    async def _tell_lost(self) -> None:
        for act in self._on_lost:
            act()

    async def _note(self, error: Exception) -> None:
        if not self._ended.is_set():
            self._newest = error
        log.debug("NATS: %s", error)
        if _is_refusal(error):
            self._ended.set()

    async def _end(self) -> None:
        self._ended.set()

    async def close(self) -> None:
        with suppress(Error, OSError, TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await self._client.drain()
        if not self._client.is_closed:
            with suppress(OSError):  # the line is down
                await self._client.close()


def _is_answered_there(message: Msg) -> bool:
    """Whether the answer goes to who spoke: the server vouches for the subject, and for nothing else."""
    return message.reply.startswith(f"{inbox(address_in(message.subject))}.")


def _fault_answer(error: WatchroomError) -> tuple[bytes, str]:
    """What stands in place of an answer, and the header that says so."""
    return json.dumps({"message": str(error)}).encode(), _reason(error)


def _reason(error: WatchroomError) -> str:
    match error:
        case NotFound():
            return _GONE
        case EnvironmentFault():
            return error.reason
        case _:
            return _WRONG


def _checked(answer: Msg) -> bytes:
    fault = (answer.headers or {}).get(FAULT)
    if not fault:
        return answer.data
    try:
        message = str(json.loads(answer.data)["message"])
    except (ValueError, KeyError, TypeError):
        message = "The other side failed, and does not say why."
    if fault == _GONE:
        raise NotFound(message)
    raise InputError("message", message) if fault == _WRONG else EnvironmentFault(fault, message)


def _is_refusal(error: BaseException) -> bool:
    return any(word in str(error).lower() for word in _REFUSALS)


def _unreachable(error: BaseException) -> EnvironmentFault:
    if _is_refusal(error):
        return EnvironmentFault(
            REFUSED, "The NATS server does not let this connection in: what it showed is not signed by the hub, or has ended."
        )
    said = str(error) or type(error).__name__
    return EnvironmentFault("unreachable", f"The NATS server cannot be reached ({said}). Check its address and that it runs.")
