"""How the timeline is drawn: rows from arrays, spans and hatches from lists; nothing here knows the mouse."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

from engine.model.cameras.segment import EvidenceLock
from engine.model.history.timeline import Bookmark, LaneKind, LaneSpan, SpanState, Timeline
from engine.model.value_class import dataclass
from widgets.icons import icon_pixmap
from widgets.look import by_look
from widgets.theme import color, font
from widgets.timeline.timeline_layout import FLAGS_PX, HEAD_PX, PARTS_PX, TICKS_PX, TOP_PX, TimelineLayout, row_height
from widgets.timeline.timeline_rows import LaneRow
from widgets.timeline.timeline_ruler import Tick, ruler
from widgets.timeline.timeline_window import TimeWindow

_FLAG = QPolygonF([QPointF(0, 0), QPointF(9, 0), QPointF(6, 3.5), QPointF(9, 7), QPointF(0, 7)])


@dataclass(frozen=True, slots=True)
class TimelineScene:
    """All that does not move with the pointer or the clock. `image_of`: marks of a row, drawn over the time of `timeline`."""

    layout: TimelineLayout
    timeline: Timeline | None
    image_of: Callable[[LaneRow], QImage | None]
    bookmarks: tuple[Bookmark, ...]
    locks: tuple[EvidenceLock, ...]
    now_ns: int
    current: int = -1
    zone: tzinfo | None = None


def draw_scene(painter: QPainter, scene: TimelineScene) -> None:
    layout = scene.layout
    painter.fillRect(0, 0, layout.width, layout.height, color("window"))
    painter.save()
    painter.setClipRect(0, TOP_PX, layout.width, max(0, layout.height - TOP_PX))
    for number, (top, row) in enumerate(zip(layout.tops(), layout.rows, strict=True)):
        if top + row_height(row) > TOP_PX and top < layout.height:
            _draw_row(painter, scene, row, QRectF(HEAD_PX, top, layout.lanes_width, row_height(row)))
            _draw_name(painter, row, QRectF(0, top, HEAD_PX, row_height(row)), number == scene.current)
    _draw_unknown(painter, scene)
    painter.restore()
    _draw_ruler(painter, layout, scene.zone)
    _draw_flags(painter, layout, scene.bookmarks)


# rows


def _draw_row(painter: QPainter, scene: TimelineScene, row: LaneRow, area: QRectF) -> None:
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    if row.group and not row.collapsed:
        painter.fillRect(area, color("panel"))
    else:
        inner = area.adjusted(0, 2, 0, -2)
        _draw_spans(painter, scene.layout, row, inner)
        if scene.timeline is not None and (image := scene.image_of(row)) is not None:
            _draw_marks(painter, scene.layout, scene.timeline, image, inner)
        if row.lane.kind is LaneKind.CAMERA:
            _draw_locks(painter, scene, row, area)
    painter.setPen(color("line"))
    painter.drawLine(QLineF(area.left(), area.bottom() - 0.5, area.right(), area.bottom() - 0.5))
    painter.restore()


def _draw_marks(painter: QPainter, layout: TimelineLayout, timeline: Timeline, image: QImage, area: QRectF) -> None:
    """The part of the image that is in view, stretched from the time it is of to the time that is shown."""
    left, right = layout.x_of(timeline.since_ns), layout.x_of(timeline.until_ns)
    per_column = (right - left) / timeline.columns
    first = max(0, int((area.left() - left) / per_column))
    last = min(timeline.columns, int((area.right() - left) / per_column) + 1)
    if last <= first:
        return
    target = QRectF(left + first * per_column, area.bottom() - image.height(), (last - first) * per_column, image.height())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(target, image, QRectF(first, 0, last - first, image.height()))


def _draw_spans(painter: QPainter, layout: TimelineLayout, row: LaneRow, area: QRectF) -> None:
    for span in row.lane.spans:
        if (part := _visible_rect(layout, span, area)) is not None:
            _draw_span(painter, span.state, part)
    for span in row.watched:
        if (part := _visible_rect(layout, span, area)) is not None:
            painter.fillRect(part, _hatch(span.state, 0.5))


def _draw_locks(painter: QPainter, scene: TimelineScene, row: LaneRow, area: QRectF) -> None:
    """A line on top of what is locked of this camera, with a lock where it begins in view; folded away, of any camera."""
    for lock in scene.locks:
        if lock.camera_ids and not row.group and row.lane.id not in lock.camera_ids:
            continue
        left, right = max(area.left(), scene.layout.x_of(lock.since_ns)), min(area.right(), scene.layout.x_of(lock.until_ns))
        if right > left:
            painter.fillRect(QRectF(left, area.top() + 1, max(2.0, right - left), 2), color("text"))
            painter.drawPixmap(QPointF(left + 2, area.top() + 4), _lock_mark(painter.device().devicePixelRatioF()))


def draw_lock_sample(painter: QPainter, area: QRectF) -> None:
    """For the legend."""
    painter.fillRect(QRectF(area.left(), area.top(), area.width(), 2), color("text"))
    painter.drawPixmap(QPointF(area.left() + 3, area.top() + 4), _lock_mark(painter.device().devicePixelRatioF()))


@by_look
def _lock_mark(ratio: float) -> QPixmap:
    return icon_pixmap("lock", color("text"), 10, ratio)


def _visible_rect(layout: TimelineLayout, span: LaneSpan, area: QRectF) -> QRectF | None:
    """At least a pixel wide where it is in view at all."""
    left, right = max(area.left(), layout.x_of(span.since_ns)), min(area.right(), layout.x_of(span.until_ns))
    if right < area.left() or left > area.right() or right < left:
        return None
    return QRectF(left, area.top(), max(1.0, right - left), area.height())


def _draw_span(painter: QPainter, state: SpanState, part: QRectF) -> None:
    if state is SpanState.VIDEO:
        painter.fillRect(part, color("accent_quiet"))
        painter.fillRect(QRectF(part.left(), part.bottom() - 2, part.width(), 2), _tinted("accent", 0.45))
    elif state is SpanState.CLIP:
        painter.fillRect(part, _tinted("accent_quiet", 0.75))
        painter.fillRect(QRectF(part.left(), part.bottom() - 3, part.width(), 3), color("accent"))
    elif state is SpanState.GAP:
        painter.setPen(QPen(color("line_strong"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(part.left(), part.center().y(), part.right(), part.center().y()))
    elif state is SpanState.OBSERVED:
        middle = QRectF(part.left(), part.center().y() - 2.5, part.width(), 5)
        painter.fillRect(middle, _tinted("good", 0.7))
    else:
        painter.fillRect(part, _tinted("critical" if state is SpanState.BLIND else "moderate", 0.14))
        painter.fillRect(part, _hatch(state, 1.0))


def _tinted(role: str, alpha: float) -> QColor:
    tint = QColor(color(role))
    tint.setAlphaF(alpha)
    return tint


@by_look
def _hatch(state: SpanState, alpha: float) -> QBrush:
    """Wide stripes one way where some of it could be seen, narrow ones both ways where nothing could: told apart without colour."""
    tile = QPixmap(8, 8)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_tinted("critical" if state is SpanState.BLIND else "moderate", alpha), 1.4))
    lines = (QLineF(-1, 9, 9, -1), QLineF(-1, -1, 9, 9)) if state is SpanState.BLIND else (QLineF(-1, 9, 9, -1),)
    for line in lines:
        painter.drawLine(line)
    painter.end()
    return QBrush(tile)


def draw_sample(painter: QPainter, state: SpanState, area: QRectF) -> None:
    """One state for the legend."""
    _draw_span(painter, state, area)


def _draw_unknown(painter: QPainter, scene: TimelineScene) -> None:
    """What is not loaded yet, and what has not happened yet, are not shown as if nothing was there."""
    layout, timeline = scene.layout, scene.timeline
    height = min(layout.height, TOP_PX + layout.rows_height() - layout.scroll) - TOP_PX
    if timeline is not None:
        for since_ns, until_ns in ((layout.window.since_ns, timeline.since_ns), (timeline.until_ns, layout.window.until_ns)):
            if until_ns > since_ns:
                left, right = max(float(HEAD_PX), layout.x_of(since_ns)), min(float(layout.width), layout.x_of(until_ns))
                painter.fillRect(QRectF(left, TOP_PX, right - left, height), _tinted("raised", 0.55))
    if layout.window.until_ns > scene.now_ns > 0:
        left = max(float(HEAD_PX), layout.x_of(scene.now_ns))
        painter.fillRect(QRectF(left, TOP_PX, layout.width - left, layout.height - TOP_PX), color("video"))
        painter.setPen(QPen(color("secondary"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(left, TOP_PX, left, layout.height))


def _draw_name(painter: QPainter, row: LaneRow, area: QRectF, current: bool) -> None:
    painter.fillRect(area, color("accent_quiet" if current else "panel"))
    indent = 26.0 if row.nested else 10.0
    if row.group:
        _draw_chevron(painter, QPointF(15, area.center().y()), row.collapsed)
        indent = 26.0
    painter.setFont(font("secondary", 600 if row.group else 400))
    painter.setPen(color("text" if not row.group or row.collapsed else "secondary"))
    name = f"{row.name} ({row.members})" if row.group else row.name
    room = area.adjusted(indent, 0, -8, 0)
    shown = QFontMetrics(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.setPen(color("line"))
    painter.drawLine(QLineF(area.left(), area.bottom() - 0.5, area.right(), area.bottom() - 0.5))
    painter.drawLine(QLineF(area.right() - 0.5, area.top(), area.right() - 0.5, area.bottom()))


def _draw_chevron(painter: QPainter, middle: QPointF, closed: bool) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color("secondary"), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.translate(middle)
    painter.rotate(-90 if closed else 0)
    painter.drawPolyline(QPolygonF([QPointF(-4, -2), QPointF(0, 2), QPointF(4, -2)]))
    painter.restore()


# ruler and flags


def _draw_ruler(painter: QPainter, layout: TimelineLayout, zone: tzinfo | None) -> None:
    painter.fillRect(QRectF(0, 0, layout.width, TOP_PX), color("panel"))
    marks = ruler(layout.window, layout.lanes_width, zone)
    painter.setFont(font("secondary"))
    painter.setPen(color("secondary"))
    painter.drawText(QRectF(10, 0, HEAD_PX - 18, TOP_PX - FLAGS_PX), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, marks.zone)
    painter.save()
    painter.setClipRect(HEAD_PX, 0, layout.lanes_width, layout.height)
    _draw_ticks(painter, layout, marks.ticks, marks.minor)
    _draw_parts(painter, layout, marks.parts)
    painter.restore()
    painter.setPen(color("line"))
    for y in (TOP_PX - FLAGS_PX - 0.5, TOP_PX - 0.5):
        painter.drawLine(QLineF(0, y, layout.width, y))
    painter.drawLine(QLineF(HEAD_PX - 0.5, 0, HEAD_PX - 0.5, TOP_PX))


def _draw_ticks(painter: QPainter, layout: TimelineLayout, ticks: tuple[Tick, ...], minor: tuple[int, ...]) -> None:
    foot = TOP_PX - FLAGS_PX
    painter.setPen(color("line"))
    painter.drawLines([QLineF(x, foot - 4, x, foot) for at_ns in minor if (x := round(layout.x_of(at_ns)) + 0.5)])
    metrics = QFontMetrics(painter.font())
    for tick in ticks:
        x = round(layout.x_of(tick.at_ns)) + 0.5
        painter.setPen(color("line_strong"))
        painter.drawLine(QLineF(x, foot - 7, x, foot))
        painter.setPen(_tinted("line", 0.55))
        painter.drawLine(QLineF(x, TOP_PX, x, layout.height))
        painter.setPen(color("text"))
        area = _label_area(layout, tick, metrics)
        if area.left() < HEAD_PX or area.right() - 2 > layout.width:
            continue  # half a label says another time
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, tick.label)


def _draw_parts(painter: QPainter, layout: TimelineLayout, parts: tuple[Tick, ...]) -> None:
    """Each stays in view as long as any of it is."""
    metrics = QFontMetrics(painter.font())
    edges = [layout.x_of(part.at_ns) for part in parts] + [float(layout.width)]
    for number, part in enumerate(parts):
        left, right = max(float(HEAD_PX), edges[number]), edges[number + 1]
        if edges[number] > HEAD_PX:
            painter.setPen(color("line_strong"))
            painter.drawLine(QLineF(round(left) + 0.5, 2, round(left) + 0.5, TOP_PX - FLAGS_PX))
        width = metrics.horizontalAdvance(part.label)
        if right - left >= width + 12:
            painter.setPen(color("secondary"))
            painter.drawText(QRectF(left + 6, 0, width + 4, PARTS_PX), Qt.AlignmentFlag.AlignVCenter, part.label)


def flag_place(layout: TimelineLayout, bookmark: Bookmark) -> QRectF:
    """Where a flag can be clicked."""
    return QRectF(layout.x_of(bookmark.at_ns) - 3, TOP_PX - FLAGS_PX, 14, FLAGS_PX)


def _draw_flags(painter: QPainter, layout: TimelineLayout, bookmarks: tuple[Bookmark, ...]) -> None:
    painter.save()
    painter.setClipRect(HEAD_PX, TOP_PX - FLAGS_PX, layout.lanes_width, layout.height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for bookmark in bookmarks:
        x = layout.x_of(bookmark.at_ns)
        if bookmark.until_ns is not None:
            right = layout.x_of(bookmark.until_ns)
            painter.fillRect(QRectF(x, TOP_PX - 4, max(1.0, right - x), 3), _tinted("moderate", 0.8))
        painter.setPen(QPen(color("moderate"), 1))
        painter.drawLine(QLineF(x, TOP_PX - FLAGS_PX + 2, x, TOP_PX))
        painter.setBrush(color("moderate"))
        painter.drawPolygon(QTransform.fromTranslate(x, TOP_PX - FLAGS_PX + 2).map(_FLAG))
    painter.restore()


# what moves


def draw_range(painter: QPainter, layout: TimelineLayout, chosen: TimeWindow | tuple[int, int], text: str) -> None:
    since_ns, until_ns = (chosen.since_ns, chosen.until_ns) if isinstance(chosen, TimeWindow) else chosen
    left, right = layout.x_of(since_ns), layout.x_of(until_ns)
    painter.save()
    painter.setClipRect(HEAD_PX, 0, layout.lanes_width, layout.height)
    painter.fillRect(QRectF(left, TOP_PX, right - left, layout.height - TOP_PX), _tinted("accent", 0.10))
    painter.fillRect(QRectF(left, TOP_PX - FLAGS_PX - 3, right - left, 3), color("accent"))
    painter.setPen(QPen(color("accent"), 1.5))
    for x, way in ((left, 1), (right, -1)):
        painter.drawLine(QLineF(x, PARTS_PX, x, layout.height))
        painter.fillRect(QRectF(x if way > 0 else x - 6, PARTS_PX, 6, TICKS_PX - 3), color("accent"))
    painter.setFont(font("secondary", 600))
    width = QFontMetrics(painter.font()).horizontalAdvance(text)
    if right - left > width + 30:
        middle = (max(left, HEAD_PX) + min(right, layout.width)) / 2
        _plate(painter, QRectF(middle - width / 2 - 6, 2, width + 12, PARTS_PX - 3), text, "accent")
    painter.restore()


def draw_playhead(painter: QPainter, layout: TimelineLayout, at_ns: int, text: str, zone: tzinfo | None = None) -> None:
    """`zone`: of the ruler, whose labels give way to the flag whole: half a label says another time."""
    x = layout.x_of(at_ns)
    if not HEAD_PX <= x <= layout.width:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color("text"), 1.5))
    painter.drawLine(QLineF(x, PARTS_PX, x, layout.height))
    painter.setFont(font("secondary", 600))
    width = QFontMetrics(painter.font()).horizontalAdvance(text) + 14
    left = min(max(float(HEAD_PX), x - width / 2), layout.width - width)
    flag = QRectF(left, PARTS_PX - 1, width, TICKS_PX - 3)
    metrics = QFontMetrics(font("secondary"))
    for tick in ruler(layout.window, layout.lanes_width, zone).ticks:
        label = _label_area(layout, tick, metrics)
        if label.intersects(flag):
            painter.fillRect(label, color("panel"))
    _plate(painter, flag, text, "text")
    painter.restore()


def _label_area(layout: TimelineLayout, tick: Tick, metrics: QFontMetrics) -> QRectF:
    width = metrics.horizontalAdvance(tick.label)
    return QRectF(round(layout.x_of(tick.at_ns)) + 0.5 - width / 2 - 2, PARTS_PX - 3, width + 4, TICKS_PX - 4)


def draw_pointer(painter: QPainter, layout: TimelineLayout, x: float) -> None:
    painter.setPen(QPen(_tinted("secondary", 0.6), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QLineF(round(x) + 0.5, TOP_PX - FLAGS_PX, round(x) + 0.5, layout.height))


def draw_words(painter: QPainter, layout: TimelineLayout, text: str) -> None:
    """In the middle, where there is nothing else to show."""
    painter.setFont(font("body"))
    painter.setPen(color("secondary"))
    area = QRectF(HEAD_PX + 16, TOP_PX, layout.lanes_width - 32, max(0, layout.height - TOP_PX))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)


def _plate(painter: QPainter, area: QRectF, text: str, role: str) -> None:
    path = QPainterPath()
    path.addRoundedRect(area, 4, 4)
    painter.fillPath(path, color(role))
    painter.setPen(color("on_accent"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
