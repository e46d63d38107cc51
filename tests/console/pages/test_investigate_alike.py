"""Who looks alike: without the appearance that was asked about, and shown where they are in view."""

from console.pages.investigate.alike import of_event, without_asked
from console.pages.investigate.words import moment_of_hit
from engine.model.history.timeline import HitKind, LookHits, SearchHit
from engine.model.time import SECOND


def alike(id_: str, at_s: float, until_s: float, event_id: str = "") -> SearchHit:
    return SearchHit(HitKind.LOOKS, id_, round(at_s * SECOND), "Similar person", round(until_s * SECOND), "gate", event_id=event_id)


def test_the_appearance_that_is_asked_about_is_none_of_those_found() -> None:
    own, other = alike("ev-1", 10, 20, "ev-1"), alike("ev-2", 30, 40, "ev-2")
    assert without_asked(of_event("ev-1"), LookHits((own, other), 7)) == LookHits((other,), 6)
    assert without_asked(of_event("ev-9"), LookHits((own, other), 7)) == LookHits((own, other), 7)


def test_somebody_who_looks_alike_is_shown_in_view_and_anything_else_as_it_begins() -> None:
    assert moment_of_hit(alike("ev-1", 10, 20)) == 12 * SECOND
    assert moment_of_hit(alike("ev-1", 10, 11)) == 10.5 * SECOND
    assert moment_of_hit(SearchHit(HitKind.EVENT, "ev-1", 10 * SECOND, "Person", 20 * SECOND)) == 8 * SECOND
    assert moment_of_hit(SearchHit(HitKind.EVENT, "ev-1", SECOND, "Person")) == 0
