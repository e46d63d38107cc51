"""Tracking by detection: predict, undo the camera's shift, associate, correct, begin and end."""

from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.track import Track, TrackStatus
from engine.model.errors import InputError
from engine.model.geometry import Floats
from engine.model.ids import derived_id, family
from engine.model.time import SECOND, seconds_to_ns
from engine.model.wire import from_plain, to_plain
from engine.vision.tracking.association import FORBIDDEN, add_appearance, associate, similarity
from engine.vision.tracking.camera_shift import LEAST_VOTERS, common_shift
from engine.vision.tracking.config import TrackerConfig
from engine.vision.tracking.lifecycle import Lifecycle
from engine.vision.tracking.motion import MotionModel
from engine.vision.tracking.table import (
    BOX,
    CATEGORY,
    CONFIDENCE,
    CONFIRMED,
    FIRST_NS,
    LAST_NS,
    MAX_CONF,
    NUMBER,
    ORDINAL,
    RATE,
    SHOWN,
    STRONG_HITS,
    STRONG_NS,
    Indices,
    Mask,
    Reals,
    TrackTable,
)

_VERSION = 1
_LOOK_MEMORY = 0.9  # weight of what was known of a track's appearance against a new strong detection


class Tracker:
    """Follows what one camera's detector finds. One thread; no clock, no chance: the same calls give the same tracks, bit for bit.

    After SORT (Bewley et al., ICIP 2016), ByteTrack (Zhang et al., ECCV 2022) and OC-SORT (Cao et al., CVPR 2023: trust what was observed),
    but counted in seconds. About 0.2 ms for ten people.
    """

    def __init__(self, camera_id: str, config: TrackerConfig = TrackerConfig()) -> None:  # noqa: B008 (a frozen value)
        self._camera_id = camera_id
        self._config = config
        self._motion = MotionModel(config)
        self._life = Lifecycle(config)
        self._fresh_ns = seconds_to_ns(config.fresh_s)
        self._table = TrackTable()
        self._ended: list[Track] = []
        self._updated_ns: int | None = None
        self._shown = 0
        self._engine_id = ""

    def update(
        self, detections: Detections, at_ns: int, number: int, frame_size: tuple[int, int] | None = None, engine_id: str = ""
    ) -> None:
        """Take what observation `number` found at `at_ns` (not before the last update). Boxes without area are passed over.

        `frame_size` is the picture's width and height in pixels; where given, a coasting track that has left the picture ends.
        `engine_id`: what the ids of tracks carry, the same as long as any is followed.

        Raises:
            InputError: a box or confidence is not finite, or time runs backwards; the tracks are as before.
        """
        boxes, found = _usable(detections, self._config.weak_confidence)
        before_ns = self._updated_ns or 0
        self._advance(at_ns)
        self._engine_id = engine_id
        if not len(found) and not len(self._table) and found.embeddings is None:
            return  # nobody was there, and nobody is
        self._end_tracks(self._life.timed_out(self._table, at_ns), at_ns)
        strong = found.confidences >= self._config.strong_confidence
        self._undo_camera_shift(boxes[strong], at_ns)
        chosen = associate(self._scores(boxes, found, before_ns), self._table.confirmed, strong, self._config)
        matched = np.flatnonzero(chosen >= 0)
        self._correct(matched, boxes, found, chosen[matched], at_ns)
        self._shown = self._life.confirm(self._table, self._shown)
        over = self._life.given_up(self._table, at_ns)
        self._end_tracks(over if frame_size is None else over | self._outside_frame(frame_size, at_ns), at_ns)
        free = np.ones(len(found), np.bool_)
        free[chosen[matched]] = False
        self._begin(boxes, found, free & (found.confidences >= self._config.birth_confidence), at_ns, number)

    def tracks(self, at_ns: int) -> tuple[Track, ...]:
        """The living tracks in order of birth, boxes predicted to `at_ns` (not before the last update). Changes nothing.

        COASTING is a confirmed track that the last update missed, or that was last seen longer ago than `fresh_s`.
        """
        if self._updated_ns is None or not len(self._table):
            return ()
        rows = zip(self._table.whole.tolist(), self._table.reals.tolist(), self._shown_boxes(at_ns).tolist(), strict=True)
        return tuple(self._track(facts, reals, box, self._status(facts, at_ns)) for facts, reals, box in rows)

    def take_ended(self) -> tuple[Track, ...]:
        """The confirmed tracks that have ended since this was last asked, as they were last predicted, status LOST."""
        ended, self._ended = tuple(self._ended), []
        return ended

    def expire(self, at_ns: int) -> None:
        """Time passes without a picture having been searched: end what has not been seen for too long."""
        self._end_tracks(self._life.timed_out(self._table, at_ns) | self._life.forgotten(self._table, at_ns), at_ns)

    def state(self) -> dict[str, Any]:
        """Everything a later update depends on, as plain JSON data; `restore` brings it back bit for bit."""
        return {
            "version": _VERSION,
            "camera_id": self._camera_id,
            "config": asdict(self._config),
            "updated_ns": self._updated_ns,
            "shown": self._shown,
            "engine_id": self._engine_id,
            "tracks": self._table.state(),
            "ended": to_plain(self._ended),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a `state()`.

        Raises:
            InputError: it is of another version, camera or setting, or damaged; the tracks are as before.
        """
        for name, own in (("version", _VERSION), ("camera_id", self._camera_id), ("config", asdict(self._config))):
            if state.get(name) != own:
                raise InputError(name, f"the state was saved with {state.get(name)!r}, this tracker has {own!r}")
        table = TrackTable()
        table.restore(state.get("tracks") or {})
        ended = from_plain(tuple[Track, ...], state.get("ended"), "ended")
        updated_ns: int | None = from_plain(int, state["updated_ns"], "updated_ns") if state.get("updated_ns") is not None else None
        self._shown = from_plain(int, state.get("shown"), "shown")
        self._engine_id = from_plain(str, state.get("engine_id", ""), "engine_id")
        self._table, self._ended, self._updated_ns = table, list(ended), updated_ns

    def _advance(self, at_ns: int) -> None:
        if self._updated_ns is not None and at_ns < self._updated_ns:
            raise InputError("at_ns", f"time runs backwards: {at_ns} after {self._updated_ns}")
        self._motion.advance(self._table.reals, self._seconds_to(at_ns))
        self._updated_ns = at_ns

    def _seconds_to(self, at_ns: int) -> float:
        return 0.0 if self._updated_ns is None else (at_ns - self._updated_ns) / SECOND

    def _undo_camera_shift(self, boxes: Reals, at_ns: int) -> None:
        table = self._table
        if min(len(table), len(boxes)) < LEAST_VOTERS:
            return
        recent = np.flatnonzero(at_ns - table.whole[:, LAST_NS] < seconds_to_ns(self._config.shift_recent_s))
        trusted = recent[np.argsort(-table.whole[recent, STRONG_HITS], kind="stable")]
        shift = common_shift(table.reals[trusted, BOX], boxes, self._config)
        if shift is not None:
            table.reals[:, :2] += shift

    def _scores(self, boxes: Reals, found: Detections, before_ns: int) -> Reals:
        table = self._table
        scores = similarity(table.reals[:, BOX], boxes, self._config.size_weight)
        scores -= self._config.absence_penalty * (table.whole[:, LAST_NS, None] < before_ns)
        if found.embeddings is not None and self._config.appearance_weight > 0:
            table.widen_looks(found.embeddings.shape[1])
            scores = add_appearance(scores, table.looks, found.embeddings, self._config)
        other = table.whole[:, CATEGORY, None] != found.categories
        return np.where(other, FORBIDDEN, scores) if other.any() else scores

    def _correct(self, rows: Indices, boxes: Reals, found: Detections, chosen: Indices, at_ns: int) -> None:
        table, confidence = self._table, found.confidences[chosen]
        strong = confidence >= self._config.strong_confidence
        self._motion.correct(table.reals, rows, boxes[chosen])
        table.reals[rows, CONFIDENCE] = confidence
        table.reals[rows, MAX_CONF] = np.maximum(table.reals[rows, MAX_CONF], confidence)
        table.whole[rows, LAST_NS] = at_ns
        table.whole[rows[strong], STRONG_NS] = at_ns
        table.whole[rows[strong], STRONG_HITS] += 1
        if found.embeddings is not None:
            self._learn_looks(rows[strong], found.embeddings[chosen[strong]])

    def _learn_looks(self, rows: Indices, looks: Floats) -> None:
        self._table.widen_looks(looks.shape[1])
        known = self._table.looks[rows]
        fresh = ~np.any(known != 0, axis=1, keepdims=True)
        mixed = np.where(fresh, looks, _LOOK_MEMORY * known + (1 - _LOOK_MEMORY) * looks)
        length = np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-12)
        self._table.looks[rows] = (mixed / length).astype(np.float32)

    def _begin(self, boxes: Reals, found: Detections, which: Mask, at_ns: int, number: int) -> None:
        if not which.any():
            return
        before = len(self._table)
        reals = self._motion.born(boxes[which])
        reals[:, CONFIDENCE] = reals[:, MAX_CONF] = found.confidences[which]
        self._table.append(reals, self._life.born(number, at_ns, found.categories[which].astype(np.int64)))
        if found.embeddings is not None:
            self._learn_looks(np.arange(before, len(self._table)), found.embeddings[which])
        self._shown = self._life.confirm(self._table, self._shown)

    def _outside_frame(self, frame_size: tuple[int, int], at_ns: int) -> Mask:
        centre, size = self._table.reals[:, :2], np.array(frame_size)
        outside = ((centre < 0) | (centre > size)).any(axis=1)
        return outside & (self._table.whole[:, LAST_NS] < at_ns)

    def _end_tracks(self, over: Mask, at_ns: int) -> None:
        if not over.any():
            return
        last = np.flatnonzero(over & self._table.confirmed)
        if len(last):
            boxes = self._shown_boxes(at_ns)[last].tolist()
            rows = zip(self._table.whole[last].tolist(), self._table.reals[last].tolist(), boxes, strict=True)
            self._ended += [self._track(*row, TrackStatus.LOST) for row in rows]
        self._table.keep(~over)

    def _status(self, facts: list[int], at_ns: int) -> TrackStatus:
        if not facts[CONFIRMED]:
            return TrackStatus.TENTATIVE
        seen_now = facts[LAST_NS] == self._updated_ns and at_ns - facts[LAST_NS] <= self._fresh_ns
        return TrackStatus.CONFIRMED if seen_now else TrackStatus.COASTING

    def _shown_boxes(self, at_ns: int) -> Reals:
        """(N, 4) xyxy predicted to `at_ns`."""
        boxes = self._motion.predicted_boxes(self._table.reals, self._seconds_to(at_ns))
        half = np.maximum(boxes[:, 2:], 1.0) / 2
        corners = np.empty_like(boxes)
        np.subtract(boxes[:, :2], half, out=corners[:, :2])
        np.add(boxes[:, :2], half, out=corners[:, 2:])
        return corners

    def _track(self, facts: list[int], reals: list[float], box: list[float], status: TrackStatus) -> Track:
        """`facts`, `reals`: a row of each of the table's arrays; `box`: xyxy as it is shown."""
        return Track(
            id=derived_id(family("tk", self._engine_id), facts[NUMBER], facts[ORDINAL]),
            number=facts[SHOWN],
            camera_id=self._camera_id,
            category=Category(facts[CATEGORY]),
            status=status,
            box_xyxy=(box[0], box[1], box[2], box[3]),
            confidence=reals[CONFIDENCE],
            max_conf=reals[MAX_CONF],
            first_seen_ns=facts[FIRST_NS],
            last_seen_ns=facts[LAST_NS],
            velocity_xy=(reals[RATE.start], reals[RATE.start + 1]),
        )


def _usable(detections: Detections, weak_confidence: float) -> tuple[npt.NDArray[np.float64], Detections]:
    """Boxes as (N, 4) cxcywh float64, and the detections they belong to: those with an area and enough confidence."""
    corners = detections.boxes_xyxy.astype(np.float64)
    if not (np.isfinite(corners).all() and np.isfinite(detections.confidences).all()):
        raise InputError("detections", "a box or confidence is not a finite number; the detector or its input is broken")
    size = corners[:, 2:] - corners[:, :2]
    good = (size > 0).all(axis=1) & (detections.confidences >= weak_confidence)
    boxes = np.hstack([(corners[:, :2] + corners[:, 2:]) / 2, size])
    return (boxes, detections) if good.all() else (boxes[good], detections.where(good))
