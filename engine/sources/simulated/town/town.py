"""The simulated town as the engine meets it: what its people report of the past and now, and what its towers see over the forest."""

import math
from collections.abc import Iterator
from random import Random

from engine.model.fire.smoke import Lookout, SmokeBox, SmokeFrame
from engine.model.incidents.incident import IncidentCategory, Report
from engine.model.site import SiteAnchor
from engine.model.time import SECOND
from engine.sources.simulated.town.calls import (
    HOUR_NS,
    LATEST_NS,
    LIVE_NS,
    SEEN_BY,
    SEEN_LIVE,
    Occurrence,
    around,
    at_once,
    live,
    of_hour,
    received_between,
    reports_of,
)
from engine.sources.simulated.town.plan import TOWN, EastNorth, Shares, TowerPlan, TownPlan

SEED = "Granby 1"
FRAME_NS = 30 * SECOND
SMOKES_NS, WATCHES_NS = 720 * SECOND, 300 * SECOND  # smoke is seen for so long; where there is none, a tower says so this often
BELIEVED_NS = 300 * SECOND
WELCOME_NS = 20 * SECOND  # after the start, something happens
DETECTOR = "simulated towers"
_WIDTH_M, _SURE = 130.0, 0.72
_MANY: Shares = (0.0, 0.2, 0.4, 0.4)


class SimulatedTown:
    """Immutable; any thread. Times are UTC ns; `since_ns` is within what is asked for and `until_ns` is not."""

    def __init__(self, plan: TownPlan = TOWN, seed: str = SEED) -> None:
        self._plan = plan
        self._seed = seed

    @property
    def anchor(self) -> SiteAnchor:
        """Where the demo site lies."""
        return self._plan.anchor

    @property
    def lookouts(self) -> tuple[Lookout, ...]:
        return self._plan.lookouts

    def outlines(self) -> str:
        """Its neighbourhoods as GeoJSON."""
        return self._plan.outlines()

    def past(self, since_ns: int, until_ns: int) -> list[Report]:
        """What was reported while nobody watched, in the order it was received."""
        slots = range((since_ns - LATEST_NS) // HOUR_NS, until_ns // HOUR_NS + 1)
        several = (it for slot in slots for it in of_hour(self._plan, self._seed, slot))
        return received_between((each for it in several for each in reports_of(self._plan, it, SEEN_BY)), since_ns, until_ns)

    def live(self, since_ns: int, until_ns: int) -> list[Report]:
        """What is reported while somebody watches: fewer occurrences, of more reporters; and fires that the towers see too."""
        slots = range((since_ns - LATEST_NS) // LIVE_NS, until_ns // LIVE_NS + 1)
        several = (each for slot in slots for each in reports_of(self._plan, live(self._plan, self._seed, slot), SEEN_LIVE))
        fires = (each for it in self._fires(since_ns, until_ns) for each in reports_of(self._plan, it, _MANY))
        return received_between((*several, *fires), since_ns, until_ns)

    def welcome(self, started_ns: int) -> list[Report]:
        """Of something that happens soon after the start."""
        key = f"{self._seed} welcome {started_ns}"
        it = at_once(self._plan, key, started_ns + WELCOME_NS, Random(key))
        return received_between(reports_of(self._plan, it, _MANY), started_ns, started_ns + WELCOME_NS + LATEST_NS)

    def frames(self, since_ns: int, until_ns: int) -> list[SmokeFrame]:
        """What the towers see, in its order."""
        ticks = range(-(-since_ns // FRAME_NS), -(-until_ns // FRAME_NS))
        return [frame for tick in ticks for frame in self._looked(tick * FRAME_NS)]

    def smoke_before(self, at_ns: int) -> int:
        """When smoke last began to rise that has been seen for minutes, as it takes to believe in it."""
        slot = at_ns // HOUR_NS
        return max(began_ns for back in range(3) if (began_ns := self._smoke(slot - back)[0]) <= at_ns - BELIEVED_NS)

    def _looked(self, at_ns: int) -> Iterator[SmokeFrame]:
        began_ns, at = self._smoke(at_ns // HOUR_NS)
        smokes = began_ns <= at_ns < began_ns + SMOKES_NS
        if not smokes and at_ns % WATCHES_NS:
            return
        for tower in self._plan.towers:
            box = _box(tower, at, Random(f"{self._seed} {tower.id} {at_ns}")) if smokes else ()
            yield SmokeFrame(tower.id, "0", at_ns, box, DETECTOR, simulated=True)

    def _smoke(self, slot: int) -> tuple[int, EastNorth]:
        """When it begins in an hour since 1970, and where; over before the hour is."""
        dice = Random(f"{self._seed} smoke {slot}")
        began_s = dice.uniform(0.0, 0.75) * 3600
        plan = self._plan.smoke
        return slot * HOUR_NS + round(began_s) * SECOND, around(plan.middle, plan.spread_m, dice, 1.5 * plan.spread_m)

    def _fires(self, since_ns: int, until_ns: int) -> Iterator[Occurrence]:
        """What people say of smoke, a minute or two after towers see it."""
        smoke = self._plan.smoke
        for slot in range((since_ns - LATEST_NS - HOUR_NS) // HOUR_NS, until_ns // HOUR_NS + 1):
            began_ns, at = self._smoke(slot)
            key = f"{self._seed} fire {slot}"
            yield Occurrence(key, IncidentCategory.FIRE, 4, at, smoke.name, began_ns + 150 * SECOND, smoke.words)


def _box(tower: TowerPlan, at: EastNorth, dice: Random) -> tuple[SmokeBox, ...]:
    """Where smoke stands in a tower's picture, as the lookout's bearings have it (linear over the angle of view)."""
    east, north = at[0] - tower.at[0], at[1] - tower.at[1]
    turn = (math.degrees(math.atan2(east, north)) - tower.azimuth_deg + 180.0) % 360.0 - 180.0
    middle = 0.5 + turn / tower.angle_of_view_deg + dice.gauss(0.0, 0.0015)
    half = math.degrees(_WIDTH_M / math.hypot(east, north)) / tower.angle_of_view_deg / 2
    top = 0.36 + dice.gauss(0.0, 0.004)
    return (SmokeBox((middle - half, top, middle + half, 0.5), round(min(0.95, _SURE + abs(dice.gauss(0.0, 0.06))), 3)),)
