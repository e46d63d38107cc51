"""Fetches the small pictures of alerts, each with what is to be marked on it; of incidents the first photo of their reports."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.feeds.report_pictures import is_photo
from console.playback.event_marks import still_marks
from engine.model.alerts.alert import Alert
from engine.model.incidents.incident import Incident
from engine.model.question import GetIncident, IncidentReports
from engine.model.snapshot import Snapshot
from widgets.alerts.alert_pictures import AlertPictures, picture_id_of
from widgets.events.thumbnails import UNMARKED


class AlertPictureFeed(QObject):
    """UI thread. Answers what `pictures` wants; where faces are hidden otherwise from now on, everything is fetched anew."""

    def __init__(self, bridge: EngineBridge, pictures: AlertPictures, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._pictures = bridge, pictures
        self._hidden: bool | None = None
        self._revisions: dict[str, int] = {}
        pictures.wanted.connect(self._fetch)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._pictures.set_floor(snapshot.settings.floor)
        incidents = snapshot.incidents.incidents
        self._pictures.set_earth(snapshot.settings.anchor, {each.id: (each.latitude, each.longitude) for each in incidents})
        self._expect_photos(incidents)
        if self._hidden is not None and self._hidden != snapshot.faces_hidden:
            self._pictures.drop_all()
        self._hidden = snapshot.faces_hidden

    def _expect_photos(self, incidents: tuple[Incident, ...]) -> None:
        """A report that has come since may have one."""
        revisions = {each.id: each.revision for each in incidents}
        for incident_id, revision in revisions.items():
            if self._revisions.get(incident_id, revision) != revision:
                self._pictures.ask_again(incident_id)
        self._revisions = revisions

    def _fetch(self, alert: Alert) -> None:
        if alert.camera_id:
            self._fetch_picture(partial(self._bridge.port.thumbnail, alert.event_id), alert)
        elif self._bridge.may(GetIncident.verb):
            self._bridge.ask(GetIncident(alert.incident_id), self._fetch_photo, ignore_answer, alert, owner=self)

    def _fetch_photo(self, alert: Alert, found: IncidentReports) -> None:
        photo = next((media_id for report in found.reports for media_id in (*report.media, report.video_id) if is_photo(media_id)), "")
        if photo:
            self._fetch_picture(partial(self._bridge.port.report_picture, photo), alert)

    def _fetch_picture(self, call: Callable[[], bytes | None], alert: Alert) -> None:
        self._bridge.fetch(call, self._receive, ignore_answer, alert, self._hidden, owner=self)

    def _receive(self, alert: Alert, hidden: bool | None, jpeg: bytes | None) -> None:
        snapshot = self._bridge.snapshot
        if jpeg is None or snapshot is None or hidden != self._hidden:
            return
        marks = UNMARKED
        if alert.camera_id:
            event = next((event for event in snapshot.events if event.id == alert.event_id), None)
            marks = still_marks(jpeg, event, snapshot.settings, alert.camera_id, alert.zone_id)
        self._pictures.put(picture_id_of(alert), jpeg, marks, self._ratio())

    def _ratio(self) -> float:
        owner = self.parent()
        return owner.devicePixelRatioF() if isinstance(owner, QWidget) else 1.0
