"""What made-up people do: falls from standing and from a chair, and what looks like one.

A script is a row of postures with the time it takes to reach each. Durations: from the start of a descent to the pelvis' impact 0.58 s
(SD 0.26), from losing balance 1.27 s (SD 0.65): Choi, Wakeling, Robinovitch, "Kinematic analysis of video-captured falls experienced by
older adults in long-term care", Journal of Biomechanics 48, 2015. Sitting down 1.97 s: Kerr et al., "Analysis of the sit-stand-sit
movement cycle in normal subjects", Clinical Biomechanics 12, 1997. A seat is 0.45 m high, a bed 0.5, a sofa 0.42.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.gestures.body_model import ANGLES, Array, Motion, rest_height_m

Dice = np.random.Generator
Posture = Mapping[str, float]

SEAT_M, SOFA_M, BED_M = 0.45, 0.42, 0.5
_FLESH = 0.055  # of the height, between a pelvis and what it sits on
DESCENT_S, DESCENT_SD_S = 0.583, 0.255
SIT_DOWN_S, SIT_DOWN_SD_S = 1.97, 0.5
AFTER_S = 18.0  # how long somebody who fell is watched on
RESTS_S = 16.0, 24.0  # how long somebody stays where they wanted to be: as long as who fell, so that waiting tells nothing


def _bent(both: tuple[float, float] = (0.0, 5.0), **angles: float) -> Posture:
    """`both`: flexion of hips and knees."""
    return {"hip_left": both[0], "hip_right": both[0], "knee_left": both[1], "knee_right": both[1], "elbow": 15, "arms_out": 8} | angles


STAND = _bent(spine=4)
SIT = _bent((85, 85), pitch=-5, spine=12, arm_left=25, arm_right=25, elbow=70)
SIT_BACK = _bent((68, 75), pitch=-22, spine=14, arm_left=20, arm_right=20, elbow=60)
LEAN = _bent((105, 90), pitch=22, spine=22, arm_left=45, arm_right=45, elbow=40)
TO_THE_SHOES = _bent((125, 85), pitch=42, spine=48, neck=10, arm_left=85, arm_right=85, elbow=10)
LEAN_ASIDE = _bent((85, 85), pitch=0, spine=15, spine_side=35, roll=12, elbow=40)
REACH_DOWN_ASIDE = _bent((95, 85), pitch=15, spine=30, spine_side=45, roll=18, arm_left=30, elbow=5)
BEND = _bent((62, 8), pitch=58, spine=38, arm_left=95, arm_right=95, elbow=5)
STOOP = _bent((75, 45), pitch=48, spine=35, arm_left=90, arm_right=90, elbow=5)
SQUAT = _bent((118, 135), pitch=28, spine=25, arm_left=70, arm_right=70, elbow=30)
ONE_KNEE = _bent(hip_left=80, knee_left=85, hip_right=-5, knee_right=95, spine=12)
KNEEL = _bent((0, 88), spine=6, pitch=3)
HEELS = _bent((70, 150), spine=8, pitch=-3)
ALL_FOURS = _bent((82, 90), pitch=78, spine=6, neck=-35, arm_left=80, arm_right=80, elbow=5)
FLOOR_SIT = _bent((78, 25), pitch=-8, spine=20, arm_left=30, arm_right=30, elbow=40)
FLOOR_RECLINE = _bent((62, 30), pitch=-35, spine=15, arm_left=-20, arm_right=-20, elbow=20)
CROSS_LEGGED = _bent((88, 128), spread=48, spine=8, arm_left=30, arm_right=30, elbow=50)
SUPINE = _bent((6, 8), pitch=-88, arms_out=25)
SUPINE_KNEES_UP = _bent((48, 92), pitch=-88, arms_out=30)
PRONE = _bent((3, 12), pitch=88, neck=-15, arms_out=40, elbow=5)
ON_LEFT = _bent(roll=88, hip_left=35, hip_right=50, knee_left=45, knee_right=60, spine=12, arm_left=60, arm_right=40, elbow=60)
ON_RIGHT = _bent(roll=-88, hip_left=50, hip_right=35, knee_left=60, knee_right=45, spine=12, arm_left=40, arm_right=60, elbow=60)
CURLED = _bent((75, 90), roll=88, spine=35, neck=15, arm_left=60, arm_right=60, elbow=90)
PLANK = _bent((0, 3), pitch=76, neck=-15, arm_left=78, arm_right=78, elbow=3)
PUSHED_DOWN = _bent((0, 3), pitch=86, neck=-15, arm_left=60, arm_right=60, arms_out=45, elbow=95)
DOWN_DOG = _bent((95, 5), pitch=128, neck=10, arm_left=165, arm_right=165, elbow=3)
CHILD = _bent((135, 150), pitch=80, spine=20, arm_left=150, arm_right=150, elbow=10)
WARRIOR = _bent(hip_left=70, knee_left=75, hip_right=-30, knee_right=10, arm_left=85, arm_right=85, elbow=3)
COBRA = _bent((-8, 5), pitch=75, spine=-45, neck=-15, arm_left=40, arm_right=40, elbow=20)


@dataclass(frozen=True, slots=True)
class Step:
    """`takes_s` to reach `posture`, then `holds_s` in it. `seat_m`: what the pelvis rests on; None: the floor, with whatever is lowest.

    `ahead_m`, `aside_m`: where the pelvis goes meanwhile, by the person's own heading. `falls`: faster and faster, not smoothly."""

    posture: Posture
    takes_s: float
    holds_s: float = 0.0
    seat_m: float | None = None
    ahead_m: float = 0.0
    aside_m: float = 0.0
    falls: bool = False
    walks: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """`fall`: where the first step of the fall stands among the steps; None: nobody falls. `furniture`: a chair or bed that may hide
    somebody; `close`: the camera is a desk's or a door's, and the picture's lower edge cuts people."""

    name: str
    steps: tuple[Step, ...]
    fall: int | None = None
    furniture: bool = False
    close: bool = False


