"""Two persons of different sites side by side, how alike they are, and what is said of them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.model.people.person_links import LinkVerdict
from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.marks.elided_label import ElidedLabel
from widgets.people.face_view import FaceView, Photos
from widgets.people.person_words import KnownPerson, faces_text, visits_text
from widgets.theme import set_role
from widgets.translation import inside, tr

_FACE, _SMALL, _MORE = 96, 30, 4
_SIDE = 210


@dataclass(frozen=True, slots=True)
class PairSide:
    """`known` None: the site does not show them now."""

    site: str
    known: KnownPerson | None


@dataclass(frozen=True, slots=True)
class PairWords:
    """`facts`: similarity, purpose and the like, a line each. said: what was said, by whom; empty: nobody has."""

    facts: tuple[str, ...]
    said: str = ""


class PairRow(QFrame):
    """Signals: judged(LinkVerdict): a button was pressed."""

    judged = Signal(LinkVerdict)

    def __init__(self, photos: Photos, sides: tuple[PairSide, PairSide], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.same = QPushButton(icon("check"), tr("Same person"))
        self.different = QPushButton(icon("x"), tr("Not the same"))
        self.undo = QPushButton(icon("undo-2"), tr("Undo"))
        self.facts = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.facts, "secondary")
        set_role(self.trouble, "error")
        self.trouble.hide()
        names = " – ".join(f"{side.known.person.name if side.known else '?'} ({side.site})" for side in sides)
        self.setAccessibleName(names)
        row = make_row(self, spacing=16, margins=(12, 12, 12, 12))
        for side in sides:
            row.addWidget(_Side(photos, side), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._decision(), 1)
        for button, verdict in ((self.same, LinkVerdict.SAME), (self.different, LinkVerdict.DIFFERENT), (self.undo, LinkVerdict.OPEN)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, verdict=verdict: self.judged.emit(verdict))

    def _decision(self) -> QVBoxLayout:
        column = make_column(spacing=8, margins=NO_MARGINS)
        column.addWidget(self.facts)
        column.addWidget(self.said)
        for button in (self.same, self.different, self.undo):
            column.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.trouble)
        column.addStretch()
        return column

    def show_words(self, words: PairWords) -> None:
        """What was said can only be taken back; then it can be said anew."""
        self.facts.setText("\n".join(words.facts))
        self.said.setText(words.said)
        self.said.setVisible(bool(words.said))
        self.same.setVisible(not words.said)
        self.different.setVisible(not words.said)
        self.undo.setVisible(bool(words.said))
        self.show_trouble("")

    def show_trouble(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def set_busy(self, busy: bool) -> None:
        for button in (self.same, self.different, self.undo):
            button.setEnabled(not busy)


class _Side(QWidget):
    """One of the two, with their best pictures."""

    def __init__(self, photos: Photos, side: PairSide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        known = side.known
        faces, name = (known.faces, known.person.name) if known is not None else ((), tr("Not shown by the site now"))
        face = FaceView(photos, _FACE)
        face.show_face(faces[0] if faces else "", known.person.color if known is not None else "", name)
        more = make_row(spacing=4, margins=NO_MARGINS)
        for face_id in faces[1 : 1 + _MORE]:
            small = FaceView(photos, _SMALL)
            small.show_face(face_id, "", name)
            more.addWidget(small)
        more.addStretch()
        title, site, words = ElidedLabel(name), ElidedLabel(side.site), QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(title, "section")
        for label in (site, words):
            set_role(label, "secondary")
        if known is not None:
            words.setText(f"{faces_text(len(faces))}, {inside(visits_text(known.person.visits))}")
        column = make_column(self, spacing=4, margins=NO_MARGINS)
        column.addWidget(face)
        column.addLayout(more)
        for label in (title, site, words):
            column.addWidget(label)
        column.addStretch()
        self.setFixedWidth(_SIDE)
