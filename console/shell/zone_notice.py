"""Says once that this computer's clock shows another time than the site's, and that the site has moved to another zone."""

from engine.model.snapshot import Snapshot
from widgets.look import site_zone_name
from widgets.marks.toast import ToastArea
from widgets.time_text import zone_note
from widgets.translation import tr

_SHOWN_S = 20.0


class ZoneNotice:
    """Of one session, UI thread. The tool tip of the clock in the status bar says the first for as long as it is so."""

    def __init__(self, toasts: ToastArea) -> None:
        self._toasts = toasts
        self._said: set[str] = set()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if note := zone_note(snapshot.at_ns):
            self._say("machine", note)
        if (zone := snapshot.settings.alerts.time_zone) != site_zone_name():
            self._say(zone, tr("The time zone of the site is now {0}. Sign in again to see times in it.").format(zone))

    def _say(self, what: str, text: str) -> None:
        if what not in self._said:
            self._said.add(what)
            self._toasts.show_message(text, seconds=_SHOWN_S)
