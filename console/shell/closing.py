"""The question before Watchroom ends, and what goes on or stops then."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from console.dialogs.frame import FramedDialog, LeaveQuestion
from console.shell.tray import Closing
from engine.model.snapshot import Job, JobState, Snapshot
from widgets.signals import on
from widgets.translation import tr
from widgets.words import count_text


def consequences(engine_here: bool) -> str:
    """Of ending the console. engine_here: the engine runs inside it."""
    if engine_here:
        return tr("The engine runs in this program: recording and alerts stop until Watchroom is started again.")
    return tr("The engine continues to record and to raise alerts. This computer no longer shows or sounds them.")


def quit_question(engine_here: bool) -> LeaveQuestion:
    """Before the program is left from a dialog that stands in the window's place."""
    return LeaveQuestion(tr("Quit Watchroom?"), consequences(engine_here), tr("&Quit"), tr("&Stay"))


def running_jobs(snapshot: Snapshot | None) -> tuple[Job, ...]:
    return () if snapshot is None else tuple(job for job in snapshot.jobs if job.state is JobState.RUNNING)


class ClosingDialog(FramedDialog):
    """Asked when the window is closed. Signals: chosen(Closing, bool): stay in the tray or quit; whether to do so from now on."""

    chosen = Signal(object, bool)

    def __init__(self, tray: bool, engine_here: bool, jobs: Sequence[Job] = (), parent: QWidget | None = None) -> None:
        """`tray`: there is one to stay in. jobs: those that quitting would cancel."""
        sentences = [consequences(engine_here)]
        if tray:
            sentences.insert(0, tr("In the tray, Watchroom continues to sound alerts and to show them as notifications. If you quit:"))
        if jobs and engine_here:
            count = count_text(len(jobs), tr("1 running job is cancelled"), tr("{0} running jobs are cancelled"))
            sentences.append(f"{count}: {', '.join(job.title for job in jobs)}.")
        title = tr("Keep Watchroom running in the tray?") if tray else tr("Quit Watchroom?")
        super().__init__(title, " ".join(sentences), width=480, parent=parent)
        self.always = QCheckBox(tr("&Do this from now on") if tray else tr("&Do not ask again"))
        self.body.addWidget(self.always)
        self.quit = self.add_button(tr("&Quit"), "danger", at_left=tray)
        self.keep = self.add_cancel(tr("&Keep the window"))
        self.stay = self.add_button(tr("&Run in the tray"), "primary")
        self.stay.setVisible(tray)
        for button, wish in ((self.stay, Closing.STAY), (self.quit, Closing.QUIT)):
            on(button.clicked, self._choose, wish)
        safe = self.stay if tray else self.keep
        safe.setDefault(True)
        safe.setFocus()

    def _choose(self, wish: Closing) -> None:
        self.accept()
        self.chosen.emit(wish, self.always.isChecked())
