"""Questions about radio: why somebody was located where they are, and what a survey of scanners says."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.errors import NotFound
from engine.model.question import ExplainBlob
from engine.model.radio.blob import BlobExplanation
from engine.model.radio.scanner_survey import FitSurvey, SurveyFit
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.radio.explain import explain
from engine.runtime.data_folder import DataFolder
from engine.runtime.operations.spec import Questions, QuestionScope, QuestionSpec
from engine.runtime.radio.explanations import KEPT_NS
from engine.runtime.radio.past_blobs import past_evidence
from engine.runtime.radio.radio_side import RadioSide
from engine.runtime.recorder.record import Record

FLUSH_S = 5.0


class RadioQuestionHost(Protocol):
    """What this needs of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def data(self) -> DataFolder: ...

    @property
    def radio(self) -> RadioSide: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def record(self) -> Record: ...


def _explain_blob(engine: RadioQuestionHost, question: ExplainBlob, _: Session, __: Scope | None) -> BlobExplanation:
    """From memory for ten minutes, afterwards from the record, where somebody asks for a time. Raises NotFound, EnvironmentFault."""
    try:
        return engine.radio.explain(question.blob, question.at_ns)
    except NotFound:
        if question.at_ns is None or engine.clock.now_ns() - question.at_ns < KEPT_NS:
            raise
    engine.record.writer.flush(FLUSH_S)
    return explain(past_evidence(engine.data, question.blob, question.at_ns))


def _fit_survey(engine: RadioQuestionHost, question: FitSurvey, _: Session, __: Scope | None) -> SurveyFit:
    """Raises InputError."""
    return engine.radio.fit_survey(question.places, engine.settings)


QUESTIONS: Questions[RadioQuestionHost] = (
    QuestionSpec(ExplainBlob, scope=QuestionScope.SITE_WIDE, handler=_explain_blob),
    QuestionSpec(FitSurvey, scope=QuestionScope.SITE_WIDE, handler=_fit_survey),
)
