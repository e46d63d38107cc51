"""A believable floor for screens: an office with twelve nodes, people who walk, a phone that gives one a name, and reasons that add up.

Geometry only: nothing here is a model of radio, and nothing in `engine.radio` is used. `RadioEngine` is the fake engine with such a floor;
it answers `ExplainBlob`, and takes the commands of the Space and Devices pages that change settings.
"""

import math
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from engine.model.accounts.access import ROLE_VERBS, Session
from engine.model.command import ChangeSettings, Command, PutNode
from engine.model.errors import NotFound
from engine.model.geometry import Floats
from engine.model.people.person import Person
from engine.model.people.view import PeopleView
from engine.model.question import ExplainBlob
from engine.model.question_type import Question
from engine.model.radio.blob import BleMatch, Blob, BlobExplanation, BlobStatus, FresnelZone, LinkContribution, Posture, RadioPicture
from engine.model.radio.radio import LinkState, NodeState, NodeView, ZoneOccupancy, link_id, wavelength_m
from engine.model.site import CameraPose, Floor, NodeSettings, Portal, Position, Wall, Zone
from engine.model.snapshot import RadioView, Snapshot
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine, FakePort
from tests.fakes.people import fused_from

T = TypeVar("T")

HEIGHT_M = 2.6
FLOOR = Floor(
    extent=(0.0, 0.0, 12.0, 8.0),
    height_m=HEIGHT_M,
    walls=(
        Wall((0.0, 0.0), (12.0, 0.0), HEIGHT_M),
        Wall((12.0, 0.0), (12.0, 8.0), HEIGHT_M),
        Wall((12.0, 8.0), (0.0, 8.0), HEIGHT_M),
        Wall((0.0, 8.0), (0.0, 0.0), HEIGHT_M),
        Wall((7.5, 0.0), (7.5, 2.8), HEIGHT_M),
        Wall((7.5, 4.0), (7.5, 8.0), HEIGHT_M),
        Wall((7.5, 4.8), (9.4, 4.8), HEIGHT_M),
        Wall((10.4, 4.8), (12.0, 4.8), HEIGHT_M),
    ),
    zones=(
        Zone("office", "Open office", 0.3, 0.3, 5.2, 7.7),
        Zone("meeting", "Meeting corner", 5.4, 4.6, 7.3, 7.7),
        Zone("lab", "Laboratory", 7.8, 0.3, 11.7, 4.5),
        Zone("store", "Store room", 7.8, 5.1, 11.7, 7.7),
    ),
    portals=(Portal("door", "Laboratory door", (7.5, 2.8), (7.5, 4.0)), Portal("store-door", "Store door", (9.4, 4.8), (10.4, 4.8))),
    camera_poses=(CameraPose("yard", (0.3, 0.3, 2.4), (4.0, 4.0, 0.8), 75.0), CameraPose("gate", (11.7, 0.3, 2.4), (9.0, 3.0, 0.8), 70.0)),
)
PLACES: tuple[Position, ...] = (
    (0.2, 0.2, 2.2), (4.0, 0.2, 1.1), (7.3, 0.2, 2.2), (11.8, 0.2, 1.2), (11.8, 4.2, 2.2), (11.8, 7.8, 1.1),
    (8.0, 7.8, 2.2), (5.0, 7.8, 1.1), (0.2, 7.8, 2.2), (0.2, 4.0, 1.0), (4.6, 4.2, 2.4), (7.7, 3.0, 1.4),
)  # fmt: skip
NAMES = (
    "Entrance",
    "Window",
    "Lab corner",
    "Lab sink",
    "Lab far wall",
    "Store shelf",
    "Store door",
    "Printer",
    "Plant",
    "Bookcase",
    "Ceiling",
    "",
)
ADA = Person("ada", "Ada Lovelace", "#E69F00")
GRACE = Person("grace", "Grace Brewster Murray Hopper-Wellington of the night shift", "#CC79A7")


def mac(number: int) -> str:
    return f"24:6F:28:A1:0{number // 10}:{number % 10:02d}"


@dataclass(frozen=True)
class Walker:
    """Walks an ellipse; `turns_s` for one round. `person`: index into what is known of people, -1 for nobody."""

    center: tuple[float, float]
    size: tuple[float, float]
    turns_s: float
    person: int = -1
    posture: Posture = Posture.UPRIGHT
    spread: tuple[float, float] = (0.22, 0.15)
    status: BlobStatus = BlobStatus.CONFIRMED
    confidence: float = 0.93

    def at(self, seconds: float) -> tuple[float, float]:
        turn = 2 * math.pi * seconds / self.turns_s
        return self.center[0] + self.size[0] * math.cos(turn), self.center[1] + self.size[1] * math.sin(turn)


