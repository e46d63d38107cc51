"""People who look alike, over several sites: one site describes the person, the others compare that with whom they saw.

A description is biometric data. It is asked for only where another site may be searched by this session, and goes to no other; the site
that gives it and those that get it keep that in their audits. Numbers of two models cannot be compared, so a site with another one says so
and is named (decision 304).
"""

from collections.abc import Mapping
from collections.abc import Sequence as Several
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Any

from engine.gateway.federation.answers import Answered
from engine.gateway.federation.ids import IdKind
from engine.gateway.federation.member import Member
from engine.gateway.federation.members import Members, beside, check_reached, missing_of
from engine.gateway.federation.rewriting import Elsewhere, Localiser, Oversized, Qualifier, rewrite
from engine.model.errors import BeyondCameras, EnvironmentFault, InputError, NotFound, PermissionDenied, WatchroomError
from engine.model.history.timeline import (
    LONGEST_SITE,
    DescribeLook,
    HitKind,
    LookDescription,
    LookHits,
    SearchAlike,
    SearchHit,
    UncomparedSite,
)
from engine.model.plain_text import CONTROL
from engine.model.value_class import dataclass

DESCRIBE_S, COMPARE_S = 15.0, 10.0
LONGEST_NOTE = 300
MOST_COMPARED = 10**9
_ROUNDED = 1e-3  # by which a likeness may be off


@dataclass(frozen=True, slots=True)
class _Described:
    """`trouble`: why there is no `look`."""

    from_site: str = ""
    look: LookDescription | None = None
    trouble: WatchroomError | None = None


