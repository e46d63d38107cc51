"""Links: every pair of nodes that hear each other."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from console.bridge import EngineBridge
from console.pages.devices.tab import DevicesTab
from console.pages.devices.words import scanner_name
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.devices.link_table import LinkTable, link_rows
from widgets.number_text import number_text
from widgets.theme import set_role


class LinksTab(DevicesTab):
    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QWidget | None = None) -> None:
        self.links = LinkTable(clock)
        super().__init__("links", self.links, None, parent)
        self.count = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.count, "secondary")
        self.add_tool(self.count)
        self.add_stretch()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        links = snapshot.radio.picture.links if snapshot.radio.picture is not None else ()
        names = {node.mac: scanner_name(snapshot, node.mac) for node in snapshot.radio.nodes}
        self.links.set_links(link_rows(links, lambda mac: names.get(mac, mac)))
        moving = sum(link.motion for link in links)
        self.count.setText(self.tr("{0} links, {1} with motion").format(number_text(len(links)), number_text(moving)) if links else "")
