"""How long things are kept, and how much of them: every kind with its limits in one place. Whoever keeps less is told first what goes."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import is_whole, range_hint
from console.dialogs.upkeep.tidy import part_text
from console.words import sentence
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.people.settings import PeopleSettings
from engine.model.settings import RecordingSettings, Settings
from engine.model.upkeep import KeepBounds, PlanTidy, TidyReport, UpkeepSettings
from engine.model.value_class import dataclass
from widgets.fields.form import Field
from widgets.layout.boxes import make_column
from widgets.number_text import number_text, typed_number
from widgets.theme import set_role
from widgets.translation import inside, tr

_ABOUT_PX = 280
_EXACT = ".10g"
_BASES = {
    "recording": RecordingSettings(),
    "recognition": PeopleSettings(archive_days=0.001, erase_days=3650),  # either may be anything then
    "upkeep": UpkeepSettings(),
}
_COUNTED = tuple(KeepBounds.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Bound:
    """One limit: the field `name` of a part of the settings."""

    part: str
    name: str
    label: str

    @property
    def whole(self) -> bool:
        return is_whole(type(_BASES[self.part]), self.name)

    def number(self, text: str) -> float:
        """Raises ValueError."""
        return int(text) if self.whole else typed_number(text)

    def trouble(self, text: str) -> str:
        """What the settings say against it, "" when nothing."""
        try:
            replace(_BASES[self.part], **{self.name: self.number(text)})
        except InputError as error:
            return sentence(error.message)
        except ValueError:
            return tr("Enter a whole number.") if self.whole else tr("Enter a number.")
        return ""

    def hint(self) -> str:
        return range_hint(type(_BASES[self.part]), self.name)


@dataclass(frozen=True, slots=True)
class Kind:
    """`heading`: with the letter that leads to its first limit. `about`: what it is, and what of it stays all the same."""

    heading: str
    about: str
    bounds: tuple[Bound, ...]


class RetentionDialog(SavingDialog):
    """For administrators."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr(
            "Data beyond a limit is removed automatically, a little every minute. Ten years is the maximum. "
            "Locked evidence and data of locked people is kept."
        )
        super().__init__(bridge, tr("Retention"), lead, width=740, parent=parent)
        self._shown: dict[str, str] = {}  # by field, as it was when the dialog opened
        self._bounds = tuple(bound for kind in kinds() for bound in kind.bounds)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, _ABOUT_PX)
        for column in (1, 2):
            self._grid.setColumnStretch(column, 1)
        self.body.addLayout(self._grid)
        for kind in kinds():
            self._add_kind(kind)
        self.fields.hide()  # its fields stand in the grid
        self.add_save(tr("&Save"))
        self._show_bounds(self._settings())

    def submit(self) -> None:
        """What would go is counted and shown before less is kept."""
        if self.busy or not self.is_valid():
            super().submit()
            return
        try:
            wanted = self._edited_settings()
        except InputError as error:
            self.show_refusal(error)
            return
        less = self._lowered(wanted)
        if wanted == self._settings():
            self.accept()
        elif less:
            self._count(wanted, less)
        else:
            self._save()

    def _save(self) -> None:
        super().submit()

    def command(self) -> ChangeSettings:
        """The parts that change, and no others."""
        now, wanted = self._settings(), self._edited_settings()
        changed = {part: value for part in _BASES if (value := getattr(wanted, part)) != getattr(now, part)}
        return ChangeSettings(**changed)

    def _add_kind(self, kind: Kind) -> None:
        heading, about = (
            QLabel(kind.heading, textFormat=Qt.TextFormat.PlainText),
            QLabel(kind.about, wordWrap=True, textFormat=Qt.TextFormat.PlainText),
        )
        set_role(heading, "section")
        set_role(about, "secondary")
        words = make_column(spacing=4)
        words.addWidget(heading)
        words.addWidget(about)
        words.addStretch()
        row = self._grid.rowCount()
        self._grid.addLayout(words, row, 0, (len(kind.bounds) + 1) // 2, 1)
        for number, bound in enumerate(kind.bounds):
            field = self.fields.add_field(bound.name, Field(bound.label, bound.trouble, bound.hint()))
            field.edit().setAccessibleName(f"{kind.heading.replace('&', '')}: {bound.label}")
            self._grid.addWidget(field, row + number // 2, 1 + number % 2, Qt.AlignmentFlag.AlignTop)
        heading.setBuddy(self.fields.field(kind.bounds[0].name).edit())

    def _settings(self) -> Settings:
        return Settings() if self.bridge.snapshot is None else self.bridge.snapshot.settings

    def _show_bounds(self, settings: Settings) -> None:
        for bound in self._bounds:
            field = self.fields.field(bound.name)
            field.set_value(number_text(getattr(getattr(settings, bound.part), bound.name), _EXACT))
            self._shown[bound.name] = field.value()

    def _edited_settings(self) -> Settings:
        """The settings of now with what was typed since the dialog opened. Raises InputError."""
        wanted = self._settings()
        for part in _BASES:
            typed = [(bound, self.fields.field(bound.name).value()) for bound in self._bounds if bound.part == part]
            given = {bound.name: bound.number(text) for bound, text in typed if text != self._shown[bound.name]}
            wanted = replace(wanted, **{part: replace(getattr(wanted, part), **given)})
        return wanted

    def _lowered(self, wanted: Settings) -> tuple[Bound, ...]:
        """Of which less is kept than now."""
        now = self._settings()
        return tuple(bound for bound in self._bounds if _value(wanted, bound) < _value(now, bound))

    def _count(self, wanted: Settings, less: tuple[Bound, ...]) -> None:
        recording, people = wanted.recording, wanted.recognition
        bounds = KeepBounds(
            recording.keep_clips_days,
            recording.keep_clips_gib,
            recording.keep_events_days,
            recording.keep_incidents_days,
            people.archive_days,
            people.erase_days,
        )
        uncounted = [kind for kind in kinds() if any(bound in less and bound.name not in _COUNTED for bound in kind.bounds)]

        def confirm_clean_up(plan: TidyReport) -> None:
            self.set_busy(False)
            self._confirm(goes_text(plan, uncounted))

        self.set_busy(True)
        self.bridge.ask(PlanTidy(bounds), confirm_clean_up, self.show_refusal, owner=self)

    def _confirm(self, goes: str) -> None:
        if not goes:
            self._save()
            return
        ask = ConfirmDialog(tr("Remove data beyond the new limits?"), goes, tr("&Save and remove"), self, can_undo=False)
        ask.accepted.connect(self._save)
        ask.finished.connect(ask.deleteLater)
        ask.open()


def kinds() -> tuple[Kind, ...]:
    """As docs/administrator/maintenance.md lists them."""
    days, gib = tr("Maximum age, in days"), tr("Maximum size, in GiB")
    clips = (Bound("recording", "keep_clips_days", days), Bound("recording", "keep_clips_gib", gib))
    video = (Bound("recording", "keep_segments_days", days), Bound("recording", "keep_segments_gib", gib))
    people = (
        Bound("recognition", "archive_days", tr("Archived after, in days")),
        Bound("recognition", "erase_days", tr("Erased after, in days")),
    )
    backups = (
        Bound("upkeep", "keep_hourly", tr("Number of the newest")),
        Bound("upkeep", "keep_daily", tr("Then one a day, in days")),
        Bound("upkeep", "keep_backups_gib", gib),
    )
    return (
        Kind(tr("Cli&ps"), tr("Video of events. Locked evidence and clips of locked people are kept."), clips),
        Kind(
            tr("Continuous &video"), tr("Continuous recording. Video of events is kept as long as clips; locks apply as for clips."), video
        ),
        Kind(
            tr("&Events"),
            tr("With their decisions and tracks. Events with a clip are kept as long as the clip, events of locked people always."),
            (Bound("recording", "keep_events_days", days),),
        ),
        Kind(
            tr("&Incidents"),
            tr(
                "Closed incidents with their reports, since the last change. Open incidents, and those that an alert "
                "or the risk map needs, are kept."
            ),
            (Bound("recording", "keep_incidents_days", days),),
        ),
        Kind(tr("Pe&ople"), tr("Since last seen: first archived, then erased with all their data. Locked people are kept."), people),
        Kind(
            tr("&Journal"),
            tr("Observations for replay, no older than clips. What a restart or a lock needs is kept."),
            (Bound("recording", "keep_journal_gib", gib),),
        ),
        Kind(tr("&Backups"), tr("Copies of the database. The newest is always kept."), backups),
    )


def goes_text(plan: TidyReport | None, uncounted: list[Kind]) -> str:
    """What goes, line by line; "" where nothing does. `uncounted`: less is kept of them, and nobody counts how much less."""
    parts = () if plan is None else plan.parts
    lines = [tr("With these limits, starting within a minute:"), *(part_text(part) for part in parts)] if parts else []
    if uncounted:
        names = ", ".join(inside(kind.heading.replace("&", "")) for kind in uncounted)
        lines.append(tr("Also removed beyond the new limits, but not counted: {0}.").format(names))
    return "\n".join(lines)


def _value(settings: Settings, bound: Bound) -> float:
    return getattr(getattr(settings, bound.part), bound.name)
