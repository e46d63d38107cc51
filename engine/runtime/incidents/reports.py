"""Where reports arrive: kept at once, those that come together in one commit, and told to the pipeline once they are durable.

What was acknowledged is in the record; the pipeline hears of it until it has it in its journal, also after a crash.
"""

import hmac
import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

from engine.incidents import editing, merging
from engine.incidents.correlation import FIRST, check_time, correlate
from engine.incidents.reporters import SALT_BYTES, device_reporter
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.event import Severity
from engine.model.fire.smoke import Plume
from engine.model.ids import family
from engine.model.incidents.incident import (
    CorrelatePlume,
    Correlation,
    EditIncidents,
    Filed,
    Incident,
    IncidentCategory,
    IncidentEdit,
    IncidentState,
    IncidentStatus,
    Nearby,
    Report,
)
from engine.model.observation import IncidentChanged
from engine.model.question import ListIncidents
from engine.model.time import SECOND, Clock
from engine.runtime.incidents.gathering import ReportGatherer, stopping
from engine.runtime.ports import Inbox, SettingsSource, WriterQueue
from engine.runtime.secrets.secrets import SecretStore
from engine.store.incidents.incidents import IncidentTable

log = logging.getLogger(__name__)

SHOWN = 200
PAST_NS = 86_400 * SECOND  # what happened longer ago (an import) is kept, and is nothing for the pipeline
_SALT = "reports/salt"
_BEGINS = (IncidentStatus.CREATED, IncidentStatus.PENDING_REVIEW)


def new_report_id(reporter: str = "", key: str = "", engine_id: str = "") -> str:
    """The same for the same idempotency key of the same reporter."""
    number = sha256(f"{reporter} {key}".encode()).hexdigest()[:16] if key else secrets.token_hex(8)
    return f"{family('rp', engine_id)}-{number}"


def _newest_first(incident: Incident) -> tuple[int, str]:
    return -incident.occurred_ns, incident.id


def _unchanged(incident: Incident) -> Incident:
    return incident


def _as_it_is(done: Correlation) -> Correlation:
    return done


def _is_no_news(incident: Incident) -> bool:
    del incident
    return False


def _unheard(heard: object) -> None:
    del heard


