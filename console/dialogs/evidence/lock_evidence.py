"""Locking a stretch as evidence: why, of which cameras, and until when."""

from datetime import datetime, timedelta, tzinfo

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QComboBox, QDateEdit, QLabel, QPlainTextEdit, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from engine.model.cameras.segment import LONGEST_REASON, LockEvidence
from engine.model.time import SECOND, Clock
from widgets.fields.check_list import CheckList
from widgets.fields.number_field import padded
from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role
from widgets.time_text import local_time
from widgets.timeline.timeline_words import stretch_text
from widgets.translation import tr

_LOW_LIST, _LIST = 62, 116  # pixels
_NEVER, _ON_DAY = 0, -1  # beside numbers of days


class LockEvidenceDialog(SavingDialog):
    """For those who may export. `camera_ids`: chosen to begin with; empty: all."""

    def __init__(
        self,
        bridge: EngineBridge,
        clock: Clock,
        stretch: tuple[int, int],
        zone: tzinfo | None,
        camera_ids: tuple[str, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(bridge, tr("Lock as evidence"), stretch_text(*stretch, zone), width=480, parent=parent)
        self._stretch, self._zone, self._now_ns = stretch, zone, clock.now_ns()
        self.reason = QPlainTextEdit(placeholderText=tr("Incident or case number"))
        self.reason.setAccessibleName(tr("Why"))
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(72)
        self.cameras = CheckList(tr("Cameras"), self.refresh)
        self.cameras.setMinimumHeight(_LOW_LIST)
        self.cameras.setMaximumHeight(_LIST)
        self.until = QComboBox()
        self.day = padded(QDateEdit())
        self.day.setAccessibleName(tr("Last day"))
        self.day.setDisplayFormat("yyyy-MM-dd")
        self._fill_cameras(camera_ids)
        self._build_rows()
        self.reason.textChanged.connect(self.refresh)
        self.until.currentIndexChanged.connect(self.refresh)
        self.add_save(tr("&Lock"))
        self.reason.setFocus()

    def _fill_cameras(self, camera_ids: tuple[str, ...]) -> None:
        today = local_time(self._now_ns, self._zone).date()
        self.day.setMinimumDate(QDate(today.year, today.month, today.day))
        self.day.setDate(self.day.minimumDate().addDays(30))
        terms = (tr("30 days from now"), 30), (tr("90 days from now"), 90), (tr("1 year from now"), 365)
        for text, days in ((tr("Until unlocked"), _NEVER), *terms, (tr("End of a day…"), _ON_DAY)):
            self.until.addItem(text, days)
        snapshot = self.bridge.snapshot
        for camera in snapshot.settings.cameras if snapshot is not None else ():
            self.cameras.add_item(camera.name, camera.id, not camera_ids or camera.id in camera_ids)

    def _build_rows(self) -> None:
        rows = ((tr("&Reason"), self.reason), (tr("Cam&eras"), self.cameras), (tr("Locked &until"), self.until))
        for text, widget in rows:
            self.add_labelled(text, widget)
        self.until.setAccessibleName(tr("Locked until"))
        self.body.addWidget(self.day)
        reach = tr(
            "Kept while the lock holds, regardless of age and disk space: video, clips, events and decisions of "
            "this time, and the journal from its beginning, which can get large."
        )
        self.reach = QLabel(reach, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.reach, "secondary")
        self.body.addWidget(self.reach)

    def expires_ns(self) -> int | None:
        days = int(self.until.currentData())
        if days == _ON_DAY:
            day = self.day.date()
            after = datetime(day.year(), day.month(), day.day(), tzinfo=self._zone) + timedelta(days=1)
            return int(after.timestamp()) * SECOND
        return None if days == _NEVER else self._now_ns + days * 86_400 * SECOND

    def is_valid(self) -> bool:
        some = self.cameras.count() == 0 or bool(self.cameras.checked_ids())
        return some and 0 < len(self.reason.toPlainText().strip()) <= LONGEST_REASON

    def command(self) -> LockEvidence:
        cameras = () if self.cameras.all_chosen() else self.cameras.checked_ids()
        return LockEvidence(*self._stretch, self.reason.toPlainText().strip(), cameras, self.expires_ns())

    def refresh(self) -> None:
        super().refresh()
        self.day.setVisible(self.until.currentData() == _ON_DAY)
        if hasattr(self, "save"):
            self.save.setToolTip(plain_tip("" if self.is_valid() else self._reason_trouble()))

    def _reason_trouble(self) -> str:
        length = len(self.reason.toPlainText().strip())
        if not length:
            return tr("Enter a reason.")
        if length > LONGEST_REASON:
            return tr("The reason has {0} characters; at most {1}.").format(length, LONGEST_REASON)
        return tr("Choose at least one camera.")
