"""The catalogue of one main window: its own actions, its pages', what is on screen to be clicked, and what the site has."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import open_dialog
from console.pages.page import Page
from console.pages.registry import PageEntry
from console.palette.commands_catalogue import EVERYWHERE, Action, FixedKeys, blocked, set_keys, written_keys
from console.palette.commands_catalogue_buttons import button_actions
from console.palette.palette import Entry, Palette
from console.palette.shortcuts import ShortcutsDialog
from console.palette.sources import site_actions
from console.searching.record_search import RecordSearch
from console.shell.page_shelf import PageShelf
from console.shell.preferences import Preferences
from console.shell.preferences_dialog import PreferencesDialog, language_names, theme_word
from engine.model.value_class import dataclass
from widgets.look import THEMES, current_look
from widgets.translation import tr

_LANGUAGE_WORDS = "language Sprache"  # found by whoever reads one of them only, whatever the screen speaks
_NAMES_ELSEWHERE = {"de": "German", "en": "Englisch"}
_IDLE_MS = 2_000  # after the start: the first page and its pictures come first
_BREATH_MS = 150  # between two pages that are built before anybody asks for them, at least
_BREATHS = 12  # and so many times as long as the last one took: what happens meanwhile has to be painted


@dataclass(frozen=True, slots=True)
class WindowParts:
    """What the catalogue needs of the window. `extra`: actions of the window's own, such as signing out; `more_choices`: what
    the preferences hold besides."""

    window: QWidget
    bridge: EngineBridge
    entries: tuple[PageEntry, ...]
    pages: PageShelf
    show_page: Callable[[str], object]
    visit: Callable[[str, str], object]
    show_sounds: Callable[[], object]
    extra: tuple[Action, ...] = ()
    more_choices: Callable[[], QWidget] | None = None


def _language_words(code: str) -> str:
    return f"{_LANGUAGE_WORDS} {_NAMES_ELSEWHERE.get(code, '')}"


def _why_not_language(preferences: Preferences, code: str) -> str:
    return tr("It is chosen.") if preferences.look().language == code else ""


def _why_not_theme(theme: str) -> str:
    return tr("It is in use.") if current_look().theme == theme else ""


class WindowCatalogue(QObject):
    """Keys, palette, shortcuts window and preferences of one signed-in user. UI thread."""

    def __init__(self, parts: WindowParts, preferences: Preferences) -> None:
        super().__init__(parts.window)
        self._parts, self.preferences = parts, preferences
        self.everywhere = (*self._page_actions(), *self._own(), *parts.extra)
        self._palette: Palette | None = None
        self._record: RecordSearch | None = None
        QTimer.singleShot(_IDLE_MS, self, self.warm)

    # what there is

    def _page_actions(self) -> tuple[Action, ...]:
        section = tr("Everywhere")
        return tuple(
            Action(
                f"{EVERYWHERE}.page-{entry.id}",
                tr("Go to {0}").format(entry.title),
                section,
                self._parts.show_page,
                f"Ctrl+{number % 10}" if number <= 10 else "",
                hosts=(self._parts.window,),
                words=tr("page"),
                about=(entry.id,),
            )
            for number, entry in enumerate(self._parts.entries, start=1)
        )

    def _own(self) -> tuple[Action, ...]:
        section, hosts, wish = tr("Everywhere"), (self._parts.window,), self.preferences
        view = tr("View")
        return (
            Action(f"{EVERYWHERE}.palette", tr("Command palette"), section, self.open_palette, "Ctrl+K", hosts=hosts),
            Action(f"{EVERYWHERE}.search", tr("Search or ask"), section, self.open_search, "/", hosts=hosts, words=tr("find question")),
            Action(f"{EVERYWHERE}.shortcuts", tr("Keyboard shortcuts…"), section, self.show_shortcuts, "?", hosts=hosts, words=tr("keys")),
            Action(
                f"{EVERYWHERE}.preferences",
                tr("Preferences…"),
                section,
                self.show_preferences,
                "Ctrl+,",
                hosts=hosts,
                words=f"{tr('settings options')} {_LANGUAGE_WORDS}",
            ),
            Action(
                f"{EVERYWHERE}.larger", tr("Larger text"), view, wish.step_text, "Ctrl+=", hosts=hosts, words=tr("zoom size"), about=(1,)
            ),
            Action(
                f"{EVERYWHERE}.smaller", tr("Smaller text"), view, wish.step_text, "Ctrl+-", hosts=hosts, words=tr("zoom size"), about=(-1,)
            ),
            Action(f"{EVERYWHERE}.usual-text", tr("Text in its usual size"), view, wish.step_text, "Ctrl+Shift+0", hosts=hosts, about=(0,)),
            *(
                Action(
                    f"{EVERYWHERE}.theme-{theme}",
                    tr("Theme: {0}").format(theme_word(theme)),
                    view,
                    wish.set_theme,
                    hosts=hosts,
                    why_not=partial(_why_not_theme, theme),
                    about=(theme,),
                )
                for theme in THEMES
            ),
            *(
                Action(
                    f"{EVERYWHERE}.language-{code or 'machine'}",
                    tr("Language: {0}").format(name),
                    view,
                    wish.set_language,
                    hosts=hosts,
                    words=_language_words(code),
                    why_not=partial(_why_not_language, wish, code),
                    about=(code,),
                )
                for code, name in language_names().items()
            ),
            Action(f"{EVERYWHERE}.still", tr("Reduced motion on or off"), view, self._switch_motion, hosts=hosts),
        )

    def _switch_motion(self) -> None:
        self.preferences.set_look(replace(self.preferences.chosen_look(), reduced_motion=not current_look().reduced_motion))

    def keyed(self) -> tuple[Action, ...]:
        """Whatever can be given keys."""
        return self._keyed(self._parts.pages.values())

    def _keyed(self, pages: Iterable[Page]) -> tuple[Action, ...]:
        return (*self.everywhere, *(action for page in pages for action in page.actions()))

    def everything(self) -> tuple[Action, ...]:
        """All that the palette finds, each once."""
        found = {action.id: action for action in self.keyed()}
        for entry in self._parts.entries:
            show = lambda page_id=entry.id: self._parts.show_page(page_id)  # noqa: E731
            for action in button_actions(self._parts.pages[entry.id], entry.id, entry.title, show):
                found.setdefault(action.id, action)
        snapshot = self._parts.bridge.snapshot
        for action in site_actions(snapshot, self._parts.visit) if snapshot is not None else ():
            found.setdefault(action.id, action)
        return tuple(found.values())

    def entries(self) -> tuple[Entry, ...]:
        session, keys = self._parts.bridge.session, self.preferences.keys
        return tuple(Entry(action, keys.of(action) if action.hosts else "", blocked(action, session)) for action in self.everything())

    # keys

    def set_keys(self) -> None:
        """Take over the keys that the user chose, wherever they are answered by now; a page that is built later comes with them."""
        set_keys(self._parts.window, self.preferences.keys.all(self._keyed(self._parts.pages.built())))

    def fixed_keys(self) -> dict[str, tuple[FixedKeys, ...]]:
        """By page: what its widgets answer themselves."""
        return {
            entry.title: tuple(
                FixedKeys(entry.id, written_keys(note.keys), note.does) for note in self._parts.pages[entry.id].shortcut_notes()
            )
            for entry in self._parts.entries
        }

    # windows

    def warm(self) -> None:
        """Build pages and the palette while nobody waits for them, so that their first opening is as quick as the next."""
        began_s = time.monotonic()
        if self._parts.pages.build_next():
            took_ms = (time.monotonic() - began_s) * 1e3
            QTimer.singleShot(max(_BREATH_MS, round(_BREATHS * took_ms)), self, self.warm)
        elif self._palette is None and not self._parts.pages.is_shut:
            palette = self._kept_palette()
            palette.offer(self.entries(), self.preferences.recent())
            palette.warm()

    def _kept_palette(self) -> Palette:
        if self._palette is None:
            made = self._palette = Palette(parent=self._parts.window)
            made.accepted.connect(lambda: self._run_action(made.chosen))
            self._record = RecordSearch(made, self._parts.bridge, self._parts.visit)
        return self._palette

    def open_palette(self) -> None:
        self._open(record_first=False)

    def open_search(self) -> None:
        """The same box, for the record first: words are looked for, a question is asked."""
        self._open(record_first=True)

    def _open(self, record_first: bool) -> None:
        palette = self._kept_palette()
        palette.offer(self.entries(), self.preferences.recent())
        if self._record is not None:
            self._record.begin(record_first)
        palette.place_over(self._parts.window)
        palette.open()
        palette.edit.setFocus()

    def _run_action(self, action: Action | None) -> None:
        if action is not None:
            self.preferences.ran(action.id)
            action.run()

    def show_shortcuts(self) -> None:
        dialog = ShortcutsDialog(self.keyed(), self.fixed_keys(), self.preferences.keys, self._parts.window)
        dialog.keys_changed.connect(self.set_keys)
        open_dialog(dialog)

    def show_preferences(self) -> None:
        parts = self._parts
        more = None if parts.more_choices is None else parts.more_choices()
        open_dialog(PreferencesDialog(self.preferences, self.show_shortcuts, parts.show_sounds, parts.window, more))
