"""Takes in what sites tell of their records: under their key, whatever they say themselves, and as far as it can be read."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.gateway.federation.ids import qualified
from engine.gateway.federation.rewriting import Qualifier, rewrite
from engine.gateway.hub.clock_watch import ClockWatch
from engine.model.accounts.audit import AuditRow
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.cameras.clip import Clip
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.incidents.incident import Incident
from engine.model.people.traces import ERASED_NAME, ErasedPerson, Traces
from engine.model.plain_text import escaped
from engine.model.replication import ChangeBatch, ChangeKind, RecordChange
from engine.model.review.review import ReviewItem
from engine.model.time import Clock
from engine.model.tolerant_wire import read_tolerantly
from engine.model.wire import to_plain
from engine.runtime.hub.replication_messages import StreamPlace, pack_place, read_batch, read_clock, read_place
from engine.store.shared.record import SharedRecord

log = logging.getLogger(__name__)

LONGEST_LINE = 300  # of the log, of what a site says
MOST_NAMES, LONGEST_NAME, LONGEST_PSEUDONYM = 1_000, 1_000, 100  # of a person who is erased

_CLASSES: Mapping[ChangeKind, type[Any]] = {
    ChangeKind.EVENT: Event,
    ChangeKind.DECISION: Decision,
    ChangeKind.ALERT: Alert,
    ChangeKind.REVIEW: ReviewItem,
    ChangeKind.CLIP: Clip,
    ChangeKind.INCIDENT: Incident,
}


class Intake:
    """Any thread. `site`: who speaks, by the subject that the carrier let it speak on. Messages that cannot be read raise InputError."""

    def __init__(self, record: SharedRecord, clock: Clock) -> None:
        self._record, self._clock = record, clock
        self._clocks = ClockWatch()
        self.left_out = 0  # values that could not be read

    def resume(self, site: str, data: bytes) -> bytes:
        """How far the site has told; it is heard of. Raises NotFound."""
        now_ns, clock = self._clock.now_ns(), read_clock(data)
        offset_ns = None if clock is None else clock.at_ns + clock.trip_ns // 2 - now_ns  # it was on its way for half of a round trip
        found = self._record.hear(site, now_ns, offset_ns)
        if clock is not None and offset_ns is not None:
            self._clocks.take(site, offset_ns, clock.trip_ns // 2)
        return pack_place(StreamPlace(found.stream, found.seq))

    def begin(self, site: str, data: bytes) -> bytes:
        """It tells everything anew. Raises NotFound."""
        place = read_place(data)
        self._record.begin_stream(site, place.stream)
        return pack_place(StreamPlace(place.stream, 0))

    def keep(self, site: str, data: bytes) -> bytes:
        """How far it has told then, as the database has it. Raises NotFound, EnvironmentFault."""
        batch = read_batch(data)
        kept = ChangeBatch(batch.stream, batch.after, batch.through, tuple(self._qualified(site, batch)))
        found = self._record.keep(site, kept, self._clock.now_ns())
        return pack_place(StreamPlace(found.stream, found.seq))

    def keep_ahead(self, site: str, data: bytes) -> bytes:
        """Raises NotFound, EnvironmentFault."""
        self._record.keep_ahead(site, tuple(self._qualified(site, read_batch(data))))
        return pack_place(StreamPlace("", 0))

    def _qualified(self, site: str, batch: ChangeBatch) -> Iterator[RecordChange]:
        qualifier = Qualifier(site)
        for change in batch.changes:
            qualifier.begin()
            try:
                yield replace(change, id=qualified(site, change.id), body=_body(change, site, qualifier))
            except (InputError, TypeError, ValueError, AttributeError, KeyError) as error:
                self.left_out += 1
                log.warning("%s: a change of %s cannot be read and is left out: %s", site, change.kind, escaped(str(error))[:LONGEST_LINE])


def _body(change: RecordChange, site: str, qualifier: Qualifier) -> Mapping[str, Any]:
    if change.kind is ChangeKind.AUDIT:  # as it is: its hash holds the words of the site
        return to_plain(read_tolerantly(AuditRow, dict(change.body)))
    if change.kind is ChangeKind.ERASURE:
        return to_plain(_checked_traces(site, read_tolerantly(Traces, dict(change.body))))
    if change.kind is ChangeKind.ERASED:
        erased = read_tolerantly(ErasedPerson, dict(change.body))
        return to_plain(replace(erased, pseudonym=qualified(site, erased.pseudonym)))
    return to_plain(rewrite(read_tolerantly(_CLASSES[change.kind], dict(change.body)), qualifier))


def _checked_traces(site: str, said: Traces) -> Traces:
    """What stands for somebody never makes a text grow again and again, whatever a site says: its rows are rewritten in the hub's memory.
    Raises ValueError."""
    traces = Traces(qualified(site, said.person_id), tuple(filter(_is_erasable, said.names)), qualified(site, said.pseudonym))
    if not traces.person_id or not 0 < len(said.pseudonym) <= LONGEST_PSEUDONYM or traces.person_id in traces.pseudonym:
        raise ValueError("an erasure needs an id, and a short pseudonym without it")
    if len(traces.names) > MOST_NAMES:
        raise ValueError("an erasure of somebody with too many names")
    return traces


def _is_erasable(name: str) -> bool:
    """A word of what stands instead of names tells of nobody."""
    return 0 < len(name) <= LONGEST_NAME and name not in (ERASED_NAME, *ERASED_NAME.split())