Script = Callable[[Dice], Scene]


def fall_s(scene: Scene) -> float | None:
    """When the descent begins, seconds from the start."""
    return None if scene.fall is None else sum(step.takes_s + step.holds_s for step in scene.steps[: scene.fall])


def motion_of(scene: Scene, height_m: float, fps: float, dice: Dice) -> Motion:
    """The scene `fps` times a second, with the small movement of everybody who lives."""
    keys = [_key(step, height_m) for step in scene.steps]
    rows: list[Array] = []
    at, before = np.zeros(2), keys[0]
    for step, key in zip(scene.steps, keys, strict=True):
        goal = at + np.array([step.aside_m, step.ahead_m])
        count = max(round(step.takes_s * fps), 1)
        share = _share(np.arange(1, count + 1) / count, step.falls)
        way = np.hstack([before + share[:, None] * (key - before), at + _walked(step, share)[:, None] * (goal - at)])
        rows += [_striding(way, count / fps) if step.walks else way, np.tile(np.append(key, goal), (round(step.holds_s * fps), 1))]
        at, before = goal, key
    whole = np.vstack(rows)
    angles = whole[:, : len(ANGLES)] + _trembling(dice, len(whole), len(ANGLES), fps)
    return Motion(angles, whole[:, -2:], whole[:, len(ANGLES)])


def _key(step: Step, height_m: float) -> Array:
    rise = rest_height_m(step.posture, height_m) if step.seat_m is None else step.seat_m + _FLESH * height_m
    return np.array([*(step.posture.get(name, 0.0) for name in ANGLES), rise])


def _share(time: Array, falls: bool) -> Array:
    """How far a movement has come: of least jerk (Flash and Hogan 1985), or as what falls."""
    return time**1.9 if falls else time**3 * (10 - 15 * time + 6 * time**2)


