"""The side of a site that belongs to a hub. A site that does not looks for a file now and then, and nothing else of this is even loaded."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.model.accounts.access import User
from engine.model.accounts.user_ref import VOUCHED
from engine.model.alerts.alert import IntentState
from engine.model.alerts.intent import IntentEnd
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn
from engine.model.people.commands import ErasePerson
from engine.model.people.person import Person
from engine.model.templates import FieldRefusal, OrderOutcome, OrderState
from engine.runtime.basis import Basis
from engine.runtime.hub.membership import Membership, read_membership
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor

if TYPE_CHECKING:
    from engine.model.people.purposes import ComparePerson, DescribePerson
    from engine.runtime.alerts.intent_judge import IntentJudge
    from engine.runtime.hub.gallery_exchange import SiteGallery
    from engine.runtime.hub.hub_word import UsedWords, Vouched
    from engine.runtime.hub.intent_messages import SignedIntent
    from engine.runtime.hub.template_messages import SignedOrder, TemplateReport
    from engine.runtime.people.erasure_judge import ErasureJudge
    from engine.runtime.templates.template_judge import TemplateJudge

LOOK_S = 1.0
NOT_ACCEPTED = "This site does not accept settings from its hub. Its administrator allows it with `watchroom membership --settings accept`."


class HubSide(Side):
    """Thread `hub`. `gateway_port`: where this site's gateway listens on loopback, once it does; 0: a hub is let through to nothing.
    `intents`, `erasures`: who judges what was said of alerts and people at the hub while this site was away; clip_file: where the video of
    a clip is, without what this site hides; raises NotFound, EnvironmentFault; persons: who is known here; templates: who applies what
    the hub orders; count_cameras: how many are switched on, and live. All are set before the start."""

    def __init__(self, basis: Basis) -> None:
        self._folder: Path = basis.data.path
        self._clock, self._queue = basis.clock, basis.record.store.replication
        self._purposes = basis.record.store.purposes
        self._settings, self._secrets = basis.settings, basis.secrets
        self._trouble = basis.troubles.of("hub")
        self.gateway_port = 0
        self.intents: IntentJudge | None = None
        self.erasures: ErasureJudge | None = None
        self.clip_file: Callable[[str], Path] = _no_clip
        self.persons: Callable[[], Mapping[str, Person]] = dict[str, Person]
        self.templates: TemplateJudge | None = None
        self.count_cameras: Callable[[], tuple[int, int]] = _no_cameras
        self.gallery: SiteGallery | None = None
        self._used: UsedWords | None = None
        self._compared: UsedWords | None = None
        self._lock = threading.Lock()  # guards the two before

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("hub", self.run)

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            membership = self.membership()
            if membership is not None:
                self._hold_link(membership, stopping)
            stopping.wait(LOOK_S)

    def _hold_link(self, membership: Membership, stopping: threading.Event) -> None:
        from engine.runtime.hub.hub_link import HubLink
        from engine.runtime.hub.purpose_desk import PurposeDesk
        from engine.runtime.hub.spares.site_spares import SettingsForSpares, SiteSpares

        purposes = PurposeDesk(self._purposes, self.persons, self._clock)
        spares = SiteSpares(self.count_cameras, SettingsForSpares(self._settings.now, self._secrets.get, membership.most_role))
        port, trouble = lambda: self.gateway_port, self._trouble.tell
        asked = (self.judge, self.clip_file, purposes, None if self.templates is None else self, spares, self.gallery)
        link = HubLink(membership, self._folder, self._queue, self._clock, trouble, port, *asked)
        link.run(lambda: stopping.is_set() or not membership.is_same(self.membership()))

    def vouched(self, word: str) -> "Vouched":
        """Whom the hub vouches for, and what they may here; each word is taken once. Raises NotSignedIn."""
        from engine.runtime.hub import hub_word

        membership = self.membership()
        if membership is None or not membership.hub_key:
            raise NotSignedIn("This site takes nobody's word for a person.")
        now_ns = self._clock.now_ns()
        found = hub_word.read_word(word, membership.site, membership.hub_key, now_ns)
        with self._lock:
            self._used = self._used or hub_word.UsedWords()
            self._used.use(found.once, now_ns)
        return replace(found, user=_at_site(found.user, membership))

    def check_comparison(self, question: "DescribePerson | ComparePerson", user_id: str) -> None:
        """That the hub of this site asks it, for this user, once. Raises InputError (`word`)."""
        from engine.runtime.hub import comparison_word, hub_word

        membership, now_ns = self.membership(), self._clock.now_ns()
        if membership is None or not user_id.startswith(VOUCHED):
            raise InputError("word", comparison_word.NOT_OF_HUB)
        asked_by = user_id.removeprefix(VOUCHED)
        once = comparison_word.read_comparison_word(membership.site, membership.hub_key, asked_by, question, now_ns)
        with self._lock:
            self._compared = self._compared or hub_word.UsedWords()
            try:
                self._compared.use(once, now_ns)
            except NotSignedIn:
                raise InputError("word", comparison_word.NOT_OF_HUB) from None

    def judge(self, given: "SignedIntent") -> IntentEnd:
        """What the site makes of something that was said at the hub. Raises EnvironmentFault: it has to be brought again."""
        from engine.runtime.hub.hub_intent import UNTRUE, read_intent

        membership = self.membership()
        if membership is None or self.intents is None or self.erasures is None:
            raise EnvironmentFault("not_joined", "This site belongs to no hub.")
        try:
            found = read_intent(given.word, membership.site, membership.hub_key, self._clock.now_ns())
        except InputError as error:
            return IntentEnd(given.id, IntentState.REFUSED, error.message)
        if found.intent.id != given.id:
            return IntentEnd(given.id, IntentState.REFUSED, UNTRUE)
        user, command = _at_site(found.user, membership), found.intent.command
        if isinstance(command, ErasePerson):
            return self.erasures.take(found.intent, command, user)
        return self.intents.take(found.intent, command, user)

    def obey(self, given: "SignedOrder") -> OrderOutcome:
        """What becomes of an order of the hub. Raises EnvironmentFault: it has to be brought again."""
        from engine.runtime.hub.template_word import UNTRUE, read_template_word

        membership = self.membership()
        if self.templates is None or membership is None:
            raise EnvironmentFault("not_ready", "This site cannot obey its hub now.")
        if not membership.accept_settings:
            return _refused_order(NOT_ACCEPTED)
        try:
            found = read_template_word(given.word, membership.site, membership.hub_key, self._clock.now_ns())
        except InputError as error:
            return _refused_order(error.message)
        if found.order.id != given.id:
            return _refused_order(UNTRUE)
        return self.templates.take(found.order, found.user, _at_site(found.user, membership))

    def report(self) -> "TemplateReport":
        """Which templates this site has. Raises EnvironmentFault."""
        from engine.runtime.hub.template_messages import TemplateReport, digest_of_report

        membership = self.membership()
        if self.templates is None or membership is None:
            raise EnvironmentFault("not_ready", "This site cannot tell of its templates now.")
        applied = self.templates.applied()
        return TemplateReport(digest_of_report(membership.accept_settings, applied), membership.accept_settings, applied)

    def membership(self) -> Membership | None:
        """None: of no hub, or it cannot be read, which is told."""
        try:
            found = read_membership(self._folder)
        except EnvironmentFault as fault:
            self._trouble.tell(str(fault))
            return None
        if found is None:
            self._trouble.tell(None)
        return found


def _refused_order(message: str) -> OrderOutcome:
    return OrderOutcome(OrderState.REFUSED, refusals=(FieldRefusal("", message),))


def _no_cameras() -> tuple[int, int]:
    return 0, 0


def _no_clip(clip_id: str) -> Path:
    raise NotFound(f"There is no clip {clip_id}.")


def _at_site(user: User, membership: Membership) -> User:
    """Somebody of the hub, as far as the site lets them be."""
    from engine.runtime.hub.hub_word import capped

    return replace(capped(user, membership.most_role), id=f"{VOUCHED}{user.id}")
