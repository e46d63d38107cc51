"""Alerts call the operator on this machine until somebody acknowledges or mutes them."""

import sys
import wave
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from console.session.remembered import Remembered
from console.sound.alarm import Alarm, QtTone, write_tone
from console.sound.alarm_button import AlarmButton
from console.window import MainWindow
from engine.model.alerts.alert import Alert, AlertState
from engine.model.event import EventKind, Severity
from engine.model.settings import Settings
from engine.model.site import Floor, Zone
from engine.model.snapshot import AlertView, Snapshot
from engine.model.time import SECOND

NOW_NS = 1_790_000_000 * SECOND
FALL = Alert("al-1", "de-1", "urgent", EventKind.FALL, Severity.CRITICAL, NOW_NS, NOW_NS, zone_id="kitchen", person="Ada")
HOME = Settings("Home", floor=Floor(zones=(Zone("kitchen", "Kitchen", 0, 0, 3, 3),)))


class Heard:
    def __init__(self) -> None:
        self.why_silent = ""
        self.played = self.stopped = 0

    def play(self) -> None:
        self.played += 1

    def stop(self) -> None:
        self.stopped += 1


class Seen:
    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []
        self.told: list[tuple[str, Severity]] = []

    def show(self, title: str, text: str, alert_id: str = "", severity: Severity = Severity.MODERATE) -> None:
        self.shown.append((title, text))
        self.told.append((alert_id, severity))


class Desk:
    """An operator's desk with an alarm on it."""

    def __init__(self, remembered: Remembered, user: str = "ada") -> None:
        self.tone, self.seen = Heard(), Seen()
        self.locked = False
        self.alarm = Alarm(user, remembered, self.tone, self.seen, locked=lambda: self.locked)

    def look(self, *alerts: Alert) -> None:
        self.alarm.show_snapshot(Snapshot(1, NOW_NS, HOME, alerts=AlertView(alerts)))


@pytest.fixture
def desk(remembered: Remembered, qapp: object) -> Desk:
    return Desk(remembered)


def test_it_repeats_until_somebody_acknowledges(desk: Desk, qtbot: QtBot) -> None:
    desk.alarm._timer.setInterval(5)
    desk.look(FALL)
    assert desk.alarm.sounding
    qtbot.waitUntil(lambda: desk.tone.played >= 3)
    desk.look(replace(FALL, state=AlertState.ACKNOWLEDGED))
    assert not desk.alarm.sounding and desk.tone.stopped == 1


def test_on_a_locked_console_a_message_names_neither_place_nor_event(desk: Desk) -> None:
    desk.locked = True
    desk.look(FALL)
    assert desk.seen.shown == [("Critical alert", "Unlock the console to see it.")]


def test_only_alerts_that_are_grave_enough_make_messages_all_are_heard(desk: Desk) -> None:
    desk.alarm.tell_from(Severity.HIGH)
    low = replace(FALL, id="al-low", severity=Severity.LOW)
    desk.look(low)
    assert desk.seen.shown == [] and desk.alarm.sounding
    desk.look(low, FALL)
    assert desk.seen.told == [(FALL.id, Severity.CRITICAL)]


def test_a_message_says_what_and_where_and_no_name(desk: Desk) -> None:
    desk.look(FALL)
    desk.look(replace(FALL, seen_by=("ada",)))
    assert desk.seen.shown == [("Critical: Fall detected", "Kitchen")]


def test_what_is_simulated_says_so(desk: Desk) -> None:
    desk.look(replace(FALL, simulated=True))
    assert desk.seen.shown[0][0].startswith("SIMULATED: ")


def test_many_at_once_are_told_in_one(desk: Desk) -> None:
    desk.look(*(replace(FALL, id=f"al-{number}") for number in range(10)))
    assert len(desk.seen.shown) == 3 and desk.seen.shown[-1][0] == "8 more alerts"