class ReportDesk:
    """Any thread; a call takes as long as a commit or two.

    Attributes:
        engine_id: what ids of reports, and so of incidents, carry.
        words: what an incident is by the words of its first report; pure and quick. begun: told of every new incident once it is durable,
            on the caller's thread. changed: told of all that is new or changed and durable, in order; returns at once.
    """

    def __init__(
        self,
        table: IncidentTable,
        clock: Clock,
        inbox: Inbox,
        writer: WriterQueue,
        salts: SecretStore,
        settings: SettingsSource,
        engine_id: str = "",
    ) -> None:
        self.engine_id = engine_id
        self._table = table
        self._clock = clock
        self._inbox = inbox
        self._writer = writer
        self._salts = salts
        self._settings = settings
        self.words: Callable[[Incident], Incident] = _unchanged
        self.begun: Callable[[Incident], None] = _unheard
        self.changed: Callable[[Sequence[Incident]], None] = _unheard
        self._writing = threading.Lock()  # held by whoever commits; guards _open, _closed and the order of what is posted
        self._gatherer = ReportGatherer(self.file_all)
        self._lock = threading.Lock()  # guards _entered, _salt
        self._entered: dict[str, int] = {}
        self._salt: bytes | None = None
        self._closed = False
        self._open: dict[str, Incident] = {}
        self._shown: tuple[Incident, ...] = ()

    def start(self) -> None:
        """Tell the pipeline again what it may not have heard of before the last end. Raises EnvironmentFault."""
        with self._writing:
            newest = self._table.answer(ListIncidents(limit=SHOWN, state=IncidentState.OPEN)).incidents
            self._open = {each.id: each for each in newest}
            self._shown = newest
            news = self._table.news()
            self._table.confirm_revisions([(each.id, each.revision) for each in news if not self._is_news(each)])
            self._post_changes(news, self._is_news)
        self._gatherer.start()

    def close(self) -> None:
        """What waits is finished; nothing is taken any more."""
        self._gatherer.close()
        with self._writing:
            self._closed = True

    def now_ns(self) -> int:
        """Of the clock by which reports are received."""
        return self._clock.now_ns()

    def device(self, device_id: str) -> str:
        """The reporter that a device is; its own id is kept nowhere. Raises InputError, EnvironmentFault."""
        with self._lock:
            return device_reporter(device_id, self._salted())

    def pseudonym(self, name: str) -> str:
        """What somebody of this site is called elsewhere: the same for ever, and theirs alone. May raise EnvironmentFault."""
        with self._lock:
            return f"op-{hmac.new(self._salted(), f'operator {name}'.encode(), sha256).hexdigest()[:24]}"

    @property
    def waiting(self) -> int:
        """Reports that wait for the commit of those before them."""
        return self._gatherer.waiting

    def put(self, make: Callable[[], Report], done: Callable[[Filed | Exception], None]) -> None:
        """File what `make` gives; returns at once. See `ReportGatherer.put`."""
        self._gatherer.put(make, done)

    def file(self, report: Report) -> Filed:
        """Returns when it is durable. Raises InputError; EnvironmentFault, then it may not have been kept, and is to be sent again with
        the same idempotency key."""
        check_time(report)
        return self._gatherer.file(report)

    def file_all(self, reports: Sequence[Report]) -> tuple[Filed | InputError, ...]:
        """At most some hundred, in one commit of their own; what is refused stands in its place. Raises EnvironmentFault; then none was
        kept."""
        with self._writing:
            done = self._commit(reports, self._is_news)
        for filed in done:
            if isinstance(filed, Filed) and not filed.again and filed.status in _BEGINS:
                self.begun(filed.incident)
        return done

    def file_past(self, reports: Sequence[Report], is_over: Callable[[Incident], bool]) -> tuple[Filed | InputError, ...]:
        """As `file_all`, of what was reported before anybody watched: nothing of it is news for the pipeline, nor asked of Atlas, and what
        is over is closed from the beginning."""

        def closed(done: Correlation) -> Correlation:
            return replace(done, incident=replace(done.incident, state=IncidentState.CLOSED)) if is_over(done.incident) else done

        with self._writing:
            return self._commit(reports, _is_no_news, closed)

    def merge(self, kept_id: str, gone_id: str) -> Incident:
        """Raises InputError, NotFound, EnvironmentFault, as the following do."""
        now_ns = self._clock.now_ns()
        return self._act(lambda load: merging.merge_incidents(load, kept_id, gone_id, now_ns))

    def split(self, incident_id: str, report_ids: Iterable[str]) -> Incident:
        """The incident that the reports are in now."""
        ids = tuple(dict.fromkeys(report_ids))
        reports, now_ns = self._table.reports(ids), self._clock.now_ns()
        if len(reports) < len(ids):
            raise NotFound("Some of these reports are not in the record.")
        return self._act(lambda load: merging.split(load, incident_id, reports, now_ns))

    def keep_apart(self, incident_id: str, other_id: str) -> Incident:
        now_ns = self._clock.now_ns()
        return self._act(lambda load: merging.keep_apart(load, incident_id, other_id, now_ns))

    def validate(self, incident_id: str, actual: IncidentCategory, by: str) -> Incident:
        now_ns = self._clock.now_ns()
        return self._act(lambda load: editing.validate(load, incident_id, actual, by, now_ns))

    def edit(
        self,
        incident_id: str,
        *,
        category: IncidentCategory | None = None,
        severity: Severity | None = None,
        description: str | None = None,
        state: IncidentState | None = None,
    ) -> Incident:
        """None leaves a part as it is."""
        now_ns, parts = self._clock.now_ns(), {"category": category, "severity": severity, "description": description, "state": state}
        return self._act(lambda load: editing.edit_incident(load, incident_id, now_ns, **parts))  # pyright: ignore[reportArgumentType]

    def change(self, edit: EditIncidents) -> IncidentEdit:
        """Carry out an edit of incidents; returns when it is durable, and the pipeline hears of it."""
        with self._writing:
            self._check_open()
            done = self._table.change(edit, self._is_news)
            self._post_changes(done.incidents, self._is_news)
            return done

    def file_plume(self, plume: Plume, join: CorrelatePlume) -> Plume:
        """Keep which incident a plume of smoke is of; returns it with that, when it is durable. Raises what `join` raises,
        EnvironmentFault."""
        with self._writing:
            self._check_open()
            filed, done = self._table.file_plume(plume, join, self._is_news)
            self._post_changes(() if done is None else (done.incident, *done.others), self._is_news)
            return filed

    def get(self, incident_id: str) -> Incident:
        """Raises NotFound."""
        return self._table.get(incident_id)

    def open_incidents(self) -> tuple[Incident, ...]:
        """The newest 200 that are open, newest first."""
        return self._shown

    def entered(self, change: IncidentChanged) -> None:
        """The pipeline has it, and the writer has been given it for the journal. Returns at once."""
        with self._lock:
            first = not self._entered
            self._entered[change.incident.id] = change.incident.revision
        if first:
            self._writer.run_in_order(self._forget_news)

    def _forget_news(self) -> None:
        """On the writer's thread. What cannot be forgotten now is told again at the next start, and changes nothing then."""
        with self._lock:
            entered, self._entered = self._entered, {}
        try:
            self._table.confirm_revisions(entered.items())
        except EnvironmentFault as fault:
            log.warning("What the pipeline knows of incidents could not be noted: %s", fault)

    def _commit(
        self, reports: Sequence[Report], is_news: Callable[[Incident], bool], finish: Callable[[Correlation], Correlation] = _as_it_is
    ) -> tuple[Filed | InputError, ...]:
        """By the rules of now, the same ones for all of them."""
        self._check_open()
        rules = self._settings.now().incidents

        def decide(report: Report, near: tuple[Nearby, ...]) -> Correlation:
            return finish(self._with_words(correlate(report, near, rules)))

        done = self._table.file(reports, decide, is_news, rules)
        self._post_changes(done.changed, is_news)
        return done.filed

    def _with_words(self, done: Correlation) -> Correlation:
        return replace(done, incident=self.words(done.incident)) if done.link.rule == FIRST else done

    def _is_news(self, incident: Incident) -> bool:
        return incident.occurred_ns > self._clock.now_ns() - PAST_NS

    def _post_changes(self, changed: Sequence[Incident], is_news: Callable[[Incident], bool]) -> None:
        for incident in changed:
            self._update_open(incident)
            if is_news(incident):
                self._inbox.post(IncidentChanged(self._clock.now_ns(), incident))
        self._shown = tuple(sorted(self._open.values(), key=_newest_first))
        self.changed(changed)

    def _update_open(self, incident: Incident) -> None:
        self._open.pop(incident.id, None)
        if incident.state is IncidentState.OPEN:
            self._open[incident.id] = incident
        if len(self._open) > SHOWN:
            del self._open[max(self._open.values(), key=_newest_first).id]

    def _act(self, edit: EditIncidents) -> Incident:
        done = self.change(edit)
        return next(each for each in done.incidents if each.id == done.concerned_id)

    def _check_open(self) -> None:
        if self._closed:
            raise stopping()

    def _salted(self) -> bytes:
        """Under the lock."""
        if self._salt is None:
            self._salt = self._read_salt()
        return self._salt

    def _read_salt(self) -> bytes:
        known = self._salts.get(_SALT)
        if known is None:
            known = secrets.token_hex(SALT_BYTES)
            self._salts.put(_SALT, known)
        return bytes.fromhex(known)
