"""The webhooks of the System page: for administrators."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.webhook import WebhookDialog
from console.job_run import JobRun
from console.words import error_text
from engine.model.access import Verb
from engine.model.command import RemoveWebhook, TestWebhook
from engine.model.delivery import WebhookState
from engine.model.errors import WatchroomError
from engine.model.notify_settings import WebhookSettings
from engine.model.question import Answer, ListWebhooks
from engine.model.snapshot import Job, JobState, Snapshot
from engine.model.time import SECOND, Clock
from widgets.icons import icon
from widgets.theme import set_role
from widgets.toast import ToastArea
from widgets.webhook_table import WebhookRow, WebhookTable

_ASK_EVERY_NS = 2 * SECOND


class WebhookSection(QWidget):
    """UI thread. While it is on screen it asks every two seconds how the webhooks do. Hidden from whoever may not administer."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._toasts = bridge, toasts
        self._settings: tuple[WebhookSettings, ...] = ()
        self._states: dict[str, WebhookState] = {}
        self._asked_ns = 0
        self._asking = False
        self._trial = JobRun(bridge, self)
        self.table = WebhookTable(clock, self.tr("Add webhook…"), self)
        self.add = QPushButton(icon("plus"), self.tr("Add &webhook…"))
        self.edit = QPushButton(icon("pencil"), self.tr("&Edit…"))
        self.test = QPushButton(icon("upload"), self.tr("Send a &test"))
        self.remove = QPushButton(icon("trash-2"), self.tr("&Remove…"))
        self.trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.trouble, "error")
        self._lay_out()
        self._connect()
        self.setVisible(bridge.may(Verb.ADMINISTER))

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("Webhooks"))
        set_role(heading, "section")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(heading)
        row.addStretch()
        for button in (self.edit, self.test, self.remove, self.add):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self.table)
        column.addWidget(self.trouble)
        self.trouble.hide()

    def _connect(self) -> None:
        self.add.clicked.connect(lambda: self._open(None))
        self.table.empty.action_requested.connect(lambda: self._open(None))
        self.edit.clicked.connect(lambda: self.open_webhook(self.table.selected_key()))
        self.table.activated.connect(self.open_webhook)
        self.test.clicked.connect(self.send_test)
        self.remove.clicked.connect(self.ask_to_remove)
        self.table.selected.connect(lambda _: self._show_tools())
        self._trial.ended.connect(self._test_ended)
        self._trial.refused.connect(self._complain)

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.isHidden():
            return
        changed = snapshot.settings.webhooks != self._settings
        self._settings = snapshot.settings.webhooks
        if self._settings and not self._asking and (changed or snapshot.at_ns - self._asked_ns >= _ASK_EVERY_NS):
            self._asking, self._asked_ns = True, snapshot.at_ns
            self._bridge.ask(ListWebhooks(), self._answered, self._unanswered, owner=self)
        self._show_rows()

    def _answered(self, answer: Answer) -> None:
        self._asking = False
        self._states = {state.id: state for state in answer.webhooks}
        self._show_trouble("")
        self._show_rows()

    def _unanswered(self, error: WatchroomError) -> None:
        """Figures of before would look like figures of now."""
        self._asking = False
        self._states = {}
        self._show_trouble(error_text(error))
        self._show_rows()

    def _show_trouble(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def _show_rows(self) -> None:
        self.table.set_webhooks(WebhookRow(hook, self._states.get(hook.id)) for hook in self._settings)
        self._show_tools()

    def _show_tools(self) -> None:
        some, chosen = bool(self._settings), self._chosen() is not None
        self.add.setVisible(some)
        for button in (self.edit, self.test, self.remove):
            button.setVisible(some)
            button.setEnabled(chosen and not (button is self.test and self._trial.running))

    # What the operator does

    def _chosen(self) -> WebhookSettings | None:
        return self._webhook(self.table.selected_key())

    def _webhook(self, webhook_id: str) -> WebhookSettings | None:
        return next((hook for hook in self._settings if hook.id == webhook_id), None)

    def open_webhook(self, webhook_id: str) -> None:
        hook = self._webhook(webhook_id)
        if hook is not None:
            self._open(hook)

    def _open(self, hook: WebhookSettings | None) -> None:
        state = self._states.get(hook.id) if hook is not None else None
        dialog = WebhookDialog(self._bridge, hook, state is not None and state.secret_stored, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def send_test(self) -> None:
        hook = self._chosen()
        if hook is not None:
            self._trial.start(TestWebhook(hook))
            self._show_tools()

    def _test_ended(self, job: Job) -> None:
        done = job.state is JobState.DONE
        self._toasts.show_message(job.message, "good" if done else "critical", seconds=6 if done else 0)
        self._show_tools()

    def ask_to_remove(self) -> None:
        hook = self._chosen()
        if hook is None:
            return
        text = self.tr("No more events are sent there, and its secret is deleted. Messages that still wait are not sent.")
        dialog = ConfirmDialog(self.tr("Remove webhook {0}?").format(hook.id), text, self.tr("&Remove webhook"), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._remove(hook))
        dialog.open()

    def _remove(self, hook: WebhookSettings) -> None:
        done = self.tr("{0} is removed.").format(hook.id)
        self._bridge.command(RemoveWebhook(hook.id), lambda _: self._toasts.show_message(done), self._complain, owner=self)

    def _complain(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
        self._show_tools()
