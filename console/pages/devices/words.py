"""How the devices are doing, in sentences. Pure."""

from engine.model.health import CameraState
from engine.model.radio.radio import LOCAL_SCANNER, NodeState
from engine.model.snapshot import Job, Snapshot
from widgets.devices.ble_words import is_gone
from widgets.devices.node_words import NodeRow, node_name, node_rows, silent_trouble
from widgets.number_text import number_text
from widgets.translation import tr
from widgets.words import count_text

UPDATE_JOB = "update_nodes"


def camera_headline(snapshot: Snapshot) -> str:
    """The state of all cameras in one line."""
    watched = [view for view in snapshot.cameras if view.settings.enabled]
    if not snapshot.cameras:
        return tr("No cameras yet")
    if not watched:
        return tr("All cameras are paused")
    lost = sum(view.health.state is CameraState.LOST for view in watched)
    if lost:
        return tr("{0} of {1} cameras are offline").format(lost, len(watched)) if lost > 1 else _one_lost(len(watched))
    if any(view.health.state is CameraState.CONNECTING for view in watched):
        return tr("Cameras are connecting")
    return tr("All {0} cameras are online").format(len(watched)) if len(watched) > 1 else tr("The camera is online")


def _one_lost(count: int) -> str:
    return tr("One of {0} cameras is offline").format(count) if count > 1 else tr("The camera is offline")


def camera_summary(snapshot: Snapshot) -> str:
    """One quiet line of figures."""
    views = snapshot.cameras
    live = [view for view in views if view.health.state is CameraState.LIVE]
    paused = sum(not view.settings.enabled for view in views)
    parts = (
        tr("{0} of {1} live").format(len(live), len(views)) if views else "",
        tr("{0} paused").format(paused) if paused else "",
        tr("{0} frames/s together").format(number_text(sum(view.health.fps for view in live), ",.0f")) if live else "",
    )
    return " · ".join(part for part in parts if part)


def all_live(snapshot: Snapshot) -> bool:
    return all(view.health.state in (CameraState.LIVE, CameraState.ENDED) for view in snapshot.cameras if view.settings.enabled)


def all_nodes(snapshot: Snapshot) -> tuple[NodeRow, ...]:
    return node_rows(snapshot.radio.nodes, snapshot.settings.nodes)


def headline(snapshot: Snapshot) -> str:
    """The state of all nodes in one line."""
    rows = [row for row in all_nodes(snapshot) if row.enabled]
    if not rows:
        return tr("No nodes yet")
    away = sum(row.view.state is NodeState.OFFLINE for row in rows)
    if away == len(rows):
        return tr("No node is online")
    if away:
        return (
            tr("{0} of {1} nodes are offline").format(away, len(rows)) if away > 1 else tr("One of {0} nodes is offline").format(len(rows))
        )
    silent = sum(bool(silent_trouble(row.view, snapshot.at_ns)) for row in rows)
    if silent:
        return tr("{0} of {1} nodes send no CSI").format(silent, len(rows))
    return tr("All {0} nodes are online").format(len(rows)) if len(rows) > 1 else tr("The node is online")


def all_well(snapshot: Snapshot) -> bool:
    rows = [row for row in all_nodes(snapshot) if row.enabled]
    calm = all(row.view.state is NodeState.ONLINE and not silent_trouble(row.view, snapshot.at_ns) for row in rows)
    return bool(rows) and calm and not notices(snapshot)


def summary(snapshot: Snapshot) -> str:
    """One quiet line of figures."""
    radio = snapshot.radio
    links = len(radio.picture.links) if radio.picture is not None else 0
    heard = sum(not is_gone(device, snapshot.at_ns) for device in radio.devices)
    parts = (
        tr("{0} CSI frames/s").format(number_text(radio.frames_hz, ",.0f")),
        count_text(links, tr("one link"), tr("{0} links")),
        count_text(heard, tr("one Bluetooth device heard"), tr("{0} Bluetooth devices heard")),
        tr("{0} ms per step").format(number_text(radio.step_ms, ".1f")) if radio.step_ms else "",
    )
    return " · ".join(part for part in parts if part)


def notices(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """(text, level) of what stands above everything."""
    radio, found = snapshot.radio, list[tuple[str, str]]()
    if radio.shed_level > 0 or radio.shedding >= 1:
        text = tr("Overload: {0} frames/s are dropped (level {1}). Positions are less accurate; use fewer nodes or a lower rate.")
        found.append((text.format(number_text(radio.shedding, ",.0f"), radio.shed_level), "high"))
    if not snapshot.settings.radio.enabled:
        found.append((tr("Radio sensing is off. Switch it on in the radio settings."), "moderate"))
    if radio.picture is not None and radio.picture.trouble:
        found.append((radio.picture.trouble, "moderate"))
    if radio.node_trouble and (radio.pairing.open or not radio.nodes):
        found.append((radio.node_trouble, "moderate"))
    return tuple(found)


def scanner_name(snapshot: Snapshot | None, scanner: str) -> str:
    """The node of that MAC by its name, or the engine's own adapter."""
    if scanner == LOCAL_SCANNER:
        return tr("Engine's adapter")
    if snapshot is None:
        return scanner
    return next((node_name(row) for row in all_nodes(snapshot) if row.view.mac == scanner), scanner)


def with_names(snapshot: Snapshot, text: str) -> str:
    """Messages of the engine speak of nodes by their MAC; people know their names."""
    for row in all_nodes(snapshot):
        text = text.replace(row.view.mac, node_name(row))
    return text


def update_job(snapshot: Snapshot) -> Job | None:
    """The newest update of nodes, running or over."""
    return next((job for job in reversed(snapshot.jobs) if job.kind == UPDATE_JOB), None)
