"""Questions about a site that cannot be reached, answered from what it told: with ids as the site has them, both ways."""

from typing import TypeVar, cast

from engine.gateway.federation.ids import qualified
from engine.gateway.federation.rewriting import Qualifier, Unqualifier, rewrite, rewrite_answer
from engine.model.accounts.access import Session
from engine.model.errors import BeyondCameras, PermissionDenied
from engine.model.hub_copy import COPIED_OF_SITE
from engine.model.question_type import Question, answer_type
from engine.store.shared.record import SharedRecord

T = TypeVar("T")


def answer_of_copy(record: SharedRecord, site: str, session: Session, cameras: frozenset[str] | None, question: Question[T]) -> T:
    """Of what this session may see. `cameras`: ids as the site has them; None: all.

    Raises PermissionDenied, BeyondCameras, and as `SiteCopy.answer`.
    """
    if not session.may(question.verb):
        raise PermissionDenied(question.verb)
    if cameras is not None and isinstance(question, COPIED_OF_SITE):
        raise BeyondCameras(question.verb)
    seen = None if cameras is None else frozenset(qualified(site, camera) for camera in cameras)
    found = record.copy_of(site, seen).answer(rewrite(question, Qualifier(site)))
    return cast("T", rewrite_answer(answer_type(type(question)), found, Unqualifier(site)))
