"""Sound on its way to the loudspeaker: bounded whatever the clocks do, and fitted to what the loudspeaker takes."""

import numpy as np
import pytest

from console.sound.sound_buffer import BEGIN_S, KEPT_S, MOST_S, Fitted, SoundBuffer, level_of
from engine.model.cameras.sound import SOUND_HZ

TICK_S = 0.02


def ran(camera_hz: float, seconds: float, most: int = 4_800) -> tuple[SoundBuffer, list[int], int]:
    """A loudspeaker that plays exactly `SOUND_HZ`, a camera whose clock differs: what waited after each tick, and how often it ran dry."""
    buffer, held, waited, dry, owed = SoundBuffer(), 0, [], 0, 0.0
    for _ in range(round(seconds / TICK_S)):
        owed += camera_hz * TICK_S
        buffer.add(np.ones(int(owed), np.int16))
        owed -= int(owed)
        held += len(buffer.take(most - held, held))
        waited.append(buffer.waiting + held)
        if held < SOUND_HZ * TICK_S:
            dry += 1
        held = max(held - round(SOUND_HZ * TICK_S), 0)
    return buffer, waited, dry


def test_it_begins_when_enough_is_there_and_gives_what_there_is_room_for() -> None:
    buffer = SoundBuffer()
    buffer.add(np.ones(round(BEGIN_S * SOUND_HZ) - 1, np.int16))
    assert len(buffer.take(4_800, 0)) == 0
    buffer.add(np.ones(1, np.int16))
    assert len(buffer.take(1_000, 0)) == 1_000
    assert buffer.waiting == round(BEGIN_S * SOUND_HZ) - 1_000
    assert len(buffer.take(0, 1_000)) == 0
    buffer.clear()
    assert buffer.waiting == 0


@pytest.mark.parametrize("camera_hz", [SOUND_HZ * 1.002, SOUND_HZ * 1.05, SOUND_HZ * 0.998])
def test_clocks_that_drift_keep_it_bounded(camera_hz: float) -> None:
    """Two per mille is forty times what crystals drift; five per cent no crystal does."""
    buffer, waited, dry = ran(camera_hz, 120.0)
    assert max(waited) <= MOST_S * SOUND_HZ + SOUND_HZ * TICK_S
    assert (buffer.skipped > 0) is (camera_hz > SOUND_HZ)
    assert dry < 20


def test_much_at_once_is_cut_to_the_newest() -> None:
    buffer = SoundBuffer()
    buffer.add(np.arange(SOUND_HZ, dtype=np.int64).astype(np.int16))
    given = buffer.take(SOUND_HZ, 0)
    assert len(given) == round(KEPT_S * SOUND_HZ) and given[-1] == np.int64(SOUND_HZ - 1).astype(np.int16)
    assert buffer.skipped == SOUND_HZ - len(given)
    buffer.add(np.ones(SOUND_HZ, np.int16))
    assert len(buffer.take(100, SOUND_HZ)) == 0  # the loudspeaker itself is too far behind


@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 1), (44_100, 2), (96_000, 2), (16_000, 1)])
def test_a_tone_stays_that_tone_however_it_is_cut(rate_hz: int, channels: int) -> None:
    tone = np.round(np.sin(2 * np.pi * 440 * np.arange(SOUND_HZ) / SOUND_HZ) * 16_000).astype(np.int16)
    whole = Fitted(rate_hz, channels).feed(tone)
    cut = Fitted(rate_hz, channels)
    pieces = np.concatenate([cut.feed(tone[start : start + 777]) for start in range(0, SOUND_HZ, 777)])
    assert whole.shape[1] == channels and abs(len(whole) - rate_hz) <= 2
    assert len(pieces) == len(whole) and np.allclose(pieces, whole, atol=1e-3)
    spectrum = np.abs(np.fft.rfft(whole[:, 0] * np.hanning(len(whole))))
    assert np.argmax(spectrum) * rate_hz / len(whole) == pytest.approx(440, abs=1.5)


def test_the_level_goes_from_nothing_to_everything() -> None:
    square = np.full(960, 32_767, np.int16)
    levels = [level_of(samples) for samples in (np.zeros(0, np.int16), np.zeros(960, np.int16), square // 1_000, square // 10, square)]
    assert levels == pytest.approx([0.0, 0.0, 0.0, 2 / 3, 1.0], abs=0.02)
