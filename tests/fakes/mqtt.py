"""A broker on loopback (MQTT 3.1.1) that keeps what it is given and confirms it, and fails as it is told to."""

import queue
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

CONNECT, CONNACK, PUBLISH, PUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 12, 13, 14
ACCEPTED, BAD_LOGIN = 0, 5


@dataclass(frozen=True)
class Published:
    topic: str
    payload: str
    qos: int
    retain: bool
    duplicate: bool
    client_id: str


@dataclass
class MqttBroker:
    """`retained`: what is kept by topic, with wills of clients that vanished. `confirms` False: messages are taken, not confirmed."""

    certificate: Path | None = None
    logins: dict[str, str] = field(default_factory=dict)
    confirms: bool = True
    answers: bool = True
    published: "queue.Queue[Published]" = field(default_factory=queue.Queue)
    retained: dict[str, str] = field(default_factory=dict)
    clients: "queue.Queue[str]" = field(default_factory=queue.Queue)
    pings: "queue.Queue[str]" = field(default_factory=queue.Queue)
    sessions: "list[_Session]" = field(default_factory=list)
    port: int = 0

    def message(self, topic: str) -> Published:
        """The next one on this topic, waited for; others are passed over."""
        while (found := self.published.get(timeout=60)).topic != topic:
            pass
        return found

    def cut(self) -> None:
        """Break all connections, as a lost network does."""
        for session in list(self.sessions):
            session.cut()


class _Session:
    def __init__(self, broker: MqttBroker, connection: socket.socket) -> None:
        self.broker = broker
        self.connection = connection
        self.client_id = ""
        self.will: tuple[str, str] | None = None

    def cut(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        with suppress(OSError, ConnectionError):
            if self.broker.certificate is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.broker.certificate)
                self.connection = context.wrap_socket(self.connection, server_side=True)
            while True:
                kind, flags, body = self._packet()
                self._take(kind, flags, body)
        if self.will is not None:
            self.broker.retained[self.will[0]] = self.will[1]
        self.connection.close()

    def _packet(self) -> tuple[int, int, bytes]:
        first = self._exactly(1)[0]
        length, shift = 0, 0
        while True:
            byte = self._exactly(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return first >> 4, first & 0x0F, self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.connection.recv(count - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    def _take(self, kind: int, flags: int, body: bytes) -> None:
        if kind == CONNECT:
            self._connect(body)
        elif kind == PUBLISH:
            self._publish(flags, body)
        elif kind == PINGREQ:
            self.broker.pings.put(self.client_id)
            self.connection.sendall(bytes((PINGRESP << 4, 0)))
        elif kind == DISCONNECT:
            self.will = None
            raise ConnectionError

    def _connect(self, body: bytes) -> None:
        protocol, rest = _text(body)
        assert protocol == "MQTT" and rest[0] == 4
        flags = rest[1]
        self.client_id, rest = _text(rest[4:])
        if flags & 0x04:
            topic, rest = _text(rest)
            payload, rest = _text(rest)
            self.will = topic, payload
        user = password = ""
        if flags & 0x80:
            user, rest = _text(rest)
        if flags & 0x40:
            password, rest = _text(rest)
        if not self.broker.answers:
            return
        good = not self.broker.logins or self.broker.logins.get(user) == password
        self.connection.sendall(bytes((CONNACK << 4, 2, 0, ACCEPTED if good else BAD_LOGIN)))
        if not good:
            self.will = None
            raise ConnectionError
        self.broker.clients.put(self.client_id)

    def _publish(self, flags: int, body: bytes) -> None:
        topic, rest = _text(body)
        qos = (flags >> 1) & 3
        number = b""
        if qos:
            number, rest = rest[:2], rest[2:]
        found = Published(topic, rest.decode(), qos, bool(flags & 1), bool(flags & 8), self.client_id)
        if found.retain:
            self.broker.retained[topic] = found.payload
        self.broker.published.put(found)
        if qos and self.broker.confirms:
            self.connection.sendall(bytes((PUBACK << 4, 2)) + number)


def _text(data: bytes) -> tuple[str, bytes]:
    (length,) = struct.unpack(">H", data[:2])
    return data[2 : 2 + length].decode(), data[2 + length :]


@contextmanager
def mqtt_broker(**parts: object) -> Iterator[MqttBroker]:
    broker = MqttBroker(**parts)  # type: ignore[arg-type]
    listener = socket.create_server(("127.0.0.1", 0))
    broker.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            session = _Session(broker, connection)
            broker.sessions.append(session)
            threads.append(threading.Thread(target=session.run, name="mqtt session"))
            threads[-1].start()

    accepting = threading.Thread(target=accept, name="mqtt broker")
    accepting.start()
    try:
        yield broker
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        broker.cut()
        for thread in threads:
            thread.join()
