"""Commands and questions: evidence packs and cases."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.history.evidence import Case, ListCases, ListPacks, MakePack, Pack, PutCase, RemovePack
from engine.runtime.access.scopes import require_found
from engine.runtime.evidence.side import EvidenceSide
from engine.runtime.operations.spec import (
    OUTCOME,
    Commands,
    CommandSpec,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    audited,
    audits_itself,
    within_scope,
)


class EvidenceHost(Protocol):
    """What these operations need of the engine."""

    @property
    def evidence(self) -> EvidenceSide: ...


def _make_pack(engine: EvidenceHost, command: MakePack, session: Session) -> str:
    return engine.evidence.begin_pack(command.request, session)


def _may_make_pack(engine: EvidenceHost, command: MakePack, _: Session, scope: Scope) -> bool:
    request = command.request
    is_known = not request.case_id or engine.evidence.has_case(request.case_id, scope)
    return require_found(is_known, f"There is no case {request.case_id}.") and all(each in scope for each in request.camera_ids)


def _remove_pack(engine: EvidenceHost, command: RemovePack, _: Session) -> str:
    engine.evidence.remove_pack(command.pack_id)
    return command.pack_id


def _may_remove_pack(engine: EvidenceHost, command: RemovePack, _: Session, scope: Scope) -> bool:
    return require_found(engine.evidence.has_pack(command.pack_id, scope), f"There is no evidence pack {command.pack_id}.")


def _put_case(engine: EvidenceHost, command: PutCase, session: Session) -> str:
    return engine.evidence.put_case(command, session.user)


def _may_put_case(engine: EvidenceHost, command: PutCase, _: Session, scope: Scope) -> bool:
    is_known = not command.case_id or engine.evidence.has_case(command.case_id, scope)
    return require_found(is_known, f"There is no case {command.case_id}.")


def _case_in_words(command: PutCase, _: str) -> str:
    return "closed" if command.closed else "open"


def _list_packs(engine: EvidenceHost, question: ListPacks, _: Session, scope: Scope | None) -> tuple[Pack, ...]:
    return engine.evidence.packs(question.case_id, scope)


def _list_cases(engine: EvidenceHost, _: ListCases, __: Session, scope: Scope | None) -> tuple[Case, ...]:
    return engine.evidence.cases(scope)


COMMANDS: Commands[EvidenceHost] = (
    CommandSpec(
        MakePack,
        handler=_make_pack,
        scope=within_scope(_may_make_pack),
        audit=audits_itself("before the pack is made: what cannot be noted does not leave"),
        undo=NotUndoable("the pack is removed instead"),
        durable=False,
    ),
    CommandSpec(
        RemovePack,
        handler=_remove_pack,
        scope=within_scope(_may_remove_pack),
        audit=audited(AuditVerb.REMOVE_PACK, "pack_id"),
        undo=NotUndoable("its files are gone; the console asks first"),
        durable=True,
    ),
    CommandSpec(
        PutCase,
        handler=_put_case,
        scope=within_scope(_may_put_case),
        audit=audited(AuditVerb.PUT_CASE, OUTCOME, _case_in_words),
        undo=NotUndoable("the case is changed again"),
        durable=True,
    ),
)
QUESTIONS: Questions[EvidenceHost] = (
    QuestionSpec(ListPacks, scope=QuestionScope.LIMITED, handler=_list_packs),
    QuestionSpec(ListCases, scope=QuestionScope.LIMITED, handler=_list_cases),
)
