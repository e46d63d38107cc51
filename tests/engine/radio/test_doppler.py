"""Doppler shifts from frames without a common phase, and people found by them in a room with a static wave."""

import numpy as np
import pytest

from engine.model.site import Floor, RadioSettings
from engine.radio.links.doppler import left_over, no_spectra, stirring
from engine.radio.links.features import LinkBank
from engine.radio.links.ripples import RATES_HZ, Ripples
from engine.radio.location.fusion import BlobFusion
from engine.sources.simulated.waves.batches import room_batches, room_positions

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


def test_what_others_claim_is_taken_off_and_the_rest_stands_out() -> None:
    spectra = np.ones((1, len(RATES_HZ)))
    spectra[0, np.abs(RATES_HZ - 6) < 1] = 20
    spectra[0, np.abs(RATES_HZ + 9) < 1] = 5
    claim = np.where(np.abs(RATES_HZ - 6) < 2, 1.0, 0.0)[None]
    rest = left_over(spectra, [claim])
    assert rest[0].argmax() == np.flatnonzero(RATES_HZ == -9)[0] and rest[0, RATES_HZ == 6] == 1
    assert left_over(spectra, [claim / 10])[0].argmax() == spectra[0].argmax()
    assert (left_over(spectra, []) == spectra).all()


def blobs_and_truth(seed: int, seconds: float, **options: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Tick by tick, places on the floor, of a run of the room world after five seconds."""
    bank, fusion, ids = LinkBank(), BlobFusion(), iter(range(1000))
    fusion.place(room_positions(nodes=options["nodes"]), Floor(), RadioSettings())
    seen = []
    for step in room_batches(seed, duration_s=seconds, **options):
        bank.take(step.batch)
        blobs = fusion.step(step.now_ns, bank.features(step.now_ns), lambda kind: f"{kind}-{next(ids)}").blobs
        places = [np.array([spot.position[:2] for spot in spots]).reshape(-1, 2) for spots in (blobs, step.truth)]
        seen.append((places[0], places[1]))
    return seen[50:]


def test_a_walker_in_a_room_with_a_static_wave_is_found_within_a_metre_and_is_one() -> None:
    seen = blobs_and_truth(17, 30.0, nodes=4, walkers=1)
    away = [np.hypot(*(blobs - truth[0]).T).min(initial=np.inf) for blobs, truth in seen]
    assert np.median(away) < 0.8
    assert np.mean(np.isfinite(away)) > 0.9
    assert np.mean([len(blobs) > 1 for blobs, _ in seen]) < 0.1


def test_two_walkers_in_a_room_with_a_static_wave_are_two_blobs() -> None:
    seen = blobs_and_truth(2, 25.0, nodes=6, walkers=2)
    assert np.mean([len(blobs) == 2 for blobs, _ in seen]) > 0.6
