"""The engine port within one process: the session's verbs are checked here, on every call."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar
from weakref import WeakKeyDictionary

from engine.model.accounts.access import DEMO_SESSION, ROLE_VERBS, Role, Scope, Session, User, Verb
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.accounts.commands import ConfirmPassword
from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.commands import ImportReports
from engine.model.cameras.sound import SoundFeed
from engine.model.capability import Capability
from engine.model.command import AddFirmware, Command, ProvisionNode, UpdateNodes
from engine.model.command_terms import NO_TERMS, CommandTerms
from engine.model.errors import (
    EnvironmentFault,
    FacesHidden,
    InputError,
    NotFound,
    NotSignedIn,
    SessionLapsed,
    WatchroomError,
    not_the_password,
)
from engine.model.fire.smoke import SmokeFrame
from engine.model.history.evidence import Redaction
from engine.model.incidents.atlas_call import MediaAnalysis
from engine.model.incidents.incident import Filed, Incident
from engine.model.port import PictureFeed, PictureWant
from engine.model.question import AnalyseMedia
from engine.model.question_type import Question
from engine.model.snapshot import Snapshot
from engine.recording.clips.masked_still import covered_still
from engine.runtime import catalogue
from engine.runtime.access.held_tokens import IDLE_NS
from engine.runtime.access.lockout import HERE, Origin, in_session
from engine.runtime.access.narrowing import for_lock_screen
from engine.runtime.access.scopes import check_pin, check_site, check_verb, scope_of
from engine.runtime.audit.auditing import Views
from engine.runtime.cameras.packets import NoPackets, PacketHub
from engine.runtime.cameras.pictures import Feed
from engine.runtime.cameras.replay_packets import HeldPackets, ReplayWish, replay_packets
from engine.runtime.footage.segment_side import footage_of
from engine.runtime.microphones.hearing import Hearing
from engine.runtime.microphones.listening import Ear
from engine.runtime.operations.execution import note
from engine.runtime.settings.site_zone import first_zone, with_zone
from engine.runtime.sight import Sight

if TYPE_CHECKING:
    from engine.runtime.atlas.atlas_side import AtlasSide
    from engine.runtime.fire.fire_side import FireSide
    from engine.runtime.hub.hub_side import HubSide
    from engine.runtime.incidents.media_looks import SeenHere
    from engine.runtime.incidents.report_looks import Looked, ReportLooks
    from engine.runtime.incidents.reporting import IncomingReport
    from engine.runtime.incidents.reports import ReportDesk
    from engine.runtime.incidents.sent_media import MediaShelf, SentMedia
    from engine.runtime.radio.radio_side import RadioSide
    from engine.runtime.report_page.report_page_side import ReportPageSide
    from engine.runtime.smoke.smoke_keeping import SmokeKeeper
    from engine.runtime.smoke.smoke_side import SmokeSide
    from engine.sources.node.firmware import FirmwareStore
    from engine.sources.node.hub import NodeHub
    from engine.sources.node.provisioning import Provisioner

T = TypeVar("T")

RENEW_S = 2.0
COVERING_S = 120.0


class SiteHost(catalogue.OperationsHost, Protocol):
    """What a session's port needs of the engine. What may be left out raises LeftOut."""

    @property
    def atlas(self) -> "AtlasSide": ...

    @property
    def hearing(self) -> Hearing: ...

    @property
    def hub(self) -> "HubSide": ...

    @property
    def looks(self) -> "ReportLooks": ...

    @property
    def radio(self) -> "RadioSide": ...

    @property
    def reports(self) -> "ReportDesk": ...

    @property
    def sent(self) -> "MediaShelf": ...

    @property
    def report_page(self) -> "ReportPageSide": ...

    @property
    def fire(self) -> "FireSide": ...

    @property
    def smoke(self) -> "SmokeSide": ...

    @property
    def smoke_keeper(self) -> "SmokeKeeper": ...

    @property
    def sight(self) -> Sight: ...

    @property
    def views(self) -> Views: ...


