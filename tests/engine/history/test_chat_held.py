"""What was held back where nothing was found, as a live engine writes it: a candidate's decision, of which no event came."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from engine.history import recount
from engine.model.alerts.decision import CandidateKind, Decision, GateReading, Outcome, Stage
from engine.model.event import EventKind
from engine.model.history.chat import ClaimStatus
from engine.model.history.query import Of
from tests.engine.history.chat_site import Site
from tests.fakes.week import Week, day, kept, ns

TODAY = 7
MISSING = "Missing: 6.00 s more movement (0.00, threshold 6.00)."


def candidate(number: int, kind: CandidateKind, at_ns: int, camera_id: str, outcome: Outcome = Outcome.HELD) -> Decision:
    gates = (GateReading("drop", 1.05, 0.7, 0.35, True, "m"), GateReading("still", 0.0, 6.0, -6.0, False, "s"))
    return Decision(f"dh-{number}", kind, f"blob-{number}", camera_id, at_ns, outcome, gates, MISSING, stage=Stage.EVENT)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    week = Week()
    week.add(EventKind.FALL, day(5, 10), 1, 5, camera_id="dock")
    seen = week.person(None, "gate", day(TODAY, 7, 30), 3, 2)
    week.hold(seen, "duplicate")
    falls = [(1, day(TODAY, 8, 1, 29), "hall"), (2, day(TODAY, 9, 2), "yard"), (3, day(TODAY, 9, 5), "yard"), (4, day(5, 12), "dock")]
    week.decisions += [candidate(number, CandidateKind.FALL, ns(at), camera) for number, at, camera in falls]
    week.decisions.append(candidate(5, CandidateKind.FALL, ns(day(TODAY, 8, 30)), "dock", Outcome.REJECTED))
    week.decisions.append(candidate(6, CandidateKind.ACTIVITY, ns(day(TODAY, 8, 30)), "hall"))
    with closing(kept(week.settle(), tmp_path_factory.mktemp("held") / "data")) as store:
        yield Site(store.asked)


def first(site: Site, question: str) -> str:
    answer = site.ask(question)
    assert all(each.status is ClaimStatus.VERIFIED for each in answer.sentences), answer.sentences
    return answer.sentences[0].text


def test_nobody_fell_but_something_that_could_have_been_a_fall_was_held_back(site: Site) -> None:
    answer = site.ask("did anybody fall in the hall today")
    assert answer.sentences[0].text == (
        f"No: there is no fall at Hall on Mon 16 Nov 2026; 1 possible fall was held back at 08:01:29 on Mon 16 Nov 2026 (“{MISSING}”)."
    )
    assert "dh-1" in {each.id for each in answer.sentences[0].citations}
    assert "; 3 possible falls were held back, the last at 09:05 on Mon 16 Nov 2026 (“Missing" in first(site, "did anybody fall today")
    assert first(site, "how many falls were there today").startswith("There were 0 falls on Mon 16 Nov 2026; 3 possible falls")


def test_an_alert_that_was_held_back(site: Site) -> None:
    told = first(site, "any alerts today")
    assert told.startswith("No: there is no alert on Mon 16 Nov 2026; 1 alert was held back at 07:30:05"), told


@pytest.mark.parametrize(
    "question",
    [
        "did anybody fall at the dock today",  # what was rejected is no candidate
        "was there a fight in the hall today",  # whatever people did that was held, nobody knows that it was a fight
        "did anybody fall at the gate today",
        "did anybody fall on Saturday",  # somebody did
        "any open alerts today",
    ],
)
def test_only_where_something_was_held_and_nothing_was_found(site: Site, question: str) -> None:
    assert "held back" not in site.ask(question).answer


def test_their_number_is_counted_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    again = recount.recount
    monkeypatch.setattr(recount, "recount", lambda reach, query: 2 if query.of is Of.HELD else again(reach, query))
    assert site.ask("did anybody fall today").sentences[0].status is ClaimStatus.STRUCK
