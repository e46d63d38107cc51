"""What a machine may do: as a role does, or only some of that; folded away until somebody wants to choose."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QToolButton, QWidget

from engine.model.accounts.access import ROLE_VERBS, Role, Verb
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr
from widgets.words import capitalised

_COLUMNS = 2
_FROM_ALL_TO_FEW = sorted(Verb, key=lambda verb: sum(verb not in held for held in ROLE_VERBS.values()))  # no gaps where a role has few


class VerbChoice(QWidget):
    """A tick box for each verb of the role; nobody's token holds others. Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = Role.OPERATOR
        self.more = with_properties(QToolButton(self), text=tr("&What exactly"), checkable=True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_role(self.more, "quiet")
        self.boxes = {verb: QCheckBox(capitalised(verb_word(verb)), self) for verb in _FROM_ALL_TO_FEW}
        self._trouble = QLabel(tr("Tick one at least."), self, wordWrap=True)
        set_role(self._trouble, "error")
        self._folded = QWidget(self)
        self._lay_out_verbs()
        for box in self.boxes.values():
            box.toggled.connect(self._show_trouble)
        self.more.toggled.connect(self._unfold)
        self.show_verbs(Role.OPERATOR, ROLE_VERBS[Role.OPERATOR])
        self._unfold(False)

    def _lay_out_verbs(self) -> None:
        grid = QGridLayout(self._folded)
        grid.setContentsMargins(8, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        for number, box in enumerate(self.boxes.values()):
            grid.addWidget(box, number // _COLUMNS, number % _COLUMNS)
        column = make_column(self, spacing=6, margins=NO_MARGINS)
        column.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._folded)
        column.addWidget(self._trouble)

    def show_verbs(self, role: Role, ticked: frozenset[Verb]) -> None:
        """What a role may do, of which these are ticked."""
        self._role = role
        for verb, box in self.boxes.items():
            box.setVisible(verb in ROLE_VERBS[role])
            box.setChecked(verb in ticked)
        self._show_trouble()

    def verbs(self) -> tuple[Verb, ...]:
        """Empty: all that the role may do, also what roles may do later."""
        ticked = self._ticked()
        return () if frozenset(ticked) == ROLE_VERBS[self._role] else ticked

    def is_valid(self) -> bool:
        """A token without any would be one with all of them."""
        return bool(self._ticked())

    def _ticked(self) -> tuple[Verb, ...]:
        return tuple(verb for verb in Verb if verb in ROLE_VERBS[self._role] and self.boxes[verb].isChecked())

    def _show_trouble(self) -> None:
        self._trouble.setVisible(not self.is_valid())
        self.changed.emit()

    def _unfold(self, unfolded: bool) -> None:
        self._folded.setVisible(unfolded)
        self.more.setIcon(icon("chevron-down" if unfolded else "chevron-right"))


def verb_word(verb: Verb) -> str:
    """As inside a sentence."""
    return {
        Verb.SEE_LIVE: tr("see live"),
        Verb.SEE_PAST: tr("see past"),
        Verb.EXPORT: tr("export"),
        Verb.ACKNOWLEDGE: tr("acknowledge"),
        Verb.DELETE: tr("delete"),
        Verb.STEER: tr("steer cameras"),
        Verb.UNMASK: tr("unmask"),
        Verb.ADMINISTER: tr("administer"),
        Verb.REPORT_FOR_OTHERS: tr("report for others"),
    }[verb]


def verbs_text(verbs: tuple[Verb, ...]) -> str:
    """`see live, see past`."""
    return ", ".join(map(verb_word, verbs))
