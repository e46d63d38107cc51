"""Commands and questions: links to the report page."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.incidents.report_page import CreateReportLink, GetReportPage, ReportPageView, RevokeReportLink
from engine.runtime.operations.spec import (
    Commands,
    CommandSpec,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    audits_itself,
    site_wide,
)
from engine.runtime.report_page.report_page_side import ReportPageSide


class ReportPageHost(Protocol):
    """What these operations need of the engine."""

    @property
    def report_page(self) -> ReportPageSide: ...


def _create(engine: ReportPageHost, command: CreateReportLink, session: Session) -> str:
    return engine.report_page.links.create(command.label, command.days, session.user.name)


def _revoke(engine: ReportPageHost, command: RevokeReportLink, session: Session) -> str:
    engine.report_page.links.revoke(command.link_id, session.user.name)
    return command.link_id


def _get(engine: ReportPageHost, _: GetReportPage, __: Session, ___: Scope | None) -> ReportPageView:
    return ReportPageView(engine.report_page.links.all(), engine.report_page.own_address)


COMMANDS: Commands[ReportPageHost] = (
    CommandSpec(
        CreateReportLink,
        handler=_create,
        scope=site_wide,
        audit=audits_itself("the links keep which one was created, without its token"),
        undo=NotUndoable("the link is revoked instead"),
        durable=True,
    ),
    CommandSpec(
        RevokeReportLink,
        handler=_revoke,
        scope=site_wide,
        audit=audits_itself("the links keep which one was revoked"),
        undo=NotUndoable("a revoked link may be in the wrong hands; create another"),
        durable=True,
    ),
)
QUESTIONS: Questions[ReportPageHost] = (QuestionSpec(GetReportPage, scope=QuestionScope.SITE_WIDE, handler=_get),)
