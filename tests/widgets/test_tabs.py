"""Tabs whose words have no room say fewer, and all of them where the pointer rests."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.layout.tabs import Tabs


def test_fewer_words_keep_all_of_them_in_the_tip(qtbot: QtBot) -> None:
    tabs = Tabs()
    qtbot.addWidget(tabs)
    for name in ("Gained", "Lost"):
        tabs.addTab(QWidget(), name)
    tabs.set_words(0, "Gained in the last day (2)", "+2")
    tabs.resize(600, 200)
    tabs.show()
    qtbot.waitUntil(lambda: tabs.tabText(0) == "Gained in the last day (2)")
    assert tabs.tabToolTip(0) == ""
    tabs.resize(130, 200)
    qtbot.waitUntil(lambda: tabs.tabText(0) == "+2" and "Gained in the last day (2)" in tabs.tabToolTip(0))
    qtbot.waitUntil(lambda: tabs.tabBar().tabRect(0).width() == tabs.tabBar().tabSizeHint(0).width())  # with the padding that it has now
    tabs.resize(600, 200)
    qtbot.waitUntil(lambda: tabs.tabText(0) == "Gained in the last day (2)" and tabs.tabToolTip(0) == "")
