"""Opening a dialog that is one site's matter, on a console of one site or of several."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from PySide6.QtWidgets import QDialog, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog, open_dialog
from engine.model.accounts.access import Verb

A = TypeVarTuple("A")
D = TypeVar("D", bound=QDialog)


def open_at_site(
    bridge: EngineBridge,
    make: Callable[[EngineBridge, *A, QWidget], D | None],
    over: QWidget,
    *about: *A,
    verb: Verb = Verb.ADMINISTER,
    opened: Callable[[D, EngineBridge], object] | None = None,
) -> D | None:
    """Make it with the bridge to the site that `about` is of, and show it; see `EngineBridge.at_one_site`.

    `make`: None where what it is about is gone. opened: gets the dialog before it is shown, and its bridge: ids that it gives are of that
    site (`EngineBridge.beyond`).

    Returns the dialog; None where the session may not, nothing is made, or the user is asked for the site first.
    """
    made: list[D] = []

    def open_here(here: EngineBridge, *local: *A) -> None:
        dialog = make(here, *local, over) if here.may(verb) else None
        if dialog is not None:
            name_site(dialog, here)
            if opened is not None:
                opened(dialog, here)
            made.append(open_dialog(dialog))

    if bridge.may(verb):
        bridge.at_one_site(open_here, *about, verb=verb)
    return made[0] if made else None


def name_site(dialog: QDialog, bridge: EngineBridge) -> None:
    """Where there are several, its title says whose it is, and it ends with its site."""
    if not bridge.site_name:
        return
    bridge.closing.connect(dialog.reject)
    if isinstance(dialog, FramedDialog):
        dialog.show_site(bridge.site_name)
    else:
        dialog.setWindowTitle(f"{dialog.windowTitle()} – {bridge.site_name}")
