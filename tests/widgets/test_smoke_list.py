"""The list of smoke, for whoever may only look."""

from pytestqt.qtbot import QtBot

from engine.model.fire.smoke import ListedPlume, Plume, SmokeView
from tests.fakes.smoke import NOW_NS, sequence
from widgets.maps.smoke_list import SmokeList


def test_who_may_not_label_is_offered_nothing(qtbot: QtBot) -> None:
    shown = SmokeList(may_label=False)
    qtbot.addWidget(shown)
    seen = [sequence(name) for name in ("yard", "gate")]
    plumes = tuple(ListedPlume(Plume(f"pl-{each.id}", (each.id,), NOW_NS, NOW_NS), (each,)) for each in seen)
    shown.show_smoke(SmokeView(plumes), {}, NOW_NS)
    shown.show()
    assert len(shown.panels) == 2 and shown.one.isHidden()
    assert all(panel.pick.isHidden() for panel in shown.panels)
    assert not any(label.isEnabled() for panel in shown.panels for label in panel.labels.values())
