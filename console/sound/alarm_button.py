"""Whether alerts are heard, in the status bar: mute what calls now, choose sound and desktop messages, try the sound."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from console.sound.alarm import Alarm
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role


class AlarmButton(QToolButton):
    """UI thread. A click mutes while it sounds, and opens the choices otherwise."""

    def __init__(self, alarm: Alarm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._alarm = alarm
        self.setIcon(icon("bell"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        set_role(self, "quiet")
        self.setMenu(self._make_menu())
        self.clicked.connect(self._pressed)
        alarm.changed.connect(self.refresh)
        self.refresh()

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.mute = menu.addAction(self.tr("&Mute current alarms"), self._alarm.mute)
        menu.addSeparator()
        self.sound = menu.addAction(self.tr("&Sound for unacknowledged alerts"))
        self.messages = menu.addAction(self.tr("&Desktop notifications"))
        for action, wish in ((self.sound, self._alarm.want_sound), (self.messages, self._alarm.want_messages)):
            action.setCheckable(True)
            action.triggered.connect(wish)
        menu.addSeparator()
        self.trial = menu.addAction(self.tr("&Play the sound once"), self._alarm.try_sound)
        return menu

    def _pressed(self) -> None:
        if self._alarm.sounding:
            self._alarm.mute()
        else:
            self.showMenu()

    def refresh(self) -> None:
        alarm = self._alarm
        text, tip = self._words()
        self.setText(text if alarm.sounding or alarm.muted or alarm.why_silent else "")  # what is as usual needs no words
        self.setToolTip(plain_tip(tip))
        self.setAccessibleName(text)
        self.setAccessibleDescription(tip)
        self.mute.setEnabled(alarm.sounding)
        self.sound.setChecked(alarm.sound_wanted)
        self.messages.setChecked(alarm.messages_wanted)

    def _words(self) -> tuple[str, str]:
        alarm = self._alarm
        if alarm.why_silent:
            return self.tr("Silent"), alarm.why_silent
        if alarm.muted:
            return self.tr("Muted"), self.tr("Muted until the next alert, or until one is escalated.")
        if alarm.sounding:
            return self.tr("Mute"), self.tr("An alert sounds until it is acknowledged. Press to mute it.")
        return self.tr("Sound on"), self.tr("New alerts sound until they are acknowledged.")
