"""Citations of events carry the kind of their event, so that a screen can tell those of one moment apart."""

from engine.history.asking import with_event_kinds
from engine.history.queries.rows import Result, Row
from engine.model.event import EventKind
from engine.model.history.chat import Citation, CitationKind, Sentence
from engine.model.history.query import Ask, Query

FALL = Citation(CitationKind.EVENT, "ev-1", 5, "yard")
ALERT = Citation(CitationKind.ALERT, "al-1", 5, "yard")
COUNT = Citation(CitationKind.COUNT, "{}", 5)


def test_events_get_their_kind_and_nothing_else_changes() -> None:
    rows = (Row(FALL, 5, kind="fall"), Row(ALERT, 5, kind="motion"), Row(Citation(CitationKind.EVENT, "ev-2", 5), 5, kind="no kind"))
    unseen = Sentence("Nobody.", (Citation(CitationKind.EVENT, "ev-2", 5),))
    told = with_event_kinds((Sentence("One.", (COUNT, FALL, ALERT)), unseen), [Result(Query(Ask.LIST), COUNT, rows)])
    assert [each.event_kind for each in told[0].citations] == [None, EventKind.FALL, None]
    assert told[0].citations[1].id == "ev-1" and told[1] is unseen
