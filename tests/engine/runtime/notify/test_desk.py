"""Alerts as they change, and the messages they call for: once each, unless it is graver or nobody answers."""

from collections.abc import Iterable

import pytest

from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.delivery import Delivery
from engine.model.alerts.notify_settings import ChannelSettings
from engine.model.event import Severity
from engine.model.time import ManualClock
from engine.runtime.notify.desk import AlertDesk
from tests.engine.runtime.notify.told import RAISED_NS, SLACK, acknowledged, alert, escalated, minutes, site, wanting
from tests.fakes.ports import SettingsOf


class Box:
    """An outbox that is only looked into."""

    def __init__(self) -> None:
        self.put_in: list[Delivery] = []
        self.dropped: list[str] = []

    def put(self, deliveries: Iterable[Delivery]) -> None:
        self.put_in.extend(deliveries)

    def drop(self, event_id: str) -> None:
        self.dropped.append(event_id)

    def keys(self) -> list[str]:
        found = [delivery.key for delivery in self.put_in]
        self.put_in.clear()
        return found


class Told:
    def __init__(self, *channels: ChannelSettings) -> None:
        self.clock = ManualClock(RAISED_NS)
        self.open: dict[str, Alert] = {}
        self.box = Box()
        self.desk = AlertDesk(SettingsOf(lambda: site(*channels)), lambda: (), self.open.get, self.clock)

    def take(self, *alerts: Alert, after_min: float = 0.0) -> list[str]:
        self.clock.advance_to(self.clock.now_ns() + minutes(after_min))
        for each in alerts:
            self.open[each.id] = each
        self.desk.take(alerts, self.box)
        return self.box.keys()


def test_it_is_told_when_raised_and_not_when_merely_touched() -> None:
    told = Told(SLACK)
    assert told.take(alert()) == ["al-1.0.s4"]
    assert told.take(alert(event_ids=("ev-1", "ev-2")), alert(seen_by=("ada",))) == []


def test_each_escalation_and_worsening_is_told_once() -> None:
    told = Told(SLACK)
    told.take(alert())
    assert told.take(escalated(1), escalated(1), escalated(2)) == ["al-1.1.s4", "al-1.2.s4"]
    assert told.take(escalated(2, severity=Severity.CRITICAL)) == ["al-1.2.s5"]


def test_an_acknowledgement_drops_what_waits_and_a_worsening_after_it_is_told() -> None:
    told = Told(SLACK)
    told.take(alert())
    assert told.take(acknowledged()) == [] and told.box.dropped == ["al-1"]
    assert told.take(alert(severity=Severity.CRITICAL)) == ["al-1.0.s5"]


def test_closing_is_told_where_asked_once() -> None:
    told, closed = Told(wanting(closing=True)), alert(state=AlertState.CLOSED, disposition=Disposition.TRUE)
    told.take(alert())
    assert told.take(closed) == ["al-1.closed"] and told.box.dropped == ["al-1"]
    assert Told(SLACK).take(closed) == []


def test_a_group_is_told_of_once_until_its_cooldown_is_over() -> None:
    told = Told(wanting(cooldown_s=600))
    assert told.take(alert(1, group="door")) and not told.take(alert(2, group="door"), after_min=9)
    assert told.take(alert(3, group="window"))
    assert told.take(alert(4, group="door"), after_min=1)


def test_what_is_graver_or_not_answered_breaks_the_cooldown() -> None:
    told = Told(wanting(cooldown_s=600))
    told.take(alert(1, group="door"))
    assert told.take(alert(2, group="door", severity=Severity.CRITICAL))
    assert not told.take(alert(3, group="door"), after_min=1)
    assert told.take(escalated(1, 3, group="door"), after_min=2) == ["al-3.1.s4"]


def test_each_channel_has_a_cooldown_of_its_own() -> None:
    told = Told(wanting(cooldown_s=600), ChannelSettings("all", SLACK.kind))
    assert len(told.take(alert(1, group="door"))) == 2
    assert [delivery for delivery in told.take(alert(2, group="door"))] == ["al-2.0.s4"]


@pytest.mark.parametrize("replayed", [True, False])
def test_after_a_start_only_what_was_said_again_is_told_again(replayed: bool) -> None:
    told = Told(SLACK)
    told.desk.start((alert(1), alert(2)), (alert(2),) if replayed else (), told.box)
    assert told.box.keys() == (["al-2.0.s4"] if replayed else [])
    assert told.take(alert(1), alert(2)) == []
    assert told.take(escalated(1)) == ["al-1.1.s4"]


def test_a_channel_that_is_new_is_not_told_of_what_is_old() -> None:
    told = Told()
    told.take(alert())
    told.desk._settings = SettingsOf(lambda: site(SLACK))
    assert told.take(alert(seen_by=("ada",))) == []
