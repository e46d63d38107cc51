"""Takes out of recorded clips: choose the clip, drag the part, let the engine look; then the next."""

from PySide6.QtWidgets import QProgressBar, QWidget

from console.bridge import EngineBridge
from console.dialogs.evidence.clip_choice import ClipChoice, clips_with_people
from console.dialogs.frame import FramedDialog
from engine.model.errors import WatchroomError
from engine.model.people.commands import TakeFromClip
from engine.model.people.view import TakeState
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, Clock
from widgets.gestures.gesture_range import LONGEST_S, SHORTEST_S, RangeBar
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notice
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.theme import set_role
from widgets.translation import tr

FEWEST = 2


class TakeFromClipDialog(FramedDialog):
    """Stays open, so that one clip can give several takes, until it is closed."""

    def __init__(self, bridge: EngineBridge, clock: Clock, camera_id: str = "", parent: QWidget | None = None) -> None:
        """`camera_id`: whose clips come first."""
        lead = tr("Choose a clip that shows the gesture and select the part. Two to five takes are required.")
        super().__init__(tr("Takes from clips"), lead, parent=parent)
        self._bridge = bridge
        self._take_id, self._asked, self._made = "", False, 0
        nothing = tr("Clips of people appear here after they have left the view.")
        self.choice = ClipChoice(bridge, clock, lambda port: clips_with_people(port, camera_id=camera_id), nothing)
        self.part = RangeBar()
        self.says = ElidedLabel()
        set_role(self.says, "secondary")
        self.outcome = Notice()
        self.progress = QProgressBar(textVisible=False, minimum=0, maximum=0)
        self.progress.setFixedHeight(6)
        self.progress.hide()
        self.finish = self.add_cancel(tr("&Close"))
        self.go = self.add_button(tr("&Use this part as a take"), "primary")
        self._lay_out_player()
        self._connect_player()
        self._set_clip_length()

    def _lay_out_player(self) -> None:
        under = QWidget()
        column = make_column(under, margins=NO_MARGINS)
        column.addWidget(self.part)
        column.addWidget(self.says)
        self.choice.add_below(under)
        self.body.addWidget(self.choice, 1)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.outcome)
        self.resize(1040, 700)

    def _connect_player(self) -> None:
        player = self.choice.player
        self.choice.changed.connect(self._set_clip_length)
        self.choice.refused.connect(self.show_error)
        player.position_changed.connect(self.part.show_position)
        self.part.sought.connect(self._seek)
        self.part.changed.connect(self._show_part)
        self.go.clicked.connect(self.make)
        self._bridge.snapshot_changed.connect(self._show_snapshot)

    def _seek(self, seconds: float) -> None:
        self.choice.player.pause()
        self.choice.player.seek(seconds)

    def _set_clip_length(self) -> None:
        clip = self.choice.clip()
        self.part.set_duration(0.0 if clip is None else (clip.ended_ns - clip.started_ns) / SECOND)
        self._show_part()

    def _show_part(self) -> None:
        from_s, to_s = self.part.part()
        busy, trouble = self._asked or bool(self._take_id), self._part_trouble()
        self.says.setText(
            trouble or tr("From {0} s to {1} s: {2} s").format(*(number_text(each, ".1f") for each in (from_s, to_s, to_s - from_s)))
        )
        self.go.setEnabled(not trouble and not busy)
        self.go.setToolTip(plain_tip(trouble or (tr("Analysing the last part.") if busy else "")))

    def _part_trouble(self) -> str:
        if self.choice.clip() is None:
            return tr("Choose a clip first.")
        if not self.part.is_usable():
            return tr("A take lasts {0} to {1} s: this clip is too short.").format(
                number_text(SHORTEST_S, "g"), number_text(LONGEST_S, "g")
            )
        return ""

    def make(self) -> None:
        clip = self.choice.clip()
        if clip is None or not self.go.isEnabled():
            return
        self.show_trouble("")
        self._asked = True
        self._show_notice(tr("Detecting the pose in this part of the clip…"), "neutral")
        self.progress.show()
        self._bridge.command(TakeFromClip(clip.id, *self.part.part()), self._follow_take, self._show_take_error, owner=self)
        self._show_part()

    def _follow_take(self, take_id: str) -> None:
        self._asked, self._take_id = False, take_id
        if self._bridge.snapshot is not None:
            self._show_snapshot(self._bridge.snapshot)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        take = next((take for take in snapshot.people.takes if take.id == self._take_id), None) if self._take_id else None
        if take is None or take.state is TakeState.RECORDING:
            return
        self._take_id = ""
        self.progress.hide()
        if take.state is TakeState.READY:
            self._made += 1
            self._show_notice(self._made_words(take.lasts_s), "good")
        else:
            self._show_notice(take.trouble, "critical")
        self._show_part()

    def _made_words(self, lasts_s: float) -> str:
        if self._made < FEWEST:
            return tr("Take {0} recorded: {1} s. Select the next one, in this clip or another.").format(
                self._made, number_text(lasts_s, ".1f")
            )
        return tr("Take {0} recorded: {1} s. This is enough; more takes improve the recognition. Close to name the gesture.").format(
            self._made, number_text(lasts_s, ".1f")
        )

    def _show_notice(self, text: str, level: str) -> None:
        self.outcome.set_notice(text, level)

    def _show_take_error(self, error: WatchroomError) -> None:
        self._asked = False
        self.progress.hide()
        self._show_notice("", "neutral")
        self.show_error(error)
        self._show_part()

    def done(self, result: int) -> None:
        self.choice.player.shutdown()
        super().done(result)
