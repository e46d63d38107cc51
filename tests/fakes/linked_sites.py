"""Engines that belong to one hub, with people whose faces are known, to be compared over the sites."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from console.site import running
from engine.gateway.border.bind import Bind
from engine.gateway.hub.joining import join
from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditRow
from engine.model.geometry import Floats
from engine.model.people.commands import PutPerson
from engine.model.people.person import FaceAdded, FaceSample
from engine.model.people.purposes import Purpose, SetPersonPurpose
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.storage.upgrading import open_beside
from engine.store.shared.record import SharedRecord
from tests.fakes.people_site import MODEL, PeopleSite, look
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, whole_hub

PASSWORD = "correct horse battery"
MISSING = Purpose("missing", "Missing persons", "Find where a missing person was seen", "Consent of the family", 30)
BANNED = Purpose("banned", "Banned from all shops", "Recognise who was banned", "Legitimate interest", 90)
ACCOUNTS = (("Ada", Role.INVESTIGATOR, None), ("Ben", Role.OPERATOR, ("north", "south")), ("Cleo", Role.OPERATOR, ("north", "south/door")))


def near(number: int, likeness: float = 0.9) -> Floats:
    """(128,) float32 of unit length, of this cosine to `look(number)`."""
    base, other = look(number).astype(np.float64), look(number + 1_000).astype(np.float64)
    aside = other - (other @ base) * base
    found = likeness * base + np.sqrt(1 - likeness**2) * aside / np.linalg.norm(aside)
    return np.asarray(found / np.linalg.norm(found), np.float32)


class LinkedSite(PeopleSite):
    """`key`: at the hub."""

    def __init__(self, key: str, engine: object, folder: Path) -> None:
        super().__init__(engine)  # type: ignore[arg-type]
        self.key, self.folder = key, folder
        self._faces = 0

    def person(self, name: str, *faces: Floats, model: str = MODEL) -> str:
        """The id of somebody new with these faces."""
        person_id = self.tell(PutPerson(name))
        for face in faces:
            self.face(person_id, face, model)
        return person_id

    def face(self, person_id: str, embedding: Floats, model: str = MODEL) -> None:
        self._faces += 1
        now_ns = self.engine.clock.now_ns()
        sample = FaceSample(f"fa-{self.key}-{self._faces}", person_id, embedding, model, 0.9, now_ns, "door")
        self.engine.people.photos.expect(sample, np.full((40, 40, 3), 40 + self._faces, np.uint8))
        self.engine.people.desk.enter(FaceAdded(sample), "test", now_ns)
        until(lambda: sample.id in self.engine.people.faces, "the face is known")

    def agree(self, purpose: Purpose) -> None:
        table, now_ns = self.engine.record.store.purposes, self.engine.clock.now_ns()
        until(lambda: any(each.purpose == purpose for each in table.all(now_ns)), f"{self.key} is offered the purpose")
        table.agree(purpose, "Rita", now_ns)

    def withdraw(self, purpose: Purpose) -> None:
        self.engine.record.store.purposes.withdraw(purpose.id)

    def put_under(self, person_id: str, purpose: Purpose, wanted: bool = True) -> None:
        self.tell(SetPersonPurpose(person_id, purpose.id, wanted))

    def audit(self, verb: str) -> tuple[AuditRow, ...]:
        return tuple(row for row in self.engine.record.store.audit(500) if row.verb == verb)


@dataclass
class LinkedSites:
    hub: WholeHub
    record: SharedRecord
    sites: dict[str, LinkedSite]

    def __getitem__(self, key: str) -> LinkedSite:
        return self.sites[key]

    def all_agree(self, purpose: Purpose, *keys: str) -> None:
        """And the hub knows it."""
        for key in keys or tuple(self.sites):
            self.sites[key].agree(purpose)
        wanted = {(key, purpose.id) for key in keys or self.sites}
        until(lambda: wanted <= {(each.site, each.purpose) for each in self.record.person_links.agreed()}, "the hub knows who agrees")


@contextmanager
def linked_sites(folder: Path, record: SharedRecord, *keys: str) -> Iterator[LinkedSites]:
    """A hub, and these sites of it. Its accounts: `ACCOUNTS`."""
    with ExitStack() as stack:
        hub = stack.enter_context(whole_hub(folder / "hub", record))
        for name, role, grants in ACCOUNTS:
            hub.door.accounts.create_user(name, role, PASSWORD, grants)
        for purpose in (MISSING, BANNED):
            record.person_links.put_purpose(purpose, AuditRow(1, "test", "put_purpose", purpose.id))
        sites = {key: stack.enter_context(_linked_site(folder / key, hub, key)) for key in keys}
        yield LinkedSites(hub, record, sites)


@contextmanager
def _linked_site(folder: Path, hub: WholeHub, key: str) -> Iterator[LinkedSite]:
    """Its camera is switched off; biometrics are on."""
    camera = CameraSettings("door", "Door", "rtsp://192.0.2.1/door", enabled=False)
    with running(folder, Bind(), CommandLineSettings((camera,)), gateway_needed=True) as site:
        site.door.set_up(key.title(), "Rita", PASSWORD).close()
        store = open_beside(DataFolder(folder), SystemClock())
        try:
            join(folder, store, hub.url, hub.hub.enrolment.new_code(key, key.title()), most_role=Role.INVESTIGATOR)
        finally:
            store.close()
        found = LinkedSite(key, site.engine, folder)
        found.recognise()
        until(lambda: site.engine.record.store.purposes.all(0) != (), f"{key} hears its hub")
        yield found
