"""Everybody who is remembered, as a table with their photos."""

from operator import attrgetter

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from engine.model.people.person import NameSource
from engine.model.time import Clock
from widgets.layout.cells import Cell, CellDelegate, PhotoCell, StatusCell, TextCell, TitleCell, natural, paint_cell
from widgets.layout.rows_model import Column, TimedRowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.people.face_view import Photos, draw_face
from widgets.people.person_words import KnownPerson, consent_word, faces_text, person_matches, seen_text, source_text, visits_text
from widgets.time_text import clock_text, relative_text
from widgets.translation import tr

_ROW = 60
_FACE = 44


class _PhotoDelegate(CellDelegate):
    """Photos are asked for as their rows come on screen."""

    def __init__(self, photos: Photos, parent: QWidget) -> None:
        super().__init__(parent)
        self._photos = photos

    def paint_cell(self, painter: QPainter, area: QRect, cell: Cell, alignment: Qt.AlignmentFlag) -> None:
        if isinstance(cell, PhotoCell):
            face = QRectF(area.left(), area.center().y() - _FACE / 2 + 1, _FACE, _FACE)
            draw_face(painter, face, self._photos(cell.photo) if cell.photo else None, cell.color)
            title = TitleCell(cell.text, cell.below)
            paint_cell(painter, area.adjusted(_FACE + 12, 0, 0, 0), title, alignment)
        else:
            super().paint_cell(painter, area, cell, alignment)


class RosterTable(RowsTable[EmptyState]):
    """See `RowsTable` for its signals, whose keys are the ids of persons."""

    least_rest = 218  # the picture stands in it too

    def __init__(self, clock: Clock, photos: Photos, parent: QWidget | None = None) -> None:
        self._clock = clock
        self._wanted = ""
        empty = EmptyState("users", "", "", self.tr("Recognition settings…"))
        model = TimedRowsModel[KnownPerson](self._roster_columns(), attrgetter("person.id"), roster_cells, clock)
        super().__init__(model, self.tr("People"), empty, row_height=_ROW, parent=parent)
        self.view.setItemDelegate(_PhotoDelegate(photos, self.view))
        self.view.setMouseTracking(True)
        self.sort_by(1)

    def _roster_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("Person")),
            Column(self.tr("Last seen"), width=210),
            Column(self.tr("Where"), width=176, room=640),
            Column(self.tr("Visits"), width=84, right=True, room=730, tip=self.tr("Number of visits")),
            Column(self.tr("Faces"), width=84, right=True, room=890),
            Column(self.tr("Consent"), width=138, room=1000),
        )

    def set_people(self, people: tuple[KnownPerson, ...]) -> None:
        self.show_rows(people, self._clock.now_ns())

    def known_person(self, person_id: str) -> KnownPerson | None:
        known: KnownPerson | None = self.model.row(person_id)
        return known

    def filter_people(self, text: str) -> None:
        self._wanted = text
        self.set_wanted((lambda known: person_matches(known, text)) if text.strip() else None)

    def photo_came(self) -> None:
        self.view.viewport().update()


def roster_cells(known: KnownPerson, now_ns: int) -> tuple[Cell, ...]:
    person = known.person
    return (
        PhotoCell(
            person.name,
            _below(known),
            person.color,
            f"{person.name_source is NameSource.GENERATED:d} {natural(person.name)}",
            person.name,
            photo=known.faces[0] if known.faces else "",
        ),
        _seen_cell(person.last_seen_ns, now_ns),
        TextCell(known.where or "–", order=known.where, tip=known.where, quiet=True),
        TextCell(str(person.visits), order=-float(person.visits), tip=visits_text(person.visits)),
        TextCell(str(len(known.faces)), order=-float(len(known.faces)), tip=faces_text(len(known.faces)), quiet=not known.faces),
        _consent_cell(known),
    )


def _seen_cell(at_ns: int | None, now_ns: int) -> Cell:
    if at_ns is None:
        return TextCell(tr("never"), order=0.0, quiet=True)
    return TitleCell(clock_text(at_ns, now_ns), relative_text(at_ns, now_ns), order=-float(at_ns), tip=seen_text(at_ns, now_ns))


def _below(known: KnownPerson) -> str:
    marks = [source_text(known.person.name_source)]
    if known.person.archived_ns is not None:
        marks.insert(0, tr("Archived"))
    if known.person.locked:
        marks.insert(0, tr("Locked"))
    if known.sites:
        marks.insert(0, ", ".join(known.sites))
    return " · ".join(marks)


def _consent_cell(known: KnownPerson) -> Cell:
    word = consent_word(known.person.consent)
    level = {"given": "good", "refused": "moderate", "unknown": "neutral"}[known.person.consent.value]
    return StatusCell(word, level, order=word)
