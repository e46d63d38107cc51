"""Lists of sequences of smoke and of plumes: newest first, and what fire weather leaves out left out before a page is cut.

A plume passes with one sequence that does; the others of it are not shown, and counted. The second scorer leaves nothing out of a list: it
decides what is news, and its word stands in the row.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from collections.abc import Sequence as Several
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, exists, func, select

from engine.model.errors import NotFound
from engine.model.fire.smoke import ListedPlume, Plume, ShowPlume, SmokePage, SmokeSequence, ValidationState
from engine.model.wire import read_as
from engine.store.fire.fire_policy import kept_by
from engine.store.fire.smoke_tables import smoke_links, smoke_plumes, smoke_sequences
from engine.store.paging import Page, between

SHOWN = tuple(state.value for state in ValidationState if state.is_shown)


class SmokeLists:
    """Any thread. Faults of the database are EnvironmentFault."""

    def __init__(self, reading: Engine, faults: Callable[[], AbstractContextManager[None]]) -> None:
        self._reading = reading
        self._faults = faults

    def sequence(self, sequence_id: str) -> SmokeSequence:
        """Whether lists show it or not. Raises NotFound."""
        with self._read() as connection:
            return sequence_of(connection, sequence_id)

    def plume(self, plume_id: str) -> ListedPlume:
        """With all its sequences. Raises NotFound."""
        with self._read() as connection:
            found = plume_of(connection, plume_id)
            return ListedPlume(found, tuple(sequences_of(connection, found.sequence_ids)))

    def sequences(self, page: SmokePage) -> tuple[SmokeSequence, ...]:
        """Raises InputError (`before_id`)."""
        with self._read() as connection:
            cut = Page(smoke_sequences, smoke_sequences.c.started_ns, page.limit, page.before_id)
            rows = connection.execute(cut.query(connection, _sequences_that(page)).offset(page.offset or None)).mappings()
            return tuple(map(_sequence, rows))

    def count_sequences(self, page: SmokePage) -> int:
        """All that pass, on whatever page."""
        with self._read() as connection:
            return connection.scalar(select(func.count()).select_from(smoke_sequences).where(*_sequences_that(page))) or 0

    def plumes(self, page: SmokePage, show: ShowPlume) -> tuple[ListedPlume, ...]:
        """Raises InputError (`before_id`)."""
        with self._read() as connection:
            time = smoke_plumes.c.last_seen_ns if page.unlabelled else smoke_plumes.c.started_ns
            cut = Page(smoke_plumes, time, page.limit, page.before_id)
            rows = connection.execute(cut.query(connection, _plumes_that(page)).offset(page.offset or None)).mappings().all()
            return tuple(_smoke_rows(connection, rows, page, show))

    def count_plumes(self, page: SmokePage) -> int:
        """All that pass, on whatever page."""
        with self._read() as connection:
            return connection.scalar(select(func.count()).select_from(smoke_plumes).where(*_plumes_that(page))) or 0

    @contextmanager
    def _read(self) -> Generator[Connection]:
        with self._faults(), self._reading.connect() as connection:
            yield connection


def _passes(page: SmokePage) -> list[ColumnElement[bool]]:
    columns = smoke_sequences.c
    return [kept_by(page.policy, columns.camera_id, columns.max_conf)]


def _sequences_that(page: SmokePage) -> list[ColumnElement[bool]]:
    unlabelled = [smoke_sequences.c.label.is_(None)] if page.unlabelled else []
    return [*between(smoke_sequences.c.started_ns, page.since_ns, page.until_ns), *_passes(page), *unlabelled]


def _plumes_that(page: SmokePage) -> list[ColumnElement[bool]]:
    linked = smoke_links.c.plume_id == smoke_plumes.c.id, smoke_links.c.sequence_id == smoke_sequences.c.id
    passing = [*linked, *_passes(page)]
    if not page.unlabelled:
        return [*between(smoke_plumes.c.started_ns, page.since_ns, page.until_ns), exists().where(*passing)]
    # That very sequence has to be recent and unlabelled: another one of the plume does not speak for it.
    recent = between(smoke_sequences.c.last_seen_ns, page.since_ns, page.until_ns)
    alone = exists().where(*passing, *recent, smoke_sequences.c.label.is_(None))
    return [*between(smoke_plumes.c.last_seen_ns, page.since_ns, None), alone]


def _smoke_rows(connection: Connection, rows: Several[RowMapping], page: SmokePage, show: ShowPlume) -> Iterable[ListedPlume]:
    links = links_of(connection, [row["id"] for row in rows])
    known = {each.id: each for each in sequences_of(connection, {each for members in links.values() for each in members})}
    least = {camera_id: page.policy.threshold(camera_id) for camera_id in {each.camera_id for each in known.values()}}
    for row in rows:
        members = tuple(known[each] for each in links[row["id"]] if each in known)
        yield show(_plume(row, links), members, frozenset(each.id for each in members if _is_shown(each, least[each.camera_id])))


def _is_shown(sequence: SmokeSequence, least: float) -> bool:
    """As `_passes` has it."""
    return sequence.max_conf is None or sequence.max_conf >= least


def sequence_of(connection: Connection, sequence_id: str) -> SmokeSequence:
    """Raises NotFound."""
    found = next(iter(sequences_of(connection, [sequence_id])), None)
    if found is None:
        raise no_sequence(sequence_id)
    return found


def no_sequence(sequence_id: str) -> NotFound:
    return NotFound(f"There is no sequence of smoke {sequence_id[:80]!r}.")


def plume_of(connection: Connection, plume_id: str) -> Plume:
    """Raises NotFound."""
    found = next(iter(plumes_of(connection, [plume_id])), None)
    if found is None:
        raise NotFound(f"There is no plume {plume_id[:80]!r}.")
    return found


def sequences_of(connection: Connection, ids: Collection[str]) -> Iterable[SmokeSequence]:
    """Those that are there, oldest first."""
    columns = smoke_sequences.c
    query = select(smoke_sequences).where(columns.id.in_(list(ids))).order_by(columns.started_ns, columns.id)
    return [_sequence(row) for row in connection.execute(query).mappings()]


def plumes_of(connection: Connection, ids: Collection[str]) -> Iterable[Plume]:
    """Those that are there, oldest first."""
    columns = smoke_plumes.c
    links = links_of(connection, ids)
    query = select(smoke_plumes).where(columns.id.in_(list(ids))).order_by(columns.started_ns, columns.id)
    return [_plume(row, links) for row in connection.execute(query).mappings()]


def links_of(connection: Connection, plume_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By plume, oldest first."""
    ids = list(plume_ids)
    members: dict[str, list[str]] = {each: [] for each in ids}
    columns, seen = smoke_links.c, smoke_sequences.c
    query = select(smoke_links).outerjoin(smoke_sequences, seen.id == columns.sequence_id).where(columns.plume_id.in_(ids))
    for plume_id, sequence_id in connection.execute(query.order_by(seen.started_ns, columns.sequence_id)):
        members[plume_id].append(sequence_id)
    return {plume_id: tuple(each) for plume_id, each in members.items()}


def _sequence(row: RowMapping) -> SmokeSequence:
    return read_as(SmokeSequence, dict(row))


def _plume(row: RowMapping, links: Mapping[str, tuple[str, ...]]) -> Plume:
    return read_as(Plume, dict(row) | {"sequence_ids": list(links[row["id"]])})
