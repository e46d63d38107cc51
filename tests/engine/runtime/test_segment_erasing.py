"""Continuous video of somebody who is erased goes with them, unless it is locked as evidence; then it goes when it is not any more."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.cameras.segment import Keeping, ListLocks, ListSegments, LockEvidence, Segment, UnlockEvidence
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.people.commands import ErasePerson, PutPerson
from engine.model.question import ListClips
from engine.model.snapshot import Job, JobState
from engine.model.time import SECOND
from engine.recording.segments.store import segment_id, segment_path
from engine.runtime.footage.segment_side import SegmentSide
from engine.store.segments.segments import LATER_JOURNAL
from tests.fakes.people_site import PeopleSite, people_site
from tests.fakes.waiting import until

HOUR_NS = 3600 * SECOND


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PeopleSite]:
    with people_site(tmp_path / "site") as site:
        yield site


def record(site: PeopleSite, started_ns: int, camera: str = "yard") -> Segment:
    """Ten seconds, listed."""
    segment = made(site, started_ns, camera)
    site.engine.record.writer.submit(None, (segment,))
    site.flush()
    return segment


def made(site: PeopleSite, started_ns: int, camera: str = "yard") -> Segment:
    path = segment_path(camera, started_ns, ".mp4")
    file = site.engine.data.path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"video")
    return Segment(segment_id(camera, started_ns), camera, started_ns, started_ns + 10 * SECOND, path.as_posix(), 5, "h264", 96, 64)


def seen_person(site: PeopleSite) -> tuple[str, int]:
    """Somebody, and when an event says that they were in view (now)."""
    person_id = site.tell(PutPerson("Zoë"))
    event = site.keep_event(1, person_id, "Zoë")
    now_ns = site.engine.clock.now_ns()
    event = replace(event, started_ns=now_ns - 30 * SECOND, received_ns=now_ns, ended_ns=now_ns - 20 * SECOND)
    site.engine.record.writer.submit(None, (event,))
    site.keep_clip(event, 1)
    site.flush()
    return person_id, event.started_ns


def listed(site: PeopleSite) -> set[str]:
    return {each.id for each in site.engine.record.store.answer(ListSegments(0, 1 << 62))}


def erase(site: PeopleSite, person_id: str) -> Job:
    return site.job(site.tell(ErasePerson(person_id, "asked for it")))


def there(site: PeopleSite, segment: Segment) -> bool:
    return (site.engine.data.path / segment.file).exists()


def test_recordings_of_their_stays_go_and_no_others(site: PeopleSite) -> None:
    person_id, at_ns = seen_person(site)
    during, just_before, long_before = (record(site, at_ns + offset * SECOND) for offset in (2, -12, -60))
    elsewhere = record(site, at_ns, "door")
    job = erase(site, person_id)
    assert job.state is JobState.DONE and "Locked" not in job.message
    assert listed(site) == {long_before.id, elsewhere.id}
    assert [there(site, each) for each in (during, just_before, long_before, elsewhere)] == [False, False, True, True]


def test_what_becomes_whole_after_they_were_erased_is_not_kept(site: PeopleSite) -> None:
    person_id, at_ns = seen_person(site)
    erase(site, person_id)
    during, later = made(site, at_ns + 5 * SECOND), made(site, at_ns + HOUR_NS)
    for segment in (during, later):
        site.engine.segments._on_segment_finished(segment)
    site.flush()
    assert listed(site) == {later.id} and not there(site, during)


def test_nor_what_a_crash_leaves_and_the_next_start_finds(site: PeopleSite) -> None:
    person_id, at_ns = seen_person(site)
    erase(site, person_id)
    engine = site.engine
    recorder, settings = engine.sight.clips.recorder, engine.basis.settings
    again = SegmentSide(engine.data.path, engine.record, recorder, settings, engine.clock, engine.troubles)
    during = made(site, at_ns + 5 * SECOND)
    again._on_segment_finished(during)
    site.flush()
    assert listed(site) == set() and not there(site, during)


def test_what_is_locked_wins_is_told_and_goes_with_the_lock(site: PeopleSite) -> None:
    person_id, at_ns = seen_person(site)
    segment = record(site, at_ns)
    (clip,) = site.engine.record.store.answer(ListClips())
    clip = replace(clip, started_ns=at_ns, ended_ns=at_ns + SECOND)
    site.engine.record.writer.submit(None, (clip,))
    site.flush()
    lock_id = site.tell(LockEvidence(at_ns - HOUR_NS, at_ns + HOUR_NS, "a theft at the gate"))
    assert site.engine.segments.get(segment.id).keeping is Keeping.LOCKED
    job = erase(site, person_id)
    assert job.state is JobState.DONE
    assert job.message.endswith(
        "Locked as evidence, and erased when it is not any more: clips (1), recordings (1), the log of observations."
    )
    store, journal = site.engine.record.store, site.engine.record.journal
    held = site.engine.record.held_number()
    assert there(site, segment) and store.clip(clip.id) is not None and held is not None
    assert journal.first_number <= held
    site.engine.segments.tidy()
    assert there(site, segment), "not before the lock ends"

    site.tell(UnlockEvidence(lock_id))
    site.engine.segments.tidy()
    assert not there(site, segment) and listed(site) == set()
    assert store.clip(clip.id) is None and not (site.engine.data.path / clip.file).exists()
    until(lambda: not store.segments.journal_to_erase(), "the log of observations is removed")
    assert next(iter(journal.read()), None) is None or next(iter(journal.read())).number > held
    assert LATER_JOURNAL == "journal"


def test_locks_are_audited_before_they_hold(site: PeopleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    lock_id = site.tell(LockEvidence(1, 2, " why ", ("yard", "yard")))
    (lock,) = site.engine.record.store.answer(ListLocks())
    assert (lock.id, lock.by, lock.reason, lock.camera_ids) == (lock_id, "rita", "why", ("yard",))
    site.tell(UnlockEvidence(lock_id))
    told = [(row.verb, row.subject, row.detail) for row in site.engine.record.store.audit(2)]
    assert told == [(AuditVerb.UNLOCK_EVIDENCE, lock_id, ""), (AuditVerb.LOCK_EVIDENCE, lock_id, "why")]

    def refuse(*_: AuditRow) -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    monkeypatch.setattr(site.engine.record.store, "add_audit", refuse)
    with pytest.raises(EnvironmentFault, match="noted in the audit first"):
        site.tell(LockEvidence(1, 2, "why"))
    assert site.engine.record.store.answer(ListLocks()) == ()


@pytest.mark.parametrize("wrong", [(2, 2, "why"), (1, 2, " "), (1, 2, "x" * 501)])
def test_wrong_locks_are_refused(site: PeopleSite, wrong: tuple[int, int, str]) -> None:
    with pytest.raises(InputError):
        site.tell(LockEvidence(*wrong))
    with pytest.raises(NotFound):
        site.tell(UnlockEvidence("lk-none"))
