"""Frames with smoke in them become sequences: one for each place in a view where smoke keeps being seen.

A box belongs to a living sequence of its view if it overlaps the last one of it, with a gap of 0.05 of the picture forgiven, and the last
smoke of it is less than 7200 s away. Three boxes that overlap so within 300 s and belong to none begin one, at the first of them. Of
several boxes that belong to one sequence the most confident is its primary one, and the only one that counts. A picture without smoke is
attached to sequences that had some in the 120 s before it, and changes nothing of them.

Times are those of the pictures, so frames may come late or again: the same picture of a view counts once.
"""

from collections.abc import Iterable
from dataclasses import field, replace
from operator import attrgetter
from typing import Any

from engine.fire.smoke.cones import cone_of, unmasked
from engine.model.fire.smoke import Lookout, SmokeBox, SmokeFrame, SmokeSequence
from engine.model.geometry import Box
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain

TOLERANCE = 0.05
LIVES_NS = 7200 * SECOND
BEGINS_WITHIN_NS = 300 * SECOND
CONTINUES_NS = 120 * SECOND
LEAST_FRAMES = 3
MOST_LIVING, MOST_LOOSE, MOST_TIMES = 32, 64, 256  # of one view; what is oldest goes
MOST_VIEWS = 1024
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class SmokeTaken:
    """What a frame did.

    Attributes:
        changed: sequences that are new or changed. attached_ids: those that the frame is a picture of, `changed` among them.
        is_new_picture: False where it had come before, and did nothing.
        earlier: of a sequence that it begins, (its id, a frame that came before), oldest first.
    """

    changed: tuple[SmokeSequence, ...] = ()
    attached_ids: tuple[str, ...] = ()
    is_new_picture: bool = True
    earlier: tuple[tuple[str, SmokeFrame], ...] = ()


@dataclass(frozen=True, slots=True)
class _Loose:
    """A box that belongs to no sequence yet."""

    captured_ns: int
    box: SmokeBox


@dataclass(frozen=True, slots=True)
class _Living:
    sequence: SmokeSequence
    last_box: Box


@dataclass(slots=True)
class _View:
    living: list[_Living] = field(default_factory=list[_Living])
    loose: list[_Loose] = field(default_factory=list[_Loose])
    times: list[int] = field(default_factory=list[int])

    @property
    def newest_ns(self) -> int:
        return max(self.times, default=0)


class SequenceBuilder:
    """All cameras'. One thread."""

    def __init__(self) -> None:
        self._views: dict[tuple[str, str], _View] = {}

    def take_frame(self, frame: SmokeFrame, lookout: Lookout | None) -> SmokeTaken:
        """`lookout`: of the frame's camera; None where nobody said where it stands, and then its sequences have no bearing."""
        view = self._view(frame)
        if frame.captured_ns in view.times:
            return SmokeTaken(is_new_picture=False)
        _remember(view, frame.captured_ns)
        boxes = unmasked(frame.boxes, lookout.view(frame.view_id) if lookout else None)
        if not boxes:
            return SmokeTaken(attached_ids=_continued(view, frame.captured_ns))
        assigning = _Assigning(view, frame, lookout)
        changed = assigning.assign_boxes(boxes)
        return SmokeTaken(changed, tuple(each.id for each in changed), earlier=tuple(assigning.earlier))

    def living(self) -> tuple[SmokeSequence, ...]:
        return tuple(each.sequence for view in self._views.values() for each in view.living)

    def amend(self, sequence: SmokeSequence) -> None:
        """Keep what others said of a living sequence (label, validation, plume); what the pictures say of it stays."""
        view = self._views.get((sequence.camera_id, sequence.view_id))
        for index, each in enumerate(view.living if view else ()):
            if view and each.sequence.id == sequence.id:
                view.living[index] = _Living(_amended(each.sequence, sequence), each.last_box)

    def drop_sequence(self, sequence_id: str) -> None:
        """It was deleted: smoke seen there from now on begins a new one."""
        for view in self._views.values():
            view.living = [each for each in view.living if each.sequence.id != sequence_id]

    def state(self) -> dict[str, Any]:
        return {"views": [[*key, _view_plain(view)] for key, view in self._views.items()]}

    def restore(self, state: dict[str, Any]) -> None:
        self._views = {(camera_id, view_id): _view_of(plain) for camera_id, view_id, plain in state["views"]}

    def _view(self, frame: SmokeFrame) -> _View:
        key = frame.camera_id, frame.view_id
        if key not in self._views and len(self._views) >= MOST_VIEWS:
            del self._views[min(self._views, key=lambda each: self._views[each].newest_ns)]
        return self._views.setdefault(key, _View())


