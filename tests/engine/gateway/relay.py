"""A network between a client and a server on this machine that can freeze, break and lie."""

import asyncio
import threading
from contextlib import suppress


class Relay:
    """Listens on a port of its own and passes bytes on. The methods may be called from any thread."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._mode = "fine"
        self.connections = 0  # so far
        self._age = 0  # rises when what is connected is swallowed
        self._left: int | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._flowing = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._started = threading.Event()
        self.url = ""

    def __enter__(self) -> "Relay":
        self._thread.start()
        assert self._started.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)

    def freeze(self) -> None:
        """Connections stay and new ones are taken, but nothing moves."""
        self._set("freeze")

    def swallow(self) -> None:
        """As `freeze`, but nothing ever moves again on the connections of before and of meanwhile, as where a line was cut for long."""
        self._set("swallow")

    def cut(self) -> None:
        """Every connection is reset, and each new one too."""
        self._set("cut")

    def garble(self) -> None:
        """What comes from the server is turned upside down."""
        self._set("garble")

    def refuse(self) -> None:
        """New connections are closed at once; those there are stay."""
        self._set("refuse")

    def mend(self) -> None:
        self._set("fine")

    def cut_after(self, so_many: int) -> None:
        """Pass on so many more bytes from the server, then reset everything."""
        self._left = so_many

    def _set(self, mode: str) -> None:
        self._loop.call_soon_threadsafe(self._enter, mode)

    def _enter(self, mode: str) -> None:
        self._age += self._mode == "swallow"
        self._mode = mode
        (self._flowing.clear if mode in ("freeze", "swallow") else self._flowing.set)()
        if mode == "cut":
            self._reset()

    def _reset(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._flowing.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._started.set()
        self._loop.run_forever()
        server.close()
        self._reset()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connections += 1
        try:
            if self._mode in ("cut", "refuse"):
                return
            there, to_server = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(to_server)
            try:
                await asyncio.gather(self._pass(reader, to_server, False), self._pass(there, writer, True))
            finally:
                self._writers.discard(to_server)
                to_server.transport.abort()
        except (OSError, asyncio.CancelledError):  # asyncio 3.11 complains about cancelled connections
            return
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, from_server: bool) -> None:
        age = self._age
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                if age != self._age:
                    await asyncio.Event().wait()
                if from_server and self._mode == "garble":
                    data = data[::-1]
                if from_server and self._left is not None:
                    self._left -= len(data)
                    if self._left < 0:
                        self._left = None
                        self._reset()
                        return
                writer.write(data)
                await writer.drain()
        writer.close()
