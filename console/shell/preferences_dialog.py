"""How one user wants the screen; everything but another language is taken over at once, and Close only closes."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QPushButton, QSlider, QWidget

from console.dialogs.frame import FramedDialog
from console.shell.preferences import Preferences
from console.sound.sound_choice import SoundChoice
from widgets.look import TEXT_PERCENT, THEMES, current_look
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import LANGUAGES, tr


class PreferencesDialog(FramedDialog):
    """`show_shortcuts`, `show_sounds`: where the rest of what a user can choose is; `more`: what is chosen here besides."""

    SCROLLS = True

    def __init__(
        self,
        preferences: Preferences,
        show_shortcuts: Callable[[], object],
        show_sounds: Callable[[], object],
        parent: QWidget | None = None,
        more: QWidget | None = None,
    ) -> None:
        lead = tr("For you, on this screen. Changes apply immediately; another language applies at the next sign-in or start.")
        super().__init__(tr("Preferences"), lead, width=520, parent=parent)
        self._preferences = preferences
        self.theme = _combo(tr("Theme"), [(theme_word(theme), theme) for theme in THEMES])
        self.text = _combo(tr("Size of text"), [(f"{size} %", size) for size in TEXT_PERCENT])
        self.language = _combo(tr("Language"), [(name, code) for code, name in language_names().items()])
        self.language_note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.still = QCheckBox(tr("&Reduced motion: nothing moves on its own"))
        self.volume = with_properties(
            QSlider(Qt.Orientation.Horizontal), minimum=0, maximum=100, pageStep=10, accessibleName=tr("Camera volume")
        )
        self.muted = QCheckBox(tr("M&ute cameras that are listened to"))
        self.shortcuts = QPushButton(tr("&Keyboard shortcuts…"))
        self.sounds = QPushButton(tr("&Sounds of alerts…"))
        self.more = more
        self._build()
        self.show_look()
        self._connect(show_shortcuts, show_sounds)
        self.theme.setFocus()

    def _build(self) -> None:
        form = QFormLayout()
        form.setSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for text, field in ((tr("&Theme"), self.theme), (tr("Size of te&xt"), self.text), (tr("&Language"), self.language)):
            form.addRow(text, field)
        form.addRow("", self.language_note)
        form.addRow("", self.still)
        form.addRow(tr("&Volume of cameras"), self.volume)
        form.addRow("", self.muted)
        note = QLabel(tr("Ctrl+K finds each of these by name. Times are site time."), wordWrap=True)
        set_role(note, "secondary")
        set_role(self.language_note, "strong")
        self.body.addLayout(form)
        self.body.addWidget(note)
        if self.more is not None:
            self.body.addWidget(self.more)
        self.body.addWidget(self.shortcuts)
        self.body.addWidget(self.sounds)
        self.add_cancel(tr("Cl&ose"))

    def _connect(self, show_shortcuts: Callable[[], object], show_sounds: Callable[[], object]) -> None:
        for box in (self.theme, self.text, self.language):
            box.activated.connect(self._apply_look)
        self.still.clicked.connect(self._apply_look)
        self.volume.valueChanged.connect(self._take_sound)
        self.muted.clicked.connect(self._take_sound)
        self.shortcuts.clicked.connect(show_shortcuts)
        self.sounds.clicked.connect(self.accept)
        self.sounds.clicked.connect(show_sounds)
        self._preferences.changed.connect(self.show_look)

    def show_look(self) -> None:
        now = self._preferences.chosen_look()
        for box, value in ((self.theme, now.theme), (self.text, now.text_percent), (self.language, now.language)):
            box.setCurrentIndex(max(0, box.findData(value)))
        self.language_note.setText(self._preferences.language_note())
        self.language_note.setVisible(bool(self.language_note.text()))
        self.still.setChecked(now.reduced_motion)
        sound = self._preferences.sound()
        with QSignalBlocker(self.volume):
            self.volume.setValue(sound.volume)
        self.muted.setChecked(sound.muted)

    def _take_sound(self) -> None:
        self._preferences.set_sound(SoundChoice(self.volume.value(), self.muted.isChecked()))

    def _apply_look(self) -> None:
        self._preferences.set_look(
            replace(
                current_look(),
                theme=self.theme.currentData(),
                text_percent=self.text.currentData(),
                reduced_motion=self.still.isChecked(),
                language=self.language.currentData(),
            )
        )


def language_names() -> dict[str, str]:
    """By code; empty: that of this machine."""
    return {"": tr("This machine's"), **LANGUAGES}


def theme_word(theme: str) -> str:
    return {"dark": tr("Dark"), "light": tr("Light"), "contrast": tr("High contrast")}[theme]


def _combo(name: str, choices: list[tuple[str, object]]) -> QComboBox:
    box = with_properties(QComboBox(), accessibleName=name)
    for text, value in choices:
        box.addItem(text, value)
    return box
