"""Where on Earth the floor plan lies."""

from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import open_dialog
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import number_trouble
from engine.model.command import ChangeSettings, RemoveAnchor
from engine.model.site import SiteAnchor
from widgets.fields.form import Field
from widgets.number_text import number_text, typed_number
from widgets.signals import on
from widgets.translation import tr
from widgets.words import typed_part

_NAMES = ("latitude", "longitude", "heading_deg")


class SiteAnchorDialog(SavingDialog):
    """For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("Coordinates of the origin of the floor plan. Reports are then shown with their distance, and on the floor plan.")
        super().__init__(bridge, tr("Site location"), lead, width=480, parent=parent)
        anchor = bridge.snapshot.settings.anchor if bridge.snapshot is not None else None
        self._add_degree_field("latitude", self.tr("&Latitude, in degrees"), self.tr("Paste both here: 59.32930, 18.06860"), "59.32930")
        self._add_degree_field("longitude", self.tr("L&ongitude, in degrees"), self.tr("West is negative"), "18.06860")
        heading = self.tr("Clockwise from north to the floor's Y axis; 0 where Y points north")
        self._add_degree_field("heading_deg", self.tr("&Heading, in degrees"), heading, "0")
        self.fields.field("latitude").changed.connect(self._split)
        self.fields.field("heading_deg").set_value("0")
        if anchor is not None:
            for name in _NAMES:
                self.fields.field(name).set_value(
                    number_text(getattr(anchor, name), ".7g") if name == "heading_deg" else number_text(getattr(anchor, name), ".10g")
                )
        self.body.addWidget(self.fields)
        self.add_save(self.tr("&Save location"))
        self.remove = self.add_button(self.tr("&Remove location…"), "danger", at_left=True)
        self.remove.setVisible(anchor is not None)
        self.remove.clicked.connect(self._ask_to_remove)

    def _add_degree_field(self, name: str, label: str, hint: str, placeholder: str) -> None:
        self.fields.add_field(name, Field(label, lambda text: degree_trouble(text, SiteAnchor, name), hint, placeholder))

    def _ask_to_remove(self) -> None:
        text = self.tr("Incidents then have no distance from the site.")
        asked = ConfirmDialog(self.tr("Remove the site location?"), text, self.tr("&Remove"), self, can_undo=True)
        on(asked.accepted, self.tell, RemoveAnchor(), self.done_with)
        open_dialog(asked)

    def _split(self, text: str) -> None:
        """Two numbers that were pasted together."""
        latitude, longitude = pasted_pair(text)
        if longitude:
            self.fields.field("longitude").edit().setText(longitude)
            self.fields.field("latitude").edit().setText(latitude)

    def command(self) -> ChangeSettings:
        latitude, longitude, heading = (degrees(self.fields.field(name).value()) or 0.0 for name in _NAMES)
        return ChangeSettings(anchor=SiteAnchor(latitude, longitude, heading))


def pasted_pair(text: str) -> tuple[str, str]:
    """Two numbers that were pasted together, `59.3, 18.1` or `59,3; 18,1`; empty where it is anything else."""
    parts = [part.strip() for part in text.split(";" if ";" in text else ",")]
    both = len(parts) == 2 and all(degrees(part) is not None and ("." in part or "," in part) for part in parts)
    return (parts[0], parts[1]) if both else ("", "")


def degrees(text: str) -> float | None:
    """A decimal comma and a true minus are understood; None for what is no finite number."""
    try:
        return typed_number(text)
    except ValueError:
        return None


def degree_trouble(text: str, kind: type, name: str) -> str:
    """`name`: of the setting in `kind`."""
    if not text.strip():
        return tr("Enter a number.")
    value = degrees(text)
    if value is None:
        return tr("“{0}” is not a number of degrees.").format(typed_part(text))
    return number_trouble(kind, name, text)
