"""Packs and cases as a session gets at them: jobs, the audit before anything leaves, and who may not."""

from typing import Any

import pytest

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditRow
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.history.evidence import Pack, PutCase, Redaction
from engine.model.people.traces import Traces
from engine.model.snapshot import JobState
from engine.runtime.evidence import making
from engine.runtime.evidence.side import FOLDER, EvidenceSide
from engine.runtime.evidence.telling import tells_of
from engine.runtime.evidence.verify import verify_pack
from engine.store.segments.segments import LATER_PACK, LATER_UNLISTED
from tests.engine.runtime.evidence.conftest import EvidenceSite


def test_a_pack_is_a_job_that_names_it(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    case_id = side.put_case(PutCase("Door, two nights"), investigator.user)
    state, pack_id = site.ended(side.begin_pack(site.request(case_id=case_id), investigator))
    assert state is JobState.DONE
    assert [pack.id for pack in side.packs(case_id)] == [pack_id]
    pack, path = side.pack(pack_id)
    assert pack.by == "ines" and path.parent == site.data.path / FOLDER
    assert verify_pack(path).good
    assert [(row.verb, row.subject) for row in site.kept][-1] == ("export", pack_id)
    side.remove_pack(pack_id)
    assert not path.exists()
    with pytest.raises(NotFound):
        side.pack(pack_id)


def test_nothing_leaves_that_the_audit_cannot_keep(site: EvidenceSite, investigator: Session) -> None:
    def refuse(row: AuditRow) -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    side = site.side()
    site.refuse = refuse
    try:
        with pytest.raises(EnvironmentFault):
            side.begin_pack(site.request(), investigator)
    finally:
        site.refuse = lambda _: None
    assert not [job for job in site.jobs.all() if job.state is JobState.RUNNING]


def test_whoever_may_not_see_faces_takes_out_none(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    site.hides = True
    try:
        with pytest.raises(InputError, match="redaction"):
            side.begin_pack(site.request(), investigator)
        state, _ = site.ended(side.begin_pack(site.request(redaction=Redaction.FACES), investigator))
        assert state is JobState.DONE
    finally:
        site.hides = False


def test_the_future_and_unknown_cases_are_refused(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    with pytest.raises(InputError, match="until"):
        side.begin_pack(site.request(until_ns=site.until_ns + 10**9), investigator)
    with pytest.raises(NotFound, match="case-9"):
        side.begin_pack(site.request(case_id="case-9"), investigator)
    with pytest.raises(NotFound, match="case-9"):
        side.put_case(PutCase("x", case_id="case-9"), investigator.user)


def test_a_case_is_renamed_and_closed_and_keeps_who_began_it(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    case_id = side.put_case(PutCase("A"), investigator.user)
    begun = next(case for case in side.cases() if case.id == case_id)
    side.put_case(PutCase(" B ", "done", case_id, True), investigator.user)
    case = next(case for case in side.cases() if case.id == case_id)
    assert (case.title, case.note, case.closed, case.created_ns, case.by) == ("B", "done", True, begun.created_ns, "ines")


def test_what_a_crash_left_of_a_pack_is_cleared_away(site: EvidenceSite) -> None:
    left = site.data.path / FOLDER / "door-1.part"
    left.mkdir(parents=True, exist_ok=True)
    (left / "x").write_text("x")
    (site.data.path / FOLDER / "door-2.zip.part").write_text("x")
    site.side()
    assert not list((site.data.path / FOLDER).glob("*.part"))


def test_a_pack_that_cannot_be_listed_does_not_stay_behind(
    site: EvidenceSite, investigator: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(pack: Pack) -> None:
        raise EnvironmentFault("disk_full", "The database cannot grow.")

    side, folder = site.side(), site.data.path / FOLDER
    before = set(folder.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(site.store.cases, "put_pack", refuse)
        state, message = site.ended(side.begin_pack(site.request(raw=False), investigator))
    assert state is JobState.FAILED and "cannot grow" in message
    assert set(folder.iterdir()) == before


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pack_that_a_crash_left_whole_and_unlisted_goes_at_the_next_start(
    site: EvidenceSite, investigator: Session, monkeypatch: pytest.MonkeyPatch, zipped: bool
) -> None:
    side, folder = site.side(), site.data.path / FOLDER
    kept_id = site.ended(side.begin_pack(site.request(raw=False, zipped=zipped), investigator))[1]
    before = set(folder.iterdir())
    with monkeypatch.context() as patch:  # what comes after the pack is whole does not happen
        patch.setattr(EvidenceSide, "_list", lambda *_: None)
        patch.setattr(site.store.segments, "erased", lambda *_: None)
        site.ended(side.begin_pack(site.request(raw=False, zipped=zipped), investigator))
    assert len(set(folder.iterdir()) - before) == 1
    again = site.side()
    assert set(folder.iterdir()) == before and again.pack(kept_id)[1].exists()
    assert site.store.segments.to_erase(LATER_UNLISTED) == frozenset()


def test_a_pack_that_was_begun_before_somebody_was_erased_does_not_come_to_be(
    site: EvidenceSite, investigator: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    side, folder, make = site.side(), site.data.path / FOLDER, making.make_pack
    before, known = set(folder.iterdir()), side.packs()

    def while_somebody_is_erased(*given: Any) -> Pack:
        pack = make(*given)
        side.erase(Traces("p-nobody", ("Zebulon",), "gone-9"))
        return pack

    with monkeypatch.context() as patch:
        patch.setattr("engine.runtime.evidence.side.make_pack", while_somebody_is_erased)
        state, message = site.ended(side.begin_pack(site.request(raw=False), investigator))
    assert state is JobState.FAILED and "Make it again" in message
    assert set(folder.iterdir()) == before and side.packs() == known
    assert site.ended(side.begin_pack(site.request(raw=False), investigator))[0] is JobState.DONE


def test_what_cannot_go_when_its_case_is_closed_goes_later(
    site: EvidenceSite, investigator: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(pack_id: str) -> None:
        raise EnvironmentFault("io_error", "It is open in another program.")

    side = site.side()
    case_id = side.put_case(PutCase("Held"), investigator.user)
    request = site.request(raw=False, person_ids=("p-17",), case_id=case_id)
    pack_id = site.ended(side.begin_pack(request, investigator))[1]
    assert side.erase(Traces("p-17", ("Nobody Knows",), "gone-17")) == 1
    side.tidy()
    assert side.pack(pack_id)[1].exists(), "the case is open"
    with monkeypatch.context() as patch:
        patch.setattr(side, "remove_pack", held)
        with pytest.raises(EnvironmentFault):
            side.put_case(PutCase("Held", "", case_id, True), investigator.user)
        side.tidy()
    assert side.pack(pack_id)[1].exists()
    side.tidy()
    assert not side.packs(case_id) and pack_id not in site.store.segments.to_erase(LATER_PACK)


def test_erasing_a_person_removes_packs_that_tell_of_them_but_not_those_of_an_open_case(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    case_id = side.put_case(PutCase("Open"), investigator.user)
    ids = [
        site.ended(side.begin_pack(site.request(raw=False, **more), investigator))[1]
        for more in ({"person_ids": ("p-7",)}, {"person_ids": ("p-7",), "case_id": case_id}, {"person_ids": ("p-8",)})
    ]
    assert side.erase(Traces("p-7", ("Nobody Knows",), "gone-1")) == 1
    assert [pack_id in {pack.id for pack in side.packs()} for pack_id in ids] == [False, True, True]
    side.put_case(PutCase("Open", "", case_id, True), investigator.user)
    assert [pack_id in {pack.id for pack in side.packs()} for pack_id in ids] == [False, False, True]


def test_a_name_in_what_a_pack_can_be_run_again_from_is_found(site: EvidenceSite) -> None:
    path = site.make(site.request(), "telling")[1]
    assert tells_of(path, Traces("p-anna", ("Anna",), "gone-1"))
    assert not tells_of(path, Traces("p-nobody", ("Zebulon",), "gone-1"))
