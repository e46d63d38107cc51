"""Packs and cases as a session gets at them: jobs, the audit before anything leaves, and who may not."""

import pytest

from engine.model.access import Session
from engine.model.audit import AuditRow
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.evidence import ListCases, ListPacks, MakePack, PutCase, Redaction, RemovePack
from engine.model.snapshot import JobState
from engine.model.traces import Traces
from engine.runtime.evidence.side import FOLDER
from engine.runtime.evidence.telling import tells_of
from engine.runtime.evidence.verify import verify_pack
from tests.engine.runtime.evidence.conftest import EvidenceSite


def test_a_pack_is_a_job_that_names_it(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    case_id = side.execute(PutCase("Door, two nights"), investigator)
    state, pack_id = site.ended(side.execute(MakePack(site.request(case_id=case_id)), investigator))
    assert state is JobState.DONE
    assert [pack.id for pack in side.answer(ListPacks(case_id)).packs] == [pack_id]
    pack, path = side.pack(pack_id)
    assert pack.by == "ines" and path.parent == site.data.path / FOLDER
    assert verify_pack(path).good
    assert [(row.verb, row.subject) for row in site.kept][-1] == ("export", pack_id)
    side.execute(RemovePack(pack_id), investigator)
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
            side.execute(MakePack(site.request()), investigator)
    finally:
        site.refuse = lambda _: None
    assert not [job for job in site.jobs.all() if job.state is JobState.RUNNING]


def test_whoever_may_not_see_faces_takes_out_none(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    site.hides = True
    try:
        with pytest.raises(InputError, match="redaction"):
            side.execute(MakePack(site.request()), investigator)
        state, _ = site.ended(side.execute(MakePack(site.request(redaction=Redaction.FACES)), investigator))
        assert state is JobState.DONE
    finally:
        site.hides = False


def test_the_future_and_unknown_cases_are_refused(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    with pytest.raises(InputError, match="until"):
        side.execute(MakePack(site.request(until_ns=site.until_ns + 10**9)), investigator)
    with pytest.raises(NotFound, match="case-9"):
        side.execute(MakePack(site.request(case_id="case-9")), investigator)
    with pytest.raises(NotFound, match="case-9"):
        side.execute(PutCase("x", case_id="case-9"), investigator)


def test_a_case_is_renamed_and_closed_and_keeps_who_began_it(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    case_id = side.execute(PutCase("A"), investigator)
    begun = next(case for case in side.answer(ListCases()).cases if case.id == case_id)
    side.execute(PutCase(" B ", "done", case_id, True), investigator)
    case = next(case for case in side.answer(ListCases()).cases if case.id == case_id)
    assert (case.title, case.note, case.closed, case.created_ns, case.by) == ("B", "done", True, begun.created_ns, "ines")


def test_what_a_crash_left_of_a_pack_is_cleared_away(site: EvidenceSite) -> None:
    left = site.data.path / FOLDER / "door-1.part"
    left.mkdir(parents=True, exist_ok=True)
    (left / "x").write_text("x")
    (site.data.path / FOLDER / "door-2.zip.part").write_text("x")
    site.side()
    assert not list((site.data.path / FOLDER).glob("*.part"))


def test_erasing_a_person_removes_packs_that_tell_of_them_but_not_those_of_an_open_case(site: EvidenceSite, investigator: Session) -> None:
    side = site.side()
    case_id = side.execute(PutCase("Open"), investigator)
    ids = [
        site.ended(side.execute(MakePack(site.request(raw=False, **more)), investigator))[1]
        for more in ({"person_ids": ("p-7",)}, {"person_ids": ("p-7",), "case_id": case_id}, {"person_ids": ("p-8",)})
    ]
    assert side.erase(Traces("p-7", ("Nobody Knows",), "gone-1")) == 1
    assert [pack_id in {pack.id for pack in side.answer(ListPacks()).packs} for pack_id in ids] == [False, True, True]
    side.execute(PutCase("Open", "", case_id, True), investigator)
    assert [pack_id in {pack.id for pack in side.answer(ListPacks()).packs} for pack_id in ids] == [False, False, True]


def test_a_name_in_what_a_pack_can_be_run_again_from_is_found(site: EvidenceSite) -> None:
    path = site.make(site.request(), "telling")[1]
    assert tells_of(path, Traces("p-anna", ("Anna",), "gone-1"))
    assert not tells_of(path, Traces("p-nobody", ("Zebulon",), "gone-1"))
