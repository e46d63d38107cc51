"""The engine's memory opened as one: store, journal, checkpoints and the thread that writes them, in a state that agrees."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from engine.model.alerts.alert import Alert
from engine.model.errors import EnvironmentFault
from engine.model.event import Event
from engine.model.ids import family, random_id
from engine.model.observation import Numbered
from engine.model.question import ListClips, ListEvents
from engine.model.time import Clock
from engine.model.upkeep import Restored
from engine.pipeline.pipeline import Pipeline
from engine.pipeline.review.review import ReviewLane
from engine.recording.checkpoints import Checkpoints
from engine.recording.journal import Journal
from engine.runtime.data_folder import DataFolder
from engine.runtime.ports import Trouble
from engine.runtime.recorder.board import NEWEST, Board
from engine.runtime.recorder.recovery import Recovered, ended_reviews, ended_unseen, recover, recover_since
from engine.runtime.storage.backup_folder import BackupFolder
from engine.runtime.storage.clip_files import find_clips, forget_gone
from engine.runtime.storage.restore import OpenedRecord, finish, open_or_restore, with_counts
from engine.store.database.writer import StoreWriter
from engine.store.store import Store

log = logging.getLogger(__name__)

SETTLE_S = 0.5  # what is in the database's file outlives a power failure that cuts both logs, its own and that of observations
KEPT_CHECKPOINTS = 7 * 24 * 60  # a week of running, at one a minute
KEPT_CHECKPOINT_BYTES = 1 << 30  # many radio links make them large
SPARE_CHECKPOINTS = 2  # from which the journal goes on however large it is: should the newest prove damaged, there is another
FORGOT = (
    "What was learned by watching (quiet rooms, things that stand still) is learned anew, because another version of Watchroom wrote it"
    " down. Radio needs some minutes for that; nothing of the record is lost."
)


class Record:
    """Opens the data folder's record, recovers the pipeline from it, and closes it again. `board` holds the newest events and clips,
    `replayed_events` and `replayed_alerts` those that recovery said again (what was to follow from them may have been lost in the crash).

    Args:
        trouble: called from the writer thread with a sentence when writing fails, None when it works again.
        backups: where copies of the record may lie, besides the data folder's own.

    Attributes:
        engine_id: what ids made from now on carry.
        restored: it was damaged, and was put together again just now.
        copies_enough_from_ns: with copies of the record from before that and the log, not all of it could be put together again. 0: with
            any.
        forgot: no checkpoint could be used, and what was learned is learned anew.
    """

    def __init__(self, data: DataFolder, clock: Clock, make_pipeline: Callable[[], Pipeline], trouble: Trouble, backups: str = "") -> None:
        chosen = [BackupFolder(data.path, backups)] if backups else []
        self.engine_id = data.engine_id()
        opened = open_or_restore(data, clock, [BackupFolder(data.path), *chosen])
        self.store: Store = opened.store
        self.restored: Restored | None = None
        try:
            self.journal = Journal(data.journal)
            self.checkpoints = Checkpoints(data.checkpoints)
            recovered = self._recovered(data, clock, make_pipeline, opened)
            self.pipeline, self.forgot = recovered.pipeline, recovered.forgot
            self.next_number = recovered.next_number
            self.copies_enough_from_ns = clock.now_ns() if self.restored is not None or self._log_is_cut() else 0
            self.replayed_events = tuple(value for value in recovered.values if isinstance(value, Event))
            self.replayed_alerts = tuple(value for value in recovered.values if isinstance(value, Alert))
            self.store.save(recovered.values)
            self.store.save(ended_unseen(self.store, recovered.pipeline.open_event_ids()))
            self.store.save(ended_reviews(self.store, recovered.pipeline.lane(ReviewLane).open_item_ids()))
            events = self.store.answer(ListEvents(limit=NEWEST))
            self.board = Board(events, self.store.answer(ListClips(limit=2 * NEWEST)), self.store.newest_reviews(NEWEST))
            log.info("record opened: %d observations replayed, next is %d", recovered.replayed, recovered.next_number)
        except BaseException:
            self.store.close()
            raise
        self._passing: int | None = None
        self._settled_s = time.monotonic()
        self.writer = StoreWriter(self.store, self._journalled, trouble.tell, committed=self.next_number - 1)

    def _recovered(self, data: DataFolder, clock: Clock, make_pipeline: Callable[[], Pipeline], opened: OpenedRecord) -> Recovered:
        if opened.restored is None or opened.backup is None:
            return recover(make_pipeline, self.journal, self.checkpoints, clock)
        since = opened.backup.number
        recovered, gap = recover_since(make_pipeline, self.journal, self.checkpoints, clock, since, self.store.save)
        clips = find_clips(data.path, self.store)
        forget_gone(data.path, self.store)
        self.restored = with_counts(opened.restored, recovered.replayed, gap, clips)
        finish(data, self.restored)
        return recovered

    def _log_is_cut(self) -> bool:
        """Its end is missing, as after a power failure. What the database made of that is nowhere else."""
        return self.journal.cut_bytes > 0 or max(self.pipeline.number, self.store.last_number()) > self.journal.last_number

    def new_id(self, prefix: str) -> str:
        """For what somebody makes by a command; what the pipeline makes has a number of its own. Any thread."""
        return random_id(family(prefix, self.engine_id))

    def close(self) -> None:
        """Write what waits, then close."""
        self.writer.stop()
        self.journal.close()
        self.store.close()

    def save_checkpoint(self, number: int, state: dict[str, Any], passing: bool = False) -> None:
        """Keep the state after observation `number`, and let go of what only the oldest ones are good for. The writer's thread.

        `passing`: it only makes a start now a short one, and goes when the next one is there. The record settles first: a start from here
        says nothing of before again, so that the log of the database, should it be lost, must not hold any of it.
        """
        self.store.settle()
        self.checkpoints.save(number, state)
        if self._passing is not None:
            self.checkpoints.remove(self._passing)
        self._passing = number if passing else None
        held = self.held_number()
        oldest = self.checkpoints.prune(KEPT_CHECKPOINTS, KEPT_CHECKPOINT_BYTES, held)
        if oldest is not None:
            self.journal.prune(oldest)

    def held_number(self) -> int | None:
        """From this observation on the journal stays, because a part of it is locked as evidence; None: nothing of it is. Raises
        EnvironmentFault, OSError."""
        begins = [self.journal.first_during(since_ns, until_ns) for since_ns, until_ns in self.store.segments.held_spans()]
        return min((number for number in begins if number), default=None)

    def begin_anew(self, number: int, state: dict[str, Any]) -> bool:
        """Keep the state after observation `number`, the last one journalled, and nothing from before it: what was erased since is in
        there. False where evidence is in there too, so that it stays. The writer's thread. Raises EnvironmentFault, OSError; then it has to
        be done again."""
        self.checkpoints.save(number, state)
        self._passing = None
        if self.held_number() is not None:
            return False
        for older in self.checkpoints.newest(1 << 30)[1:]:
            self.checkpoints.remove(older)
        self.journal.clear()
        left = self.checkpoints.newest(2)
        if left != (number,):
            raise EnvironmentFault("not_erased", "Old checkpoints cannot be removed. Check the permissions of the data folder.")
        return True

    def forget_before(self, at_ns: int) -> None:
        """Let go of checkpoints and journal older than a time (UTC ns), except what a replay from then on needs. The writer's thread."""
        held = self.held_number()
        number = max(self.journal.number_at(at_ns), self.journal.first_number)
        number = number if held is None else min(number, held)
        oldest = self.checkpoints.prune_before(number)
        if oldest is not None:
            self.journal.prune(min(number, oldest))

    def fit_journal(self, most_bytes: int) -> None:
        """Let go of the oldest journal beyond a size, but of nothing that the newest checkpoints need. Any thread, also while the
        writer waits for space on the disk. Raises OSError."""
        newest = self.checkpoints.newest(SPARE_CHECKPOINTS)
        held = self.held_number()
        if newest:
            self.journal.prune_size(most_bytes, newest[-1] if held is None else min(newest[-1], held))

    def _journalled(self, batch: Sequence[Numbered]) -> None:
        self.journal.append(batch)
        if time.monotonic() - self._settled_s >= SETTLE_S:
            self._settled_s = time.monotonic()
            with suppress(EnvironmentFault):  # what is saved next meets the same, and tells
                self.store.settle()
