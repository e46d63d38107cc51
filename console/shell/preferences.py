"""How one user wants the screen: theme, size of text, motion, language, keys. Kept in `console.ini`, taken over at once.

Another language is taken over whole at the next sign-in or start: windows that are open would speak two.
The theme that was last in use on this screen is the one of the sign-in window too.
"""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from console.palette.commands_catalogue import KeyChoices
from console.session.remembered import Remembered
from console.sound.sound_choice import SoundChoice, keep_choice, kept_choice
from widgets.fields.change_look import change_look
from widgets.look import TEXT_PERCENT, THEMES, Look, current_look
from widgets.translation import LANGUAGES, language_on_screen, of_this_machine, tr, use_language

_RECENT = 12
_ANYBODY = "anybody"
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_FadeTooltip,
)


class Preferences(QObject):
    """One user's. UI thread.

    Signals: changed(): the look is another one. language_chosen(str): from a command; says when it comes.
    """

    changed = Signal()
    language_chosen = Signal(str)

    def __init__(self, remembered: Remembered, user_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._remembered, self._prefix = remembered, f"look-{user_id}"
        self.keys = KeyChoices(remembered, user_id)
        self._user_id = user_id

    def look(self) -> Look:
        return kept_look(self._remembered, self._prefix)

    def apply(self) -> None:
        """Take over what is kept, the language too: before anything of a window is built."""
        use_look(self.look())
        self.changed.emit()

    def chosen_look(self) -> Look:
        """What is on screen, but the language is the chosen one, which may still be to come."""
        return replace(current_look(), language=self.look().language)

    def set_look(self, wanted: Look) -> None:
        for prefix in (self._prefix, f"look-{_ANYBODY}"):
            keep_look(self._remembered, prefix, wanted)
        self._remembered.flush()
        use_look(replace(wanted, language=current_look().language))
        self.changed.emit()

    def set_language(self, language: str) -> None:
        self.set_look(replace(self.chosen_look(), language=language))
        self.language_chosen.emit(self.language_note() or tr("The console stays in {0}.").format(LANGUAGES[language_on_screen()]))

    def language_note(self) -> str:
        """When the chosen language comes; empty: it is on screen."""
        coming = self.look().language or of_this_machine()
        if coming == language_on_screen():
            return ""
        return tr("The whole console changes to {0} when you next sign in or start it.").format(LANGUAGES[coming])

    def set_theme(self, theme: str) -> None:
        self.set_look(replace(self.chosen_look(), theme=theme))

    def step_text(self, by: int) -> None:
        """The next size of text up or down; 0: the usual one."""
        sizes = TEXT_PERCENT
        now = min(range(len(sizes)), key=lambda n: abs(sizes[n] - current_look().text_percent))
        wanted = 100 if by == 0 else sizes[max(0, min(len(sizes) - 1, now + by))]
        self.set_look(replace(self.chosen_look(), text_percent=wanted))

    def sound(self) -> SoundChoice:
        """How loud cameras are that are listened to."""
        return kept_choice(self._remembered, self._user_id)

    def set_sound(self, choice: SoundChoice) -> None:
        keep_choice(self._remembered, self._user_id, choice)

    def recent(self) -> tuple[str, ...]:
        """What was run from the palette lately, the last first."""
        return tuple(filter(None, self._remembered.text(f"palette-{self._user_id}").split("\t")))

    def ran(self, action_id: str) -> None:
        kept = [action_id, *(each for each in self.recent() if each != action_id)]
        self._remembered.put(f"palette-{self._user_id}", "\t".join(kept[:_RECENT]))


def last_look(remembered: Remembered) -> Look:
    """Of whoever used this screen last, for the windows before somebody has signed in."""
    return kept_look(remembered, f"look-{_ANYBODY}")


def kept_look(remembered: Remembered, prefix: str) -> Look:
    """What is kept, where it makes sense; the usual look otherwise."""
    language = remembered.text(f"{prefix}/language")
    theme, percent = remembered.text(f"{prefix}/theme", "dark"), remembered.number(f"{prefix}/text", 100)
    return Look(
        theme if theme in THEMES else "dark",
        percent if TEXT_PERCENT[0] <= percent <= TEXT_PERCENT[-1] else 100,
        remembered.flag(f"{prefix}/still", False),
        language if language in LANGUAGES else "",
    )


def keep_look(remembered: Remembered, prefix: str, wanted: Look) -> None:
    remembered.put(f"{prefix}/theme", wanted.theme)
    remembered.put(f"{prefix}/text", wanted.text_percent)
    remembered.put(f"{prefix}/still", wanted.reduced_motion)
    remembered.put(f"{prefix}/language", wanted.language)


def use_look(wanted: Look) -> None:
    use_language(wanted.language)
    app = QApplication.instance()
    if isinstance(app, QApplication):
        change_look(app, wanted)
        for effect in _EFFECTS:
            app.setEffectEnabled(effect, False if wanted.reduced_motion else app.isEffectEnabled(effect))