def _walked(step: Step, share: Array) -> Array:
    return np.arange(1, len(share) + 1) / len(share) if step.walks else share


def _striding(way: Array, lasts_s: float) -> Array:
    phase = 2 * np.pi * 0.9 * np.linspace(0, lasts_s, len(way))
    way = way.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        swing = sign * np.sin(phase)
        way[:, ANGLES.index(f"hip_{side}")] += 24 * swing
        way[:, ANGLES.index(f"knee_{side}")] += 18 + 18 * np.cos(phase * 1.0) * sign
        way[:, ANGLES.index(f"arm_{side}")] -= 20 * swing
    return way


def _trembling(dice: Dice, count: int, width: int, fps: float) -> Array:
    """Slow wandering of every joint by some degrees."""
    size = dice.uniform(0.5, 2.5)
    times = np.arange(count)[:, None] / fps
    hz, phase = dice.uniform(0.05, 0.5, width), dice.uniform(0, 2 * np.pi, width)
    return size * np.sin(2 * np.pi * hz * times + phase)


def _normal(dice: Dice, mean: float, spread: float, least: float, most: float) -> float:
    return float(np.clip(dice.normal(mean, spread), least, most))


def _descent_s(dice: Dice) -> float:
    return _normal(dice, DESCENT_S, DESCENT_SD_S, 0.35, 1.2)


def _sits_down_s(dice: Dice) -> float:
    return _normal(dice, SIT_DOWN_S, SIT_DOWN_SD_S, 1.0, 3.2)


def _some(dice: Dice, posture: Posture, by: float = 8.0) -> Posture:
    """Nobody takes a posture twice the same."""
    return {name: value + dice.normal(0, by) for name, value in posture.items()}


def _standing(dice: Dice) -> tuple[Step, ...]:
    """Stands, mostly after some steps."""
    first = Step(_some(dice, STAND, 3), 0.1, dice.uniform(0.3, 1.5))
    if dice.random() < 0.7:
        lasts_s = dice.uniform(1.2, 3.0)
        return first, replace(first, takes_s=lasts_s, ahead_m=lasts_s * dice.uniform(0.4, 1.1), walks=True)
    return first, replace(first, takes_s=0.5, holds_s=dice.uniform(1.0, 2.5))


def _seated(dice: Dice, seat_m: float = SEAT_M) -> tuple[Step, ...]:
    """Sits: from the first moment on, or after having come and sat down."""
    sits = Step(_some(dice, SIT if dice.random() < 0.7 else SIT_BACK, 6), _sits_down_s(dice), dice.uniform(1.2, 4.0), seat_m, -0.25)
    if dice.random() < 0.5:
        return (replace(sits, takes_s=0.1, holds_s=dice.uniform(1.5, 5.0), ahead_m=0.0),)
    return *_standing(dice), sits


def _lying(dice: Dice, direction: str) -> Posture:
    ends = {
        "forward": (PRONE, PRONE, ON_LEFT, ON_RIGHT),
        "backward": (SUPINE, SUPINE, SUPINE_KNEES_UP),
        "left": (ON_LEFT, CURLED, PRONE),
        "right": (ON_RIGHT, SUPINE),
    }[direction]
    return _some(dice, ends[dice.integers(len(ends))], 7)


def _falls(name: str, before: tuple[Step, ...], *steps: Step, furniture: bool = False) -> Scene:
    last = replace(steps[-1], holds_s=AFTER_S)
    return Scene(name, (*before, *steps[:-1], last), len(before), furniture)


