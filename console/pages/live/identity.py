"""Why somebody on a tile is taken for whom they are: one person at a time, gone through with the keyboard."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from console.pages.space.words import sensor_names
from engine.model.cameras.track import Track, TrackStatus
from engine.model.radio.fused import FusedIdentity, SourceKind
from engine.model.snapshot import CameraView, Snapshot
from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notice
from widgets.people.identity_bars import IdentityBars
from widgets.people.identity_words import conflict_text, evidence_rows, name_text
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role

_FOLLOWED = (TrackStatus.CONFIRMED, TrackStatus.COASTING)


@dataclass(frozen=True, slots=True)
class InView:
    """Somebody on a camera."""

    camera: CameraView
    track: Track


def in_view(snapshot: Snapshot, camera_id: str = "") -> tuple[InView, ...]:
    """Those of one camera, of all where it is empty; on each from left to right."""
    cameras = [view for view in snapshot.cameras if camera_id in ("", view.settings.id)]
    return tuple(
        InView(view, track)
        for view in cameras
        for track in sorted(view.tracks, key=lambda track: (track.box_xyxy[0], track.id))
        if track.status in _FOLLOWED
    )


class LiveIdentity(QFrame):
    """UI thread. Hidden while nobody is explained. Signals: naming_requested(Track): show a menu below `name_button`."""

    naming_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "raised")
        self._track_id, self._camera_id = "", ""
        self._track: Track | None = None
        self._snapshot: Snapshot | None = None
        self.name = ElidedLabel()
        set_role(self.name, "section")
        self.place = ElidedLabel()
        set_role(self.place, "secondary")
        self.conflict = Notice()
        self.unknown = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.unknown, "secondary")
        self.bars = IdentityBars()
        self.next_button = QPushButton(self.tr("Ne&xt person"))
        self.name_button = with_properties(QToolButton(), text=self.tr(" Identify…"), icon=icon("user"))
        self.name_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.close_button = with_properties(
            QToolButton(), icon=icon("x"), toolTip=self.tr("Close"), accessibleName=self.tr("Close the explanation")
        )
        set_role(self.close_button, "quiet")
        self.setAccessibleName(self.tr("Identity and evidence"))
        self._lay_out_card()
        self.next_button.clicked.connect(lambda: self.step(self._camera_id))
        self.name_button.clicked.connect(lambda: self.naming_requested.emit(self._track))
        on(self.close_button.clicked, self.explain, "")
        self.hide()

    def _lay_out_card(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.close_button)
        foot = QHBoxLayout()
        foot.addWidget(self.name_button)
        foot.addStretch()
        foot.addWidget(self.next_button)
        column = make_column(self, spacing=6, margins=(12, 8, 8, 8))
        column.addLayout(top)
        for part in (self.place, self.conflict, self.unknown, self.bars):
            column.addWidget(part)
        column.addLayout(foot)

    def explained(self) -> str:
        """The track that is explained; empty: none."""
        return self._track_id

    def step(self, camera_id: str = "", by: int = 1) -> None:
        """The next one in view of a camera, or of all; the first where nobody of them is explained."""
        if self._snapshot is None:
            return
        self._camera_id = camera_id
        ids = [each.track.id for each in in_view(self._snapshot, camera_id)]
        at = ids.index(self._track_id) + by if self._track_id in ids else 0
        self.explain(ids[at % len(ids)] if ids else "")

    def explain(self, track_id: str) -> None:
        """Empty: nobody any more."""
        self._track_id = track_id
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        people = in_view(snapshot, self._camera_id)
        shown = next((each for each in in_view(snapshot) if each.track.id == self._track_id), None)
        self.setVisible(shown is not None)
        if shown is None:
            self._track_id, self._track = "", None
            return
        self._track = shown.track
        self.next_button.setVisible(len(people) > 1)
        self._show_identity(shown, dict(snapshot.people.names).get(shown.track.id), snapshot)

    def _show_identity(self, shown: InView, identity: FusedIdentity | None, snapshot: Snapshot) -> None:
        sensors = sensor_names(snapshot)
        simulated = self.tr(", simulated") if shown.camera.settings.simulated else ""
        self.name.setText(name_text(identity) if identity is not None else self.tr("Unidentified person"))
        self.place.setText(self.tr("{0}, number {1}{2}").format(shown.camera.settings.name, shown.track.number, simulated))
        self.conflict.set_notice(conflict_text(identity) if identity is not None else "", "moderate")
        self.unknown.setText("" if identity is not None else self.tr("No face, phone, voice or operator has identified this person."))
        self.unknown.setVisible(identity is None)
        self.bars.setVisible(identity is not None)
        self.bars.show_rows(evidence_rows(identity, sensors, snapshot.at_ns) if identity is not None else ())
        fused = snapshot.people.fused
        self.name_button.setVisible(fused is not None and fused.of_source(SourceKind.CAMERA, shown.track.id) is not None)