class LocalPort:
    """EnginePort of one session on an engine of this process. Any thread.

    Args:
        renew: gives the session anew from the accounts; raises NotSignedIn once it was ended, expired or its user removed.
            Asked at most every two seconds.
    """

    def __init__(self, engine: SiteHost, renew: Callable[[], Session], token: str = "") -> None:
        """`token`: that of the session; empty: it has none."""
        self._engine = engine
        self._renew = renew
        self._token = token
        self._session = renew()
        self._renewed_s = time.monotonic()
        self._keys: Iterator[str] = iter(())
        self._feeds: WeakKeyDictionary[Feed, str] = WeakKeyDictionary()  # by camera; closed ones vanish with their viewers
        self._ear: Ear | None = None

    @property
    def session(self) -> Session:
        return self._session

    def snapshot(self) -> Snapshot:
        self._check(Verb.SEE_LIVE)
        now = self._engine.snapshot(with_users=self._session.may(Verb.ADMINISTER))
        until_ns = self._engine.masking.unmasked.until_ns(self._session.id, now.at_ns)
        now = replace(now, reviewed=self._engine.review_marks.reviewed_ids(self._session.user.id, now.reviews))
        undoable = self._engine.undo.of(self._session)
        if undoable:
            now = replace(now, undoable=undoable)
        shown = now if until_ns is None else replace(now, people=replace(now.people, unmasked_until_ns=until_ns))
        scope = self._scope()
        return shown if scope is None else self._engine.narrowing.narrow(shown, scope, self._session)

    def ask(self, question: Question[T]) -> T:
        self._check(question.verb)
        return catalogue.ask(self._engine, question, self._session)

    def send_under(self, key: str) -> None:
        """Commands that come without an id have this one; of several the later ones with a number. Raises InputError (`key`)."""
        CommandTerms(key)
        self._keys = (key if number == 0 else f"{key}/{number}" for number in count())

    def command(self, command: Command, terms: CommandTerms = NO_TERMS) -> str:
        self._check(command.verb)
        terms = terms if terms.key else replace(terms, key=next(self._keys, ""))
        return catalogue.command(self._engine, command, self._session, terms)

    def tally(self) -> Snapshot:
        return tally_of(self._engine, self._token)

    def confirm(self, password: str) -> None:
        token = self._renewed(password)
        if token:
            before, self._token = self._token, token
            self._enter(token)
            self._engine.accounts.sign_out(before)

    def _renewed(self, password: str) -> str:
        """The token of the session to go on as; empty: this one."""
        with suppress(SessionLapsed):
            return self.command(ConfirmPassword(password))
        try:
            return self._engine.accounts.sign_in(self._session.user.name, password, in_session(self._session.id))[0]
        except NotSignedIn as error:
            raise not_the_password(error) from None

    def _enter(self, token: str) -> None:
        """Go on as another session of the same user."""
        self._renew = lambda: self._engine.accounts.session(token)
        self._session = self._renew()
        self._renewed_s = time.monotonic()

    def analyse(self, kind: str, data: bytes) -> "MediaAnalysis | SeenHere":
        """What is to be seen or heard in a photo, video or audio file, by Atlas or else by this machine. See `media_looks.analyse`."""
        self._check(AnalyseMedia.verb)
        from engine.runtime.incidents.media_looks import analyse

        return analyse(self._engine, kind, data)

    def expect_atlas(self, incident: Incident, told: Callable[[], None]) -> float | None:
        """For whoever just reported it. See `AtlasSide.expected`."""
        return self._engine.atlas.expected(incident, told)

    def let_go_atlas(self, incident: Incident, told: Callable[[], None]) -> None:
        self._engine.atlas.let_go(incident, told)

    def send_media(self, data: bytes) -> "SentMedia":
        """A photo or video for reports to name, on the disk when this returns. Whoever may report may send. See `MediaShelf.put`."""
        self._renew_now_and_then()
        media = self._engine.sent.put(data, self._session.holder)
        self._engine.looks.begin((media.id,))
        return media if self._session.sees_incidents else media.as_of(self._session.holder)

    def send_report_media(self, data: bytes) -> str:
        return self.send_media(data).id

    def report_picture(self, media_id: str) -> bytes | None:
        self._check(Verb.SEE_PAST)
        found = self._engine.sent.get(media_id) if self._scope() is None else None
        return None if found is None else self._masked_still(self._engine.sent.picture(found))

    def see_smoke(self, frame: SmokeFrame) -> Future[tuple[str, ...]]:
        """A picture that an edge device looked at; whoever is signed in and sees that camera may tell. Raises InputError. See
        `SmokeSide.put`."""
        self._renew_now_and_then()
        self.check_camera(frame.camera_id)
        from engine.runtime.smoke.smoke_commands import take_frame

        return take_frame(self._engine, frame)

    def sent_media(self) -> "tuple[SentMedia, ...]":
        """Newest first. They came with reports, which no camera saw."""
        self._check(Verb.SEE_PAST)
        return self._engine.sent.all() if self._scope() is None else ()

    def sent_medium(self, media_id: str) -> "SentMedia":
        """Raises NotFound."""
        self._check(Verb.SEE_PAST)
        found = self._engine.sent.get(media_id) if self._scope() is None else None
        if found is None:
            raise self._engine.sent.no_medium(media_id)
        return found

    def remove_medium(self, media_id: str) -> None:
        """In the audit before it is done. Raises NotFound, EnvironmentFault."""
        self._check_whole(Verb.ADMINISTER)
        if self._engine.sent.get(media_id) is None:
            raise self._engine.sent.no_medium(media_id)
        self._engine.audit.keep(AuditRow.of(self._engine.clock.now_ns(), self._session.user, AuditVerb.REMOVE_MEDIA, media_id))
        self._engine.sent.remove(media_id)

    def set_pin(self, pin: str) -> None:
        """Set or change it; sessions that the one before opened end. Raises InputError, PermissionDenied, BeyondCameras."""
        self._renew_now_and_then()
        check_pin(self._engine, self._session)
        self._engine.accounts.set_pin(pin, self._session.user.name)

    def begin_looks(self, media_ids: Sequence[str]) -> tuple[Future[None], ...]:
        """See `ReportLooks`, as for the next. Who does not see the record names its own files; for anybody else's there are none."""
        return self._engine.looks.begin(media_ids, self._own())

    def looked(self, media_ids: Sequence[str]) -> "Looked":
        return self._engine.looks.looked(media_ids, self._own())

    def _own(self) -> str:
        return "" if self._session.sees_incidents else self._session.holder

    def flush(self, wait_s: float) -> bool:
        """Wait until all that is known now is in the record; False where that takes longer."""
        self._check(Verb.SEE_PAST)
        return self._engine.record.writer.flush(wait_s)

    def import_reports(self, data: bytes, form: str) -> str:
        """As the command `ImportReports`, from the file's bytes: the id of the job."""
        self._check_whole(ImportReports.verb)
        from engine.runtime.incidents.reporting import import_said

        return import_said(self._engine, data, form, self._session)

    def check_live(self, camera_id: str) -> None:
        """Whether it sees this camera live. Raises PermissionDenied, NotSignedIn, NotFound."""
        self._check(Verb.SEE_LIVE)
        self.check_camera(camera_id)

    def watch(self, camera_id: str, want: PictureWant, on_picture: Callable[[], None]) -> PictureFeed:
        self.check_live(camera_id)
        feed = self._engine.sight.cameras.unit(camera_id).watch(want, on_picture, self._masked)
        self._feeds[feed] = camera_id
        return feed

    def replay_packets(self, wish: ReplayWish) -> HeldPackets | NoPackets:
        """As `ReplayCamera`, for consoles that decode themselves. Raises NotFound."""
        self._check(Verb.SEE_PAST)
        self.check_camera(wish.camera_id)
        return replay_packets(self._engine, self._engine.sight.clips, wish, self._session)

    def listen(self, camera_id: str) -> SoundFeed:
        self.check_live(camera_id)
        self._ear = self._engine.hearing.listening.listen(camera_id, self._session)
        return self._ear

    def clip_file(self, clip_id: str) -> Path:
        found = self.clip_file_within(clip_id, None)
        if found is None:  # it waits for as long as it takes
            raise EnvironmentFault("covering", "Private parts are being covered in this clip. Ask again in a moment.")
        return found

    def clip_file_within(self, clip_id: str, wait_s: float | None) -> Path | None:
        """As `clip_file`; None where faces or private parts are still being hidden after so many seconds."""
        self._check(Verb.SEE_PAST)
        self._check_clip(clip_id)
        masked = self._masked()
        path = self._engine.masking.clip_file(self._engine.sight.clips.get(clip_id), self._session.id, wait_s)
        if not (masked and self._masked()):
            self._engine.masking.note_seen(self._session, clip_id)
        if path is not None:
            self._engine.views.note(self._session, clip_id)
        return path

    def segment_file(self, segment_id: str, wait_s: float = COVERING_S) -> Path:
        """Raises also EnvironmentFault `covering`: private parts are still being covered in it after so many seconds."""
        self._check(Verb.SEE_PAST)
        segment = self._engine.segments.get(segment_id)
        self.check_camera(segment.camera_id, f"There is no recording {segment_id}. It may have been removed since.")
        if self._masked():
            self._check(Verb.UNMASK)
            raise FacesHidden
        path = self._engine.masking.segment_file(segment, self._engine.segments.file(segment), self._session.id, wait_s)
        if path is None:
            raise EnvironmentFault("covering", "Private parts are being covered in this recording. Ask again in a moment.")
        self._engine.masking.note_seen(self._session, footage_of(segment))
        self._engine.views.note_footage(self._session, footage_of(segment))
        return path

    def pack_file(self, pack_id: str) -> Path:
        self._check(Verb.EXPORT)
        scope = self._scope()
        if scope is not None and not self._engine.evidence.has_pack(pack_id, scope):
            raise NotFound(f"There is no evidence pack {pack_id}.")
        pack, path = self._engine.evidence.pack(pack_id)
        if pack.request.redaction is Redaction.NONE and self._masked():
            self._check(Verb.UNMASK)
            raise FacesHidden
        self._engine.audit.keep(AuditRow.of(self._engine.clock.now_ns(), self._session.user, AuditVerb.EXPORT, pack_id, "taken"))
        return path

    def thumbnail(self, event_id: str) -> bytes | None:
        self._check(Verb.SEE_PAST)
        scope = self._scope()
        if scope is not None and not self._shows_event(event_id, scope):
            return None
        jpeg, cover = self._engine.sight.clips.thumbnails.read(event_id), self._engine.sight.private.of_event(event_id)
        return self._masked_still(covered_still(jpeg, cover) if cover and jpeg is not None else jpeg)

    def job_picture(self, job_id: str) -> bytes | None:
        self._check_whole(Verb.ADMINISTER)
        return self._masked_still(self._engine.job_pictures.get(job_id))

    def face_photo(self, face_id: str) -> bytes | None:
        self._check(Verb.SEE_PAST)
        if self._scope() is not None:
            return None
        if self._masked():
            self._check(Verb.UNMASK)
            raise FacesHidden
        return self._engine.people.photos.read(face_id)

    def camera_called(self, called: str) -> str:
        """The id of a camera that this session sees, by its id or its number; `0` is the first one, as those count who count from there.
        What is called by neither is given back as it is."""
        seen = [camera for camera in self._engine.settings.cameras if self._session.sees(camera)]
        if not (called.isascii() and called.isdigit()) or any(camera.id == called for camera in seen):
            return called
        by_number = {str(camera.number): camera.id for camera in seen if camera.number}
        first = min(seen, key=lambda camera: camera.number, default=None)
        return first.id if called == "0" and first is not None else by_number.get(called, called)

    def check_camera(self, camera_id: str, otherwise: str = "") -> None:
        """Raises NotFound in the words in which it is said that there is none: that there is one is not told either."""
        scope = self._scope()
        if scope is not None and camera_id not in scope:
            raise NotFound(otherwise or f"There is no camera {camera_id}.")

    def close(self) -> None:
        for feed in tuple(self._feeds):
            feed.close()
        self._feeds.clear()
        if self._ear is not None:
            self._ear.close()

    def _scope(self) -> Scope | None:
        """What this session is limited to now; None: nothing."""
        return scope_of(self._engine, self._session)

    def _check_clip(self, clip_id: str) -> None:
        if self._scope() is not None:
            self.check_camera(self._engine.sight.clips.get(clip_id).camera_id, f"There is no clip {clip_id}.")

    def _check_whole(self, verb: Verb) -> None:
        """Of what concerns the whole site. Raises PermissionDenied."""
        self._renew_now_and_then()
        check_site(self._session, verb)

    def _shows_event(self, event_id: str, scope: Scope) -> bool:
        """Also before it is written."""
        known = next((event for event in self._engine.board.events() if event.id == event_id), None)
        return known.camera_id in scope if known is not None else self._engine.record.store.within(scope).event(event_id) is not None

    def _masked(self) -> bool:
        return self._engine.masking.hides(self._session.id)

    def _masked_still(self, jpeg: bytes | None) -> bytes | None:
        return self._engine.masking.still(jpeg) if jpeg is not None and self._masked() else jpeg

    def _renew_now_and_then(self) -> None:
        """While the record cannot be read a session goes on as it was, to its end at most."""
        if time.monotonic() - self._renewed_s <= RENEW_S:
            return
        renew = self._renew
        try:
            session = renew()
        except EnvironmentFault:
            if self._is_over():
                raise
        except NotSignedIn:
            if renew is self._renew:  # otherwise it went on as another session meanwhile
                self.close()
                raise
        else:
            self._session = session if renew is self._renew else self._session
        self._renewed_s = time.monotonic()
        self._end_feeds()

    def _is_over(self) -> bool:
        expires_ns = self._session.expires_ns
        return expires_ns is not None and expires_ns <= self._engine.clock.now_ns()

    def _end_feeds(self) -> None:
        """Of cameras that this session may not see any more."""
        scope = self._scope()
        for feed, camera_id in tuple(self._feeds.items()):
            if scope is not None and camera_id not in scope:
                feed.close()
                feed.forget()
                del self._feeds[feed]
        if self._ear is not None and scope is not None and self._ear.camera_id not in scope:
            self._ear.close()

    def _check(self, verb: Verb) -> None:
        self._renew_now_and_then()
        check_verb(self._session, verb)