def _from_standing(direction: str) -> Script:
    way = {"forward": (0.75, 0.0), "backward": (-0.6, 0.0), "left": (0.0, -0.7), "right": (0.0, 0.7)}[direction]

    def script(dice: Dice) -> Scene:
        down_s = _descent_s(dice)
        middle = {"forward": ONE_KNEE, "backward": FLOOR_RECLINE, "left": STOOP, "right": STOOP}[direction]
        to = Step(_lying(dice, direction), down_s, falls=True, ahead_m=way[0], aside_m=way[1])
        if dice.random() < 0.5:
            return _falls(f"standing, {direction}", _standing(dice), to)
        share = dice.uniform(0.4, 0.6)
        first = Step(_some(dice, middle), share * down_s * 1.2, falls=True, ahead_m=way[0] / 2, aside_m=way[1] / 2)
        then = replace(to, takes_s=(1 - share) * down_s * 1.2, ahead_m=way[0] / 2, aside_m=way[1] / 2, falls=False)
        return _falls(f"standing, {direction}", _standing(dice), first, then)

    return script


def _crumples(dice: Dice) -> Scene:
    """The knees give way."""
    down_s = _descent_s(dice) * 1.2
    side = "left" if dice.random() < 0.5 else "right"
    first = Step(_some(dice, SQUAT), 0.55 * down_s, falls=True)
    then = Step(_lying(dice, side), 0.45 * down_s, aside_m=-0.35 if side == "left" else 0.35)
    return _falls("standing, crumples", _standing(dice), first, then)


def _chair_forward(dice: Dice) -> Scene:
    down_s = _descent_s(dice) * 1.3
    first = Step(_some(dice, LEAN, 10), 0.45 * down_s, seat_m=SEAT_M - 0.05, ahead_m=0.15, falls=True)
    then = Step(_lying(dice, "forward"), 0.55 * down_s, ahead_m=dice.uniform(0.4, 0.8), aside_m=dice.uniform(-0.2, 0.2))
    return _falls("chair, forward", _seated(dice), first, then, furniture=True)


def _chair_sideways(dice: Dice) -> Scene:
    down_s = _descent_s(dice) * 1.2
    side, sign = ("left", -1.0) if dice.random() < 0.5 else ("right", 1.0)
    tilted = dict(SIT) | {"roll": -sign * dice.uniform(35, 55), "spine_side": -sign * 15}
    first = Step(_some(dice, tilted), 0.5 * down_s, seat_m=SEAT_M - 0.1, aside_m=sign * 0.2, falls=True)
    then = Step(_lying(dice, side), 0.5 * down_s, aside_m=sign * dice.uniform(0.2, 0.5), ahead_m=dice.uniform(0.0, 0.4))
    return _falls("chair, sideways", _seated(dice), first, then, furniture=True)


def _chair_slump(dice: Dice) -> Scene:
    """Slides off the front of the seat and rolls over."""
    down_s = _descent_s(dice) * 1.6
    side = ("left", "right", "backward")[dice.integers(3)]
    first = Step(_some(dice, FLOOR_RECLINE, 10), 0.6 * down_s, ahead_m=0.45, falls=True)
    then = Step(_lying(dice, side), 0.6 * down_s, ahead_m=0.2)
    return _falls("chair, slumps", _seated(dice), first, then, furniture=True)


def _chair_slide(dice: Dice) -> Scene:
    """Slides off slowly, as who faints leaning back, and ends on the floor."""
    slides_s = dice.uniform(1.8, 4.0)
    side = ("left", "right", "backward")[dice.integers(3)]
    first = Step(_some(dice, FLOOR_RECLINE, 10), slides_s, ahead_m=0.45)
    then = Step(_lying(dice, side), dice.uniform(0.7, 1.5), ahead_m=0.2)
    return _falls("chair, slow slide", _seated(dice), first, then, furniture=True)


def _chair_topples(dice: Dice) -> Scene:
    """With the chair, backwards."""
    down_s = _descent_s(dice) * 1.2
    to = Step(_some(dice, _bent((75, 80), pitch=-92, arms_out=40)), down_s, falls=True, ahead_m=-0.45)
    then = Step(_lying(dice, "backward"), dice.uniform(0.6, 1.5))
    return _falls("chair, topples backward", _seated(dice), to, then, furniture=True)


