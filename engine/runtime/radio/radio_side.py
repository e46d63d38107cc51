"""The radio side of an engine: its nodes, their pairing and firmware, what the pipeline says of them, and why."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault
from engine.model.observation import Observation, Tick
from engine.model.radio.blob import BlobExplanation, RadioPicture
from engine.model.radio.path_loss import LearnedPathLoss
from engine.model.radio.radio import CsiBatch, LinkState, NodeView, PathLossView, link_ends
from engine.model.radio.scanner_survey import SurveyFit, SurveyPlace
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.snapshot import RadioView, Snapshot
from engine.model.time import Clock
from engine.radio.ble.scanner_survey import fit_survey
from engine.radio.explain import explain
from engine.runtime.audit.auditing import ENGINE
from engine.runtime.cameras.watching import Seeing, adapter_hears, node_hears, scanners_hear
from engine.runtime.ports import AuditLog
from engine.runtime.radio.ble_side import BleSide
from engine.runtime.radio.explanations import Explanations
from engine.runtime.radio.radio_delay import RadioDelay
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.shedding import Loss
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.sources.node.firmware import FirmwareStore
from engine.sources.node.hub import NodeHub
from engine.sources.node.pairing import PairingDoor
from engine.sources.node.provisioning import Provisioner
from engine.sources.node.tokens import NodeTokens

SHED_TICKS = 10  # one second
LOWER = "Busy links are thinned first, so people are still found, less exactly. Use fewer nodes, a lower rate, or a faster machine."


class RadioSide(Side):
    """Any thread; `gather` and `on_step` belong to the engine thread.

    Attributes:
        trouble: why no node's token can be checked, as a sentence; empty when they can.
        bench: started with pairing open on loopback: this machine's clients may read without a token.
        delay: whether its steps keep up with the nodes.
        walkers: ids of the people of a demo who can be made to fall.
    """

    def __init__(self, folder: Path, clock: Clock, secrets: SecretStore, settings: Settings, audit: AuditLog) -> None:
        self._clock, self._audit = clock, audit
        self.walkers: tuple[str, ...] = ()
        tokens, self.trouble = _tokens(secrets)
        self.pairing = PairingDoor(clock)
        self.ble = BleSide(clock, secrets)
        self.hub = NodeHub(clock, tokens, self.pairing, self.ble.named)
        self.firmware = FirmwareStore(folder / "firmware", clock)
        self.provisioner = Provisioner(tokens)
        self.bench = False
        self.delay = RadioDelay()
        self._explanations = Explanations(explain)
        self._picture: RadioPicture | None = None
        self._learned: tuple[LearnedPathLoss, ...] = ()
        self._shed: deque[tuple[int, int]] = deque(maxlen=SHED_TICKS)
        self._shedding, self._shed_level, self._shed_ever = 0.0, 0, 0
        self._began_s = 0.0
        self._step_ms = 0.0
        self.on_settings(settings)

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        if self.bench:
            self._audit.note(AuditRow(now_ns, ENGINE, AuditVerb.OPEN_PAIRING, detail="as long as this engine runs"))

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("ble", self.ble.run)

    def on_stop(self) -> None:
        """Nodes are told that we go."""
        self.hub.shutdown()

    def show(self, shown: Snapshot) -> Snapshot:
        return replace(shown, radio=self.view())

    def seeing(self, settings: Settings) -> Iterator[Seeing]:
        nodes = self.view().nodes
        yield from (node_hears(node, self.delay.behind) for node in nodes)
        yield from scanners_hear(nodes)
        if settings.radio.enabled and settings.radio.scan_ble:
            yield adapter_hears(self.ble.trouble)

    def losses(self) -> Mapping[str, Loss]:
        return {"radio": self.loss}

    def complaints(self) -> Sequence[str]:
        return tuple(filter(None, (self.delay.sentence(),)))

    def on_settings(self, settings: Settings) -> None:
        self.hub.configure(settings)
        self.ble.configure(settings)

    def open_bench(self) -> None:
        """For as long as this run."""
        self.bench = True
        self.pairing.open("command line", None)

    def gather(self, now_ns: int) -> Sequence[Observation]:
        """What nodes said since the last tick."""
        own = self.ble.gather(now_ns)
        gathered = (*self.hub.drain(now_ns), *(() if own is None else (own,)))
        self._count_shed(sum(observation.shed for observation in gathered if isinstance(observation, CsiBatch)))
        self._began_s = time.perf_counter()
        return gathered

    @property
    def step_ms(self) -> float:
        """How long the newest tick took, from what was gathered for it to what came of it."""
        return self._step_ms

    def _count_shed(self, frames: int) -> None:
        """Over the last second."""
        self._shed.append((frames, self.hub.shed_level))
        self._shedding = float(sum(shed for shed, _ in self._shed))
        self._shed_level = max(level for _, level in self._shed)
        self._shed_ever += frames

    @property
    def loss(self) -> Loss:
        """Frames that nodes sent and nobody looked at."""
        return Loss(self._shed_ever, f"Nodes send more than can be taken in: {{count:,}} frames were left out. {LOWER}")

    def on_step(self, result: StepResult, observation: Observation) -> None:
        if not isinstance(observation, Tick):
            return
        self._step_ms = 1000 * (time.perf_counter() - self._began_s)
        picture = result.radio
        if picture is None:
            self._picture = None
            self.delay.idle()
            return
        self.delay.stepped(picture.trouble if self._may_locate() else "")
        self._explanations.take(picture.at_ns, picture.evidence)
        self._picture = replace(picture, evidence=())  # asked for one by one
        self._learned = result.learned
        self.hub.set_motion(any(link.motion for link in picture.links))

    def _may_locate(self) -> bool:
        """Whether two nodes are there to have a link between them: a single one listens for phones, which is no trouble."""
        return self.hub.online > 1

    def explain(self, blob: str, at_ns: int | None) -> BlobExplanation:
        """Raises NotFound."""
        return self._explanations.find(blob, at_ns)

    def fit_survey(self, places: Sequence[SurveyPlace], settings: Settings) -> SurveyFit:
        """Path losses of scanners from a survey, against what is in force now. Raises InputError (`places`)."""
        off = {node.mac for node in settings.nodes if not node.enabled}
        nodes = {node.mac: node.position for node in self.hub.views() if node.position is not None and node.mac not in off}
        return fit_survey(places, settings, nodes, {each.loss.scanner: each for each in self._learned})

    def view(self) -> RadioView:
        picture = self._picture
        nodes = _with_health(self.hub.views(), () if picture is None else picture.links)
        return RadioView(
            picture=picture,
            nodes=_with_path_loss(nodes, () if picture is None else picture.path_losses),
            devices=self.ble.views(() if picture is None else picture.devices),
            firmware=self.firmware.all(),
            pairing=self.pairing.state,
            frames_hz=self.hub.frames_hz,
            shedding=self._shedding,
            shed_level=self._shed_level,
            step_ms=self._step_ms,
            ble_trouble=self.ble.trouble,
            node_trouble=self.provisioner.trouble,
            walkers=len(self.walkers),
        )


class _Forgetful:
    """Stands in for a secret store that cannot be read: a secret for this run, which no node has a token of."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self._kept.get(key)

    def put(self, key: str, secret: str) -> None:
        self._kept[key] = secret


def _tokens(secrets: SecretStore) -> tuple[NodeTokens, str]:
    """Cameras are watched also when nodes cannot be let in."""
    try:
        return NodeTokens(secrets), ""
    except EnvironmentFault as fault:
        return NodeTokens(_Forgetful()), f"No node is let in: {fault}"


def _with_health(nodes: Sequence[NodeView], links: Sequence[LinkState]) -> tuple[NodeView, ...]:
    """A node is as healthy as its links are on average."""
    healths: dict[str, list[float]] = {}
    for link in links:
        for mac in link_ends(link.link):
            healths.setdefault(mac, []).append(link.health)
    return tuple(replace(node, health=sum(h) / len(h)) if (h := healths.get(node.mac)) else node for node in nodes)


def _with_path_loss(nodes: Sequence[NodeView], losses: Sequence[PathLossView]) -> tuple[NodeView, ...]:
    """What each node learned of how phones get weaker with distance."""
    learned = {loss.scanner: loss for loss in losses}
    return tuple(replace(node, path_loss=learned[node.mac]) if node.mac in learned else node for node in nodes)
