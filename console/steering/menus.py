"""Menus of a PTZ camera: presets, tours and outputs, by the names that the camera and the settings give them."""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from engine.model.ptz.commands import AdjustLens, GoHome, GoToPreset, PtzCommand, StartTour, StopTour, SwitchOutput
from engine.model.ptz.view import OutputAction, PtzView
from widgets.signals import on
from widgets.translation import tr

Do = Callable[[PtzCommand], None]


def fill_presets(menu: QMenu, view: PtzView, do: Do, set_up: Callable[[str], None] | None = None) -> None:
    """`set_up`: opens the PTZ settings of a camera, where the user may; offered while there is nothing to go to."""
    if view.can.home:
        _add(menu, tr("&Home position"), do, GoHome(view.camera_id))
    if view.can.home and view.presets:
        menu.addSeparator()
    for preset in view.presets:
        _add(menu, preset.name.replace("&", "&&"), do, GoToPreset(view.camera_id, preset.token))
    if menu.isEmpty() and set_up is not None:
        on(menu.addAction(tr("PTZ &settings…")).triggered, set_up, view.camera_id)


def fill_tours(menu: QMenu, view: PtzView, do: Do) -> None:
    """The one that runs is ticked; choosing it stops it."""
    for tour in view.tours:
        runs = tour.id == view.tour_id
        command = StopTour(view.camera_id) if runs else StartTour(view.camera_id, tour.id)
        action = _add(menu, tour.name.replace("&", "&&"), do, command)
        action.setCheckable(True)
        action.setChecked(runs)


def fill_lens(menu: QMenu, view: PtzView, do: Do) -> None:
    """What needs no holding down."""
    if view.can.autofocus:
        _add(menu, tr("&Autofocus"), do, AdjustLens(view.camera_id, autofocus=True))
        menu.addSeparator()
    if view.can.auto_iris:
        _add(menu, tr("Automatic &iris"), do, AdjustLens(view.camera_id, auto_iris=True))
    if view.can.iris:
        _add(menu, tr("Iris &open"), do, AdjustLens(view.camera_id, iris=1.0))
        for percent in (75, 50, 25):
            _add(menu, tr("Iris {0} %").format(percent), do, AdjustLens(view.camera_id, iris=percent / 100))
        _add(menu, tr("Iris &closed"), do, AdjustLens(view.camera_id, iris=0.0))


def fill_outputs(menu: QMenu, view: PtzView, do: Do) -> None:
    for output in view.outputs:
        name = output.name.replace("&", "&&")
        if output.pulse:
            _add(menu, tr("{0}: pulse").format(name), do, SwitchOutput(view.camera_id, output.token, OutputAction.PULSE))
            continue
        submenu = menu.addMenu(tr("{0} (on)").format(name) if output.active else name)
        for words, action in ((tr("&On"), OutputAction.ON), (tr("O&ff"), OutputAction.OFF), (tr("&Pulse, 1 s"), OutputAction.PULSE)):
            _add(submenu, words, do, SwitchOutput(view.camera_id, output.token, action))


def _add(menu: QMenu, words: str, do: Do, command: PtzCommand) -> QAction:
    action = QAction(words, menu)
    on(action.triggered, do, command)
    menu.addAction(action)
    return action
