"""People who fall on command: when, and what their body does. The way on is taken up where it was broken off."""

import threading
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.body import INDEX, SIDES, Frame

Array = npt.NDArray[np.float64]

DOWN_S = 0.8
UP_S = 3.0
_BACK_M = 0.135  # from the floor to the middle of somebody who lies on it, for a stature of 1.7 m
_TURNS = np.radians([0, 30, -30, 60, -60, 95, -95, 135, -135, 180])  # ways to fall, against the way ahead; the first with room is taken


@dataclass(frozen=True, slots=True)
class Fall:
    """A walker goes down at `at_s` (world time, within 0.8 s), lies still for `lies_s`, gets up and walks on. `room`:
    where, if it is known."""

    walker_id: str
    at_s: float
    lies_s: float = 30.0
    down_s: float = DOWN_S
    room: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.at_s) and 0 <= self.lies_s < 1e9):
            raise InputError("lies_s", f"{self.lies_s} is no time to lie")
        if not 0.2 <= self.down_s <= 5:
            raise InputError("down_s", f"{self.down_s} is outside 0.2–5")

    @property
    def lasts_s(self) -> float:
        return self.down_s + self.lies_s + UP_S


class FallScript:
    """The falls commanded so far, for every sensor of a site alike. Any thread may call."""

    def __init__(self) -> None:
        self._falls: tuple[Fall, ...] = ()
        self._lock = threading.Lock()

    def __call__(self) -> tuple[Fall, ...]:
        return self._falls

    def add(self, fall: Fall) -> None:
        with self._lock:
            self._falls = (*self._falls, fall)


@dataclass(frozen=True, slots=True)
class Down:
    """How far down somebody is: `lean` 0 upright – 1 flat; `still`: does not move but for breath."""

    lean: float
    still: bool


UPRIGHT = Down(0.0, False)


def own_time(falls: Iterable[Fall], walker_id: str, t_s: float) -> tuple[float, Down]:
    """How far into their way a walker is at a world time, seconds, and how far down. While somebody is down, their way waits."""
    lost_s, up_again_s = 0.0, -np.inf
    for fall in sorted((fall for fall in falls if fall.walker_id == walker_id), key=lambda fall: fall.at_s):
        start_s = max(fall.at_s, up_again_s)  # nobody falls while lying
        since_s = t_s - start_s
        if since_s < 0:
            break
        if since_s < fall.lasts_s:
            return start_s - lost_s, _down(fall, since_s)
        lost_s += fall.lasts_s
        up_again_s = start_s + fall.lasts_s
    return t_s - lost_s, UPRIGHT


def _down(fall: Fall, since_s: float) -> Down:
    if since_s < fall.down_s:
        return Down((since_s / fall.down_s) ** 2, False)
    left_s = fall.lasts_s - since_s
    if left_s > UP_S:
        return Down(1.0, True)
    share = left_s / UP_S
    return Down(share * share * (3 - 2 * share), False)


def turn_of_fall(place: Sequence[float], heading: float, length_m: float, room_m: Callable[[Array], float]) -> float:
    """Radians to turn while falling, so that a body of this length, arms and all, comes to lie where there is room.

    `room_m`: the smallest distance of points (N, 2) from what is in the way, metres.
    """
    best, widest = 0.0, -np.inf
    for turn in _TURNS:
        reach = np.linspace(0, length_m, 9)[:, None] * np.array([np.cos(heading + turn), np.sin(heading + turn)])
        room = room_m(np.array(place) + reach)
        if room > 0.3:
            return float(turn)
        if room > widest:
            best, widest = float(turn), room
    return best


