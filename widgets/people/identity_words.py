"""Why somebody is taken for somebody, in words and as bars that add up."""

from collections.abc import Mapping

from engine.model.radio.fused import Assertion, AssertionKind, FusedIdentity
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.number_text import number_text
from widgets.time_text import duration_text
from widgets.translation import tr

UNSURE = 0.7
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One bar from `start` to `end`, in log-odds. `total`: the last, from zero to the sum."""

    title: str
    detail: str
    start: float
    end: float
    total: bool = False

    @property
    def value(self) -> float:
        return self.end - self.start


def is_unsure(identity: FusedIdentity) -> bool:
    return bool(identity.conflict) or identity.confidence < UNSURE


def name_text(identity: FusedIdentity) -> str:
    """The name, with a question mark where it may be somebody else."""
    return tr("{0} ?").format(identity.person_name) if is_unsure(identity) else identity.person_name


def evidence_rows(identity: FusedIdentity, sensors: Mapping[str, str], now_ns: int) -> tuple[EvidenceRow, ...]:
    """What each assertion counts now, the strongest first, and the sum. `sensors`: id → name.

    What the sum has beside them (a stranger is likelier to begin with; no sum grows beyond all bounds) stands first, so that bars add up.
    """
    rest = identity.log_odds - sum(identity.counted)
    rows: list[EvidenceRow] = []
    at = 0.0
    if abs(rest) > _NEAR:
        rows.append(EvidenceRow(tr("Starting value"), tr("Unknown person more likely"), 0.0, rest))
        at = rest
    for each, counts in sorted(zip(identity.assertions, identity.counted, strict=True), key=lambda pair: -abs(pair[1])):
        rows.append(EvidenceRow(assertion_title(each, sensors), assertion_detail(each, now_ns), at, at + counts))
        at += counts
    rows.append(EvidenceRow(tr("Sum"), tr("confidence {0} %").format(round(100 * identity.confidence)), 0.0, identity.log_odds, total=True))
    return tuple(rows)


def assertion_title(assertion: Assertion, sensors: Mapping[str, str]) -> str:
    word = {
        AssertionKind.OPERATOR: tr("Operator"),
        AssertionKind.FACE: tr("Face"),
        AssertionKind.BLE: tr("Phone or badge"),
        AssertionKind.VOICE: tr("Spoken name"),
        AssertionKind.GESTURE: tr("Gesture"),
        AssertionKind.REID: tr("Appearance"),
    }[assertion.kind]
    sensor = sensors.get(assertion.sensor, assertion.sensor)
    return f"{word}, {sensor}" if sensor else word


def assertion_detail(assertion: Assertion, now_ns: int) -> str:
    age_ns = max(0, now_ns - assertion.at_ns) // SECOND * SECOND
    age = tr("just now") if age_ns < 2 * SECOND else tr("{0} ago").format(duration_text(age_ns))
    detail = {"position": tr("located here"), "ranges": tr("distances agree")}.get(assertion.detail, assertion.detail)
    return f"{detail} · {age}" if detail else age


def conflict_text(identity: FusedIdentity) -> str:
    """As a sentence; empty when all agree."""
    if not identity.conflict:
        return ""
    text = identity.conflict[:1].upper() + identity.conflict[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def identity_tip(identity: FusedIdentity, sensors: Mapping[str, str], now_ns: int) -> str:
    """Everything in a few plain lines."""
    lines = [tr("{0}, confidence {1} %").format(identity.person_name, round(100 * identity.confidence))]
    lines += [f"{signed(row.value)}  {row.title}, {row.detail}" for row in evidence_rows(identity, sensors, now_ns) if not row.total]
    lines.append(tr("{0}  sum (points)").format(signed(identity.log_odds)))
    if identity.conflict:
        lines.append(conflict_text(identity))
    return "\n".join(lines)


def signed(value: float) -> str:
    return number_text(value, "+.1f").replace("-", "−")
