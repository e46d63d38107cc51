"""Words of the Alerts page."""

from engine.model.alerts.settings import AlertSettings
from engine.model.event import Severity
from engine.model.places import place_names
from engine.model.radio.fused import SourceKind
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from widgets.alerts.alert_words import mode_word
from widgets.translation import tr


def headline(snapshot: Snapshot) -> str:
    """How many want somebody now."""
    view = snapshot.alerts
    new = sum(1 for alert in view.alerts if alert.state.value == "new" and not alert.shelved(snapshot.at_ns))
    open_ones = sum(1 for alert in view.alerts if not alert.shelved(snapshot.at_ns))
    if new:
        return tr("1 alert wants somebody") if new == 1 else tr("{0} alerts want somebody").format(new)
    if open_ones:
        return tr("1 alert is open, and somebody has it") if open_ones == 1 else tr("{0} alerts are open, all in hand").format(open_ones)
    return tr("Nothing wants you")


def summary(snapshot: Snapshot) -> str:
    """How the site is armed, and what is not in the list."""
    shelved = sum(1 for alert in snapshot.alerts.alerts if alert.shelved(snapshot.at_ns))
    parts = [armed_text(snapshot.settings)]
    if shelved:
        parts.append(tr("{0} shelved").format(shelved))
    if snapshot.alerts.held:
        parts.append(tr("{0} held").format(len(snapshot.alerts.held)))
    return " · ".join(parts)


def no_match_words(searching: bool, more: bool) -> tuple[str, str]:
    """What stands in place of an empty list that is filtered. `more`: the record was not looked through to its end."""
    if searching:
        return tr("Searching the record…"), ""
    if more:
        return tr("Not found so far"), tr("Older alerts were not looked through yet.")
    return tr("No alert matches"), tr("Nothing here passes the filter.")


def armed_text(settings: Settings) -> str:
    """`Night: everywhere is armed`."""
    alerts = settings.alerts
    zones = alerts.armed()
    return tr("{0}: {1}").format(mode_word(alerts.mode), zones_armed(zones, settings))


def zones_armed(zones: tuple[str, ...], settings: Settings) -> str:
    if not zones:
        return tr("no zone is armed")
    if "*" in zones:
        return tr("everywhere is armed")
    names = place_names(settings)
    return tr("armed are {0}").format(", ".join(names.get(zone, zone) for zone in zones))


def empty_words(settings: AlertSettings) -> tuple[str, str]:
    armed = [rule for rule in settings.rules if rule.mode.value == "armed"]
    if not armed:
        return tr("No rule raises alerts"), tr("All rules are off or on trial. Arm one under Rules…")
    watching = tr("1 rule is watching.") if len(armed) == 1 else tr("{0} rules are watching.").format(len(armed))
    more = tr("What deserves an operator appears here as it happens. “Why nothing?” says why something else did not.")
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
