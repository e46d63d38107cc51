"""What an operator says, on its way to one camera: a small buffer and the pace of 20 ms. Ends by itself when no more comes."""

import asyncio
from collections.abc import Callable

from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError
from engine.sources.camera.ptz.backchannel import PIECE, PIECE_S, Backchannel, NoBackchannel

SILENT_S = 1.0  # without another piece for so long, the operator is gone
MOST_WAITING = 8000  # bytes: one second; the oldest goes
SILENCE = b"\xff" * PIECE


class TalkLine:
    """Asyncio; one loop. `ended(why)`: called once; `why` is a sentence, empty where the operator ended it."""

    def __init__(self, url: str, login: Credentials | None, ended: Callable[[str], None]) -> None:
        self._url, self._login, self._ended = url, login, ended
        self._waiting = b""
        self._heard_s = asyncio.get_running_loop().time()
        self._task = asyncio.create_task(self._run())

    def put(self, mulaw: bytes) -> None:
        """Empty: nothing more will come."""
        self._heard_s = asyncio.get_running_loop().time() if mulaw else float("-inf")
        self._waiting = (self._waiting + mulaw)[-MOST_WAITING:]

    def cancel(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        why = ""
        try:
            async with Backchannel(self._url, self._login) as camera:
                await camera.begin()
                await self._pass_on(camera)
        except NoBackchannel as error:
            why = f"Nothing is played: {error}."
        except (EnvironmentFault, InputError) as error:
            why = str(error)
        finally:
            self._ended(why)

    async def _pass_on(self, camera: Backchannel) -> None:
        clock = asyncio.get_running_loop().time
        due_s = clock()
        while self._waiting or clock() - self._heard_s < SILENT_S:
            piece, self._waiting = self._waiting[:PIECE], self._waiting[PIECE:]
            await camera.send(piece + SILENCE[len(piece) :])
            due_s = max(due_s + PIECE_S, clock() - SILENT_S)
            await asyncio.sleep(max(0.0, due_s - clock()))
