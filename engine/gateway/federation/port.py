"""Any number of engines behind one port, for a console over several sites."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Several
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from engine.gateway.federation.answers import Answered
from engine.gateway.federation.asking import Questions
from engine.gateway.federation.doubles import without_doubles
from engine.gateway.federation.ids import qualified, split
from engine.gateway.federation.member import Connect, Member, SiteView, Standby
from engine.gateway.federation.members import Members, beside
from engine.gateway.federation.merging import Merger
from engine.gateway.federation.rewriting import Elsewhere, Qualifier, localise_plain, rewrite
from engine.gateway.federation.routing import COMMANDS, TEXT_OUTCOMES, Route, choose_a_site, keys_in, one_site_at_a_time
from engine.gateway.remote.looks import Looks
from engine.model.accounts.access import Role, Session, User, Verb
from engine.model.alerts.alert import Alert
from engine.model.cameras.sound import SoundFeed
from engine.model.command import Command
from engine.model.command_terms import NO_TERMS, CommandTerms
from engine.model.errors import EnvironmentFault, InputError, NotFound, WatchroomError
from engine.model.port import EnginePort, PictureFeed, PictureWant
from engine.model.question_type import Question
from engine.model.snapshot import Picture, Snapshot
from engine.model.time import Clock, SystemClock
from engine.model.value_class import dataclass

T = TypeVar("T")

COMMAND_S, PICTURE_S, FILE_S, TALLY_S = 60.0, 10.0, 900.0, 2.0
SESSION = "sites"
_UNUSABLE = TypeError, ValueError, AttributeError


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One of the engines. `key`: what stands before its ids on this console; `connect` gives its port, signed in as is usual there;
    `standby` answers of the past while it is away. stands_for: of a spare's part, the key of the site that it records for."""

    key: str
    name: str
    connect: Connect
    standby: Standby | None = None
    stands_for: str = ""


