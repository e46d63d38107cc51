"""Listening with the machine's own Bluetooth adapter for as long as it is wanted."""

import asyncio
import contextlib
import threading

from engine.model.errors import EnvironmentFault
from engine.sources.ble.radio import BleakRadio, MakeRadio
from engine.sources.node.messages import BleAdvert

AGAIN_S = 30.0
SILENT_S = 120.0  # an adapter that hears nothing for so long is opened again: it may have been pulled out and put back
MOST_WAITING = 512


class LocalScanner:
    """`run` belongs to one loop; `drain` and `trouble` may be called from any thread, and take microseconds."""

    def __init__(self, make_radio: MakeRadio = BleakRadio, again_s: float = AGAIN_S, silent_s: float = SILENT_S) -> None:
        self._make_radio = make_radio
        self._again_s = again_s
        self._silent_s = silent_s
        self._lock = threading.Lock()
        self._waiting: dict[str, BleAdvert] = {}
        self._trouble = ""
        self._heard: asyncio.Event | None = None  # of the loop that runs it

    @property
    def trouble(self) -> str:
        """Why it does not listen, as a sentence; empty while it does."""
        with self._lock:
            return self._trouble

    def drain(self) -> tuple[BleAdvert, ...]:
        """The newest advert of every address heard since the call before."""
        with self._lock:
            waiting = tuple(self._waiting.values())
            self._waiting.clear()
        return waiting

    async def run(self) -> None:
        """Listens until it is cancelled; opens the adapter again when it could not be opened, or has been silent for long."""
        self._heard = asyncio.Event()
        try:
            while True:
                await self._listen(self._heard)
        finally:
            self._report_trouble("")

    async def _listen(self, heard: asyncio.Event) -> None:
        radio = self._make_radio(self._take_advert)
        try:
            await radio.start()
        except EnvironmentFault as error:
            self._report_trouble(str(error))
            await radio.stop()
            await asyncio.sleep(self._again_s)
            return
        self._report_trouble("")
        try:
            await self._until_silent(heard)
        finally:
            await radio.stop()

    async def _until_silent(self, heard: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            while True:
                heard.clear()
                await asyncio.wait_for(heard.wait(), self._silent_s)

    def _take_advert(self, advert: BleAdvert) -> None:
        """On the loop."""
        if self._heard is not None:
            self._heard.set()
        with self._lock:
            if advert.address in self._waiting or len(self._waiting) < MOST_WAITING:
                self._waiting[advert.address] = advert

    def _report_trouble(self, trouble: str) -> None:
        with self._lock:
            self._trouble = trouble
