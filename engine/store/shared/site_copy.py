"""What one site told, asked as the site itself would be: by questions, and within what an account may see of it."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, event, select, text

from engine.model.errors import EnvironmentFault, NotFound
from engine.model.history.timeline import CountDays, GetTimeline, SearchRecord
from engine.model.hub_copy import is_copied
from engine.model.incidents.incident import Incident
from engine.model.question import GetIncident, IncidentReports, ListErasures
from engine.model.question_type import Question
from engine.model.review.review import ListReview, ReviewPage
from engine.model.wire import read_as
from engine.store import questions
from engine.store.database.postgres import postgres_engine
from engine.store.review.review_items import review_page, within_scope
from engine.store.shared.copy_search import search_copy
from engine.store.shared.copy_timeline import count_days, timeline_of
from engine.store.shared.erasures import list_site_erasures
from engine.store.tables import incidents

T = TypeVar("T")

LONGEST_S = 10
"""A question that takes longer is given up: others wait for the server too."""
_LIMIT = text("SELECT set_config('watchroom.site', :site, true), set_config('watchroom.cameras', :cameras, true)")


def one_site_engine(url: str) -> Engine:
    """Connections that see one site in place of all, see migration 0002. Raises InputError."""
    engine = postgres_engine(url)
    event.listen(engine, "connect", _put_limits)
    return engine


def _put_limits(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("SET search_path TO one_site, public")
    cursor.execute(f"SET statement_timeout TO '{LONGEST_S}s'")
    cursor.close()
    connection.commit()


class SiteCopy:
    """Any thread. Faults are EnvironmentFault.

    Args:
        cameras: ids of those that may be seen; None: all, and what no camera saw.
    """

    def __init__(
        self, engine: Engine, faults: Callable[[], AbstractContextManager[None]], site: str, cameras: frozenset[str] | None
    ) -> None:
        self._engine, self._faults = engine, faults
        self._limits = {"site": site, "cameras": "*" if cameras is None else "\n".join(sorted(cameras))}
        self._limited = cameras is not None

    def answer(self, question: Question[T]) -> T:
        """With ids as of the shared record. Raises InputError, NotFound; EnvironmentFault: `not_copied`, what the site alone can answer;
        `too_long`."""
        if not is_copied(question):
            raise EnvironmentFault("not_copied", "The hub's copy does not hold this. The site itself answers it, once it can be reached.")
        with self._read() as connection:
            return cast("T", self._answer(connection, question))

    def check_clip(self, clip_id: str) -> None:
        """That there is one, and that it may be seen. Raises NotFound."""
        with self._read() as connection:
            if questions.clip_by_id(connection, clip_id) is None:
                raise NotFound("There is no such clip.")

    def _answer(self, connection: Connection, question: Any) -> Any:
        match question:
            case SearchRecord():
                return search_copy(connection, question, self._limits["site"])
            case GetTimeline():
                return timeline_of(connection, question)
            case CountDays():
                return count_days(connection, question, everything=not self._limited)
            case ListReview():
                return self._reviews(connection, question)
            case ListErasures(limit):
                return list_site_erasures(connection, self._limits["site"], limit)
            case GetIncident(incident_id):
                return IncidentReports(_incident(connection, incident_id), ())
            case _:
                return questions.answer(connection, question)

    def _reviews(self, connection: Connection, question: ListReview) -> ReviewPage:
        """Who has reviewed what stays at the site."""
        page = review_page(connection, question, "")
        return within_scope(page, question) if self._limited else page

    @contextmanager
    def _read(self) -> Generator[Connection]:
        with self._faults(), self._engine.begin() as connection:
            connection.execute(_LIMIT, self._limits)
            yield connection


def _incident(connection: Connection, incident_id: str) -> Incident:
    """Its reports stay at the site. Raises NotFound."""
    body = connection.scalar(select(incidents.c.body).where(incidents.c.id == incident_id))
    if body is None:
        raise NotFound(f"There is no incident {incident_id}.")
    return read_as(Incident, body)
