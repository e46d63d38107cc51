"""Persons compared over the sites of a hub: asked of the sites on behalf of who asks, kept as pairs, and what people say of these."""

from collections.abc import Callable, Mapping
from collections.abc import Sequence as Several
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from engine.gateway.federation.ids import LONGEST_ID, SEPARATOR, qualified, site_key
from engine.gateway.hub.site_grants import cameras_at, sees_site
from engine.gateway.hub.site_questions import ask_site
from engine.model.accounts.access import Session, Verb
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import InputError, NotFound, PermissionDenied, WatchroomError
from engine.model.history.timeline import LONGEST_SITE
from engine.model.people.person_links import Comparison, LinkVerdict, OfferedPurpose, PersonPair, SkippedSite
from engine.model.people.purposes import (
    MOST_MATCHES,
    ComparePerson,
    DescribePerson,
    PersonDescription,
    PersonMatches,
    Purpose,
    check_purpose_id,
)
from engine.model.plain_text import CONTROL
from engine.model.question_type import Question
from engine.model.time import Clock
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.shared.person_links import AgreedSite
from engine.store.shared.record import SharedRecord, SharedSite

T = TypeVar("T")
C = TypeVar("C", DescribePerson, ComparePerson)
AT_ONCE = 16
"""Sites that compare at the same time."""
NOT_UNDERSTOOD = "What this site answers is not understood."


