"""A small evidence pack without a record, signed as a site signs one, for whoever reads packs and needs no site."""

import base64
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.history.evidence import PackRequest
from engine.model.time import SECOND
from engine.recording.pack.folder import PackFolder
from engine.recording.pack.manifest import MANIFEST, SIGNATURE, Manifest, Proof, Signed, manifest_bytes, signature_bytes, signed_message
from engine.runtime.audit.audit_heads import signed_head
from engine.store.people.audit import BEFORE_FIRST, chained

AT_NS = 1_790_000_000 * SECOND
PACK = "pack-small"
REQUEST = PackRequest(AT_NS - 60 * SECOND, AT_NS, "Door at night")
_KEY = bytes(range(32))


def write_pack(target: Path, request: PackRequest = REQUEST, missing: Sequence[str] = ()) -> Path:
    """Where it lies: `target` itself, with `.zip` where the request says so. missing: what its maker says is not in it."""
    folder = PackFolder(target)
    folder.add("record/events.json", b"[]\n", "events")
    folder.add("report.pdf", b"%PDF-1.7\n", "this pack for people to read")
    row = chained(AuditRow(AT_NS, "ines", AuditVerb.EXPORT, PACK, "evidence pack"), None)
    proof = Proof(row, BEFORE_FIRST, signed_head(row.seq, row.hash, AT_NS, _KEY))
    manifest = Manifest(PACK, "Warehouse", "UTC", "ines", AT_NS, "0", request, proof, folder.files, missing=tuple(missing))
    raw = manifest_bytes(manifest)
    signature = Ed25519PrivateKey.from_private_bytes(_KEY).sign(signed_message(raw))
    folder.seal(MANIFEST, raw)
    folder.seal(SIGNATURE, signature_bytes(Signed(proof.head.key, base64.b64encode(signature).decode("ascii"))))
    return folder.finish(request.zipped)
