"""Operations: pages of review items, and the mark of who reviewed them."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.errors import NotFound
from engine.model.review.review import ListReview, PutReviewed, ReviewItem, ReviewPage
from engine.runtime.access.scopes import require_found
from engine.runtime.operations.spec import (
    AuditEntry,
    Commands,
    CommandSpec,
    NotUndoable,
    Pseudonym,
    Questions,
    QuestionScope,
    QuestionSpec,
    audited_as,
    within_scope,
)
from engine.runtime.recorder.board import Board
from engine.runtime.recorder.record import Record
from engine.runtime.review.marks import ReviewMarks


class ReviewHost(Protocol):
    """What these operations need of the engine."""

    @property
    def board(self) -> Board: ...

    @property
    def record(self) -> Record: ...

    @property
    def review_marks(self) -> ReviewMarks: ...


def _list(engine: ReviewHost, question: ListReview, session: Session, scope: Scope | None) -> ReviewPage:
    store, user_id = engine.record.store, session.user.id
    return store.reviews.page(question, user_id) if scope is None else store.within(scope).reviews(question, user_id)


def _put_reviewed(engine: ReviewHost, command: PutReviewed, session: Session) -> str:
    """Raises NotFound."""
    engine.review_marks.mark(session.user.id, _items(engine, command.item_ids), command.reviewed)
    return command.item_ids[0]


def _may_review(engine: ReviewHost, command: PutReviewed, _: Session, scope: Scope) -> bool:
    hidden = next((item for item in _items(engine, command.item_ids) if item.camera_id not in scope), None)
    return require_found(hidden is None, _unknown(hidden.id if hidden is not None else ""))


def _items(engine: ReviewHost, ids: tuple[str, ...]) -> tuple[ReviewItem, ...]:
    """As they are now; one that just began may not be in the record yet. Raises NotFound."""
    newest = {item.id: item for item in engine.board.reviews()}
    older = {item.id: item for item in engine.record.store.reviews.items([each for each in ids if each not in newest])}
    found = older | newest
    missing = next((item_id for item_id in ids if item_id not in found), None)
    if missing is not None:
        raise NotFound(_unknown(missing))
    return tuple(found[item_id] for item_id in ids)


def _unknown(item_id: str) -> str:
    return f"There is no review item {item_id}."


def _audit_entries(command: PutReviewed, _outcome: str, _pseudonym: Pseudonym) -> tuple[AuditEntry, ...]:
    state = "reviewed" if command.reviewed else "not reviewed"
    return ((AuditVerb.REVIEW, command.item_ids[0], f"{state}, {len(command.item_ids)} items"),)


COMMANDS: Commands[ReviewHost] = (
    CommandSpec(
        PutReviewed,
        handler=_put_reviewed,
        scope=within_scope(_may_review),
        audit=audited_as(_audit_entries),
        undo=NotUndoable("the mark is cleared instead"),
        durable=True,
    ),
)
QUESTIONS: Questions[ReviewHost] = (QuestionSpec(ListReview, scope=QuestionScope.LIMITED, handler=_list),)
