"""What a node's facts mean, in words: its state, what is wrong with it, where it stands. Pure."""

from engine.model.radio.radio import NodeState, NodeView, UpdateState
from engine.model.site import NodeSettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.number_text import number_text
from widgets.space.build import short_mac
from widgets.time_text import clock_text
from widgets.translation import tr

UPDATING = (UpdateState.PENDING, UpdateState.DOWNLOADING, UpdateState.VERIFYING, UpdateState.REBOOTING)
SILENT_ROLES = ("tx", "idle")  # these send or rest: no CSI is expected of them
_DEAF_ROLES = ("rx", "idle", "passive")  # these send nothing
_SETTLE_NS = 15 * SECOND  # the first frames may take as long as this after hello
_MANY_MALFORMED = 100


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as the engine sees it and as the operator set it up; `settings` None: seen, but nothing is known of it.

    `expected_hz`: CSI frames per second that it can report, for so many the others that are connected were told to send.
    """

    view: NodeView
    settings: NodeSettings | None = None
    expected_hz: float = 0.0

    @property
    def enabled(self) -> bool:
        return self.settings is None or self.settings.enabled


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about a device. `level` as of a `StatusChip`."""

    text: str
    level: str = "moderate"


def node_rows(views: tuple[NodeView, ...], settings: tuple[NodeSettings, ...]) -> tuple[NodeRow, ...]:
    """All nodes: those that are seen, and those that are set up but have not been seen since the engine started."""
    known = {node.mac: node for node in settings}
    seen = {view.mac for view in views}
    rows = [NodeRow(view, known.get(view.mac), _expected(view, views)) for view in views]
    return (*rows, *(NodeRow(_unseen(node), node) for node in settings if node.mac not in seen))


def _expected(view: NodeView, views: tuple[NodeView, ...]) -> float:
    others = (other for other in views if other.mac != view.mac and other.state is not NodeState.OFFLINE and other.role not in _DEAF_ROLES)
    return float(sum(other.configured_hz for other in others))


def _unseen(node: NodeSettings) -> NodeView:
    reason = tr("It has not connected since the engine started.")
    source = "plan" if node.position else ""
    return NodeView(node.mac, node.name, NodeState.OFFLINE, reason, position=node.position, position_source=source)


def node_name(row: NodeRow) -> str:
    """Its name, or the end of its address."""
    return (row.settings.name if row.settings else "") or row.view.name or tr("Node {0}").format(short_mac(row.view.mac))


def node_state(row: NodeRow, now_ns: int) -> tuple[str, str]:
    """Word and level: `Online`, `No CSI`, `Updating 43 %`, `Unpaired`, `Offline 12 min`, `Switched off`."""
    view = row.view
    if not row.enabled:
        return tr("Switched off"), "neutral"
    if view.update in UPDATING:
        percent = tr("Updating {0} %").format(view.update_percent) if view.update_percent is not None else tr("Updating")
        return percent, "low"
    if view.state is NodeState.OFFLINE:
        length = _length(now_ns - view.since_ns) if view.since_ns else ""
        return tr("Offline {0}").format(length).strip(), "high"
    if view.state is NodeState.UNPAIRED:
        return tr("Unpaired"), "moderate"
    return (tr("No CSI"), "moderate") if silent_trouble(view, now_ns) else (tr("Online"), "good")


