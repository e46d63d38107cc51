"""What an operator does with plumes of smoke: say what they are, part them, make them one."""

from PySide6.QtCore import QObject

from console.bridge import EngineBridge
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.fire.smoke import SmokeLabel
from engine.model.fire.smoke_commands import LabelSmoke, MergeSmoke, SmokeCommand, UnmatchSmoke
from widgets.maps.smoke_list import SmokeList
from widgets.marks.toast import ToastArea


class SmokeActions(QObject):
    """Carries out what a list of smoke asks for. UI thread."""

    def __init__(self, plumes: SmokeList, bridge: EngineBridge, toasts: ToastArea, parent: QObject) -> None:
        super().__init__(parent)
        self._list, self._bridge, self._toasts = plumes, bridge, toasts
        plumes.labelled.connect(self.label)
        plumes.unmatched.connect(self.part)
        plumes.merged.connect(self.merge)

    def label(self, sequence_id: str, label: SmokeLabel | None) -> None:
        self._send_command(LabelSmoke(sequence_id, label), self.tr("Labelled."))

    def part(self, plume_id: str, sequence_id: str) -> None:
        self._send_command(UnmatchSmoke(plume_id, sequence_id), self.tr("Split off as a separate plume."))

    def merge(self, plume_ids: tuple[str, ...]) -> None:
        """The first takes in the others, one after the other: which plume it then is, only the engine can say."""
        self._list.set_busy(True)
        self._merge_next(plume_ids[0], plume_ids[1:])

    def _merge_next(self, into: str, others: tuple[str, ...]) -> None:
        if not others:
            self._list.set_busy(False)
            self._list.unpick()
            self._say(self.tr("Plumes merged."))
            return
        self._bridge.command(MergeSmoke(into, others[0]), self._merged_one, self._not_merged, others[1:], owner=self)

    def _merged_one(self, others: tuple[str, ...], into: str) -> None:
        self._merge_next(into, others)

    def _not_merged(self, error: WatchroomError) -> None:
        """What is one by then stays so, and is shown so."""
        self._list.set_busy(False)
        self._show_smoke_error(error)

    def _send_command(self, command: SmokeCommand, said: str) -> None:
        self._bridge.tell(command, self._say, self._show_smoke_error, said, owner=self)

    def _say(self, text: str) -> None:
        self._toasts.show_message(text, "good")

    def _show_smoke_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