def tally_of(engine: SiteHost, token: str) -> Snapshot:
    """See `EnginePort.tally`. Raises NotSignedIn."""
    session = engine.accounts.lapsed(token)
    return for_lock_screen(engine.snapshot(with_users=False), scope_of(engine, session))


class LocalDoor:
    """EngineDoor of an engine of this process. Sitting at the machine needs no set-up code."""

    def __init__(self, engine: SiteHost) -> None:
        self._engine = engine

    def needs_setup(self) -> bool:
        return self._engine.accounts.needs_setup()

    def set_up(self, site_name: str, admin_name: str, password: str, code: str = "", time_zone: str = "") -> LocalPort:
        """Name the site, say where its days begin, and make its first admin. Raises InputError, also when there is one already."""
        if not site_name.strip():
            raise InputError("site_name", "is empty")
        zone = time_zone or first_zone(self._engine.settings)
        with_zone(self._engine.settings, zone)  # refused before there is an account
        self._engine.accounts.create_first_admin(admin_name, password)
        self._engine.update_settings(lambda now: with_zone(replace(now, site_name=site_name.strip()), zone), admin_name)
        return self.sign_in(admin_name, password)

    def sign_in(self, name: str, password: str) -> LocalPort:
        return self.sign_in_for_token(name, password)[1]

    def sign_in_for_token(self, name: str, password: str, origin: Origin = HERE) -> tuple[str, LocalPort]:
        token, _ = self._engine.accounts.sign_in(name, password, origin)
        return token, self.enter(token)

    def sign_in_by_hub(self, word: str) -> tuple[str, LocalPort]:
        """Of a person for whom this site's hub vouches. Raises NotSignedIn."""
        said = self._engine.hub.vouched(word)
        lasts_ns = IDLE_NS if said.lasts_ns is None else said.lasts_ns
        token, _ = self._engine.accounts.enter_vouched(said.user, lasts_ns)
        return token, self.enter(token)

    def vouch_again(self, word: str) -> None:
        """What is open of a person goes on as the hub says now. Raises NotSignedIn; NotFound: they have never been here."""
        said = self._engine.hub.vouched(word)
        until_ns = None if said.lasts_ns is None else self._engine.clock.now_ns() + said.lasts_ns
        self._engine.accounts.vouch_again(said.user, until_ns)

    def sign_out(self, token: str) -> None:
        self._engine.accounts.sign_out(token)

    def enter(self, token: str) -> LocalPort:
        """The port of a session or machine token. Raises NotSignedIn."""
        accounts = self._engine.accounts
        return LocalPort(self._engine, lambda: accounts.session(token), token)

    def tally(self, token: str) -> Snapshot:
        """See `EnginePort.tally`. Raises NotSignedIn."""
        return tally_of(self._engine, token)

    def enter_at_once(self, token: str) -> LocalPort | None:
        """As `enter`, where that does not have to wait for the record; else None. Raises NotSignedIn."""
        return self.enter(token) if self._engine.accounts.remembers(token) else None

    @property
    def nodes(self) -> "NodeHub":
        """For the gateway's node socket, which checks each node itself."""
        return self._engine.radio.hub

    @property
    def firmware(self) -> "FirmwareStore":
        return self._engine.radio.firmware

    @property
    def provisioner(self) -> "Provisioner":
        return self._engine.radio.provisioner

    def note(self, done: AddFirmware | UpdateNodes | ProvisionNode, outcome: str, by: str) -> None:
        """What the gateway did for nodes itself is in the audit as if it had been a command."""
        note(self._engine, catalogue.audit_entries(done, outcome, self._engine.auditor.pseudonym), NamedUser(by))

    def report(self, said: "IncomingReport", session: Session, done: Callable[[Filed | Exception], None]) -> None:
        """Returns at once; kept when `done` is called with what was filed. Whoever is signed in may report; the gateway has checked that.
        See `file_said`."""
        from engine.runtime.incidents.reporting import file_said

        file_said(self._engine, said, session, done)

    @property
    def report_page(self) -> "ReportPageSide":
        """For the gateway's page, which checks each link itself. Raises LeftOut."""
        return self._engine.report_page

    def is_report_link(self, token: str) -> bool:
        """Whether this token reports on the page for phones, and the page is on."""
        try:
            side = self._engine.report_page
            return bool(token and side.settings and side.links.link(token))
        except WatchroomError:
            return False

    def bench(self) -> LocalPort | None:
        """A port that only reads, while the engine is a bench (started with pairing open)."""
        if Capability.RADIO in self._engine.left_out or not self._engine.radio.bench:
            return None
        session = Session("bench", User("bench", "Bench", Role.OPERATOR), frozenset({Verb.SEE_LIVE, Verb.SEE_PAST}))
        return LocalPort(self._engine, lambda: session)

    def pin_configured(self) -> bool:
        return self._engine.accounts.pin_configured()

    def set_pin(self, pin: str, by: str) -> None:
        """The first one, by whoever sits at the machine; the caller has checked that."""
        self._engine.accounts.set_pin(pin, by)

    def sign_in_with_pin(self, pin: str) -> str:
        """The token of an operator's session. The caller has checked that it asks from this machine. Raises NotSignedIn."""
        return self._engine.accounts.sign_in_with_pin(pin)[0]

    def overview(self) -> Snapshot:
        """For the gateway itself, which checks each viewer: now, without the users."""
        return self._engine.snapshot(with_users=False)

    @property
    def origins(self) -> tuple[str, ...]:
        """Of other sites, whose pages may ask."""
        return self._engine.settings.access.origins

    def hides_faces(self, session_id: str) -> bool:
        """Whether faces are hidden from this session now."""
        return self._engine.masking.hides(session_id)

    def watch(self, camera_id: str, want: PictureWant, on_picture: Callable[[], None], hidden: bool) -> PictureFeed:
        """For the gateway itself, which checks each viewer; `hidden`: without faces. Raises NotFound."""
        return self._engine.sight.cameras.unit(camera_id).watch(want, on_picture, lambda: hidden)

    def packets(self, camera_id: str) -> PacketHub:
        """As `watch`, for viewers that decode themselves; the gateway sends nothing of it where faces are hidden. Raises NotFound."""
        return self._engine.sight.cameras.packets(camera_id)


def demo_port(engine: SiteHost) -> LocalPort:
    """An admin session without an account, for the demo site only."""
    session = Session(DEMO_SESSION, User("demo", "Demo", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
    return LocalPort(engine, lambda: session)
