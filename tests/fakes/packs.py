"""A small evidence pack without a record, signed as a site signs one, for whoever reads packs and needs no site."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.event import Event
from engine.model.history.evidence import PackRequest
from engine.model.time import SECOND
from engine.model.wire import to_plain
from engine.recording.pack.folder import PackFolder
from engine.recording.pack.manifest import MANIFEST, SIGNATURE, Manifest, Proof, Signed, manifest_bytes, signature_bytes, signed_message
from engine.runtime.audit.audit_heads import signed_head
from engine.store.people.audit import BEFORE_FIRST, chained
from tests.fakes.past import FakePast

AT_NS = 1_790_000_000 * SECOND
PACK = "pack-small"
REQUEST = PackRequest(AT_NS - 60 * SECOND, AT_NS, "Door at night")
_KEY = bytes(range(32))


@dataclass(frozen=True)
class Maker:
    """The site that makes packs. `key`: it signs with, 32 bytes."""

    site_name: str = "Warehouse"
    key: bytes = _KEY
    events: tuple[Event, ...] = ()
    time_zone: str = "UTC"


WAREHOUSE = Maker()


def write_pack(
    target: Path, request: PackRequest = REQUEST, missing: Sequence[str] = (), maker: Maker = WAREHOUSE, pack_id: str = PACK
) -> Path:
    """Where it lies: `target` itself, with `.zip` where the request says so. missing: what its maker says is not in it."""
    folder = PackFolder(target)
    folder.add("record/events.json", json.dumps([to_plain(event) for event in maker.events]).encode(), "events")
    folder.add("report.pdf", b"%PDF-1.7\n", "this pack for people to read")
    row = chained(AuditRow(AT_NS, "ines", AuditVerb.EXPORT, pack_id, "evidence pack"), None)
    proof = Proof(row, BEFORE_FIRST, signed_head(row.seq, row.hash, AT_NS, maker.key))
    said = pack_id, maker.site_name, maker.time_zone, "ines", AT_NS, "0", request, proof, folder.files
    raw = manifest_bytes(Manifest(*said, missing=tuple(missing)))
    signature = Ed25519PrivateKey.from_private_bytes(maker.key).sign(signed_message(raw))
    folder.seal(MANIFEST, raw)
    folder.seal(SIGNATURE, signature_bytes(Signed(proof.head.key, base64.b64encode(signature).decode("ascii"))))
    return folder.finish(request.zipped)


class PackFiles(dict[str, Path]):
    """For `FakeEngine.packs`: writes the file of a pack when it is first asked for, as `maker` does."""

    def __init__(self, past: FakePast, folder: Path, maker: Maker) -> None:
        super().__init__()
        self._past, self._folder, self.maker = past, folder, maker

    def __contains__(self, pack_id: object) -> bool:
        pack = next((pack for pack in self._past.packs if pack.id == pack_id), None)
        if pack is not None and not super().__contains__(pack_id):
            self[pack.id] = write_pack(self._folder / pack.id, pack.request, maker=self.maker, pack_id=pack.id)
        return super().__contains__(pack_id)
