"""Which messages an alert calls for, when, and in what words."""

import json
from dataclasses import replace
from typing import Any

import pytest

from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.delivery import Delivery
from engine.model.alerts.notify_settings import AlertWants, ChannelSettings, WebhookSettings
from engine.model.alerts.settings import Hours
from engine.model.event import EventKind, Severity
from engine.model.settings import Settings
from engine.model.time import from_iso
from engine.runtime.notify.deliveries import alert_deliveries, unneeded
from tests.engine.runtime.notify.told import RAISED_NS, SLACK, acknowledged, alert, escalated, minutes, site, wanting

NIGHT = Hours(start_min=22 * 60, end_min=7 * 60)


def bodies(found: tuple[Delivery, ...]) -> list[dict[str, Any]]:
    return [json.loads(delivery.body) for delivery in found]


def only(of: Alert, settings: Settings, now_ns: int = RAISED_NS, **more: Any) -> Delivery:
    (found,) = alert_deliveries(of, settings, now_ns, **more)
    return found


def told(of: Alert, channel: ChannelSettings, now_ns: int = RAISED_NS, told_level: int = -1) -> bool:
    return bool(alert_deliveries(of, site(channel), now_ns, told_level))


def test_a_message_says_what_where_when_and_how_to_get_there() -> None:
    (body,) = bodies(alert_deliveries(alert(), site(wanting(names=True)), RAISED_NS))
    assert body["title"] == "High: Fall detected, Kitchen"
    assert (body["severity"], body["severity_level"], body["zone"], body["person"]) == ("high", 4, "Kitchen", "Ada")
    assert body["time"] == "2026-09-21 16:13:20 CEST (UTC+02:00)" and body["timestamp"] == "2026-09-21T14:13:20.000Z"
    assert body["link"] == "watchroom://alert/al-1" and not body["simulated"]
    assert body["detail"] == "Ada fell and lies still"


def test_names_are_told_only_where_the_settings_say_so() -> None:
    fell = alert(reason="ADA fell beside Ada Bo; Adalbert stood by")
    (body,) = bodies(alert_deliveries(fell, site(wanting()), RAISED_NS, names=("Ada Bo", "Cy")))
    assert body["detail"] == "Somebody fell beside somebody; Adalbert stood by" and body["person"] == ""
    assert "Ada " not in json.dumps(body)


def test_what_is_simulated_says_so_first() -> None:
    (body,) = bodies(alert_deliveries(alert(simulated=True), site(SLACK), RAISED_NS))
    assert body["title"].startswith("SIMULATED: High") and body["simulated"]


def test_text_from_the_world_stays_on_its_line() -> None:
    odd = alert(kind=EventKind.INCIDENT, reason="Fire\r\nBcc: all@example.org\u202e\x00 now", zone_id="", person="")
    (body,) = bodies(alert_deliveries(odd, site(SLACK), RAISED_NS))
    assert body["detail"] == "Fire Bcc: all@example.org now" and "\n" not in body["title"]


def test_made_again_it_is_the_same_message() -> None:
    first, again = (alert_deliveries(alert(), site(SLACK), now_ns) for now_ns in (RAISED_NS, RAISED_NS + 7))
    assert first[0].id == again[0].id == "dl-al-1.0.s4-slack-team" and first[0].key == "al-1.0.s4"
    graver, louder = only(alert(severity=Severity.CRITICAL), site(SLACK)), only(escalated(1), site(SLACK))
    assert len({first[0].key, graver.key, louder.key}) == 3


@pytest.mark.parametrize(
    ("wants", "expected"),
    [
        ({}, True),
        ({"min_severity": Severity.HIGH}, True),
        ({"min_severity": Severity.CRITICAL}, False),
        ({"rule_ids": ("urgent", "other")}, True),
        ({"rule_ids": ("other",)}, False),
        ({"escalation_level": 1}, False),
    ],
)
def test_only_what_a_channel_wants(wants: dict[str, Any], expected: bool) -> None:
    assert told(alert(), wanting(**wants)) is expected


def test_a_channel_that_is_off_is_told_nothing() -> None:
    assert not told(alert(), replace(SLACK, enabled=False))


def test_later_channels_are_told_when_nobody_acknowledged() -> None:
    settings = site(wanting(SLACK), wanting(replace(SLACK, id="boss"), escalation_level=1))
    assert [each.receiver for each in alert_deliveries(alert(), settings, RAISED_NS)] == ["team"]
    found = alert_deliveries(escalated(1), settings, RAISED_NS + minutes(2), told_level=0)
    assert [each.receiver for each in found] == ["team", "boss"]
    assert bodies(found)[1]["what"] == "Nobody has acknowledged this alert for 2 min."


