"""Places of connections that end in unusual ways."""

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path

from engine.gateway.border.lobby import Lobby, Place
from tests.fakes.certificates import write_certificate


def test_a_tls_connection_that_was_closed_twice_stops_no_look_at_the_others(tmp_path: Path) -> None:
    """asyncio's TLS transport raised then, and nobody who takes nothing was hung up on any more until the restart."""
    certificate = write_certificate(tmp_path / "both.pem", "127.0.0.1")
    asyncio.run(look_at_closed_twice(certificate))


async def look_at_closed_twice(certificate: Path) -> None:
    came: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(certificate)
    async with await asyncio.start_server(lambda _, writer: came.put_nowait(writer), "127.0.0.1", 0, ssl=serving) as server:
        port = server.sockets[0].getsockname()[1]
        trusting = ssl.create_default_context(cafile=str(certificate))
        _, client = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
        served = await came.get()
        transport = served.transport
        assert isinstance(transport, asyncio.Transport)
        place = Place(Lobby(), transport, "127.0.0.1", lambda: True)
        transport.close()
        transport.close()
        place.looked_at(0.0)
        assert place.working()
        place.end()
        for writer in (served, client):  # nothing of them is left for after the loop
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
