"""An evidence pack: what goes into it, how far it is, where it lies, and whether it is what was signed."""

from datetime import tzinfo
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from console.bridge import EngineBridge
from console.dialogs.evidence.pack_folder import open_pack_folder
from console.dialogs.evidence.pack_form import PackForm
from console.dialogs.frame import FramedDialog
from console.feeds.pack_making import PackMaking
from console.pack_files import check_pack
from engine.model.errors import WatchroomError
from engine.model.history.evidence import HiddenRegion, Pack
from engine.model.snapshot import Job
from engine.recording.pack.combined import MissingPart
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.signers import Signer
from engine.runtime.evidence.verify import PackVerdict
from engine.runtime.evidence.verify_combined import CombinedVerdict
from widgets.marks.notice import Notices
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.size_text import size_text
from widgets.theme import set_role
from widgets.timeline.timeline_words import stretch_text
from widgets.translation import tr


class EvidencePackDialog(FramedDialog):
    """Stays open: first what goes in, then what was made of it. For those who may export.

    Signals:
        goes_on(PackMaking): closed while the pack is being made, which goes on. packs_wanted(pack id): all packs are to be shown.
    """

    CHOICES_ARE_WORK = True

    goes_on = Signal(object)
    packs_wanted = Signal(str)

    def __init__(
        self,
        bridge: EngineBridge,
        since_ns: int,
        until_ns: int,
        zone: tzinfo | None,
        camera_ids: tuple[str, ...] = (),
        person_id: str = "",
        area: HiddenRegion | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`camera_ids`: chosen to begin with; empty: all. `area`: one that is drawn and may be hidden."""
        super().__init__(_title(), stretch_text(since_ns, until_ns, zone), width=640, parent=parent)
        self._bridge, self._making = bridge, PackMaking(bridge)
        self._pack: Pack | None = None
        self._path: Path | None = None
        self._busy = False
        self.form = PackForm(bridge, since_ns, until_ns, camera_ids, person_id, area)
        self.progress = QProgressBar()
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.outcome = Notices()
        self._lay_out()
        self._connect_parts()
        self._enable_make()
        self.form.name.setFocus()

    def _lay_out(self) -> None:
        self.body.addWidget(self.form)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.words)
        self.body.addWidget(self.outcome)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_button = self.add_button(self.tr("&Open folder"), at_left=True)
        self.verify_button = self.add_button(self.tr("&Verify and re-run"), at_left=True)
        self.all_button = self.add_button(self.tr("A&ll packs…"), at_left=True)
        self.cancel_button = self.add_button(self.tr("Cance&l"), at_left=True)
        self.close_button = self.add_cancel(self.tr("&Close"))
        self.make_button = self.add_button(self.tr("C&reate pack"), "primary")
        self.make_button.setDefault(True)
        for part in (self.progress, self.words, self.open_button, self.verify_button, self.all_button, self.cancel_button):
            part.hide()

    def _connect_parts(self) -> None:
        self.form.changed.connect(self._enable_make)
        self.form.refused.connect(self.show_error)
        self.make_button.clicked.connect(self.make)
        self.open_button.clicked.connect(self._open_folder)
        self.verify_button.clicked.connect(self.verify)
        self.all_button.clicked.connect(self._show_all)
        self.cancel_button.clicked.connect(self._cancel)
        self._making.progressed.connect(self._progressed)
        self._making.made.connect(self._show_finished_pack)
        self._making.failed.connect(self._show_pack_failure)

    def make(self) -> None:
        if self._busy or not self.form.is_accepted():
            return
        self._set_busy(True)
        self.show_trouble("")
        self.progress.setRange(0, 0)
        self.progress.show()
        self.cancel_button.setEnabled(True)
        self.cancel_button.show()
        self._show_words(self.tr("Collecting the recordings…"))
        self._making.start(self.form.request(self.form.chosen_case()), self.form.new_case())

    def _progressed(self, job: Job) -> None:
        self.progress.setRange(0, job.total)
        self.progress.setValue(job.done)
        now = job.message or self.tr("Creating the pack…")
        self._show_words(
            "\n".join((now, self.tr("You can close this window. The export continues, and a message appears when it is done.")))
        )

    def _cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self._making.cancel()

    def _show_pack_failure(self, why: str) -> None:
        self._rest()
        self._show_words("")
        self.show_trouble(why)

    def _show_pack_error(self, error: WatchroomError) -> None:
        self._rest()
        self._show_words("")
        self.show_error(error)

    def _rest(self) -> None:
        """Nothing is under way any more."""
        self._set_busy(False)
        self.progress.hide()
        self.cancel_button.hide()

    # what was made

    def _show_finished_pack(self, pack: Pack) -> None:
        self._rest()
        self._pack = pack
        self.form.hide()
        self.make_button.hide()
        self.all_button.show()
        pack_id, port = pack.id, self._bridge.port
        self._show_pack(pack, None)
        self._bridge.fetch(partial(port.pack_file, pack_id), partial(self._show_pack_path, pack), self.show_error, owner=self)

    def _show_pack_path(self, pack: Pack, path: Path) -> None:
        self._path = path
        self._show_pack(pack, path)
        self.open_button.show()
        self.verify_button.show()
        self.verify_button.setFocus()

    def _show_pack(self, pack: Pack, path: Path | None) -> None:
        self.heading.setText(pack.request.title)
        lines = (
            self.tr("Saved to {0}").format(path if path is not None else pack.file),
            self.tr("{0}, SHA-256 of the manifest {1}").format(size_text(pack.size_bytes), pack.manifest_sha256),
        )
        self._show_words("\n".join(lines))
        made = (self.tr("The pack is created and signed."), "good")
        self.outcome.set_notices((made, *((text, "moderate") for text in pack.missing)))

    def verify(self) -> None:
        """Every byte, the signature, and the record in it, if there is one, run again: on this machine, beside the screen."""
        path, pack = self._path, self._pack
        if self._busy or path is None or pack is None:
            return
        self._set_busy(True)
        self.progress.setRange(0, 0)
        self.progress.show()
        self._bridge.fetch(partial(check_pack, path, made_as=pack.manifest_sha256), self._verified, self._show_pack_error, owner=self)

    def _verified(self, verdict: PackVerdict | CombinedVerdict) -> None:
        self._set_busy(False)
        self.progress.hide()
        self.outcome.set_notices(verdict_notices(verdict))

    def _open_folder(self) -> None:
        if self._path is not None:
            self.show_trouble(open_pack_folder(self._path))

    def _show_words(self, text: str) -> None:
        self.words.setText(text)
        self.words.setVisible(bool(text))
        set_role(self.words, "secondary")

    def busy_now(self) -> bool:
        return self._busy

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.form.setEnabled(not busy)
        self._enable_make()

    def _enable_make(self) -> None:
        self.make_button.setEnabled(self.form.is_valid() and not self._busy)
        self.make_button.setToolTip(plain_tip(self.form.trouble_now()))
        self.verify_button.setEnabled(not self._busy)

    def _show_all(self) -> None:
        if self._pack is not None:
            self.packs_wanted.emit(self._pack.id)
            self.reject()

    def has_unsaved_work(self) -> bool:
        """Once it is being made, closing discards nothing."""
        return not self._making.running and self._pack is None and super().has_unsaved_work()

    def reject(self) -> None:
        """What is being made goes on: whoever opened this follows it."""
        if self._making.running:
            self.goes_on.emit(self._making)
        else:
            self._making.deleteLater()
        super().reject()


def verdict_notices(verdict: PackVerdict | CombinedVerdict) -> tuple[tuple[str, str], ...]:
    """What checking a pack came to, the worst first."""
    return _pack_notices(verdict) if isinstance(verdict, PackVerdict) else _combined_notices(verdict)


def _combined_notices(verdict: CombinedVerdict) -> tuple[tuple[str, str], ...]:
    said = [(text, "critical") for text in verdict.wrong]
    for part in verdict.parts:
        own = () if part.verdict is None else _pack_notices(part.verdict)
        notices = (*((text, "critical") for text in part.wrong), *own)
        said += [(tr("{0}: {1}").format(part.site, text), level) for text, level in notices]
    return (*said, *missing_notices(verdict.missing))


def missing_notices(missing: tuple[MissingPart, ...]) -> tuple[tuple[str, str], ...]:
    """Sites that are not in a combined pack."""
    text = tr("{0} is not in the pack: {1}")
    return tuple((text.format(part.site, part.reason), "moderate") for part in missing)


def _pack_notices(verdict: PackVerdict) -> tuple[tuple[str, str], ...]:
    said = [(text, "critical") for text in verdict.wrong]
    if verdict.bytes:
        said.append((tr("All files match the manifest."), "good"))
    if verdict.signature:
        known = tr("The manifest is signed by a known key: {0}."), "good"
        unknown = (
            tr("Signed by an unknown key. Compare its fingerprint with that of the site before you rely on this pack: {0}."),
            "moderate",
        )
        text, level = unknown if verdict.signer is Signer.UNKNOWN else known
        said.append((text.format(fingerprint(verdict.key)), level))
    if verdict.rerun is not None and verdict.rerun.good:
        text = tr("Re-run: the same {0} decisions with the same scores, in {1} s.")
        said.append((text.format(verdict.rerun.decisions, number_text(verdict.rerun.seconds, ".1f")), "good"))
    if verdict.unrun:
        said.append((verdict.unrun, "moderate"))
    if verdict.rerun is not None:
        said += [(text, "moderate") for text in verdict.rerun.missing]
    return tuple(said)


def _title() -> str:
    return tr("Evidence pack")
