"""Words of the Alerts page."""

from engine.model.alerts.settings import AlertSettings
from engine.model.event import Severity
from engine.model.places import place_names
from engine.model.radio.fused import SourceKind
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from widgets.alerts.alert_words import mode_word
from widgets.number_text import number_text
from widgets.translation import tr


def headline(snapshot: Snapshot) -> str:
    """How many are unacknowledged, else how many are open."""
    view = snapshot.alerts
    new = sum(1 for alert in view.alerts if alert.state.value == "new" and not alert.shelved(snapshot.at_ns))
    open_ones = sum(1 for alert in view.alerts if not alert.shelved(snapshot.at_ns))
    if new:
        return tr("1 alert unacknowledged") if new == 1 else tr("{0} alerts unacknowledged").format(number_text(new))
    if open_ones:
        return tr("1 open alert, assigned") if open_ones == 1 else tr("{0} open alerts, all assigned").format(number_text(open_ones))
    return tr("No open alerts")


def summary(snapshot: Snapshot) -> str:
    """How the site is armed, and what is not in the list."""
    shelved = sum(1 for alert in snapshot.alerts.alerts if alert.shelved(snapshot.at_ns))
    parts = [armed_text(snapshot.settings)]
    if shelved:
        parts.append(tr("{0} shelved").format(number_text(shelved)))
    if snapshot.alerts.held:
        parts.append(tr("{0} held").format(number_text(len(snapshot.alerts.held))))
    return " · ".join(parts)


def no_match_words(searching: bool, more: bool) -> tuple[str, str]:
    """What stands in place of an empty list that is filtered. `more`: the record was not looked through to its end."""
    if searching:
        return tr("Searching the record…"), ""
    if more:
        return tr("Not found so far"), tr("Older alerts have not been searched yet.")
    return tr("No alert matches"), tr("No alert in this list matches the filter.")


def armed_text(settings: Settings) -> str:
    """`Night: all zones armed`."""
    alerts = settings.alerts
    zones = alerts.armed()
    return tr("{0}: {1}").format(mode_word(alerts.mode), zones_armed(zones, settings))


def zones_armed(zones: tuple[str, ...], settings: Settings) -> str:
    if not zones:
        return tr("no zone armed")
    if "*" in zones:
        return tr("all zones armed")
    names = place_names(settings)
    return tr("armed: {0}").format(", ".join(names.get(zone, zone) for zone in zones))


def empty_words(settings: AlertSettings, cameras: bool) -> tuple[str, str]:
    """`cameras`: there are some."""
    armed = [rule for rule in settings.rules if rule.mode.value == "armed"]
    if not armed:
        return tr("No rule raises alerts"), tr("All rules are off or on trial. Arm one under Rules….")
    if not cameras:
        text = tr("Alerts come from cameras, radio nodes and reports. There is no camera yet: add one on Devices.")
        return tr("No alerts"), text
    watching = tr("1 rule armed.") if len(armed) == 1 else tr("{0} rules armed.").format(number_text(len(armed)))
    more = tr("Alerts appear here in real time. “Why was there no alert?…” explains a missing one.")
    return tr("No alerts"), f"{watching} {more}"


def counts(snapshot: Snapshot) -> tuple[tuple[Severity, int], ...]:
    """Open alerts that are not shelved, gravest first."""
    shown = [alert.severity for alert in snapshot.alerts.alerts if not alert.shelved(snapshot.at_ns)]
    return tuple((severity, shown.count(severity)) for severity in sorted(Severity, reverse=True) if severity in shown)


def on_floor(snapshot: Snapshot, subject_id: str) -> str:
    """Who on the floor a track, blob or person is now; empty where they are no longer followed."""
    fused, picture = snapshot.people.fused, snapshot.radio.picture
    if fused is not None:
        if any(track.id == subject_id for track in fused.tracks):
            return subject_id
        found = next((track for kind in SourceKind if (track := fused.of_source(kind, subject_id)) is not None), None)
        return found.id if found is not None else ""
    return subject_id if picture is not None and any(blob.id == subject_id for blob in picture.blobs) else ""
