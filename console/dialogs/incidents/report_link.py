"""A new link to the report page: what it is for, then the link and its QR code, which are shown only here."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLabel, QLineEdit, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import LeaveQuestion
from console.dialogs.incidents.qr_code import QrCode, poster_image, print_poster
from console.dialogs.saving import SavingDialog
from engine.model.incidents.report_page import LONGEST_LABEL, CreateReportLink
from widgets.fields.form import Field
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.number_text import number_text
from widgets.translation import tr

_DAYS: tuple[float | None, ...] = (1.0, 7.0, 30.0, 90.0, 365.0, None)
_USUAL = 90.0


class ReportLinkDialog(SavingDialog):
    """`address`: of the engine as phones reach it, without `/report`."""

    def __init__(self, bridge: EngineBridge, address: str, parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("New link"), tr("Anyone with the link can report."), width=480, parent=parent)
        self._address = address
        self._is_taken = False  # the link was copied, saved or printed
        self.fields.add_field("label", Field(tr("&Where it is given out"), _label_trouble, tr("Such as the notice board at the gate")))
        self.days = QComboBox()
        for days in _DAYS:
            self.days.addItem(_days_text(days), days)
        self.days.setCurrentIndex(self.days.findData(_USUAL))
        self._form = QWidget()
        column = make_column(self._form, margins=NO_MARGINS)
        column.addWidget(self.fields)
        label = QLabel(tr("&Expires"), textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(self.days)
        column.addWidget(label)
        column.addWidget(self.days)
        self._made = self._build_made()
        self.body.addWidget(self._form)
        self.body.addWidget(self._made)
        self._made.hide()
        self.add_save(tr("Create &link"))

    def _build_made(self) -> QWidget:
        made = QWidget()
        self.code = QrCode()
        self.link = QLineEdit(readOnly=True)
        self.link.setAccessibleName(tr("The link"))
        self.copy = QPushButton(icon("copy"), tr("Cop&y"))
        self.keep = QPushButton(icon("download"), tr("&Save picture…"))
        self.print = QPushButton(tr("&Print…"))
        for button, act in ((self.copy, self._copy), (self.keep, self._save_picture), (self.print, self._print)):
            button.setAutoDefault(False)
            button.clicked.connect(act)
        line = make_row(spacing=8)
        line.addWidget(self.link, 1)
        line.addWidget(self.copy)
        tools = make_row(spacing=8)
        tools.addStretch()
        tools.addWidget(self.keep)
        tools.addWidget(self.print)
        tools.addStretch()
        said = QLabel(tr("Copy, save or print it now: the link is shown only this once."), wordWrap=True)
        column = make_column(made, margins=NO_MARGINS)
        column.addWidget(self.code, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(said)
        column.addLayout(line)
        column.addLayout(tools)
        return made

    def command(self) -> CreateReportLink:
        return CreateReportLink(self.fields.values()["label"].strip(), self.days.currentData())

    def done_with(self, outcome: str) -> None:
        """The token, which goes into the fragment: browsers send that to nobody."""
        link = f"{self._address}/report#{outcome}"
        self.link.setText(link)
        self.link.setCursorPosition(0)
        self.code.show_text(link)
        self.code.setAccessibleName(tr("QR code of {0}").format(link))
        self._form.hide()
        self._made.show()
        self.save.hide()
        self.cancel.setText(tr("Cl&ose"))
        self.cancel.clicked.disconnect(self.reject)
        self.cancel.clicked.connect(self.leave)
        self.copy.setFocus()

    def leave_question(self) -> LeaveQuestion | None:
        """Once it is closed nobody can show the link again."""
        if not self.link.text():
            return super().leave_question()
        if self._is_taken:
            return None
        said = tr("It is shown only this once. Copy, save or print it first.")
        return LeaveQuestion(tr("Close without taking the link?"), said, tr("&Close"), tr("&Keep open"))

    def _copy(self) -> None:
        self._is_taken = True
        QGuiApplication.clipboard().setText(self.link.text())
        self.copy.setText(tr("Copied"))

    def _save_picture(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Save picture"), "report-link.png", f"{tr('Pictures')} (*.png)")
        if not name:
            return
        if poster_image(self.link.text(), self.poster_title(), self.link.text()).save(name):
            self._is_taken = True
        else:
            self.show_trouble(tr("The picture could not be saved there. Choose another folder."))

    def _print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # only now: a start of the console does not wait for it

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            print_poster(printer, self.link.text(), self.poster_title(), self.link.text())
            self._is_taken = True

    def poster_title(self) -> str:
        snapshot = self.bridge.snapshot
        name = "" if snapshot is None else snapshot.settings.site_name
        return "\n".join(part for part in (name, tr("Report an incident")) if part)


def _days_text(days: float | None) -> str:
    if days is None:
        return tr("Never")
    return tr("In {0} days").format(number_text(days, "g")) if days > 1 else tr("Tomorrow")


def _label_trouble(text: str) -> str:
    if not text.strip():
        return tr("Say where the link is given out.")
    return tr("Use at most {0} characters.").format(LONGEST_LABEL) if len(text.strip()) > LONGEST_LABEL else ""