class PeopleDesk:
    """Any thread. `port_to`: the port of this machine that leads to a site; word_for: by which somebody signs in there."""

    def __init__(
        self, record: SharedRecord, keys: HubKeys, clock: Clock, port_to: Callable[[str], int], word_for: Callable[[Session, str], str]
    ) -> None:
        self._record, self._keys, self._clock = record, keys, clock
        self._port_to, self._word_for = port_to, word_for

    def purposes(self, session: Session) -> tuple[OfferedPurpose, ...]:
        """By name. Raises PermissionDenied."""
        _check(session, Verb.SEE_PAST)
        agreed = self._record.person_links.agreed()
        seen = [site.key for site in self._visible_sites(session)]
        return tuple(
            OfferedPurpose(each, tuple(key for key in seen if AgreedSite(key, each.id) in agreed))
            for each in self._record.person_links.purposes()
        )

    def compare(self, session: Session, site: str, person_id: str, purpose_id: str) -> Comparison:
        """`person_id`: as the site has it. Raises NotFound, PermissionDenied, InputError (`purpose`, and what the site refuses),
        EnvironmentFault."""
        _check(session, Verb.SEE_PAST)
        seen = {each.key: each for each in self._visible_sites(session)}
        if site not in seen:
            raise NotFound(f"There is no site {site}.")
        check_purpose_id(purpose_id, "purpose")
        purpose = self._record.person_links.purpose(purpose_id)
        others = self._others(seen, site, purpose)
        self._note(session, site, person_id, purpose, others)
        asked = DescribePerson(person_id, purpose.id, tuple(site_name(seen[key]) for key in others))
        description = self._ask(session, site, self._signed(session, site, asked))
        question = ComparePerson(purpose.id, description, site_name(seen[site]))

        def answer(key: str) -> PersonMatches | str:
            return self._answer(session, key, question)

        with ThreadPoolExecutor(AT_ONCE, "comparing") as pool:
            answers = dict(zip(others, pool.map(answer, others), strict=True))
        skipped = tuple(SkippedSite(key, told) for key, told in answers.items() if isinstance(told, str))
        found = {key: told for key, told in answers.items() if isinstance(told, PersonMatches)}
        pairs = self._pairs(session, qualified(site, person_id), purpose, description, found)
        kept = sorted(self._record.person_links.propose(pairs), key=lambda pair: (-pair.likeness, pair.ids))
        return Comparison(tuple(kept), tuple(found), skipped)

    def pairs(self, session: Session) -> tuple[PersonPair, ...]:
        """Links and proposals of which both sites may be seen; the others are not told of. Raises PermissionDenied."""
        _check(session, Verb.SEE_PAST)
        seen = frozenset(site.key for site in self._visible_sites(session))
        return tuple(pair for pair in self._record.person_links.pairs() if _sites_of(pair) <= seen)

    def judge(self, session: Session, purpose: str, a: str, b: str, verdict: LinkVerdict) -> PersonPair:
        """Raises NotFound, PermissionDenied; InputError (`verdict`): it contradicts what was said before."""
        _check(session, Verb.ACKNOWLEDGE)
        pair = next((each for each in self.pairs(session) if (each.purpose, *each.ids) == (purpose, a, b)), None)
        if pair is None:
            raise NotFound("There is no such pair of persons for this purpose. It may have been removed meanwhile.")
        row = judged_row(self._keys, pair, verdict, AuditRow.of(self._clock.now_ns(), session.user, HubVerb.JUDGE_PAIR))
        seen = frozenset(site.key for site in self._visible_sites(session))
        return self._record.person_links.judge(pair, verdict, row, lambda person_id: site_key(person_id) in seen)

    def _visible_sites(self, session: Session) -> list[SharedSite]:
        """People belong to no camera: who is limited to cameras of a site does not see its people."""
        grants = session.user.cameras
        return [
            site
            for site in self._record.sites()
            if site.retired_ns is None and sees_site(grants, site.key) and cameras_at(grants, site.key) is None
        ]

    def _others(self, seen: Mapping[str, SharedSite], site: str, purpose: Purpose) -> list[str]:
        """Raises InputError (`purpose`)."""
        agreed = self._record.person_links.agreed()
        if AgreedSite(site, purpose.id) not in agreed:
            raise InputError("purpose", f"is not agreed to by {site_name(seen[site])}: {purpose.name}")
        others = [key for key in seen if key != site and AgreedSite(key, purpose.id) in agreed]
        if not others:
            raise InputError("purpose", f"is agreed to by no other site that you may see: {purpose.name}")
        return others

    def _note(self, session: Session, site: str, person_id: str, purpose: Purpose, others: Several[str]) -> None:
        """Before anything leaves the site. Raises NotFound: no id."""
        if not 0 < len(person_id) <= LONGEST_ID:
            raise NotFound("There is no such person.")
        pseudonym = self._keys.pseudonym(qualified(site, person_id))
        detail = f"{purpose.id}, of {site}, at {', '.join(others)}"
        self._record.audit.add(AuditRow.of(self._clock.now_ns(), session.user, HubVerb.COMPARE_PERSON, pseudonym, detail))

    def _signed(self, session: Session, site: str, question: C) -> C:
        return replace(question, word=self._keys.comparison(site, session.user.id, question, self._clock.now_ns()))

    def _ask(self, session: Session, site: str, question: Question[T]) -> T:
        return ask_site(self._port_to(site), self._word_for(session, site), question)

    def _answer(self, session: Session, site: str, question: ComparePerson) -> PersonMatches | str:
        """A sentence: why there is none."""
        try:
            return self._ask(session, site, self._signed(session, site, question))
        except InputError:
            return NOT_UNDERSTOOD
        except WatchroomError as error:
            return str(error)

    def _pairs(
        self, session: Session, described: str, purpose: Purpose, description: PersonDescription, found: Mapping[str, PersonMatches]
    ) -> list[PersonPair]:
        now_ns = self._clock.now_ns()
        pairs: list[PersonPair] = []
        for site, answer in found.items():
            for match in answer.matches[:MOST_MATCHES]:
                other = qualified(site, match.person_id[:LONGEST_ID])
                a, b = sorted((described, other))
                pictures = (description.pictures, match.pictures) if a == described else (match.pictures, description.pictures)
                found_by = session.user.name
                pairs.append(PersonPair(purpose.id, a, b, described, match.likeness, description.model, pictures, found_by, now_ns))
        return pairs


def judged_row(keys: HubKeys, pair: PersonPair, verdict: LinkVerdict, row: AuditRow) -> AuditRow:
    """With whom it is about, by pseudonyms."""
    persons = ", ".join(keys.pseudonym(each) for each in pair.ids)
    return replace(row, subject=persons, detail=f"{pair.purpose}, {verdict.value}, likeness {pair.likeness:.2f}, {pair.model}")


def _check(session: Session, verb: Verb) -> None:
    """A machine goes to no site. Raises PermissionDenied."""
    if session.machine is not None or not session.may(verb):
        raise PermissionDenied(verb)


def _sites_of(pair: PersonPair) -> frozenset[str]:
    return frozenset(each.partition(SEPARATOR)[0] for each in pair.ids)


def site_name(site: SharedSite) -> str:
    return CONTROL.sub("", site.name)[:LONGEST_SITE] or site.key