def _length(length_ns: int) -> str:
    """Coarse, for a narrow column: `34 s`, `12 min`, `3 h`, `2 d`."""
    seconds = max(1, length_ns // SECOND)
    for size, template in ((86_400, tr("{0} d")), (3600, tr("{0} h")), (60, tr("{0} min"))):
        if seconds >= size:
            return template.format(seconds // size)
    return tr("{0} s").format(seconds)


def state_order(row: NodeRow) -> float:
    """What needs a look comes first."""
    if not row.enabled:
        return 4.0
    return {NodeState.OFFLINE: 0.0, NodeState.UNPAIRED: 1.0, NodeState.ONLINE: 3.0}[row.view.state]


def silent_trouble(view: NodeView, now_ns: int) -> str:
    """Why no CSI arrives from a node that is connected; empty where it does, or need not."""
    if view.state is NodeState.OFFLINE or view.rate_hz >= 0.05 or view.role in SILENT_ROLES or view.update in UPDATING:
        return ""
    if now_ns - view.since_ns < _SETTLE_NS:
        return ""
    if view.reported_hz is not None and view.reported_hz >= 0.5:
        return tr(
            "Connected, but no CSI: the node captures {0} frames/s and none arrives intact. Check its malformed "
            "frames or update its firmware."
        ).format(number_text(view.reported_hz, ".0f"))
    return tr(
        "Connected, but no CSI: no other node is in range. Two nodes on the same Wi-Fi channel are required. "
        "If they are in range, restart the node."
    )


def node_notes(row: NodeRow, now_ns: int, pairing_open: bool = False) -> tuple[Note, ...]:
    """What the operator should know, worst first; each with what to do."""
    view = row.view
    found = [_state_note(row, now_ns, pairing_open), _update_note(view)]
    if row.enabled and (silent := silent_trouble(view, now_ns)):
        found.append(Note(silent))
    if not view.position_source:
        found.append(Note(tr("It needs a position to be used for locating. Enter its position."), "moderate"))
    if view.malformed > _MANY_MALFORMED:
        text = tr("{0} frames were refused as malformed. Its firmware may have a bug: update it.")
        found.append(Note(text.format(number_text(view.malformed)), "moderate"))
    return tuple(note for note in found if note is not None)


def _state_note(row: NodeRow, now_ns: int, pairing_open: bool) -> Note | None:
    if not row.enabled:
        return Note(tr("Switched off: its data is not used."), "neutral")
    if row.view.state is NodeState.UNPAIRED:
        ending = tr("It is accepted only while pairing is open.") if pairing_open else tr("It is refused at its next connection.")
        return Note(tr("It has no token of this site. {0} Provision it to keep it connected.").format(ending), "moderate")
    if row.view.state is NodeState.OFFLINE:
        reason = row.view.reason or tr("No connection. Check power and Wi-Fi.")
        since = tr("Offline since {0}.").format(clock_text(row.view.since_ns, now_ns)) if row.view.since_ns else ""
        return Note(f"{since} {reason}".strip(), "high")
    return Note(row.view.reason, "low") if row.view.reason else None


def _update_note(view: NodeView) -> Note | None:
    message = f" {view.update_message}" if view.update_message else ""
    if view.update is UpdateState.FAILED:
        return Note(tr("The last update failed; it still runs {0}.").format(view.firmware or "–") + message, "high")
    if view.update is UpdateState.ROLLBACK:
        return Note(tr("The new firmware failed; the node reverted to {0}.").format(view.firmware or "–") + message, "high")
    return None


def position_source_text(view: NodeView) -> str:
    return {"plan": tr("from the plan"), "announced": tr("announced by the node")}.get(view.position_source, tr("no position"))


def update_word(state: UpdateState) -> tuple[str, str]:
    """Word and level of an update."""
    return {
        UpdateState.IDLE: (tr("Not updated"), "neutral"),
        UpdateState.PENDING: (tr("Waiting"), "neutral"),
        UpdateState.DOWNLOADING: (tr("Downloading"), "low"),
        UpdateState.VERIFYING: (tr("Checking"), "low"),
        UpdateState.REBOOTING: (tr("Restarting"), "low"),
        UpdateState.VERIFIED: (tr("Updated"), "good"),
        UpdateState.FAILED: (tr("Failed"), "high"),
        UpdateState.ROLLBACK: (tr("Rolled back"), "high"),
    }[state]


def role_word(role: str) -> str:
    return {
        "tx": tr("sends"),
        "rx": tr("receives"),
        "tx_rx": tr("sends and receives"),
        "passive": tr("receives from the router"),
        "idle": tr("idle"),
    }.get(role, role or "–")
