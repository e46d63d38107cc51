"""All evidence packs that there are: found again by their case, checked, taken along, removed; and the cases that they are in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.evidence.case import CaseDialog
from console.dialogs.evidence.pack import verdict_notices
from console.dialogs.evidence.pack_folder import open_pack_folder
from console.dialogs.evidence.packs_parts import CaseColumn, PackActs, PackDetails, PacksInMaking
from console.dialogs.evidence.packs_words import KnownPacks, Names, ask_for_packs, columns, empty_text, pack_cells, pack_facts
from console.dialogs.evidence.verify_pack import VerifyPackDialog
from console.dialogs.frame import FramedDialog
from console.pack_files import check_pack, copy_pack
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.command import CancelJob
from engine.model.errors import WatchroomError
from engine.model.history.evidence import Case, Pack, PutCase, RemovePack
from engine.model.snapshot import Snapshot
from widgets.layout.boxes import make_column, make_row
from widgets.layout.rows_model import RowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.marks.notice import Notice
from widgets.signals import on
from widgets.translation import tr

_MADE = 1  # column
T = TypeVar("T")
Opened = TypeVar("Opened", bound=QDialog)


class EvidencePacksDialog(FramedDialog):
    """Opens on the newest pack, or on the one that is asked for. For those who may export; a limited account sees its own."""

    def __init__(self, bridge: EngineBridge, zone: tzinfo | None = None, pack_id: str = "", parent: QWidget | None = None) -> None:
        from engine.gateway.remote.port import RemotePort  # only now: its HTTP client takes a while to load

        super().__init__(tr("Evidence packs"), tr("Signed exports of recordings, by case."), parent=parent)
        self.resize(1160, 720)
        self._bridge, self._zone, self._wanted = bridge, zone, pack_id
        over_sites = bridge.snapshot is not None and bool(bridge.snapshot.sites)
        self._remote = over_sites or isinstance(bridge.port, RemotePort)
        self._known = KnownPacks()
        self._names = _names(bridge.snapshot, zone)
        self._checks: dict[str, tuple[tuple[str, str], ...]] = {}
        self._checking = ""
        self._copying = False
        self.making, self.cases, self.details, self.acts = PacksInMaking(), CaseColumn(), PackDetails(), PackActs()
        self.empty = EmptyState("folder-open", tr("Evidence packs"), tr("Loading packs…"), tr("&Try again"))
        self.empty.set_action_visible(False)
        model = RowsModel[Pack](columns(), lambda pack: pack.id, lambda pack: pack_cells(pack, self._names))
        self.table = RowsTable(model, tr("Evidence packs, newest first"), self.empty)
        self.table.sort_by(_MADE, descending=True)
        self.told = Notice()
        self._build_lists()
        self._connect_lists()
        self._show_chosen()
        if bridge.snapshot is not None:
            self.making.show_snapshot(bridge.snapshot)
        self.load()

    def _build_lists(self) -> None:
        right = make_column(spacing=10)
        right.addWidget(self.table, 1)
        right.addWidget(self.details, 1)
        right.addWidget(self.acts)
        across = make_row(spacing=16)
        across.addWidget(self.cases)
        across.addLayout(right, 1)
        self.body.addWidget(self.making)
        self.body.addLayout(across, 1)
        self.body.addWidget(self.told)
        self.verify_file = self.add_button(tr("Verify a &file…"), at_left=True)
        self.verify_file.setToolTip(tr("Verify a pack from another site"))
        self.close_button = self.add_cancel(tr("&Close"))

    def _connect_lists(self) -> None:
        self.cases.chosen.connect(self._show_packs)
        self.cases.rename.clicked.connect(self.rename_case)
        self.cases.close_case.clicked.connect(self.close_or_reopen)
        self.table.selected.connect(self._show_chosen)
        self.empty.action_requested.connect(self.load)
        self.acts.show_in_folder.clicked.connect(self.show_in_folder)
        self.acts.copy.clicked.connect(self.save_copy)
        self.acts.verify.clicked.connect(self.verify)
        self.acts.remove.clicked.connect(self.remove)
        self.verify_file.clicked.connect(self.verify_another)
        self.making.ended.connect(self.load)
        self.making.stop_wanted.connect(self._stop)
        self._bridge.snapshot_changed.connect(self.making.show_snapshot)

    # what there is

    def load(self) -> None:
        port, snapshot = self._bridge.port, self._bridge.snapshot
        now_ns, locks = (0 if snapshot is None else snapshot.at_ns), self._bridge.may(Verb.SEE_PAST)
        self._bridge.fetch(partial(ask_for_packs, port, now_ns, locks), self._show_known, self._not_there, owner=self)

    def _show_known(self, known: KnownPacks) -> None:
        self.show_trouble("")
        self.empty.set_action_visible(False)
        self._known, self._names = known, _names(self._bridge.snapshot, self._zone)
        self.cases.show_known(known, self._zone)
        self._show_packs()

    def _not_there(self, error: WatchroomError) -> None:
        self.show_error(error)
        self.empty.set_text(tr("Packs could not be loaded"), error_text(error))
        self.empty.set_action_visible(True)

    def _show_packs(self) -> None:
        row_id = self.cases.row_id()
        packs = self._known.of(row_id)
        self.empty.set_text(*empty_text(self._known, row_id))
        self.table.show_rows(packs, 0)
        if any(pack.id == self._wanted for pack in packs):
            self.table.select_row(self._wanted)
            self._wanted = ""
        elif not self.table.selected_key() and packs:
            self.table.select_row(self.table.shown_keys()[0])
        self.cases.show_acts(self._known)
        self._show_chosen()

    def current(self) -> Pack | None:
        chosen = self.table.selected_key()
        return next((pack for pack in self._known.packs if pack.id == chosen), None)

    def _show_chosen(self) -> None:
        pack = self.current()
        self.details.setVisible(pack is not None)
        self.acts.setVisible(pack is not None)
        if pack is None:
            return
        facts, checking = pack_facts(pack, self._known, self._names), self._checking == pack.id
        checked = self._checks.get(pack.id, ())
        missing = tuple(text for text in pack.missing if (text, "moderate") not in checked)
        self.details.show_pack(pack.request.title, facts, missing, checked, checking)
        self._enable()

    def _enable(self) -> None:
        self.acts.show_in_folder.setEnabled(not self._remote)
        self.acts.show_in_folder.setToolTip(tr("The engine runs on another computer. Save a copy here.") if self._remote else "")
        self.acts.copy.setEnabled(not self._copying)
        self.acts.verify.setEnabled(not self._checking)
        self.acts.verify.setToolTip(tr("Checks every file and the signature, and re-runs the decisions"))
        permit(self.acts.remove, self._bridge.session, Verb.DELETE)

    def _use(self, pack: Pack, use: Callable[[Path], T], then: Callable[[T], None], failed: Callable[[WatchroomError], None]) -> None:
        """With its file, on a worker thread."""
        port = self._bridge.port
        self._bridge.fetch(lambda: use(port.pack_file(pack.id)), then, failed, owner=self)

    def _show_notice(self, text: str, level: str = "good") -> None:
        self.show_trouble("")
        self.told.set_notice(text, level)

    def _show_packs_error(self, error: WatchroomError) -> None:
        self.told.set_notice("")
        self.show_error(error)

    # what is done with one

    def show_in_folder(self) -> None:
        pack = self.current()
        if pack is not None:
            self._use(pack, lambda path: path, self._open_folder, self._show_packs_error)

    def _open_folder(self, path: Path) -> None:
        self.show_trouble(open_pack_folder(path))

    def save_copy(self) -> None:
        pack = self.current()
        target = self._ask_where(pack) if pack is not None and not self._copying else None
        if pack is None or target is None:
            return
        self._copying = True
        self._enable()
        self._show_notice(tr("Copying {0}…").format(target.name), "neutral")
        self._use(pack, lambda path: copy_pack(path, target), self._copied, self._not_copied)

    def _copied(self, target: Path) -> None:
        self._copying = False
        self._enable()
        self._show_notice(tr("Copy saved to {0}.").format(target))

    def _not_copied(self, error: WatchroomError) -> None:
        self._copying = False
        self._enable()
        self._show_packs_error(error)

    def _ask_where(self, pack: Pack) -> Path | None:
        """Where to; None: nowhere. A pack that is a folder goes into one."""
        name = Path(pack.file).name
        if pack.request.zipped:
            chosen, _ = QFileDialog.getSaveFileName(self, tr("Save a copy"), name, tr("Evidence packs (*.zip)"))
            return Path(chosen) if chosen else None
        chosen = QFileDialog.getExistingDirectory(self, tr("Save a copy"))
        return Path(chosen) / name if chosen else None

    def verify(self) -> None:
        """On this machine, beside the screen. What it came to stays with the pack while the dialog is open."""
        pack = self.current()
        if pack is None or self._checking:
            return
        self._checking = pack.id
        self._show_chosen()
        self._use(
            pack,
            partial(check_pack, made_as=pack.manifest_sha256),
            lambda verdict: self._checked(verdict_notices(verdict)),
            self._not_checked,
        )

    def _checked(self, said: tuple[tuple[str, str], ...]) -> None:
        self._checks[self._checking] = said
        self._checking = ""
        self._show_chosen()

    def _not_checked(self, error: WatchroomError) -> None:
        self._checked(((error_text(error), "critical"),))

    def verify_another(self) -> VerifyPackDialog:
        return self._open_dialog(VerifyPackDialog(self._bridge, self._zone, self))

    def remove(self) -> ConfirmDialog | None:
        pack = self.current()
        if pack is None:
            return None
        text = tr("Its files are deleted. Copies saved elsewhere and the original recordings stay.")
        dialog = ConfirmDialog(tr("Remove “{0}”?").format(pack.request.title), text, tr("&Remove"), self, can_undo=False)
        gone = tr("“{0}” is removed.").format(pack.request.title)
        dialog.accepted.connect(
            lambda: self._bridge.tell(RemovePack(pack.id), self._report_and_reload, self._show_packs_error, gone, owner=self)
        )
        return self._open_dialog(dialog)

    def _report_and_reload(self, text: str) -> None:
        self._show_notice(text)
        self.load()

    def _stop(self, job_id: str) -> None:
        self._bridge.command(CancelJob(job_id), ignore_answer, self._show_packs_error, owner=self)

    # cases

    def case(self) -> Case | None:
        return self._known.case(self.cases.row_id())

    def rename_case(self) -> CaseDialog | None:
        case = self.case()
        if case is None:
            return None
        dialog = CaseDialog(self._bridge, case, self)
        dialog.accepted.connect(self.load)
        return self._open_dialog(dialog)

    def close_or_reopen(self) -> ConfirmDialog | None:
        case = self.case()
        if case is None:
            return None
        if case.closed:
            self._put_case(replace(case, closed=False), tr("“{0}” is reopened.").format(case.title))
            return None
        text = tr("Packs in it that contain erased people are deleted permanently. The case can be reopened later.")
        dialog = ConfirmDialog(tr("Close the case “{0}”?").format(case.title), text, tr("C&lose case"), self)
        closed = tr("“{0}” is closed.").format(case.title)
        on(dialog.accepted, self._put_case, replace(case, closed=True), closed)
        return self._open_dialog(dialog)

    def _put_case(self, case: Case, done: str) -> None:
        command = PutCase(case.title, case.note, case.id, case.closed)
        self._bridge.tell(command, self._report_and_reload, self._show_packs_error, done, owner=self)

    def _open_dialog(self, dialog: Opened) -> Opened:
        self.show_trouble("")
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog


def _names(snapshot: Snapshot | None, zone: tzinfo | None) -> Names:
    if snapshot is None:
        return Names({}, {}, zone)
    cameras = {camera.id: camera.name for camera in snapshot.settings.cameras}
    persons = {person.id: person.name for person in snapshot.people.persons}
    return Names(cameras, persons, zone, {site.key: site.name for site in snapshot.sites})
