"""The gravest alerts, few and large, for beside the pictures."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QPushButton, QVBoxLayout, QWidget

from engine.model.accounts.user_ref import UserRef
from engine.model.alerts.alert import Alert, AlertState
from engine.model.time import Clock
from widgets.alerts.alert_delegate import LARGE_HEIGHT, AlertDelegate
from widgets.alerts.alert_model import AlertModel
from widgets.alerts.alert_pictures import AlertPictures
from widgets.alerts.alert_rows import AlertRow
from widgets.look import scaled
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

SHOWN = 3  # of usual text; large text and a low window leave room for fewer, as the events below need some, too
_BELOW = 300  # pixels: the title, and two rows of events with their filters


class AlertColumn(QWidget):
    """Hidden while nothing is open. Those that nobody acknowledged come first. Signals: opened(alert id or empty): to be worked."""

    opened = Signal(str)

    def __init__(self, clock: Clock, user: UserRef, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = SHOWN
        self.model = AlertModel(user, self, grouped=False)
        self.view = with_properties(QListView(), mouseTracking=True)
        self.view.setAccessibleName(tr("Most severe alerts"))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setModel(self.model)
        self.pictures = AlertPictures(clock, self)
        self.view.setItemDelegate(AlertDelegate(self.model, clock, self.pictures, self.view, large=True))
        on(self.pictures.changed, self.view.viewport().update)
        self.title, self.all_button = QLabel(textFormat=Qt.TextFormat.PlainText), QPushButton()
        set_role(self.title, "section")
        set_role(self.all_button, "link")
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.all_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.view)
        self.view.clicked.connect(self._open_alert)
        self.view.activated.connect(self._open_alert)
        self.all_button.clicked.connect(partial(self.opened.emit, ""))
        self.hide()

    def set_room(self, height: int) -> None:
        """Of the whole column, with the events below: only whole rows are shown."""
        self._most = max(1, min(SHOWN, (height - scaled(_BELOW)) // scaled(LARGE_HEIGHT)))

    def show_alerts(self, alerts: tuple[Alert, ...], cameras: Mapping[str, str], places: Mapping[str, str], now_ns: int) -> None:
        shown = [alert for alert in alerts if not alert.shelved(now_ns)]
        shown.sort(key=lambda alert: (alert.state is not AlertState.NEW, -alert.severity, -alert.raised_ns))
        top = tuple(shown[: min(self._most, round(100 * SHOWN / scaled(100)))])
        if top != self.model.all_alerts():
            self.model.set_alerts(top, cameras, places, now_ns)
            self.view.setFixedHeight(2 + scaled(LARGE_HEIGHT) * len(top))
        new = sum(1 for alert in shown if alert.state is AlertState.NEW)
        self.title.setText(
            (tr("1 new alert") if new == 1 else tr("{0} new alerts").format(number_text(new))) if new else tr("Alerts, all assigned")
        )
        self.all_button.setText(tr("All {0} alerts").format(number_text(len(shown))) if len(shown) > 1 else tr("Open alerts"))
        if self.isHidden() == bool(top):
            self.setVisible(bool(top))
        self.view.viewport().update()

    def _open_alert(self, index: QModelIndex) -> None:
        row = self.model.row_at(index.row())
        if isinstance(row, AlertRow):
            self.opened.emit(row.alert.id)
