"""What can be done with a moment of a camera: the same entries, in the same order, in every menu of an event, a live tile and a clip."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from console.actions.acts import Acts
from console.bridge import EngineBridge
from console.dialogs.evidence.bookmark import BookmarkDialog
from console.dialogs.frame import open_dialog
from console.pages.investigate.evidence.packs import PackDesk
from console.words import permit
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.commands import ChangeAlert
from engine.model.event import Event, EventKind
from engine.model.review.event_verdict import JudgeEvent
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.look import site_zone
from widgets.marks.plain_tip import plain_tip
from widgets.marks.toast import ToastArea
from widgets.signals import on
from widgets.time_text import clock_text
from widgets.translation import tr

BEFORE_NS, AFTER_NS = 10 * SECOND, 5 * SECOND  # of what is exported around a moment
_WITHOUT_PERSON = frozenset({EventKind.MOTION, EventKind.CAMERA_LOST, EventKind.NODE_LOST, EventKind.SMOKE, EventKind.INCIDENT})
SIMILAR = "similar:"  # what Investigate is told with the id of an event


@dataclass(frozen=True, slots=True)
class Moment:
    """`until_ns`: None while it lasts. `event`: what happened then; None for a moment of a camera."""

    camera_id: str
    since_ns: int
    until_ns: int | None = None
    event: Event | None = None


def moment_of(event: Event) -> Moment:
    return Moment(event.camera_id, event.started_ns, event.ended_ns, event)


class MomentActions(Acts):
    """UI thread. Signals: visit_requested(page id, what): what is similar is shown on another page."""

    visit_requested = Signal(str, str)

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, over: QWidget) -> None:
        super().__init__(bridge, toasts, over)
        self._clock = clock

    # what they do

    def bookmark(self, moment: Moment) -> None:
        """A note on it."""
        if self._bridge.may(Verb.SEE_PAST):
            when = clock_text(moment.since_ns, self._clock.now_ns())
            dialog = BookmarkDialog(self._bridge, moment.since_ns, when, site_zone(), camera_id=moment.camera_id, parent=self._over)
            on(dialog.accepted, self.say, tr("Bookmark added."))
            open_dialog(dialog)

    def export(self, moment: Moment) -> None:
        """The video around it, signed."""
        if self._bridge.may(Verb.EXPORT):
            until_ns = moment.until_ns if moment.until_ns is not None else self._clock.now_ns()
            stretch = (moment.since_ns - BEFORE_NS, max(moment.since_ns, until_ns) + AFTER_NS)
            PackDesk(self._bridge, site_zone(), self._toasts, self._over).make(stretch, (moment.camera_id,))

    def find_similar(self, moment: Moment) -> None:
        """Who looks like whom this event shows."""
        if moment.event is not None:
            self.visit_requested.emit("investigate", f"{SIMILAR}{moment.event.id}")

    def mark_false(self, moment: Moment) -> None:
        """Of an event, that it was a false alarm; open alerts about it are closed as one. Undone from the message."""
        event = moment.event
        if event is None or not self._bridge.may(Verb.ACKNOWLEDGE):
            return
        self._bridge.tell(JudgeEvent(event.id, Disposition.FALSE), self._said_false, self.complain, event, self._verdict(event), owner=self)

    def take_back(self, moment: Moment) -> None:
        if moment.event is not None:
            self.tell(JudgeEvent(moment.event.id, None), tr("No longer marked as a false alarm."))

    def _said_false(self, event: Event, before: Disposition | None) -> None:
        open_alerts = tuple(alert.id for alert in self._alerts_about(event) if alert.open)
        if open_alerts:
            self.tell(ChangeAlert(open_alerts, AlertState.CLOSED, Disposition.FALSE), "")
            self.say(tr("Marked as a false alarm. Its alert is closed."))
            return
        toast = self._toasts.show_message(tr("Marked as a false alarm."), "good", tr("Undo"))
        on(toast.action_requested, self.tell, JudgeEvent(event.id, before), tr("No longer marked as a false alarm."))

    def _verdict(self, event: Event) -> Disposition | None:
        verdicts = self._bridge.snapshot.verdicts if self._bridge.snapshot is not None else ()
        return next((each.disposition for each in verdicts if each.event_id == event.id), None)

    def _alerts_about(self, event: Event) -> tuple[Alert, ...]:
        """Those that are about this event alone."""
        alerts = self._bridge.snapshot.alerts.alerts if self._bridge.snapshot is not None else ()
        return tuple(alert for alert in alerts if alert.event_id == event.id and len(alert.event_ids) <= 1)

    # the entries

    def add_to(self, menu: QMenu, moment: Moment | None, before: QAction | None = None) -> None:
        """Bookmark, export, find similar, false alarm; what cannot be done is disabled and says why. `moment`: None where there is none
        yet."""
        menu.setToolTipsVisible(True)
        for action in self._entries(menu, moment):
            menu.insertAction(before, action)  # type: ignore[arg-type]

    def _entries(self, menu: QMenu, moment: Moment | None) -> list[QAction]:
        about = moment or Moment("", 0)
        no_camera = "" if about.camera_id else tr("No camera recorded this.")
        judged = about.event is not None and self._verdict(about.event) is Disposition.FALSE
        verdict = (tr("Not a &false alarm"), self.take_back) if judged else (tr("&False alarm"), self.mark_false)
        return [
            self._entry(menu, tr("&Bookmark…"), "tag", self.bookmark, about, Verb.SEE_PAST, "" if moment else no_camera),
            self._entry(menu, tr("&Export…"), "download", self.export, about, Verb.EXPORT, no_camera),
            self._entry(menu, tr("Find si&milar"), "users", self.find_similar, about, Verb.SEE_PAST, _why_not_similar(about)),
            self._entry(menu, verdict[0], "x", verdict[1], about, Verb.ACKNOWLEDGE, _why_not_judged(about)),
        ]

    def _entry(
        self, menu: QMenu, words: str, icon_name: str, act: Callable[[Moment], None], moment: Moment, verb: Verb, why_not: str
    ) -> QAction:
        action = QAction(icon(icon_name), words, menu)
        on(action.triggered, act, moment)
        if permit(action, self._bridge.session, verb) and why_not:
            action.setEnabled(False)
            action.setToolTip(plain_tip(why_not))
        return action


def _why_not_similar(moment: Moment) -> str:
    if moment.event is None:
        return tr("Point at a person whose event is known.")
    shows_person = bool(moment.event.camera_id) and moment.event.kind not in _WITHOUT_PERSON
    return "" if shows_person else tr("This event shows no person.")


def _why_not_judged(moment: Moment) -> str:
    return "" if moment.event is not None else tr("Nothing was detected here.")
