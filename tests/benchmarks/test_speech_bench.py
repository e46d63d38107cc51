"""The speech bench: missing voices are said, false names are counted, and it runs to the end on real recordings."""

from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.speech import speech
from benchmarks.speech import voices as speech_voices
from benchmarks.speech.files import read_sound, read_sounds
from benchmarks.speech.voices import Voice
from console.skipped import Skipped
from engine.model.errors import InputError
from engine.speech.transcriber import Transcript
from engine.speech.voice import Samples


class Always:
    """Hears the same in everything."""

    name = "pocketsphinx"

    def load_models(self) -> None:
        pass

    def transcribe(self, samples: Samples) -> Transcript | None:
        return Transcript("my name is Daniel", 1.0)


@pytest.fixture
def data(shared: Path, tmp_path: Path) -> tuple[Path, Path]:
    folder = tmp_path / "speech"
    folder.mkdir()
    (folder / "told.wav").write_bytes((shared / "data/speech/deepspeech/LDC93S1.wav").read_bytes())
    return shared / "data/models/silero_vad.onnx", folder


def test_without_voices_the_recordings_are_still_measured(data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = speech.run(*data, whisper=data[1], most_voices=7)
    names = [case["name"] for case in result["cases"]]
    assert "flite is not installed here; its voices are left out." in names
    assert "espeak-ng is not installed here; its voices are left out." in names
    assert any(name.startswith("The speech model is not installed") for name in names)
    people = next(case for case in result["cases"] if case["name"] == "recordings of people")
    assert people["metrics"]["asked"] == 1 and people["metrics"]["false"] == 0


def test_a_recogniser_that_hears_a_name_in_everything_fails(data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    told = read_sound(data[1] / "told.wav")
    monkeypatch.setattr(speech, "voices", lambda piper: ([Voice("flite", "rms")], []))
    monkeypatch.setattr(speech, "spoken", lambda voice, text: told)
    monkeypatch.setattr(speech, "_transcribers", lambda whisper, cases: [lambda names: Always()])
    result = speech.run(*data, whisper=None, most_voices=1)
    figures = {case["name"]: case["metrics"] for case in result["cases"]}
    assert figures["flite rms: plain form"]["exact"] == 2  # Daniel, who is asked for twice
    assert figures["flite rms: plain form"]["wrong"] == 38
    assert figures["flite rms: no introduction"]["false"] == figures["flite rms: no introduction"]["asked"]
    false = result["targets"][0]
    assert not false["met"] and false["measured"] > 0.9


def test_a_voice_speaks_what_it_is_told() -> None:
    there, absent = speech_voices.voices()
    if not there:
        pytest.skip(" ".join(absent))
    sound = speech_voices.spoken(there[0], "I'm John, from: here; [really]")
    assert sound.dtype == np.float32 and len(sound) > speech_voices.RATE_HZ // 2
    assert len(speech_voices.spoken(there[0], "I'm John, from here and also from over there")) > len(
        speech_voices.spoken(there[0], "I'm John")
    )


def test_recordings_of_other_kinds_are_read_and_what_is_none_is_named(shared: Path, tmp_path: Path) -> None:
    """Speech in FLAC, stereo at 44.1 kHz, and a broken file."""
    source = read_sound(shared / "data/speech/deepspeech/LDC93S1.wav")
    with av.open(str(tmp_path / "told.flac"), "w") as container:
        stream = container.add_stream("flac", rate=speech_voices.RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray((source * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = speech_voices.RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    (tmp_path / "stereo.wav").write_bytes((shared / "data/speech/deepspeech/LDC93S1_pcms16le_2_44100.wav").read_bytes())
    (tmp_path / "broken.flac").write_bytes(b"fLaC but not really")
    (tmp_path / "words.txt").write_text("what is said", encoding="utf-8")
    skipped = Skipped()
    found = dict(read_sounds(tmp_path, skipped))
    assert {path.name for path in found} == {"told.flac", "stereo.wav"}
    assert all(abs(len(sound) - len(source)) < speech_voices.RATE_HZ // 10 for sound in found.values())
    assert [(one.file, one.line) for one in skipped.first] == [("broken.flac", 0)]
    with pytest.raises(InputError, match="no recording"):
        read_sounds(shared / "data/mot", Skipped())
