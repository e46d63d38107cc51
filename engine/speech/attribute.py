"""To which person in view a heard name belongs, if that can be told at all."""

from collections.abc import Sequence

from engine.model.value_class import dataclass

HEARD_WITHIN_M = 5.0
"""Beyond this a microphone in a room hears, but does not understand."""
_PRESENT = 0.5
_NEARER = 2.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may have spoken.

    Attributes:
        present: share of the utterance during which the person was in view, 0–1.
        face: a face was seen on the track during the utterance. distance_m: to the microphone; None where not known.
    """

    track_id: str
    present: float
    face: bool
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """`track_id` is None where nobody can be told apart; `reason` is a sentence either way. `weight`: how good the ground is, 0–1."""

    track_id: str | None
    reason: str
    weight: float = 0.0


def attribute(candidates: Sequence[Candidate], range_m: float = HEARD_WITHIN_M) -> Attribution:
    """The only person who can have spoken. Pure.

    Nobody is named on a guess: of several people in hearing distance one is chosen only if theirs is the only face in view and nobody
    else is nearer to the microphone, or if everybody else is more than twice as far away.
    """
    there = [one for one in candidates if one.present >= _PRESENT]
    near = [one for one in there if one.distance_m is None or one.distance_m <= range_m]
    if not near:
        return Attribution(None, f"All people in view are farther than {range_m:g} m." if there else "No person was in view at that time.")
    if len(near) == 1:
        only = near[0]
        return Attribution(
            only.track_id, "The only person within hearing." if there != near else "The only person in view.", _lone_weight(only)
        )
    return _of_several(near)


def _lone_weight(only: Candidate) -> float:
    return 1.0 if only.face else 0.7


def _of_several(near: Sequence[Candidate]) -> Attribution:
    faces = [one for one in near if one.face]
    if len(faces) == 1 and all(_not_nearer(other, faces[0]) for other in near):
        return Attribution(faces[0].track_id, f"The only face of {len(near)} people in view.", 0.6)
    close = _clearly_nearest(near)
    if close is not None and close.face:
        return Attribution(close.track_id, f"By far the nearest of {len(near)} people.", 0.6)
    return Attribution(None, f"{len(near)} people are in view and any of them may have spoken.")


def _not_nearer(other: Candidate, chosen: Candidate) -> bool:
    return other.distance_m is None or chosen.distance_m is None or other.distance_m >= chosen.distance_m


def _clearly_nearest(near: Sequence[Candidate]) -> Candidate | None:
    placed = sorted((one.distance_m, n) for n, one in enumerate(near) if one.distance_m is not None)
    if len(placed) < len(near) or placed[1][0] <= _NEARER * placed[0][0]:
        return None
    return near[placed[0][1]]
