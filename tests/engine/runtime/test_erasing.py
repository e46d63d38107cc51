"""Who is erased is nowhere any more, whatever happens meanwhile."""

import base64
import json
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditVerb
from engine.model.cameras.look import StayLook
from engine.model.cameras.trail import Trail
from engine.model.command import PutBleDevice
from engine.model.errors import InputError, NotFound
from engine.model.event import Event, EventKind, Severity
from engine.model.history.chat import AskRecord, ChatAnswer, ListChat
from engine.model.people.commands import ErasePerson, PutPerson, RenamePerson
from engine.model.people.traces import ERASED_NAME, Traces
from engine.model.question import ListClips
from engine.model.site import BleDeviceSettings
from engine.model.snapshot import JobState
from engine.model.wire import to_plain
from engine.recording.journal import Journal
from engine.runtime.people.erasing import Erasing
from tests.engine.store import records
from tests.fakes.media import jpeg
from tests.fakes.people_site import PeopleSite, look, people_site
from tests.fakes.reports import report

NAME, OTHER = "Zoë Quartermain", "Zoë Hart"


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Of every file; what is packed is also unpacked."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield path.name, data
            if path.name.endswith(".json.z"):
                yield path.name, zlib.decompress(data[48:])
    journal = Journal(folder / "journal")
    yield "journal", "\n".join(json.dumps(to_plain(each), ensure_ascii=False) for each in journal.read()).encode()
    journal.close()


def found(folder: Path, *needles: bytes) -> list[tuple[str, bytes]]:
    return [(name, needle) for name, data in contents(folder) for needle in needles if needle in data]


def of_person(person_id: str, *numbers: int) -> tuple[bytes, ...]:
    """What would give them away: id, name, and embeddings as bytes and as they are written in texts."""
    looks = [look(number) for number in numbers]
    packed = [base64.b64encode(each.tobytes())[:64] for each in looks]
    listed = [json.dumps(each.tolist()[:3], separators=(",", ":"))[1:-1].encode() for each in looks]
    return (person_id.encode(), b"Quartermain", *(each.tobytes() for each in looks), *packed, *listed)


def furnished(site: PeopleSite) -> str:
    """Somebody of whom there is everything that there can be."""
    person_id = site.tell(PutPerson("Somebody"))
    other = site.tell(PutPerson(OTHER))
    site.tell(PutBleDevice(BleDeviceSettings("AA:BB:CC:DD:EE:01", f"{NAME}'s phone", "person", person_id)))
    site.engine.update_settings(lambda now: replace(now, site_name="Home"), "test")
    site.keep_event(4, person_id, "Somebody")
    site.tell(RenamePerson(person_id, NAME))
    site.add_face(person_id, 1)
    site.add_face(person_id, 2)
    site.add_face(other, 3)
    site.show_face(1)
    event = site.keep_event(1, person_id, NAME)
    site.keep_event(2, "", NAME, kind=EventKind.PRESENCE)
    unsure = site.keep_event(3, other, OTHER, f"This could be {NAME} or {OTHER}.")
    site.engine.record.writer.submit(None, (replace(unsure, candidates=((person_id, 0.5), (other, 0.4))),))
    site.keep_clip(event, 1)
    site.keep_delivery(event, json.dumps({"person": NAME, "id": person_id}))
    decision = replace(
        records.decision(1), subject_id=f"badge {person_id}", flip=f"{NAME} would have to be nearer", evidence_ids=(person_id,)
    )
    site.engine.record.writer.submit(None, (decision,))
    site.flush()
    return person_id


