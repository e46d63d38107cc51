"""Every command is either in the audit or known not to be; and an engine keeps what its users do, without names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model import command
from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditFault, AuditRow, AuditVerb
from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.commands import ChangeAlert, EditIncident, ShelveAlert
from engine.model.command import ChangeSettings, CreateUser, PutBleDevice, PutCamera, RemoveUser, SetPairing
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.event import Severity
from engine.model.people.commands import ErasePerson, MergePersons, NameTrack, PutPerson, UnmaskFaces
from engine.model.people.person import Consent
from engine.model.settings import CameraSettings, GateSettings
from engine.model.site import BleDeviceSettings
from engine.runtime.audit.audit_verify import verify_audit
from engine.runtime.catalogue import COMMANDS, audit_entries, load
from engine.runtime.local import LocalPort
from tests.fakes.people_site import ADMIN, PeopleSite, people_site

load()

# Nobody has to answer for these, or they keep rows of their own: `unmask_faces`, `erase_person`, `apply_replay`, `import_settings`.
NOT_AUDITED = {
    *("TestCamera", "TestWebhook", "TestChannel", "CancelJob", "IdentifyNode", "RebootNode", "SimulateFall", "PrepareClip", "SeeAlert"),
    *("SteerCamera", "CentreCamera", "AdjustLens", "ReleaseCamera", "SendTalk"),  # taking a camera and talk have rows of their own
    *("RefreshFire", "MakePack", "LockEvidence", "KeepStill"),
    "MeasureModels",  # each detection says what ran it
    *("StartReplay", "MoveReplay", "ChangeReplay", "StopReplay", "ApplyReplay"),
    *("PutBookmark", "SaveSearch", "ForgetChat"),
    "UndoRemoval",  # the room that carries it out knows what came back
    *("ImportSettings", "BackUpNow"),
    *("ConfirmPassword", "CreateToken", "RevokeToken"),  # the accounts keep what was done, and who failed
    *("CreateReportLink", "RevokeReportLink"),  # the links keep it
    *("RecordTake", "TakeFromClip", "DropTake", "ShowPoses", "UnmaskFaces", "ErasePerson"),
}


def test_every_command_is_in_the_audit_or_says_why_not() -> None:
    assert {kind.__name__ for kind, spec in COMMANDS.items() if spec.audit.reason} == NOT_AUDITED


def test_alerts_are_kept_one_by_one_without_what_was_written_about_them() -> None:
    rows = audit_entries(ChangeAlert(("al-1", "al-2"), AlertState.CLOSED, Disposition.BENIGN, "it was Ada"), "", str)
    assert rows == tuple((AuditVerb.CHANGE_ALERT, alert, "closed, benign") for alert in ("al-1", "al-2"))
    assert audit_entries(ShelveAlert(("al-1",), 600, "Ada is here"), "", str) == ((AuditVerb.SHELVE_ALERT, "al-1", "600 s"),)
    edit = EditIncident("in-1", severity=Severity.HIGH, description="Ada again")
    assert audit_entries(edit, "", str) == ((AuditVerb.EDIT_INCIDENT, "in-1", "severity, description"),)


def test_of_settings_it_is_kept_which_parts_changed() -> None:
    told = audit_entries(ChangeSettings(site_name="Home", gates=GateSettings()), "", str)
    assert told == ((AuditVerb.CHANGE_SETTINGS, "", "site_name, gates"),)
    assert audit_entries(ChangeSettings(), "", str) == ()
    assert audit_entries(command.RemoveAnchor(), "", str) == ((AuditVerb.CHANGE_SETTINGS, "", "anchor removed"),)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    with people_site(tmp_path_factory.mktemp("audited") / "site") as site:
        yield site


def newest(site: PeopleSite, rows: int) -> list[tuple[str, str, str]]:
    """Oldest of them first."""
    return [(row.verb, row.subject, row.detail) for row in reversed(site.engine.record.store.audit(rows))]


def full(monkeypatch: pytest.MonkeyPatch, site: PeopleSite) -> None:
    def refuse(*_: AuditRow) -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    monkeypatch.setattr(site.engine.record.store, "add_audit", refuse)


def troubles(site: PeopleSite) -> str:
    site.engine.condition.vitals.sample()
    return " ".join(site.engine.condition.vitals.health.troubles)


def test_who_changed_what_is_kept(site: PeopleSite) -> None:
    user_id = site.tell(CreateUser("olga", Role.OPERATOR, "correct horse battery"))
    site.tell(RemoveUser(user_id))
    site.tell(PutCamera(CameraSettings("yard", "Yard", "rtsp://root:secret@192.0.2.7/yard", enabled=False)))
    site.tell(SetPairing(True, 5))
    site.tell(SetPairing(False))
    assert newest(site, 5) == [
        (AuditVerb.CREATE_USER, user_id, "operator"),
        (AuditVerb.REMOVE_USER, user_id, ""),
        (AuditVerb.PUT_CAMERA, "yard", ""),
        (AuditVerb.OPEN_PAIRING, "", "5 min"),
        (AuditVerb.CLOSE_PAIRING, "", ""),
    ]
    assert {row.by for row in site.engine.record.store.audit(5)} == {"rita"}


def test_what_was_refused_did_not_happen_and_is_not_kept(site: PeopleSite) -> None:
    before = site.engine.record.store.audit(1)
    for wrong in (RemoveUser("us-nobody"), CreateUser("x", Role.ADMIN, "short"), NameTrack("tr-none", "")):
        with pytest.raises((InputError, NotFound)):
            site.tell(wrong)
    assert site.engine.record.store.audit(1) == before


def test_the_gallery_is_kept_under_pseudonyms(site: PeopleSite) -> None:
    ada = site.tell(PutPerson("Ada Lovelace", consent=Consent.GIVEN, note="of the office"))
    other = site.tell(PutPerson("Grace"))
    site.tell(PutBleDevice(BleDeviceSettings("C4:7C:8D:6A:1B:2C", "Ada's phone", person_id=ada)))
    site.tell(MergePersons(ada, other))
    who, gone = site.engine.auditor.pseudonym(ada), site.engine.auditor.pseudonym(other)
    rows = newest(site, 4)
    assert rows[0] == (AuditVerb.PUT_PERSON, who, "consent given") and rows[3] == (AuditVerb.MERGE_PERSONS, who, gone)
    site.job(site.tell(ErasePerson(ada, "Ada Lovelace asked for it")))
    site.flush()
    text = repr(site.engine.record.store.audit())
    assert not any(known in text for known in (ada, other, "Lovelace", "Grace", "C4:7C", "phone"))


def test_reasons_lose_the_names_in_them(site: PeopleSite) -> None:
    person_id = site.tell(PutPerson("Katherine"))
    who = site.engine.auditor.pseudonym(person_id)
    site.tell(UnmaskFaces("Katherine was hurt; Katherines stay", 5))
    assert newest(site, 1)[0][2] == f"5 min: {who} was hurt; Katherines stay"


def test_without_an_audit_no_face_is_shown(site: PeopleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = LocalPort(site.engine, lambda: ADMIN)
    site.engine.masking.unmasked.show(ADMIN.id, 0, 0)
    with monkeypatch.context() as patched:
        full(patched, site)
        with pytest.raises(EnvironmentFault, match="noted in the audit first"):
            mine.command(UnmaskFaces("a theft at the door", 5))
        assert mine.snapshot().people.unmasked_until_ns is None and "cannot be noted in the audit" in troubles(site)
    site.tell(SetPairing(False))
    assert "audit" not in troubles(site)


def test_without_an_audit_nobody_is_erased(site: PeopleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    person_id = site.tell(PutPerson("Mary"))
    with monkeypatch.context() as patched:

        def refuse(*_: object) -> None:
            raise EnvironmentFault("disk_full", "The disk is full.")

        patched.setattr("engine.store.store.audit.add_audit", refuse)
        with pytest.raises(EnvironmentFault):
            site.tell(ErasePerson(person_id, "asked for it"))
    assert site.engine.record.store.erasures() == () and person_id in site.engine.people.persons


def test_other_work_goes_on_without_an_audit_is_told_and_kept_later(site: PeopleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        full(patched, site)
        site.tell(PutCamera(CameraSettings("gate", "Gate", "rtsp://192.0.2.8/gate", enabled=False)))
        assert site.engine.settings.camera("gate") is not None and "Waiting in memory: 1." in troubles(site)
    site.tell(SetPairing(False))
    assert [row[:2] for row in newest(site, 2)] == [(AuditVerb.PUT_CAMERA, "gate"), (AuditVerb.CLOSE_PAIRING, "")]
    assert "audit" not in troubles(site)


def test_opening_a_clip_is_kept_once(site: PeopleSite) -> None:
    event = site.keep_event(1, "", "")
    clip = site.keep_clip(event, 1)
    site.flush()
    mine = LocalPort(site.engine, lambda: ADMIN)
    for _ in range(3):
        mine.clip_file(clip.id)
    rows = [row for row in site.engine.record.store.audit() if row.verb == AuditVerb.VIEW_CLIP]
    assert [(row.by, row.subject, row.detail) for row in rows] == [("rita", clip.id, f"session {ADMIN.id}")]
    with pytest.raises(NotFound):
        mine.clip_file("cl-none")


def test_an_engine_signs_when_it_stops_and_its_audit_is_whole(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        site.tell(SetPairing(False))
        assert verify_audit(tmp_path / "site").fault is None, "beside a running engine"
    verdict = verify_audit(tmp_path / "site")
    assert (verdict.fault, verdict.rows, verdict.signed) == (None, 1, 1)
    with people_site(tmp_path / "site") as site:
        site.tell(SetPairing(False))
    assert (verify_audit(tmp_path / "site").signed, verify_audit(tmp_path / "site").fault) == (2, None)
    (tmp_path / "site" / "audit-heads.jsonl").unlink()
    assert verify_audit(tmp_path / "site").fault is AuditFault.HEADS_MISSING
