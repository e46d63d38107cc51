"""The listening thread: never in anybody's way, nothing lost unseen."""

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault
from engine.model.people.speech import SoundChunk, Utterance
from engine.model.time import SECOND
from engine.speech.segments import Segmenter
from engine.speech.transcriber import Transcript
from engine.speech.voice import Samples, VoiceActivity
from engine.speech.worker import SpeechWorker
from tests.engine.speech.sounds import LoudIsVoice, Told, recording

START_NS = 1_700_000_000 * SECOND
TENTH_NS = SECOND // 10


def chunks(microphone: str, *loudness: float, rate_hz: int = 48_000) -> list[SoundChunk]:
    """A tenth of a second each."""
    return [
        SoundChunk(microphone, START_NS + n * TENTH_NS, rate_hz, np.full(rate_hz // 10, level * 32767, np.int16))
        for n, level in enumerate(loudness)
    ]


SAID = [0.0] * 5 + [0.5] * 10 + [0.0] * 10


@dataclass
class Heard:
    """Keeps the utterances."""

    utterances: list[Utterance]

    def on_speech(self, microphone_id: str) -> None:
        pass

    def on_utterance(self, heard: Utterance) -> None:
        self.utterances.append(heard)


def listening(told: object, heard: list[Utterance], most_chunks: int = 500) -> SpeechWorker:
    worker = SpeechWorker(lambda: Segmenter(LoudIsVoice()), told, Heard(heard), most_chunks)  # type: ignore[arg-type]
    worker.start()
    return worker


def test_utterances_carry_their_microphone_and_time() -> None:
    heard: list[Utterance] = []
    worker = listening(Told(["hello", "i'm john"]), heard)
    both = zip(chunks("hall", *SAID), chunks("door", *SAID, rate_hz=16_000), strict=True)
    assert all(worker.feed(chunk) for pair in both for chunk in pair)
    assert worker.wait_idle(20)
    worker.stop()
    assert {one.microphone_id for one in heard} == {"hall", "door"}
    for one in heard:
        assert abs(one.started_ns - START_NS - SECOND // 2) < TENTH_NS and abs(one.ended_ns - START_NS - 3 * SECOND // 2) < TENTH_NS
        assert (one.transcriber, one.confidence) == ("told", 0.9)


def test_a_slow_transcriber_costs_chunks_that_are_counted_and_never_time() -> None:
    release, entered = threading.Event(), threading.Event()

    class Slow(Told):
        def transcribe(self, samples: Samples) -> Transcript | None:
            entered.set()
            release.wait(20)
            return super().transcribe(samples)

    heard: list[Utterance] = []
    worker = listening(Slow(["late", "later", "last"]), heard, most_chunks=30)
    for chunk in chunks("hall", *SAID):
        worker.feed(chunk)
    assert entered.wait(60)
    taken = [worker.feed(chunk) for chunk in chunks("hall", *[0.0] * 100)]
    figures = worker.figures()
    assert not taken[-1] and figures.dropped == taken.count(False) > 0 and figures.waiting == 30
    release.set()
    assert worker.wait_idle(20)
    worker.stop()
    assert [one.text for one in heard] == ["late"]


def test_a_fault_is_said_listening_goes_on_and_the_fault_passes() -> None:
    heard: list[Utterance] = []
    told = Told([EnvironmentFault("model_missing", "The speech model is not installed."), None, "i'm john"])
    worker = listening(told, heard)
    for chunk in chunks("hall", *SAID):
        worker.feed(chunk)
    assert worker.wait_idle(20)
    assert worker.figures().fault == "The speech model is not installed."
    for chunk in chunks("hall", *SAID, *SAID):
        worker.feed(SoundChunk(chunk.microphone_id, chunk.started_ns + 60 * SECOND, chunk.rate_hz, chunk.samples))
    assert worker.wait_idle(20)
    figures = worker.figures()
    worker.stop()
    assert [one.text for one in heard] == ["i'm john"]
    assert (figures.fault, figures.utterances, figures.understood) == ("", 3, 1)


def test_bad_sound_of_one_microphone_does_not_deafen_the_others(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Utterance] = []
    worker = listening(Told(["hello"]), heard)
    worker.feed(SoundChunk("broken", START_NS, 3, np.zeros(10, np.int16)))
    for chunk in chunks("hall", *SAID):
        worker.feed(chunk)
    assert worker.wait_idle(20)
    worker.stop()
    assert [one.microphone_id for one in heard] == ["hall"]
    assert any("rate_hz" in record.message for record in caplog.records)


def test_stopping_is_quick_and_nothing_is_taken_afterwards() -> None:
    worker = listening(Told([]), [])
    worker.stop()
    assert not worker.feed(chunks("hall", 0.5)[0])
    never_started = SpeechWorker(lambda: Segmenter(LoudIsVoice()), Told([]), Heard([]))
    never_started.stop()


def test_real_speech_through_the_real_detector(shared: Path) -> None:
    samples, rate = recording(shared / "data/speech/deepspeech/LDC93S1.wav")
    quiet = np.zeros(rate, np.float32)
    sound = np.concatenate([quiet, samples, quiet])
    heard: list[Utterance] = []
    told = Told(["she had your dark suit"] * 5)
    worker = SpeechWorker(lambda: Segmenter(VoiceActivity(shared / "data/models/silero_vad.onnx")), told, Heard(heard))
    worker.start()
    for at in range(0, len(sound), rate // 10):
        worker.feed(SoundChunk("hall", START_NS + at * SECOND // rate, rate, sound[at : at + rate // 10]))
    assert worker.wait_idle(20)
    worker.stop()
    assert 1 <= len(heard) <= 2
    assert abs(heard[0].started_ns - START_NS - SECOND) < SECOND // 2