def _rests(name: str, *steps: Step, furniture: bool = False, close: bool = False) -> Scene:
    return Scene(name, steps, None, furniture, close)


def _sit_down(dice: Dice) -> Scene:
    sits = Step(_some(dice, SIT, 6), _sits_down_s(dice), dice.uniform(*RESTS_S), SEAT_M, -0.25)
    return _rests("sits down", *_standing(dice), sits, furniture=True)


def _sit_hard(dice: Dice) -> Scene:
    """Drops into the chair or the sofa."""
    seat_m = SEAT_M if dice.random() < 0.5 else SOFA_M - 0.05
    drops = Step(_some(dice, SIT_BACK, 8), dice.uniform(0.4, 0.7), dice.uniform(*RESTS_S), seat_m, -0.3, falls=True)
    return _rests("drops into a seat", *_standing(dice), drops, furniture=True)


def _seated_bend(dice: Dice) -> Scene:
    low = (LEAN, REACH_DOWN_ASIDE, TO_THE_SHOES)[dice.integers(3)]
    bends = Step(_some(dice, low), dice.uniform(0.5, 1.5), dice.uniform(1.5, 6.0), SEAT_M)
    back = Step(SIT, dice.uniform(0.7, 1.5), dice.uniform(1, 3), SEAT_M)
    return _rests("bends while seated", *_seated(dice), bends, back, furniture=True)


def _ties_shoes(dice: Dice) -> Scene:
    bends = Step(_some(dice, TO_THE_SHOES, 10), dice.uniform(0.6, 1.5), dice.uniform(5, 10), SEAT_M)
    return _rests("ties shoes, seated", *_seated(dice), bends, Step(SIT, 1.0, 1.5, SEAT_M), furniture=True)


def _lies_on(name: str, height_m: float, fastest_s: float) -> Script:
    def script(dice: Dice) -> Scene:
        sits = Step(_some(dice, SIT, 6), _sits_down_s(dice), dice.uniform(0.3, 2.0), height_m, -0.3)
        to = (ON_LEFT, ON_RIGHT, SUPINE)[dice.integers(3)]
        lies = Step(_some(dice, to, 6), dice.uniform(fastest_s, 3.0), dice.uniform(*RESTS_S), height_m, aside_m=dice.uniform(-0.3, 0.3))
        return _rests(name, *_standing(dice), sits, lies, furniture=True)

    return script


def _lies_on_floor(dice: Dice) -> Scene:
    """As who does exercises: sits down first, mostly by way of the knees."""
    kneels = (Step(_some(dice, KNEEL), dice.uniform(1.2, 2.2), dice.uniform(0.0, 1.0)),) if dice.random() < 0.6 else ()
    sits = Step(_some(dice, FLOOR_SIT), dice.uniform(1.2, 2.5), dice.uniform(0.0, 1.0))
    to = (SUPINE, SUPINE_KNEES_UP, ON_LEFT, ON_RIGHT)[dice.integers(4)]
    lies = Step(_some(dice, to, 6), dice.uniform(1.5, 3.0), dice.uniform(*RESTS_S))
    return _rests("lies down on the floor", *_standing(dice), *kneels, sits, lies)


def _yoga(dice: Dice) -> Scene:
    row = [DOWN_DOG, PLANK, COBRA, CHILD, WARRIOR, CROSS_LEGGED, SUPINE, BEND]
    chosen = [row[index] for index in dice.permutation(len(row))[:4]]
    steps = [Step(_some(dice, posture, 5), dice.uniform(2.5, 4.5), dice.uniform(2, 8)) for posture in chosen]
    return _rests("yoga", *_standing(dice), Step(_some(dice, BEND), 2.2, 1.0), Step(_some(dice, ALL_FOURS), 2.0, 1.0), *steps)


