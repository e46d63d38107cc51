"""A picture on which shapes are drawn and edited, with the mouse and with the keys: areas and lines."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from engine.model.geometry import Point
from widgets.drawing.shape_canvas import ZOOM_STEP, ShapeCanvas
from widgets.drawing.shape_draft import Refusal, Shape, ShapeKind, ShapesDraft
from widgets.drawing.shape_grip import REACH_PX, Grip, What, grip_at
from widgets.drawing.shape_looks import kind_word
from widgets.number_text import number_text

_DRAG_PX = 4.0
_BESIDE_PX = 24.0
_STEP_PX, _FINE_PX, _FAR_PX = 5.0, 1.0, 50.0  # of the picture
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_DELETES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ShapeEditor(ShapeCanvas):
    """UI thread. `draft` holds the shapes; whoever changes it from elsewhere calls `refresh`.

    Drawing: a click sets a corner; a click on the first one, a double click or Enter closes the shape. With the keys the arrows move a
    cross, Space sets a corner there, Backspace takes the last one back. Esc drops the shape.
    Otherwise: a click chooses a shape or a point, dragging moves it; the small rings on edges put a point in. Tab and Shift+Tab go through
    the points, Page Up and Page Down through the shapes, arrows move the chosen point, or the whole shape where none is chosen (5 pixels of
    the picture; with Shift 1, with Ctrl 50), Insert puts a point in behind the chosen one, Delete removes it, or the shape. Esc lets go.
    The wheel and + − zoom, 0 shows all; what is zoomed is dragged beside the shapes, or with the middle button. Points snap to the edges
    of the picture and to corners of others; not while Ctrl is held. Ctrl+Z and Ctrl+Shift+Z undo and redo.

    Signals: changed(): shapes, or what is chosen. closed(str): the shape with this key is new and whole. removed(Shape).
    """

    changed = Signal()
    closed = Signal(str)
    removed = Signal(object)

    def __init__(self, draft: ShapesDraft, parent: QWidget | None = None) -> None:
        super().__init__(draft, parent)
        self._grip = Grip()
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._panning = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Camera picture with zones"))
        self._describe()

    def refusal(self) -> Refusal | None:
        """What stands on the picture now."""
        return self._refusal

    def refuse(self, refusal: Refusal | None) -> None:
        """Say something at a spot of the picture, until something else is done."""
        self._refusal, self._refused = refusal, ()
        self._describe()
        self.update()

    def refresh(self) -> None:
        """The draft was changed, or something else was chosen."""
        self._refusal, self._refused = None, ()
        if self.draft.under_way is None:
            self._pen = None
        self._describe()
        self._choose_cursor()
        self.update()
        self.changed.emit()

    # acting, for buttons too

    def begin_shape(self, kind: ShapeKind) -> None:
        self.draft.begin_shape(kind)
        self._pen = None
        self.refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def undo(self) -> None:
        self.draft.undo()
        self.refresh()

    def redo(self) -> None:
        self.draft.redo()
        self.refresh()

    def cancel_shape(self) -> None:
        self.draft.cancel_shape()
        self.refresh()

    def close_shape(self) -> None:
        before = self.draft.under_way
        if self._show_edit_outcome(self.draft.close()) and before is not None:
            self.closed.emit(before.key)

    def remove_shape(self) -> None:
        """The chosen shape."""
        gone = self.draft.remove_shape()
        self.refresh()
        if gone is not None:
            self.removed.emit(gone)

    def remove_point(self) -> None:
        if self.draft.point >= 0:
            self._show_edit_outcome(self.draft.remove_point(self.draft.point))

    def insert_point(self, after: int = -1) -> None:
        """In the middle of the edge behind a point; −1: the chosen one, or the last."""
        shape = self.draft.selected_shape
        if shape is None:
            return
        index = after if after >= 0 else self.draft.point if self.draft.point >= 0 else len(shape.points) - 1
        a, b = shape.points[index], shape.points[(index + 1) % len(shape.points)]
        self._show_edit_outcome(self.draft.insert_point(index, (round((a[0] + b[0]) / 2, 4), round((a[1] + b[1]) / 2, 4))))

    def _show_edit_outcome(self, refusal: Refusal | None, points: Sequence[Point] = ()) -> bool:
        """Show the outcome; False when it was refused. `points`: what the shape would have been."""
        if refusal is None:
            self.refresh()
            return True
        self._refusal, self._refused = refusal, tuple(points)
        self._describe()
        self.update()
        return False

    # hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pen = None
        self._pressed = self._last = event.position()
        self._panning = event.button() == Qt.MouseButton.MiddleButton
        self._grip = Grip()
        if self._panning or event.button() != Qt.MouseButton.LeftButton or self.draft.under_way is not None:
            return
        self._take_hold(grip_at(self.draft, event.position(), self.pixel))

    def _take_hold(self, grip: Grip) -> None:
        """A shape that was not chosen before is chosen, and not moved by the same drag."""
        if grip.what is What.NOTHING:
            return
        chosen_before = self.draft.selected_shape
        self.draft.choose_shape(grip.key)
        if grip.what is What.MIDDLE:
            self.insert_point(grip.index)
            self._grip = Grip(What.POINT, grip.key, self.draft.point)
            return
        self.draft.choose_point(grip.index if grip.what is What.POINT else -1)
        movable = grip.what is What.POINT or (chosen_before is not None and chosen_before.key == grip.key)
        self._grip = grip if movable else Grip()
        self.refresh()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._last is None:
            self._choose_cursor()
            if self.draft.under_way is not None:
                self.update()
            return
        if self._pressed is not None and (event.position() - self._pressed).manhattanLength() < _DRAG_PX:
            return
        by, self._pressed, self._last = event.position() - self._last, None, event.position()
        if self._grip.what is What.POINT:
            self._drag_point(event)
        elif self._grip.what is What.SHAPE:
            placed = self._picture_rect()
            self._show_edit_outcome(self.draft.move(by.x() / placed.width(), by.y() / placed.height()))
        else:
            self._viewport = self._viewport.panned(by, self._area(), QSizeF(self._image.size()))
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.update()

    def _drag_point(self, event: QMouseEvent) -> None:
        shape, index = self.draft.selected_shape, self._grip.index
        if shape is None:
            return
        at = self._picture_share(event.position(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier), shape.key)
        points = (*shape.points[:index], at, *shape.points[index + 1 :])
        self._show_edit_outcome(self.draft.move_point(index, at), points)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and not self._panning and event.button() == Qt.MouseButton.LeftButton
        self._pressed = self._last = None
        self._panning, self._grip, self._refused = False, Grip(), ()
        self.draft.end_edit()
        if clicked and self.draft.under_way is not None and self._near_picture(event.position()):
            self._click(event)
        elif clicked and grip_at(self.draft, event.position(), self.pixel).what is What.NOTHING:
            self.draft.choose_shape("")
            self.refresh()
        self._choose_cursor()
        self.update()

    def _near_picture(self, point: QPointF) -> bool:
        """Beside an edge is on it."""
        return self._picture_rect().adjusted(-_BESIDE_PX, -_BESIDE_PX, _BESIDE_PX, _BESIDE_PX).contains(point)

    def _click(self, event: QMouseEvent) -> None:
        shape = self.draft.under_way
        if shape is not None and len(shape.points) >= shape.least and self._is_near(shape.points[0], event.position()):
            self.close_shape()
        else:
            self._add_point(self._picture_share(event.position(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)))

    def _add_point(self, at: Point) -> None:
        before = self.draft.under_way
        if self._show_edit_outcome(self.draft.add_point(at)) and before is not None and self.draft.under_way is None:
            self.closed.emit(before.key)  # a line is whole with its second end

    def _is_near(self, share: Point, point: QPointF) -> bool:
        return (self.pixel(share) - point).manhattanLength() <= REACH_PX * 1.4

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The first of the two clicks has set a point."""
        if self.draft.under_way is not None and event.button() == Qt.MouseButton.LeftButton:
            if len(self.draft.under_way.points) >= self.draft.under_way.least:
                self.close_shape()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom(ZOOM_STEP**steps, event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def _choose_cursor(self) -> None:
        if self.draft.under_way is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
            return
        grip = grip_at(self.draft, self._pointer, self.pixel) if self._pointer is not None else Grip()
        self.setCursor(
            {
                What.NOTHING: Qt.CursorShape.OpenHandCursor if self._viewport.zoom > 1 else Qt.CursorShape.ArrowCursor,
                What.POINT: Qt.CursorShape.SizeAllCursor,
                What.MIDDLE: Qt.CursorShape.CrossCursor,
                What.SHAPE: Qt.CursorShape.PointingHandCursor,
            }[grip.what]
        )

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo) or _is_redo(event):
            self.redo()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_out()
        elif event.key() == Qt.Key.Key_0:
            self.show_all()
        elif not (self._draw_by_key(event) if self.draft.under_way is not None else self._edit_by_key(event)):
            super().keyPressEvent(event)

    def _draw_by_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in _ARROWS:
            self._move_pen(_ARROWS[Qt.Key(key)], _key_step_px(event))
        elif key == Qt.Key.Key_Space:
            if self._pen is None:
                self._move_pen((0, 0), 0.0)
            if self._pen is not None:
                self._add_point(self._pen)
        elif key in _ENTERS:
            self.close_shape()
        elif key == Qt.Key.Key_Escape:
            self.cancel_shape()
        elif key in _DELETES:
            self.undo()
        else:
            return False
        return True

    def _move_pen(self, way: tuple[int, int], step_px: float) -> None:
        """It begins at the last point, or in the middle of what is shown."""
        shape = self.draft.under_way
        if self._pen is None:
            self._pen = shape.points[-1] if shape is not None and shape.points else self._picture_share(self._area().center(), loose=True)
        self._pen = self._nudged(self._pen, way, step_px)
        self._refusal = None
        self.setAccessibleDescription(self.tr("Cross at {0}").format(_position_words(self._pen)))
        self.update()

    def _edit_by_key(self, event: QKeyEvent) -> bool:
        key, shape = event.key(), self.draft.selected_shape
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._next_shape(1 if key == Qt.Key.Key_PageDown else -1)
        elif shape is None:
            return False
        elif key in _ARROWS:
            self._nudge(shape, _ARROWS[Qt.Key(key)], _key_step_px(event))
        elif key in _DELETES:
            self.remove_point() if self.draft.point >= 0 else self.remove_shape()
        elif key == Qt.Key.Key_Insert:
            self.insert_point()
        elif key == Qt.Key.Key_Escape:
            self.draft.choose_point(-1) if self.draft.point >= 0 else self.draft.choose_shape("")
            self.refresh()
        else:
            return False
        return True

    def _nudge(self, shape: Shape, way: tuple[int, int], step_px: float) -> None:
        index = self.draft.point
        if index < 0:
            du, dv = way[0] * step_px / self._image.width(), way[1] * step_px / self._image.height()
            self._show_edit_outcome(self.draft.move(du, dv))
            return
        at = self._nudged(shape.points[index], way, step_px)
        self._show_edit_outcome(self.draft.move_point(index, at), (*shape.points[:index], at, *shape.points[index + 1 :]))

    def _nudged(self, at: Point, way: tuple[int, int], step_px: float) -> Point:
        u = min(max(at[0] + way[0] * step_px / self._image.width(), 0.0), 1.0)
        v = min(max(at[1] + way[1] * step_px / self._image.height(), 0.0), 1.0)
        return round(u, 4), round(v, 4)

    def _next_shape(self, step: int) -> None:
        keys = [shape.key for shape in self.draft.shapes]
        if keys:
            chosen = self.draft.selected_shape
            place = keys.index(chosen.key) + step if chosen is not None else 0 if step > 0 else -1
            self.draft.choose_shape(keys[place % len(keys)])
            self.refresh()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Through the points of the chosen shape, and then on to what comes next in the window."""
        shape = self.draft.selected_shape
        if shape is None or self.draft.under_way is not None:
            return super().focusNextPrevChild(forward)
        wanted = self.draft.point + (1 if forward else -1) if self.draft.point >= 0 else 0 if forward else len(shape.points) - 1
        left = not 0 <= wanted < len(shape.points)
        self.draft.choose_point(-1 if left else wanted)
        self.refresh()
        return super().focusNextPrevChild(forward) if left else True

    # for a screen reader

    def _describe(self) -> None:
        text = self._refusal.text if self._refusal is not None else self._situation()
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _situation(self) -> str:
        shape, under_way = self.draft.selected_shape, self.draft.under_way
        if under_way is not None:
            return self.tr("{0} under way, {1} corners").format(kind_word(under_way.kind), len(under_way.points))
        if shape is None:
            return self.tr("{0} shapes").format(len(self.draft.shapes))
        named = replace(shape, name=shape.name or kind_word(shape.kind)).name
        if self.draft.point < 0:
            return self.tr("{0}, {1} corners").format(named, len(shape.points))
        at = _position_words(shape.points[self.draft.point])
        return self.tr("{0}, corner {1} of {2}, at {3}").format(named, self.draft.point + 1, len(shape.points), at)


def _key_step_px(event: QKeyEvent) -> float:
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return _FINE_PX
    return _FAR_PX if event.modifiers() & Qt.KeyboardModifier.ControlModifier else _STEP_PX


def _is_redo(event: QKeyEvent) -> bool:
    """Everywhere the two that people know."""
    with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return with_ctrl and (event.key() == Qt.Key.Key_Y or (event.key() == Qt.Key.Key_Z and shifted))


def _position_words(at: Point) -> str:
    return f"{number_text(at[0] * 100, '.1f')} %, {number_text(at[1] * 100, '.1f')} %"
