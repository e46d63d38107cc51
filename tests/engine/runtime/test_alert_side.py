"""What is shown of alerts: made when somebody looks, the same until something changes."""

import threading
from dataclasses import replace

from engine.model.alerts.alert import AlarmLoad, Alert, AlertState
from engine.model.alerts.decision import Decision
from engine.model.alerts.settings import AlertSettings, SiteMode
from engine.model.event import EventKind, Severity
from engine.model.observation import Observation, Tick
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.runtime.alerts.alert_side import AlertSide
from tests.fakes.ports import InboxOf


class Known:
    alerts: tuple[Alert, ...] = ()
    held_decisions: tuple[Decision, ...] = ()
    load = AlarmLoad()


class Record:
    def open_alerts(self) -> tuple[Alert, ...]:
        return ()


def alert(number: int, state: AlertState = AlertState.NEW) -> Alert:
    return Alert(f"al-{number}", "de", "rule", EventKind.INCIDENT, Severity.HIGH, number, number, state, f"ev-{number}")


def side() -> AlertSide:
    posted: list[Observation] = []
    return AlertSide(Known(), Record(), InboxOf(posted.append))


def told(to: AlertSide, *alerts: Alert) -> None:
    to.on_step(StepResult(1, alerts=alerts), Tick(1))


def test_it_is_the_same_view_until_something_changes() -> None:
    alerts, settings = side(), Settings()
    told(alerts, alert(1), alert(3), alert(2))
    view = alerts.view(settings)
    assert [each.id for each in view.alerts] == ["al-3", "al-2", "al-1"]
    told(alerts)
    assert alerts.view(settings) is view
    away = replace(settings, alerts=replace(AlertSettings(), mode=SiteMode.AWAY))
    assert alerts.view(away).mode is SiteMode.AWAY and alerts.view(away).alerts == view.alerts
    told(alerts, alert(3, AlertState.CLOSED))
    assert [each.id for each in alerts.view(settings).alerts] == ["al-2", "al-1"]


def test_alerts_are_counted_without_a_view() -> None:
    alerts = side()
    told(alerts, alert(1), alert(2), alert(3))
    assert alerts.counts() == (3, 3)
    told(alerts, alert(1, AlertState.ACKNOWLEDGED), alert(2, AlertState.CLOSED))
    assert alerts.counts() == (2, 1) == (len(alerts.view(Settings()).alerts), alerts.view(Settings()).new_count)
    told(alerts, alert(1))
    assert alerts.counts() == (2, 2)
    assert alerts.alert("al-1") == alert(1) and alerts.alert("al-2") is None


def test_whoever_looks_while_it_changes_sees_one_state_or_the_other() -> None:
    alerts, ended = side(), threading.Event()
    seen: list[bool] = []

    def look() -> None:
        while not ended.is_set():
            ids = {each.id for each in alerts.view(Settings()).alerts}
            seen.append(len(ids) % 2 == 0 and all(f"al-{int(each[3:]) ^ 1}" in ids for each in ids))

    looker = threading.Thread(target=look)
    looker.start()
    for number in range(0, 400, 2):
        told(alerts, alert(number), alert(number + 1))
    while not seen:
        pass
    ended.set()
    looker.join()
    assert all(seen)
