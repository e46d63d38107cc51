"""A connection to an MQTT broker (MQTT 3.1.1) that is kept up: state that the broker keeps, and messages that it confirms."""

import asyncio
import contextlib
import queue
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from engine.model.alerts.notify_settings import ChannelSettings, Security
from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass
from engine.runtime.notify.topics import OFFLINE, ONLINE, SiteState, availability_topic, discovery_messages, state_messages
from engine.runtime.outbound.http import not_proven, trusted, unproven_name
from engine.runtime.outbound.outbox import Attempt
from engine.runtime.outbound.outward import InHouse, Resolver, allowed_address, resolve

CONNECT_S = 5.0
CONFIRM_S = 8.0  # before the outbox gives the attempt up: a message that may still arrive is not sent again beside itself
KEEPALIVE_S = 20
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
TICK_S = 0.2


@dataclass
class _Note:
    topic: str
    payload: str
    sent_s: float = 0.0
    told: "Future[Attempt]" = field(default_factory=lambda: Future[Attempt]())


class _Client(mqtt.Client):
    """Connects to the address that was judged; TLS still asks for the host's name."""

    def __init__(self, client_id: str, connect: Callable[[], socket.socket], authorities: ssl.SSLContext | None) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
        self._connect_judged = connect
        self._authorities = authorities
        if authorities is not None:
            self.tls_set_context(authorities)  # pyright: ignore[reportUnknownMemberType]

    def _create_socket_connection(self) -> socket.socket:
        return self._connect_judged()

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """As the library does, but what fails is closed, and sooner."""
        assert self._authorities is not None
        secured = self._authorities.wrap_socket(tcp_sock, server_hostname=self._host, do_handshake_on_connect=False)
        try:
            secured.settimeout(CONNECT_S)
            secured.do_handshake()
        except OSError:
            secured.close()
            raise
        return secured


