"""Questions in words: whether a language model is asked, what leaves the site then, what it may cost, and how long answers are kept."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.trying import TryingDialog
from console.words import error_text, sentence
from engine.model.errors import InputError
from engine.model.history.chat import ChangeChat, ChatSettings, ChatState, GetChatState
from widgets.fields.form import Field, Validate
from widgets.layout.boxes import make_column, make_row
from widgets.number_text import number_text, typed_number
from widgets.theme import set_role
from widgets.translation import tr


class ChatSettingsDialog(TryingDialog):
    """For administrators. What leaves stands on the screen before anybody agrees; the key can be entered and never read."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("A language model only turns the question into queries. The answer is always written on this computer, from the record.")
        super().__init__(bridge, tr("Chat settings"), lead, width=620, parent=parent)
        snapshot = bridge.snapshot
        self._before = snapshot.settings.chat if snapshot is not None else ChatSettings()
        self._build_consent()
        self._fill_fields()
        self.add_save(tr("&Save"))
        self.agree.setFocus()
        self._ask_state()

    def _build_consent(self) -> None:
        self.body.addWidget(self._leaves())
        self.agree = QCheckBox(tr("&I agree: ask the model at this address, and send it this data"))
        self.agree.toggled.connect(self.refresh)
        self.body.addWidget(self.agree)
        for name, field in self._fields():
            self.fields.add_field(name, field)
        self.body.addLayout(self._key_row("model", "base_url"))
        self.body.addLayout(self._key_row("budget_usd", "timeout_s", "keep_days"))
        self.key.set_hint(tr("Stored in the secret store and never shown again."))
        self.forget.hide()
        self.spent = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.spent, "secondary")
        for part in (self.key, self.forget, self.spent, self.outcome):
            self.body.addWidget(part)

    def _key_row(self, *names: str) -> QHBoxLayout:
        row = make_row(spacing=12)
        for name in names:
            row.addWidget(self.fields.field(name), 1, Qt.AlignmentFlag.AlignTop)
        return row

    def _leaves(self) -> QFrame:
        frame = QFrame()
        set_role(frame, "raised")
        column = make_column(frame, spacing=4, margins=(12, 10, 12, 10))
        for title, lines in leaving():
            head = QLabel(title, textFormat=Qt.TextFormat.PlainText)
            head.setStyleSheet("font-weight: 600;")
            column.addWidget(head)
            for line in lines:
                row = make_row(spacing=8)
                row.addWidget(QLabel("•"), alignment=Qt.AlignmentFlag.AlignTop)
                row.addWidget(QLabel(line, wordWrap=True, textFormat=Qt.TextFormat.PlainText), 1)  # its second line begins below its first
                column.addLayout(row)
        return frame

    def _fields(self) -> tuple[tuple[str, Field], ...]:
        def numbers(name: str) -> Validate:
            return lambda text: self._number_trouble(text, name)

        price, seconds = tr("US dollars a day (UTC); beyond it, this computer answers."), tr("Seconds; after it, this computer answers.")
        days = tr("Retention of questions and answers.")
        return (
            ("model", Field(tr("&Model"), lambda text: self._number_trouble(text, model=text.strip()))),
            (
                "base_url",
                Field(tr("A&ddress"), None, tr("Empty: Anthropic's. A model on this computer needs no key."), "https://api.anthropic.com"),
            ),
            ("budget_usd", Field(tr("&Budget"), numbers("budget_usd"), price)),
            ("timeout_s", Field(tr("Time-o&ut"), numbers("timeout_s"), seconds)),
            ("keep_days", Field(tr("Keep fo&r"), numbers("keep_days"), days)),
        )

    def _fill_fields(self) -> None:
        now = self._before
        self.agree.setChecked(now.claude)
        for name, text in (
            ("model", now.model),
            ("budget_usd", number_text(now.budget_usd, "g")),
            ("timeout_s", number_text(now.timeout_s, "g")),
            ("keep_days", number_text(now.keep_days, "g")),
            ("base_url", now.base_url),
        ):
            self.fields.field(name).set_value(text)

    # what is typed

    def _number_trouble(self, text: str, name: str = "", **given: object) -> str:
        try:
            replace(ChatSettings(), **(given or {name: _setting_number(name, text)}))  # type: ignore[arg-type]
        except InputError as error:
            return sentence(error.message, tr("This"))
        return ""

    def settings(self) -> ChatSettings:
        values = self.fields.values()
        return replace(
            self._before,
            claude=self.agree.isChecked(),
            model=values["model"].strip(),
            base_url=values["base_url"].strip(),
            budget_usd=_setting_number("budget_usd", values["budget_usd"]),
            timeout_s=_setting_number("timeout_s", values["timeout_s"]),
            keep_days=_setting_number("keep_days", values["keep_days"]),
        )

    def command(self) -> ChangeChat:
        """None as key: what is stored stays."""
        return ChangeChat(self.settings(), self.given_key())

    def is_on(self) -> bool:
        return self.agree.isChecked()

    # how it stands, and trying it

    def _ask_state(self) -> None:
        self.bridge.ask(GetChatState(), self._show_state, lambda error: self.outcome.set_notice(error_text(error), "critical"), owner=self)

    def _show_state(self, state: ChatState) -> None:
        self.spent.setText(_spent_text(state))
        hints = {
            "store": tr("A key is stored and never shown. Enter another to replace it."),
            "environment": tr("A key is set in the engine's environment. A key that you enter takes precedence, and is never shown again."),
        }
        self.key.set_hint(hints.get(state.key_from, tr("Stored in the secret store and never shown again.")))
        self.forget.setVisible(state.key_from == "store")

    def try_it(self) -> str:
        self.bridge.ask(GetChatState(test=True), self._tested, self.show_test_error, owner=self)
        return tr("Saved. Testing the connection to the model…")

    def _tested(self, state: ChatState) -> None:
        self._show_state(state)
        if state.reply:
            self.tried(tr("{0} answered. No data of the record was sent.").format(state.reply), "good")
        else:
            self.tried(tr("Saved, but there was no answer. {0}").format(state.trouble), "critical")


def leaving() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What goes to the model, and what never does."""
    goes = (
        tr("each question and the earlier ones of the conversation"),
        tr("the names of cameras, zones and gestures"),
        tr("people as “Person A”, “Person B”; a name in a question that is not on file is sent unchanged"),
    )
    never = (
        tr("anything that the record holds: events, alerts, incidents, answers"),
        tr("pictures, video, sound, faces and embeddings"),
        tr("names and ids of people on file, logins and keys"),
    )
    return ((tr("Data sent"), goes), (tr("Data never sent"), never))


def _spent_text(state: ChatState) -> str:
    told = tr("Today: {0} calls, {1} USD.").format(state.calls, number_text(state.spent_usd, ".4f"))
    unlisted = tr("The price of this model is unknown; the highest price is assumed.")
    return told if state.price_listed else f"{told} {unlisted}"


def _setting_number(name: str, text: str) -> float:
    try:
        return typed_number(text)
    except ValueError:
        raise InputError(name, "is no number") from None
