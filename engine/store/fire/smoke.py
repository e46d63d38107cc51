"""Sequences of smoke and plumes in the record: what is put, arranged and labelled, each act as one transaction.

Who writes comes one after the other (SQLite: `BEGIN IMMEDIATE`), so that sequences of one plume which are validated at once become one
plume, and of two confidences the higher one stays.
"""

from collections.abc import Callable, Generator, Iterable
from collections.abc import Sequence as Several
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import ColumnElement, Connection, Engine, case, delete, func, or_, select, update

from engine.model.fire.smoke import Arrangement, ArrangePlumes, MergePlumes, Plume, PlumeWords, SmokeLabel, SmokeSequence, Unmatch
from engine.model.time import SECOND
from engine.model.wire import to_plain
from engine.store.fire import smoke_lists
from engine.store.fire.smoke_lists import SHOWN, SmokeLists, links_of, plume_of, sequence_of
from engine.store.fire.smoke_tables import incident_smoke, smoke_links, smoke_plumes, smoke_sequences, smoke_words
from engine.store.upsert import insert_into, upsert

PAIRS_WITHIN_NS = 1800 * SECOND
LONGEST_NS = 86_400 * SECOND  # sequences that go on for longer are not looked for around another one
MOST_AROUND = 400


class SmokeTable(SmokeLists):
    """Any thread. Faults of the database are EnvironmentFault."""

    def __init__(self, reading: Engine, writing: Engine, faults: Callable[[], AbstractContextManager[None]]) -> None:
        super().__init__(reading, faults)
        self._writing = writing

    def put(self, sequences: Iterable[SmokeSequence]) -> None:
        """Insert, or carry on by id. The highest confidence stays, with its box and bearing; so do labels and plumes, which have acts of
        their own."""
        with self._write() as connection:
            _put(connection, sequences)

    def rearrange(self, changed: Several[SmokeSequence], arrange: ArrangePlumes) -> Arrangement:
        """Put sequences, and settle anew of which plumes they and those around them in time are."""
        with self._write() as connection:
            _put(connection, changed)
            return _rearranged(connection, [each.id for each in changed], arrange)

    def label(self, sequence_id: str, label: SmokeLabel | None, by: str, arrange: ArrangePlumes) -> Arrangement:
        """Raises NotFound."""
        with self._write() as connection:
            chosen = smoke_sequences.c.id == sequence_id
            values = {"label": None if label is None else label.value, "labelled_by": by if label else ""}
            if not connection.execute(update(smoke_sequences).where(chosen).values(values)).rowcount:
                raise smoke_lists.no_sequence(sequence_id)
            return _rearranged(connection, [sequence_id], arrange)

    def unmatch(self, plume_id: str, sequence_id: str, unmatch: Unmatch, arrange: ArrangePlumes) -> Arrangement:
        """It is no part of that plume, now and from now on. Raises NotFound, InputError."""
        with self._write() as connection:
            left, pairs = unmatch(plume_of(connection, plume_id), sequence_id)
            _put_words(connection, pairs, together=False)
            _put_plume(connection, left)
            return _rearranged(connection, [sequence_id, *left.sequence_ids], arrange)

    def merge(self, plume_id: str, other_id: str, merge: MergePlumes, arrange: ArrangePlumes) -> Arrangement:
        """They are one plume, now and from now on. Raises NotFound, InputError."""
        with self._write() as connection:
            kept, other = plume_of(connection, plume_id), plume_of(connection, other_id)
            _put_words(connection, merge(kept, other), together=True)
            return _rearranged(connection, [*kept.sequence_ids, *other.sequence_ids], arrange)

    def remove(self, sequence_id: str, arrange: ArrangePlumes) -> Arrangement:
        """With the last of its sequences a plume is no more. Raises NotFound."""
        with self._write() as connection:
            sequence_of(connection, sequence_id)
            beside = _members(connection, _plumes_with(connection, [sequence_id]))
            connection.execute(delete(smoke_sequences).where(smoke_sequences.c.id == sequence_id))
            connection.execute(
                delete(smoke_words).where(or_(smoke_words.c.first_id == sequence_id, smoke_words.c.second_id == sequence_id))
            )
            return _rearranged(connection, [sequence_id, *beside], arrange)

    def forget(self, before_ns: int, most: int) -> int:
        """Remove plumes that were seen last before then, and sequences that are in none, at most so many of each; not those that an
        incident rests on. How many sequences went."""
        with self._write() as connection:
            rested_on = select(incident_smoke.c.plume_id)
            old = select(smoke_plumes.c.id).where(smoke_plumes.c.last_seen_ns < before_ns, smoke_plumes.c.id.not_in(rested_on))
            plume_ids = connection.scalars(old.order_by(smoke_plumes.c.last_seen_ns, smoke_plumes.c.id).limit(most)).all()
            connection.execute(delete(smoke_links).where(smoke_links.c.plume_id.in_(plume_ids)))
            connection.execute(delete(smoke_plumes).where(smoke_plumes.c.id.in_(plume_ids)))
            return _forget_loose(connection, before_ns, most)

    def is_of(self, plume_id: str, incident_id: str) -> None:
        """The incident that a plume corroborates."""
        with self._write() as connection:
            chosen = smoke_plumes.c.id == plume_id
            connection.execute(update(smoke_plumes).where(chosen).values(incident_id=incident_id))

    @contextmanager
    def _write(self) -> Generator[Connection]:
        with self._faults(), self._writing.begin() as connection:
            yield connection