WALKERS = (
    Walker((2.6, 3.2), (1.7, 2.1), 19.0, person=0),
    Walker((9.8, 2.5), (1.2, 1.3), 13.0, confidence=0.78, spread=(0.45, 0.2)),
    Walker((6.3, 6.2), (0.05, 0.05), 60.0, person=1, confidence=0.88),
    Walker((9.7, 6.4), (0.9, 0.5), 17.0, confidence=0.52, spread=(0.9, 0.3), status=BlobStatus.COASTING),
    Walker((3.4, 6.6), (0.05, 0.05), 60.0, posture=Posture.FALLEN, confidence=0.90),
    Walker((4.5, 1.4), (0.8, 0.4), 11.0, confidence=0.71),
)


@dataclass
class RadioScene:
    """What the radio side of a snapshot shows at a time; deterministic."""

    nodes: int = 12
    walks_from_ns: int = 0  # when everybody is where the round begins
    walkers: tuple[Walker, ...] = WALKERS[:3]
    placed: bool = True
    trouble: str = ""
    simulated: bool = False
    voxels: int = 4000
    floor: Floor = FLOOR

    def view(self, at_ns: int) -> RadioView:
        return RadioView(picture=self.picture(at_ns), nodes=self.node_views(at_ns), frames_hz=20.0 * self.nodes * (self.nodes - 1))

    def node_views(self, at_ns: int) -> tuple[NodeView, ...]:
        return tuple(self._node(number, at_ns) for number in range(self.nodes))

    def _node(self, number: int, at_ns: int) -> NodeView:
        offline = number == 5
        return NodeView(
            mac(number),
            NAMES[number],
            NodeState.OFFLINE if offline else NodeState.ONLINE,
            reason="No frame for 40 s." if offline else "",
            last_seen_ns=at_ns - (40 * SECOND if offline else 0),
            channel=6,
            position=PLACES[number] if self.placed else None,
            position_source=("announced" if number == 11 else "plan") if self.placed else "",
            rate_hz=0.0 if offline else 20.0,
            health=None if offline else 0.93,
            simulated=self.simulated,
        )

    def picture(self, at_ns: int) -> RadioPicture:
        people = self.people(at_ns) if self.placed and self.nodes > 1 and not self.trouble else ()
        return RadioPicture(
            at_ns,
            blobs=people,
            links=self.link_states(people) if self.placed else (),
            voxels=self.glow(people),
            zones=tuple(self._occupied(zone, people) for zone in self.floor.zones),
            extent=(0.0, 0.0, 0.0, 12.0, 8.0, HEIGHT_M) if self.placed else None,
            trouble=self.trouble,
            simulated=self.simulated,
        )

    def _occupied(self, zone: Zone, people: tuple[Blob, ...]) -> ZoneOccupancy:
        inside = tuple(b.id for b in people if zone.x0 <= b.position[0] <= zone.x1 and zone.y0 <= b.position[1] <= zone.y1)
        return ZoneOccupancy(zone.id, inside, known=zone.id != "store")

    def people(self, at_ns: int) -> tuple[Blob, ...]:
        return tuple(self._blob(number, walker, at_ns) for number, walker in enumerate(self.walkers))

    def _blob(self, number: int, walker: Walker, at_ns: int) -> Blob:
        seconds = (at_ns - self.walks_from_ns) / SECOND + 3 * number
        x, y = walker.at(seconds)
        ahead = walker.at(seconds + 0.1)
        position = (x, y, 1.0)
        (long, short), turn = walker.spread, 0.6 + number
        cos, sin = math.cos(turn), math.sin(turn)
        xx, yy, xy = (long * cos) ** 2 + (short * sin) ** 2, (long * sin) ** 2 + (short * cos) ** 2, (long**2 - short**2) * cos * sin
        return Blob(
            id=f"blob-{number}",
            number=number + 1,
            status=walker.status,
            position=position,
            covariance=((xx, xy, 0.0), (xy, yy, 0.0), (0.0, 0.0, 0.09)),
            velocity=((ahead[0] - x) * 10, (ahead[1] - y) * 10, 0.0),
            confidence=walker.confidence,
            fused_value=float(self.contributions(position).sum()),
            since_ns=at_ns - (95 + 40 * number) * SECOND,
            updated_ns=at_ns,
            posture=walker.posture,
            still=walker.size[0] < 0.1,
            identity=self._match(walker.person, position, at_ns),
            trail=tuple((at_ns - age * SECOND // 4, *walker.at(seconds - age / 4)) for age in range(100, -1, -4)),
            zone_ids=tuple(z.id for z in self.floor.zones if z.x0 <= x <= z.x1 and z.y0 <= y <= z.y1),
            simulated=self.simulated,
        )

    def _match(self, person: int, position: Position, at_ns: int) -> BleMatch | None:
        if person < 0:
            return None
        known, heard = (ADA, GRACE)[person], (mac(0), mac(1), mac(9))[: 3 - person]
        method = "position" if person == 0 else "ranges"
        return BleMatch(known.id, known.name, known.color, "5C:F3:70:8B:11:2A", 0.82, method, heard, position, at_ns - 70 * SECOND)

    # links

    def links(self) -> list[tuple[int, int]]:
        live = [n for n in range(self.nodes) if n != 5 or self.nodes <= 6]
        return [(a, b) for i, a in enumerate(live) for b in live[i + 1 :]]

    def _ends(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        pairs = np.array(self.links(), np.int64).reshape(-1, 2)
        places = np.array(PLACES)
        return places[pairs[:, 0]], places[pairs[:, 1]]

    def _excess(self, point: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        a, b = self._ends()
        return np.linalg.norm(a - point, axis=1) + np.linalg.norm(b - point, axis=1) - np.linalg.norm(a - b, axis=1)

    def activities(self, people: tuple[Blob, ...]) -> npt.NDArray[np.float64]:
        found = np.full(len(self.links()), 0.15)
        for blob in people:
            found += (2.0 if blob.still else 9.0) * np.exp(-self._excess(np.array(blob.position)) / 0.12)
        return found

    def link_states(self, people: tuple[Blob, ...]) -> tuple[LinkState, ...]:
        return tuple(
            LinkState(link_id(mac(a), mac(b)), float(z), float(z) * 0.02, bool(z > 3), 0.93, 40.0)
            for (a, b), z in zip(self.links(), self.activities(people), strict=True)
        )

    def contributions(self, position: Position) -> npt.NDArray[np.float64]:
        """What each link adds at a place: crossed ones speak for it, quiet ones through it against."""
        near = np.exp(-self._excess(np.array(position)) / 0.30)
        sign = np.where(np.arange(len(near)) % 7 == 3, -0.35, 1.0)
        return sign * near * 0.6 - 0.002

    def glow(self, people: tuple[Blob, ...]) -> Floats:
        """A cloud of voxels around each person, on the grid; log odds, as fusion gives them: from 3 on."""
        if not people:
            return np.zeros((0, 4), np.float32)
        x, y, z = (np.arange(low + 0.1, high, 0.2) for low, high in ((0, 12), (0, 8), (0, HEIGHT_M)))
        grid = np.stack(np.meshgrid(x, y, z, indexing="ij"), axis=-1).reshape(-1, 3)
        value = np.zeros(len(grid))
        for blob in people:
            tall = np.array([0.45, 0.45, 1.1 if blob.posture is Posture.UPRIGHT else 0.4])
            middle = np.array([blob.position[0], blob.position[1], 1.0 if blob.posture is Posture.UPRIGHT else 0.3])
            value += blob.confidence * np.exp(-(((grid - middle) / tall) ** 2).sum(axis=1))
        order = np.argsort(-value)[: self.voxels]
        order = order[value[order] > 0.04] if self.voxels == 4000 else order
        return np.column_stack([grid[order], 3 + 27 * value[order]]).astype(np.float32)

    # reasons

    def explain(self, blob: Blob, at_ns: int) -> BlobExplanation:
        added = self.contributions(blob.position)
        excess, activity = self._excess(np.array(blob.position)), self.activities(self.people(at_ns))
        wavelength = wavelength_m(6)
        zones = np.maximum(1, np.ceil(excess / (wavelength / 2))).astype(int)
        share = np.maximum(added, 0) / max(float(np.maximum(added, 0).sum()), 1e-9)
        links = tuple(
            LinkContribution(
                link_id(mac(a), mac(b)), mac(a), mac(b), float(z) * 0.02, float(z), int(n), 1.0, bool(c > 0.02), float(c), float(s),
                float(added.sum() - 0.8 * c),
            )
            for (a, b), z, n, c, s in zip(self.links(), activity, zones, added, share, strict=True)
        )  # fmt: skip
        order = np.argsort(-added)[:12]
        ellipsoids = tuple(self._zone(index, int(zones[index]), wavelength) for index in order.tolist() if added[index] > 0.02)
        return BlobExplanation(
            blob.id, blob.number, at_ns, blob.position, float(added.sum()), blob.confidence, links, ellipsoids, blob.identity, 0.42
        )

    def _zone(self, index: int, number: int, wavelength: float) -> FresnelZone:
        a, b = self.links()[index]
        start, end = np.array(PLACES[a]), np.array(PLACES[b])
        apart = float(np.linalg.norm(end - start))
        along = (apart + number * wavelength / 2) / 2
        across = math.sqrt(along**2 - apart**2 / 4)
        middle = (start + end) / 2
        return FresnelZone(
            link_id(mac(a), mac(b)), tuple(middle.tolist()), (across, across, along), number, PLACES[a], PLACES[b], wavelength
        )


@dataclass
class RadioEngine(FakeEngine):
    """The fake engine with a radio scene. `radio_scene` may be replaced or changed at any time; `publish` shows it."""

    radio_scene: RadioScene | None = None
    fusing: bool = False  # people on the floor are fused tracks; the first of them are the persons who are known

    def __post_init__(self) -> None:
        super().__post_init__()
        with self.lock:
            nodes = self.radio_scene.nodes if self.radio_scene else 0
            self.settings = replace(
                self.settings,
                floor=self.radio_scene.floor if self.radio_scene else Floor(),
                nodes=tuple(NodeSettings(mac(n), NAMES[n], PLACES[n] if n != 11 else None) for n in range(nodes)),
            )
            self.people = PeopleView(persons=(ADA, GRACE))
            self.publish()

    def publish(self) -> None:
        with self.lock:
            super().publish()
            scene = getattr(self, "radio_scene", None)
            if scene is not None:
                radio = self._radio(scene, self._snapshot)
                self._snapshot = replace(self._snapshot, radio=radio)
                if self.fusing and radio.picture is not None:
                    fused = fused_from(radio.picture, self.people.persons, self._snapshot.at_ns, self._snapshot.settings.floor.zones)
                    self._snapshot = replace(self._snapshot, people=replace(self.people, fused=fused))

    def _radio(self, scene: RadioScene, snapshot: Snapshot) -> RadioView:
        if not snapshot.settings.radio.enabled:
            return RadioView(nodes=scene.node_views(snapshot.at_ns))
        tenth, since_ns = SECOND // 10, snapshot.at_ns - self._begin_ns
        scene.walks_from_ns = self._begin_ns  # so that what is tested with it does not hang on the time of day
        view = scene.view(snapshot.at_ns - since_ns % tenth)
        return replace(view, nodes=tuple(self._placed(node) for node in view.nodes))

    def _placed(self, node: NodeView) -> NodeView:
        known = self.settings.node(node.mac)
        if known is None or known.position is None or node.position is None:
            return node
        return replace(node, position=known.position, position_source="plan")

    def port(self, name: str = "ada") -> "RadioPort":
        user = next(user for user in self.users if user.name == name)
        return RadioPort(self, Session(f"session-{name}", user, ROLE_VERBS[user.role]))

    def _dispatch(self, command: Command) -> str:
        match command:
            case PutNode(node):
                others = tuple(n for n in self.settings.nodes if n.mac != node.mac)
                self.settings = replace(self.settings, nodes=(*others, node))
                return node.mac
            case ChangeSettings(floor=floor, radio=radio) if floor or radio:
                self.settings = replace(self.settings, floor=floor or self.settings.floor, radio=radio or self.settings.radio)
                return ""
        return super()._dispatch(command)

    def explain(self, blob_id: str) -> BlobExplanation:
        picture = self._snapshot.radio.picture
        blob = next((b for b in picture.blobs if b.id == blob_id), None) if picture else None
        if blob is None or picture is None or self.radio_scene is None:
            raise NotFound(f"There is no blob {blob_id!r}.")
        return self.radio_scene.explain(blob, picture.at_ns)


class RadioPort(FakePort):
    """Also explains."""

    _engine: RadioEngine

    def snapshot(self) -> Snapshot:
        """Whole: the fake engine publishes in two steps."""
        self._enter("snapshot", None)
        with self._engine.lock:
            return self._engine.snapshot

    def ask(self, question: Question[T]) -> T:
        if isinstance(question, ExplainBlob):
            self._enter("ask", question.verb, question)
            with self._engine.lock:
                return self._engine.explain(question.blob)
        return super().ask(question)
