"""What is locked as evidence: list, go there, lock a stretch, unlock."""

from collections.abc import Callable, Mapping
from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.lock_evidence import LockEvidenceDialog
from console.pages.investigate_words import lock_row, lock_term, tr
from console.words import denied_text, error_text
from engine.model.access import Verb
from engine.model.errors import WatchroomError
from engine.model.segment import EvidenceLock, ListLocks, UnlockEvidence
from engine.model.time import SECOND, Clock
from widgets.empty_state import EmptyState
from widgets.moment_list import MomentList
from widgets.plain_tip import plain_tip
from widgets.timeline_words import stretch_text
from widgets.toast import ToastArea

_AGAIN_NS = 60 * SECOND  # others lock too, and locks expire


class LockPanel(QWidget):
    """UI thread. Signals: chosen(EvidenceLock): go there. wanted(): a stretch is to be locked. changed(tuple of those that hold now)."""

    chosen = Signal(object)
    wanted = Signal()
    changed = Signal(object)

    def __init__(self, bridge: EngineBridge, clock: Clock, zone: tzinfo, toasts: ToastArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._zone, self._toasts = bridge, clock, zone, toasts
        self._names: Mapping[str, str] = {}
        self._locks: tuple[EvidenceLock, ...] = ()
        self._asked_ns = 0
        self.list = MomentList(tr("Evidence locks"))
        text = tr("Choose a stretch of the timeline, then “Lock…”: its recordings stay, however old they get and however full the disk is.")
        self.empty = EmptyState("lock", tr("Nothing is locked"), text)
        self.lock_button, self.unlock_button = QPushButton(tr("&Lock…")), QPushButton(tr("&Unlock…"))
        self.shown = QStackedWidget()
        self.shown.addWidget(self.empty)
        self.shown.addWidget(self.list)
        buttons = QHBoxLayout()
        buttons.addWidget(self.lock_button)
        buttons.addWidget(self.unlock_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.shown, 1)
        column.addLayout(buttons)
        self.list.chosen.connect(lambda row: self._go(row.id))
        self.lock_button.clicked.connect(self.wanted)
        self.unlock_button.clicked.connect(self.unlock)
        self._enable()

    def set_names(self, names: Mapping[str, str]) -> None:
        self._names = names

    def follow(self, now_ns: int) -> None:
        """Ask again now and then."""
        if now_ns - self._asked_ns >= _AGAIN_NS:
            self._asked_ns = now_ns
            self._ask(lambda _: None)  # what is shown stays; the timeline beside it says that the record does not answer

    def load(self) -> None:
        self._ask(self._failed)

    def _ask(self, failed: Callable[[WatchroomError], None]) -> None:
        self._bridge.ask(ListLocks(), lambda answer: self._show(answer.locks), failed, owner=self)

    def lock(self, stretch: tuple[int, int], camera_ids: tuple[str, ...]) -> LockEvidenceDialog:
        """`camera_ids` empty: all."""
        dialog = LockEvidenceDialog(self._bridge, self._clock, stretch, self._zone, camera_ids, self)
        dialog.finished.connect(lambda code: self._locked() if code == QDialog.DialogCode.Accepted else None)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _locked(self) -> None:
        self._toasts.show_message(tr("The stretch is locked as evidence."))
        self.load()

    def unlock(self) -> ConfirmDialog | None:
        lock = self.current()
        if lock is None:
            return None
        after = tr("What it kept goes the way of everything else again: what is too old within a minute. The audit keeps who unlocked it.")
        what = f"{tr('{0}, locked by {1}: {2}')}\n\n{after}"
        text = what.format(stretch_text(lock.since_ns, lock.until_ns, self._zone), lock.by, lock.reason)
        dialog = ConfirmDialog(tr("Unlock this evidence?"), text, tr("&Unlock"), self)
        dialog.accepted.connect(lambda: self._bridge.command(UnlockEvidence(lock.id), lambda _: self._unlocked(), self._failed, owner=self))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _unlocked(self) -> None:
        self._toasts.show_message(tr("The evidence is unlocked."))
        self.load()

    def current(self) -> EvidenceLock | None:
        row = self.list.current()
        return next((each for each in self._locks if row is not None and each.id == row.id), None)

    def _go(self, lock_id: str) -> None:
        self._enable()
        found = next((each for each in self._locks if each.id == lock_id), None)
        if found is not None:
            self.chosen.emit(found)

    def _show(self, locks: tuple[EvidenceLock, ...]) -> None:
        self._locks = locks
        now_ns = self._clock.now_ns()
        self.list.set_rows(tuple(lock_row(each, self._names, now_ns, self._zone) for each in locks))
        self.shown.setCurrentWidget(self.list if locks else self.empty)
        self._enable()
        self.changed.emit(tuple(each for each in locks if each.expires_ns is None or each.expires_ns > now_ns))

    def _enable(self) -> None:
        lock, session = self.current(), self._bridge.session
        self.lock_button.setEnabled(session.may(Verb.EXPORT))
        tip = tr("Of the stretch that is chosen") if session.may(Verb.EXPORT) else denied_text(Verb.EXPORT)
        self.lock_button.setToolTip(plain_tip(tip))
        may = session.may(Verb.ADMINISTER)
        self.unlock_button.setEnabled(may and lock is not None)
        term = lock_term(lock, self._clock.now_ns(), self._zone) if lock is not None else tr("Choose a lock of the list")
        self.unlock_button.setToolTip(plain_tip(term if may else denied_text(Verb.ADMINISTER)))

    def _failed(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical")