def _kneels(dice: Dice) -> Scene:
    down = Step(_some(dice, ONE_KNEE, 5), dice.uniform(0.7, 1.5), 0.2)
    then = (KNEEL, HEELS)[dice.integers(2)]
    return _rests("kneels", *_standing(dice), down, Step(_some(dice, then, 5), dice.uniform(0.6, 1.2), dice.uniform(*RESTS_S)))


def _crawls(dice: Dice) -> Scene:
    down = Step(_some(dice, ALL_FOURS, 6), dice.uniform(1.0, 2.2), 0.5)
    go = Step(_some(dice, ALL_FOURS, 6), dice.uniform(3, 6), 1.5, ahead_m=dice.uniform(0.5, 2.0))
    return _rests("crawls", *_standing(dice), down, go)


def _picks_up(dice: Dice) -> Scene:
    low = (BEND, STOOP, SQUAT)[dice.integers(3)]
    down = Step(_some(dice, low), dice.uniform(0.5, 1.2), dice.uniform(0.3, 4.0))
    return _rests("picks up", *_standing(dice), down, Step(STAND, dice.uniform(0.6, 1.2), 2.0))


def _push_ups(dice: Dice) -> Scene:
    start = (Step(_some(dice, ALL_FOURS), dice.uniform(1.2, 2.0), 0.3), Step(PLANK, 1.0, 0.5))
    repeats = [step for _ in range(dice.integers(4, 7)) for step in (Step(PUSHED_DOWN, 0.7, 0.1), Step(PLANK, 0.7, 0.1))]
    return _rests("push-ups", *_standing(dice), *start, *repeats)


def _speaker(dice: Dice) -> Scene:
    """At a desk, near the camera: leans to every side and gestures."""
    leans = [LEAN, SIT_BACK, LEAN_ASIDE, REACH_DOWN_ASIDE, SIT]
    steps = [Step(_some(dice, leans[dice.integers(5)]), dice.uniform(0.5, 1.5), dice.uniform(0.5, 3), SEAT_M) for _ in range(6)]
    return _rests("seated speaker", Step(_some(dice, SIT), 0.1, dice.uniform(1, 3), SEAT_M), *steps, furniture=True, close=True)


def _leaves(dice: Dice) -> Scene:
    """Towards the camera and out by the picture's lower edge."""
    walks_s = dice.uniform(3, 5)
    go = Step(STAND, walks_s, 0.5, ahead_m=walks_s * dice.uniform(0.9, 1.5), walks=True)
    return _rests("leaves by the lower edge", Step(STAND, 0.1, 1.5), go, close=True)


def _squats(dice: Dice) -> Scene:
    down = Step(_some(dice, SQUAT), dice.uniform(0.5, 1.2), dice.uniform(2, 7))
    return _rests("squats", *_standing(dice), down, Step(STAND, 1.0, 1.5))


STANDING_FALLS: Sequence[Script] = (
    *(_from_standing("forward"),) * 3,
    *(_from_standing("backward"),) * 3,
    _from_standing("left"),
    _from_standing("right"),
    _crumples,
    _crumples,
)
CHAIR_FALLS: Sequence[Script] = (
    *(_chair_forward,) * 4,
    *(_chair_sideways,) * 5,
    *(_chair_slump,) * 3,
    *(_chair_slide,) * 2,
    _chair_topples,
)
CONTROLS: Sequence[Script] = (
    _sit_down,
    _sit_hard,
    _seated_bend,
    _ties_shoes,
    _lies_on("lies down on a bed", BED_M, 1.5),
    _lies_on("lies down on a sofa", SOFA_M, 1.3),
    _lies_on_floor,
    _yoga,
    _kneels,
    _crawls,
    _picks_up,
    _push_ups,
    _speaker,
    _leaves,
    _squats,
) * 3
