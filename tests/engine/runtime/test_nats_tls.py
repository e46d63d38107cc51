"""A site speaks to its NATS server by TLS where its address says so, whatever the server says."""

import asyncio
import ssl
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.runtime.hub import nats_carrier
from engine.runtime.hub.nats_carrier import NatsCarrier
from tests.fakes.certificates import write_certificate
from tests.fakes.nats_server import nats_server


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nats_carrier, "REACH_S", 2.0)


async def spoken_to(url: str, tls: ssl.SSLContext | None = None) -> None:
    carrier = await NatsCarrier.connect(url, "north", tls)
    await carrier.publish("record.north.keep", b"x")
    await carrier.close()


def test_a_server_that_speaks_in_the_clear_is_refused(tmp_path: Path, soon: None) -> None:
    with nats_server(tmp_path) as server:
        asyncio.run(spoken_to(server.url))
        with pytest.raises(EnvironmentFault, match="without TLS"):
            asyncio.run(spoken_to(server.url.replace("nats://", "tls://")))


def test_a_certificate_is_checked(tmp_path: Path, soon: None) -> None:
    pair = write_certificate(tmp_path / "pair.pem", "127.0.0.1")
    with nats_server(tmp_path, f"tls {{ cert_file: {pair}, key_file: {pair} }}") as server:
        url = server.url.replace("nats://", "tls://")
        asyncio.run(spoken_to(url, ssl.create_default_context(cafile=pair)))
        with pytest.raises(EnvironmentFault, match="CERTIFICATE_VERIFY_FAILED"):
            asyncio.run(spoken_to(url))
