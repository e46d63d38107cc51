"""A line between a client and a server on this machine: so many bits a second each way, shared by all its connections, and a delay.

    with SlowLine(port, rate_bit_s=20e6, delay_s=0.04) as line:
        connect(line.url)

As a program (`python -m benchmarks.slow_line PORT RATE DELAY`) it prints its own port, for each line that it is given how many bytes came
from the server so far, and ends with its input.
"""

import asyncio
import socket
import sys
import threading
from collections import deque
from contextlib import suppress

_PIECE = 4096
_BUFFER = 32 << 10  # of the sockets on both sides: what is sent waits at its sender, as at a real line


class _Direction:
    """One way of the line. `free_s`: when the last byte that was taken is on its way."""

    def __init__(self, rate_bit_s: float) -> None:
        self.rate_bit_s, self._free_s, self.bytes = rate_bit_s, 0.0, 0

    def take(self, size: int, now_s: float) -> float:
        """When so many bytes, taken now, are on their way."""
        self._free_s = max(now_s, self._free_s) + size * 8 / self.rate_bit_s
        self.bytes += size
        return self._free_s


class SlowLine:
    """Runs on a thread of its own. Any thread. `host`: of the server, where it is not on loopback."""

    def __init__(self, port: int, rate_bit_s: float, delay_s: float, host: str = "127.0.0.1") -> None:
        self._target, self._delay_s = (host, port), delay_s
        self._down, self._up = _Direction(rate_bit_s), _Direction(rate_bit_s)
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="slow-line", daemon=True)
        self._started = threading.Event()
        self.port = 0

    def __enter__(self) -> "SlowLine":
        self._thread.start()
        assert self._started.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def change(self, rate_bit_s: float, delay_s: float) -> None:
        """For what is sent from now on."""
        self._down.rate_bit_s = self._up.rate_bit_s = rate_bit_s
        self._delay_s = delay_s

    @property
    def bytes_down(self) -> int:
        """From the server, so far."""
        return self._down.bytes

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, sock=_small(socket.socket()), limit=_PIECE))
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            there, to_server = await asyncio.open_connection(sock=await self._connected(), limit=_PIECE)
            self._writers.add(to_server)
            try:
                await asyncio.gather(self._pass(reader, to_server, self._up), self._pass(there, writer, self._down))
            finally:
                self._writers.discard(to_server)
                to_server.transport.abort()
        except (OSError, asyncio.CancelledError):  # asyncio 3.11 complains about cancelled connections
            return
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _connected(self) -> socket.socket:
        wire = socket.socket()
        try:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            wire.setblocking(False)
            await self._loop.sock_connect(wire, self._target)
        except BaseException:  # it may be cancelled too
            wire.close()
            raise
        return wire

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: _Direction) -> None:
        waiting: deque[tuple[float, bytes]] = deque()
        came = asyncio.Event()
        sending = asyncio.ensure_future(self._deliver(waiting, came, writer))
        try:
            with suppress(OSError):
                while data := await reader.read(_PIECE):
                    off_s = direction.take(len(data), self._loop.time())
                    waiting.append((off_s + self._delay_s, data))
                    came.set()
                    await asyncio.sleep(off_s - self._loop.time())
            waiting.append((self._loop.time() + self._delay_s, b""))
            came.set()
            await sending
        finally:
            sending.cancel()

    async def _deliver(self, waiting: deque[tuple[float, bytes]], came: asyncio.Event, writer: asyncio.StreamWriter) -> None:
        while True:
            await came.wait()
            came.clear()
            while waiting:
                due_s, data = waiting.popleft()
                await asyncio.sleep(due_s - self._loop.time())
                if not data:
                    writer.close()
                    return
                writer.write(data)
                with suppress(OSError):
                    await writer.drain()


def _small(listening: socket.socket) -> socket.socket:
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    listening.bind(("127.0.0.1", 0))
    return listening


if __name__ == "__main__":
    with SlowLine(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])) as line:
        print(line.port, flush=True)
        for _ in sys.stdin:
            print(line.bytes_down, flush=True)
