"""The only writer of the record: takes values from the engine without ever making it wait, and commits them in batches.

What happens when the disk is full or the database is locked: the batch is kept and tried again (0.25 s, doubling to 5 s), and the trouble
is told once. What arrives meanwhile is kept too; where it comes to an end like that, what waits goes to the journal at least, from which
the next start makes the values again. Values are kept by id, so an event that changes a hundred times waits as one. What
waits for the journal is bounded by bytes: CSI, which is nearly all of them, is left out beyond half of `shed_above_bytes`, further frames,
detections, sightings and ticks beyond the whole, all counted in `shed`; a replay across that gap starts at the next checkpoint. Events,
decisions, sequences, clips and deliveries are never shed.
"""

import logging
import math
import threading
from collections.abc import Callable
from collections.abc import Sequence as Several
from dataclasses import field
from itertools import accumulate, takewhile
from typing import TypeVar

from engine.model.errors import EnvironmentFault
from engine.model.observation import DetectionsMade, FrameSeen, Numbered, Observation, Tick
from engine.model.radio.radio import BleSightings, CsiBatch
from engine.model.repository import Repository, Storable
from engine.model.value_class import dataclass
from engine.store.database.faults import what_is_wrong

logger = logging.getLogger(__name__)

FIRST_RETRY_S, LONGEST_RETRY_S = 0.25, 5.0
LONGEST_APPEND = 8 << 20  # bytes of observations given to the journal at once
_WORLD_FAILED = (EnvironmentFault, OSError)
_Key = tuple[type[Storable], str]
_Action = Callable[[], None]
_T = TypeVar("_T")


@dataclass(slots=True)
class _Batch:
    """What is committed together, and what is to run once it is."""

    numbered: list[Numbered] = field(default_factory=list[Numbered])
    values: dict[_Key, Storable] = field(default_factory=dict[_Key, Storable])
    actions: list[_Action] = field(default_factory=list[_Action])
    waited_for: list[_Action] = field(default_factory=list[_Action])  # more may come into the batch, which is committed with it
    highest: int = 0
    weight: int = 0
    sealed: bool = False  # being committed: nothing is added but actions

    @property
    def open(self) -> bool:
        return not self.sealed and not self.actions