def _forget_loose(connection: Connection, before_ns: int, most: int) -> int:
    started, seen = smoke_sequences.c.started_ns < before_ns, smoke_sequences.c.last_seen_ns < before_ns
    loose = select(smoke_sequences.c.id).where(started, seen, smoke_sequences.c.id.not_in(select(smoke_links.c.sequence_id)))
    ids = connection.scalars(loose.order_by(smoke_sequences.c.started_ns, smoke_sequences.c.id).limit(most)).all()
    connection.execute(delete(smoke_words).where(or_(smoke_words.c.first_id.in_(ids), smoke_words.c.second_id.in_(ids))))
    connection.execute(delete(smoke_sequences).where(smoke_sequences.c.id.in_(ids)))
    return len(ids)


def _put(connection: Connection, sequences: Iterable[SmokeSequence]) -> None:
    """`max_conf` is raised in one statement: what another writer put in between counts."""
    rows = [to_plain(each) for each in sequences]
    if not rows:
        return
    statement = insert_into(connection, smoke_sequences)
    new, now = statement.excluded, smoke_sequences.c
    better = or_(now.max_conf.is_(None), new.max_conf > now.max_conf)
    kept: dict[str, ColumnElement[object]] = {
        "started_ns": case((new.started_ns < now.started_ns, new.started_ns), else_=now.started_ns),
        **{name: case((new[name] > now[name], new[name]), else_=now[name]) for name in ("last_seen_ns", "frames")},
        "max_conf": case((better, func.coalesce(new.max_conf, now.max_conf)), else_=now.max_conf),
        **{name: case((better, new[name]), else_=now[name]) for name in ("best_box", "azimuth_deg", "cone_deg")},
        **{name: now[name] for name in ("label", "labelled_by", "plume_id")},
    }
    plain = {column.name: new[column.name] for column in smoke_sequences.columns if column.name not in kept and column.name != "id"}
    connection.execute(statement.on_conflict_do_update(index_elements=[now.id], set_=plain | kept), rows)


def _rearranged(connection: Connection, ids: Iterable[str], arrange: ArrangePlumes) -> Arrangement:
    sequence_ids, plume_ids = _around(connection, set(ids))
    sequences = tuple(smoke_lists.sequences_of(connection, sequence_ids))
    plumes = tuple(smoke_lists.plumes_of(connection, plume_ids))
    done = arrange(sequences, plumes, _words(connection, sequence_ids))
    connection.execute(delete(smoke_links).where(smoke_links.c.plume_id.in_(done.gone_ids)))
    connection.execute(delete(smoke_plumes).where(smoke_plumes.c.id.in_(done.gone_ids)))
    for plume in done.changed:
        _put_plume(connection, plume)
    for each in done.moved:
        connection.execute(update(smoke_sequences).where(smoke_sequences.c.id == each.id).values(plume_id=each.plume_id))
    return done


def _words(connection: Connection, sequence_ids: set[str]) -> PlumeWords:
    columns = smoke_words.c
    rows = connection.execute(select(smoke_words).where(or_(columns.first_id.in_(sequence_ids), columns.second_id.in_(sequence_ids)))).all()
    said = {is_one: frozenset((first, second) for first, second, together in rows if together is is_one) for is_one in (True, False)}
    return PlumeWords(said[False], said[True])


def _around(connection: Connection, ids: set[str]) -> tuple[set[str], set[str]]:
    """Sequences that may be of one plume with these, and their plumes: those around them in time, and all that is linked to any of them."""
    known = ids | set(_beside_in_time(connection, ids))
    while True:
        plumes = _plumes_with(connection, known)
        more = _members(connection, plumes) | known
        if more == known:
            return known, plumes
        known = more


def _beside_in_time(connection: Connection, ids: set[str]) -> Iterable[str]:
    """The newest ones."""
    columns = smoke_sequences.c
    span = connection.execute(select(func.min(columns.started_ns), func.max(columns.last_seen_ns)).where(columns.id.in_(ids))).one()
    if span[0] is None:
        return ()
    started = columns.started_ns.between(span[0] - LONGEST_NS, span[1] + PAIRS_WITHIN_NS)
    query = select(columns.id).where(started, columns.last_seen_ns >= span[0] - PAIRS_WITHIN_NS, columns.validation.in_(SHOWN))
    return connection.scalars(query.order_by(columns.started_ns.desc()).limit(MOST_AROUND)).all()


def _plumes_with(connection: Connection, sequence_ids: Iterable[str]) -> set[str]:
    return set(connection.scalars(select(smoke_links.c.plume_id).where(smoke_links.c.sequence_id.in_(list(sequence_ids)))))


def _members(connection: Connection, plume_ids: Iterable[str]) -> set[str]:
    return {each for ids in links_of(connection, plume_ids).values() for each in ids}


def _put_plume(connection: Connection, plume: Plume) -> None:
    plain = to_plain(plume)
    upsert(connection, smoke_plumes, [{column.name: plain[column.name] for column in smoke_plumes.columns}])
    connection.execute(delete(smoke_links).where(smoke_links.c.plume_id == plume.id))
    rows = [{"plume_id": plume.id, "sequence_id": each} for each in plume.sequence_ids]
    if rows:
        connection.execute(insert_into(connection, smoke_links), rows)


def _put_words(connection: Connection, pairs: Iterable[tuple[str, str]], together: bool) -> None:
    """The last word counts."""
    upsert(connection, smoke_words, [{"first_id": one, "second_id": other, "together": together} for one, other in pairs])
