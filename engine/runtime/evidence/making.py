"""One evidence pack, from the record to the signature. The job's thread."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from engine import __version__
from engine.model.accounts.access import User
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.clock_text import ReportTimes
from engine.model.health import ModelRun
from engine.model.history.evidence import Pack, PackRequest, Redaction
from engine.model.settings import Settings
from engine.model.value_class import dataclass
from engine.recording.pack.folder import PackFolder
from engine.recording.pack.manifest import (
    MANIFEST,
    SIGNATURE,
    Manifest,
    PackedFile,
    Proof,
    Signed,
    manifest_bytes,
    signature_bytes,
    signed_message,
)
from engine.runtime.audit.auditing import Auditor
from engine.runtime.cameras.masking import Masking
from engine.runtime.data_folder import DataFolder
from engine.runtime.evidence.documents import write_documents
from engine.runtime.evidence.pack_record import Ask, PackRecord, gather
from engine.runtime.evidence.raw import Expected, pack_raw
from engine.runtime.evidence.report_pictures import ReadPicture, take_report_pictures
from engine.runtime.evidence.reported import Reported
from engine.runtime.evidence.stills import take_stills
from engine.runtime.evidence.videos import PackedVideo, Videos
from engine.vision.models import ModelStore

REPORT = "report.pdf"
_INPUTS = "record "  # in the audit's row about a pack, before the digest of what it can be run again from
NOT_AGAIN = "It cannot be run again: "  # begins the sentence that says why, in a pack without its record
_HIDDEN = f"{NOT_AGAIN}the observations tell of everybody, so they do not go with a pack in which something is hidden."
_OTHERS = f"{NOT_AGAIN}the observations tell of all cameras, and whoever made this pack sees some of them."
_COVERED = "Parts of pictures that are private now are covered in videos that were recorded before they were private."

At = Callable[[float, str], None]


def _no_picture(media_id: str) -> bytes | None:
    """Incidents are left out."""
    del media_id
    return None


@dataclass(frozen=True, slots=True)
class Sources:
    """What packs are made from, as far as whoever makes one may see it.

    settings: of now. archive: where old video lies. time_zone: of the site, an IANA name. limited: to some cameras. report_picture: of what
    was sent with reports. runs: what runs the models that are loaded.
    """

    data: DataFolder
    ask: Ask
    settings: Settings
    archive: Path
    models: ModelStore
    masking: Masking
    auditor: Auditor
    time_zone: str
    limited: bool = False
    report_picture: ReadPicture = _no_picture
    runs: tuple[ModelRun, ...] = ()


def make_pack(sources: Sources, request: PackRequest, pack_id: str, by: User, now_ns: int, target: Path, at: At) -> Pack:
    """`target`: path of the pack without `.zip`. `at`: told how much is done, 0–1, and what; what it raises ends the work.

    Raises EnvironmentFault; then nothing of it is left.
    """
    folder = PackFolder(target)
    try:
        return _Making(sources, request, pack_id, by, now_ns, folder, at).run(target)
    except BaseException:
        folder.abandon()
        raise


def inputs_of(files: tuple[PackedFile, ...]) -> str:
    """SHA-256 hex over the paths and digests of what can be run again; empty where there is nothing."""
    raw = sorted((file.path, file.sha256) for file in files if file.path.startswith("raw/"))
    return hashlib.sha256(repr(raw).encode()).hexdigest() if raw else ""


def proves(proof: Proof, pack_id: str, inputs: str) -> bool:
    """Whether the audit's row is about this pack and names this record."""
    return proof.row.verb == AuditVerb.EXPORT and proof.row.subject == pack_id and proof.row.detail == _detail(inputs)


