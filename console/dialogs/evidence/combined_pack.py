"""One evidence pack over several sites: what goes in, how far each site is, and where the file lies."""

from datetime import tzinfo
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QProgressBar, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.evidence.pack import missing_notices, verdict_notices
from console.dialogs.evidence.pack_folder import open_pack_folder
from console.dialogs.evidence.pack_form import PackForm
from console.dialogs.frame import FramedDialog
from console.feeds.combined_making import CombinedMaking, cancelled_text
from console.pack_files import check_pack, file_name
from engine.gateway.federation.packs import CombineStage, CombineState, PackCombiner, PartStage, PartState, sites_of, why_left_out
from engine.gateway.federation.port import FederatedPort
from engine.model.errors import WatchroomError
from engine.model.history.evidence import HiddenRegion
from engine.model.snapshot import Snapshot
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.combining import CombinedPack
from engine.runtime.evidence.verify import PackVerdict
from engine.runtime.evidence.verify_combined import CombinedVerdict
from widgets.engine_text import translate_engine_text
from widgets.layout.boxes import NO_MARGINS
from widgets.look import scaled
from widgets.marks.notice import LevelMark, Notices
from widgets.marks.plain_tip import plain_tip
from widgets.size_text import size_text
from widgets.theme import set_role
from widgets.timeline.timeline_words import stretch_text
from widgets.translation import tr
from widgets.words import count_text

_BAR_PX, _NAME_PX = 140, 130
_LEVELS = {PartStage.WHOLE: "good", PartStage.FAILED: "critical", PartStage.LEFT_OUT: "moderate"}
_STEPS = 1_000


