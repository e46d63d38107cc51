"""Hands become speeds: drag, keys, a joystick of this machine; and a voice becomes G.711."""

import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPointF, QSizeF, Qt
from pytestqt.qtbot import QtBot

from console.steering import driving
from console.steering.driving import Driving
from console.steering.joystick import Joystick
from console.steering.microphone import mulaw
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.ptz.commands import SteerCamera
from widgets.steering.velocity import STILL, drag_velocity, key_velocity

TILE = QSizeF(640, 360)
NONE = Qt.KeyboardModifier.NoModifier


def test_a_drag_is_faster_the_further_and_nothing_near_its_begin() -> None:
    begin = QPointF(320, 180)
    assert drag_velocity(begin, begin + QPointF(6, -6), TILE) == STILL
    near, far = (drag_velocity(begin, begin + QPointF(by, 0), TILE)[0] for by in (40, 120))
    assert 0 < near < far / 3, "fine near the begin"
    assert drag_velocity(begin, begin + QPointF(0, -900), TILE) == pytest.approx((0.0, 1.0, 0.0)), "up is positive, and full speed the most"


def test_keys_add_up_and_shift_and_ctrl_change_the_speed() -> None:
    both = {Qt.Key.Key_Left, Qt.Key.Key_Up}
    assert key_velocity(both, NONE) == (-0.5, 0.5, 0.0)
    assert key_velocity(both, Qt.KeyboardModifier.ShiftModifier) == (-1.0, 1.0, 0.0)
    assert key_velocity({Qt.Key.Key_Minus}, Qt.KeyboardModifier.ControlModifier) == (0.0, 0.0, -0.15)
    assert key_velocity({Qt.Key.Key_Left, Qt.Key.Key_Right}, NONE) == STILL


class SlowLine:
    """Takes the place of the bridge: what is told is answered when the test says so."""

    def __init__(self) -> None:
        self.told: list[float] = []

    def tell(self, command: SteerCamera, on_done: Callable[[], None], on_error: Callable[[WatchroomError], None], **_: Any) -> None:
        self.told.append(command.pan)
        self.answer, self.refuse = on_done, on_error


@pytest.fixture
def line() -> SlowLine:
    return SlowLine()


@pytest.fixture
def hand(line: SlowLine, qtbot: QtBot) -> Iterator[Driving]:
    parent = QObject()
    yield Driving(line, parent)  # type: ignore[arg-type]


def tap(hand: Driving, pan: float) -> None:
    hand.drive("yard", (pan, 0.0, 0.0))
    hand.drive("yard", STILL)


def test_a_tap_while_a_message_is_on_its_way_is_sent_after_it(line: SlowLine, hand: Driving) -> None:
    tap(hand, 0.5)
    tap(hand, -0.5)
    assert line.told == [0.5]
    line.answer()
    line.answer()
    assert line.told == [0.5, -0.5, 0.0], "and the camera stops after it"
    line.answer()
    assert line.told == [0.5, -0.5, 0.0] and not hand.on_way


def test_a_tap_that_has_become_old_is_not_sent_but_said(line: SlowLine, hand: Driving, monkeypatch: pytest.MonkeyPatch) -> None:
    late: list[bool] = []
    hand.late.connect(lambda: late.append(True))
    tap(hand, 0.5)
    tap(hand, -0.5)
    monkeypatch.setattr(driving, "STALE_MS", -1)
    line.answer()
    assert line.told == [0.5, 0.0] and late == [True]


def test_nothing_is_made_up_for_after_a_refusal_or_the_end(line: SlowLine, hand: Driving) -> None:
    refused: list[WatchroomError] = []
    hand.refused.connect(refused.append)
    tap(hand, 0.5)
    tap(hand, -0.5)
    line.refuse(EnvironmentFault("held", "Ada steers."))
    assert line.told == [0.5] and len(refused) == 1 and not hand.on_way
    tap(hand, 0.5)
    tap(hand, -0.5)
    hand.stop()
    line.answer()
    assert line.told == [0.5, 0.5, 0.0]


@pytest.mark.parametrize(("reason", "goes_on"), [("ptz_offline", True), ("held", False)])
def test_a_held_key_moves_the_camera_once_it_answers(line: SlowLine, hand: Driving, qtbot: QtBot, reason: str, goes_on: bool) -> None:
    refused: list[WatchroomError] = []
    hand.refused.connect(refused.append)
    hand.drive("yard", (0.5, 0.0, 0.0))
    for attempt in range(2, 4 if goes_on else 2):
        line.refuse(EnvironmentFault(reason, "Not now."))
        qtbot.waitUntil(lambda number=attempt: len(line.told) == number, timeout=30_000)
    if not goes_on:
        line.refuse(EnvironmentFault(reason, "Not now."))
    assert len(refused) == 1 and hand.moving == goes_on, "said once, however often it is asked"
    line.answer()
    hand.drive("yard", STILL)
    assert line.told == ([0.5, 0.5, 0.5, 0.0] if goes_on else [0.5])


def test_a_joystick_is_found_when_it_is_plugged_in_and_stops_when_it_is_pulled_out(tmp_path: Path, qtbot: QtBot) -> None:
    parent = QObject()
    joystick = Joystick(parent, tmp_path)
    told: list[tuple[float, float, float]] = []
    joystick.velocity_changed.connect(lambda *velocity: told.append(velocity))
    pressed: list[int] = []
    joystick.pressed.connect(pressed.append)
    assert not joystick.present
    os.mkfifo(tmp_path / "js0")
    joystick.look()
    assert joystick.present
    device = os.open(tmp_path / "js0", os.O_WRONLY)
    os.write(device, struct.pack("=IhBB", 0, 2000, 0x82, 0))  # at rest, a little off its middle
    os.write(device, struct.pack("=IhBB", 1, 32767, 0x02, 0) + struct.pack("=IhBB", 1, -32767, 0x02, 1))
    qtbot.waitUntil(lambda: bool(told) and told[-1] == (1.0, 1.0, 0.0))
    os.write(device, struct.pack("=IhBB", 2, 1, 0x01, 2) + struct.pack("=IhBB", 2, 0, 0x01, 2))
    qtbot.waitUntil(lambda: pressed == [3])
    os.close(device)
    qtbot.waitUntil(lambda: not joystick.present)
    assert told[-1] == STILL
    joystick.close()


def test_a_voice_as_mu_law_is_within_its_steps() -> None:
    samples = np.arange(-32768, 32768, 7).astype(np.int16)
    codes = np.frombuffer(mulaw(samples), np.uint8)
    inverted = ~codes & 0xFF
    exponent, mantissa = (inverted & 0x70) >> 4, inverted & 0x0F
    size = (((mantissa.astype(np.int64) << 3) + 0x84) << exponent) - 0x84
    decoded = np.where(inverted & 0x80, -size, size)
    step = 1 << (exponent.astype(np.int64) + 3)
    assert (np.abs(decoded - np.clip(samples.astype(np.int64), -32635, 32635)) <= step).all()
    assert mulaw(np.zeros(1, np.int16)) == b"\xff"
