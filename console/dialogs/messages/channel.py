"""A way of telling people of alerts: e-mail, Slack, ntfy or MQTT; where it goes, its secrets, and which alerts it gets."""

import re
from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.alerts.alert_wants import AlertWantsForm
from console.dialogs.messages.columns import join_columns, width_of_columns
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import length_trouble
from console.job_run import JobRun
from console.words import error_text, sentence
from engine.model.alerts.delivery import ChannelState
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings, Security, check_url
from engine.model.alerts.settings import AlertSettings
from engine.model.command import ChannelSecrets, PutChannel, TestChannel
from engine.model.errors import InputError, WatchroomError
from engine.model.ids import random_id
from engine.model.snapshot import Job, JobState
from widgets.alerts.channel_table import way_inside
from widgets.engine_text import translate_engine_text
from widgets.fields.form import Field, Needed
from widgets.fields.password_field import PasswordField
from widgets.icons import icon
from widgets.marks.notice import Notice
from widgets.theme import set_role

_SERVERS = (ChannelKind.EMAIL, ChannelKind.MQTT)


class ChannelDialog(SavingDialog):
    """For a channel that is there, or with None for a new one of this kind."""

    SCROLLS = True

    def __init__(
        self,
        bridge: EngineBridge,
        kind: ChannelKind,
        channel: ChannelSettings | None = None,
        state: ChannelState | None = None,
        parent: QWidget | None = None,
    ) -> None:
        title = _tr("Edit {0}").format(channel.display_name) if channel is not None else _tr("Add {0}").format(way_inside(kind))
        super().__init__(bridge, title, _lead(kind), width=width_of_columns(parent), parent=parent)
        self.kind, self._before, self._id = kind, channel, channel.id if channel is not None else random_id("channel")
        self._state = state or ChannelState("", kind)
        settings = bridge.snapshot.settings if bridge.snapshot is not None else None
        self._trial = JobRun(bridge, self)
        self.private = QCheckBox(_tr("Allow addresses in the local network or on this computer"))
        self.enabled = QCheckBox(_tr("Send &alerts"))
        self.wants = AlertWantsForm(settings.alerts if settings is not None else AlertSettings(), _channel_or_draft(channel).wants, self)
        self.wants.changed.connect(self.refresh)
        self._build_fields()
        self._add_trial()
        self._show_channel(_channel_or_draft(channel))
        self.add_save(_tr("&Save"))
        self.fields.field("name").setFocus()

    # Building

    def _build_fields(self) -> None:
        self._field("name", Field(_tr("&Name"), _name_trouble, placeholder=_tr("For example Night nurses")))
        {
            ChannelKind.EMAIL: self._add_mail,
            ChannelKind.SLACK: self._add_slack,
            ChannelKind.NTFY: self._add_ntfy,
            ChannelKind.MQTT: self._add_mqtt,
        }[self.kind]()
        left, right = QVBoxLayout(), QVBoxLayout()
        for part in (self.fields, self.private, self.enabled):
            left.addWidget(part)
        left.addStretch()
        heading = QLabel(_tr("Alerts and times"))
        set_role(heading, "section")
        right.addWidget(heading)
        right.addWidget(self.wants)
        right.addStretch()
        self.body.addLayout(join_columns(left, right, width_of_columns(self)))

    def _field(self, name: str, field: Field) -> Field:
        return self.fields.add_field(name, field)

    def _add_server(self, host: str, securities: tuple[Security, ...], usual: Security) -> None:
        self._field("host", Field(_tr("Ser&ver"), Needed(_tr("Enter the name of the server.")), placeholder=host))
        self._field("port", Field(_tr("&Port"), _port_trouble, _tr("Empty: default.")))
        self.security = QComboBox()
        self.security.setAccessibleName(_tr("Encryption"))
        for each in securities:
            self.security.addItem(_security_word(each), each)
        self.security.setCurrentIndex(self.security.findData(usual))
        self.fields.field("port").add_beside(self.security)
        self._field("user", Field(_tr("&User"), hint=_tr("Leave empty if the server needs none.")))
        self._field("password", PasswordField(_tr("Pass&word"), _long_trouble, self._stored(self._state.password_stored)))

    def _add_mail(self) -> None:
        self._add_server("smtp.example.org", (Security.TLS, Security.STARTTLS, Security.NONE), Security.STARTTLS)
        self._field("sender", Field(_tr("&From"), Needed(_tr("Enter the sender's address.")), placeholder="watchroom@example.org"))
        several = Needed(_tr("Enter at least one address."))
        self._field("recipients", Field(_tr("&To"), several, _tr("Separate several with commas."), "nurse@example.org"))

    def _add_mqtt(self) -> None:
        self._add_server("homeassistant.local", (Security.TLS, Security.NONE), Security.TLS)
        self._field("topic", Field(_tr("&Topic"), Needed(_tr("Enter the prefix of the topics.")), _tr("Prefix of all topics.")))
        self._field("discovery", Field(_tr("Home Assistant's &discovery"), hint=_tr("Discovery prefix. Empty: no discovery.")))

    def _add_slack(self) -> None:
        self._add_url("https://hooks.slack.com/services/…")

    def _add_ntfy(self) -> None:
        self._add_url("https://ntfy.sh/my-secret-topic")
        hint = self._stored(self._state.password_stored) or _tr("Leave empty if the server needs none.")
        self._field("password", PasswordField(_tr("Access &token"), _long_trouble, hint))

    def _add_url(self, example: str) -> None:
        stored = self._state.url_stored
        hint = self._stored(stored) or _tr("Anyone who knows it can send to the channel. It is stored in the secret store.")
        field = PasswordField(_tr("A&ddress"), lambda text: "" if stored and not text else _url_trouble(text), hint)
        field.edit().setPlaceholderText(example)
        self._field("url", field)

    def _stored(self, stored: bool) -> str:
        return _tr("Stored, and never shown again. Enter another to replace it.") if stored else ""

    def _add_trial(self) -> None:
        self.outcome = Notice(parent=self)
        self.outcome.hide()
        self.body.addWidget(self.outcome)
        self.test = self.add_button(_tr("Send a t&est"), at_left=True)
        self.test.setIcon(icon("upload"))
        self.test.clicked.connect(self._send_test)
        self._trial.ended.connect(self._test_ended)
        self._trial.refused.connect(self._test_refused)

    def _show_channel(self, known: ChannelSettings) -> None:
        self.enabled.setChecked(known.enabled)
        self.private.setChecked(known.allow_private)
        if self._before is not None:
            self.fields.field("name").set_value(known.display_name)
        for name in ("topic", "discovery"):
            self._fill_field(name, getattr(known, name))
        if self._before is None or self.kind not in _SERVERS:
            return
        for name, text in (("host", known.host), ("port", str(known.port or "")), ("user", known.user), ("sender", known.sender)):
            self._fill_field(name, text)
        self._fill_field("recipients", ", ".join(known.recipients))
        self.security.setCurrentIndex(self.security.findData(known.security))

    def _fill_field(self, name: str, text: str) -> None:
        if name in self.fields.values():
            self.fields.field(name).set_value(text)

    # What is typed

    def is_valid(self) -> bool:
        return super().is_valid() and self.wants.is_valid()

    def channel(self) -> ChannelSettings:
        """Raises InputError."""
        values = {name: text.strip() for name, text in self.fields.values().items()}
        made = replace(
            _channel_or_draft(self._before),
            id=self._id,
            name=values["name"],
            allow_private=self.private.isChecked(),
            enabled=self.enabled.isChecked(),
            wants=self.wants.wants(),
        )
        if self.kind not in _SERVERS:
            return replace(made, kind=self.kind)
        return replace(
            made,
            kind=self.kind,
            host=values["host"],
            port=int(values["port"] or 0),
            security=Security(self.security.currentData()),
            user=values["user"],
            sender=values.get("sender", ""),
            recipients=tuple(re.split(r"[\s,;]+", values.get("recipients", "").strip(" ,;"))) if "recipients" in values else (),
            topic=values.get("topic") or made.topic,
            discovery=values.get("discovery", made.discovery),
        )

    def secrets(self) -> ChannelSecrets:
        """None: what is stored stays."""
        values = self.fields.values()
        return ChannelSecrets(values.get("url", "").strip() or None, values.get("password") or None)

    def command(self) -> PutChannel:
        return PutChannel(self.channel(), self.secrets())

    def refresh(self) -> None:
        super().refresh()
        if hasattr(self, "save"):
            self.test.setEnabled(self.is_valid() and not self._trial.running and not self.busy)

    # Trying it

    def _send_test(self) -> None:
        try:
            command = TestChannel(self.channel(), self.secrets())
        except InputError as error:
            self.show_refusal(error)
            return
        self._tell_test(_tr("Sending a test message…"), "neutral")
        self._trial.start(command)
        self.refresh()

    def _test_ended(self, job: Job) -> None:
        self._tell_test(job.message, "good" if job.state is JobState.DONE else "critical")

    def _test_refused(self, error: WatchroomError) -> None:
        self._tell_test(error_text(error), "critical")

    def _tell_test(self, text: str, level: str) -> None:
        self.outcome.set_notice(text, level)
        self.outcome.show()
        self.refresh()


