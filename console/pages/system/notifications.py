"""Who is told outside the console, on the System page: for administrators."""

from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor, QShowEvent
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import open_dialog
from console.dialogs.messages.channel import ChannelDialog
from console.dialogs.messages.webhook import WebhookDialog
from console.job_run import JobRun
from console.words import error_text
from engine.model.accounts.access import Verb
from engine.model.alerts.delivery import ChannelState
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings, WebhookSettings
from engine.model.command import RemoveChannel, RemoveWebhook, TestChannel, TestWebhook
from engine.model.errors import WatchroomError
from engine.model.question import ListChannels
from engine.model.snapshot import Job, JobState, Snapshot
from engine.model.time import SECOND, Clock
from widgets.alerts.channel_table import ChannelRow, ChannelTable, name_of
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.head_row import HeadRow
from widgets.marks.toast import ToastArea
from widgets.signals import on, on_chosen
from widgets.theme import set_role

_ASK_EVERY_NS = 2 * SECOND
AnyChannel: TypeAlias = ChannelSettings | WebhookSettings


class NotificationSection(QWidget):
    """UI thread. While it is on screen it asks every two seconds how the channels do. Hidden from whoever may not administer."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._toasts = bridge, toasts
        self._settings: tuple[AnyChannel, ...] = ()
        self._states: dict[str, ChannelState] = {}
        self._asked_ns = 0
        self._asking = False
        self._trial = JobRun(bridge, self)
        self.table = ChannelTable(clock, self.tr("Add notification…"), self)
        self.add = QPushButton(icon("plus"), self.tr("Add &notification…"))
        self.edit = QPushButton(icon("pencil"), self.tr("&Edit…"))
        self.test = QPushButton(icon("upload"), self.tr("Send a &test"))
        self.remove = QPushButton(icon("trash-2"), self.tr("&Remove…"))
        self.trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.trouble, "error")
        self._lay_out_channels()
        self._connect_buttons()
        self.setVisible(bridge.may(Verb.ADMINISTER))

    def _lay_out_channels(self) -> None:
        heading = QLabel(self.tr("Notifications"))
        set_role(heading, "section")
        column = make_column(self, spacing=12, margins=NO_MARGINS)
        column.addLayout(HeadRow(heading, self.edit, self.test, self.remove, self.add))
        column.addWidget(self.table)
        column.addWidget(self.trouble)
        self.trouble.hide()

    def _connect_buttons(self) -> None:
        self.add.setMenu(self._menu())
        self.table.empty.action_requested.connect(lambda: self.kinds.popup(QCursor.pos()))
        on_chosen(self.edit.clicked, self.table.selected_key, self.open_channel)
        self.table.activated.connect(self.open_channel)
        self.test.clicked.connect(self.send_test)
        self.remove.clicked.connect(self.ask_to_remove)
        self.table.selected.connect(self._show_tools)
        self._trial.ended.connect(self._test_ended)
        self._trial.refused.connect(self._show_channel_error)

    def _menu(self) -> QMenu:
        self.kinds = QMenu(self)
        words = {
            ChannelKind.EMAIL: self.tr("&E-mail…"),
            ChannelKind.SLACK: self.tr("&Slack…"),
            ChannelKind.NTFY: self.tr("&ntfy, to phones…"),
            ChannelKind.MQTT: self.tr("&MQTT, to Home Assistant…"),
            ChannelKind.WEBHOOK: self.tr("&Webhook, to another system…"),
        }
        for kind, text in words.items():
            self.kinds.addAction(text, lambda kind=kind: self.open_new(kind)).setData(kind)
        return self.kinds

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.isHidden():
            return
        channels = (*snapshot.settings.notifications, *snapshot.settings.webhooks)
        changed = channels != self._settings
        self._settings = channels
        self._asked_ns = 0 if changed else self._asked_ns
        if self._settings and self.isVisible() and not self._asking and snapshot.at_ns - self._asked_ns >= _ASK_EVERY_NS:
            self._asking, self._asked_ns = True, snapshot.at_ns
            self._bridge.ask(ListChannels(), self._answered, self._unanswered, owner=self)
        self._show_rows()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._bridge.snapshot is not None:
            self.show_snapshot(self._bridge.snapshot)

    def _answered(self, channels: tuple[ChannelState, ...]) -> None:
        self._asking = False
        self._states = {state.id: state for state in channels}
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
        self.table.set_channels(ChannelRow(channel, self._states.get(channel.id)) for channel in self._settings)
        self._show_tools()

    def _show_tools(self) -> None:
        some, chosen = bool(self._settings), self._selected_channel() is not None
        self.add.setVisible(some)
        for button in (self.edit, self.test, self.remove):
            button.setVisible(some)
            button.setEnabled(chosen and not (button is self.test and self._trial.running))

    # What the operator does

    def _selected_channel(self) -> AnyChannel | None:
        return self._channel(self.table.selected_key())

    def _channel(self, channel_id: str) -> AnyChannel | None:
        return next((channel for channel in self._settings if channel.id == channel_id), None)

    def open_channel(self, channel_id: str) -> None:
        channel, state = self._channel(channel_id), self._states.get(channel_id)
        if isinstance(channel, ChannelSettings):
            open_dialog(ChannelDialog(self._bridge, channel.kind, channel, state, self))
        elif channel is not None:
            open_dialog(WebhookDialog(self._bridge, channel, state is not None and state.password_stored, self))

    def open_new(self, kind: ChannelKind) -> None:
        is_hook = kind is ChannelKind.WEBHOOK
        open_dialog(WebhookDialog(self._bridge, parent=self) if is_hook else ChannelDialog(self._bridge, kind, parent=self))

    def send_test(self) -> None:
        channel = self._selected_channel()
        if channel is not None:
            self._trial.start(TestChannel(channel) if isinstance(channel, ChannelSettings) else TestWebhook(channel))
            self._show_tools()

    def _test_ended(self, job: Job) -> None:
        done = job.state is JobState.DONE
        self._toasts.show_message(job.message, "good" if done else "critical", seconds=6 if done else 0)
        self._show_tools()

    def ask_to_remove(self) -> None:
        channel = self._selected_channel()
        if channel is None:
            return
        text = self.tr("Sending stops and its secrets are deleted. Queued messages are not sent.")
        dialog = ConfirmDialog(self.tr("Remove {0}?").format(name_of(channel)), text, self.tr("&Remove"), self, can_undo=True)
        on(dialog.accepted, self._remove_channel, channel)
        open_dialog(dialog)

    def _remove_channel(self, channel: AnyChannel) -> None:
        command = RemoveChannel(channel.id) if isinstance(channel, ChannelSettings) else RemoveWebhook(channel.id)
        self._bridge.command(command, ignore_answer, self._show_channel_error, owner=self)

    def _show_channel_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
        self._show_tools()
