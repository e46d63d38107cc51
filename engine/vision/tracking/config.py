"""What can be set about following. All times are in seconds and all lengths in heights of the box, never in frames or pixels."""

from dataclasses import fields

from engine.model.errors import InputError
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """One setting for every camera and rate; the defaults were chosen over five MOT15 sequences at full and at half rate.

    Confidence, 0–1:
        strong_confidence: from here a detection is trusted in the first association; below it can only carry on a confirmed track.
        birth_confidence: from here an unmatched detection starts a track.
        weak_confidence: below, a detection is not looked at.
    Life, seconds:
        confirm_hits, confirm_after_s: a track is confirmed by that many strong detections that span that time.
        tentative_s: a tentative track ends when an update misses it that long after its last strong detection.
        coast_s: a confirmed track ends that long after its last *strong* detection: weak ones carry it through an occlusion, but a lamp
            post half taken for a person does not live for ever.
        fresh_s: after that time without a detection a track is shown as coasting even if no later picture was searched.
    Motion (standard deviations):
        measurement_noise: of a detected edge, heights.
        position_noise: density of the random acceleration of the centre, heights / s^1.5.
        size_noise: the same of width and height.
        size_memory_s: time in which a rate of growth dies away.
        start_speed, start_growth: of a new track, heights / s.
        trust: weight of the detected box, against the filtered one, in the box that is shown; 0–1.
        trust_memory_s: time in which that correction dies away while predicting.
    Association:
        gate: least similarity of a match with a strong detection; `weak_gate` with a weak one.
        size_weight: similarity lost per unit of |ln(height ratio)|.
        absence_penalty: similarity lost by a track that the last update missed, so that one who is hidden does not take the detection of
            the one who hides them.
        appearance_weight: similarity gained per unit of cosine of the embeddings above `appearance_neutral`; 0 switches it off.
    Camera:
        shift_reach: largest common shift of the picture between two updates that is looked for, heights; 0 switches it off.
        shift_spread: how closely tracks must agree on it, heights.
        shift_gain: by how many tracks it must be supported more than "no shift".
        shift_recent_s: only tracks seen within that time vote.
    """

    strong_confidence: float = 0.6
    birth_confidence: float = 0.7
    weak_confidence: float = 0.1
    confirm_hits: int = 4
    confirm_after_s: float = 0.25
    tentative_s: float = 0.35
    coast_s: float = 1.5
    fresh_s: float = 0.4
    measurement_noise: float = 0.05
    position_noise: float = 0.3
    size_noise: float = 0.1
    size_memory_s: float = 0.5
    start_speed: float = 0.5
    start_growth: float = 0.2
    trust: float = 0.4
    trust_memory_s: float = 0.2
    gate: float = 0.2
    weak_gate: float = 0.3
    size_weight: float = 0.1
    absence_penalty: float = 0.05
    appearance_weight: float = 0.3
    appearance_neutral: float = 0.5
    shift_reach: float = 0.5
    shift_spread: float = 0.1
    shift_gain: float = 1.0
    shift_recent_s: float = 0.3

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value < float("inf"):
                raise InputError(field.name, f"expected a number of 0 or more, got {value}")
        for name in (
            "measurement_noise",
            "position_noise",
            "size_noise",
            "size_memory_s",
            "trust_memory_s",
            "shift_spread",
            "confirm_hits",
        ):
            if getattr(self, name) <= 0:
                raise InputError(name, "expected more than 0")
        if self.trust > 1:
            raise InputError("trust", f"expected 0–1, got {self.trust}")
        if not self.weak_confidence <= self.strong_confidence <= self.birth_confidence <= 1:
            raise InputError("strong_confidence", "expected weak_confidence ≤ strong_confidence ≤ birth_confidence ≤ 1")
