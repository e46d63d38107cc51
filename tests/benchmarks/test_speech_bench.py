"""The speech bench: missing voices are said, false names are counted, and it runs to the end on real recordings."""

from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.speech import queen_archive, real_speech, speech
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


def _write_silence(folder: Path, names: list[str]) -> None:
    for name in names:
        (folder / name).write_bytes(np.zeros(speech_voices.RATE_HZ, np.int16).tobytes())


def test_real_recordings_are_in_two_halves_by_their_names(tmp_path: Path) -> None:
    _write_silence(tmp_path, [f"{n}.raw" for n in range(40)])
    halves = [real_speech.recordings(tmp_path, held_out) for held_out in (False, True)]
    assert not {*halves[0]} & {*halves[1]} and len(halves[0]) + len(halves[1]) == 40 and min(map(len, halves)) >= 10
    other = tmp_path / "copied"
    other.mkdir()
    _write_silence(other, [path.name for path in halves[1]])
    assert {path.name for path in real_speech.recordings(other, True)} == {path.name for path in halves[1]}, "wherever they lie"
    with pytest.raises(InputError, match="no recording of this half"):
        real_speech.recordings(other, False)


def test_false_facts_and_questions_are_counted_over_the_time_that_was_heard(tmp_path: Path) -> None:
    _write_silence(tmp_path, [f"{n}.raw" for n in range(6)])
    (tmp_path / "1.raw").write_bytes(b"")
    paths = sorted(tmp_path.iterdir())
    found = iter([[("Anna", True), ("Bob", False)], [], [("Bob", False)]])
    skipped = Skipped()
    heard = real_speech.false_names(paths, lambda sound: next(found), 3.0, skipped)
    assert (heard.recordings, heard.seconds, heard.facts, heard.questions) == (3, 3.0, 1, 2)
    assert skipped.count == 1 and heard.metrics()["facts_an_hour_95"] == [30.4, 6686.0]


def test_the_held_out_half_of_real_speech_is_a_case(data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(speech, "ClosedGrammar", lambda names: Always())
    monkeypatch.setattr(speech, "_transcribers", lambda whisper, cases: [])
    told = (data[1] / "told.wav").read_bytes()
    for number in range(8):
        (tmp_path / f"{number}.wav").write_bytes(told)
    result = speech.run(*data, whisper=None, most_voices=1, real=speech.RealSpeech(tmp_path, minutes=0.05))
    case = next(case for case in result["cases"] if case["name"] == "real speech, held out")
    assert case["metrics"]["facts"] == case["metrics"]["recordings"] >= 1


def test_lines_of_a_game_are_taken_out_of_its_archive() -> None:
    head = b"QTBLCEM10\0\0\0\x01\0\x02"
    names = (b"020001P2.SB\0", b"MENU.PCX".ljust(12, b"\0"))
    start = len(head) + 42
    table = b"".join(name + bytes([1]) + (start + 3 * n).to_bytes(4, "big") + (3).to_bytes(4, "big") for n, name in enumerate(names))
    archive = head + table + b"mp3pcx"
    assert list(queen_archive.lines(archive)) == [("020001P2", b"mp3")]
    for broken in (b"QTBL", archive[:30], archive[:58], b"RIFF" + archive[4:]):
        with pytest.raises(InputError, match="archive"):
            list(queen_archive.lines(broken))
