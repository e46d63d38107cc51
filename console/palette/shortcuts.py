"""The window that lists all keys and changes them; `?` opens it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHeaderView, QLabel, QLineEdit, QPushButton, QTreeWidget, QTreeWidgetItem, QWidget

from console.dialogs.frame import FramedDialog
from console.palette.commands_catalogue import Action, FixedKeys, KeyChoices, clashes, shown_keys
from widgets.layout.boxes import make_row
from widgets.marks.empty_state import EmptyState
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
_LEAVE = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_ACTION = Qt.ItemDataRole.UserRole
_WHAT, _KEYS, _NOTE = 0, 1, 2


class KeyCapture(QLineEdit):
    """Takes the next keys that are pressed together. Tab still leaves it, and Esc gives up.

    Signals: pressed(portable text); given_up().
    """

    pressed = Signal(str)
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setPlaceholderText(tr("Press the keys"))
        self.setAccessibleName(tr("Press the new keys; Esc gives up"))

    def event(self, event: QEvent) -> bool:
        """Keys that other shortcuts answer come here all the same."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() not in _LEAVE:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif event.key() not in _MODIFIERS and event.key() != Qt.Key.Key_unknown:
            keys = QKeySequence(_combined(event)).toString(QKeySequence.SequenceFormat.PortableText)
            self.setText(shown_keys(keys))
            self.pressed.emit(keys)


