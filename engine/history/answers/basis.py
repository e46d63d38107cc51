"""The basis of a sentence's names and places, appended where it is weaker than sight: a phone identifies its carrier, and radio can mistake
the side of a wall. Appended after the check, whichever planner wrote the sentence."""

from collections.abc import Sequence
from dataclasses import replace

from engine.history.queries.reach import Reach
from engine.model.event import Event, EventKind
from engine.model.history.chat import CitationKind, ClaimStatus, Sentence
from engine.model.radio.fused import AssertionKind

_WEAK: dict[AssertionKind | None, str] = {AssertionKind.BLE: "phone", AssertionKind.REID: "looks"}
_PLACED = frozenset({EventKind.ZONE_VISIT, EventKind.ZONE_OCCUPIED, EventKind.CROSSING})


def with_basis(sentences: tuple[Sentence, ...], reach: Reach) -> tuple[Sentence, ...]:
    return tuple(_with_basis(sentence, reach) for sentence in sentences)


def _with_basis(sentence: Sentence, reach: Reach) -> Sentence:
    if sentence.status is not ClaimStatus.VERIFIED or not sentence.text.endswith("."):
        return sentence
    cited = (reach.record.event(each.id) for each in sentence.citations if each.kind is CitationKind.EVENT)
    basis = basis_of([event for event in cited if event is not None])
    return replace(sentence, text=f"{sentence.text[:-1]} ({basis}).") if basis else sentence


def basis_of(events: Sequence[Event]) -> str:
    """`named by phone, found by radio`; empty: they were seen, and named by somebody or something that saw or heard them."""
    weak = sorted({_WEAK[each.named_by] for each in events if each.named_by in _WEAK}, reverse=True)
    by_radio = any(each.kind in _PLACED and not each.camera_id for each in events)
    return ", ".join([*([f"named by {' or '.join(weak)}"] if weak else []), *(["found by radio"] if by_radio else [])])