def test_no_file_holds_what_would_give_them_away(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        person_id = furnished(site)
        saved = threading.Event()
        site.engine.core.hand_over(lambda number, state: (site.engine.record.save_checkpoint(number, state), saved.set()))
        assert saved.wait(60)
        needles = of_person(person_id, 1, 2)
        site.flush()
        before = {name for name, _ in found(tmp_path / "site", *needles)}
        assert {"watchroom.db-wal", "settings.toml", "settings.toml.bak", "journal"} <= before and any(".json.z" in name for name in before)
        job = site.job(site.tell(ErasePerson(person_id, f"{NAME} asked for it")))
        assert job.state is JobState.DONE and NAME not in job.message
        assert person_id not in site.engine.people.persons and site.engine.people.photos.face_ids() == {"fa-3"}
        assert site.engine.settings.ble_devices[0].person_id == ""
        assert found(tmp_path / "site", *needles) == []
    assert found(tmp_path / "site", *needles) == []
    with people_site(tmp_path / "site") as site:
        assert person_id not in site.engine.people.persons and site.engine.record.store.erasures() == ()
    assert found(tmp_path / "site", *needles) == []


def test_what_was_asked_about_them_goes_also_while_they_are_erased(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = Session("s-1", User("user-ada", "ada", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
    with people_site(tmp_path / "site") as site:
        person_id = furnished(site)
        chat, rewrite = site.engine.chat, site.engine.record.store.pseudonymise
        before = chat.ask(AskRecord("Who was seen?"), ada)
        asked: list[ChatAnswer] = []

        def asked_just_before(traces: Traces) -> None:
            asked.append(chat.ask(AskRecord("Who was seen?"), ada))
            rewrite(traces)

        monkeypatch.setattr(site.engine.record.store, "pseudonymise", asked_just_before)
        site.job(site.tell(ErasePerson(person_id, "asked for it")))
        after = chat.ask(AskRecord("Who was seen?"), ada)
        assert NAME in before.answer and NAME in asked[0].answer and NAME not in after.answer
        assert chat.chats_of_session(ListChat(), ada) == (after,)
    assert found(tmp_path / "site", *of_person(person_id, 1, 2)) == []


def test_packs_are_looked_through_when_the_record_tells_of_them_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with people_site(tmp_path / "site") as site:
        person_id, told = furnished(site), list[tuple[Event, ...]]()

        def look_through(traces: Traces) -> int:
            assert traces.person_id == person_id and NAME in traces.names
            told.append(site.engine.record.store.events_of(traces))
            return 2

        monkeypatch.setattr(site.engine.evidence, "erase", look_through)
        job = site.job(site.tell(ErasePerson(person_id, "asked for it")))
        assert job.state is JobState.DONE and job.message.endswith("erased when it is not any more: 2 evidence packs.")
        assert told == [()]


def test_what_happened_stays_and_others_are_untouched(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        person_id = furnished(site)
        site.job(site.tell(ErasePerson(person_id, "asked for it")))
        store = site.engine.record.store
        first, second, third, earlier = (store.event(records.event(number).id) for number in (1, 2, 3, 4))
        assert first is not None and second is not None and third is not None and earlier is not None
        (row,) = (row for row in store.audit() if row.verb == AuditVerb.ERASE_PERSON)
        assert (row.verb, row.by, row.detail) == ("erase_person", "rita", "asked for it")
        assert (first.person, first.person_id) == (earlier.person, earlier.person_id) == (ERASED_NAME, row.subject)
        assert second.person == ERASED_NAME
        assert third.person == OTHER and third.reason == f"This could be {ERASED_NAME} or {OTHER}."
        assert [who for who, _ in third.candidates] == [row.subject, third.person_id]
        assert store.answer(ListClips()) == () and not list((tmp_path / "site" / "clips").rglob("*.mp4"))
        assert site.engine.sight.clips.thumbnails.read(first.id) is None
        (delivery,) = store.event_deliveries(first.id)
        assert json.loads(delivery.body) == {"person": ERASED_NAME, "id": row.subject}
        assert [face.id for face in store.roster().faces] == ["fa-3"]


def test_a_clip_that_cannot_be_deleted_is_told_and_tried_again(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        person_id = furnished(site)
        (clip,) = site.engine.record.store.answer(ListClips())
        path = tmp_path / "site" / clip.file
        path.unlink()
        path.mkdir()  # cannot be unlinked, whoever tries
        job = site.job(site.tell(ErasePerson(person_id, "asked for it")))
        assert job.state is JobState.FAILED and "could not be deleted" in job.message
        assert site.engine.record.store.clip(clip.id) is not None and site.engine.record.store.erasures() != ()
        path.rmdir()
        site.engine.erasing.resume()
        assert site.job(site.engine.jobs.all()[-1].id).state is JobState.DONE
        assert site.engine.record.store.clip(clip.id) is None and found(tmp_path / "site", *of_person(person_id, 1, 2)) == []


@pytest.mark.parametrize("step", ["_with_former_names", "_remove_footage", "_begin_anew", "_rewrite"])
def test_what_was_broken_off_is_completed_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def killed(*_: object) -> None:
        raise InputError("", "killed")

    with people_site(tmp_path / "site") as site:
        person_id = furnished(site)
        with monkeypatch.context() as patched:
            patched.setattr(Erasing, step, killed)
            assert site.job(site.tell(ErasePerson(person_id, "asked for it"))).state is JobState.FAILED
    assert found(tmp_path / "site", person_id.encode()) != []
    with people_site(tmp_path / "site") as site:
        (job,) = (job for job in site.engine.jobs.all() if job.kind == "erase_person")
        assert site.job(job.id).state is JobState.DONE
    assert found(tmp_path / "site", *of_person(person_id, 1, 2)) == []


def test_who_is_locked_unknown_or_erased_without_a_reason_stays(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        person_id = site.tell(PutPerson("Ada", locked=True))
        with pytest.raises(InputError, match="Ada is locked"):
            site.tell(ErasePerson(person_id, "asked for it"))
        with pytest.raises(NotFound):
            site.tell(ErasePerson("pe-nobody", "asked for it"))
        site.tell(PutPerson("Ada", person_id=person_id))
        with pytest.raises(InputError) as refused:
            site.tell(ErasePerson(person_id, "  "))
        assert refused.value.field == "reason"
        assert not any(row.verb == AuditVerb.ERASE_PERSON for row in site.engine.record.store.audit())
        assert person_id in site.engine.people.persons


def test_they_are_no_candidate_of_a_question_any_more() -> None:
    asked = Event(
        "ev-1", EventKind.WHO_IS_IT, "door", "tr-1", Severity.LOW, 1, None, 1, 0.6, "de-1", candidates=(("pe-1", 0.6), ("pe-2", 0.5))
    )
    told = Traces("pe-1", ("Ann",), "gone-1").event(asked)
    assert told == replace(asked, candidates=(("pe-2", 0.5),))


def test_only_whole_names_are_replaced() -> None:
    traces = Traces("pe-1", ("Ann", "Ann Lee"), "gone-1")
    assert traces.text("Ann Lee and Annex met Ann.") == f"{ERASED_NAME} and Annex met {ERASED_NAME}."
    assert Traces("pe-1", ("Ann",), "pe-2", r"A\1").text("Ann") == r"A\1"
    assert traces.text('{"who": "pe-1"}') == '{"who": "gone-1"}'


def test_what_they_sent_with_reports_goes_where_that_is_asked_for(tmp_path: Path) -> None:
    def picture(grey: int) -> str:
        return site.engine.sent.put(jpeg(np.full((32, 32, 4), grey, np.uint8)), "u-1").id

    with people_site(tmp_path / "site") as site:
        person_id, other = site.tell(PutPerson(NAME)), site.tell(PutPerson(OTHER))
        theirs, by_phone, both, somebodys = map(picture, (10, 20, 30, 40))
        phone = site.engine.reports.device("phone-7")
        said = ((theirs, "user:zoe"), (by_phone, phone), (both, "user:zoe"), (both, "user:bob"), (somebodys, "user:bob"))
        at_ns = site.engine.clock.now_ns()
        for number, (media_id, reporter) in enumerate(said):
            shown = report(number, media=(media_id,), reporter=reporter, north_deg=number * 0.01, look_trouble="None.")
            site.engine.reports.file(replace(shown, occurred_ns=at_ns, received_ns=at_ns))
        site.job(site.tell(ErasePerson(other, "asked for it")))
        assert len(site.engine.sent.all()) == 4
        with pytest.raises(InputError, match="reporter_id"):
            site.tell(ErasePerson(person_id, "asked for it", (" ",)))
        site.job(site.tell(ErasePerson(person_id, "asked for it", ("zoe",), ("phone-7",))))
        assert {each.id for each in site.engine.sent.all()} == {both, somebodys}
        rows = {row.subject for row in site.engine.record.store.audit() if row.verb == AuditVerb.REMOVE_MEDIA}
        assert rows == {theirs, by_phone}
        assert len(site.engine.record.store.incidents.reports(f"rp-{number}" for number in range(5))) == 5


def test_looks_of_them_and_of_whoever_was_in_view_with_them_go(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        person_id = furnished(site)
        (event, *_) = site.engine.record.store.events_of(Traces(person_id, (NAME,), "gone-x"))
        at_ns, store = event.started_ns, site.engine.record.store
        theirs = StayLook("t-theirs", "gate", 5, 6, 5, (0, 0, 1, 1), 1, "osnet", look(1), person_id, closed=True)
        beside = StayLook("t-beside", event.camera_id, at_ns, at_ns + 1, at_ns, (0, 0, 1, 1), 1, "osnet", look(2), closed=True)
        other = StayLook("t-other", "gate", 5, 6, 5, (0, 0, 1, 1), 1, "osnet", look(3), closed=True)
        store.looks.put((theirs, beside, other))
        store.trails.put((Trail(event.camera_id, "t-beside", "person", np.array([at_ns]), np.array([[0.1, 0.1, 0.2, 0.2]], np.float32)),))
        assert site.job(site.tell(ErasePerson(person_id, "asked for it"))).state is JobState.DONE
        assert [store.looks.look_of(each) is None for each in ("t-theirs", "t-beside", "t-other")] == [True, True, False]
        gone = look(1).astype(np.float16).tobytes()
    assert found(tmp_path / "site", gone, b"t-beside") == []
