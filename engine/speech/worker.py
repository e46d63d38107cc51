"""The thread that listens: sound of all microphones in, utterances out."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from engine.model.errors import WatchroomError
from engine.model.people.speech import SoundChunk, Utterance
from engine.model.time import seconds_to_ns
from engine.model.value_class import dataclass
from engine.speech.resample import Resampler, mono
from engine.speech.segments import Segment, Segmenter
from engine.speech.transcriber import Transcriber

MOST_CHUNKS = 256
"""Waiting at most: some ten seconds of one microphone. What comes on top is dropped and counted."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SpeechFigures:
    """Counted since the start. `fault`: why nothing is transcribed, a sentence; empty while all is well."""

    chunks: int
    dropped: int
    utterances: int
    understood: int
    waiting: int
    fault: str


@dataclass(slots=True)
class _Ear:
    resampler: Resampler
    segmenter: Segmenter


class SpeechListener(Protocol):
    """Told on the worker's thread, in order per microphone."""

    def on_speech(self, microphone_id: str) -> None:
        """Somebody has spoken."""

    def on_utterance(self, heard: Utterance) -> None:
        """The words are known, after `on_speech`; not called where they are not understood."""


class SpeechWorker:
    """Takes sound from any thread without ever waiting, and works on one of its own, so that video never waits for it.

    Sound lives in the queue and in the segmenters only, and is dropped once its words are known. Nothing is written anywhere.
    """

    def __init__(
        self, make_segmenter: Callable[[], Segmenter], transcriber: Transcriber, listener: SpeechListener, most_chunks: int = MOST_CHUNKS
    ) -> None:
        """`make_segmenter`: one per microphone and rate."""
        self._make_segmenter = make_segmenter
        self._transcriber = transcriber
        self._listener = listener
        self._most_chunks = most_chunks
        self._queue: deque[SoundChunk] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._busy = False
        self._ears: dict[str, _Ear] = {}
        self._chunks = self._dropped = self._utterances = self._understood = 0
        self._fault = ""
        self._thread = threading.Thread(target=self._run_loop, name="speech", daemon=True)

    def start(self) -> None:
        """Once. Models are loaded on the thread."""
        self._thread.start()

    def feed(self, chunk: SoundChunk) -> bool:
        """Any thread; returns at once. False: the queue is full and the chunk is dropped."""
        with self._changed:
            self._chunks += 1
            if self._stopping or len(self._queue) >= self._most_chunks:
                self._dropped += 1
                return False
            self._queue.append(chunk)
            self._changed.notify_all()
            return True

    def figures(self) -> SpeechFigures:
        with self._changed:
            return SpeechFigures(self._chunks, self._dropped, self._utterances, self._understood, len(self._queue), self._fault)

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until all that was fed is worked off; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._busy, timeout_s)

    def stop(self, timeout_s: float = 5.0) -> None:
        """What waits is forgotten; the utterance at hand is finished. Logs a warning if that takes longer."""
        with self._changed:
            self._stopping = True
            self._queue.clear()
            self._changed.notify_all()
        if self._thread.ident is None:
            return
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            _log.warning("The speech thread is still transcribing; it is left to itself.")

    def _run_loop(self) -> None:
        while (chunk := self._next_chunk()) is not None:
            try:
                self._hear(chunk)
            except WatchroomError as fault:
                self._fail(chunk, str(fault))
            except Exception:  # noqa: BLE001  (thread top: one bad chunk must not end all listening)
                if not self._fault:
                    _log.exception("Listening failed by a bug")
                self._fail(chunk, "Listening failed by an internal error; the log has the details.")
        self._ears.clear()

    def _next_chunk(self) -> SoundChunk | None:
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._queue or self._stopping)
            if self._stopping:
                return None
            self._busy = True
            return self._queue.popleft()

    def _hear(self, chunk: SoundChunk) -> None:
        ear = self._ear(chunk)
        samples = ear.resampler.feed(mono(chunk.samples))
        started_ns = chunk.started_ns - seconds_to_ns(ear.resampler.delay_s)
        for segment in ear.segmenter.feed(samples, started_ns):
            self._understand(chunk.microphone_id, segment)

    def _ear(self, chunk: SoundChunk) -> _Ear:
        ear = self._ears.get(chunk.microphone_id)
        if ear is None or ear.resampler.rate_hz != chunk.rate_hz:
            ear = self._ears[chunk.microphone_id] = _Ear(Resampler(chunk.rate_hz), self._make_segmenter())
        return ear

    def _understand(self, microphone_id: str, segment: Segment) -> None:
        self._count_utterances(utterances=1)
        self._listener.on_speech(microphone_id)
        self._transcriber.load_models()
        heard = self._transcriber.transcribe(segment.samples)
        self._recovered()
        if heard is None:
            return
        self._count_utterances(understood=1)
        self._listener.on_utterance(
            Utterance(
                microphone_id, segment.started_ns, segment.ended_ns, heard.text, heard.confidence, self._transcriber.name, heard.certain
            )
        )

    def _count_utterances(self, utterances: int = 0, understood: int = 0) -> None:
        with self._changed:
            self._utterances += utterances
            self._understood += understood

    def _fail(self, chunk: SoundChunk, reason: str) -> None:
        """A fault that lasts is logged once."""
        self._ears.pop(chunk.microphone_id, None)
        with self._changed:
            new, self._fault = reason != self._fault, reason
        if new:
            _log.warning("Speech: %s", reason)

    def _recovered(self) -> None:
        with self._changed:
            recovered, self._fault = bool(self._fault), ""
        if recovered:
            _log.info("Speech is understood again")
