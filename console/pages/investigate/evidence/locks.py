"""What is locked as evidence: list, go there, lock a stretch, unlock."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.evidence.lock_evidence import LockEvidenceDialog
from console.pages.investigate.moments import MomentPanel
from console.pages.investigate.words import lock_row, lock_term
from console.words import denied_text
from engine.model.accounts.access import Verb
from engine.model.cameras.segment import EvidenceLock, ListLocks, UnlockEvidence
from engine.model.errors import WatchroomError
from engine.model.time import SECOND, Clock
from widgets.marks.empty_state import EmptyState
from widgets.marks.plain_tip import plain_tip
from widgets.marks.toast import ToastArea
from widgets.timeline.moment_list import MomentRow
from widgets.timeline.timeline_words import stretch_text
from widgets.translation import tr

_AGAIN_NS = 60 * SECOND  # others lock too, and locks expire


class LockPanel(MomentPanel[EvidenceLock]):
    """Signals: wanted(): a stretch is to be locked. changed(tuple of those that hold now)."""

    wanted = Signal()
    changed = Signal(object)

    def __init__(self, bridge: EngineBridge, clock: Clock, zone: tzinfo, toasts: ToastArea, parent: QWidget | None = None) -> None:
        self._asked_ns = 0
        self.lock_button, self.unlock_button = QPushButton(tr("&Lock…")), QPushButton(tr("&Unlock…"))
        text = tr("Select a range of the timeline and choose “Lock…”. Its recordings are kept regardless of age and disk space.")
        empty = EmptyState("lock", tr("No locks"), text)
        super().__init__(bridge, clock, zone, toasts, tr("Evidence locks"), empty, (self.lock_button, self.unlock_button), parent)
        self.lock_button.clicked.connect(self.wanted)
        self.unlock_button.clicked.connect(self.unlock)
        self.enable()

    def load(self) -> None:
        self._ask_locks(self._toast_moment_error)

    def row(self, moment: EvidenceLock, now_ns: int) -> MomentRow:
        return lock_row(moment, self._names, now_ns, self._zone)

    def follow(self, now_ns: int) -> None:
        """Ask again now and then."""
        if now_ns - self._asked_ns >= _AGAIN_NS:
            self._asked_ns = now_ns
            self._ask_locks(ignore_answer)  # what is shown stays; the timeline beside it says that the record does not answer

    def _ask_locks(self, failed: Callable[[WatchroomError], None]) -> None:
        self._bridge.ask(ListLocks(), self._show_locks, failed, owner=self)

    def _show_locks(self, locks: tuple[EvidenceLock, ...]) -> None:
        self.show_moments(locks)
        now_ns = self._clock.now_ns()
        self.changed.emit(tuple(each for each in locks if each.expires_ns is None or each.expires_ns > now_ns))

    def lock(self, stretch: tuple[int, int], camera_ids: tuple[str, ...]) -> LockEvidenceDialog:
        """`camera_ids` empty: all."""
        dialog = LockEvidenceDialog(self._bridge, self._clock, stretch, self._zone, camera_ids, self)
        dialog.accepted.connect(self._locked)
        return self.open_over(dialog)

    def _locked(self) -> None:
        self._toasts.show_message(tr("The range is locked as evidence."))
        self.load()

    def unlock(self) -> ConfirmDialog | None:
        lock = self.current()
        if lock is None:
            return None
        after = tr(
            "Normal retention applies again: recordings past their age are deleted within a minute. The audit records who unlocked it."
        )
        what = f"{tr('{0}, locked by {1}: {2}')}\n\n{after}"
        text = what.format(stretch_text(lock.since_ns, lock.until_ns, self._zone), lock.by, lock.reason)
        dialog = ConfirmDialog(tr("Unlock this evidence?"), text, tr("&Unlock"), self, can_undo=True)
        dialog.accepted.connect(lambda: self._bridge.tell(UnlockEvidence(lock.id), self.load, self._toast_moment_error, owner=self))
        return self.open_over(dialog)

    def enable(self) -> None:
        lock, session = self.current(), self._bridge.session
        self.lock_button.setEnabled(session.may(Verb.EXPORT))
        tip = tr("Lock the selected range") if session.may(Verb.EXPORT) else denied_text(Verb.EXPORT)
        self.lock_button.setToolTip(plain_tip(tip))
        may = session.may(Verb.ADMINISTER)
        self.unlock_button.setEnabled(may and lock is not None)
        term = lock_term(lock, self._clock.now_ns(), self._zone) if lock is not None else tr("Select a lock first")
        self.unlock_button.setToolTip(plain_tip(term if may else denied_text(Verb.ADMINISTER)))
