"""Where edits of who is known enter the pipeline: one after the other, each through when `enter` returns."""

import threading

from engine.model.errors import EnvironmentFault
from engine.model.observation import RosterEdited
from engine.model.people.person import RosterEdit
from engine.runtime.ports import Inbox

WAIT_S = 10.0


class RosterDesk:
    """`confirm_edit` on the engine thread, the rest on any other. Hold `changing` from looking at who is known until `enter` has returned,
    so that of two who ask for the same name one is refused."""

    def __init__(self, inbox: Inbox, wait_s: float = WAIT_S) -> None:
        self._inbox = inbox
        self._wait_s = wait_s
        self._changed = threading.Condition()
        self._waiting: dict[int, RosterEdited] = {}
        self.changing = threading.RLock()

    def enter(self, edit: RosterEdit, by: str, now_ns: int) -> None:
        """Raises EnvironmentFault where the engine thread does not come to it."""
        edited = RosterEdited(now_ns, edit, by)
        with self._changed:
            self._waiting[id(edited)] = edited
            self._inbox.post(edited)
            done = self._changed.wait_for(lambda: id(edited) not in self._waiting, self._wait_s)
            self._waiting.pop(id(edited), None)
        if not done:
            raise EnvironmentFault("busy", "The engine is busy, so that the change may come late or not at all. Look again in a moment.")

    def confirm_edit(self, edited: RosterEdited) -> None:
        with self._changed:
            if self._waiting.pop(id(edited), None) is not None:
                self._changed.notify_all()
