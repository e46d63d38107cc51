"""Whether an evidence pack that came from elsewhere is what its maker signed: every byte, the signature, its record run again."""

from datetime import tzinfo
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QProgressBar, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.evidence.pack import verdict_notices
from console.dialogs.frame import FramedDialog
from console.pack_files import check_pack, pack_of
from engine.model.errors import WatchroomError
from engine.recording.pack.manifest import MANIFEST, Manifest
from engine.runtime.evidence.signers import is_fingerprint
from engine.runtime.evidence.verify import PackVerdict
from engine.runtime.evidence.verify_combined import CombinedVerdict
from widgets.facts import Facts
from widgets.fields.form import Field, FieldGroup
from widgets.icons import icon
from widgets.marks.notice import Notices
from widgets.time_text import clock_text
from widgets.timeline.timeline_words import stretch_text
from widgets.translation import tr


class VerifyPackDialog(FramedDialog):
    """Reads the pack on this machine; the engine is not asked."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, zone: tzinfo | None = None, parent: QWidget | None = None) -> None:
        lead = tr("Checks every file and the signature, and re-runs the decisions. The pack is not changed, and nothing is imported.")
        super().__init__(tr("Verify a pack"), lead, width=620, parent=parent)
        self._bridge, self._zone, self._busy = bridge, zone, False
        self.fields = FieldGroup()
        self.file = self.fields.add_field("pack", Field(self.tr("&File"), _pack_trouble, tr("ZIP file or unpacked folder")))
        hint = tr(
            "The site's audit-key.pem, or the fingerprint of its key, obtained separately. Leave empty to accept the keys known here."
        )
        self.key = self.fields.add_field("public_key", Field(self.tr("Site &key (file or fingerprint)"), _key_trouble, hint))
        self.browse = self._browser(self.file, self.tr("&Browse…"))
        self.browse_key = self._browser(self.key, self.tr("B&rowse…"))
        self.progress = QProgressBar(textVisible=False)
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(self.tr("Verifying the pack"))
        self.progress.hide()
        self.outcome, self.facts = Notices(), Facts()
        for part in (self.fields, self.progress, self.outcome, self.facts):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.close_button = self.add_cancel(self.tr("&Close"))
        self.go = self.add_button(self.tr("&Verify"), "primary")
        self.go.setDefault(True)
        self._connect_file()
        self._enable_verify()
        self.file.setFocus()

    def _browser(self, field: Field, text: str) -> QPushButton:
        button = QPushButton(icon("folder-open"), text)
        button.setAutoDefault(False)
        field.add_beside(button)
        return button

    def _connect_file(self) -> None:
        self.browse.clicked.connect(self._browse_pack)
        self.browse_key.clicked.connect(self._browse_key)
        self.go.clicked.connect(self.verify)
        self.fields.submitted.connect(self.verify)
        self.fields.validity_changed.connect(self._enable_verify)

    def _browse_pack(self) -> None:
        kinds = self.tr("Evidence packs (*.zip {0});;All files (*)").format(MANIFEST)
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose an evidence pack"), "", kinds)
        if path:
            self.file.edit().setText(str(pack_of(Path(path))))

    def _browse_key(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose the site key"), "", self.tr("Keys (*.pem);;All files (*)"))
        if path:
            self.key.edit().setText(path)

    def verify(self) -> None:
        if self._busy or not self.fields.is_valid():
            self.fields.reveal()
            return
        path, key = pack_of(_path(self.file.value())), self.key.value().strip()
        self.show_trouble("")
        self.outcome.set_notices(())
        self.facts.hide()
        self._set_busy(True)
        self._bridge.fetch(partial(check_pack, path, key), self._verified, self._show_verify_error, owner=self)

    def _verified(self, verdict: PackVerdict | CombinedVerdict) -> None:
        self._set_busy(False)
        self.mark_saved()
        self.outcome.set_notices(verdict_notices(verdict))
        facts = _pack_facts(verdict, self._zone) if isinstance(verdict, PackVerdict) else _combined_facts(verdict, self._zone)
        if facts:
            self.facts.set_facts(facts)
            self.facts.show()

    def _show_verify_error(self, error: WatchroomError) -> None:
        self._set_busy(False)
        self.show_error(error, self.fields)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.fields.setEnabled(not busy)
        self.progress.setVisible(busy)
        self._enable_verify()

    def _enable_verify(self) -> None:
        self.go.setEnabled(self.fields.is_valid() and not self._busy)


def _pack_facts(verdict: PackVerdict, zone: tzinfo | None) -> tuple[tuple[str, str], ...]:
    return () if verdict.manifest is None else _facts(verdict.manifest, zone)


def _combined_facts(verdict: CombinedVerdict, zone: tzinfo | None) -> tuple[tuple[str, str], ...]:
    """What the index says: always the same names as of a pack."""
    index = verdict.index
    if index is None:
        return ()
    dropped = [tr("{0}: {1}").format(part.site, sentence) for part in index.parts for sentence in part.missing]
    return (
        (tr("Title"), index.title),
        (tr("Site"), ", ".join(part.site for part in index.parts)),
        (tr("Time span"), stretch_text(index.since_ns, index.until_ns, zone)),
        (tr("Made"), clock_text(index.created_ns, None, zone)),
        (tr("Note"), index.note),
        (tr("Dropped"), "\n".join(dropped)),
    )


def _facts(manifest: Manifest, zone: tzinfo | None) -> tuple[tuple[str, str], ...]:
    """What it says of itself; it is as true as its signature."""
    request = manifest.request
    return (
        (tr("Title"), request.title),
        (tr("Site"), tr("{0} (simulated)").format(manifest.site_name) if manifest.simulated else manifest.site_name),
        (tr("Time span"), stretch_text(request.since_ns, request.until_ns, zone)),
        (tr("Made"), tr("by {0}, {1}").format(manifest.by, clock_text(manifest.created_ns, None, zone))),
        (tr("Note"), request.note),
        (tr("Dropped"), "\n".join(manifest.missing)),
    )


def _path(text: str) -> Path:
    return Path(text.strip()).expanduser()


def _pack_trouble(text: str) -> str:
    if not text.strip():
        return tr("Choose a file.")
    return "" if _path(text).exists() else tr("There is no such file.")


def _key_trouble(text: str) -> str:
    if not text.strip() or _path(text).is_file() or is_fingerprint(text):
        return ""
    return tr("Enter an existing file, or a fingerprint of 32 hexadecimal digits.")
