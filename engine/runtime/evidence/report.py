"""The report of a pack, for people: what it holds, what happened when and where, why it was told, and how to check all that. PDF."""

from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, PageBreak, SimpleDocTemplate, Spacer

from engine.alerts.words import alert_sentence
from engine.model.alerts.decision import GateReading
from engine.model.event import Event
from engine.model.history.evidence import PackRequest, Redaction
from engine.model.places import place_name
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.report_drawings import Lane, draw_plan, draw_timeline
from engine.runtime.evidence.report_style import PLAIN, QUIET, SHAPES, long_text, styles, table, text
from engine.runtime.evidence.reported import Reported

_WIDTH = A4[0] - 36 * mm
_MOST_ROWS = 400
_MOST_EXPLAINED = 60
_STILL_WIDTH, _STILL_HEIGHT = 44 * mm, 33 * mm


def make_report(told: Reported) -> bytes:
    """A4 pages, with every text of the world as plain text."""
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=f"Evidence pack: {told.request.title}",
        author=told.by,
        creator=f"Watchroom {told.version}",
    )
    kinds = styles()
    story = [*_head(told, kinds), *_timeline(told, kinds), *_plan(told, kinds), *_alerts(told, kinds), *_events(told, kinds)]
    story += [*_reasons(told, kinds), *_contents(told, kinds), *_checking(told, kinds)]
    footer = _Footer(told)
    document.build(story, onFirstPage=footer, onLaterPages=footer)
    return out.getvalue()


class _Footer:
    def __init__(self, told: Reported) -> None:
        self._left = f"{told.request.title[:60]} · {told.pack_id}"

    def __call__(self, canvas: Canvas, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(PLAIN, 7)
        canvas.setFillColor(QUIET)
        canvas.drawString(18 * mm, 10 * mm, self._left)
        canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, f"page {document.page}")
        canvas.restoreState()


def _head(told: Reported, kinds: Any) -> list[Flowable]:
    request, times = told.request, told.times
    rows = [
        ("Site", told.settings.site_name),
        ("From", times.full(request.since_ns)),
        ("To", times.full(request.until_ns)),
        ("Cameras", ", ".join(_camera_name(told, each) for each in request.camera_ids) or "all"),
        ("Made", f"{times.full(told.created_ns)} by {told.by}, with Watchroom {told.version}"),
        ("Hidden", _hidden(request)),
    ]
    cells = [[text(name, kinds["quiet"]), text(value, kinds["body"])] for name, value in rows]
    marks = [text("SIMULATED: some of what this pack tells of did not happen.", kinds["mark"])] if told.gathered.simulated else []
    note = [long_text(request.note, kinds["body"])] if request.note.strip() else []
    missing = [text(f"Not in this pack: {sentence}", kinds["body"]) for sentence in told.missing]
    return [text(request.title, kinds["title"]), *marks, table(cells, [24 * mm, _WIDTH - 24 * mm], False), Spacer(1, 6), *note, *missing]


def _timeline(told: Reported, kinds: Any) -> list[Flowable]:
    lanes = _lanes(told)
    drawing = draw_timeline(lanes, told.request.since_ns, told.request.until_ns, told.times, _WIDTH)
    legend = "Bars: video in this pack. Marks: when an event began; ▲ severity 4 and 5, ● below. Lines: how long it went on."
    drawing.hAlign = "LEFT"
    return [text("When", kinds["heading"]), drawing, text(legend, kinds["quiet"])]


def _plan(told: Reported, kinds: Any) -> list[Flowable]:
    placed = [event for event in told.gathered.events if event.position is not None]
    drawing = draw_plan(told.settings.floor, told.settings.nodes, placed, _WIDTH, 90 * mm)
    if drawing is None:
        return []
    drawing.hAlign = "LEFT"
    legend = "■ camera, ▲ radio node, ● where an event was, as far as that is known. The floor as it is drawn in the settings."
    return [text("Where", kinds["heading"]), drawing, text(legend, kinds["quiet"])]


def _alerts(told: Reported, kinds: Any) -> list[Flowable]:
    cell = kinds["cell"]
    rows = [[text(name, cell) for name in ("Raised", "Severity", "What", "Where", "What became of it")]]
    for alert in told.gathered.alerts[:_MOST_ROWS]:
        became = f"{alert.state.value.replace('_', ' ')}{f', {alert.disposition.value}' if alert.disposition else ''}"
        what = f"{alert.reason}{f' ({alert.person})' if alert.person else ''}{' SIMULATED' if alert.simulated else ''}"
        place = _camera_name(told, alert.camera_id) or _zone_name(told, alert.zone_id)
        level = f"{SHAPES[alert.severity]} {alert.severity.value}"
        rows.append([text(each, cell) for each in (told.times.moment(alert.raised_ns), level, what, place, became)])
    if len(rows) == 1:
        return [text("Alerts", kinds["heading"]), text("No alert was raised in this time.", kinds["body"])]
    return [text("Alerts", kinds["heading"]), table(rows, [30 * mm, 16 * mm, _WIDTH - 110 * mm, 34 * mm, 30 * mm])]