class _Making:
    def __init__(self, sources: Sources, request: PackRequest, pack_id: str, by: User, now_ns: int, pack: PackFolder, at: At) -> None:
        self._from, self._request, self._id, self._by, self._now_ns = sources, request, pack_id, by, now_ns
        self._pack, self._at = pack, at
        self._missing: list[str] = []
        self._covered = False

    def run(self, target: Path) -> Pack:
        self._at(0.0, "Gathering the record")
        gathered = gather(self._from.ask, self._request)
        self._missing += gathered.missing
        write_documents(self._pack, gathered, self._from.settings, self._from.models, self._from.runs)
        videos = self._videos(gathered)
        self._at(0.6, "Taking stills")
        stills = take_stills(self._pack, self._request, gathered.events, videos, self._from.data.thumbnails, self._from.masking)
        hidden = self._from.masking
        self._missing += take_report_pictures(self._pack, self._request, gathered.reports, self._from.report_picture, hidden)
        self._raw(gathered)
        self._at(0.9, "Writing the report")
        inputs = inputs_of(self._pack.files)
        proof = self._from.auditor.prove(AuditRow.of(self._now_ns, self._by, AuditVerb.EXPORT, self._id, _detail(inputs)))
        self._pack.add(REPORT, _report(self._reported(gathered, videos, stills, proof)), "this pack for people to read")
        digest = self._seal(self._manifest(proof, inputs, gathered.simulated))
        size = self._pack.size_bytes()
        final = self._pack.finish(self._request.zipped, lambda share: self._at(0.95 + 0.05 * share, "Putting it together"))
        file = final.relative_to(self._from.data.path).as_posix()
        return Pack(self._id, self._request, self._by.name, self._now_ns, file, size, digest, tuple(self._missing), self._by.id)

    def _videos(self, gathered: PackRecord) -> tuple[PackedVideo, ...]:
        taking = Videos(self._pack, self._request, self._from.masking, lambda share: self._at(0.05 + 0.55 * share, "Taking videos"))
        videos = taking.take(self._from.data.path, self._from.archive, gathered.clips, gathered.segments)
        self._missing += taking.missing
        self._covered = taking.covered
        self._missing += [_COVERED] if taking.covered else []
        if not videos:
            self._missing.append("No video was recorded in this time.")
        return videos

    def _raw(self, gathered: PackRecord) -> None:
        request = self._request
        if not request.raw:
            return
        if self._from.limited:
            self._missing.append(_OTHERS)
            return
        if request.redaction is not Redaction.NONE or request.hidden or self._covered:
            self._missing.append(_HIDDEN)
            return
        length = request.until_ns - request.since_ns
        far: Callable[[int], None] = lambda ns: self._at(0.65 + 0.25 * max(0.0, (ns - request.since_ns) / length), "Running it again")  # noqa: E731
        expected, missing = pack_raw(self._pack, self._from.data.journal, self._from.data.checkpoints, request, far)
        self._missing += missing
        self._missing += _unreached(gathered, expected)

    def _reported(self, gathered: PackRecord, videos: tuple[PackedVideo, ...], stills: dict[str, str], proof: Proof) -> Reported:
        return Reported(
            self._id,
            self._request,
            self._by.name,
            self._now_ns,
            __version__,
            ReportTimes(self._from.time_zone),
            self._from.settings,
            gathered,
            videos,
            stills,
            self._pack.place(REPORT).parent,
            self._pack.files,
            proof.head.key,
            tuple(self._missing),
        )

    def _seal(self, manifest: Manifest) -> str:
        raw = manifest_bytes(manifest)
        key, signature = self._from.auditor.sign_message(signed_message(raw))
        self._pack.seal(MANIFEST, raw)
        self._pack.seal(SIGNATURE, signature_bytes(Signed(key, signature)))
        return hashlib.sha256(raw).hexdigest()

    def _manifest(self, proof: Proof, inputs: str, simulated: bool) -> Manifest:
        return Manifest(
            id=self._id,
            site_name=self._from.settings.site_name,
            time_zone=self._from.time_zone,
            by=self._by.name,
            created_ns=self._now_ns,
            version=__version__,
            request=self._request,
            proof=proof,
            files=self._pack.files,
            inputs=inputs,
            missing=tuple(self._missing),
            simulated=simulated,
        )


def _unreached(gathered: PackRecord, expected: Expected) -> list[str]:
    """Whether running it again says what the record says."""
    again = {decision.id for decision in expected.decisions}
    since_ns, until_ns = expected.since_ns, expected.until_ns
    within = [each for each in gathered.decisions if since_ns <= each.decided_ns < until_ns]
    lost = sum(1 for decision in within if decision.id not in again)
    return [f"{lost} decisions of the record are not come to when it is run again: what led to them is not whole any more."] if lost else []


def _detail(inputs: str) -> str:
    return f"evidence pack; {_INPUTS}{inputs}" if inputs else "evidence pack"


def _report(told: Reported) -> bytes:
    """Loading what writes PDF takes a while that an engine's start can do without."""
    from engine.runtime.evidence.report import make_report

    return make_report(told)
