"""Install a firmware version on one node, or on all that have another, one after the other."""

from operator import attrgetter

from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from engine.model.command import UpdateNodes
from engine.model.radio.radio import NodeState
from widgets.devices.node_words import NodeRow, node_name
from widgets.layout.boxes import make_column
from widgets.marks.notice import Notice
from widgets.translation import tr
from widgets.words import count_text


class UpdateDialog(FramedDialog):
    """`accepted` when the operator wants it; `command()` then says what."""

    def __init__(self, bridge: EngineBridge, nodes: tuple[NodeRow, ...], version: str = "", parent: QWidget | None = None) -> None:
        """`nodes`: the one to update, or all that may be. `version`: chosen at first."""
        single = node_name(nodes[0]) if len(nodes) == 1 else ""
        lead = "" if single else tr("Nodes are updated one at a time, and the update stops at the first failure. The others keep sensing.")
        super().__init__(tr("Update {0}").format(single) if single else tr("Update nodes"), lead, width=480, parent=parent)
        self._nodes, self._single = nodes, bool(single)
        self.version = QComboBox()
        firmware = bridge.snapshot.radio.firmware if bridge.snapshot is not None else ()
        for item in sorted(firmware, key=attrgetter("uploaded_ns"), reverse=True):
            self.version.addItem(item.version, item.version)
        self.version.setCurrentIndex(max(0, self.version.findData(version)))
        self.said = Notice()
        self._lay_out_versions()
        self.version.currentIndexChanged.connect(self._show_nodes)
        self.add_cancel()
        self.go = self.add_button(self.tr("&Update now"), "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.accept)
        self._show_nodes()

    def _lay_out_versions(self) -> None:
        label = QLabel(self.tr("&Firmware"))
        label.setBuddy(self.version)
        column = make_column(spacing=4)
        column.addWidget(label)
        column.addWidget(self.version)
        self.body.addLayout(column)
        self.body.addWidget(self.said)

    def wanting(self) -> tuple[NodeRow, ...]:
        """Nodes that are online and run another version."""
        version = self.version.currentData()
        return tuple(row for row in self._nodes if row.view.state is NodeState.ONLINE and row.view.firmware != version)

    def command(self) -> UpdateNodes:
        return UpdateNodes(self.version.currentData(), tuple(row.view.mac for row in self.wanting()))

    def _show_nodes(self) -> None:
        wanting, version = self.wanting(), self.version.currentData()
        self.go.setEnabled(bool(wanting) and version is not None)
        if version is None:
            self.said.set_notice(self.tr("There is no firmware yet. Add an image first."), "moderate")
        elif self._single:
            self.said.set_notice(self._single_text(), "low" if wanting else "moderate")
        else:
            self.said.set_notice(self._summary_text(wanting, version), "low" if wanting else "neutral")

    def _single_text(self) -> str:
        view = self._nodes[0].view
        if view.state is not NodeState.ONLINE:
            return self.tr("The node is not online with a token. It can be updated once it is.")
        if view.firmware == self.version.currentData():
            return self.tr("It already runs this version.")
        return self.tr(
            "It runs {0} and will be offline for about a minute. If the new firmware fails, the node reverts to the old one."
        ).format(view.firmware or "–")

    def _summary_text(self, wanting: tuple[NodeRow, ...], version: str) -> str:
        if not wanting:
            return self.tr("All nodes that are online already run {0}.").format(version)
        away = sum(row.view.state is not NodeState.ONLINE for row in self._nodes)
        out = count_text(away, self.tr("1 node is offline and is skipped."), self.tr("{0} nodes are offline and are skipped."))
        skipped = f" {out}" if away else ""
        names = ", ".join(node_name(row) for row in wanting)
        if len(wanting) == 1:
            return self.tr("Updates 1 node: {0}.").format(names) + skipped
        return self.tr("Updates {0} nodes: {1}.").format(len(wanting), names) + skipped
