"""What a site and a hub of a version say to each other, as a golden file: written by `tests.fakes.wire_release` for each version that is
released. Messages are base64."""

import base64
import secrets
import tempfile
from pathlib import Path
from typing import Any

from engine.gateway.hub.schemas import Joining, Renewal
from engine.incidents.correlation import correlate
from engine.model.accounts.access import Role, User
from engine.model.accounts.audit import AuditRow
from engine.model.people.traces import ErasedPerson, Traces, digest_of
from engine.model.replication import ChangeBatch, ChangeKind, RecordChange
from engine.model.time import SECOND, ManualClock
from engine.model.wire import to_plain
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.membership import Membership
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.replication_messages import SiteClock, StreamPlace, pack_batch, pack_heartbeat, pack_place
from engine.store import open_store
from tests.engine.store.records import clip, decision, event
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.reports import report
from tests.fakes.review import review_items

AT_NS = 1_790_000_000 * SECOND
SITE, STREAM = "north", "s1"
ERASED = Traces("pe-9", ("Nobody of this record",), "erased-9")


def _told() -> ChangeBatch:
    """A change of each kind, as the queue of a site makes them."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "watchroom.db", ManualClock(AT_NS))
        try:
            store.replication.begin(STREAM)
            store.save([event(1), decision(1), ALERT, clip(1), *review_items([event(1)])])
            store.add_audit(AuditRow(5 * SECOND, "ada", "view_clip"))
            store.incidents.file([report(1)], correlate)
            batch = store.replication.batch(0, 1_000)
        finally:
            store.close()
    end = batch.through + 2
    done = ErasedPerson(ERASED.pseudonym, digest_of(ERASED.person_id), AT_NS)
    erased = (
        RecordChange(end - 1, ChangeKind.ERASURE, ERASED.pseudonym, to_plain(ERASED)),
        RecordChange(end, ChangeKind.ERASED, ERASED.pseudonym, to_plain(done)),
    )
    return ChangeBatch(STREAM, 0, end, (*batch.changes, *erased))


def hub_messages() -> dict[str, Any]:
    told, key = _told(), NKey.new(KeyKind.USER)
    with tempfile.TemporaryDirectory() as folder:
        keys = HubKeys.in_folder(Path(folder))
    claims = keys.site_claims(SITE, key.public, AT_NS)
    membership = Membership(SITE, "https://hub.example.org:8750", "tls://hub.example.org:4222", claims, secrets.token_hex(32), keys.public)
    alerts = tuple(change for change in told.changes if change.kind is ChangeKind.ALERT)
    return {
        "site": SITE,
        "at_ns": AT_NS,
        "public_key": key.public,
        "begin": _text(pack_place(StreamPlace(STREAM, 0))),
        "heartbeat": _text(pack_heartbeat(StreamPlace(STREAM, 0), SiteClock(AT_NS, SECOND))),
        "keep": _text(pack_batch(told)),
        "through": told.through,
        "kinds": sorted(change.kind.value for change in told.changes),
        "ahead": _text(pack_batch(ChangeBatch("", 0, 0, alerts))),
        "place": _text(pack_place(StreamPlace(STREAM, 7))),
        "claims": claims,
        "membership": to_plain(membership),
        "hub_key": keys.public,
        "word": keys.word(SITE, User("sub-1", "Ben", Role.OPERATOR, ("street-1",)), AT_NS),
        "join": Joining(code="AAAA-BBBB-CCCC-DDDD", key=key.public).model_dump(),
        "renewal": Renewal(site=SITE, key=key.public, challenge="x.y", proof="z").model_dump(),
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