def _combined(event: QKeyEvent) -> int:
    """`?` is typed with Shift on many keyboards: what is typed counts, not how."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text = event.text()
    if len(text) == 1 and text.isprintable() and not text.isalnum() and not text.isspace():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return modifiers.value | event.key()


class ShortcutsDialog(FramedDialog):
    """Signals: keys_changed(): the user's choices are others."""

    TEXT_IS_WORK = False

    keys_changed = Signal()

    def __init__(
        self, actions: Sequence[Action], fixed: Mapping[str, Sequence[FixedKeys]], choices: KeyChoices, parent: QWidget | None = None
    ) -> None:
        """`fixed`: by section; shown, and minded when keys clash."""
        lead = tr("Choose a line to give it other keys. They are yours; other users keep theirs.")
        super().__init__(tr("Keyboard shortcuts"), lead, parent=parent)
        self._actions, self._fixed, self._choices = actions, fixed, choices
        self._wanted = ""
        self.search = with_properties(
            QLineEdit(placeholderText=tr("Search, or press Ctrl+K for everything")), accessibleName=tr("Search shortcuts")
        )
        self.search.setClearButtonEnabled(True)
        self.tree = with_properties(QTreeWidget(), accessibleName=tr("Shortcuts"))
        self.nothing = EmptyState("search", tr("No matching shortcuts"), tr("Try other words, or the keys themselves."))
        self.change = QPushButton(tr("Chan&ge keys"))
        self.remove = QPushButton(tr("&No keys"))
        self.reset = QPushButton(tr("&Reset"))
        self.reset_all = QPushButton(tr("Reset &all"))
        self.capture = KeyCapture()
        self.anyway = QPushButton(tr("&Use anyway"))
        self.give_up = QPushButton(tr("Ke&ep the old keys"))
        self.clash = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._build()
        self._connect()
        self._fill()
        self.resize(760, 640)
        self.search.setFocus()

    def _build(self) -> None:
        self.tree.setColumnCount(3)
        self.tree.setHeaderLabels([tr("What"), tr("Keys"), ""])
        self.tree.setRootIsDecorated(False)
        self.tree.header().setSectionResizeMode(_WHAT, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(_KEYS, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setSectionResizeMode(_NOTE, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        set_role(self.clash, "high")
        set_role(self.anyway, "danger")
        self.body.addWidget(self.search)
        self.body.addWidget(self.tree, 1)
        self.body.addWidget(self.nothing, 1)
        self.nothing.hide()
        row = make_row(spacing=8)
        for part in (self.change, self.remove, self.reset, self.capture, self.anyway, self.give_up):
            row.addWidget(part)
        row.addStretch()
        row.addWidget(self.reset_all)
        self.body.addWidget(self.clash)
        self.body.addLayout(row)
        self.add_cancel(tr("&Close"))
        self._listen(False)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.tree.currentItemChanged.connect(self._on_action_selection)
        self.tree.itemActivated.connect(self.begin)
        self.change.clicked.connect(self.begin)
        on(self.remove.clicked, self._take_keys, "")
        self.reset.clicked.connect(self._reset_one)
        self.reset_all.clicked.connect(self._reset_every)
        self.capture.pressed.connect(self.offer)
        self.capture.given_up.connect(self._end_recording)
        self.give_up.clicked.connect(self._end_recording)
        self.anyway.clicked.connect(lambda: self._take_keys(self._wanted))

    # the list

    def _fill(self) -> None:
        chosen = self.action()
        self.tree.clear()
        sections: dict[str, QTreeWidgetItem] = {}
        for action in self._actions:
            sections.setdefault(action.section, self._section(action.section)).addChild(self._line(action))
        for title, fixed in self._fixed.items():
            if fixed:
                parent = sections.setdefault(title, self._section(title))
                for each in fixed:
                    parent.addChild(QTreeWidgetItem([each.does, "  ".join(each.keys), tr("fixed")]))
        for parent in sections.values():
            self.tree.addTopLevelItem(parent)
            parent.setFirstColumnSpanned(True)
            parent.setExpanded(True)
        self._filter(self.search.text())
        if chosen is not None:
            self.choose(chosen.id)
        self._on_action_selection()

    def _section(self, title: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([title])
        bold = item.font(_WHAT)
        bold.setBold(True)
        item.setFont(_WHAT, bold)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        return item

    def _line(self, action: Action) -> QTreeWidgetItem:
        keys = self._choices.of(action)
        note = tr("yours") if self._choices.is_own(action) else ""
        item = QTreeWidgetItem([action.title, shown_keys(keys) or tr("none"), note])
        item.setData(_WHAT, _ACTION, action.id)
        return item

    def _lines(self) -> list[QTreeWidgetItem]:
        return [line for top in self._tops() for line in _children(top)]

    def _tops(self) -> list[QTreeWidgetItem]:
        tops = (self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount()))
        return [top for top in tops if top is not None]

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for top in self._tops():
            lines = _children(top)
            for line in lines:
                said = f"{line.text(_WHAT)} {line.text(_KEYS)} {top.text(_WHAT)}".lower()
                line.setHidden(not all(word in said for word in words))
            top.setHidden(all(line.isHidden() for line in lines))
        found = not all(top.isHidden() for top in self._tops())
        self.tree.setVisible(found)
        self.nothing.setVisible(not found)

    def choose(self, action_id: str) -> None:
        """The line of this action."""
        found = next((line for line in self._lines() if line.data(_WHAT, _ACTION) == action_id), None)
        if found is not None:
            self.tree.setCurrentItem(found)

    def action(self) -> Action | None:
        """Of the chosen line; None where its keys are fixed."""
        item = self.tree.currentItem()
        action_id = item.data(_WHAT, _ACTION) if item is not None else None
        return next((action for action in self._actions if action.id == action_id), None)

    def _on_action_selection(self) -> None:
        self._listen(False)
        action = self.action()
        for button in (self.change, self.remove):
            button.setEnabled(action is not None)
        self.reset.setEnabled(action is not None and self._choices.is_own(action))
        self.reset_all.setEnabled(any(self._choices.is_own(each) for each in self._actions))

    # changing keys

    def begin(self) -> None:
        """Wait for keys for the chosen line."""
        if self.action() is not None:
            self.capture.clear()
            self._listen(True)
            self.capture.setFocus()

    def _listen(self, listening: bool, clash: str = "") -> None:
        self.capture.setVisible(listening)
        self.give_up.setVisible(listening)
        self.anyway.setVisible(bool(clash))
        self.clash.setText(clash)
        self.clash.setVisible(bool(clash))
        for button in (self.change, self.remove, self.reset):
            button.setVisible(not listening)

    def offer(self, keys: str) -> None:
        """These keys were pressed: taken, or said what they do already."""
        action = self.action()
        if action is None:
            return
        taken = self._clashing(action, keys)
        if not taken:
            self._take_keys(keys)
            return
        self._wanted = keys
        by = ", ".join(taken)
        self._listen(True, tr("{0} is already used by {1}. Used anyway, it works here and no longer there.").format(shown_keys(keys), by))
        self.anyway.setFocus()

    def _clashing(self, action: Action, keys: str) -> list[str]:
        fixed = [each for group in self._fixed.values() for each in group]
        return clashes(action, keys, self._choices.all(self._actions), self._actions, fixed)

    def _take_keys(self, keys: str) -> None:
        """What had these keys loses them, where it can be changed."""
        action = self.action()
        if action is None:
            return
        for other in self._actions:
            if other.id != action.id and clashes(action, keys, self._choices.all([other]), [other], ()):
                self._choices.choose(other, "")
        self._choices.choose(action, keys)
        self._finish_key_change()

    def _reset_one(self) -> None:
        action = self.action()
        if action is not None:
            self.offer(action.keys) if action.keys else self._take_keys("")

    def _reset_every(self) -> None:
        for action in self._actions:
            self._choices.choose(action, action.keys)
        self._finish_key_change()

    def _finish_key_change(self) -> None:
        self._fill()
        self.keys_changed.emit()
        self.tree.setFocus()

    def _end_recording(self) -> None:
        self._listen(False)
        self.tree.setFocus()

    def reject(self) -> None:
        """Esc while keys are waited for ends that only."""
        if self.capture.isVisible():
            self._end_recording()
        else:
            super().reject()


def _children(top: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [line for line in map(top.child, range(top.childCount())) if line is not None]