class Link:
    """One broker. Thread `mqtt <id>` talks to it; the other methods may be called on any thread and return at once.

    A lost connection is made again, at first after a second and later after a minute, or as soon as there is something to say. Each
    connection is a new session: what was not confirmed on the last one is the outbox's to send again.

    Args:
        password: asked at each connection. May raise EnvironmentFault.
        announces: whether the site's state and availability are kept at the broker; not for a mere test.
    """

    def __init__(
        self,
        channel: ChannelSettings,
        password: Callable[[], str],
        resolver: Resolver = resolve,
        *,
        announces: bool = True,
        tick_s: float = TICK_S,
        authorities: Callable[[], ssl.SSLContext] = trusted,
    ) -> None:
        self.channel = channel
        self._password = password
        self._resolver = resolver
        self._announces = announces
        self._tick_s = tick_s
        self._authorities = authorities
        self._client_id = f"watchroom-{uuid.uuid4().hex[:12]}"
        self._notes: queue.SimpleQueue[_Note] = queue.SimpleQueue()
        self._unconfirmed: dict[int, _Note] = {}
        self._state: SiteState | None = None
        self._kept: dict[str, str] = {}  # what the broker was told on this connection
        self.trouble = ""  # why there is no connection, as a sentence
        self._failed_s: float | None = None  # since when, on the monotonic counter
        self._answer: str | None = None  # to CONNECT: empty when it was accepted
        self._socket: socket.socket | None = None
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run_link, name=f"mqtt {channel.id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Says goodbye where it can. What was not confirmed counts as not sent."""
        self._stopping.set()
        self._wake.set()
        if not self._let_in():  # not connected: what it waits for is of no use any more
            self._break_off()
        self._thread.join(CONNECT_S)
        self._break_off()
        self._thread.join()

    def show(self, state: SiteState) -> None:
        self._state = state

    def publish(self, topic: str, payload: str) -> "Future[Attempt]":
        """Done when the broker has confirmed it, or when it is known that it does not."""
        note = _Note(topic, payload)
        self._notes.put(note)
        self._wake.set()
        return note.told

    @property
    def failing_s(self) -> float:
        """For how long there has been no connection."""
        failed_s = self._failed_s
        return 0.0 if failed_s is None else time.monotonic() - failed_s

    def _run_link(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            self._wake.clear()
            self._answer = None
            trouble = self._session()
            self._failed_s = time.monotonic() if self._failed_s is None else self._failed_s
            self.trouble = trouble.error
            pause_s = FIRST_PAUSE_S if self._let_in() else min(pause_s * 2, LONGEST_PAUSE_S)
            self._answer = None
            self._fail(trouble)
            self._wake.wait(pause_s)
        self._fail(Attempt.failed("The connection was closed."))

    def _let_in(self) -> bool:
        return self._answer == ""

    def _session(self) -> Attempt:
        """Until the connection ends; why it did."""
        host = self.channel.host
        try:
            client = self._client()
            try:
                client.connect(host.strip("[]"), self.channel.usual_port, KEEPALIVE_S)
                return self._talk(client)
            finally:
                self._unconnect(client)
        except EnvironmentFault as fault:
            return Attempt.refused(str(fault)) if fault.reason == "address_refused" else Attempt.failed(str(fault))
        except (OSError, ValueError) as error:
            unproven = unproven_name(error)
            if unproven is not None:
                return Attempt.failed(not_proven(host, unproven))
            return Attempt.failed(f"{host} could not be reached ({str(error)[:200] or type(error).__name__}).")

    def _client(self) -> mqtt.Client:
        channel = self.channel
        secured = channel.security is Security.TLS
        client = _Client(self._client_id, self._connected, self._authorities() if secured else None)
        client.connect_timeout = CONNECT_S
        if channel.user:
            client.username_pw_set(channel.user, self._password() or None)
        if self._announces:
            client.will_set(availability_topic(channel), OFFLINE, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_publish = self._on_publish
        return client

    def _connected(self) -> socket.socket:
        channel = self.channel
        host, port = channel.host.strip("[]"), channel.usual_port
        in_house = InHouse.ALLOWED if channel.allow_private else InHouse.REFUSED
        address = asyncio.run(allowed_address(host, port, self._resolver, in_house))
        made = socket.create_connection((address, port), CONNECT_S)
        self._socket = made.dup()  # TLS takes the descriptor over; shutting down either ends both
        return made

    def _on_connect(self, client: mqtt.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._answer = str(reason) if reason.is_failure else ""

    def _on_publish(self, client: mqtt.Client, data: Any, mid: int, reason: Any, properties: Any) -> None:
        note = self._unconfirmed.pop(mid, None)
        if note is not None:
            _resolve_note(note, Attempt.arrived())

    def _talk(self, client: mqtt.Client) -> Attempt:
        host, began_s = self.channel.host, time.monotonic()
        while self._answer is None:
            if client.loop(self._tick_s) != MQTTErrorCode.MQTT_ERR_SUCCESS and self._answer is None:
                return Attempt.failed(f"{host} broke off before it answered.")
            if time.monotonic() - began_s > CONNECT_S:
                return Attempt.failed(f"{host} did not answer within {CONNECT_S:g} s.")
        if self._answer:
            return Attempt.failed(f"{host} does not let Watchroom in ({self._answer}). Check user and password.")
        self._kept = {}
        self.trouble, self._failed_s = "", None
        while not self._stopping.is_set():
            self._publish_state(client)
            if client.loop(self._tick_s) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return Attempt.failed(f"{host} broke off.")
            if any(time.monotonic() - note.sent_s > CONFIRM_S for note in self._unconfirmed.values()):
                return Attempt.failed(f"{host} did not confirm a message within {CONFIRM_S:g} s.")
        return Attempt.failed("The connection was closed.")

    def _publish_state(self, client: mqtt.Client) -> None:
        state = self._state
        if self._announces and state is not None:
            wanted = discovery_messages(self.channel, state) | state_messages(self.channel, state)
            wanted[availability_topic(self.channel)] = ONLINE
            for topic, payload in wanted.items():
                if self._kept.get(topic) != payload:
                    client.publish(topic, payload, qos=1, retain=True)
            self._kept = wanted
        while not self._notes.empty():
            note = self._notes.get()
            if note.told.set_running_or_notify_cancel():  # else it was given up meanwhile
                note.sent_s = time.monotonic()
                self._unconfirmed[client.publish(note.topic, note.payload, qos=1).mid] = note

    def _unconnect(self, client: mqtt.Client) -> None:
        if self._let_in() and client.is_connected():
            with contextlib.suppress(OSError):
                if self._announces:
                    client.publish(availability_topic(self.channel), OFFLINE, qos=0, retain=True)
                client.disconnect()
        self._break_off()

    def _break_off(self) -> None:
        made, self._socket = self._socket, None
        if made is not None:
            with contextlib.suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)
            made.close()

    def _fail(self, why: Attempt) -> None:
        waiting = list(self._unconfirmed.values())
        self._unconfirmed.clear()
        while not self._notes.empty():
            note = self._notes.get()
            if note.told.set_running_or_notify_cancel():
                waiting.append(note)
        for note in waiting:
            _resolve_note(note, why)


def _resolve_note(note: _Note, attempt: Attempt) -> None:
    if not note.told.done():
        note.told.set_result(attempt)
