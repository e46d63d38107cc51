"""How the devices are doing, in sentences. Pure."""

from engine.model.radio.radio import LOCAL_SCANNER, NodeState
from engine.model.snapshot import Job, Snapshot
from widgets.devices.ble_words import is_gone
from widgets.devices.node_words import NodeRow, node_name, node_rows, silent_trouble
from widgets.number_text import number_text
from widgets.translation import tr
from widgets.words import count_text

UPDATE_JOB = "update_nodes"


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
        text = tr(
            "More arrives than can be worked on: {0} frames/s are left out (level {1}). Positions get coarser; use fewer or slower nodes."
        )
        found.append((text.format(number_text(radio.shedding, ",.0f"), radio.shed_level), "high"))
    if not snapshot.settings.radio.enabled:
        found.append((tr("Finding people by radio is switched off. Switch it on in the radio settings."), "moderate"))
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
