"""What deserves an operator: the rules, tried on the last day before they are saved. For administrators."""

from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton, QSplitter, QToolButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.alerts.arming import ArmingForm
from console.dialogs.alerts.rule_form import RuleForm
from console.dialogs.alerts.rule_text import RuleTextForm, trouble_words
from console.dialogs.alerts.rule_trial import TrialView
from console.dialogs.frame import FramedDialog
from console.words import error_text
from engine.model.alerts.commands import ChangeAlerting
from engine.model.alerts.settings import AlertSettings, Rule, RuleMode
from engine.model.errors import Conflict, InputError, WatchroomError
from engine.model.question import RuleTrial, TryRules
from engine.model.settings import Settings
from engine.model.time import Clock
from widgets.alerts.alert_words import rule_mode_word
from widgets.engine_text import translate_engine_text
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.layout.flow_row import FlowRow
from widgets.layout.tabs import Tabs
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import inside, tr


class AlertRulesDialog(FramedDialog):
    """A draft of the rules, as a form and as text, which tell the same: a wrong text is put right before the form is shown again. Saving
    needs a dry run of that very draft."""

    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QWidget | None = None) -> None:
        lead = tr("The first rule whose conditions are all met raises the alert. Rules on trial are evaluated but raise no alerts.")
        super().__init__(tr("Rules"), lead, parent=parent)
        self.resize(1330, 780)
        self._bridge = bridge
        settings = bridge.snapshot.settings if bridge.snapshot is not None else Settings()
        self._before = settings.alerts
        self.rules: list[Rule] = list(settings.alerts.rules)
        self._tried: AlertSettings | None = None
        self._busy = self._edited_here = self._by_text = False
        self._wanted_tab: QWidget | None = None
        self.list = QListWidget()
        self.form = RuleForm(settings)
        self.text = RuleTextForm(bridge)
        self.arming = ArmingForm(settings)
        self.arming.show_settings(settings.alerts)
        self.trial = TrialView(bridge, clock)
        self._build_tabs()
        self._connect_list()
        self._fill_list(0)

    def _build_tabs(self) -> None:
        self.tabs = Tabs(framed=True)
        self.by_form = self._rules()
        for tab, name in ((self.by_form, tr("Rules")), (self.text, tr("Text")), (self.arming, tr("Arming"))):
            self.tabs.addTab(tab, name)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.tabs)
        split.addWidget(self._dry_run())
        split.setSizes([920, 360])
        self.body.addWidget(split, 1)
        self.add_cancel()
        self.try_button = self.add_button(tr("Test on the last 24 &h"))
        self.save = self.add_button(tr("&Save rules"), "primary")
        self.load_newer = self.add_button(tr("&Load current rules"), at_left=True)
        self.load_newer.hide()

    def _dry_run(self) -> QWidget:
        holder = QWidget()
        title = QLabel(tr("Dry run"))
        set_role(title, "secondary")
        column = make_column(holder, margins=(12, 8, 0, 0))
        column.addWidget(title)
        column.addWidget(self.trial, 1)
        column.addStretch(0)
        return holder

    def _rules(self) -> QWidget:
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setAccessibleName(tr("Rules, in order of evaluation"))
        self.add_rule, self.remove_rule = QPushButton(icon("plus"), tr("&Add")), QPushButton(icon("trash-2"), tr("Re&move"))
        self.up, self.down = with_properties(QToolButton(), text="↑"), with_properties(QToolButton(), text="↓")
        for button, tip in ((self.up, tr("Evaluate earlier")), (self.down, tr("Evaluate later"))):
            button.setToolTip(plain_tip(tip))
            button.setAccessibleName(tip)
        row = FlowRow(spacing=6)  # in two lines where the dry run has room for its words then
        for button in (self.add_rule, self.remove_rule, self.up, self.down):
            row.addWidget(button)
        left = QWidget()
        column = make_column(left, margins=(8, 8, 8, 8))
        column.addWidget(self.list, 1)
        column.addLayout(row)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self.form)
        split.setSizes([380, 540])
        return split

    def _connect_list(self) -> None:
        self.list.currentRowChanged.connect(self._select_rule)
        self.form.changed.connect(self._edited)
        self.arming.changed.connect(self._check_rules)
        self.tabs.currentChanged.connect(self._tab_shown)
        self.text.typed.connect(self._check_rules)
        self.text.read.connect(self._text_read)
        self.text.failed.connect(self._show_save_error)
        self.add_rule.clicked.connect(self._add_rule)
        self.remove_rule.clicked.connect(self._remove_rule)
        on(self.up.clicked, self._move, -1)
        on(self.down.clicked, self._move, 1)
        self.try_button.clicked.connect(self.try_now)
        self.save.clicked.connect(self.save_now)
        self.load_newer.clicked.connect(self.load_current)

    # The draft

    def draft(self) -> AlertSettings:
        """Raises InputError."""
        if self._by_text and not self.text.settled:
            raise InputError("", trouble_words(self.text.wrong, self.tabs.currentWidget() is self.text) if self.text.is_read else "")
        if self._edited_here:
            self.rules[self.list.currentRow()] = self.form.rule()
        return replace(
            self._before,
            rules=tuple(self.rules),
            armed_zones=self.arming.armed_zones(),
            flood_at=self.arming.flood_at.value(),
            escalate_s=self.arming.escalation_s(),
        )

    def _fill_list(self, row: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for rule in self.rules:
            self.list.addItem(rule_line(rule))
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._select_rule(row)

    # Form and text

    def _tab_shown(self) -> None:
        tab = self.tabs.currentWidget()
        if tab is self.text:
            self._show_text()
        elif tab is self.by_form and self._by_text:
            self._leave_text()
        self._check_rules()

    def _show_text(self) -> None:
        if self._by_text:
            return
        if not self._form_is_good():
            self.tabs.setCurrentWidget(self.by_form)
            return
        self._by_text = True
        self.text.show_rules(tuple(self.rules))
        self.text.setFocus()

    def _leave_text(self) -> None:
        """As soon as what stands there was read; not at all while it is wrong."""
        if self.text.settled:
            self._by_text = False
            return
        self.tabs.setCurrentWidget(self.text)
        if self.text.is_read:
            self.text.next_finding()
        else:
            self._wanted_tab = self.by_form
            self.text.read_now()

    def _text_read(self) -> None:
        if self.text.rules is not None and list(self.text.rules) != self.rules:
            chosen = self.rules[row].id if 0 <= (row := self.list.currentRow()) < len(self.rules) else ""
            self.rules = list(self.text.rules)
            ids = [rule.id for rule in self.rules]
            self._fill_list(ids.index(chosen) if chosen in ids else min(max(row, 0), len(ids) - 1))
        wanted, self._wanted_tab = self._wanted_tab, None
        if wanted is not None and self.text.settled:
            self.tabs.setCurrentWidget(wanted)
        self._check_rules()

    def _form_is_good(self) -> bool:
        try:
            self.draft()
        except InputError:
            return False
        return True

    def _select_rule(self, row: int) -> None:
        there = 0 <= row < len(self.rules)
        self._edited_here = False
        self.form.setEnabled(there)
        if there:
            self.form.show_rule(self.rules[row])
        self.remove_rule.setEnabled(there)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < len(self.rules) - 1)
        self._check_rules()

    def _edited(self) -> None:
        """What is wrong is said at once, and the last good value stays in the list."""
        row = self.list.currentRow()
        self._edited_here = True
        with suppress(InputError):  # `_check_rules` says it
            self.rules[row] = self.form.rule()
        item = self.list.item(row)
        if item is not None:
            item.setText(rule_line(self.rules[row]))
        self._check_rules()

    def _add_rule(self) -> None:
        ids = {rule.id for rule in self.rules}
        number = next(number for number in range(1, len(ids) + 2) if f"rule-{number}" not in ids)
        self.rules.append(Rule(f"rule-{number}", tr("New rule"), mode=RuleMode.SHADOW))
        self._fill_list(len(self.rules) - 1)
        self.form.name.setFocus()
        self.form.name.selectAll()

    def _remove_rule(self) -> None:
        row = self.list.currentRow()
        del self.rules[row]
        self._fill_list(min(row, len(self.rules) - 1))

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        self.rules[row], self.rules[row + by] = self.rules[row + by], self.rules[row]
        self._fill_list(row + by)

    def _check_rules(self) -> None:
        try:
            draft = self.draft()
        except InputError as error:
            self.show_trouble(error_text(error))
            if error.message:
                self.trial.clear(tr("Correct the rules, then test them"))
            self.try_button.setEnabled(False)
            self.save.setEnabled(False)
            return
        self.show_trouble("")
        changed, tried = draft != self._before, draft == self._tried
        self.try_button.setEnabled(not self._busy and changed and not tried)
        self.save.setEnabled(not self._busy and changed and tried)
        if not tried:
            self.trial.clear(tr("No changes") if not changed else tr("Test the change before you save it"))

    # Trying and saving

    def try_now(self) -> None:
        draft = self.draft()
        self._set_busy(True)
        self.trial.clear(tr("Testing…"))
        self._bridge.ask(TryRules(draft), self._tried_out, self._show_save_error, draft, owner=self)

    def _tried_out(self, draft: AlertSettings, trial: RuleTrial) -> None:
        self._tried = draft
        self._set_busy(False)
        if self._is(draft):
            self.trial.show_trial(trial)
            self.save.setFocus()

    def _is(self, draft: AlertSettings) -> bool:
        return self._form_is_good() and self.draft() == draft

    def save_now(self) -> None:
        self._set_busy(True)
        self._bridge.tell(ChangeAlerting(self.draft()), self.accept, self._show_save_error, owner=self)

    def _show_save_error(self, error: WatchroomError) -> None:
        self._set_busy(False)
        self.show_trouble(error_text(error))
        self.load_newer.setVisible(isinstance(error, Conflict))

    def load_current(self) -> None:
        """What somebody else has saved takes the place of the draft."""
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        self.load_newer.hide()
        self._before, self._tried, self._by_text = snapshot.settings.alerts, None, False
        self.rules = list(self._before.rules)
        self.arming.show_settings(self._before)
        self.tabs.setCurrentWidget(self.by_form)
        self._fill_list(0)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._check_rules()

    def has_unsaved_work(self) -> bool:
        """Rules that were added, removed, moved or changed, and arming: not only what was typed."""
        try:
            return self.draft() != self._before
        except InputError as error:
            return bool(error.message) or super().has_unsaved_work()


def rule_line(rule: Rule) -> str:
    name = translate_engine_text(rule.name)
    return name if rule.mode is RuleMode.ARMED else f"{name} ({inside(rule_mode_word(rule.mode))})"