@pytest.mark.parametrize("state", [AlertState.ACKNOWLEDGED, AlertState.IN_PROGRESS, AlertState.CLOSED])
def test_what_somebody_took_is_told_nobody(state: AlertState) -> None:
    assert not told(alert(state=state), SLACK)


def test_a_closing_is_told_to_those_who_asked() -> None:
    closed = alert(state=AlertState.CLOSED, disposition=Disposition.FALSE)
    found = only(closed, site(SLACK, wanting(replace(SLACK, id="log"), closing=True)))
    assert found.receiver == "log" and found.key == "al-1.closed"
    body = json.loads(found.body)
    assert body["title"].startswith("Closed: High") and body["what"] == "The alert was closed as false."


def test_webhooks_take_alerts_where_they_are_set_to() -> None:
    hooks = (WebhookSettings("events", "https://a.example"), WebhookSettings("both", "https://a.example", alerts=AlertWants()))
    found = only(alert(), replace(site(), webhooks=hooks))
    assert (found.channel, found.receiver) == ("webhook", "both")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-09-21T23:30:00+02:00", "2026-09-22T07:00:00+02:00"),
        ("2026-09-22T03:00:00+02:00", "2026-09-22T07:00:00+02:00"),
        ("2026-09-22T06:59:59+02:00", "2026-09-22T07:00:00+02:00"),
        ("2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"),  # the night that is an hour longer
        ("2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"),  # and the one that is an hour shorter
    ],
)
def test_quiet_hours_run_over_midnight_and_through_changes_of_the_clock(at: str, until: str) -> None:
    found = only(alert(), site(wanting(quiet=(NIGHT,))), from_iso(at))
    assert found.due_ns == from_iso(until) and found.key.endswith(".later")


@pytest.mark.parametrize("at", ["2026-09-22T07:00:00+02:00", "2026-09-21T21:59:59+02:00"])
def test_outside_of_them_it_is_told_at_once(at: str) -> None:
    assert only(alert(), site(wanting(quiet=(NIGHT,))), from_iso(at)).due_ns == from_iso(at)


def test_an_hour_that_the_clock_leaves_out_ends_no_later() -> None:
    """Quiet until 02:30, on the night in which 02:00 to 03:00 does not exist."""
    found = only(alert(), site(wanting(quiet=(Hours(start_min=0, end_min=150),))), from_iso("2026-03-29T01:30:00+01:00"))
    assert found.due_ns == from_iso("2026-03-29T03:00:00+02:00")


def test_days_of_quiet_hours_are_those_they_begin_on() -> None:
    friday = wanting(quiet=(replace(NIGHT, days=(4,)),))
    assert only(alert(), site(friday), from_iso("2026-09-26T05:00:00+02:00")).due_ns == from_iso("2026-09-26T07:00:00+02:00")
    assert only(alert(), site(friday), from_iso("2026-09-25T05:00:00+02:00")).due_ns == from_iso("2026-09-25T05:00:00+02:00")


def test_severity_five_comes_through_if_so_chosen() -> None:
    night_ns, grave = from_iso("2026-09-22T03:00:00+02:00"), alert(severity=Severity.CRITICAL)
    assert only(grave, site(wanting(quiet=(NIGHT,))), night_ns).due_ns == night_ns
    assert only(grave, site(wanting(quiet=(NIGHT,), critical_in_quiet=False)), night_ns).due_ns > night_ns


def test_in_quiet_hours_it_waits_once_and_nothing_that_repeats_does() -> None:
    night_ns = from_iso("2026-09-22T03:00:00+02:00")
    assert told(alert(), wanting(quiet=(NIGHT,)), night_ns)
    assert not told(escalated(1), wanting(quiet=(NIGHT,)), night_ns, told_level=0)
    assert told(escalated(2), wanting(quiet=(NIGHT,), escalation_level=1), night_ns, told_level=0)
    assert not told(alert(state=AlertState.CLOSED), wanting(quiet=(NIGHT,), closing=True), night_ns)


def test_always_quiet_is_never_told() -> None:
    assert not told(alert(), wanting(quiet=(Hours(),)))


def test_what_nobody_needs_any_more() -> None:
    settings, night_ns = site(wanting(quiet=(NIGHT,))), from_iso("2026-09-22T03:00:00+02:00")
    first, louder = only(alert(), settings), only(escalated(1), settings)
    later = only(alert(), settings, night_ns)
    for waiting in (first, louder, later):
        assert unneeded(waiting, alert()) == ""
    for now in (acknowledged(), None):
        assert unneeded(first, now) == "" and unneeded(louder, now) and unneeded(later, now)
    event = Delivery("dl-ev-1.1-webhook-a", "webhook", "a", "ev-1.1", "ev-1", "{}", 1, 1)
    assert unneeded(event, None) == "", "escalated events are told until the event is over"
