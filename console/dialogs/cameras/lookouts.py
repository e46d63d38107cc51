"""Lookouts: which cameras watch for smoke, where on Earth they stand, and which ways they look."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.cameras.lookout_draft import (
    AZIMUTH,
    NAME,
    NUMBERS,
    LookoutDraft,
    at_site,
    draft_of,
    free_key,
    free_name,
    is_complete,
    lookout_of,
    view_problems,
)
from console.dialogs.cameras.view_masks import ViewMasksDialog
from console.dialogs.floor.site_anchor import degree_trouble, pasted_pair
from console.dialogs.frame import open_dialog
from console.dialogs.saving import SavingDialog
from engine.model.command import ChangeSettings
from engine.model.fire.smoke import Lookout
from engine.model.geometry import Polygon
from engine.model.settings import Settings
from widgets.fields.form import Field
from widgets.fields.row_editor import Column, RowEditor, TextRow
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role
from widgets.translation import tr

_KEY = Qt.ItemDataRole.UserRole
_PLACE = ("latitude", "longitude")
_DEGREES_WIDTH = 104


class LookoutsDialog(SavingDialog):
    """Nothing is changed before it is saved; of one that is unticked, what was typed is kept until then. For administrators."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("Cameras that detect smoke. Two bearings locate the smoke, so enter position and azimuth accurately.")
        super().__init__(bridge, tr("Lookouts"), lead, parent=parent)
        self.resize(880, 750)
        self._settings = bridge.snapshot.settings if bridge.snapshot is not None else Settings()
        self.drafts = {lookout.camera_id: draft_of(lookout) for lookout in self._settings.lookouts}
        self.watching = set(self.drafts)
        self._before = dict(self.drafts), set(self.watching)
        self._names = {camera.id: camera.name for camera in self._settings.cameras}
        self._elsewhere = frozenset(self.drafts.keys() - self._names.keys())  # their pictures come over HTTP
        self._names |= {camera_id: draft.name or camera_id for camera_id, draft in self.drafts.items() if camera_id in self._elsewhere}
        self._chosen = ""
        self._filling = False
        self._build_list()
        self._connect_list()
        self.add_save(self.tr("&Save lookouts"))
        self.choose(next(iter(self.drafts), next(iter(self._names), "")))
        self.list.setFocus()

    # Building

    def _build_list(self) -> None:
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Cameras; selected ones detect smoke"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(200)
        self.list.setMaximumWidth(320)
        for camera_id in self._names:
            item = QListWidgetItem(self.list)
            item.setData(_KEY, camera_id)
        self.fields.add_field("name", Field(self.tr("&Name"), hint=self.tr("In place of its id, in alerts and on the map")))
        self._add_view_field("latitude", self.tr("&Latitude, in degrees"), self.tr("Paste both here: 59.32930, 18.06860"), "59.32930")
        self._add_view_field("longitude", self.tr("L&ongitude, in degrees"), self.tr("West is negative"), "18.06860", beside="latitude")
        self._add_view_field(
            "angle_of_view_deg", self.tr("&Angle of view, in degrees"), self.tr("From the left edge of the picture to the right one"), "60"
        )
        self.as_site = QPushButton(icon("locate-fixed"), self.tr("As &the site"), self)
        self.as_site.setAutoDefault(False)
        nowhere = self.tr("The site has no location. Set it on the Incidents page.")
        told = self.tr("Site location as set on the Incidents page")
        self.as_site.setToolTip(plain_tip(nowhere if self._settings.anchor is None else told))
        self.fields.field("longitude").add_beside(self.as_site)
        for name in _PLACE:
            self.fields.field(name).edit().setMinimumWidth(scaled(_DEGREES_WIDTH))  # the button leaves them whole
        columns = (
            Column("id", self.tr("Name of the view"), 180, self.tr("A fixed camera has one view, 0")),
            Column("azimuth_deg", self.tr("Azimuth, in degrees"), 0, self.tr("Bearing of the centre of the picture, clockwise from north")),
        )
        self.views = RowEditor(self.tr("Views"), columns, self.tr("Add &view"), self)
        self.views.add_button.setToolTip(self.tr("Insert, in the table"))
        self.views.remove_button.setToolTip(self.tr("Delete, in the table"))
        self.masks = QPushButton(icon("square-dashed"), "", self)
        self.masks.setAutoDefault(False)
        self.masks.setToolTip(self.tr("Parts of the picture where smoke is ignored, such as above a chimney"))
        self._lay_out_details()

    def _add_view_field(self, name: str, label: str, hint: str, placeholder: str, beside: str = "") -> None:
        self.fields.add_field(name, Field(label, partial(self._degree_trouble, name), hint, placeholder), beside)

    def _lay_out_details(self) -> None:
        self.title = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.title, "section")
        self.hint = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.hint, "secondary")
        side = make_column(spacing=8)
        for part in (self.title, self.hint, self.fields):
            side.addWidget(part)
        if (layout := self.views.layout()) is not None:
            layout.setContentsMargins(0, 0, 0, 0)  # in line with the fields
        side.addWidget(self.views, 1)
        below = make_row(margins=NO_MARGINS)
        below.addWidget(self.masks)
        below.addStretch(1)
        side.addLayout(below)
        row = make_row(spacing=24)
        row.addWidget(self.list)
        row.addLayout(side, 1)
        self.body.addLayout(row, 1)
        QWidget.setTabOrder(self.fields.field("longitude").edit(), self.as_site)
        QWidget.setTabOrder(self.as_site, self.fields.field("angle_of_view_deg").edit())

    def _connect_list(self) -> None:
        self.list.currentItemChanged.connect(self._list_chosen)
        self.list.itemChanged.connect(self._ticked)
        self.as_site.clicked.connect(self._stand_at_site)
        self.views.changed.connect(self._typed)
        self.views.row_chosen.connect(self._show_masks)
        self.masks.clicked.connect(self.edit_masks)
        for name in ("name", *NUMBERS):
            self.fields.field(name).changed.connect(self._typed)
        self.fields.field("latitude").changed.connect(self._split)
        self.views.add_button.clicked.connect(self._ask_azimuth)
        for key, do in (("Insert", self.views.add_button.click), ("Delete", self.views.remove_current)):
            QShortcut(QKeySequence(key), self.views.table, context=Qt.ShortcutContext.WidgetShortcut).activated.connect(do)

    # Showing

    def selected_lookout(self) -> str:
        return self._chosen

    def choose(self, camera_id: str) -> None:
        self._chosen = camera_id
        draft = self.drafts.get(camera_id, LookoutDraft())
        self._filling = True
        for name in NUMBERS:
            self.fields.field(name).set_value(getattr(draft, name) if camera_id in self.watching else "")
        self.fields.field("name").set_value(draft.name)
        self.fields.field("name").setVisible(camera_id in self._elsewhere)  # a camera of the site has its own
        self.views.set_rows(draft.views if camera_id in self.watching else ())
        self._filling = False
        for name in NUMBERS:
            self.fields.field(name).revalidate()
        self._show_lookout()

    def _show_lookout(self) -> None:
        watches = self._chosen in self.watching
        self.title.setText(self._names.get(self._chosen, self.tr("No camera selected")))
        self.hint.setText(self._advice(watches))
        self.hint.setVisible(bool(self.hint.text()))
        for part in (self.fields, self.views):
            part.setEnabled(watches)
        self.as_site.setEnabled(watches and self._settings.anchor is not None)
        self.views.show_problems(view_problems(self.views.text_rows()) if watches else ())
        self._show_masks()
        self._show_list()
        self.refresh()

    def _view(self) -> TextRow | None:
        """The one that is chosen in the table, or the only one."""
        rows, chosen = self.views.text_rows(), self.views.table.currentRow()
        number = chosen if 0 <= chosen < len(rows) else 0 if len(rows) == 1 else -1
        return rows[number] if number >= 0 and self._chosen in self.watching else None

    def _show_masks(self) -> None:
        if self._filling:
            return
        view = self._view()
        if view is None:
            self.masks.setText(self.tr("&Masks of a view…"))
        else:
            count = len(self.drafts[self._chosen].masks_of(view.key))
            self.masks.setText(self.tr("&Masks of view {0} ({1})…").format(view.texts[NAME].replace("&", "&&"), count))
        self.masks.setEnabled(view is not None)

    def _advice(self, watches: bool) -> str:
        if not self._names:
            return self.tr("There are no cameras yet. Add one on the Live page.")
        if not watches:
            return self.tr("This camera does not detect smoke. Select it in the list (Space) to enter its position.")
        if not self.views.text_rows():
            return self.tr("At least one view is required.")
        if self._chosen in self._elsewhere:
            return self.tr("Not a camera of this site: another system sends its pictures, with the id {0}.").format(self._chosen)
        return ""

    def _show_list(self) -> None:
        self._filling = True
        for number, (camera_id, name) in enumerate(self._names.items()):
            item = self.list.item(number)
            on = camera_id in self.watching
            item.setText(f"{name}\n{self._state_of(camera_id)}")
            item.setToolTip(plain_tip(name))
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            if camera_id == self._chosen:
                self.list.setCurrentItem(item)
        self._filling = False

    def _state_of(self, camera_id: str) -> str:
        if camera_id not in self.watching:
            return self.tr("No smoke detection")
        draft = self.drafts[camera_id]
        if not is_complete(draft):
            return self.tr("Incomplete")
        views = self.tr("1 view") if len(draft.views) == 1 else self.tr("{0} views").format(len(draft.views))
        count = draft.mask_count()
        masks = "" if not count else self.tr(", 1 mask") if count == 1 else self.tr(", {0} masks").format(count)
        return f"{draft.latitude}, {draft.longitude} · {views}{masks}"

    def _list_chosen(self, item: QListWidgetItem | None) -> None:
        if not self._filling and item is not None:
            self.choose(str(item.data(_KEY)))

    # Changing

    def _ticked(self, item: QListWidgetItem) -> None:
        if self._filling:
            return
        camera_id = str(item.data(_KEY))
        if item.checkState() is Qt.CheckState.Checked:
            self.watching.add(camera_id)
            self.drafts.setdefault(camera_id, LookoutDraft())
        else:
            self.watching.discard(camera_id)
        self.choose(camera_id)

    def _typed(self) -> None:
        if self._filling or self._chosen not in self.watching:
            return
        self._name_views()
        texts = {name: self.fields.field(name).value().strip() for name in ("name", *NUMBERS)}
        if self._chosen in self._elsewhere:
            self._names[self._chosen] = texts["name"] or self._chosen
        self.drafts[self._chosen] = replace(self.drafts[self._chosen], views=self.views.text_rows(), **texts)
        self._show_lookout()

    def _ask_azimuth(self) -> None:
        """A view that was added has a name already."""
        table = self.views.table
        table.setCurrentCell(table.rowCount() - 1, AZIMUTH)
        table.edit(table.model().index(table.rowCount() - 1, AZIMUTH))

    def _name_views(self) -> None:
        """One without a name takes the next number; one that was added is known by a key from then on."""
        self._filling = True
        for number, row in enumerate(self.views.text_rows()):
            if not row.texts[NAME]:
                self.views.set_text(number, NAME, free_name(self.views.text_rows()))
            if not row.key:
                self.views.set_key(number, free_key(self.views.text_rows()))
        self._filling = False

    def edit_masks(self) -> ViewMasksDialog | None:
        """Of the view that is chosen; None where none is. They are kept here when that is closed, and saved with all else."""
        view, camera_id = self._view(), self._chosen
        if view is None:
            return None
        title = self.tr("Masks of {0}, view {1}").format(self._names[camera_id], view.texts[NAME])
        draft = self.drafts[camera_id]
        dialog = ViewMasksDialog(self.bridge, camera_id, title, draft.masks_of(view.key), len(draft.views) > 1, self)
        dialog.accepted.connect(lambda: self._keep_masks(camera_id, view.key, dialog.masks()))
        open_dialog(dialog)
        return dialog

    def _keep_masks(self, camera_id: str, key: str, masks: tuple[Polygon, ...]) -> None:
        self.drafts[camera_id] = self.drafts[camera_id].with_masks(key, masks)
        self._show_lookout()
        self.masks.setFocus()

    def _stand_at_site(self) -> None:
        if self._settings.anchor is not None:
            for name, text in zip(_PLACE, at_site(self._settings.anchor), strict=True):
                self.fields.field(name).edit().setText(text)

    def _split(self, text: str) -> None:
        """Two numbers that were pasted together."""
        latitude, longitude = pasted_pair(text)
        if longitude:
            self.fields.field("longitude").edit().setText(longitude)
            self.fields.field("latitude").edit().setText(latitude)

    def _degree_trouble(self, name: str, text: str) -> str:
        """Empty fields of a camera that does not watch are not wrong."""
        return degree_trouble(text, Lookout, name) if self._chosen in self.watching else ""

    # Saving

    def is_valid(self) -> bool:
        return all(is_complete(self.drafts[camera_id]) for camera_id in self.watching)

    def command(self) -> ChangeSettings:
        return ChangeSettings(lookouts=tuple(lookout_of(each, self.drafts[each]) for each in self._names if each in self.watching))

    def has_unsaved_work(self) -> bool:
        return (self.drafts, self.watching) != self._before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the table does not save."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