class _Assigning:
    """The boxes of one frame, to sequences and to each other."""

    def __init__(self, view: _View, frame: SmokeFrame, lookout: Lookout | None) -> None:
        self._view = view
        self._frame = frame
        self._lookout = lookout
        self._changed: dict[str, SmokeSequence] = {}
        self._spoken: list[Box] = []  # boxes of this frame that count
        self.earlier: list[tuple[str, SmokeFrame]] = []

    def assign_boxes(self, boxes: Iterable[SmokeBox]) -> tuple[SmokeSequence, ...]:
        for box in sorted(boxes, key=lambda each: -each.confidence):
            if not any(overlap(box.box, other) for other in self._spoken):
                self._assign_box(box)
        return tuple(self._changed.values())

    def _assign_box(self, box: SmokeBox) -> None:
        found = self._match(box.box)
        if found is not None and found.sequence.id in self._changed:
            return  # its primary box was more confident
        self._spoken.append(box.box)
        if found is not None:
            self._store_sequence(found, self._seen_again(found.sequence, box), box.box)
        else:
            self._begin_or_wait(box)

    def _match(self, box: Box) -> _Living | None:
        """Of several, the one that it overlaps most, then the one seen last."""
        now_ns = self._frame.captured_ns
        fitting = [each for each in self._view.living if overlap(each.last_box, box) and _lives(each.sequence, now_ns)]
        return max(fitting, key=lambda each: (_shared(each.last_box, box), each.sequence.last_seen_ns, each.sequence.id), default=None)

    def _store_sequence(self, before: _Living | None, sequence: SmokeSequence, box: Box) -> None:
        living = self._view.living
        if before is not None:
            box = box if self._frame.captured_ns >= before.sequence.last_seen_ns else before.last_box
            living.remove(before)
        elif len(living) >= MOST_LIVING:
            living.remove(min(living, key=attrgetter("sequence.last_seen_ns")))
        living.append(_Living(sequence, box))
        self._changed[sequence.id] = sequence

    def _seen_again(self, sequence: SmokeSequence, box: SmokeBox) -> SmokeSequence:
        seen = replace(
            sequence,
            started_ns=min(sequence.started_ns, self._frame.captured_ns),
            last_seen_ns=max(sequence.last_seen_ns, self._frame.captured_ns),
            frames=sequence.frames + 1,
        )
        if sequence.max_conf is not None and box.confidence <= sequence.max_conf:
            return seen
        return self._pointing(seen, box)

    def _pointing(self, sequence: SmokeSequence, best: SmokeBox) -> SmokeSequence:
        azimuth, cone = cone_of(best.box, self._lookout, self._frame.view_id)
        return replace(sequence, max_conf=best.confidence, best_box=best.box, azimuth_deg=azimuth, cone_deg=cone)

    def _begin_or_wait(self, box: SmokeBox) -> None:
        view, new = self._view, _Loose(self._frame.captured_ns, box)
        view.loose = [*view.loose, new][-MOST_LOOSE:]
        near = sorted((each for each in view.loose if overlap(each.box.box, box.box)), key=attrgetter("captured_ns"))
        together = _run_with(new, near)
        if len(together) < LEAST_FRAMES:
            return
        view.loose = [each for each in view.loose if each not in together]
        begun = self._new_sequence(together)
        self._store_sequence(None, begun, together[-1].box.box)
        before = (each for each in together if each is not new)
        self.earlier += [(begun.id, replace(self._frame, captured_ns=each.captured_ns, boxes=(each.box,))) for each in before]

    def _new_sequence(self, together: list[_Loose]) -> SmokeSequence:
        first, last = together[0], together[-1]
        frame = self._frame
        sequence = SmokeSequence(
            id=self._free_id(first.captured_ns),
            camera_id=frame.camera_id,
            view_id=frame.view_id,
            started_ns=first.captured_ns,
            last_seen_ns=last.captured_ns,
            max_conf=None,
            frames=len(together),
            best_box=first.box.box,
            detector=frame.detector,
            experimental=frame.experimental,
            simulated=frame.simulated,
        )
        return self._pointing(sequence, max((each.box for each in together), key=attrgetter("confidence")))

    def _free_id(self, started_ns: int) -> str:
        """After the picture it begins with; of several that begin with the same one the second has `-1`."""
        wanted = f"sq-{self._frame.camera_id}-{self._frame.view_id}-{started_ns:016x}"
        same = sum(each.sequence.id.startswith(wanted) for each in self._view.living)
        return f"{wanted}-{same}" if same else wanted


