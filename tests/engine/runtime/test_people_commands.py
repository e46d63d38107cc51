"""What can be told about persons, and what is refused."""

import base64
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.command import ChangeSettings, PutBleDevice
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.people.commands import (
    DenyFace,
    EnrolFace,
    EnrolFromClip,
    MergePersons,
    NameTrack,
    PutPerson,
    RenamePerson,
    SplitPerson,
    UndoSpokenName,
    UnmaskFaces,
)
from engine.model.people.person import Consent, NameSource, Person, PersonPut
from engine.model.site import BleDeviceSettings
from engine.model.time import SECOND
from engine.recording.jpeg import encode_jpeg
from engine.runtime.cameras.unmasking import Unmasked
from engine.runtime.data_folder import DataFolder
from engine.runtime.local import LocalPort
from engine.runtime.people.enrolling import read_picture
from engine.runtime.people.roster_desk import RosterDesk
from tests.fakes.people_site import ADMIN, PeopleSite, people_site
from tests.fakes.ports import NO_INBOX

GREY = np.full((40, 60, 3), 90, np.uint8)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    with people_site(tmp_path_factory.mktemp("people") / "site") as site:
        yield site


def persons(site: PeopleSite) -> dict[str, str]:
    return {person.id: person.name for person in site.engine.people.persons.values()}


def test_a_person_is_added_and_changed_and_what_was_counted_stays(site: PeopleSite) -> None:
    person_id = site.tell(PutPerson("  Ada  ", "#112233", note=" of the office "))
    made = site.engine.people.persons[person_id]
    assert (made.name, made.color, made.note, made.name_source) == ("Ada", "#112233", "of the office", NameSource.OPERATOR)
    assert site.tell(PutPerson("Ada L.", "#445566", person_id, Consent.GIVEN, locked=True)) == person_id
    changed = site.engine.people.persons[person_id]
    assert (changed.name, changed.consent, changed.locked, changed.created_ns) == ("Ada L.", Consent.GIVEN, True, made.created_ns)
    site.flush()
    assert changed in site.engine.record.store.roster().persons


def test_names_are_had_once_and_ids_are_known(site: PeopleSite) -> None:
    person_id = site.tell(PutPerson("Bob"))
    for command in (PutPerson("BOB "), RenamePerson(site.tell(PutPerson("Bobby")), "bob")):
        with pytest.raises(InputError) as refused:
            site.tell(command)
        assert refused.value.field == "name"
    with pytest.raises(InputError):
        site.tell(RenamePerson(person_id, "   "))
    for unknown in (PutPerson("X", person_id="pe-x"), RenamePerson("pe-x", "X"), MergePersons(person_id, "pe-x"), UndoSpokenName("pe-x")):
        with pytest.raises(NotFound):
            site.tell(unknown)
    for unseen in (NameTrack("fu-1", person_id), NameTrack("fu-1", ""), DenyFace("fa-x"), SplitPerson(("fa-x",), "Y")):
        with pytest.raises(NotFound):
            site.tell(unseen)
    assert site.tell(RenamePerson(person_id, "Bob")) == person_id


def test_what_happened_is_told_with_the_new_name(site: PeopleSite) -> None:
    person_id = site.tell(PutPerson("Person_0A0A0A0A"))
    event, other = site.keep_event(5, person_id, "Person_0A0A0A0A"), site.keep_event(6, "pe-x", "Somebody")
    site.tell(RenamePerson(person_id, "Kara"))
    site.flush()
    store = site.engine.record.store
    assert store.event(event.id) == replace(event, person="Kara") and store.event(other.id) == other


def test_a_device_belongs_to_somebody_who_is_known(site: PeopleSite) -> None:
    with pytest.raises(InputError, match="no person"):
        site.tell(PutBleDevice(BleDeviceSettings("AA:BB:CC:DD:EE:09", "Phone", "person", "pe-x")))
    person_id = site.tell(PutPerson("Carla"))
    site.tell(PutBleDevice(BleDeviceSettings("AA:BB:CC:DD:EE:09", "Phone", "person", person_id)))
    assert site.engine.settings.ble_devices[-1].person_id == person_id


