"""Why radio found somebody where they are on the floor of then: asked of the record, shown in a window beside the page."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QWidget

from console.bridge import EngineBridge
from console.pages.space.words import node_names, zone_names
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.question import ExplainBlob
from engine.model.radio.blob import Blob, BlobExplanation
from engine.model.radio.fused import SourceKind
from engine.model.snapshot import Snapshot
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.fitting_scroll import FittingScroll
from widgets.look import scaled
from widgets.people.explanation_panel import ExplanationPanel
from widgets.translation import tr

_BESIDE = QSize(24, 64)  # pixels of the screen beside the panel


class WhyThere(QDialog):
    """UI thread. One blob at one time; asked once, since what was does not change."""

    def __init__(self, bridge: EngineBridge, blob: Blob, picture: Snapshot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Why a person was located here"))
        self._nodes = node_names(picture)
        self.panel = ExplanationPanel()
        self.panel.show_blob(blob, picture.at_ns, zone_names(picture.settings))
        self.panel.show_explanation(None, self._nodes, tr("Loading from the record; this takes a few seconds…"))
        self.panel.closed.connect(self.close)
        column = make_column(self, margins=(12, 12, 12, 12))
        holder = QWidget(self)
        make_column(holder, margins=NO_MARGINS).addWidget(self.panel)
        column.addWidget(FittingScroll(holder, _BESIDE, self))
        self.resize(QSize(scaled(480), scaled(680)).boundedTo(self.screen().availableSize() - _BESIDE))
        bridge.ask(ExplainBlob(blob.id, picture.at_ns), self._show_explanation, self._show_explanation_error, owner=self)

    def _show_explanation(self, explanation: BlobExplanation) -> None:
        self.panel.show_explanation(explanation, self._nodes)

    def _show_explanation_error(self, error: WatchroomError) -> None:
        self.panel.show_explanation(None, self._nodes, error_text(error))


def blob_of(picture: Snapshot, person_id: str) -> Blob | None:
    """Of somebody on the floor: themselves, or what radio has to do with them."""
    found = picture.radio.picture
    tracks = () if picture.people.fused is None else picture.people.fused.tracks
    radio = next((s.id for t in tracks if t.id == person_id for s in t.sources if s.kind is SourceKind.RADIO), person_id)
    return next((blob for blob in found.blobs if blob.id == radio), None) if found is not None else None