def fallen(joints: Array, hips: Frame, height_m: float, down: Down, turn: float) -> tuple[Array, Frame, Frame]:
    """The skeleton of somebody on their way down or lying face down, from the upright one at the same place.

    The body turns by `turn` about its feet's upright axis and tips forward over its toes, limbs going limp.
    """
    forward, left = _turned(hips, turn * min(2 * down.lean, 1.0))
    foot = np.array([*joints[[INDEX[f"{side}_ankle"] for side in SIDES], :2].mean(axis=0), 0.0])
    local = _local(joints - foot, hips)
    local += min(1.5 * down.lean, 1.0) * (_limp(height_m) - local)
    angle = down.lean * np.pi / 2
    along, out = _tipped(forward, angle)
    lift = down.lean * _BACK_M * height_m / 1.7
    body = foot + np.outer(local[:, 0], out) + np.outer(local[:, 1], left) + np.outer(local[:, 2], along) + np.array([0, 0, lift])
    shift = (1 - np.cos(angle)) * 0.35 * height_m  # the feet slip back while the body goes forward
    frame = Frame(out, left, along)
    return body - shift * forward, frame, frame


def _turned(hips: Frame, turn: float) -> tuple[Array, Array]:
    c, s = np.cos(turn), np.sin(turn)
    return c * hips.forward + s * hips.left, c * hips.left - s * hips.forward


def _tipped(forward: Array, angle: float) -> tuple[Array, Array]:
    """Where the body's length and its front point."""
    up = np.array([0.0, 0.0, 1.0])
    return np.sin(angle) * forward + np.cos(angle) * up, np.cos(angle) * forward - np.sin(angle) * up


def _local(offsets: Array, hips: Frame) -> Array:
    """(24, 3): forward, left, up of the body."""
    return offsets @ np.stack([hips.forward, hips.left, hips.up], axis=1)


def _limp(height: float) -> Array:
    """A body laid out, in the same coordinates, metres: one arm above the head, one beside it, a knee drawn up sideways."""
    spots: dict[str, tuple[float, float, float]] = {
        "pelvis": (0, 0, 0.51), "waist": (0, 0.005, 0.585), "chest": (0, 0.01, 0.70), "neck": (0, 0.015, 0.802),
        "head": (0.005, 0.03, 0.888), "crown": (0.005, 0.05, 0.97),
    }  # fmt: skip
    spots |= _limp_arm("left", (0, 0.11, 0.77), (0.35, 0.85))
    spots |= _limp_arm("right", (0, -0.09, 0.77), (-0.80, -0.40))
    spots |= _limp_leg("left", (0, 0.05, 0.49), (0.62, -0.70), (-0.35, -0.90))
    spots |= _limp_leg("right", (0, -0.05, 0.49), (-0.08, -1.0), (-0.10, -1.0))
    joints = np.zeros((len(INDEX), 3))
    for name, place in spots.items():
        joints[INDEX[name]] = place
    return joints * height


def _limp_arm(side: str, shoulder: tuple[float, float, float], towards: tuple[float, float]) -> dict[str, tuple[float, float, float]]:
    x, y, z = shoulder
    left, up = np.array(towards) / np.hypot(*towards)
    elbow = (x + 0.025, y + 0.172 * left, z + 0.172 * up)
    fore_left, fore_up = (0.25, 0.97) if up > 0 else (-0.30, -0.95)
    wrist = (x + 0.045, elbow[1] + 0.150 * fore_left, elbow[2] + 0.150 * fore_up)
    hand = (x + 0.05, wrist[1] + 0.075 * fore_left, wrist[2] + 0.075 * fore_up)
    return {f"{side}_shoulder": shoulder, f"{side}_elbow": elbow, f"{side}_wrist": wrist, f"{side}_hand": hand}


def _limp_leg(
    side: str, hip: tuple[float, float, float], thigh: tuple[float, float], shank: tuple[float, float]
) -> dict[str, tuple[float, float, float]]:
    x, y, z = hip
    (a, b), (c, d) = np.array(thigh) / np.hypot(*thigh), np.array(shank) / np.hypot(*shank)
    knee = (x + 0.02, y + 0.245 * a, z + 0.245 * b)
    ankle = (x + 0.02, knee[1] + 0.245 * c, knee[2] + 0.245 * d)
    heel = (x - 0.005, ankle[1], ankle[2] - 0.01)
    toe = (x + 0.03, ankle[1] + 0.09 * c, ankle[2] + 0.10 * d)
    return {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle, f"{side}_heel": heel, f"{side}_toe": toe}
