"""What a lock screen is told of alerts by an engine that gives its session nothing else."""

from dataclasses import fields

from engine.model.accounts.access import Scope
from engine.model.alerts.alert import Alert, AlertState, Note
from engine.model.event import EventKind, Severity
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import AlertView, Snapshot
from engine.model.time import SECOND
from engine.runtime.access.narrowing import for_lock_screen
from engine.runtime.cameras.unmasking import Unmasked

NOW_NS = 1_790_000_000 * SECOND
TOLD = {"id", "severity", "raised_ns", "changed_ns", "state", "level", "simulated", "kind"}


def alert(alert_id: str, camera_id: str = "yard", shelved_ns: int | None = None) -> Alert:
    return Alert(
        alert_id,
        f"de-{alert_id}",
        "falls",
        EventKind.FALL,
        Severity.CRITICAL,
        NOW_NS - 60 * SECOND,
        NOW_NS,
        AlertState.ACKNOWLEDGED,
        f"ev-{alert_id}",
        camera_id=camera_id,
        zone_id="hall",
        person="Zenobia",
        person_id="pe-1",
        reason="Zenobia lies in the hall.",
        assignee="bo",
        notes=(Note(NOW_NS, "bo", "On my way."),),
        level=2,
        shelved_until_ns=shelved_ns,
    )


def site(*alerts: Alert) -> Snapshot:
    settings = Settings(site_name="Harbour office", cameras=(CameraSettings("yard", "Yard", "rtsp://yard/1"),))
    return Snapshot(7, NOW_NS, settings, alerts=AlertView(alerts))


def test_it_counts_and_says_neither_what_nor_where_nor_whom() -> None:
    told = for_lock_screen(site(alert("al-1"), alert("al-2", shelved_ns=NOW_NS + SECOND)), None)
    assert told.settings == Settings(site_name="Harbour office") and (told.number, told.at_ns) == (7, NOW_NS)
    (shown,) = told.alerts.alerts
    assert (shown.severity, shown.state, shown.level, shown.raised_ns) == (Severity.CRITICAL, "acknowledged", 2, NOW_NS - 60 * SECOND)
    blank = Alert("", "", "", EventKind.MOTION, Severity.LOW, 0, 0)
    assert {each.name for each in fields(Alert) if getattr(shown, each.name) != getattr(blank, each.name)} <= TOLD
    assert shown.kind is EventKind.MOTION, "a fall is not told from a person"


def test_who_is_limited_counts_what_their_cameras_saw() -> None:
    told = for_lock_screen(site(alert("al-1"), alert("al-2", camera_id="vault")), Scope(frozenset({"yard"})))
    assert [each.id for each in told.alerts.alerts] == ["al-1"]


def test_faces_that_are_shown_stay_so_when_a_session_goes_on_as_another() -> None:
    unmasked = Unmasked()
    unmasked.show("before", NOW_NS, NOW_NS + SECOND)
    unmasked.note("before", "cl-1")
    unmasked.renew("before", "after")
    assert unmasked.until_ns("after", NOW_NS) == NOW_NS + SECOND and unmasked.saw("after", "cl-1")
    unmasked.renew("nobody", "else")
    assert unmasked.until_ns("else", NOW_NS) is None
