"""Menu entries for what is marked over recorded pictures: all of it, and each part."""

from dataclasses import replace
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from widgets.playback.clip_overlay import OVERLAY
from widgets.translation import tr


def add_overlay_choices(menu: QMenu, keys: str, places: bool = True) -> None:
    """`keys`: of all parts together, for display. `places`: zones are part of it; otherwise they have an entry of their own."""
    _add(menu, tr("Show &overlay") + f"\t{keys}", OVERLAY.shown).toggled.connect(OVERLAY.show)
    named = {"boxes": tr("&Boxes"), "places": tr("&Zones"), "trails": tr("&Trails")}
    for part, text in named.items():
        if part == "places" and not places:
            continue
        action = _add(menu, text, OVERLAY.shown and getattr(OVERLAY.parts, part))
        action.toggled.connect(partial(_choose_part, part))


def _add(menu: QMenu, text: str, on: bool) -> QAction:
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setChecked(on)
    return action


def _choose_part(part: str, on: bool) -> None:
    OVERLAY.choose(replace(OVERLAY.parts, **{part: on}))
