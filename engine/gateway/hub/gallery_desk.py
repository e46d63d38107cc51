"""Galleries at a hub: what sites describe for one is kept sealed, and given to sites that agree to its purpose."""

import hashlib
import json
from collections.abc import Sequence as Several

from engine.gateway.federation.ids import SEPARATOR, qualified
from engine.gateway.hub.people_desk import site_name
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.people.gallery import MOST_ENTRIES, GalleryOffer
from engine.model.people.purposes import KnownElsewhere
from engine.model.time import SECOND, Clock
from engine.model.wire import read_record, to_plain
from engine.runtime.hub.gallery_messages import pack_known, pack_offer, read_description, read_report, read_wanted
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.shared.galleries import GalleryEntry
from engine.store.shared.person_links import AgreedSite
from engine.store.shared.record import SharedRecord

_DAY_NS = 86_400 * SECOND
_UNKNOWN = "There is nobody of this id whom this site may recognise."


class GalleryDesk:
    """Any thread. `site`: who speaks."""

    def __init__(self, record: SharedRecord, keys: HubKeys, clock: Clock) -> None:
        self._record, self._keys, self._clock = record, keys, clock

    def exchange(self, site: str, data: bytes) -> bytes:
        """What a site describes and holds, for what the hub lacks and what the site may hold. Raises InputError (`message`)."""
        report, table = read_report(data), self._record.galleries
        own = {entry_id(each.purpose_id, qualified(site, each.person_id)): each for each in report.own}
        table.settle(site, {key: each.digest for key, each in own.items()}, report.held, self._clock.now_ns())
        there = {entry.id: entry.digest for entry in table.entries()}
        agreed = self._galleries_of(site)
        lacking = tuple(each for key, each in own.items() if there.get(key) != each.digest and each.purpose_id in agreed)
        return pack_offer(GalleryOffer(lacking, {entry.id: entry.digest for entry in self._for(site)}))

    def take(self, site: str, data: bytes) -> bytes:
        """What a site says of one of its own. Raises InputError."""
        given = read_description(data)
        entry = given.entry
        if entry.purpose_id not in self._galleries_of(site):
            raise InputError("purpose_id", "has no gallery, or this site does not agree to it")
        purpose = self._record.person_links.purpose(entry.purpose_id)
        person, now_ns = qualified(site, entry.person_id), self._clock.now_ns()
        until_ns = min(given.until_ns, now_ns + purpose.keep_days * _DAY_NS)
        key = entry_id(entry.purpose_id, person)
        name = site_name(self._record.site(site))
        known = KnownElsewhere(key, purpose.id, purpose.name, name, given.name, given.description, until_ns, entry.digest)
        sealed = self._keys.seal_bytes(json.dumps(to_plain(known)).encode())
        self._record.galleries.put(GalleryEntry(key, purpose.id, person, entry.digest, until_ns, sealed))
        return b"{}"

    def give(self, site: str, data: bytes) -> bytes:
        """To a site that may hold it; the audit keeps that. Raises InputError, NotFound, EnvironmentFault (`sealed`)."""
        wanted = read_wanted(data)
        entry = next((each for each in self._for(site) if each.id == wanted), None)
        sealed = b"" if entry is None else self._record.galleries.sealed(wanted)
        if entry is None or not sealed:
            raise NotFound(_UNKNOWN)
        try:
            known = read_record(KnownElsewhere, json.loads(self._keys.unseal_bytes(sealed)))
        except ValueError:
            raise EnvironmentFault("sealed", "This was sealed by other keys of the hub. Its site describes the person again.") from None
        subject, detail = self._keys.pseudonym(entry.person), f"{entry.purpose}, of {entry.site}, to {site}"
        self._record.audit.add(AuditRow(self._clock.now_ns(), "", HubVerb.GIVE_GALLERY_ENTRY, subject, detail))
        return pack_known(known)

    def _for(self, site: str) -> Several[GalleryEntry]:
        return self._record.galleries.entries_for(site)[:MOST_ENTRIES]

    def _galleries_of(self, site: str) -> frozenset[str]:
        agreed = self._record.person_links.agreed()
        purposes = (each for each in self._record.person_links.purposes() if each.gallery)
        return frozenset(each.id for each in purposes if AgreedSite(site, each.id) in agreed)


def entry_id(purpose: str, person: str) -> str:
    """`person`: qualified."""
    return f"el-{hashlib.sha256(f'{purpose}{SEPARATOR}{person}'.encode()).hexdigest()[:12]}"
