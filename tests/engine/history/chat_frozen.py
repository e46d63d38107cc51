"""What holds of every frozen set of questions."""

import re

from engine.model.history.chat import ChatAnswer, Citation, CitationKind, ClaimStatus, Sentence
from tests.engine.history.chat_fourth import Fourth
from tests.engine.history.chat_verdict import Told, Verdict, verdict
from tests.fakes.week import Week


def plain(conversation: tuple[str, ...]) -> str:
    return " / ".join(re.sub(r"\W+", " ", each.casefold()).strip() for each in conversation)


def answer_of(text: str, *cites: str, understood: bool = True, status: ClaimStatus = ClaimStatus.VERIFIED) -> ChatAnswer:
    kinds = {"ev": CitationKind.EVENT, "al": CitationKind.ALERT, "cl": CitationKind.CLIP}
    citations = tuple(Citation(kinds.get(each[:2], CitationKind.DECISION), each, 0) for each in cites)
    return ChatAnswer("ch-1", "", text, understood, sentences=(Sentence(text, citations, status),))


def of_the_record(rows: list[Fourth], week: Week) -> bool:
    """Whether something is expected of every answer, and nothing that the record does not hold."""
    known = {each.id for each in (*week.events, *week.alerts, *week.decisions, *week.clips)}
    told = [each for row in rows for each in row.accepted if isinstance(each, Told)]
    expected = all(row.accepted for row in rows) and all(each.says or each.cites or each.denies for each in told)
    return expected and all(each.cites | each.bars <= known for each in told)


def told_all_is_right(row: Fourth) -> bool:
    """Whether each accepted answer that says all that is expected of it is right, and one that says nothing is wrong."""
    told = [each for each in row.accepted if isinstance(each, Told)]
    right = [verdict(answer_of(_all_of(each), *sorted(each.cites)), (each,)) == (Verdict.RIGHT, "") for each in told]
    return all(right) and verdict(answer_of("Something was somewhere."), row.accepted)[0] is Verdict.WRONG


def _all_of(told: Told) -> str:
    return "; ".join(("No" if told.denies else "So", *(said.split("|")[0] for said in told.says)))
