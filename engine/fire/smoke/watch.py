"""The smoke watch from frames to sequences that are shown: `sequences` and `validation` together, so that both know the same sequence."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.fire.smoke.sequences import SequenceBuilder
from engine.fire.smoke.validation import ScoreJob, ScoreResult, Validator, Verdict
from engine.model.fire.smoke import Lookout, SmokeFrame, SmokeSequence
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class WatchStep:
    """`changed`: sequences that are new or changed; `news`: those of them that are shown from now on; `attached_ids`: those that the
    frame is a picture of."""

    changed: tuple[SmokeSequence, ...] = ()
    news: tuple[SmokeSequence, ...] = ()
    attached_ids: tuple[str, ...] = ()


class SmokeWatch:
    """One thread, which is the pipeline's; the same frames, times and results give the same steps."""

    def __init__(self) -> None:
        self._builder = SequenceBuilder()
        self._validator = Validator()

    def take_frame(self, frame: SmokeFrame, lookout: Lookout | None) -> WatchStep:
        """`lookout`: of the frame's camera. A picture that came before does nothing."""
        taken = self._builder.take_frame(frame, lookout)
        known = {each.id: each for each in self._builder.living()}
        for sequence_id, each in (*taken.earlier, *((attached_id, frame) for attached_id in taken.attached_ids)):
            self._validator.attach(known[sequence_id], each)
        return WatchStep(taken.changed, attached_ids=taken.attached_ids)

    def due_jobs(self, now_ns: int) -> tuple[tuple[ScoreJob, SmokeSequence], ...]:
        """What to have scored now, by `validation.do` on another thread; its results come back by `scored`."""
        known = {each.id: each for each in self._builder.living()}
        return tuple((job, known[job.sequence_id]) for job in self._validator.due_jobs(now_ns) if job.sequence_id in known)

    def scored(self, result: ScoreResult, now_ns: int) -> WatchStep:
        sequence = next((each for each in self._builder.living() if each.id == result.sequence_id), None)
        if sequence is None:
            self._validator.drop_jobs(result.sequence_id)
            return WatchStep()
        verdict = self._validator.take_result(result, sequence, now_ns)
        return self._apply_verdicts([] if verdict is None else [verdict])

    def tick(self, now_ns: int) -> WatchStep:
        """What the scorer has left waiting for too long."""
        return self._apply_verdicts(self._validator.overdue(self._builder.living(), now_ns))

    def amend(self, sequence: SmokeSequence) -> None:
        """An operator labelled it, or it is of another plume: its next frames carry that on."""
        own = next((each for each in self._builder.living() if each.id == sequence.id), None)
        if own is not None:
            self._builder.amend(replace(own, label=sequence.label, labelled_by=sequence.labelled_by, plume_id=sequence.plume_id))

    def recall(self, sequence: SmokeSequence) -> None:
        """As the record has it, which after a crash may know more of it."""
        self._builder.amend(sequence)

    def drop_sequence(self, sequence_id: str) -> None:
        """It was deleted."""
        self._builder.drop_sequence(sequence_id)
        self._validator.drop_jobs(sequence_id)

    def living(self) -> tuple[SmokeSequence, ...]:
        return self._builder.living()

    def state(self) -> dict[str, Any]:
        return {"sequences": self._builder.state(), "validation": self._validator.state()}

    def restore(self, state: dict[str, Any]) -> None:
        self._builder.restore(state["sequences"])
        self._validator.restore(state["validation"])

    def _apply_verdicts(self, verdicts: Iterable[Verdict]) -> WatchStep:
        done = tuple(verdicts)
        for verdict in done:
            self._builder.amend(verdict.sequence)
        return WatchStep(tuple(each.sequence for each in done), tuple(each.sequence for each in done if each.is_news))
