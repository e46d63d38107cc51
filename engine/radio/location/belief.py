"""How sure it is that a person who is followed is still there: log-odds that rise with evidence and fall without.

Silence is not one thing. Where links would have shown a body and do not, somebody is gone. Where they show nothing of who lies low or
sits still, silence tells little: nobody vanishes from the middle of a floor, so belief fades slowly, and ends at a limit all the same.
Who breathes is there. What no live link could see is not known any more, and ends soonest.
"""

import numpy as np

from engine.model.value_class import dataclass
from engine.radio.location.track import MOST_BELIEF, Track

SECOND = 1_000_000_000
_BREATHES = 0.3
_PAUSE_PER_S = 1.2  # belief lost at most while nothing at all moves: who stands still is not gone at once
_WRONG_PER_S = 5.0  # belief lost at most otherwise
_SILENCE_PER_S = 0.04
_FADES_S, _DENIED_PER_S = 8.0, -4.0  # belief of who fell silent well inside the floor, as long as evidence a second is not below that
_UPRIGHT_NS, _LOW_NS, _LOW_M = 15 * SECOND, 45 * SECOND, 1.0  # the longest that is held without evidence, the second of who went down
_BLIND_NS = 3 * SECOND
_WORTH_S, _WORTHLESS_PER_S, _DOUBLE_PER_S = 1.0, 8.0, 1.5  # who explains nothing beside an older track is no other person
_TOLD_S = 1.0


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a tick says of one track: `evidence` (log-likelihood ratio, tempered), `breath` (0–1, in links that see the place),
    whether anything moves at all, whether a live link could see somebody there, whether nobody else is followed, and whether an older
    track stands at the same place."""

    evidence: float
    breath: float
    active: bool
    visible: bool
    alone: bool
    doubled: bool


def believe(track: Track, heard: Hearing, now_ns: int, dt_s: float) -> None:
    """One tick. A belief of 0 or less means that the track is over."""
    evidence = heard.evidence if heard.visible else -_PAUSE_PER_S * dt_s
    track.worth += (1 - np.exp(-dt_s / _WORTH_S)) * (evidence / dt_s - track.worth)
    track.told += (1 - np.exp(-dt_s / _TOLD_S)) * (min(evidence, 0.0) / dt_s - track.told)
    if heard.doubled and track.worth < _WORTHLESS_PER_S:
        evidence = min(evidence, 0.0) - _DOUBLE_PER_S * dt_s
    breathes = heard.breath > _BREATHES
    if heard.visible:
        track.visible_ns = now_ns
    if breathes:
        track.known_ns = now_ns
    if _hidden(track, heard, now_ns):
        track.belief += max(evidence, -track.belief * dt_s / _FADES_S)
    elif not breathes:
        lost = _WRONG_PER_S if heard.active and heard.visible else _PAUSE_PER_S
        track.belief += max(evidence, -lost * dt_s) - _SILENCE_PER_S * dt_s
    else:
        track.belief += max(evidence, 0.0)
    track.belief = min(track.belief, MOST_BELIEF)
    if now_ns - track.visible_ns > _BLIND_NS:
        track.belief = 0.0


def _hidden(track: Track, heard: Hearing, now_ns: int) -> bool:
    """Whether somebody fell silent where nobody leaves, and the links would hardly show them."""
    if not track.inside or not heard.alone or heard.active or not heard.visible or heard.breath > _BREATHES:
        return False
    longest = _LOW_NS if float(track.cloud.mean()[2]) < _LOW_M else _UPRIGHT_NS
    return track.told > _DENIED_PER_S and now_ns - track.known_ns < longest
