"""Doppler shifts from frames without a common phase, and people found by them in a room with a static wave."""

import numpy as np
import pytest

from engine.model.site import Floor, RadioSettings
from engine.radio.doppler import left_over, no_spectra, stirring
from engine.radio.features import LinkBank
from engine.radio.fusion import BlobFusion
from engine.radio.ripples import RATES_HZ, Ripples
from engine.sources.simulated.batches import room_batches, room_positions

MS = 1_000_000
STEP_MS = 50


def spectrum(shift_hz: float, size: float, seconds: float = 4.0, seed: int = 1) -> np.ndarray:
    """Of one path whose static wave is joined by one that turns `shift_hz` times a second; each frame has its own offset and slope."""
    chance, ripples = np.random.default_rng(seed), Ripples()
    ripples.grow(1)
    row, place = np.zeros(1, np.intp), np.fft.fftfreq(64, 1 / 64)
    static = 20 * np.exp(2j * np.pi * place * 0.004) * (1 + 0.4 * np.cos(place / 9))
    for number in range(round(seconds * 1000 / STEP_MS)):
        at_ns = number * STEP_MS * MS
        body = size * np.exp(2j * np.pi * (shift_hz * at_ns * 1e-9 - place * 0.009))
        radio = np.exp(1j * (chance.uniform(0, 6.28) + chance.uniform(-0.2, 0.2) * place))
        noise = chance.normal(0, 0.7, 64) + 1j * chance.normal(0, 0.7, 64)
        waves = ((static + body) * radio + noise)[None].astype(np.complex64)
        ripples.step(row, np.array([STEP_MS / 1000]), np.array([at_ns]), waves)
    return ripples.spectra(round(seconds * 1000) * MS)


@pytest.mark.parametrize("shift_hz", [-8.0, -3.0, 4.0, 7.0])
def test_a_wave_that_turns_shows_at_its_shift_with_its_sign(shift_hz: float) -> None:
    near = np.abs(RATES_HZ) < 9.5  # frames come 20 times a second: what is faster looks slower
    power = np.where(near, spectrum(shift_hz, 1.5)[0], 0)
    assert abs(RATES_HZ[power.argmax()] - shift_hz) <= 1.5
    assert stirring(power[None])[0] == 1


def test_noise_alone_stirs_nothing() -> None:
    assert not any(stirring(spectrum(5.0, 0.0, seed=seed) / 1.4)[0] for seed in range(6))  # one direction; links have the mean of two


def test_few_frames_tell_nothing() -> None:
    assert not spectrum(5.0, 1.5, seconds=0.2).any()
    assert not stirring(no_spectra(3)).any()


def test_what_others_explain_is_taken_off_and_the_rest_stands_out() -> None:
    spectra = np.ones((1, len(RATES_HZ)))
    spectra[0, np.abs(RATES_HZ - 6) < 1] = 20
    spectra[0, np.abs(RATES_HZ + 9) < 1] = 5
    rest = left_over(spectra, [(np.array([6.0]), np.array([0.5]))])
    assert rest[0].argmax() == np.flatnonzero(RATES_HZ == -9)[0] and rest[0, RATES_HZ == 6] <= 1
    vague = left_over(spectra, [(np.array([6.0]), np.array([5.0]))])
    assert vague[0].argmax() == spectra[0].argmax()


def test_a_walker_in_a_room_with_a_static_wave_is_found_within_a_metre() -> None:
    bank, fusion, radio = LinkBank(), BlobFusion(), RadioSettings()
    fusion.place(room_positions(), Floor(), radio)
    away = []
    for step in room_batches(17, duration_s=30.0):
        bank.take(step.batch)
        blobs = fusion.step(step.now_ns, bank.features(step.now_ns), lambda kind: kind).blobs
        x, y, _ = step.truth[0].position
        away += [min((np.hypot(blob.position[0] - x, blob.position[1] - y) for blob in blobs), default=np.inf)]
    assert np.median(away[50:]) < 0.8
    assert np.mean(np.isfinite(away[50:])) > 0.9
