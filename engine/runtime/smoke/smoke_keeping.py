"""Smoke in step with the record: frames become sequences, sequences plumes, and plumes incidents; then the pipeline hears of it.

Everything is done again that a crash or a full disk kept from being done: what waits to be written waits here, the state of the watch is
kept after the record (so that it is never ahead of it), and at the start the pipeline is told again of what is going on.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from engine.fire.smoke.plumes import arrange, as_shown, merged, unmatched
from engine.fire.smoke.validation import PersistenceScorer, Scorer, do
from engine.fire.smoke.watch import SmokeWatch, WatchStep
from engine.incidents.smoke import join_plume, unlinked
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.fire.fire import FireRiskPolicy
from engine.model.fire.smoke import Arrangement, ListedPlume, Lookout, Plume, PlumeWords, SmokeFrame, SmokeLabel, SmokePage, SmokeSequence
from engine.model.incidents.incident import CorrelatePlume, EditIncidents, IncidentEdit, Nearby
from engine.model.observation import PlumeChanged
from engine.model.time import SECOND, Clock
from engine.runtime.atomic_file import write_atomically
from engine.runtime.ports import Inbox
from engine.store.fire.smoke import SmokeTable

log = logging.getLogger(__name__)

NAME = "smoke.json"
SETTLED_NS = 30 * SECOND  # smoke that merely goes on is put in its place anew no more often
GOES_ON_NS = 1800 * SECOND
DAY_NS = 86_400 * SECOND
MOST_TOLD = 1_000
EVERYTHING = FireRiskPolicy(thresholds=())


class SmokeIncidents(Protocol):
    """What is asked of the reports' desk. May raise EnvironmentFault."""

    def file_plume(self, plume: Plume, join: CorrelatePlume) -> Plume: ...

    def change(self, edit: EditIncidents) -> IncidentEdit: ...