class PartRows(QWidget):
    """A line for each site: how far its part is."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(*NO_MARGINS)
        self._grid.setHorizontalSpacing(10)
        self._grid.setColumnStretch(3, 1)
        self._rows: dict[str, _PartRow] = {}

    def show_parts(self, parts: tuple[PartState, ...]) -> None:
        for part in parts:
            if part.key not in self._rows:
                self._rows[part.key] = _PartRow(self._grid, len(self._rows), part.site)
            self._rows[part.key].show_part(part)

    def texts(self) -> dict[str, str]:
        """By the key of the site."""
        return {key: row.words.text() for key, row in self._rows.items()}


class _PartRow:
    def __init__(self, grid: QGridLayout, number: int, site: str) -> None:
        self.mark, self.name, self.bar = LevelMark(), QLabel(site, textFormat=Qt.TextFormat.PlainText), QProgressBar(textVisible=False)
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.name.setFixedWidth(scaled(_NAME_PX))
        self.name.setToolTip(plain_tip(site))
        self.bar.setFixedWidth(scaled(_BAR_PX))
        self.bar.setAccessibleName(tr("Progress of {0}").format(site))
        set_role(self.words, "secondary")
        for column, widget in enumerate((self.mark, self.name, self.bar, self.words)):
            grid.addWidget(widget, number, column, Qt.AlignmentFlag(0) if widget is self.words else Qt.AlignmentFlag.AlignVCenter)

    def show_part(self, part: PartState) -> None:
        self.mark.set_level(_LEVELS.get(part.stage, "neutral"))
        self.bar.setRange(0, 0 if part.share is None and not part.is_settled else _STEPS)
        self.bar.setValue(_STEPS if part.stage is PartStage.WHOLE else round((part.share or 0.0) * _STEPS))
        self.words.setText(_part_text(part))


class CombinedPackDialog(FramedDialog):
    """Stays open: first what goes in, then each site's progress, then the file. For those who may export somewhere.

    Signals:
        goes_on(CombinedMaking): closed while the pack is being made, which goes on. packs_wanted(pack id): all packs are to be shown.
    """

    CHOICES_ARE_WORK = True

    goes_on = Signal(object)
    packs_wanted = Signal(str)

    def __init__(
        self,
        bridge: EngineBridge,
        since_ns: int,
        until_ns: int,
        zone: tzinfo | None,
        camera_ids: tuple[str, ...] = (),
        area: HiddenRegion | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`bridge`: over sites. `camera_ids`: chosen to begin with; empty: all. `area`: one that is drawn and may be hidden."""
        super().__init__(tr("Evidence pack"), stretch_text(since_ns, until_ns, zone), width=680, parent=parent)
        self._bridge = bridge
        self._making: CombinedMaking | None = None
        self._pack: CombinedPack | None = None
        self._checking = False
        self.form = PackForm(bridge, since_ns, until_ns, camera_ids, area=area, of_sites=True)
        self.sites, self.parts, self.outcome = Notices(), PartRows(), Notices()
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName(tr("Evidence pack"))
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._lay_out()
        self._connect_parts()
        self._show_sites()
        self.form.name.setFocus()

    def _lay_out(self) -> None:
        for part in (self.form, self.sites, self.parts, self.progress, self.words, self.outcome):
            self.body.addWidget(part)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(self.words, "secondary")
        self.open_button = self.add_button(self.tr("&Open folder"), at_left=True)
        self.verify_button = self.add_button(self.tr("&Verify and re-run"), at_left=True)
        self.all_button = self.add_button(self.tr("A&ll packs…"), at_left=True)
        self.cancel_button = self.add_button(self.tr("Cance&l"), at_left=True)
        self.close_button = self.add_cancel(self.tr("&Close"))
        self.again_button = self.add_button(self.tr("&Try again"))
        self.without_button = self.add_button(self.tr("&Save without them"), "primary")
        self.elsewhere_button = self.add_button(self.tr("&Save elsewhere…"), "primary")
        self.make_button = self.add_button(self.tr("C&reate pack…"), "primary")
        self.make_button.setDefault(True)
        self._show_buttons(self.make_button)
        for part in (self.parts, self.progress, self.words):
            part.hide()

    def _show_buttons(self, *shown: QPushButton) -> None:
        """Besides Close."""
        every = (self.open_button, self.verify_button, self.all_button, self.cancel_button, self.again_button)
        for button in (*every, self.without_button, self.elsewhere_button, self.make_button):
            button.setVisible(button in shown)

    def _connect_parts(self) -> None:
        self.form.changed.connect(self._show_sites)
        self.form.refused.connect(self.show_error)
        self._bridge.snapshot_changed.connect(self._follow)
        for button, act in (
            (self.make_button, self.make),
            (self.cancel_button, self._cancel),
            (self.again_button, self._try_again),
            (self.without_button, self._go_without),
            (self.elsewhere_button, self._save_elsewhere),
            (self.open_button, self._open_folder),
            (self.verify_button, self.verify),
            (self.all_button, self._show_all),
        ):
            button.clicked.connect(act)

    # what goes in

    def _follow(self, _: Snapshot) -> None:
        if self._making is None:
            self._show_sites()

    def _show_sites(self) -> None:
        """Which sites make a part, and which cannot now."""
        self.make_button.setEnabled(self.form.is_valid() and self.form.refusal() is None)
        self.make_button.setToolTip(plain_tip(self.form.trouble_now()))
        snapshot = self._bridge.snapshot
        if snapshot is None or self.form.refusal() is not None:
            return
        sites = sites_of(self.form.request(), snapshot.sites)
        away = tuple((site.name, why_left_out(site)) for site in sites if why_left_out(site))
        there = tuple(site.name for site in sites if not why_left_out(site))
        self.sites.set_notices((*_sites_notice(there), *(_away_notice(name, why) for name, why in away)))

    def make(self) -> None:
        if self._making is not None or not self.form.is_accepted():
            return
        target = self._ask_where()
        if target is not None:
            self._start(target)

    def _start(self, target: Path) -> None:
        port = self._bridge.port
        assert isinstance(port, FederatedPort), "it is for consoles over sites"
        try:
            combiner = PackCombiner(port, self.form.request(), target, self.form.new_case() or self.form.chosen_case())
        except WatchroomError as error:
            self.show_error(error)
            return
        self.show_trouble("")
        self._making = CombinedMaking(self._bridge, combiner)
        self._making.changed.connect(self._show_state)
        self.form.hide()
        self.sites.hide()
        self.heading.setText(combiner.title)
        self.parts.show()
        combiner.start()
        self._making.start()

    def _ask_where(self) -> Path | None:
        """None: nowhere."""
        kinds = self.tr("Evidence packs (*.zip)")
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save the evidence pack"), file_name(self.form.name.value()), kinds)
        if not chosen:
            return None
        target = Path(chosen)
        if target.suffix.lower() == ".zip":
            return target
        target = target.with_name(f"{target.name}.zip")
        if target.exists():  # the file chooser has asked about the other name
            self.show_trouble(self.tr("There is a file {0} already. Choose another name.").format(target))
            return None
        return target

    # how far it is

    def _show_state(self, state: CombineState) -> None:
        self.parts.show_parts(state.parts)
        self.show_trouble(translate_engine_text(state.words) if state.stage is CombineStage.FAILED else "")
        self.progress.setVisible(state.stage is CombineStage.WRITING)
        self.progress.setRange(0, _STEPS)
        self.progress.setValue(round((state.share or 0.0) * _STEPS))
        match state.stage:
            case CombineStage.MAKING:
                self._show_words(self.tr("You can close this window. The export continues, and a message appears when it is done."))
                self._show_buttons(self.cancel_button)
                self.cancel_button.setEnabled(True)
            case CombineStage.INCOMPLETE:
                self._show_incomplete(state)
            case CombineStage.WRITING:
                self._show_words(self.tr("Writing the file…"))
                self._show_buttons()
            case CombineStage.WRITTEN:
                assert state.pack is not None
                self._show_pack(state.pack)
            case CombineStage.FAILED:
                self._show_words(self.tr("The parts stay at their sites, in the lists of packs."))
                self._show_buttons(self.elsewhere_button)
            case CombineStage.CANCELLED:
                self._begin_again()

    def _show_incomplete(self, state: CombineState) -> None:
        whole = any(part.stage is PartStage.WHOLE for part in state.parts)
        text = self.tr("Some sites did not make their part. The others are kept: try again, or save the pack without them.")
        self._show_words(text if whole else self.tr("No site made its part."))
        self._show_buttons(self.cancel_button, self.again_button, *((self.without_button,) if whole else ()))
        self.again_button.setFocus()

    def _begin_again(self) -> None:
        """It was cancelled: what was entered is there again."""
        self._drop_making()
        self.parts.hide()
        self.form.show()
        self.sites.show()
        self._show_words(cancelled_text())
        self._show_buttons(self.make_button)
        self._show_sites()

    def _drop_making(self) -> None:
        if self._making is not None:
            self._making.deleteLater()
            self._making = None

    def _cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        if self._making is not None:
            self._making.combiner.cancel()

    def _try_again(self) -> None:
        if self._making is not None:
            self._making.combiner.retry()

    def _go_without(self) -> None:
        if self._making is not None:
            self._show_buttons()
            self._bridge.fetch(self._making.combiner.go_without, lambda _: None, self.show_error, owner=self)

    def _save_elsewhere(self) -> None:
        target = self._ask_where()
        if target is not None and self._making is not None:
            self._making.combiner.write_to(target)
            self._making.start()

    # what was made

    def _show_pack(self, pack: CombinedPack) -> None:
        self._pack = pack
        index = pack.index
        self.parts.hide()
        self._show_words("\n".join((self.tr("Saved to {0}").format(pack.path), size_text(pack.size_bytes))))
        text = count_text(
            len(index.parts), self.tr("The pack of 1 site is created and signed."), self.tr("The signed packs of {0} sites are in it.")
        )
        dropped = [
            (tr("{0}: {1}").format(part.site, translate_engine_text(each)), "moderate") for part in index.parts for each in part.missing
        ]
        self.outcome.set_notices(((text, "good"), *missing_notices(index.missing), *dropped))
        self._show_buttons(self.open_button, self.verify_button, self.all_button)
        self.open_button.setFocus()

    def verify(self) -> None:
        """On this machine, beside the screen. The keys that the sites used when this console fetched their packs are known to it."""
        if self._pack is None or self._checking:
            return
        self._checking = True
        self.verify_button.setEnabled(False)
        self.progress.setRange(0, 0)
        self.progress.show()
        keys = tuple(fingerprint(part.signer) for part in self._pack.index.parts)
        self._bridge.fetch(partial(check_pack, self._pack.path, also=keys), self._show_verdict, self._show_check_error, owner=self)

    def _show_verdict(self, verdict: PackVerdict | CombinedVerdict) -> None:
        self._rest()
        self.outcome.set_notices(verdict_notices(verdict))

    def _show_check_error(self, error: WatchroomError) -> None:
        self._rest()
        self.show_error(error)

    def _rest(self) -> None:
        self._checking = False
        self.verify_button.setEnabled(True)
        self.progress.hide()

    def _open_folder(self) -> None:
        if self._pack is not None:
            self.show_trouble(open_pack_folder(self._pack.path))

    def _show_words(self, text: str) -> None:
        self.words.setText(text)
        self.words.setVisible(bool(text))

    def _show_all(self) -> None:
        self.packs_wanted.emit("")
        self.reject()

    def busy_now(self) -> bool:
        return self._checking or (self._making is not None and self._making.running)

    def has_unsaved_work(self) -> bool:
        """Once it is being made, closing discards nothing."""
        return self._making is None and super().has_unsaved_work()

    def reject(self) -> None:
        """What is being made goes on without the sites that fail: nobody is there to be asked."""
        making = self._making
        if making is not None and making.running and self._bridge.snapshot is not None:
            making.changed.disconnect(self._show_state)
            self.goes_on.emit(making)
            self._bridge.fetch(making.combiner.go_without, lambda _: None, lambda _: None)
            self._making = None
        else:
            self._drop_making()
        super().reject()


def _sites_notice(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if len(names) < 2:
        return ()
    return ((tr("Each site makes and signs its own part: {0}. The file holds all parts.").format(", ".join(names)), "neutral"),)


def _away_notice(name: str, why: str) -> tuple[str, str]:
    text = tr("{0} cannot make its part: {1} The pack is made without it and says so.")
    return text.format(name, translate_engine_text(why)), "moderate"


def _part_text(part: PartState) -> str:
    words = translate_engine_text(part.words)
    match part.stage:
        case PartStage.MAKING:
            return words or tr("Creating the pack…")
        case PartStage.FETCHING:
            return tr("Fetching the pack…")
        case PartStage.CHECKING:
            return tr("Verifying the pack")
        case PartStage.WHOLE:
            return tr("Ready, signed by the site")
        case PartStage.FAILED:
            return words
        case PartStage.LEFT_OUT:
            return tr("Left out: {0}").format(words)
