"""An evidence pack: what goes into it, how far it is, where it lies, and whether it is what was signed."""

import os
from datetime import tzinfo
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QProgressBar, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.feeds.pack_making import PackMaking
from console.pack_files import check_pack
from engine.model.errors import InputError, WatchroomError
from engine.model.history.evidence import Case, HiddenRegion, ListCases, Pack, PackRequest, Redaction
from engine.model.snapshot import Job, Snapshot
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.signers import Signer
from engine.runtime.evidence.verify import PackVerdict
from widgets.fields.check_list import CheckList
from widgets.fields.form import Field
from widgets.marks.notice import Notices
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.size_text import size_text
from widgets.theme import set_role
from widgets.timeline.timeline_words import stretch_text
from widgets.translation import tr

_NEW = "new"


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
        self._bridge, self._since_ns, self._until_ns = bridge, since_ns, until_ns
        self._making, self._area = PackMaking(bridge), area
        self._pack: Pack | None = None
        self._path: Path | None = None
        self._busy = False
        self._raw_wanted = True
        self.name = Field(self.tr("&Title"), _title_trouble, placeholder=self.tr("Title of the report"))
        self.note = QPlainTextEdit()
        self.case = QComboBox()
        self.case_title = QLineEdit(placeholderText=self.tr("Name of the new case"))
        self.cameras, self.persons = CheckList(self.tr("Cameras")), CheckList(self.tr("People concerned"))
        self.redaction = QComboBox()
        self.hide_area = QCheckBox(self.tr("&Hide the selected area"))
        self.raw = QCheckBox(self.tr("Include sensor recordings, so that the pack can be re-run"))
        self.zipped = QCheckBox(self.tr("Export as a single ZIP file"))
        self.progress = QProgressBar()
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.outcome = Notices()
        self._build_inputs()
        self._fill_choices(camera_ids, person_id)
        self._connect_inputs()
        self._settle_raw()
        self._enable_make()
        self.name.setFocus()

    def _build_inputs(self) -> None:
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(62)
        self.case_title.setAccessibleName(self.tr("Name of the new case"))
        self._inputs = QWidget()
        grid = QGridLayout(self._inputs)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.name, 0, 0, 1, 2)
        rows: tuple[tuple[str, QWidget, str, QWidget], ...] = (
            (self.tr("Cam&eras"), self.cameras, self.tr("&People concerned"), self.persons),
            (self.tr("&Faces"), self.redaction, self.tr("C&ase"), self.case),
        )
        for number, (left, first, right, second) in enumerate(rows):
            for column, (text, widget) in enumerate(((left, first), (right, second))):
                label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
                label.setBuddy(widget)
                widget.setAccessibleName(text.replace("&", ""))
                grid.addWidget(label, 1 + 2 * number, column)
                grid.addWidget(widget, 2 + 2 * number, column)
        for box in (self.cameras, self.persons):
            box.setFixedHeight(96)
        grid.addWidget(self.hide_area, 5, 0)
        grid.addWidget(self.case_title, 5, 1)
        note = QLabel(self.tr("&Note"))
        note.setBuddy(self.note)
        grid.addWidget(note, 6, 0)
        grid.addWidget(self.note, 7, 0, 1, 2)
        grid.addWidget(self.raw, 8, 0, 1, 2)
        grid.addWidget(self.zipped, 9, 0, 1, 2)
        self.body.addWidget(self._inputs)
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
        for part in (self.progress, self.words, self.open_button, self.verify_button, self.all_button, self.cancel_button, self.case_title):
            part.hide()

    def _fill_choices(self, camera_ids: tuple[str, ...], person_id: str) -> None:
        for redaction, text in ((Redaction.NONE, self.tr("Visible, as recorded")), (Redaction.FACES, self.tr("All hidden"))):
            self.redaction.addItem(text, redaction.value)
        self.case.addItem(self.tr("No case"), "")
        self.case.addItem(self.tr("New case…"), _NEW)
        self.raw.setChecked(self._raw_wanted)
        self.zipped.setChecked(True)
        self.hide_area.setEnabled(self._area is not None)
        self.hide_area.setToolTip(plain_tip(self._area_tip()))
        snapshot = self._bridge.snapshot
        if snapshot is not None:
            self._fill_lists(snapshot, camera_ids, person_id)
        self._bridge.ask(ListCases(), self._show_cases, self.show_error, owner=self)

    def _fill_lists(self, snapshot: Snapshot, camera_ids: tuple[str, ...], person_id: str) -> None:
        if snapshot.faces_hidden:
            self.redaction.setCurrentIndex(1)
        for camera in snapshot.settings.cameras:
            self.cameras.add_item(camera.name, camera.id, not camera_ids or camera.id in camera_ids)
        for person in snapshot.people.persons:
            self.persons.add_item(person.name, person.id, person.id == person_id)
        if not snapshot.people.persons:
            self.persons.addItem(self.tr("No people on file"))
            self.persons.item(0).setFlags(Qt.ItemFlag.NoItemFlags)

    def _area_tip(self) -> str:
        if self._area is None:
            return self.tr("Select an area in the picture first: Area (X) on Investigate.")
        snapshot = self._bridge.snapshot
        camera = snapshot.settings.camera(self._area.camera_id) if snapshot is not None else None
        name = camera.name if camera is not None else self._area.camera_id
        return self.tr("The rectangle around it in pictures of {0} is hidden.").format(name)

    def _show_cases(self, cases: tuple[Case, ...]) -> None:
        for case in cases:
            if not case.closed:
                self.case.addItem(case.title, case.id)

    def _connect_inputs(self) -> None:
        self.name.validity_changed.connect(self._enable_make)
        self.case.currentIndexChanged.connect(self._enable_make)
        self.redaction.currentIndexChanged.connect(self._settle_raw)
        self.hide_area.toggled.connect(self._settle_raw)
        self.case_title.textChanged.connect(self._enable_make)
        self.cameras.itemChanged.connect(self._enable_make)
        self.make_button.clicked.connect(self.make)
        self.open_button.clicked.connect(self._open_folder)
        self.verify_button.clicked.connect(self.verify)
        self.all_button.clicked.connect(self._show_all)
        self.cancel_button.clicked.connect(self._cancel)
        self._making.progressed.connect(self._progressed)
        self._making.made.connect(self._show_finished_pack)
        self._making.failed.connect(self._show_pack_failure)

    # what goes in

    def request(self, case_id: str) -> PackRequest:
        """Raises InputError."""
        cameras = self.cameras.checked_ids()
        return PackRequest(
            since_ns=self._since_ns,
            until_ns=self._until_ns,
            title=self.name.value().strip(),
            note=self.note.toPlainText().strip(),
            camera_ids=() if len(cameras) == self.cameras.count() else cameras,
            person_ids=self.persons.checked_ids(),
            case_id=case_id,
            redaction=Redaction(str(self.redaction.currentData())),
            hidden=(self._area,) if self._area is not None and self.hide_area.isChecked() else (),
            raw=self.raw.isChecked(),
            zipped=self.zipped.isChecked(),
        )

    def trouble_now(self) -> str:
        """Why it cannot be made as it is, a sentence."""
        if self.cameras.count() and not self.cameras.checked_ids():
            return self.tr("Choose at least one camera.")
        if self.case.currentData() == _NEW and not self.case_title.text().strip():
            return self.tr("Enter a name for the case.")
        return ""

    def raw_trouble(self) -> str:
        """Why the recordings of the sensors cannot go with it, a sentence."""
        if self._bridge.session.cameras is not None:
            return self.tr("Sensor recordings cover all cameras; your account is limited to some. The pack cannot be re-run.")
        if str(self.redaction.currentData()) != Redaction.NONE:
            return self.tr("Sensor recordings identify everyone and are left out when faces are hidden. The pack cannot be re-run.")
        if self.hide_area.isChecked():
            return self.tr("Sensor recordings identify everyone and are left out when an area is hidden. The pack cannot be re-run.")
        return ""

    def _settle_raw(self) -> None:
        """What was ticked comes back with what was hidden."""
        trouble = self.raw_trouble()
        if trouble and self.raw.isEnabled():
            self._raw_wanted = self.raw.isChecked()
        self.raw.setChecked(self._raw_wanted and not trouble)
        self.raw.setEnabled(not trouble)
        self.raw.setToolTip(plain_tip(trouble))

    def make(self) -> None:
        if self._busy or not self.name.is_valid() or self.trouble_now():
            self.name.reveal()
            return
        try:
            self.request("")
        except InputError as error:
            self.show_error(error)
            return
        self._set_busy(True)
        self.show_trouble("")
        self.progress.setRange(0, 0)
        self.progress.show()
        self.cancel_button.setEnabled(True)
        self.cancel_button.show()
        self._show_words(self.tr("Collecting the recordings…"))
        chosen = str(self.case.currentData() or "")
        if chosen == _NEW:
            self._making.start(self.request(""), self.case_title.text().strip())
        else:
            self._making.start(self.request(chosen))

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
        self._inputs.hide()
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

    def _verified(self, verdict: PackVerdict) -> None:
        self._set_busy(False)
        self.progress.hide()
        self.outcome.set_notices(verdict_notices(verdict))

    def _open_folder(self) -> None:
        if self._path is not None:
            folder = self._path if self._path.is_dir() else self._path.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(os.fspath(folder)))

    def _show_words(self, text: str) -> None:
        self.words.setText(text)
        self.words.setVisible(bool(text))
        set_role(self.words, "secondary")

    def busy_now(self) -> bool:
        return self._busy

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._inputs.setEnabled(not busy)
        self._enable_make()

    def _enable_make(self) -> None:
        self.case_title.setVisible(self.case.currentData() == _NEW)
        trouble = self.trouble_now()
        self.make_button.setEnabled(self.name.is_valid() and not trouble and not self._busy)
        self.make_button.setToolTip(plain_tip(trouble))
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


def verdict_notices(verdict: PackVerdict) -> tuple[tuple[str, str], ...]:
    """What checking a pack came to, the worst first."""
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


def _title_trouble(text: str) -> str:
    return "" if text.strip() else tr("Enter a title.")
