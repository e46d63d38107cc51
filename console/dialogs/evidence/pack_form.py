"""What goes into an evidence pack: title, cameras, people, what is hidden, its case, a note."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from console.bridge import EngineBridge
from engine.model.errors import InputError
from engine.model.history.evidence import Case, HiddenRegion, ListCases, PackRequest, Redaction
from engine.model.snapshot import Snapshot
from widgets.fields.check_list import CheckList
from widgets.fields.form import Field
from widgets.marks.plain_tip import plain_tip
from widgets.translation import tr

_NEW = "new"


class PackForm(QWidget):
    """Signals: changed(): whether it can be made may be otherwise. refused(WatchroomError): what was
    entered, or cases cannot be listed."""

    changed = Signal()
    refused = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        since_ns: int,
        until_ns: int,
        camera_ids: tuple[str, ...] = (),
        person_id: str = "",
        area: HiddenRegion | None = None,
        *,
        of_sites: bool = False,
    ) -> None:
        """`camera_ids`: chosen to begin with; empty: all. `area`: one that is drawn and may be hidden. `of_sites`: cases are
        known by title, as each site has its own, and it is always a ZIP file."""
        super().__init__()
        self._bridge, self._since_ns, self._until_ns, self._area, self._of_sites = bridge, since_ns, until_ns, area, of_sites
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
        self._lay_out()
        self._fill_choices(camera_ids, person_id)
        self._connect_fields()
        self._settle_raw()

    def _lay_out(self) -> None:
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(62)
        self.case_title.setAccessibleName(self.tr("Name of the new case"))
        grid = QGridLayout(self)
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
        self.zipped.setVisible(not self._of_sites)
        self.case_title.hide()

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
        self._bridge.ask(ListCases(), self._show_cases, self.refused.emit, owner=self)

    def _fill_lists(self, snapshot: Snapshot, camera_ids: tuple[str, ...], person_id: str) -> None:
        if snapshot.faces_hidden:
            self.redaction.setCurrentIndex(1)
        names = self._bridge.with_sites({camera.id: camera.name for camera in snapshot.settings.cameras})
        for camera_id, name in names.items():
            self.cameras.add_item(name, camera_id, not camera_ids or camera_id in camera_ids)
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
            key = case.title if self._of_sites else case.id
            if not case.closed and self.case.findData(key) < 0:
                self.case.addItem(case.title, key)

    def _connect_fields(self) -> None:
        self.name.validity_changed.connect(self._note_change)
        self.case.currentIndexChanged.connect(self._note_change)
        self.case_title.textChanged.connect(self._note_change)
        self.cameras.itemChanged.connect(self._note_change)
        self.redaction.currentIndexChanged.connect(self._settle_raw)
        self.hide_area.toggled.connect(self._settle_raw)

    def _note_change(self) -> None:
        self.case_title.setVisible(self.case.currentData() == _NEW)
        self.changed.emit()

    def request(self, case_id: str = "") -> PackRequest:
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

    def chosen_case(self) -> str:
        """Id of the case, or its title with `of_sites`; empty: none, or a new one."""
        chosen = str(self.case.currentData() or "")
        return "" if chosen == _NEW else chosen

    def new_case(self) -> str:
        """Title of the case that is to be made; empty: none."""
        return self.case_title.text().strip() if self.case.currentData() == _NEW else ""

    def is_valid(self) -> bool:
        return self.name.is_valid() and not self.trouble_now()

    def trouble_now(self) -> str:
        """Why it cannot be made as it is, a sentence."""
        if self.cameras.count() and not self.cameras.checked_ids():
            return self.tr("Choose at least one camera.")
        if self.case.currentData() == _NEW and not self.case_title.text().strip():
            return self.tr("Enter a name for the case.")
        return ""

    def refusal(self) -> InputError | None:
        """What is wrong with a valid form all the same, such as a note that is too long."""
        try:
            self.request()
        except InputError as error:
            return error
        return None

    def is_accepted(self) -> bool:
        """Whether a pack can be made of what was entered; where not, what is wrong is shown."""
        if not self.is_valid():
            self.name.reveal()
            return False
        if (error := self.refusal()) is not None:
            self.refused.emit(error)
        return error is None

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


def _title_trouble(text: str) -> str:
    return "" if text.strip() else tr("Enter a title.")