def test_two_who_are_one_become_one_with_faces_events_and_devices(site: PeopleSite) -> None:
    kept, gone = site.tell(PutPerson("Dora")), site.tell(PutPerson("Dora M."))
    site.add_face(kept, 10)
    site.add_face(gone, 11)
    event = site.keep_event(10, gone, "Dora M.")
    site.tell(PutBleDevice(BleDeviceSettings("AA:BB:CC:DD:EE:10", "Phone", "person", gone)))
    assert site.tell(MergePersons(kept, gone)) == kept
    site.flush()
    assert gone not in persons(site) and {site.engine.people.faces[f"fa-{number}"].person_id for number in (10, 11)} == {kept}
    moved = site.engine.record.store.event(event.id)
    assert moved is not None and (moved.person_id, moved.person) == (kept, "Dora")
    assert site.engine.settings.ble_device("AA:BB:CC:DD:EE:10").person_id == kept  # type: ignore[union-attr]
    with pytest.raises(InputError):
        site.tell(MergePersons(kept, kept))


def test_faces_of_somebody_else_are_parted_and_denied(site: PeopleSite) -> None:
    one = site.tell(PutPerson("Emil"))
    for number in (20, 21, 22):
        site.add_face(one, number)
    other = site.tell(SplitPerson(("fa-20",), "Erna"))
    assert persons(site)[other] == "Erna" and site.engine.people.faces["fa-20"].person_id == other
    assert site.tell(SplitPerson(("fa-21",), "erna")) == other
    with pytest.raises(InputError) as refused:
        site.tell(SplitPerson(("fa-22",), "Emil"))
    assert refused.value.field == "name"
    with pytest.raises(InputError):
        site.tell(SplitPerson((), "Nobody"))
    site.tell(DenyFace("fa-22"))
    assert site.engine.people.faces["fa-22"].negative
    with pytest.raises(NotFound):
        site.tell(DenyFace("fa-22"))


def test_who_is_locked_is_neither_merged_nor_parted_nor_forgotten(site: PeopleSite) -> None:
    held, other = site.tell(PutPerson("Frida", locked=True)), site.tell(PutPerson("Fritz"))
    site.add_face(held, 30)
    for command in (
        MergePersons(other, held),
        SplitPerson(("fa-30",), "Fips"),
        DenyFace("fa-30"),
        PutPerson("Frida", person_id=held, consent=Consent.REFUSED),
    ):
        with pytest.raises(InputError, match="Frida is locked"):
            site.tell(command)
    assert site.tell(MergePersons(held, other)) == held


def test_a_name_that_was_heard_wrong_is_taken_back(site: PeopleSite) -> None:
    person_id = site.tell(PutPerson("Gustav"))
    with pytest.raises(InputError):
        site.tell(UndoSpokenName(person_id))
    heard = replace(site.engine.people.persons[person_id], name="Sparta", name_source=NameSource.VOICE)
    site.engine.people.desk.enter(PersonPut(heard), "test", 1)
    site.tell(UndoSpokenName(person_id))
    assert persons(site)[person_id].startswith("Person_")


def test_faces_are_shown_to_one_session_for_a_while(site: PeopleSite) -> None:
    mine, others = (LocalPort(site.engine, lambda who=who: who) for who in (ADMIN, replace(ADMIN, id="another")))
    for wrong in (UnmaskFaces(" "), UnmaskFaces("why", 0), UnmaskFaces("why", 1e9), UnmaskFaces("why", float("nan"))):
        with pytest.raises(InputError):
            mine.command(wrong)
    before = len(site.engine.record.store.audit())
    mine.command(UnmaskFaces("a theft at the door", 5))
    until_ns = mine.snapshot().people.unmasked_until_ns
    assert until_ns is not None and 290 * SECOND < until_ns - site.engine.clock.now_ns() <= 300 * SECOND
    assert others.snapshot().people.unmasked_until_ns is None
    rows = site.engine.record.store.audit()
    assert len(rows) == before + 1 and (rows[0].verb, rows[0].by) == ("unmask_faces", "rita") and "a theft" in rows[0].detail


def test_why_people_are_recognised_is_in_the_audit(site: PeopleSite) -> None:
    before = site.engine.settings.recognition
    site.tell(ChangeSettings(recognition=replace(before, biometrics=True, purpose="Knowing who is in the vault")))
    site.tell(ChangeSettings(recognition=replace(before, biometrics=True, purpose="Knowing who is in the vault")))
    rows = [row.detail for row in site.engine.record.store.audit() if row.verb == "change_recognition"]
    assert rows[:1] == ["on, for: Knowing who is in the vault"] and rows.count(rows[0]) == 1
    site.tell(ChangeSettings(recognition=before))


