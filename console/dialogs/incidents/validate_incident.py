"""What an incident really was, said by somebody who looked into it; and its parts, set by hand."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.alerts.commands import EditIncident, ValidateIncident
from engine.model.command import Command
from engine.model.command_terms import NO_TERMS, CommandTerms, terms_from
from engine.model.event import Severity
from engine.model.incidents.incident import LONGEST_DESCRIPTION, SHORTEST_DESCRIPTION, Incident, IncidentCategory
from widgets.incidents.incident_words import category_word, classified_by
from widgets.layout.boxes import make_column
from widgets.number_text import number_text
from widgets.theme import set_role, severity_word
from widgets.translation import inside, tr
from widgets.written_text import WrittenText


class ValidateDialog(SavingDialog):
    """`atlas_on`: whether anybody is told."""

    def __init__(self, bridge: EngineBridge, incident: Incident, atlas_on: bool, parent: QWidget | None = None) -> None:
        lead = tr("Marks the incident as validated, fixes its category and ends the review.")
        told = tr("The result is sent to Atlas.") if atlas_on else tr("Atlas is off; the result stays on this site.")
        super().__init__(bridge, tr("Confirmed category"), f"{lead} {told}", width=520, parent=parent)
        self._incident = incident
        said = incident.classification
        if said is not None:
            by = tr("{0}: {1}.").format(classified_by(said), inside(category_word(said.category)))
            guess = QLabel(by, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            set_role(guess, "secondary")
            self.body.addWidget(guess)
        self.body.addWidget(WrittenText(incident.description if len(incident.description) < 400 else f"{incident.description[:400]}…"))
        self.category = category_box(self.tr("It was"), IncidentCategory(incident.validated_category or incident.category))
        self.body.addWidget(self.category)
        self.add_save(self.tr("&Validate"))
        self.category.setFocus()

    def command(self) -> ValidateIncident:
        return ValidateIncident(self._incident.id, IncidentCategory(self.category.currentData()))

    def terms(self, command: Command) -> CommandTerms:
        it = self._incident
        seen = ValidateIncident(it.id, IncidentCategory(it.validated_category or it.category), it.validated_by)
        return NO_TERMS if self.basis.conflict_shown else terms_from(seen)


class EditIncidentDialog(SavingDialog):
    """Only what is changed is told; it is marked as set by a person from then on."""

    def __init__(self, bridge: EngineBridge, incident: Incident, parent: QWidget | None = None) -> None:
        lead = tr("Edited fields are no longer changed automatically. Reports are not changed.")
        super().__init__(bridge, tr("Edit incident"), lead, width=560, parent=parent)
        self._incident = incident
        self.category = category_box(self.tr("Category"), incident.category)
        self.severity = QComboBox()
        self.severity.setAccessibleName(self.tr("Severity"))
        for severity in sorted(Severity, reverse=True):
            self.severity.addItem(severity_word(severity), severity)
        self.severity.setCurrentIndex(self.severity.findData(incident.severity))
        self.description = QPlainTextEdit(incident.description, tabChangesFocus=True)
        self.description.setAccessibleName(self.tr("Description"))
        self.description.setMinimumHeight(120)
        self.hint = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.description.textChanged.connect(self.refresh)
        for name, part in (
            (self.tr("Category"), self.category),
            (self.tr("Severity"), self.severity),
            (self.tr("Description"), self.description),
        ):
            self.body.addLayout(_labelled(name, part))
        self.body.addWidget(self.hint)
        self.category.currentIndexChanged.connect(self.refresh)
        self.severity.currentIndexChanged.connect(self.refresh)
        self.add_save(self.tr("&Save incident"))

    def command(self) -> EditIncident:
        it, text = self._incident, self._description_text()
        category, severity = IncidentCategory(self.category.currentData()), Severity(self.severity.currentData())
        return EditIncident(
            it.id,
            category=category if category != it.category else None,
            severity=severity if severity != it.severity else None,
            description=text if text != it.description.strip() else None,
        )

    def terms(self, command: Command) -> CommandTerms:
        it = self._incident
        return NO_TERMS if self.basis.conflict_shown else terms_from(EditIncident(it.id, it.category, it.severity, it.description))

    def is_valid(self) -> bool:
        length = len(self._description_text())
        fits = SHORTEST_DESCRIPTION <= length <= LONGEST_DESCRIPTION
        set_role(self.hint, "secondary" if fits else "error")
        said = self.tr("{0} characters; {1} to {2} are needed")
        self.hint.setText(said.format(*map(number_text, (length, SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION))))
        return super().is_valid() and fits and self.command() != EditIncident(self._incident.id)

    def _description_text(self) -> str:
        return self.description.toPlainText().strip()


def category_box(name: str, chosen: IncidentCategory) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for category in IncidentCategory:
        box.addItem(category_word(category), category)
    box.setCurrentIndex(box.findData(chosen))
    box.setMaxVisibleItems(12)
    return box


def _labelled(name: str, part: QWidget) -> QVBoxLayout:
    column = make_column(spacing=4)
    column.addWidget(QLabel(name, textFormat=Qt.TextFormat.PlainText))
    column.addWidget(part)
    return column