class FederatedPort:
    """EnginePort over any number of sites; `Site.key` stands before all ids of one. Any thread.

    Each site has its own session: `session` holds what is allowed anywhere, `may` asks for one, `of` is a site's own port, which one
    chooses for what is one site's matter. `confirm` goes to `home` only: no password of one site is sent to another.

    Calls to several sites run beside each other. Who does not answer in time is named by `answer`, and in `snapshot().sites` with since
    when; `ask` gives the same answer without that.

    Args:
        home: key of the site whose session is the console's own: when it has ended this port has. Empty: this port ends with its last one.

    Raises InputError (`key`).
    """

    def __init__(self, sites: Iterable[Site], home: str = "", clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._members = Members(home)
        self._questions = Questions(self._members, lambda: self._snapshot)
        self._lock = threading.Lock()
        self._looks = Looks()
        self._merger = Merger()
        self._stood_for: dict[str, str] = {}  # by key of a spare's part the key of its site
        self._views: tuple[SiteView, ...] = ()
        self._snapshot: Snapshot | None = None
        self._number = 0
        self._sound: SoundFeed | None = None
        for site in sites:
            self.add(site)

    def add(self, site: Site) -> None:
        """Raises InputError (`key`): no key, or there already."""
        member = Member(site.key, site.name, site.connect, self._clock, self._looks, site.standby)
        if site.stands_for:
            member.stood_for = partial(self._ask_there, site.stands_for)
            self._stood_for[site.key] = site.stands_for
        self._members.add(member)

    def _ask_there(self, key: str, question: Question[T]) -> T:
        return self._members.get(key).ask(question)

    def remove(self, key: str) -> None:
        """Its session's feeds end; the site goes on. Raises NotFound."""
        self._members.remove((key,))

    def wait_for_sites(self, within_s: float) -> None:
        """Until each was tried once, for whoever is about to show them."""
        until_s = time.monotonic() + within_s
        for member in self._members:
            member.wait_for_first_look(until_s)

    def of(self, key: str) -> EnginePort:
        """The port of one site, with its ids as the site has them. Raises NotFound; EnvironmentFault while it was never reached."""
        return self._members.get(key).port

    def show(self, keys: Iterable[str] | None) -> None:
        """Only these in snapshots and in questions that name nothing of a site; None: all, also those that come later. Where none of
        them is there it is all. Commands, pictures and what is asked for by id reach every site."""
        self._members.show(None if keys is None else tuple(keys))

    def ask_at(self, key: str, question: Question[T]) -> T:
        """Of that site, with ids as everywhere here, in the question as in the answer. Raises NotFound, what the site raises, and
        EnvironmentFault `unreachable`, `unreliable`; NotFound where it names another site's things."""
        try:
            return self._questions.answer_at(key, question)
        except Elsewhere:
            raise NotFound("That is another site's.") from None

    def retry(self, key: str) -> None:
        """Look at a site now, also where its sign-in had failed. Raises NotFound."""
        self._members.get(key).look_now()

    @property
    def session(self) -> Session:
        """Of all: the verbs that are held anywhere, and the user at home, or else at the first site that was reached."""
        sessions = {member.key: rewrite(member.port.session, Qualifier(member.key)) for member in self._members if member.connected}
        if not sessions:
            return Session(SESSION, User("", "", Role.OPERATOR), frozenset())
        home, first = self._members.own, next(iter(sessions.values()))
        own = first if home is None else sessions.get(home.key, first)
        verbs = frozenset(verb for each in sessions.values() for verb in each.verbs)
        grants = [each.cameras for each in sessions.values()]
        cameras = None if None in grants else tuple(grant for each in grants for grant in each or ())
        return replace(own, id=SESSION, verbs=verbs, cameras=cameras)

    def may(self, verb: Verb, about: str = "") -> bool:
        """Whether it is allowed at the site of an id; of none: anywhere."""
        found = split(about)
        if found is None:
            return self.session.may(verb)
        member = self._members.find(found[0])
        return member is not None and member.may(verb)

    def snapshot(self) -> Snapshot:
        self._looks.look()
        self._members.check_home()
        shown = self._members.shown_members
        views = tuple(member.view() if member in shown else member.hidden_view() for member in self._members)
        with self._lock:
            same = len(views) == len(self._views) and all(one is other for one, other in zip(views, self._views, strict=True))
            if self._snapshot is None or not same:
                self._snapshot, self._views = self._merge(views), views
            return self._snapshot

    def _merge(self, views: tuple[SiteView, ...]) -> Snapshot:
        self._number += 1
        try:
            return self._merge_as_they_are(views)
        except _UNUSABLE:
            return self._merge_as_they_are(tuple(self._mergeable(view) for view in views))

    def _merge_as_they_are(self, views: tuple[SiteView, ...]) -> Snapshot:
        of = {view.state.key: view.snapshot for view in views if view.state.shown}
        shown = [
            (view.state.name, self._once(view.state.key, snapshot, of))
            for view in views
            if (snapshot := view.snapshot) is not None and view.state.shown
        ]
        states = tuple(view.state for view in views)
        merged = self._merger.merge(shown, number=self._number, at_ns=self._clock.now_ns(), sites=states)
        return _with_alerts(merged, [alert for view in views if view.state.shown for alert in view.alerts])

    def _once(self, key: str, snapshot: Snapshot, of: Mapping[str, Snapshot | None]) -> Snapshot:
        """Without what the site has too that a spare records for."""
        site = of.get(self._stood_for.get(key, ""))
        return snapshot if site is None else without_doubles(snapshot, site)

    def _mergeable(self, view: SiteView) -> SiteView:
        """A site whose values cannot stand even beside themselves is left out."""
        if view.snapshot is None:
            return view
        try:
            Merger().merge([(view.state.name, view.snapshot)] * 2, number=0, at_ns=0)
        except _UNUSABLE as error:
            return self._members.get(view.state.key).refuse(error)
        return view

    def tally(self) -> Snapshot:
        members = [member for member in self._members if member.connected]
        found = beside(members, lambda member: rewrite(member.port.tally(), Qualifier(member.key)), TALLY_S)
        asked = [each for member, each in found.items() if self._members.home in ("", member.key)]
        if not any(isinstance(each, Snapshot) for each in asked):
            raise next((each for each in asked if isinstance(each, WatchroomError)), EnvironmentFault("unreachable", "No site answers."))
        wanted = self._members.shown_members
        shown = [(member.name, tally) for member, tally in found.items() if isinstance(tally, Snapshot) and member in wanted]
        return Merger().merge(shown, number=max(tally.number for _, tally in shown), at_ns=self._clock.now_ns())

    def confirm(self, password: str) -> None:
        """At `home` only, or at the only site there is. At another: `of(key).confirm(...)`. Raises InputError (`site`) too."""
        keys = (self._members.home,) if self._members.home else self._members.keys
        if len(keys) != 1:
            raise InputError("site", "has to be chosen: each site has its own password")
        member = self._members.get(keys[0])
        member.calls.run(lambda: member.port.confirm(password), COMMAND_S)
        member.look_now()

    def ask(self, question: Question[T]) -> T:
        """As `answer`, without who is missing in it."""
        return self.answer(question).value

    def answer(self, question: Question[T]) -> Answered[T]:
        """The answer, and which sites it lacks. Raises what all of them raise; InputError (`site`): it is one site's matter, see `of`;
        EnvironmentFault `unreachable` where nobody answers."""
        return self._questions.answer(question)

    def command(self, command: Command, terms: CommandTerms = NO_TERMS) -> str:
        """To the site of the ids in it. Raises InputError (`site`): there are none, or of several sites."""
        match COMMANDS[type(command)]:
            case Route.SPLIT:
                return self._split_command(command, terms)
            case Route.ROUTED:
                member, local = self._members.route(command)
                outcome = self._members.call(
                    member, lambda: member.command(local, _terms_at(member, command, terms)), COMMAND_S, asked=local
                )
                member.look_now()
                return outcome if type(local) in TEXT_OUTCOMES else qualified(member.key, outcome)
            case _:
                raise choose_a_site(command)

    def waits_at_hub(self, id_: str) -> bool:
        """Whether what was said about this alert, or what `command` gave this outcome for, is kept at a hub, as its site is away. Then
        `command` has done that, and no more."""
        found = split(id_)
        member = None if found is None else self._members.find(found[0])
        return member is not None and found is not None and member.waits_at_hub(found[1])

    def _split_command(self, command: Command, terms: CommandTerms) -> str:
        """To each site with its own part, under the same id. The outcome is the first one's. Raises EnvironmentFault `partly`."""
        members = [self._members.get(key) for key in keys_in(command)]
        if not members:
            raise choose_a_site(command)
        self._members.check_home()
        try:
            local = {member: self._members.localise(member, command) for member in members}
        except Elsewhere:  # an assignee, say, whom the other site does not know
            raise one_site_at_a_time(command) from None
        return self._carry_out(local, {member: _terms_at(member, command, terms) for member in members})

    def command_at(self, keys: Several[str], command: Command) -> str:
        """One that says no site, at each of these. Raises NotFound; what all of them raise; EnvironmentFault `partly`."""
        self._members.check_home()
        return self._carry_out({self._members.get(key): command for key in keys}, {})

    def _carry_out(self, local: Mapping[Member, Command], terms: Mapping[Member, CommandTerms]) -> str:
        members = list(local)
        found = beside(
            members,
            lambda member: member.command(local[member], terms.get(member, NO_TERMS)),
            COMMAND_S,
            in_full=True,
            asked=next(iter(local.values())),
        )
        self._members.check_answers(found)
        for member in members:
            member.look_now()
        failed = {member: each for member, each in found.items() if isinstance(each, Exception)}
        if len(failed) == len(members):
            raise next(iter(failed.values()))
        if failed:
            done = ", ".join(member.name for member in members if member not in failed)
            why = " ".join(f"{member.name}: {error}" for member, error in failed.items())
            raise EnvironmentFault("partly", f"Done at {done}, but not everywhere. {why}")
        outcome = str(found[members[0]])
        return outcome if type(local[members[0]]) in TEXT_OUTCOMES else qualified(members[0].key, outcome)

    def watch(self, camera_id: str, want: PictureWant, on_picture: Callable[[], None]) -> PictureFeed:
        member, local = self._members.site_of(camera_id, "camera")
        return _SiteFeed(member.key, self._members.call(member, lambda: member.port.watch(local, want, on_picture), PICTURE_S))

    def listen(self, camera_id: str) -> SoundFeed:
        member, local = self._members.site_of(camera_id, "camera")
        feed = self._members.call(member, lambda: member.port.listen(local), PICTURE_S)
        before, self._sound = self._sound, feed
        if before is not None:
            before.close()
        return feed

    def clip_file(self, clip_id: str) -> Path:
        member, local = self._members.site_of(clip_id, "clip")
        standby = member.standing_by
        if standby is None:
            try:
                return self._file(clip_id, "clip", lambda port, local: port.clip_file(local))
            except NotFound:
                if member.standby is None:
                    raise
                standby = member.standby  # the site keeps it no longer; its hub may
        self._members.check_home()
        return member.files.run(lambda: standby.clip_file(local), FILE_S)

    def segment_file(self, segment_id: str) -> Path:
        return self._file(segment_id, "recording", lambda port, local: port.segment_file(local))

    def pack_file(self, pack_id: str) -> Path:
        return self._file(pack_id, "evidence pack", lambda port, local: port.pack_file(local))

    def thumbnail(self, event_id: str) -> bytes | None:
        return self._still(event_id, lambda port, local: port.thumbnail(local))

    def job_picture(self, job_id: str) -> bytes | None:
        return self._still(job_id, lambda port, local: port.job_picture(local))

    def face_photo(self, face_id: str) -> bytes | None:
        return self._still(face_id, lambda port, local: port.face_photo(local))

    def send_report_media(self, data: bytes) -> str:
        """One site's matter. Raises InputError (`site`)."""
        raise InputError("site", "has to be chosen: a report is sent to one site")

    def report_picture(self, media_id: str) -> bytes | None:
        return self._still(media_id, lambda port, local: port.report_picture(local))

    def close(self) -> None:
        self._members.remove(self._members.keys)

    def _file(self, id_: str, what: str, fetch: Callable[[EnginePort, str], Path]) -> Path:
        member, local = self._members.site_of(id_, what)
        return self._members.call(member, lambda: fetch(member.port, local), FILE_S, files=True)

    def _still(self, id_: str, fetch: Callable[[EnginePort, str], bytes | None]) -> bytes | None:
        found = split(id_)
        member = None if found is None else self._members.find(found[0])
        if found is None or member is None:
            return None
        return self._members.call(member, lambda: fetch(member.port, found[1]), PICTURE_S)


class _SiteFeed:
    """Pictures of one camera, with its id as it is beyond its site."""

    def __init__(self, key: str, feed: PictureFeed) -> None:
        self._qualifier = Qualifier(key)
        self._feed = feed
        self._newest: tuple[Picture, Picture] | None = None

    def latest(self) -> Picture | None:
        picture, newest = self._feed.latest(), self._newest
        if picture is None:
            return None
        if newest is None or newest[0] is not picture:
            self._qualifier.begin()
            newest = self._newest = picture, rewrite(picture, self._qualifier)
        return newest[1]

    def change(self, want: PictureWant) -> None:
        self._feed.change(want)

    def close(self) -> None:
        self._feed.close()


def _with_alerts(snapshot: Snapshot, alerts: Several[Alert]) -> Snapshot:
    """Of sites that no snapshot is known of."""
    if not alerts:
        return snapshot
    newest_first = sorted((*snapshot.alerts.alerts, *alerts), key=lambda alert: (alert.raised_ns, alert.id), reverse=True)
    return replace(snapshot, alerts=replace(snapshot.alerts, alerts=tuple(newest_first)))


def _terms_at(member: Member, command: Command, terms: CommandTerms) -> CommandTerms:
    """With the ids of what the command was made from as the site knows them."""
    return terms if terms.basis is None else replace(terms, basis=localise_plain(type(command), dict(terms.basis), member.key))
