"""What is typed as a camera's address or login is no way to write headers of one's own into the engine's requests."""

import socket
import threading
from collections.abc import Iterator

import pytest

from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.sources.camera.source import open_source


class Listener:
    """Accepts connections and keeps what it is sent; asks for a login by the digest scheme."""

    CHALLENGE = b'RTSP/1.0 401 Unauthorized\r\nCSeq: %d\r\nWWW-Authenticate: Digest realm="r", nonce="1"\r\n\r\n'

    def __init__(self) -> None:
        self.received = b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1.0)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        for number in range(1, 4):
            try:
                self.received += connection.recv(65536)
                connection.sendall(self.CHALLENGE % number)
            except OSError:
                return


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


def attempt(url: str, login: Credentials | None) -> None:
    source = open_source(CameraSettings("yard", "Yard", url), "main", login, SystemClock())
    try:
        source.open()
    except EnvironmentFault:
        pass
    finally:
        source.close()


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("/yard\r\nX-Injected: yes", None),
        ("/yard\nX-Injected: yes", None),
        ("/yard?a=\r\n\r\nDESCRIBE rtsp://192.0.2.7/ X-Injected: yes", None),
        ("/yard", Credentials("viewer\r\nX-Injected: yes", "secret")),
        ("/yard", Credentials("viewer", 'secret"\r\nX-Injected: yes')),
        ("/yard\x1b[2JX-Injected: yes", None),
    ],
)
@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_no_line_of_a_request_is_typed(listener: Listener, scheme: str, path: str, login: Credentials | None) -> None:
    with pytest.raises(InputError, match="control characters"):
        attempt(f"{scheme}://127.0.0.1:{listener.port}{path}", login)
    assert b"X-Injected" not in listener.received


def test_a_listener_hears_a_plain_address(listener: Listener) -> None:
    """What the test above looks at is what a camera would get."""
    attempt(f"rtsp://127.0.0.1:{listener.port}/yard", Credentials("viewer", "secret"))
    assert b"OPTIONS rtsp://127.0.0.1" in listener.received or b"DESCRIBE rtsp://127.0.0.1" in listener.received
    assert b'username="viewer"' in listener.received
