"""That a session will end however much it is used, said while there is time to do something about it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from engine.model.accounts.access import Session
from engine.model.accounts.user_ref import is_asked_about
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.marks.toast import Toast, ToastArea
from widgets.shapes import role_icon
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr

EARLY_NS = 8 * 3600 * SECOND  # a shift: whoever hands over can still see to it
SOON_NS = 3600 * SECOND
LAST_NS = 600 * SECOND
_SHOWN_S = (20.0, 60.0, 0.0)  # by urgency; the last stays until it is seen to


@dataclass(frozen=True, slots=True)
class Notice:
    """`urgency`: 0 within a shift, 1 within the hour, 2 within ten minutes. advice: what happens then, and what to do."""

    urgency: int
    text: str
    advice: str


def notice_of(session: Session, now_ns: int) -> Notice | None:
    """None while there is nothing to say. `now_ns`: the engine's time."""
    if session.ends_ns is None or session.ends_ns - now_ns > EARLY_NS:
        return None
    left_ns, until = session.ends_ns - now_ns, clock_text(session.ends_ns, now_ns)
    urgency = 2 if left_ns <= LAST_NS else 1 if left_ns <= SOON_NS else 0
    if not session.has_password:
        advice = tr("After that, this display shows nothing until its file holds a new token.")
        return Notice(urgency, tr("Token good until {0}").format(until), advice)
    if is_asked_about(session.user.id):
        advice = tr("The console locks then. Signing in with your organisation extends the session by seven days.")
    else:
        advice = tr("The console locks then. Your password extends the session by seven days.")
    return Notice(urgency, tr("Signed in until {0}").format(until) if not urgency else tr("Confirm by {0}").format(until), advice)


class SessionEndButton(QToolButton):
    """In the status bar, to give the password again; with a message each time it becomes more urgent. UI thread."""

    def __init__(self, toasts: ToastArea, parent: QWidget) -> None:
        super().__init__(parent)
        self._toasts = toasts
        self._shown: Notice | None = None
        self._toast: Toast | None = None
        self._silent = False
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_role(self, "quiet")
        self.hide()

    def show_session(self, session: Session, now_ns: int) -> None:
        notice = notice_of(session, now_ns)
        if notice == self._shown:
            return
        before, self._shown = self._shown, notice
        if notice is None:
            self.hide()
            self._take_away()
            return
        self.setText(notice.text)
        self.setToolTip(plain_tip(notice.advice))
        self.setEnabled(session.has_password)
        self.setIcon(role_icon("diamond", "high") if notice.urgency else icon("clock"))
        self.setVisible(not self._silent)
        if before is None or before.urgency < notice.urgency:
            self._show_notice(notice, session.has_password)

    def yield_to_silence(self, silent: bool) -> None:
        """That nothing is heard of the engine is said first, and has its room."""
        self._silent = silent
        self.setVisible(self._shown is not None and not silent)

    def _show_notice(self, notice: Notice, can_confirm: bool) -> None:
        self._take_away()
        action = tr("Confirm…") if can_confirm else ""
        level = "moderate" if notice.urgency else "info"
        words = tr("{0}. {1}").format(notice.text, notice.advice)
        self._toast = toast = self._toasts.show_message(words, level, action, _SHOWN_S[notice.urgency])
        toast.action_requested.connect(self.click)
        toast.dismissed.connect(self._forget_toast)

    def _take_away(self) -> None:
        if self._toast is not None:
            self._toast.dismiss()

    def _forget_toast(self) -> None:
        self._toast = None