def test_how_long_people_are_kept_is_in_the_audit(site: PeopleSite) -> None:
    before = site.engine.settings.recognition
    site.tell(ChangeSettings(recognition=replace(before, archive_days=20, erase_days=40.5)))
    (row, *_) = (row for row in site.engine.record.store.audit() if row.verb == "change_recognition")
    assert row.detail.endswith("; put aside after 20 days unseen, erased after 40.5")
    site.tell(ChangeSettings(recognition=before))


def test_it_ends_by_itself() -> None:
    unmasked = Unmasked()
    unmasked.show("se-1", 0, 10)
    assert unmasked.until_ns("se-1", 9) == 10 and unmasked.until_ns("se-1", 10) is None and unmasked.until_ns("se-2", 0) is None


def test_an_engine_that_does_not_come_to_it_says_so() -> None:
    with pytest.raises(EnvironmentFault, match="busy"):
        RosterDesk(NO_INBOX, wait_s=0.01).enter(PersonPut(Person("pe-1", "Ada")), "rita", 1)


# Learning a face


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def png(width: int, height: int) -> bytes:
    """A head that claims a size."""
    head = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", zlib.crc32(b"IHDR" + head))


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        ("no base64!", "is not base64"),
        ("", "neither a JPEG nor a PNG"),
        (encoded(b"GIF89a" + bytes(100)), "neither a JPEG nor a PNG"),
        (encoded(b"\xff\xd8\xff"), "neither a JPEG nor a PNG"),
        (encoded(b"\xff\xd8\xff\xe0\x00\x00" * 3), "neither a JPEG nor a PNG"),
        (encoded(png(60_000, 60_000)), "megapixels"),
        (encoded(png(0, 10)), "megapixels"),
        (encoded(png(10, 10)), "damaged"),
        (encoded(encode_jpeg(GREY)[:200]), "damaged|neither"),
        ("A" * (17 << 20), "larger than 12 MB"),
    ],
    ids=["text", "empty", "gif", "start", "segments", "huge", "flat", "head", "half", "large"],
)
def test_what_is_no_picture_is_refused_before_it_is_unpacked(picture: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        read_picture(picture)
    assert refused.value.field == "picture"


def test_pictures_are_read() -> None:
    for data in (encode_jpeg(GREY), cv2.imencode(".png", GREY)[1].tobytes()):
        assert read_picture(encoded(data)).shape == (40, 60, 3)


def test_faces_are_not_learned_where_nobody_agreed(site: PeopleSite) -> None:
    person_id = site.tell(PutPerson("Hanna"))
    refusing = site.tell(PutPerson("Hugo", consent=Consent.REFUSED))
    picture = encoded(encode_jpeg(GREY))
    with pytest.raises(InputError, match="Hugo has refused"):
        site.tell(EnrolFace(refusing, picture))
    with pytest.raises(NotFound):
        site.tell(EnrolFromClip(person_id, "cl-x"))
    failed = site.job(site.tell(EnrolFace(person_id, picture)))
    assert failed.state == "failed" and "not installed" in failed.message
    site.recognise(False)
    with pytest.raises(InputError, match="not recognised on this site"):
        site.tell(EnrolFace(person_id, picture))
    site.recognise(True)


# People of a settings file that was written before


def test_people_of_older_settings_move_to_the_record_once(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    DataFolder(folder).settings.write_text(
        'site_name = "Old"\n\n[[people]]\nid = "pe-1"\nname = "Ada"\ncolor = "#123456"\n\n'
        '[[ble_devices]]\naddress = "AA:BB:CC:DD:EE:01"\nlabel = "Phone"\nperson_id = "pe-1"\n'
    )
    with people_site(folder) as site:
        ada = site.engine.people.persons["pe-1"]
        assert (ada.name, ada.color) == ("Ada", "#123456") and ada.created_ns > 0
        assert site.engine.settings.ble_devices[0].person_id == "pe-1" and site.engine.settings.site_name == "Old"
        assert "[[people]]" not in (folder / "settings.toml").read_text()
        site.tell(RenamePerson("pe-1", "Ada L."))
    with people_site(folder) as site:
        assert site.engine.people.persons["pe-1"].name == "Ada L."


def test_a_wrong_person_in_older_settings_is_told_by_line(tmp_path: Path) -> None:
    path = DataFolder(tmp_path / "site").settings
    path.write_text('site_name = "Old"\n\n[[people]]\nid = "pe-1"\nname = "Ada"\ncolor = "red"\n')
    with pytest.raises(InputError, match=r"line 6.*people\[0\]\.color"), people_site(tmp_path / "site"):
        pass
    assert "Ada" in path.read_text()
