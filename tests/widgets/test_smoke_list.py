"""The list of smoke, for whoever may only look."""

import pytest
from pytestqt.qtbot import QtBot

from engine.model.fire.smoke import ListedPlume, Plume, SmokeView
from engine.model.time import SECOND
from tests.fakes.smoke import NOW_NS, sequence
from widgets.look import scaled
from widgets.maps.smoke_list import SmokeList
from widgets.translation import LANGUAGES, WRITTEN_IN, use_language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plume_that_two_cameras_see_fits_a_narrow_panel(language: str, qtbot: QtBot) -> None:
    use_language(language)
    try:
        shown = SmokeList(may_label=True)
        qtbot.addWidget(shown)
        seen = tuple(sequence(name) for name in ("yard", "gate"))
        plume = Plume("pl-1", tuple(each.id for each in seen), NOW_NS, NOW_NS, simulated=True)
        names = {"yard": "Tower on the southern ridge", "gate": "Water tower"}
        shown.show_smoke(SmokeView((ListedPlume(plume, seen),)), names, NOW_NS + 1_200 * SECOND)
        assert shown.minimumSizeHint().width() <= scaled(300)
    finally:
        use_language(WRITTEN_IN)


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
