"""A rolling update of firmware: one node after the other, the first as a canary, halted when something goes wrong. Knows no network."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import field, replace
from enum import StrEnum

from engine.model.errors import EnvironmentFault
from engine.model.radio.radio import Firmware, UpdateState
from engine.model.value_class import dataclass
from engine.sources.node.messages import OtaStatus

GAP_S = 30.0  # between two nodes, so that the site is never half blind
PATIENCE_S = 300.0  # without a word from the node that is being updated
CONFIRM_S = 65.0  # a node goes back to its old firmware when it has measured nothing for 60 s
LEAST_CONNECTED = 0.5

OVER = frozenset({UpdateState.VERIFIED, UpdateState.FAILED, UpdateState.ROLLBACK})
_STATES = {
    "downloading": UpdateState.DOWNLOADING,
    "writing": UpdateState.VERIFYING,
    "verifying": UpdateState.VERIFYING,
    "rebooting": UpdateState.REBOOTING,
}
_ERRORS = {
    "download_failed": "It could not download the file. Check that it can reach this engine.",
    "no_partition": "It has no room for a second firmware.",
    "write_failed": "It could not write its flash memory.",
    "sha256_mismatch": "The file arrived damaged.",
    "verify_failed": "It did not accept the file as its firmware.",
    "boot_partition_failed": "It could not switch to the new firmware.",
}
_STUCK = frozenset({"verify_failed", "boot_partition_failed"})  # after these the firmware believes that an update still runs


class Step(StrEnum):
    UPDATE = "update"
    REBOOT = "reboot"


@dataclass(frozen=True, slots=True)
class NodeUpdate:
    """Where one node is. `percent` of the download; `message` a sentence where there is something to say."""

    mac: str
    state: UpdateState = UpdateState.PENDING
    percent: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class RolloutProgress:
    """`halted`: why it does not go on; empty while it runs and when all went well."""

    version: str = ""
    running: bool = False
    halted: str = ""
    nodes: tuple[NodeUpdate, ...] = ()


@dataclass(slots=True, eq=False)
class _Turn:
    """The node whose turn it is."""

    mac: str
    heard_s: float
    rebooted: bool = False
    confirming_s: float | None = None  # since it came back with the new firmware


@dataclass(slots=True, eq=False)
class Rollout:
    """One update of the fleet at a time. Not thread-safe: the hub's lock holds it. Times are seconds of one steady clock."""

    gap_s: float = GAP_S
    firmware: Firmware | None = None
    halted: str = ""
    _updates: dict[str, NodeUpdate] = field(default_factory=dict[str, NodeUpdate])
    _turn: _Turn | None = None
    _next_s: float = 0.0
    _fleet: frozenset[str] = frozenset()
    _steps: list[tuple[str, Step]] = field(default_factory=list[tuple[str, Step]])

    @property
    def running(self) -> bool:
        return not self.halted and any(update.state not in OVER for update in self._updates.values())

    def progress(self) -> RolloutProgress:
        version = self.firmware.version if self.firmware is not None else ""
        return RolloutProgress(version, self.running, self.halted, tuple(self._updates.values()))

    def update(self, mac: str) -> NodeUpdate:
        return self._updates.get(mac) or NodeUpdate(mac, UpdateState.IDLE)

    def start(self, firmware: Firmware, macs: Sequence[str], online: Collection[str], now_s: float) -> None:
        """Take these nodes in. Raises EnvironmentFault (`update_running`) while another version is being installed."""
        if self.running and self.firmware != firmware:
            raise EnvironmentFault("update_running", f"Firmware {self.progress().version} is being installed. Wait until that is done.")
        if not self.running:
            self._updates, self._turn, self._next_s, self.halted = {}, None, now_s, ""
            self._fleet = frozenset(online)
        self.firmware = firmware
        for mac in macs:
            if self.update(mac).state in (UpdateState.IDLE, *OVER):
                self._updates[mac] = NodeUpdate(mac)

    def forget(self, mac: str) -> None:
        self._updates.pop(mac, None)
        if self._turn is not None and self._turn.mac == mac:
            self._turn = None

    def tick(self, now_s: float, online: Collection[str], version_of: Callable[[str], str], measuring: Collection[str]) -> None:
        """`version_of`: the firmware a node said it runs. `measuring`: nodes that have sent frames since their hello."""
        self._look_after_turn(now_s, online, measuring)
        if not self.running or self._turn is not None or now_s < self._next_s:
            return
        connected = sum(mac in online for mac in self._fleet)
        if connected < LEAST_CONNECTED * len(self._fleet):
            self._halt(f"Only {connected} of {len(self._fleet)} nodes are connected.")
            return
        if self.firmware is not None:
            self._begin_next(self.firmware, now_s, online, version_of)

    def take_steps(self) -> list[tuple[str, Step]]:
        """What nodes are to be told now."""
        steps, self._steps = self._steps, []
        return steps

    def reported(self, mac: str, status: OtaStatus, now_s: float) -> None:
        """What a node says of its update. Who is not at it is not listened to."""
        turn = self._turn if self._turn is not None and self._turn.mac == mac else None
        if turn is None:
            return
        turn.heard_s = now_s
        if status.state == "failed":
            if status.error in _STUCK:
                self._steps.append((mac, Step.REBOOT))
            self._end_update(mac, UpdateState.FAILED, _ERRORS.get(status.error, status.error or "It said that the update failed."), now_s)
        elif (state := _STATES.get(status.state)) is not None:
            turn.rebooted = turn.rebooted or state is UpdateState.REBOOTING
            self._updates[mac] = replace(self._updates[mac], state=state, percent=status.percent)

    def greeted(self, mac: str, version: str, now_s: float) -> None:
        """A node connected (again) and runs this version."""
        known = self._updates.get(mac)
        if known is None or self.firmware is None:
            return
        turn = self._turn if self._turn is not None and self._turn.mac == mac else None
        if version == self.firmware.version:
            if turn is not None:
                turn.confirming_s = turn.heard_s = now_s
                self._updates[mac] = NodeUpdate(mac, UpdateState.REBOOTING, None, "It runs the new firmware; waiting for its first frames.")
        elif known.state is UpdateState.VERIFIED or (turn is not None and (turn.rebooted or turn.confirming_s is not None)):
            said = f"It went back to firmware {version or 'of an unknown version'}: the new one did not work on it."
            self._end_update(mac, UpdateState.ROLLBACK, said, now_s)

    def _look_after_turn(self, now_s: float, online: Collection[str], measuring: Collection[str]) -> None:
        turn = self._turn
        if turn is None:
            return
        if turn.confirming_s is not None and turn.mac in online:
            if turn.mac in measuring or now_s - turn.confirming_s > CONFIRM_S:
                self._end_update(turn.mac, UpdateState.VERIFIED, "", now_s)
        elif now_s - turn.heard_s > PATIENCE_S:
            self._end_update(turn.mac, UpdateState.FAILED, f"It said nothing for {PATIENCE_S / 60:.0f} minutes.", now_s)

    def _begin_next(self, firmware: Firmware, now_s: float, online: Collection[str], version_of: Callable[[str], str]) -> None:
        for update in tuple(self._updates.values()):
            if update.state is not UpdateState.PENDING:
                continue
            if update.mac not in online:
                self._updates[update.mac] = replace(update, state=UpdateState.FAILED, message="It was not connected when its turn came.")
            elif version_of(update.mac) == firmware.version:
                self._updates[update.mac] = replace(update, state=UpdateState.VERIFIED, message="It had this firmware already.")
            else:
                self._turn = _Turn(update.mac, now_s)
                self._updates[update.mac] = replace(update, state=UpdateState.DOWNLOADING, percent=0)
                self._steps.append((update.mac, Step.UPDATE))
                return

    def _end_update(self, mac: str, state: UpdateState, message: str, now_s: float) -> None:
        self._updates[mac] = NodeUpdate(mac, state, None, message)
        if self._turn is not None and self._turn.mac == mac:
            self._turn = None
        self._next_s = now_s + self.gap_s
        if state is not UpdateState.VERIFIED and any(update.state is UpdateState.PENDING for update in self._updates.values()):
            self._halt(f"Node {mac}: {message}")

    def _halt(self, why: str) -> None:
        """What has not begun stays as it is; nodes are not taken down one after the other by a firmware that does not work."""
        self.halted = why
        for update in tuple(self._updates.values()):
            if update.state is UpdateState.PENDING:
                self._updates[update.mac] = NodeUpdate(update.mac, UpdateState.IDLE, None, "Not begun: the update was halted.")
