"""Deleting clips: the files first, so that a row that is kept tells of what is still there; and finding files that have no row."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from engine.model.cameras.clip import Clip
from engine.model.errors import EnvironmentFault
from engine.model.event import Event
from engine.recording.clips.clip_recovery import left_clips, recover_clip
from engine.recording.clips.clip_rows import event_of, found_clip, row_beside, unlisted_clips
from engine.recording.clips.clip_store import take_thumbnail
from engine.recording.clips.masked_clips import remove_copies
from engine.recording.files import PART
from engine.recording.sightings import beside
from engine.store.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 200
ERASED = "gone-"  # what stands for somebody who was erased


def remove_files(folder: Path, clips: Iterable[Clip]) -> list[Clip]:
    """Those of which nothing is left, also where it was gone before; the others (a player may hold a file) are for another time."""
    return [clip for clip in clips if _all_removed(folder, clip)]


def find_clips(folder: Path, store: Store) -> int:
    """Enter whole clips that the record does not know, of events that it knows; how many. Every file is read. Raises EnvironmentFault."""
    found = 0
    for _, clip in lost_clips(folder, store):
        store.save((clip,))
        found += 1
    return found


def recover_clips(folder: Path, store: Store) -> tuple[Clip, ...]:
    """What was being written when the engine was killed, each with its event; in the record when this returns. Before anything is
    recorded. What tells of nobody's event, or of somebody who was erased, is left to be removed. Raises EnvironmentFault."""
    recovered: list[Clip] = []
    for part in left_clips(folder):
        event = store.event(event_of(part.with_name(part.name.removesuffix(PART))))
        if event is None or event.person_id.startswith(ERASED) or event.person.startswith(ERASED):
            continue
        try:
            clip = recover_clip(folder, part, event)
        except EnvironmentFault as error:
            log.warning("%s", error)
            continue
        if clip is not None:
            shown = take_thumbnail(folder, folder / clip.file, max(0, event.started_ns - clip.started_ns))
            recovered.append(replace(clip, thumbnail=shown))
    store.save(recovered)
    return tuple(recovered)


def forget_gone(folder: Path, store: Store) -> None:
    """Rows of clips whose files are gone, in a record of before that, go. Where most files are gone, their disk is: then none does. Before
    the writer's thread runs. Raises EnvironmentFault."""
    gone, known = gone_clips(folder, store)
    if 2 * len(gone) > known:
        return
    for begin in range(0, len(gone), AT_ONCE):
        store.remove_clips([clip_id for clip_id, _ in gone[begin : begin + AT_ONCE]])


def gone_clips(folder: Path, store: Store) -> tuple[list[tuple[str, str]], int]:
    """Clips whose file is gone, with their events, and of how many; what is locked stays known, file or not. Raises EnvironmentFault."""
    known = store.clip_files()
    gone = [(clip_id, event_id) for clip_id, event_id, file in known if not (folder / file).exists()]
    ids = [clip_id for clip_id, _ in gone]
    held = {each for begin in range(0, len(ids), AT_ONCE) for each in store.segments.held_clips(ids[begin : begin + AT_ONCE])}
    return [pair for pair in gone if pair[0] not in held], len(known)


def lost_clips(folder: Path, store: Store, lost: Callable[[Path], bool] = lambda path: True) -> Iterator[tuple[Event, Clip]]:
    """Whole clips that the record does not know, with their events, which it knows. `lost`: whether such a file has no row for good. Every
    one of those is read. Raises EnvironmentFault."""
    for path in unlisted_clips(folder, store.clip_ids()):
        event = store.event(event_of(path)) if lost(path) else None
        clip = None if event is None else found_clip(folder, path, event)
        if event is not None and clip is not None:
            yield event, clip


def _all_removed(folder: Path, clip: Clip) -> bool:
    """The clip itself first: a copy of it that is made just now is then not kept."""
    own = [folder / clip.file, beside(folder, clip), row_beside(folder, clip), *([folder / clip.thumbnail] if clip.thumbnail else [])]
    return all(_removed(path) for path in own) and remove_copies(folder, clip.sha256)


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
