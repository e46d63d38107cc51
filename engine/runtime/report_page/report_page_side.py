"""The report page within the engine: who may report over it, and what becomes of what they send."""

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from engine.model.accounts.audit import AuditRow
from engine.model.errors import InputError, NotFound
from engine.model.incidents.incident import SourceOfReport
from engine.model.incidents.report_page import MOST_PICTURES, ReportLink, ReportPageSettings
from engine.model.settings import Settings
from engine.model.site import SiteAnchor
from engine.model.value_class import dataclass
from engine.runtime.basis import Basis
from engine.runtime.incidents.incident_side import IncidentSide
from engine.runtime.incidents.report_looks import Looked
from engine.runtime.incidents.reporting import Done, IncomingReport, Sender, file_of, sender_key
from engine.runtime.incidents.sent_media import SentMedia
from engine.runtime.maps.streets import Streets, streets_around
from engine.runtime.report_page.links import ReportLinks
from engine.runtime.side import Side

log = logging.getLogger(__name__)

SWITCHED_OFF = "The report page is switched off."


class AuditNotes(Protocol):
    def note(self, *rows: AuditRow) -> None: ...


@dataclass(frozen=True, slots=True)
class PageSite:
    """What the page shows of the site. `latitude`, `longitude` None: nobody said where it is. keep_days: of reports, and of pictures."""

    name: str
    latitude: float | None
    longitude: float | None
    time_zone: str
    site_radius_m: float
    most_pictures: int
    keep_days: float
    keep_pictures_days: float


class ReportPageSide(Side):
    """Any thread.

    Attributes:
        own_address: of the HTTP interface, once it serves; empty: there is none.
    """

    def __init__(self, basis: Basis, incidents: IncidentSide, audit: AuditNotes) -> None:
        self._basis, self._incidents = basis, incidents
        self.own_address = ""
        self.links = ReportLinks(basis.record.store.report_links, basis.clock, audit.note)
        self._streets: tuple[object, Streets] = (None, Streets())  # of which file and place they are

    def on_open(self) -> None:
        self.links.load()

    def on_tidy(self, now_ns: int) -> None:
        self.links.save_counts()

    def on_close(self) -> None:
        self.links.save_counts()

    @property
    def settings(self) -> ReportPageSettings:
        """Raises NotFound: the page is switched off."""
        found = self._settings().report_page
        if not found.on:
            raise NotFound(SWITCHED_OFF)
        return found

    def site(self) -> PageSite:
        """Raises NotFound."""
        page, settings = self.settings, self._settings()
        anchor, recording = settings.anchor, settings.recording
        return PageSite(
            settings.site_name,
            None if anchor is None else anchor.latitude,
            None if anchor is None else anchor.longitude,
            settings.alerts.time_zone,
            page.site_radius_m,
            MOST_PICTURES if page.pictures else 0,
            recording.keep_incidents_days,
            recording.keep_clips_days,
        )

    def streets(self) -> Streets:
        """Of the site's map file, where it lies on the engine's computer too. The first time takes some tenths of a second."""
        settings = self._settings()
        anchor, path = settings.anchor, Path(settings.map.file)
        if anchor is None or not settings.map.file:
            return Streets()
        try:
            written_ns = path.stat().st_mtime_ns
        except OSError:
            written_ns = 0
        wanted = (path, written_ns, anchor.latitude, anchor.longitude)
        if self._streets[0] != wanted:
            self._streets = (wanted, _read_streets(path, anchor))
        return self._streets[1]

    def send_picture(self, data: bytes, link: ReportLink) -> SentMedia:
        """Raises InputError, EnvironmentFault. See `MediaShelf.put_photo`."""
        return self._incidents.sent.put_photo(data, link.id)

    def begin_looks(self, media_ids: Sequence[str], link: ReportLink) -> tuple[Future[None], ...]:
        """See `ReportLooks.begin`."""
        return self._incidents.looks.begin(media_ids, link.id)

    def looked(self, media_ids: Sequence[str], link: ReportLink) -> Looked:
        return self._incidents.looks.looked(media_ids, link.id)

    def file(self, said: IncomingReport, link: ReportLink, done: Done) -> None:
        """As `file_said`. `said.device_id`: the phone; one link is many reporters."""

        def sender() -> Sender:
            phone = f"{link.id} {said.device_id}"
            return Sender(self._incidents.reports.device(phone), SourceOfReport.PUBLIC, sender_key(said.key, link.id), link.id)

        file_of(self._incidents.reports, self._incidents.sent, said, sender, link.id, done)

    def _settings(self) -> Settings:
        return self._basis.settings.now()


def _read_streets(path: Path, anchor: SiteAnchor) -> Streets:
    try:
        return streets_around(path, anchor.latitude, anchor.longitude)
    except InputError as error:
        log.warning("the report page shows no streets: %s", error)
        return Streets()