def overlap(one: Box, other: Box, tolerance: float = TOLERANCE) -> bool:
    """Whether they overlap, or a gap of at most `tolerance` is between them, each way."""
    reach = tolerance + _ROUNDING
    across = one[0] <= other[2] + reach and other[0] <= one[2] + reach
    return across and one[1] <= other[3] + reach and other[1] <= one[3] + reach


def _shared(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide, tall = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    both = max(0.0, wide) * max(0.0, tall)
    return both / (_area(one) + _area(other) - both)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _lives(sequence: SmokeSequence, now_ns: int) -> bool:
    return now_ns - sequence.last_seen_ns < LIVES_NS and sequence.started_ns - now_ns <= BEGINS_WITHIN_NS


def _run_with(new: _Loose, near: list[_Loose]) -> list[_Loose]:
    """The longest run of `near` (in the order of time) that `new` is in and that is no longer than the window; of equals the earliest."""
    runs = ([later for later in near[at:] if later.captured_ns - each.captured_ns <= BEGINS_WITHIN_NS] for at, each in enumerate(near))
    return max((run for run in runs if new in run), key=len)


def _continued(view: _View, now_ns: int) -> tuple[str, ...]:
    return tuple(each.sequence.id for each in view.living if 0 <= now_ns - each.sequence.last_seen_ns <= CONTINUES_NS)


def _remember(view: _View, now_ns: int) -> None:
    """The picture's time; what is too long before it to go on is let go. A late picture lets nothing go."""
    view.times = [*view.times, now_ns][-MOST_TIMES:]
    view.living = [each for each in view.living if now_ns - each.sequence.last_seen_ns < LIVES_NS]
    view.loose = [each for each in view.loose if abs(now_ns - each.captured_ns) < LIVES_NS]


def _amended(own: SmokeSequence, said: SmokeSequence) -> SmokeSequence:
    return replace(
        own,
        validation=said.validation,
        score=said.score,
        attempts=said.attempts,
        label=said.label,
        labelled_by=said.labelled_by,
        plume_id=said.plume_id,
    )


def _view_plain(view: _View) -> dict[str, Any]:
    return {
        "living": [[to_plain(each.sequence), list(each.last_box)] for each in view.living],
        "loose": [[each.captured_ns, to_plain(each.box)] for each in view.loose],
        "times": list(view.times),
    }


def _view_of(plain: dict[str, Any]) -> _View:
    return _View(
        [_Living(read_as(SmokeSequence, sequence), read_as(Box, box)) for sequence, box in plain["living"]],
        [_Loose(captured_ns, read_as(SmokeBox, box)) for captured_ns, box in plain["loose"]],
        list(plain["times"]),
    )
