"""Plan nodes: try places on the plan and see at once how well people would be located."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.basis import Basis
from console.dialogs.floor.planner_draft import HEIGHT_M, NodeDraft, draft_of
from console.dialogs.frame import FramedDialog
from console.feeds.coverage import CoverageWatch, Suggestion, suggest
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.command import PutNode
from engine.model.command_terms import NO_TERMS
from engine.model.errors import Conflict, InputError, WatchroomError
from engine.model.settings import Settings
from engine.model.site import Position
from widgets.engine_text import translate_engine_text
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.layout.down_scroll import DownScroll
from widgets.number_text import number_text
from widgets.space.build import bounds_of, node_marks, short_mac, zone_marks
from widgets.space.coverage_legend import CoverageLegend
from widgets.space.plan.nodes import NodePlan
from widgets.space.plan.position_fields import PositionFields
from widgets.space.scene import Bounds, Layers, LinkMark, NodeMark, SpaceScene
from widgets.theme import set_role

_KEY = Qt.ItemDataRole.UserRole
_SIDE_PX = 372
_BESIDE_BAR = 0, 0, 12, 0


class PlannerDialog(FramedDialog):
    """Real nodes and planned ones. Nothing is changed before it is saved; planned ones are only ever taken along as text."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("PlannerDialog", "Plan nodes")
        lead = QCoreApplication.translate("PlannerDialog", "Drag nodes, or double-click to add one. Colours show the location accuracy.")
        super().__init__(title, lead, parent=parent)
        self.resize(1180, 760)
        self._bridge = bridge
        self._settings = bridge.snapshot.settings if bridge.snapshot is not None else Settings()
        self._basis = Basis(bridge.snapshot)
        self._saved_here: set[str] = set()  # what these nodes are is this dialog's
        self._homeless: dict[str, str] = {}
        self.before = self._draft_of_now()
        self.draft = self.before
        self._bounds = self._bounds_of_now()
        self._chosen = ""
        self._saving = 0
        self._filling = False
        self._note = ""
        self.coverage = CoverageWatch(bridge, self)
        self.plan = NodePlan(self)
        self.plan.setMinimumSize(360, 300)
        self.plan.has_legend = False
        self.plan.set_layers(Layers(coverage=True, glow=False, trails=False, uncertainty=False))
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Nodes of the plan"))
        self.place = PositionFields(self.tr("Place"))
        self.legend = CoverageLegend(self)
        self._lay_out_plan()
        self._connect_plan()
        self._show()

    # what is there

    def _draft_of_now(self) -> NodeDraft:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return NodeDraft()
        marks = node_marks(snapshot.settings, snapshot.radio.nodes)
        placed = {mark.mac for mark in marks}
        self._homeless = {node.mac: node.name or short_mac(node.mac) for node in snapshot.radio.nodes if node.mac not in placed}
        return draft_of(marks)

    def _bounds_of_now(self) -> Bounds:
        snapshot = self._bridge.snapshot
        picture = snapshot.radio.picture if snapshot is not None else None
        return bounds_of(self._settings.floor, picture.extent if picture else None, self.before.nodes)

    # how it looks

    def _lay_out_plan(self) -> None:
        right = make_column(spacing=8)
        right.addWidget(self._section(self.tr("Coverage")))
        right.addWidget(self.legend)
        self.summary = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.summary.setMinimumHeight(2 * self.summary.fontMetrics().lineSpacing())
        set_role(self.summary, "secondary")
        right.addWidget(self.summary)
        right.addSpacing(4)
        right.addWidget(self._section(self.tr("Nodes")))
        right.addWidget(self.list, 1)
        right.addLayout(self._node_buttons())
        right.addWidget(self.place)
        side = QWidget(self)
        side.setLayout(right)
        right.setContentsMargins(*_BESIDE_BAR)
        row = make_row(spacing=16)
        row.addWidget(self.plan, 1)
        scroll = DownScroll(side, self)  # the plan stays in sight where the screen is low
        scroll.setFixedWidth(_SIDE_PX)
        row.addWidget(scroll)
        self.body.addLayout(row, 1)
        self.copy_button = self.add_button(self.tr("C&opy as text"), at_left=True)
        self.copy_button.setIcon(icon("copy"))
        self.add_cancel(self.tr("&Close"))
        self.save_button = self.add_button(self.tr("&Save positions"), "primary")

    def _section(self, text: str) -> QLabel:
        label = QLabel(text, self, textFormat=Qt.TextFormat.PlainText)
        set_role(label, "section")
        return label

    def _node_buttons(self) -> QVBoxLayout:
        self.add_node_button = self._button("plus", self.tr("&Add node"))
        self.remove_button = self._button("trash-2", self.tr("&Remove"))
        self.suggest_button = self._button("lightbulb", self.tr("Suggest a &place"))
        self.suggest_button.setToolTip(self.tr("Adds a node where it improves the coverage most"))
        first = make_row(spacing=8)
        first.addWidget(self.add_node_button, 1)
        first.addWidget(self.remove_button, 1)
        column = make_column(spacing=8)
        column.addLayout(first)
        column.addWidget(self.suggest_button)
        return column

    def _button(self, icon_name: str, text: str) -> QPushButton:
        button = QPushButton(icon(icon_name), text, self)
        button.setAutoDefault(False)
        return button

    def _connect_plan(self) -> None:
        self.plan.node_chosen.connect(self.choose)
        self.plan.node_moved.connect(self._drag)
        self.plan.place_wanted.connect(lambda x, y: self.add_at((x, y, HEIGHT_M)))
        self.plan.removal_wanted.connect(self.remove_chosen)
        self.list.currentItemChanged.connect(self._list_chosen)
        self.add_node_button.clicked.connect(self.add_node)
        self.remove_button.clicked.connect(self.remove_chosen)
        self.suggest_button.clicked.connect(self.suggest)
        self.place.changed.connect(self._typed)
        self.coverage.changed.connect(self._show_coverage)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self.save)

    # showing

    def _show(self) -> None:
        """After any change of the plan."""
        self.coverage.show_nodes(self.draft.positions(), self._bounds)
        self._show_scene()
        self._show_list()
        self._show_buttons()

    def _show_scene(self) -> None:
        floor, nodes = self._settings.floor, self.draft.nodes
        links = tuple(LinkMark(f"{a.mac}:{b.mac}", a.position, b.position) for number, a in enumerate(nodes) for b in nodes[number + 1 :])
        self.plan.set_scene(
            SpaceScene(
                self._bounds, walls=floor.walls, portals=floor.portals, zones=zone_marks(floor), nodes=nodes, links=links,
                coverage=self.coverage.map,
            )
        )  # fmt: skip
        self.plan.set_chosen(self._chosen)

    def _show_list(self) -> None:
        rows = [(node.mac, node.name, self._place_text(node)) for node in self.draft.nodes]
        placed = {key for key, _, _ in rows}
        rows += [(key, name, self.tr("not placed")) for key, name in self._homeless.items() if key not in placed]
        self._filling = True
        while self.list.count() > len(rows):
            self.list.takeItem(self.list.count() - 1)
        for number, (key, name, place) in enumerate(rows):
            item = self.list.item(number) or self._new_item()
            item.setText(f"{name} · {place}")
            item.setData(_KEY, key)
            if key == self._chosen:
                self.list.setCurrentItem(item)
        if not self._chosen:
            self.list.setCurrentRow(-1)
        self._filling = False

    def _new_item(self) -> QListWidgetItem:
        item = QListWidgetItem()
        self.list.addItem(item)
        return item

    def _place_text(self, node: NodeMark) -> str:
        x, y, z = (number_text(round(value, 2), "g") for value in node.position)
        words = self.tr("{0} east, {1} north, {2} up").format(x, y, z)
        return self.tr("{0}, planned").format(words) if node.planned else words

    def _show_buttons(self) -> None:
        node = self.draft.node(self._chosen)
        self.remove_button.setEnabled(node is not None and node.planned)
        self.remove_button.setToolTip("" if node is None or node.planned else self.tr("Real nodes are removed on the Devices page"))
        self.place.setEnabled(bool(self._chosen))
        moved = self._changes()
        allowed = permit(self.save_button, self._bridge.session, Verb.ADMINISTER, self.tr("Planned nodes are not saved: copy them as text"))
        self.save_button.setEnabled(allowed and bool(moved) and not self._saving)
        self.save_button.setText(self.tr("&Save {0} positions").format(len(moved)) if len(moved) > 1 else self.tr("&Save position"))

    def _show_coverage(self) -> None:
        self.legend.set_coverage(self.coverage.map)
        self.summary.setText(self._summary_text())
        self._show_scene()

    def _summary_text(self) -> str:
        if len(self.draft.nodes) < 2:
            return self.tr("Two nodes form a link; three or more locate people.")
        count = len(self.draft.nodes)
        text = self.tr("{0} nodes, {1} links. Predicted for one walking person, without walls.").format(
            count, number_text(count * (count - 1) // 2)
        )
        return f"{self._note} {text}".strip()

    # choosing and moving

    def selected_draft_node(self) -> str:
        return self._chosen

    def choose(self, key: str) -> None:
        if key != self._chosen:
            self._chosen = key
            self._show_place()
            self._show_scene()
            self._show_list()
            self._show_buttons()

    def _show_place(self) -> None:
        node = self.draft.node(self._chosen)
        self._filling = True
        self.place.set_value(node.position if node is not None else None)
        self._filling = False

    def _list_chosen(self, item: QListWidgetItem | None) -> None:
        if not self._filling and item is not None:
            self.choose(str(item.data(_KEY)))

    def _drag(self, key: str, x: float, y: float) -> None:
        node = self.draft.node(key)
        if node is not None:
            self._chosen = key
            self._set_draft(self.draft.with_moved_node(key, (x, y, node.position[2])))
            self._show_place()

    def _typed(self) -> None:
        """A node that has no place gets it by typing it."""
        position = self.place.value()
        if self._filling or position is None or not self._chosen:
            return
        if self.draft.node(self._chosen) is not None:
            self._set_draft(self.draft.with_moved_node(self._chosen, position))
        elif self._chosen in self._homeless:
            self._set_draft(self.draft.with_real_node(NodeMark(self._chosen, self._homeless[self._chosen], position)))

    def _set_draft(self, draft: NodeDraft) -> None:
        self.draft, self._note = draft, ""
        self.show_trouble("")
        self._show()

    def add_node(self) -> None:
        """In the middle of the floor; a chosen node that has no place gets that one."""
        x, y, _ = self._bounds.center
        if self._chosen in self._homeless and self.draft.node(self._chosen) is None:
            self._set_draft(
                self.draft.with_real_node(NodeMark(self._chosen, self._homeless[self._chosen], (round(x, 2), round(y, 2), HEIGHT_M)))
            )
            self._show_place()
        else:
            self.add_at((round(x, 2), round(y, 2), HEIGHT_M))

    def add_at(self, position: Position) -> None:
        draft, self._chosen = self.draft.with_new_node(position)
        self._set_draft(draft)
        self._show_place()

    def remove_chosen(self) -> None:
        node = self.draft.node(self._chosen)
        if node is not None and node.planned:
            draft = self.draft.removed(self._chosen)
            self._chosen = ""
            self._set_draft(draft)
            self._show_place()

    # asking for a place

    def suggest(self) -> None:
        self.suggest_button.setEnabled(False)
        self.suggest_button.setText(self.tr("Searching…"))
        nodes, bounds = self.draft.positions(), self._bounds
        self._bridge.fetch(partial(suggest, nodes, bounds), self._suggested, self._suggestion_failed, owner=self)

    def _suggested(self, found: Suggestion) -> None:
        self._end_suggesting()
        self.add_at(found.position)
        text = self.tr("Suggested: {0} % of the floor good or fair, {1} % without it.")
        self._note = text.format(round(100 * found.share), round(100 * found.before))
        self.summary.setText(self._summary_text())

    def _suggestion_failed(self, error: WatchroomError) -> None:
        self._end_suggesting()
        self.show_trouble(error_text(error))

    def _end_suggesting(self) -> None:
        self.suggest_button.setEnabled(True)
        self.suggest_button.setText(self.tr("Suggest a &place"))

    # taking it along

    def copy(self) -> None:
        QApplication.clipboard().setText(self.draft.as_text())
        self.copy_button.setText(self.tr("Copied"))

    def _changes(self) -> tuple[PutNode, ...]:
        return tuple(PutNode(node) for node in self.draft.changed(self._settings, self.before))

    def save(self) -> None:
        """One command for each node that was moved; the dialog stays open, with what could not be saved still to be saved."""
        changes = self._changes()
        self._saving = len(changes)
        self._show_buttons()
        for change in changes:
            own = change.node.mac in self._saved_here
            terms = NO_TERMS if own else self._basis.terms(change, self._bridge.snapshot)
            self._bridge.command(change, self._saved, self._show_plan_error, owner=self, terms=terms)

    def _saved(self, mac: str) -> None:
        self._saved_here.add(mac)
        node = self.draft.node(mac)
        if node is not None:
            known = self.before.node(mac)
            self.before = self.before.with_moved_node(mac, node.position) if known else self.before.with_real_node(node)
        self._one_less()

    def _show_plan_error(self, error: WatchroomError) -> None:
        if isinstance(error, Conflict):
            self.show_trouble(self._basis.conflict_text(error))
        else:
            self.show_trouble(error_text(error) if not isinstance(error, InputError) else translate_engine_text(error.message))
        self._one_less()

    def _one_less(self) -> None:
        self._saving -= 1
        if self._saving <= 0:
            if self._bridge.snapshot is not None:
                self._settings = self._bridge.snapshot.settings
            self._show_buttons()

    def has_unsaved_work(self) -> bool:
        return super().has_unsaved_work() or bool(self._changes())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field does not close the dialog."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
