"""A node's name, place, and whether it is used."""

from PySide6.QtWidgets import QCheckBox, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import length_trouble
from engine.model.command import PutNode
from engine.model.site import NodeSettings
from widgets.devices.node_words import NodeRow, node_name
from widgets.devices.signal_words import position_text
from widgets.fields.form import Field
from widgets.space.plan.position_fields import PositionFields
from widgets.translation import tr


class NodeDialog(SavingDialog):
    def __init__(self, bridge: EngineBridge, row: NodeRow, parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("Edit {0}").format(node_name(row)), row.view.mac, width=460, parent=parent)
        self._mac = row.view.mac
        settings = row.settings or NodeSettings(row.view.mac)
        name = Field(self.tr("&Name"), _name_trouble, placeholder=self.tr("For example Hall, above the door"))
        name.set_value(settings.name)
        self.fields.add_field("name", name)
        self.position = PositionFields(self.tr("Position on the floor"), self._position_hint(row), self)
        self.position.set_value(settings.position)
        self.position.changed.connect(self.refresh)
        self.position.submitted.connect(self.submit)
        self.enabled = QCheckBox(self.tr("&Use what this node sends"))
        self.enabled.setChecked(settings.enabled)
        for widget in (self.fields, self.position, self.enabled):
            self.body.addWidget(widget)
        self.add_save(self.tr("&Save node"))

    def _position_hint(self, row: NodeRow) -> str:
        if row.view.position_source == "announced" and row.view.position is not None:
            return self.tr("Leave empty to use the position that it reports: {0}.").format(position_text(row.view.position))
        return self.tr("Measured from the origin of the floor plan. Without a position the node cannot be used for locating.")

    def is_valid(self) -> bool:
        return super().is_valid() and self.position.is_valid()

    def command(self) -> PutNode:
        name = self.fields.field("name").value().strip()
        return PutNode(NodeSettings(self._mac, name, self.position.value(), self.enabled.isChecked()))


def _name_trouble(text: str) -> str:
    return length_trouble(NodeSettings, "name", text)