def _channel_or_draft(channel: ChannelSettings | None) -> ChannelSettings:
    return channel if channel is not None else ChannelSettings("new", ChannelKind.SLACK)


def _lead(kind: ChannelKind) -> str:
    return {
        ChannelKind.EMAIL: _tr("Alerts are sent as plain text through a mail server."),
        ChannelKind.SLACK: _tr(
            "Alerts are posted to a Slack channel by an incoming webhook. Mattermost and Rocket.Chat accept the same format."
        ),
        ChannelKind.NTFY: _tr("Alerts appear on phones that subscribe to an ntfy topic. Choose a topic that cannot be guessed."),
        ChannelKind.MQTT: _tr("Alerts and the site mode are published to a broker. Home Assistant discovers them."),
    }[kind]


def _security_word(security: Security) -> str:
    return {Security.TLS: _tr("Encrypted (TLS)"), Security.STARTTLS: _tr("Encrypted (STARTTLS)"), Security.NONE: _tr("Not encrypted")}[
        security
    ]


def _name_trouble(text: str) -> str:
    if not text.strip():
        return _tr("Enter a name.")
    return length_trouble(ChannelSettings, "name", text)


def _port_trouble(text: str) -> str:
    return "" if not text.strip() or (text.strip().isdecimal() and 0 < int(text) < 65536) else _tr("Enter a number from 1 to 65535.")


def _long_trouble(text: str) -> str:
    return _tr("Use at most {0} characters.").format(500) if len(text) > 500 else ""


def _url_trouble(text: str) -> str:
    try:
        check_url(text.strip())
    except InputError as error:
        return sentence(_tr("The address {0}").format(translate_engine_text(error.message)))
    return ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("ChannelDialog", text)