def test_a_mute_ends_with_the_next_alert_or_escalation(desk: Desk) -> None:
    desk.look(FALL)
    desk.alarm.mute()
    assert not desk.alarm.sounding and desk.alarm.muted
    desk.look(replace(FALL, seen_by=("ada",)))
    assert not desk.alarm.sounding
    desk.look(replace(FALL, level=1))
    assert desk.alarm.sounding and desk.seen.shown[-1][1] == "Kitchen. Unacknowledged."
    desk.alarm.mute()
    desk.look(replace(FALL, level=1), replace(FALL, id="al-2"))
    assert desk.alarm.sounding


def test_what_is_shelved_does_not_call(desk: Desk) -> None:
    desk.look(replace(FALL, shelved_until_ns=NOW_NS + SECOND))
    assert not desk.alarm.sounding and not desk.seen.shown


def test_each_user_s_choice_is_remembered(desk: Desk, remembered: Remembered) -> None:
    desk.alarm.want_sound(False)
    desk.alarm.want_messages(False)
    desk.look(FALL)
    assert not desk.alarm.sounding and not desk.seen.shown and "switched off" in desk.alarm.why_silent
    again, other = Desk(remembered), Desk(remembered, "bo")
    assert not again.alarm.sound_wanted and not again.alarm.messages_wanted
    assert other.alarm.sound_wanted and other.alarm.messages_wanted


def test_switched_on_again_it_sounds_for_what_still_calls(desk: Desk) -> None:
    desk.alarm.want_sound(False)
    desk.look(FALL)
    desk.alarm.want_sound(True)
    assert desk.alarm.sounding


def test_the_button_says_how_it_is_and_mutes(desk: Desk, qtbot: QtBot) -> None:
    button = AlarmButton(desk.alarm)
    qtbot.addWidget(button)
    assert button.accessibleName() == "Sound on" and not button.text() and not button.mute.isEnabled()
    desk.look(FALL)
    assert button.text() == "Mute"
    button.click()
    assert button.text() == "Muted" and not desk.alarm.sounding
    desk.tone.why_silent = "Alerts cannot be heard: this computer has no working loudspeaker."
    desk.alarm.changed.emit()
    assert button.text() == "Silent" and "no working loudspeaker" in button.accessibleDescription()
    desk.tone.why_silent = ""
    button.sound.trigger()
    assert not desk.alarm.sound_wanted and button.text() == "Silent"


def test_without_a_loudspeaker_it_is_silent_and_says_why(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoOutput:
        @staticmethod
        def audioOutputs() -> list[object]:
            return []

    sound = SimpleNamespace(QMediaDevices=NoOutput, QSoundEffect=object)  # Qt's own needs libraries that a machine may not have
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", sound)
    tone = QtTone()
    tone.play()
    tone.stop()
    tone.close()
    assert "no working loudspeaker" in tone.why_silent


def test_the_sound_is_short_and_does_not_click(tmp_path: Path) -> None:
    write_tone(tmp_path / "alert.wav")
    with wave.open(str(tmp_path / "alert.wav")) as file:
        seconds, data = file.getnframes() / file.getframerate(), memoryview(file.readframes(file.getnframes())).cast("h")
    assert 0.2 < seconds < 1.0 and abs(data[0]) < 50 and abs(data[-1]) < 2000 and max(data) > 10_000
    assert max(abs(b - a) for a, b in pairwise(data)) < 4000


def test_the_window_calls_and_falls_silent_when_it_closes(open_window: "object", qtbot: QtBot) -> None:
    window = open_window("ada")  # type: ignore[operator]
    assert isinstance(window, MainWindow) and window.status.findChild(AlarmButton) is not None
    window.alarm._tone = Heard()
    window.alarm.show_snapshot(Snapshot(1, NOW_NS, HOME, alerts=AlertView((FALL,))))
    assert window.alarm.sounding
    window.close()
    assert not window.alarm.sounding
