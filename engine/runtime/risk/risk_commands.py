"""Commands and questions: the forecast of incidents."""

from dataclasses import replace
from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.risk.commands import ImportNeighbourhoods, RetrainRisk
from engine.model.risk.questions import ExplainRisk, GetRiskPicture, ListHotspots, ListNeighbourhoods, ListOutlines
from engine.model.risk.risk import AreaOutline, Hotspot, NeighbourhoodRisk, RiskPicture, RiskReasons
from engine.runtime.operations.spec import (
    OUTCOME,
    Commands,
    CommandSpec,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    audited,
    site_wide,
)
from engine.runtime.risk.risk_side import RiskSide
from engine.runtime.risk.risk_training import RiskTraining


class RiskHost(Protocol):
    """What these operations need of the engine."""

    @property
    def risk(self) -> RiskSide: ...

    @property
    def training(self) -> RiskTraining: ...


def _retrain(engine: RiskHost, _: RetrainRisk, __: Session) -> str:
    return engine.training.retrain()


def _import_neighbourhoods(engine: RiskHost, command: ImportNeighbourhoods, _: Session) -> str:
    """Raises InputError, EnvironmentFault."""
    return engine.training.import_neighbourhoods(command.text)


def _list_hotspots(engine: RiskHost, question: ListHotspots, _: Session, __: Scope | None) -> tuple[Hotspot, ...]:
    return engine.training.with_neighbourhoods(engine.risk.hotspots(question))


def _explain(engine: RiskHost, question: ExplainRisk, _: Session, __: Scope | None) -> RiskReasons:
    reasons = engine.risk.reasons(question)
    return replace(reasons, spot=engine.training.with_neighbourhoods((reasons.spot,))[0])


def _get_picture(engine: RiskHost, question: GetRiskPicture, _: Session, __: Scope | None) -> RiskPicture:
    return engine.risk.picture(question)


def _list_neighbourhoods(engine: RiskHost, _: ListNeighbourhoods, __: Session, ___: Scope | None) -> tuple[NeighbourhoodRisk, ...]:
    return engine.training.by_neighbourhood()


def _list_outlines(engine: RiskHost, _: ListOutlines, __: Session, ___: Scope | None) -> tuple[AreaOutline, ...]:
    return engine.training.outlines()


COMMANDS: Commands[RiskHost] = (
    CommandSpec(
        RetrainRisk,
        handler=_retrain,
        scope=site_wide,
        audit=audited(AuditVerb.RETRAIN_RISK, OUTCOME),
        undo=NotUndoable("it is trained again every night"),
        durable=False,
    ),
    CommandSpec(
        ImportNeighbourhoods,
        handler=_import_neighbourhoods,
        scope=site_wide,
        audit=audited(AuditVerb.IMPORT_NEIGHBOURHOODS, detail=OUTCOME),
        undo=NotUndoable("another file takes its place"),
        durable=True,
        unchecked_text=("text",),
    ),
)
QUESTIONS: Questions[RiskHost] = (
    QuestionSpec(ListHotspots, scope=QuestionScope.SITE_WIDE, handler=_list_hotspots),
    QuestionSpec(ExplainRisk, scope=QuestionScope.SITE_WIDE, handler=_explain),
    QuestionSpec(GetRiskPicture, scope=QuestionScope.SITE_WIDE, handler=_get_picture),
    QuestionSpec(ListNeighbourhoods, scope=QuestionScope.SITE_WIDE, handler=_list_neighbourhoods),
    QuestionSpec(ListOutlines, scope=QuestionScope.SITE_WIDE, handler=_list_outlines),
)