def _events(told: Reported, kinds: Any) -> list[Flowable]:
    cell = kinds["cell"]
    events = told.gathered.events
    if not events:
        return [text("Events", kinds["heading"]), text("Nothing was told of in this time.", kinds["body"])]
    rows: list[list[Any]] = [[text(name, cell) for name in ("Began", "What", "Picture")]]
    for event in events[:_MOST_ROWS]:
        ended = "still going on" if event.ended_ns is None else f"until {told.times.moment(event.ended_ns)}"
        place = _camera_name(told, event.camera_id) or _zone_name(told, event.zone_id)
        mark = " SIMULATED" if event.simulated else ""
        what = (
            f"{SHAPES[event.severity]} {alert_sentence(event.kind, place, event.reason)}{f' {event.person}.' if event.person else ''}{mark}"
        )
        began = f"{told.times.moment(event.started_ns)}\n{ended}\n{event.id}"
        rows.append([text(began, cell), text(what, cell), _still(told, event) or text("", cell)])
    more = [text(f"{len(events) - _MOST_ROWS} more are in record/events.json.", kinds["quiet"])] if len(events) > _MOST_ROWS else []
    return [text("Events", kinds["heading"]), table(rows, [40 * mm, _WIDTH - 88 * mm, 48 * mm]), *more]


def _reasons(told: Reported, kinds: Any) -> list[Flowable]:
    decisions = {decision.id: decision for decision in told.gathered.decisions}
    wanted = [decisions[alert.decision_id] for alert in told.gathered.alerts if alert.decision_id in decisions][:_MOST_EXPLAINED]
    if not wanted:
        return []
    cell = kinds["cell"]
    rows = [[text(name, cell) for name in ("Decision", "Gates: value against threshold", "What would have changed it")]]
    for decision in wanted:
        gates = "\n".join(_gate(each) for each in decision.gates)
        who = f"{told.times.moment(decision.decided_ns)}\n{decision.outcome.value}: {decision.reason}\n{decision.id}"
        rows.append([text(who, cell), long_text(gates, cell), text(decision.flip, cell)])
    return [text("Why alerts were raised", kinds["heading"]), table(rows, [56 * mm, _WIDTH - 106 * mm, 50 * mm])]


def _contents(told: Reported, kinds: Any) -> list[Flowable]:
    mono = kinds["mono"]
    rows = [[text(name, mono) for name in ("File", "What", "Bytes", "SHA-256")]]
    rows += [[text(each, mono) for each in (file.path, file.what, str(file.size_bytes), file.sha256)] for file in told.files]
    return [PageBreak(), text("Files", kinds["heading"]), table(rows, [46 * mm, 40 * mm, 16 * mm, _WIDTH - 102 * mm])]


def _checking(told: Reported, kinds: Any) -> list[Flowable]:
    sentences = (
        "manifest.json lists every file with its SHA-256 (this report too), and signature.json signs it with the site's Ed25519 key.",
        f"The key's fingerprint is {fingerprint(told.key)}. Compare it with what the site told you in another way.",
        "`watchroom evidence verify PACK` checks every byte and the signature. With --rerun the record under raw/ is run through the same"
        " engine again, and has to come to the same decisions with the same scores.",
        "Without Watchroom: `sha256sum` of each file against manifest.json; the signature is over the ASCII text"
        ' ["watchroom evidence 1","<SHA-256 of manifest.json>"].',
    )
    return [text("How to check this pack", kinds["heading"]), *(long_text(each, kinds["body"]) for each in sentences)]


def _lanes(told: Reported) -> list[Lane]:
    cameras = dict.fromkeys([*(video.camera_id for video in told.videos), *(event.camera_id for event in told.gathered.events)])
    lanes = [
        Lane(
            _camera_name(told, camera_id),
            tuple(event for event in told.gathered.events if event.camera_id == camera_id),
            tuple(video for video in told.videos if video.camera_id == camera_id),
        )
        for camera_id in cameras
        if camera_id
    ]
    others = tuple(event for event in told.gathered.events if not event.camera_id)
    return [*lanes, *([Lane("Radio and reports", others)] if others or not lanes else [])]


def _still(told: Reported, event: Event) -> Image | None:
    path = told.stills.get(event.id)
    if path is None:
        return None
    return Image(str(told.folder / path), _STILL_WIDTH, _STILL_HEIGHT, kind="proportional")


def _gate(gate: GateReading) -> str:
    unit = f" {gate.unit}" if gate.unit else ""
    return f"{'passed' if gate.passed else 'failed'} {gate.gate}: {gate.value:.4g} against {gate.threshold:.4g}{unit}"


def _hidden(request: PackRequest) -> str:
    parts = ["the faces of everybody"] if request.redaction is Redaction.FACES else []
    cameras = dict.fromkeys(region.camera_id for region in request.hidden)
    parts += [f"parts of the picture of {camera_id}" for camera_id in cameras]
    return ", ".join(parts) if parts else "nothing"


def _camera_name(told: Reported, camera_id: str) -> str:
    camera = told.settings.camera(camera_id)
    return camera_id if camera is None else camera.name


def _zone_name(told: Reported, zone_id: str) -> str:
    return place_name(told.settings, zone_id)