class AlikeSearch:
    """Any thread."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def answer(self, question: SearchAlike) -> Answered[LookHits]:
        """Raises what all sites raise; NotFound, EnvironmentFault."""
        self._members.check_home()
        owner, local_id = self._members.site_of(question.like_id, "stay") if question.like_id else (None, "")
        cameras = self._cameras(question)
        described = self._describe(question, owner, local_id, list(cameras))

        def compare(member: Member) -> LookHits:
            if member is owner:
                asked = replace(question, like_id=local_id, camera_ids=cameras[member], sites=())
            else:
                asked = replace(_question_for(question, described, member), camera_ids=cameras[member], sites=())
            return _checked_answer(member, question.limit, member.port.ask(asked))

        in_order = sorted(cameras, key=lambda member: member is not owner)  # where all fail, whose it is says best why
        found = beside(in_order, compare, COMPARE_S)
        self._members.check_answers(found)
        missing = missing_of(found)
        answers = [answer for answer in found.values() if isinstance(answer, LookHits)]
        left_out = tuple(UncomparedSite(state.name, state.reason) for state in missing)
        note = described.look.note if described is not None and described.look is not None else ""
        return Answered(_merged(question.limit, answers, note, left_out), missing)

    def _cameras(self, question: SearchAlike) -> Mapping[Member, tuple[str, ...]]:
        """Who is asked, each with the cameras that it looks through. Raises NotFound."""
        found: dict[Member, tuple[str, ...]] = {}
        for member in self._members:
            with suppress(Elsewhere):
                if member.key in (question.sites or (member.key,)):
                    found[member] = Localiser(member.key).visit_all(question.camera_ids, IdKind.OWN)
        if not found:
            raise NotFound("There is no such camera at the sites that are asked.")
        return found

    def _describe(self, question: SearchAlike, owner: Member | None, local_id: str, asked: Several[Member]) -> _Described | None:
        """By the site that the stay is of; of a picture by the first that can. None: nobody gets a description."""
        if question.look is not None:
            return _Described(question.from_site, question.look)
        others = [member for member in asked if member is not owner]
        if not others or (owner is None and len(others) == 1):
            return None
        getting = [member for member in others if _refusal(member) is None]
        wanted = tuple(_site_name(member) for member in getting)
        if not getting:
            return _Described(trouble=_refusal(others[0]))
        if owner is not None:
            return _of_a_stay(self._describe_by(owner, DescribeLook(wanted, like_id=local_id)))
        described = _Described()
        for member in getting:
            described = self._describe_by(member, DescribeLook(wanted, question.jpeg, question.box))
            if described.look is not None or isinstance(described.trouble, InputError):  # the others would see the same picture
                break
        return described

    def _describe_by(self, member: Member, question: DescribeLook) -> _Described:
        try:
            check_may_search(member)
            look = self._members.call(member, lambda: member.port.ask(question), DESCRIBE_S)
            return _Described(_site_name(member), LookDescription(look.model, tuple(look.vector), look.note[:LONGEST_NOTE]))
        except WatchroomError as error:
            return _Described(_site_name(member), trouble=error)
        except Exception:  # noqa: BLE001 - whatever a site says, it is this site's trouble
            return _Described(_site_name(member), trouble=EnvironmentFault("unreliable", f"What {member.name} answers is not understood."))


def check_may_search(member: Member) -> None:
    """Before anything is sent there; the engine checks it again. Raises PermissionDenied, BeyondCameras, EnvironmentFault."""
    check_reached(member)
    session, settings = member.port.session, member.view().state.settings
    if not session.may(SearchAlike.verb):
        raise PermissionDenied(SearchAlike.verb)
    if session.cameras is not None:
        raise BeyondCameras(SearchAlike.verb)
    if settings is not None and not settings.recognition.biometrics:
        raise EnvironmentFault("biometrics_off", "No looks are stored, as biometrics are off.")


def _refusal(member: Member) -> WatchroomError | None:
    try:
        check_may_search(member)
    except WatchroomError as error:
        return error
    return None


def _of_a_stay(described: _Described) -> _Described:
    """What is wrong at the site of the stay, for those that get no description."""
    if described.trouble is None:
        return described
    why = f"{described.from_site} does not describe the person: {described.trouble}"
    return replace(described, trouble=EnvironmentFault("not_described", why))


def _question_for(question: SearchAlike, described: _Described | None, member: Member) -> SearchAlike:
    """The question as another site is asked it. Raises why it is not."""
    check_may_search(member)
    if described is None:  # a picture, and one site
        return question
    if described.look is None:
        raise described.trouble or EnvironmentFault("not_described", "No site describes the person.")
    return replace(question, jpeg="", box=None, like_id="", look=described.look, from_site=described.from_site)


def _site_name(member: Member) -> str:
    return CONTROL.sub("", member.name)[:LONGEST_SITE] or member.key


def _checked_answer(member: Member, limit: int, answer: Any) -> LookHits:
    """With its ids as they are beyond the site, most alike first. Raises EnvironmentFault `unreliable`."""
    try:
        own: LookHits = rewrite(answer, Qualifier(member.key))
        if type(own) is not LookHits or len(own.hits) > limit or not len(own.hits) <= own.compared <= MOST_COMPARED:
            raise ValueError("an answer to another question")
        for hit in own.hits:
            _check_hit(hit)
        return replace(own, hits=tuple(sorted(own.hits, key=_unlikeness)), banner=own.banner[:LONGEST_NOTE], left_out=())
    except Oversized:
        raise EnvironmentFault("unreliable", f"{member.name} answers more than there can be.") from None
    except (TypeError, AttributeError, KeyError, ValueError):
        raise EnvironmentFault("unreliable", f"What {member.name} answers is not understood.") from None


def _check_hit(hit: SearchHit) -> None:
    """Raises ValueError, TypeError. A likeness that is no number fails, too."""
    if hit.kind is not HitKind.LOOKS or hit.likeness is None or not abs(hit.likeness) <= 1 + _ROUNDED:
        raise ValueError("not somebody who looks alike")


def _unlikeness(hit: SearchHit) -> float:
    return -(hit.likeness or 0.0)


def _merged(limit: int, answers: Several[LookHits], note: str, left_out: tuple[UncomparedSite, ...]) -> LookHits:
    """The most alike first. Each site has room for its share, so that one that claims too much takes nobody's rows away."""
    share = limit // len(answers)
    sure = list(chain.from_iterable(each.hits[:share] for each in answers))
    others = sorted(chain.from_iterable(each.hits[share:] for each in answers), key=_unlikeness)
    hits = sorted((*sure, *others[: limit - len(sure)]), key=_unlikeness)
    banner = " ".join(dict.fromkeys(filter(None, (note, *(each.banner for each in answers)))))
    return LookHits(tuple(hits), sum(each.compared for each in answers), banner, left_out)
