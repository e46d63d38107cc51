"""Provisioning over a serial port; a pseudo-terminal pair stands for the cable."""

import json
import os
import pty
import select
import threading
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.sources.node.serial_port import SerialLine, SerialProvisioning, list_ports, open_line
from tests.fakes.node_peer import MAC

LINE = json.dumps({"provision": {"wifi_ssid": "Office", "node_token": "ab" * 32}})


@dataclass
class Cable:
    """The node's end of the cable, and the name of ours."""

    node: int
    device: str
    threads: list[threading.Thread] = field(default_factory=list)

    def node_does(self, work: Callable[[int], None]) -> None:
        thread = threading.Thread(target=work, args=(self.node,))
        thread.start()
        self.threads.append(thread)


@pytest.fixture
def cable() -> Iterator[Cable]:
    node, ours = pty.openpty()
    tty.setraw(ours)
    cable = Cable(node, os.ttyname(ours))
    yield cable
    for thread in cable.threads:
        thread.join(60)
    os.close(ours)
    if cable.node >= 0:
        os.close(node)


def attempt(said: list[str] | None = None, **options: object) -> SerialProvisioning:
    texts = [] if said is None else said
    return SerialProvisioning(lambda mac: LINE, texts.append, threading.Event(), **options)  # type: ignore[arg-type]


def ready(node: int, noise: bytes = b"") -> bytes:
    """As the firmware: say who it is again and again, until a line comes. Gives that line; empty when none came."""
    heard = b""
    for _ in range(400):
        os.write(node, noise + b"SPAXEL READY aa:bb:cc:00:00:00\r\n")
        while select.select([node], [], [], 0.05)[0]:
            heard += os.read(node, 1000)
            if heard.endswith(b"\n"):
                return heard
    return heard


def test_a_node_is_provisioned_among_its_log_lines(cable: Cable) -> None:
    received, said = list[bytes](), list[str]()

    def node(end: int) -> None:
        received.append(ready(end, b"\xff\x00boot noise\r\nI (312) wifi: init\r\n"))
        os.write(end, b'SPAXEL READY AA:BB:CC:00:00:00\r\nI (900) nvs: {"not": json\r\nnvs: {"ok":true,"mac":"AA:BB:CC:00:00:00"}\r\n')

    cable.node_does(node)
    assert attempt(said).run(open_line(cable.device)) == MAC
    assert json.loads(received[0]) == json.loads(LINE)
    assert said[-1] == f"Node {MAC} is provisioned. It restarts and connects by itself."


def test_a_refusal_is_said_in_words(cable: Cable) -> None:
    def node(end: int) -> None:
        ready(end)
        os.write(end, b'{"ok":false,"error":"nvs_write_failed"}\n')

    cable.node_does(node)
    with pytest.raises(EnvironmentFault, match="could not write its memory") as caught:
        attempt().run(open_line(cable.device))
    assert caught.value.reason == "node_refused"


def test_nobody_there(cable: Cable) -> None:
    with pytest.raises(EnvironmentFault, match="reset button") as caught:
        attempt(ready_s=0.3).run(open_line(cable.device))
    assert caught.value.reason == "no_node"


def test_no_answer(cable: Cable) -> None:
    cable.node_does(lambda end: ready(end) and None)
    with pytest.raises(EnvironmentFault, match="may or may not") as caught:
        attempt(answer_s=0.5).run(open_line(cable.device))
    assert caught.value.reason == "no_answer"


def test_it_can_be_cancelled(cable: Cable) -> None:
    waiting = attempt()
    waiting.cancelled.set()
    with pytest.raises(EnvironmentFault, match="cancelled"):
        waiting.run(open_line(cable.device))


def test_unplugging_ends_it(cable: Cable) -> None:
    line = open_line(cable.device)
    os.close(cable.node)
    cable.node = -1
    with pytest.raises(EnvironmentFault) as caught:
        attempt(ready_s=5).run(line)
    assert caught.value.reason == "serial_gone"


@pytest.mark.parametrize("document", ["x" * 769, "two\nlines"])
def test_what_a_node_cannot_take_is_not_sent(document: str) -> None:
    class Ready:
        written = b""

        def read(self, size: int = 1, /) -> bytes:
            return b"SPAXEL READY AA:BB:CC:00:00:00\n"

        def write(self, data: bytes, /) -> int:
            self.written += data
            return len(data)

        def close(self) -> None:
            pass

    line = Ready()
    with pytest.raises(InputError):
        SerialProvisioning(lambda mac: document, [].append, threading.Event()).run(line)
    assert not line.written


def test_endless_noise_is_not_kept() -> None:
    class Noise:
        reads = 0

        def read(self, size: int = 1, /) -> bytes:
            self.reads += 1
            return b"\xaa" * size

        def write(self, data: bytes, /) -> int:
            return len(data)

        def close(self) -> None:
            pass

    noise: SerialLine = Noise()
    with pytest.raises(EnvironmentFault):
        attempt(ready_s=0.1).run(noise)


def test_a_port_that_is_not_there_says_what_to_do() -> None:
    with pytest.raises(EnvironmentFault, match="cannot be opened") as caught:
        open_line("/dev/there-is-no-such-port")
    assert caught.value.reason == "serial"


def test_ports_are_listed() -> None:
    assert all(port.device for port in list_ports())
