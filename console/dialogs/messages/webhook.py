"""A webhook: where alerts and events are posted to, which, and the secret they are signed with."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.alerts.alert_wants import AlertWantsForm
from console.dialogs.messages.columns import join_columns, width_of_columns
from console.dialogs.saving import SavingDialog
from console.job_run import JobRun
from console.words import error_text, sentence
from engine.model.alerts.notify_settings import AlertWants, WebhookSettings
from engine.model.command import PutWebhook, TestWebhook
from engine.model.errors import InputError, WatchroomError
from engine.model.event import EventKind
from engine.model.settings import Settings
from engine.model.snapshot import Job, JobState
from widgets.engine_text import translate_engine_text
from widgets.fields.form import Field
from widgets.fields.password_field import PasswordField
from widgets.icons import icon
from widgets.marks.notice import Notice
from widgets.theme import set_role
from widgets.translation import tr
from widgets.words import kind_word

_LONGEST_SECRET = 500
_COLUMNS = 3


class WebhookDialog(SavingDialog):
    """For a webhook that is there, or with None for a new one. `stored`: it has a secret."""

    SCROLLS = True

    def __init__(
        self, bridge: EngineBridge, webhook: WebhookSettings | None = None, stored: bool = False, parent: QWidget | None = None
    ) -> None:
        title = tr("Edit {0}").format(webhook.id) if webhook is not None else tr("Add webhook")
        lead = tr("Alerts and events are posted as JSON to another system, with retries for up to a day.")
        super().__init__(bridge, title, lead, width=width_of_columns(parent), parent=parent)
        self._before, self._stored = webhook, stored
        settings = bridge.snapshot.settings if bridge.snapshot is not None else Settings()
        self._taken = {each.id for each in (*settings.webhooks, *settings.notifications)} - ({webhook.id} if webhook is not None else set())
        known = webhook.alerts if webhook is not None else None
        self.wants = AlertWantsForm(settings.alerts, known or AlertWants(), self)
        self._trial = JobRun(bridge, self)
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        self.body.addLayout(join_columns(self._left, self._right, width_of_columns(self)))
        self._add_fields()
        self._add_secret()
        self._add_alerts()
        self._add_kinds()
        self._left.addStretch()
        self._right.addStretch()
        self._add_trial()
        self._show_webhook()
        self.add_save(self.tr("&Save webhook"))
        self.fields.field("id").setFocus()

    # Building

    def _add_fields(self) -> None:
        name = Field(self.tr("&Name"), self._name_trouble, placeholder=self.tr("For example nurse-call"))
        url = Field(self.tr("A&ddress"), _url_trouble, placeholder="https://hooks.example.org/…")
        self.fields.add_field("id", name)
        self.fields.add_field("url", url)
        url.hint_by(_url_hint)
        self.enabled = QCheckBox(self.tr("Enabled"))
        self.private = QCheckBox(self.tr("Allow addresses in the local network or on this computer"))
        self._left.addWidget(self.fields)
        self._left.addWidget(self.private)
        self._left.addWidget(self.enabled)

    def _add_alerts(self) -> None:
        self.alerts = QCheckBox(self.tr("Post a&lerts"))
        self.alerts.toggled.connect(self.wants.setEnabled)
        self.alerts.toggled.connect(self.refresh)
        self.wants.changed.connect(self.refresh)
        self._right.addWidget(self.alerts)
        self._right.addWidget(self.wants)

    def _add_kinds(self) -> None:
        self.events = QCheckBox(self.tr("Post all e&vents"))
        self.kinds = {kind: QCheckBox(kind_word(kind)) for kind in EventKind}
        for box in self.kinds.values():
            self.events.toggled.connect(box.setEnabled)
        self.events.toggled.connect(self.refresh)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for number, box in enumerate(self.kinds.values()):
            grid.addWidget(box, number // _COLUMNS, number % _COLUMNS)
            box.toggled.connect(self.refresh)
        self.no_kind = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.no_kind, "error")
        self._left.addSpacing(8)
        self._left.addWidget(self.events)
        self._left.addLayout(grid)
        self._left.addWidget(self.no_kind)

    def _add_secret(self) -> None:
        self.secret = PasswordField(self.tr("Secret for signing, &optional"), _secret_trouble, self._secret_hint())
        self.forget = QCheckBox(self.tr("&Delete the stored secret; messages are not signed"))
        self.forget.setVisible(self._stored)
        self.forget.toggled.connect(lambda forget: self.secret.setEnabled(not forget))
        self.secret.validity_changed.connect(self.refresh)
        self.secret.submitted.connect(self.submit)
        self._left.addWidget(self.secret)
        self._left.addWidget(self.forget)

    def _secret_hint(self) -> str:
        what = self.tr(
            "The receiver verifies the header Watchroom-Signature with it. It is stored in the secret store and never shown again."
        )
        return f"{self.tr('A secret is stored. Enter another to replace it.')} {what}" if self._stored else what

    def _add_trial(self) -> None:
        self.outcome = Notice(parent=self)
        self.outcome.hide()
        self.body.addWidget(self.outcome)
        self.test = self.add_button(self.tr("Send a &test"), at_left=True)
        self.test.setIcon(icon("upload"))
        self.test.clicked.connect(self._send_test)
        self._trial.ended.connect(self._test_ended)
        self._trial.refused.connect(self._test_refused)

    def _show_webhook(self) -> None:
        hook = self._before
        self.enabled.setChecked(hook is None or hook.enabled)
        self.private.setChecked(hook is not None and hook.allow_private)
        self.alerts.setChecked(hook is None or hook.alerts is not None)
        self.wants.setEnabled(self.alerts.isChecked())
        self.events.setChecked(hook is not None and hook.events)
        for box in self.kinds.values():
            box.setEnabled(self.events.isChecked())
        chosen = (hook.kinds if hook is not None else ()) or (EventKind.FALL.value,)
        for kind, box in self.kinds.items():
            box.setChecked(kind.value in chosen)
        if hook is not None:
            self.fields.field("id").set_value(hook.id)
            self.fields.field("id").edit().setEnabled(False)
            self.fields.field("url").set_value(hook.url)
            self.fields.field("url").set_hint(_url_hint(hook.url))

    # What is typed

    def _name_trouble(self, text: str) -> str:
        if text.strip() in self._taken:
            return tr("There is already a notification with this name.")
        return "" if _trouble(text.strip(), "https://a") == "" else tr("Use letters, digits, - and _, at most 64.")

    def is_valid(self) -> bool:
        trouble = self._nothing_chosen()
        self.no_kind.setText(trouble)
        self.no_kind.setVisible(bool(trouble))
        wants = not self.alerts.isChecked() or self.wants.is_valid()
        return super().is_valid() and not trouble and wants and (self.secret.is_valid() or self.forget.isChecked())

    def _nothing_chosen(self) -> str:
        if self.events.isChecked() and not any(box.isChecked() for box in self.kinds.values()):
            return self.tr("Choose at least one kind of event.")
        return "" if self.events.isChecked() or self.alerts.isChecked() else self.tr("Choose alerts, events, or both.")

    def webhook(self) -> WebhookSettings:
        kinds = tuple(kind.value for kind, box in self.kinds.items() if box.isChecked())
        made = WebhookSettings(self.fields.field("id").value().strip(), self.fields.field("url").value().strip(), kinds)
        return replace(
            made,
            enabled=self.enabled.isChecked(),
            events=self.events.isChecked(),
            alerts=self.wants.wants() if self.alerts.isChecked() else None,
            allow_private=self.private.isChecked(),
        )

    def typed_secret(self) -> str | None:
        """None: what is stored stays."""
        if self.forget.isChecked():
            return ""
        return self.secret.value() or None

    def command(self) -> PutWebhook:
        return PutWebhook(self.webhook(), self.typed_secret())

    def refresh(self) -> None:
        super().refresh()
        if hasattr(self, "test"):
            self.test.setEnabled(self.is_valid() and not self._trial.running and not self.busy)

    # Trying it

    def _send_test(self) -> None:
        self._tell_test(self.tr("Sending a test message…"), "neutral")
        self._trial.start(TestWebhook(self.webhook(), self.typed_secret()))
        self.refresh()

    def _test_ended(self, job: Job) -> None:
        self._tell_test(job.message, "good" if job.state is JobState.DONE else "critical")

    def _test_refused(self, error: WatchroomError) -> None:
        self._tell_test(error_text(error), "critical")

    def _tell_test(self, text: str, level: str) -> None:
        self.outcome.set_notice(text, level)
        self.outcome.show()
        self.refresh()


def _trouble(name: str, url: str) -> str:
    try:
        WebhookSettings(name, url)
    except InputError as error:
        return sentence(tr("The address {0}").format(translate_engine_text(error.message)))
    return ""


def _url_trouble(text: str) -> str:
    return _trouble("a", text.strip()) if text.strip() else tr("Enter the address of the receiver.")


def _url_hint(text: str) -> str:
    return tr("Not encrypted: anyone on the network path can read it.") if text.strip().startswith("http://") else ""


def _secret_trouble(text: str) -> str:
    return tr("Use at most {0} characters.").format(_LONGEST_SECRET) if len(text) > _LONGEST_SECRET else ""
