"""What speaks for a candidate: log odds (nats) that add up, from even odds, one part for each source.

Parts are log-likelihood ratios of sources taken as independent (Good, *Probability and the Weighing of Evidence*, 1950); each is capped,
because no source here has been wrong so seldom that more could be claimed. The numbers below are assumptions with their reasons, not
measurements: dispositions of closed alerts are what they can be checked against. A fact, such as that a camera gives no picture, is
certain.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.alerts.candidate import FACTS
from engine.model.alerts.decision import EvidencePart
from engine.model.event import CONTRADICTIONS, Event, EventKind
from engine.model.fire.smoke import Crossing, SmokeSequence
from engine.model.incidents.incident import EvidenceKind, Incident
from engine.model.radio.fused import AssertionKind, FusedTrack, SourceKind
from engine.model.time import SECOND

CERTAIN = 10.0  # a fact: more than any rule may ask for
MOST_OF_A_SCORE = 4.0  # detectors are brought onto one scale where 0.5 is even odds; beyond 98 % none was ever checked
# How long it was seen. Tracks of nothing are taken to last about a second, of people some twenty: the ratio of the two survivals,
# exp(-t/20) / exp(-t/1), in logs, and no more than two nats, since what is wrong and stays (a coat on a stand) stays for long.
PER_SECOND_SEEN, MOST_SEEN = 0.95, 2.0
RADIO_AGREES = 1.5  # taken to be wrong about once in five times where it follows the same person as a camera
CAMERA_AGREES = 2.0  # another camera's track at the same place: taken to be wrong once in eight times
PHONE_AGREES = 1.0  # a phone lies about without its owner quite often
SHARE_OF_DOING = 0.5  # that somebody is there says less about what they do: a camera may see upright whom radio tells to have fallen
FACE_SEEN = 2.0  # there is a face, whoever's: a coat on a stand has none
FIRST_REPORTER = 0.85  # 70 %: the reference's confidence of a single citizen
PER_DOUBLING = 0.7  # reporters are not independent of each other: each doubling counts what an independent one would (ln 2)
SENSOR_AGREES = 1.5  # a sequence, activity or event of our own sensors is linked to the incident
OTHER_KIND = 0.7  # a patrol or official besides citizens
CLASSIFIER = 1.0  # most that a classification of the text can count

CAMERA, RADIO, PHONE, FACE, IDENTITY, SEEN, FACT, REPORTS, SENSORS, CLASSIFICATION = (
    "camera", "radio", "phone", "face", "identity", "seen", "fact", "reports", "sensors", "classification",
)  # fmt: skip
CROSSING = "crossing"
DOING = frozenset({EventKind.FALL, EventKind.FIGHT, EventKind.LOITERING, EventKind.RUNNING, EventKind.GESTURE})
_SENSOR_KINDS = frozenset({EvidenceKind.SEQUENCE, EvidenceKind.ACTIVITY, EvidenceKind.EVENT})


def of_event(event: Event, fused: FusedTrack | None, seen_ns: int) -> tuple[EvidencePart, ...]:
    """`fused`: the person on the floor that it is about, if there is one. `seen_ns`: when it was seen last, if it goes on."""
    if event.kind in FACTS:
        return (EvidencePart(FACT, event.subject_id, "Known state, no estimate", CERTAIN),)
    main = _main(event)
    share = SHARE_OF_DOING if event.kind in DOING else 1.0
    return (
        main,
        *_time_in_view_part(event, main, seen_ns),
        *(replace(part, log_odds=share * part.log_odds) for part in _agreeing(fused, main)),
    )


def of_incident(incident: Incident) -> tuple[EvidencePart, ...]:
    """What is known of an incident of reports."""
    count = max(incident.reporter_count, 1)
    label = "1 reporter" if count == 1 else f"{count} reporters"
    parts = [EvidencePart(REPORTS, incident.id, label, FIRST_REPORTER + PER_DOUBLING * math.log2(count))]
    kinds = {each.source for each in incident.corroborations if each.kind is EvidenceKind.REPORT and each.source}
    if len(kinds) > 1:
        parts.append(EvidencePart("kinds of reporters", incident.id, "Reporters of different kinds", OTHER_KIND * (len(kinds) - 1)))
    sensors = sorted({each.kind.value for each in incident.corroborations if each.kind in _SENSOR_KINDS})
    parts += [EvidencePart(SENSORS, kind, f"Linked sensor: {kind}", SENSOR_AGREES) for kind in sensors]
    said = incident.classification
    if said is not None and said.by == "atlas":
        worth = max(-CLASSIFIER, min(CLASSIFIER, _logit(said.confidence)))
        parts.append(EvidencePart(CLASSIFICATION, said.by, f"Atlas classification: {said.category}", worth))
    return tuple(parts)


def of_smoke(shown: Sequence[SmokeSequence], place: Crossing | None) -> tuple[EvidencePart, ...]:
    """What cameras tell of a plume: one part for each camera, its surest sequence, and that their bearings cross."""
    best: dict[str, SmokeSequence] = {}
    for sequence in shown:
        known = best.get(sequence.camera_id)
        if known is None or (sequence.max_conf or 0.0) > (known.max_conf or 0.0):
            best[sequence.camera_id] = sequence
    parts = [_smoke_part(sequence) for sequence in best.values()]
    if place is not None:
        parts.append(EvidencePart(CROSSING, "", f"Bearings cross at {place.angle_deg:.0f}°", CAMERA_AGREES))
    return tuple(parts)


def _smoke_part(sequence: SmokeSequence) -> EvidencePart:
    if sequence.max_conf is None:
        return EvidencePart(CAMERA, sequence.camera_id, "Camera: smoke, confidence not recorded", 0.0)
    worth = max(-MOST_OF_A_SCORE, min(MOST_OF_A_SCORE, _logit(sequence.max_conf)))
    return EvidencePart(CAMERA, sequence.camera_id, f"Camera: smoke, confidence {sequence.max_conf:.0%}", worth)


def total(parts: Iterable[EvidencePart]) -> float:
    return sum(part.log_odds for part in parts)


def _main(event: Event) -> EvidencePart:
    """What the sensor that told it thinks of it; contradictions are told by all sensors together."""
    worth = max(-MOST_OF_A_SCORE, min(MOST_OF_A_SCORE, _logit(event.confidence)))
    if event.kind in CONTRADICTIONS:
        return EvidencePart(IDENTITY, "", "Sensor evidence of identity and place", worth)
    if event.camera_id:
        return EvidencePart(CAMERA, event.camera_id, f"Camera: confidence {event.confidence:.0%}", worth)
    return EvidencePart(RADIO, RADIO, f"Radio: confidence {event.confidence:.0%}", worth)


def _time_in_view_part(event: Event, main: EvidencePart, seen_ns: int) -> tuple[EvidencePart, ...]:
    until_ns = event.ended_ns if event.ended_ns is not None else seen_ns
    seen_s = max(until_ns - event.started_ns, 0) / SECOND
    worth = min(seen_s * PER_SECOND_SEEN, MOST_SEEN)
    return (EvidencePart(SEEN, main.sensor_id, f"Seen for {min(seen_s, 3600.0):.1f} s", worth),) if worth > 0 else ()


def _agreeing(fused: FusedTrack | None, main: EvidencePart) -> list[EvidencePart]:
    """Other sensors that follow the same person, one part each; and that there is a face."""
    if fused is None:
        return []
    parts: dict[tuple[str, str], EvidencePart] = {}
    for source in fused.sources:
        part = _of_source(source.kind, source.sensor_id)
        if (part.source, part.sensor_id) != (main.source, main.sensor_id):
            parts.setdefault((part.source, part.sensor_id), part)
    for claim in fused.identity.assertions if fused.identity is not None else ():
        if claim.kind is AssertionKind.FACE:
            parts.setdefault((FACE, claim.sensor), EvidencePart(FACE, claim.sensor, "Face detected", FACE_SEEN))
    return list(parts.values())


def _of_source(kind: SourceKind, sensor_id: str) -> EvidencePart:
    match kind:
        case SourceKind.CAMERA:
            return EvidencePart(CAMERA, sensor_id, "A second camera shows the person", CAMERA_AGREES)
        case SourceKind.RADIO:
            return EvidencePart(RADIO, RADIO, "Radio also detects the person", RADIO_AGREES)
        case SourceKind.BLE:
            return EvidencePart(PHONE, sensor_id, "Phone detected at the place", PHONE_AGREES)


def _logit(p: float) -> float:
    kept = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))
