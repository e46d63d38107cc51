"""Where speech begins and ends: by rules on made-up sound, and by the real network on real recordings."""

from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import SECOND
from engine.speech.resample import Resampler, mono
from engine.speech.segments import Segment, Segmenter, SegmentRules
from engine.speech.voice import RATE_HZ, WINDOW, Samples, VoiceActivity
from tests.engine.speech.sounds import LoudIsVoice, recording

START_NS = 1_700_000_000 * SECOND
TOLERANCE_NS = 2 * WINDOW * SECOND // RATE_HZ


def loud(seconds: float) -> Samples:
    return np.full(round(seconds * RATE_HZ), 0.5, np.float32)


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def cut(samples: Samples, segmenter: Segmenter, step: int = 1600) -> list[Segment]:
    found: list[Segment] = []
    for at in range(0, len(samples), step):
        found += segmenter.feed(samples[at : at + step], START_NS + at * SECOND // RATE_HZ)
    return [*found, *segmenter.flush()]


@pytest.mark.parametrize("step", [160, 777, 1600, 16000])
def test_times_and_roll_do_not_depend_on_how_sound_arrives(step: int) -> None:
    one, two = cut(np.concatenate([quiet(1), loud(1), quiet(1), loud(0.5), quiet(1)]), Segmenter(LoudIsVoice()), step)
    for segment, start_s, end_s in ((one, 1, 2), (two, 3, 3.5)):
        assert abs(segment.started_ns - START_NS - start_s * SECOND) <= TOLERANCE_NS
        assert abs(segment.ended_ns - START_NS - end_s * SECOND) <= TOLERANCE_NS
        spoken_s = end_s - start_s
        assert abs(len(segment.samples) / RATE_HZ - (0.3 + spoken_s + 0.2)) < 0.1


def test_a_pause_in_a_sentence_does_not_cut_it_and_a_click_is_none() -> None:
    segments = cut(np.concatenate([quiet(1), loud(0.6), quiet(0.3), loud(0.6), quiet(1), loud(0.1), quiet(1)]), Segmenter(LoudIsVoice()))
    assert len(segments) == 1


def test_what_does_not_end_is_cut_and_loses_nothing() -> None:
    segments = cut(loud(20), Segmenter(LoudIsVoice(), SegmentRules(longest_s=8.0)))
    assert len(segments) == 3
    assert sum(len(segment.samples) for segment in segments) >= 20 * RATE_HZ - WINDOW


def test_a_gap_in_time_ends_the_utterance_and_forgets() -> None:
    voice = LoudIsVoice()
    segmenter = Segmenter(voice)
    resets = voice.resets
    found = list(segmenter.feed(loud(1), START_NS))
    found += segmenter.feed(quiet(0.1), START_NS + 60 * SECOND)
    assert [abs(one.ended_ns - START_NS - SECOND) <= TOLERANCE_NS for one in found] == [True]
    assert voice.resets > resets


def test_silence_and_noise_are_no_speech_and_recordings_are(shared: Path) -> None:
    voice = VoiceActivity(shared / "data/models/silero_vad.onnx")
    noise = np.random.default_rng(7).normal(0, 0.02, 3 * RATE_HZ).astype(np.float32)
    assert cut(np.concatenate([quiet(2), noise]), Segmenter(voice)) == []
    spoken, rate = recording(shared / "data/speech/deepspeech/arctic_a0024.wav")
    assert rate == RATE_HZ
    segments = cut(np.concatenate([quiet(2), spoken, quiet(1)]), Segmenter(voice))
    covered = sum(one.ended_ns - one.started_ns for one in segments) / SECOND
    assert segments[0].started_ns - START_NS > 1.9 * SECOND
    assert covered > 0.6 * len(spoken) / RATE_HZ


def test_what_is_no_such_network_says_so(tmp_path: Path, shared: Path) -> None:
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"no network")
    for path in (bad, tmp_path / "absent.onnx", shared / "data/models/face_detection_yunet_2023mar.onnx"):
        with pytest.raises(EnvironmentFault, match="Install it again") as raised:
            VoiceActivity(path)
        assert raised.value.reason == "model_damaged"


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 22050, 44100, 48000])
def test_resampling_keeps_a_tone_and_its_place_however_it_is_cut(rate_hz: int) -> None:
    time_s = np.arange(rate_hz) / rate_hz
    tone = np.sin(2 * np.pi * 1000 * time_s).astype(np.float32)
    whole = Resampler(rate_hz)
    at_once = whole.feed(tone)
    pieces = Resampler(rate_hz)
    cut_up = np.concatenate([pieces.feed(tone[at : at + 441]) for at in range(0, rate_hz, 441)])
    np.testing.assert_allclose(cut_up, at_once, atol=1e-5)
    assert abs(len(at_once) - RATE_HZ) <= 2
    expected = np.sin(2 * np.pi * 1000 * (np.arange(len(at_once)) / RATE_HZ - whole.delay_s))
    middle = slice(2000, 14000)
    assert np.abs(at_once[middle] - expected[middle]).max() < 0.05


def test_what_a_lower_rate_cannot_hold_is_taken_out() -> None:
    time_s = np.arange(48000) / 48000
    hiss = np.sin(2 * np.pi * 12_000 * time_s).astype(np.float32)
    assert np.abs(Resampler(48000).feed(hiss)[1000:]).max() < 0.01


def test_no_rate_of_sound() -> None:
    for rate in (0, 100, 1_000_000):
        with pytest.raises(InputError, match="8000"):
            Resampler(rate)


def test_channels_are_mixed_and_what_is_not_finite_is_silence() -> None:
    stereo = np.array([[16384, 0], [0, 16384]], np.int16)
    np.testing.assert_allclose(mono(stereo), [0.25, 0.25])
    np.testing.assert_array_equal(mono(np.array([np.nan, np.inf, 0.5], np.float32)), np.array([0, 0, 0.5], np.float32))
