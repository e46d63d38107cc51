"""Why radio found somebody where they are on the floor of then: asked of the record, shown in a window beside the page."""

from PySide6.QtWidgets import QDialog, QWidget

from console.bridge import EngineBridge
from console.pages.space.words import node_names, zone_names
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.question import ExplainBlob
from engine.model.radio.blob import Blob, BlobExplanation
from engine.model.radio.fused import SourceKind
from engine.model.snapshot import Snapshot
from widgets.layout.boxes import make_column
from widgets.look import scaled
from widgets.people.explanation_panel import ExplanationPanel
from widgets.translation import tr


class WhyThere(QDialog):
    """UI thread. One blob at one time; asked once, since what was does not change."""

    def __init__(self, bridge: EngineBridge, blob: Blob, picture: Snapshot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Why somebody was found here"))
        self._nodes = node_names(picture)
        self.panel = ExplanationPanel()
        self.panel.show_blob(blob, picture.at_ns, zone_names(picture.settings))
        self.panel.show_explanation(None, self._nodes, tr("Being looked up in the record: this takes some seconds…"))
        self.panel.closed.connect(self.close)
        column = make_column(self, margins=(12, 12, 12, 12))
        column.addWidget(self.panel)
        self.resize(scaled(480), scaled(520))
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
