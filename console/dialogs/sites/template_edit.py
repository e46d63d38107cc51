"""The next version of a template: of the present values of a site, or of an edited text."""

import json
from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from console.courier import Courier
from console.dialogs.frame import FramedDialog
from console.dialogs.setting_words import field_words
from console.sites.template_hub import TemplateHub
from console.words import error_text
from engine.model.errors import InputError, WatchroomError
from engine.model.setting import settings_of
from engine.model.settings import Settings
from engine.model.templates import LONGEST_NAME, LONGEST_NOTE, OrderState, TemplateOrder, TemplateValues, TemplateVersion
from engine.runtime.templates.template_text import read_template, template_text
from engine.runtime.templates.template_values import RULES, central_fields, chosen_values
from widgets.engine_text import translate_engine_text
from widgets.fields.check_list import CheckList
from widgets.fields.elided_combo import ElidedCombo
from widgets.fields.form import Field, FieldGroup, Needed
from widgets.fields.line_editor import LineEditor
from widgets.theme import set_role
from widgets.toml_colors import TomlColors
from widgets.translation import tr

LOOK_MS = 1_000
"""Between two looks whether a site has answered."""
LOOKS = 60
"""After so many, the site counts as not reached."""


class MakeTemplateDialog(FramedDialog):
    """Common to both: it sends a version to the hub, and closes when that has it.

    Signals: saved(TemplateVersion).
    """

    saved = Signal(object)

    def __init__(self, hub: TemplateHub, title: str, lead: str, width: int, parent: QWidget | None) -> None:
        super().__init__(title, lead, width=width, parent=parent)
        self.hub = hub
        self.courier = Courier(self, workers=1)
        self.finished.connect(lambda _result: self.courier.close())
        self.fields = FieldGroup(self)
        self.save_button: QPushButton | None = None

    def add_note(self) -> None:
        hint = tr("Why this version was made. Shown in the list of versions.")
        self.fields.add_field("note", Field(tr("Note (optional)"), hint=hint)).edit().setMaxLength(LONGEST_NOTE)

    def add_save(self, text: str) -> None:
        self.add_cancel()
        self.save_button = self.add_button(text, "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.submit)
        self.fields.submitted.connect(self.submit)

    def submit(self) -> None:
        raise NotImplementedError

    def put(self, name: str, values: TemplateValues) -> None:
        self.set_busy(True)
        note = self.fields.values()["note"]
        self.courier.fetch(partial(self.hub.put, name, values, note), self._put, self.show_refusal)

    def _put(self, version: TemplateVersion) -> None:
        self.saved.emit(version)
        self.accept()

    def show_refusal(self, error: WatchroomError) -> None:
        """A field of the template is named: it is none of this dialog."""
        self.set_busy(False)
        if isinstance(error, InputError) and "." in error.field:
            self.show_trouble(f"{field_words(error.field, Settings())}: {error_text(error)}")
        else:
            self.show_error(error, self.fields)

    def set_busy(self, busy: bool) -> None:
        self.show_trouble("")
        self.fields.setEnabled(not busy)
        assert self.save_button is not None
        self.save_button.setEnabled(not busy)


class TakeTemplateDialog(MakeTemplateDialog):
    """`sites`: names by key. name: of the template, where it is to be its next version."""

    SCROLLS = True

    def __init__(self, hub: TemplateHub, sites: Mapping[str, str], name: str = "", parent: QWidget | None = None) -> None:
        lead = tr("The chosen parts of one site's rules and settings become a template. Nothing changes at the site.")
        super().__init__(hub, tr("New template from a site"), lead, 480, parent)
        named = Field(tr("Name"), Needed(tr("Enter a name.")), placeholder=tr("For example Night rules"))
        self.fields.add_field("name", named).edit().setMaxLength(LONGEST_NAME)
        named.set_value(name)
        self.add_note()
        self.body.addWidget(self.fields)
        self.site = ElidedCombo()
        for key, label in sites.items():
            self.site.addItem(label, key)
        self.add_labelled(tr("&Site"), self.site)
        self.parts = CheckList(tr("Parts"))
        for part in dict.fromkeys(part_of_field(field) for field in central_fields()):
            self.parts.add_item(part_words(part), part, True)
        self.parts.setFixedHeight(9 * self.parts.sizeHintForRow(0))
        self.add_labelled(tr("&Parts"), self.parts)
        self.add_save(tr("C&reate template"))
        self._order: TemplateOrder | None = None
        self._looks = 0
        self._timer = QTimer(self, interval=LOOK_MS, singleShot=True)
        self._timer.timeout.connect(self._look)

    def submit(self) -> None:
        if not self.fields.reveal():
            return
        if not self.parts.checked_ids():
            self.show_trouble(tr("Choose at least one part."))
            return
        self.set_busy(True)
        self._looks = 0
        key = str(self.site.currentData())
        self.courier.fetch(lambda: (self.hub.ask_values(key),), self._take, self.show_refusal)

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.site.setEnabled(not busy)
        self.parts.setEnabled(not busy)
        assert self.save_button is not None
        self.save_button.setText(tr("Asking the site…") if busy else tr("C&reate template"))

    def _look(self) -> None:
        assert self._order is not None
        self._looks += 1
        self.courier.fetch(partial(self.hub.orders, (self._order.id,)), self._take, self.show_refusal)

    def _take(self, orders: tuple[TemplateOrder, ...]) -> None:
        if not orders:
            self._fail(tr("The site did not answer."))
            return
        self._order = orders[0]
        outcome = self._order.outcome
        if outcome.state is OrderState.ANSWERED:
            self._put_values(json.loads(outcome.values))
        elif outcome.state is OrderState.WAITING and self._looks < LOOKS:
            self._timer.start()
        else:
            why = next((translate_engine_text(each.message) for each in outcome.refusals), tr("The site did not answer."))
            self.show_refusal(InputError("", why))

    def _put_values(self, values: TemplateValues) -> None:
        try:
            self.put(self.fields.values()["name"], chosen_values(values, self.parts.checked_ids()))
        except WatchroomError as error:
            self.show_refusal(error)

    def _fail(self, text: str) -> None:
        self.set_busy(False)
        self.show_trouble(text)


class EditTemplateDialog(MakeTemplateDialog):
    """`version`: what the next one is made of. Nothing is lost by saving: the versions before stay."""

    def __init__(self, hub: TemplateHub, name: str, version: TemplateVersion, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("EditTemplateDialog", "Edit {0}").format(name)
        super().__init__(hub, title, tr("Saved as a new version. Sites keep theirs until you apply it."), 0, parent)
        self._name = name
        self.text = LineEditor()
        self.text.setAccessibleName(tr("Template as text"))
        self.text.setPlainText(template_text(version.values))
        self.text.document().setModified(False)
        self._colors = TomlColors(self.text.document())
        hint = QLabel(tr("TOML: settings by their part, one [[rule]] table per rule. A rule replaces the site's rule with the same id."))
        hint.setWordWrap(True)
        set_role(hint, "secondary")
        self.body.addWidget(self.text, 1)
        self.body.addWidget(hint)
        self.add_note()
        self.body.addWidget(self.fields)
        self.add_save(tr("&Save as new version"))
        self.resize(760, 720)

    def submit(self) -> None:
        try:
            values = read_template(self.text.toPlainText())
        except InputError as error:
            self.show_refusal(error)
            return
        self.put(self._name, values)

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.text.setReadOnly(busy)


def part_of_field(field: str) -> str:
    """Rules are a part of their own."""
    return field if field == RULES else field.partition(".")[0]


def part_words(part: str) -> str:
    if part == RULES:
        return tr("Alert rules")
    if part == "alerts":
        return tr("Armed zones, flood limit, escalation")
    return tr(settings_of(Settings)[part].label)