class SmokeKeeper:
    """One thread at a time.

    Args:
        lookouts: those of the settings of now. inbox: enters an observation; returns at once.
        followed: ids of plumes that the pipeline takes for going on.
    """

    def __init__(
        self,
        folder: Path,
        table: SmokeTable,
        incidents: SmokeIncidents,
        lookouts: Callable[[], Iterable[Lookout]],
        clock: Clock,
        inbox: Inbox,
        followed: Callable[[], Iterable[str]],
        scorer: Scorer | None = None,
    ) -> None:
        self._path = folder / NAME
        self._table = table
        self._incidents = incidents
        self._stored_lookouts = lookouts
        self._clock = clock
        self._inbox = inbox
        self._followed = followed
        self._scorer = scorer or PersistenceScorer()
        self._watch = SmokeWatch()
        self._pending: dict[str, SmokeSequence] = {}  # not in the record yet
        self._settled: dict[str, SmokeSequence] = {}  # as they were when they were arranged last
        self._due: dict[str, None] = {}  # plumes that the pipeline has not heard of as they are now, oldest change first
        self._gone: dict[str, None] = {}
        self._dirty = False

    def open(self) -> None:
        """Go on where the last run ended. Raises EnvironmentFault."""
        state = self._read_state()
        if state is not None:
            self._watch.restore(state)
        for each in self._watch.living():
            self._recall(each.id)
        now_ns = self._clock.now_ns()
        recent = self.plumes(SmokePage(since_ns=now_ns - DAY_NS, limit=MOST_TOLD, policy=EVERYTHING))
        self._due |= dict.fromkeys(each.plume.id for each in reversed(recent) if now_ns - each.plume.last_seen_ns < GOES_ON_NS)
        for plume_id in self._followed():
            self._gone |= {} if self._find(plume_id) else {plume_id: None}
        self.keep()

    def plumes(self, page: SmokePage) -> tuple[ListedPlume, ...]:
        """Any thread. Raises InputError (`before_id`), EnvironmentFault."""
        return self._table.plumes(page, partial(as_shown, lookouts=self._lookouts()))

    def take(self, frames: Sequence[SmokeFrame]) -> tuple[tuple[str, ...], ...]:
        """For each frame the sequences that it is a picture of. Raises EnvironmentFault: it is not kept yet; the next call, or `keep`,
        tries that again, and a frame may be given again."""
        lookouts, attached = self._lookouts(), list[tuple[str, ...]]()
        for frame in frames:
            step = self._watch.take_frame(frame, lookouts.get(frame.camera_id))
            self._note_changes(step)
            self._dirty |= bool(frame.boxes or step.attached_ids)
            self._score()
            attached.append(step.attached_ids)
        self.keep()
        return tuple(attached)

    def tick(self) -> None:
        """What is due without any frame. Raises EnvironmentFault."""
        self._score()
        self.keep()

    def keep(self) -> None:
        """Whatever is not kept or told yet. Raises EnvironmentFault."""
        self._write_sequences()
        self._post_plumes()
        if self._dirty:
            write_atomically(self._path, json.dumps(self._watch.state(), separators=(",", ":")).encode())
            self._dirty = False

    def label(self, sequence_id: str, label: SmokeLabel | None, by: str) -> str:
        """The plume that it is in. Raises NotFound, EnvironmentFault."""
        return self._act(sequence_id, lambda: self._table.label(sequence_id, label, by, self.arrange))

    def unmatch(self, plume_id: str, sequence_id: str) -> str:
        """The plume that it is in then. Raises NotFound, InputError, EnvironmentFault."""
        return self._act(sequence_id, lambda: self._table.unmatch(plume_id, sequence_id, unmatched, self.arrange))

    def merge(self, plume_id: str, other_id: str) -> str:
        """The plume that both are now. Raises NotFound, InputError, EnvironmentFault."""
        self.keep()
        done = self._table.merge(plume_id, other_id, merged, self.arrange)
        self._arranged(done)
        self._dirty = True
        self.keep()
        return dict(done.absorbed).get(plume_id, plume_id)

    def remove(self, sequence_id: str) -> None:
        """Raises NotFound, EnvironmentFault."""
        self._act(sequence_id, lambda: self._table.remove(sequence_id, self.arrange))

    def _act(self, sequence_id: str, act: Callable[[], Arrangement]) -> str:
        self.keep()
        before = self._table.sequence(sequence_id)
        was_in = self._find(before.plume_id)
        self._arranged(act())
        after = self._recall(sequence_id)
        self._due |= dict.fromkeys(each for each in (before.plume_id, after and after.plume_id) if each)
        self._dirty = True
        self.keep()
        if was_in is not None and was_in.incident_id:
            self._unlink(was_in.incident_id, sequence_id, after)
        return after.plume_id if after else ""

    def _unlink(self, incident_id: str, sequence_id: str, after: SmokeSequence | None) -> None:
        """A sequence that is of another plume now, or no smoke of a wildfire, does not speak for the incident any more."""
        now_in = self._find(after.plume_id) if after else None
        is_smoke = after is not None and after.label in (None, SmokeLabel.WILDFIRE_SMOKE)
        if not is_smoke or now_in is None or now_in.incident_id != incident_id:
            now_ns = self._clock.now_ns()
            self._incidents.change(lambda load: unlinked(load, incident_id, sequence_id, now_ns))

    def _recall(self, sequence_id: str) -> SmokeSequence | None:
        """As the record has it; None where it was deleted."""
        try:
            found = self._table.sequence(sequence_id)
        except NotFound:
            self._watch.drop_sequence(sequence_id)
            return None
        self._watch.recall(found)
        return found

    def _find(self, plume_id: str) -> Plume | None:
        try:
            return self._table.plume(plume_id).plume
        except NotFound:
            return None

    def _score(self) -> None:
        now_ns = self._clock.now_ns()
        for job, about in self._watch.due_jobs(now_ns):
            self._note_changes(self._watch.scored(do(job, about, self._scorer), now_ns))
            self._dirty = True
        self._note_changes(self._watch.tick(now_ns))

    def _note_changes(self, step: WatchStep) -> None:
        self._pending |= {each.id: each for each in step.changed}
        self._dirty |= bool(step.changed)

    def _write_sequences(self) -> None:
        if not self._pending:
            return
        news = tuple(each for each in self._pending.values() if self._is_news(each))
        self._table.put(each for each in self._pending.values() if each not in news)
        if news:
            self._arranged(self._table.rearrange(news, self.arrange))
            now_in = {each.id: each.plume_id for each in self._watch.living()}
            self._due |= dict.fromkeys(plume_id for each in news if (plume_id := now_in.get(each.id)))
            self._settled = {key: each for key, each in self._settled.items() if key in now_in} | {each.id: each for each in news}
        self._pending.clear()

    def _is_news(self, sequence: SmokeSequence) -> bool:
        """Whether it may be of another plume, or of other weight, than when that was settled last."""
        before = self._settled.get(sequence.id)
        if before is None or sequence.last_seen_ns - before.last_seen_ns >= SETTLED_NS:
            return True
        return _bearing(before) != _bearing(sequence)

    def arrange(self, sequences: tuple[SmokeSequence, ...], plumes: tuple[Plume, ...], words: PlumeWords) -> Arrangement:
        return arrange(sequences, self._lookouts(), plumes, words)

    def _arranged(self, done: Arrangement) -> None:
        for each in done.moved:
            self._watch.amend(each)
        self._due |= dict.fromkeys(plume.id for plume in done.changed)
        self._gone |= dict.fromkeys(done.gone_ids)

    def _post_plumes(self) -> None:
        for plume_id in tuple(self._due):
            try:
                listed = self._table.plume(plume_id)
            except NotFound:
                pass  # it is no more, which is told below
            else:
                self._inbox.post(PlumeChanged(self._clock.now_ns(), self._filed(listed), listed.sequences))
            del self._due[plume_id]
        for plume_id in tuple(self._gone):
            now_ns = self._clock.now_ns()
            self._inbox.post(PlumeChanged(now_ns, Plume(plume_id, (), now_ns, now_ns), (), gone=True))
            del self._gone[plume_id]

    def _filed(self, listed: ListedPlume) -> Plume:
        """With the incident it is of."""
        plume, now_ns = listed.plume, self._clock.now_ns()
        if plume.place is None:
            return plume
        try:
            filed = self._incidents.file_plume(
                plume, lambda near: join_plume(plume, listed.sequences, near, now_ns, _detached(plume, near))
            )
        except InputError as error:
            log.warning("the plume %s could not be filed: %s", plume.id, error)
            return plume
        if filed.incident_id != plume.incident_id:
            self._table.is_of(plume.id, filed.incident_id)
        return replace(plume, incident_id=filed.incident_id)

    def _lookouts(self) -> Mapping[str, Lookout]:
        return {each.camera_id: each for each in self._stored_lookouts()}

    def _read_state(self) -> dict[str, object] | None:
        """None: there is nothing to go on from."""
        try:
            return json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EnvironmentFault("unreadable", f"The state of the smoke watch cannot be read ({error.strerror or error}).") from error
        except ValueError:
            log.warning("%s is damaged: smoke that is seen now begins new sequences", NAME)
            return None


def _bearing(sequence: SmokeSequence) -> tuple[object, ...]:
    return sequence.started_ns, sequence.azimuth_deg, sequence.cone_deg, sequence.max_conf, sequence.validation


def _detached(plume: Plume, near: Iterable[Nearby]) -> frozenset[str]:
    """What was of it when it was filed last, and is not now."""
    before = {each for filed in near if filed.plume is not None and filed.plume.id == plume.id for each in filed.plume.sequence_ids}
    return frozenset(before - set(plume.sequence_ids))
