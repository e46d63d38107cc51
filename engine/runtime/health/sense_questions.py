"""Question: how well each sense does at this site. It tells of the whole floor, so accounts limited to cameras do not get it."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.sense_quality import ListSenseQuality, SenseQuality
from engine.runtime.operations.spec import Questions, QuestionScope, QuestionSpec
from engine.runtime.recorder.board import Board


class SenseHost(Protocol):
    """What it needs of the engine."""

    @property
    def board(self) -> Board: ...


def _list(engine: SenseHost, _: ListSenseQuality, __: Session, ___: Scope | None) -> tuple[SenseQuality, ...]:
    return engine.board.senses()


QUESTIONS: Questions[SenseHost] = (QuestionSpec(ListSenseQuality, scope=QuestionScope.SITE_WIDE, handler=_list),)