class StoreWriter:
    """Thread `store-writer`. Any thread may call; `submit` and `run_in_order` return at once.

    Args:
        before_commit: appends to the journal and syncs it, before the values that came of these observations are saved. Raises OSError
            or EnvironmentFault having taken none of them; it is then called again with the same ones.
        on_trouble: a sentence at the first failure, None on recovery. Called on the writer's thread; must return at once.
        interval_s: longest time that a value waits before its batch is begun. committed: up to which observation all is in the record.
    """

    def __init__(
        self,
        repository: Repository,
        before_commit: Callable[[Several[Numbered]], None],
        on_trouble: Callable[[str | None], None],
        *,
        interval_s: float = 0.25,
        shed_above_bytes: int = 64 << 20,
        committed: int = 0,
    ) -> None:
        self._repository = repository
        self._before_commit = before_commit
        self._on_trouble = on_trouble
        self._interval_s = interval_s
        self._shed_above_bytes = shed_above_bytes
        self._lock = threading.Lock()  # guards _waiting and what its batches hold, _waiting_bytes, _shed
        self._waiting: list[_Batch] = []
        self._waiting_bytes = 0
        self._shed = 0
        self._refused = 0
        self._committed_number = committed
        self._trouble: str | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-writer")

    @property
    def backlog(self) -> int:
        """Observations and values that wait; those of the batch being committed count until it is."""
        with self._lock:
            return sum(len(batch.numbered) + len(batch.values) for batch in self._waiting)

    @property
    def committed_number(self) -> int:
        """Everything up to the observation of this number is in the journal (or was shed), and what came of it in the record."""
        return self._committed_number

    @property
    def shed(self) -> int:
        """Frames, detections and ticks left out of the journal because too many waited."""
        return self._shed

    @property
    def refused(self) -> int:
        """Values and observations that could not be stored for what they are (a bug; each is in the log)."""
        return self._refused

    @property
    def troubled(self) -> bool:
        """True from a failure to the recovery. Do not make checkpoints meanwhile: they would wait in memory."""
        return self._trouble is not None

    def submit(self, numbered: Numbered | None, values: Several[Storable]) -> None:
        """Keep an observation and what came of it. Never blocks for longer than it takes to note it down."""
        with self._lock:
            batch = self._open_batch()
            if numbered is not None:
                self._note(batch, numbered)
            batch.values.update({(type(value), value.id): value for value in values})

    def run_in_order(self, action: _Action) -> None:
        """Run `action` on the writer's thread once everything submitted before is committed, and before anything submitted after."""
        with self._lock:
            batch = self._waiting[-1] if self._waiting else self._open_batch()
            batch.actions.append(action)

    def soon(self, kept: _Action) -> None:
        """Commit at once, and call `kept` when everything submitted before is committed, and all that was to be run before that has
        been. Of several that ask meanwhile all wait for one commit. Any thread; returns at once."""
        with self._lock:
            batch = self._waiting[-1] if self._waiting else self._open_batch()
            batch.waited_for.append(kept)
        self._wake.set()

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything submitted so far is committed; False when that takes longer, or the writer does not run."""
        if not self._thread.is_alive():
            return self.backlog == 0
        done = threading.Event()
        self.run_in_order(done.set)
        self._wake.set()
        return done.wait(timeout_s)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Commit what waits, trying once more where that fails, and end the thread. What is then still waiting is logged as lost."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        if self.backlog:
            logger.error("%d observations and values could not be written before the engine ended: %s", self.backlog, self._trouble)

    def _open_batch(self) -> _Batch:
        if not self._waiting or not self._waiting[-1].open:
            self._waiting.append(_Batch())
        return self._waiting[-1]

    def _note(self, batch: _Batch, numbered: Numbered) -> None:
        batch.highest = numbered.number
        weight = _weight(numbered)
        if self._waiting_bytes + weight > self._bound(numbered.observation):
            self._shed += 1
            return
        batch.numbered.append(numbered)
        batch.weight += weight
        self._waiting_bytes += weight

    def _bound(self, observation: Observation) -> float:
        """How many bytes may wait with this one for it to be taken."""
        match observation:
            case CsiBatch():
                return self._shed_above_bytes // 2
            case FrameSeen() | DetectionsMade() | BleSightings() | Tick():
                return self._shed_above_bytes
            case _:
                return math.inf

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(self._interval_s)
            self._wake.clear()
            self._commit_waiting()
        self._commit_waiting()
        self._journal_waiting()

    def _commit_waiting(self) -> None:
        """Commit batch after batch, each until it is done; gives up only when the writer is to stop and a last try has failed."""
        while (batch := self._first_batch()) is not None:
            delay_s = FIRST_RETRY_S
            while not self._commit(batch):
                if self._stopping.is_set():
                    return
                self._stopping.wait(delay_s)
                delay_s = min(2 * delay_s, LONGEST_RETRY_S)
            self._finish(batch)

    def _journal_waiting(self) -> None:
        """At the end: what came of these observations cannot be saved, for a damaged database say, and is made of them again."""
        with self._lock:
            left = tuple(self._waiting)
        try:
            for batch in left:
                self._journal(batch)
        except _WORLD_FAILED as error:
            logger.warning("The journal cannot be written either: %s", _sentence(error))

    def _first_batch(self) -> _Batch | None:
        with self._lock:
            if not self._waiting:
                return None
            self._waiting[0].sealed = True
            return self._waiting[0]

    def _commit(self, batch: _Batch) -> bool:
        try:
            self._journal(batch)
            self._save(batch)
        except _WORLD_FAILED as error:
            self._report_trouble(_sentence(error))
            return False
        self._report_trouble(None)
        return True

    def _journal(self, batch: _Batch) -> None:
        """Once it is in the journal, an observation leaves the batch: it must not be appended twice when something fails later."""
        while batch.numbered:
            part = _first_part(batch.numbered)
            try:
                self._before_commit(part)
            except _WORLD_FAILED:
                raise
            except Exception:
                logger.exception("The journal refused a batch; its observations are tried one by one")
                self._one_by_one(batch.numbered, self._before_commit)
            else:
                with self._lock:
                    del batch.numbered[: len(part)]

    def _save(self, batch: _Batch) -> None:
        values = list(batch.values.values())
        if not values:
            return
        try:
            self._repository.save(values)
        except _WORLD_FAILED:
            raise
        except Exception:
            logger.exception("The record refused a batch; its values are tried one by one")
            self._one_by_one(values, self._repository.save)

    def _one_by_one(self, items: list[_T], store: Callable[[list[_T]], None]) -> None:
        """So that one item that cannot be stored (a bug) does not hold up all others for ever. It is logged and counted."""
        while items:
            try:
                store(items[:1])
            except _WORLD_FAILED:
                raise
            except Exception:
                self._refused += 1
                logger.exception("Could not be stored and is left out: %r", items[0])
            del items[0]

    def _finish(self, batch: _Batch) -> None:
        with self._lock:
            self._waiting.remove(batch)
            self._waiting_bytes -= batch.weight
        self._committed_number = max(self._committed_number, batch.highest)
        for action in (*batch.actions, *batch.waited_for):
            self._act(action)

    def _act(self, action: _Action) -> None:
        try:
            action()
        except Exception:
            logger.exception("What was to run after a commit failed")

    def _report_trouble(self, trouble: str | None) -> None:
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble is None:
            logger.info("The record is written again; %d observations were left out of the journal so far", self._shed)
        else:
            logger.warning("The record cannot be written and waits: %s", trouble)
        self._on_trouble(trouble)


def _first_part(numbered: list[Numbered]) -> list[Numbered]:
    """The first ones, of at most `LONGEST_APPEND` bytes, but one at least. A copy."""
    weights = accumulate(_weight(item) for item in numbered)
    return numbered[: max(1, sum(1 for _ in takewhile(lambda weight: weight <= LONGEST_APPEND, weights)))]


def _weight(numbered: Numbered) -> int:
    """About how many bytes a waiting observation takes."""
    match numbered.observation:
        case FrameSeen(motion=motion):
            return 600 + motion.regions_xyxy.nbytes
        case DetectionsMade(detections=found):
            embeddings = 0 if found.embeddings is None else found.embeddings.nbytes
            return 800 + found.boxes_xyxy.nbytes + found.confidences.nbytes + found.categories.nbytes + embeddings
        case CsiBatch() as csi:
            return 2_000 + csi.iq.nbytes + 16 * len(csi)
        case BleSightings(sightings=sightings):
            return 500 + 150 * len(sightings)
        case _:
            return 400


def _sentence(error: EnvironmentFault | OSError) -> str:
    if isinstance(error, EnvironmentFault) and error.reason == "database_damaged":
        return f"{what_is_wrong(error)} What happens is kept in memory until it is put right."
    if isinstance(error, EnvironmentFault):
        return str(error)
    return f"The journal cannot be written ({error.strerror or error}). What happens is kept in memory until it can. Check the disk."
