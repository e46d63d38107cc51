"""Which people are being erased, and were: of all sites that are shown, also of those that have not been told yet."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.accounts.account_rows import AccountRow, AccountRows
from console.dialogs.frame import FramedDialog
from engine.model.people.erasure import Erasure, ErasureStage
from engine.model.question import ListErasures
from widgets.time_text import clock_text
from widgets.translation import tr
from widgets.words import capitalised

MOST = 200
LOOK_MS = 2_000


class ErasuresDialog(FramedDialog):
    """It follows what happens while it is open."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("What happened stays in the record, without names, faces and clips of the erased person.")
        super().__init__(tr("Erased people"), lead, width=620, parent=parent)
        self._bridge = bridge
        self.rows = AccountRows(self.tr("Nobody has been erased."), self, self.tr("Erased people"))
        self.body.addWidget(self.rows, 1)
        self.add_cancel(self.tr("Cl&ose"))
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.finished.connect(self._timer.stop)
        self._look()

    def _look(self) -> None:
        self._bridge.ask(ListErasures(MOST), self._show, self.show_error, owner=self)

    def _show(self, erasures: tuple[Erasure, ...]) -> None:
        self.rows.show_rows([self._row(each) for each in erasures])

    def _row(self, erasure: Erasure) -> AccountRow:
        site = self._bridge.site_of(erasure.id)
        return AccountRow(erasure.id, self._whom(erasure), stage_text(erasure, site), _asked_text(erasure, site), ())

    def _whom(self, erasure: Erasure) -> str:
        """By name, for as long as that is known."""
        snapshot = self._bridge.snapshot
        known = None if snapshot is None else snapshot.people.person(erasure.id)
        if known is not None:
            return known.name
        return erasure.id.rpartition("/")[2]


def stage_text(erasure: Erasure, site: str) -> str:
    """`site`: its name; empty on a console of one site."""
    site = site or tr("The site")
    match erasure.stage:
        case ErasureStage.WAITING:
            return tr("Waiting. {0} has not been told yet, and erases this person when it answers again.").format(site)
        case ErasureStage.BEGUN:
            return tr("In progress")
        case ErasureStage.DONE:
            return tr("Erased {0}").format(_time(erasure.ended_ns))
        case ErasureStage.STAYS:
            return tr("Not erased: the person was locked meanwhile. Unlock the person and erase again.")
        case ErasureStage.REFUSED:
            return tr("Not erased. {0} refused: {1}").format(site, erasure.outcome)
        case ErasureStage.EXPIRED:
            return tr("Not erased: {0} did not answer for more than a year. Erase again.").format(site)


def _asked_text(erasure: Erasure, site: str) -> str:
    asked = _time(erasure.asked_ns)
    by = tr("asked for by {0}, {1}").format(erasure.by, asked) if erasure.by else asked
    return capitalised(" · ".join(filter(None, (site, by))))


def _time(at_ns: int | None) -> str:
    return "" if at_ns is None else clock_text(at_ns)
