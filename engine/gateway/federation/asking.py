"""Questions to several sites: one answer, and who is missing in it."""

import threading
import time
from collections.abc import Callable, Mapping
from collections.abc import Sequence as Several
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar, cast

from engine.gateway.federation import answers, pages
from engine.gateway.federation.alike import AlikeSearch
from engine.gateway.federation.answers import Answered
from engine.gateway.federation.member import Member
from engine.gateway.federation.members import Members, beside, missing_of
from engine.gateway.federation.rewriting import Elsewhere, Localiser, Oversized, Qualifier, rewrite, rewrite_answer
from engine.gateway.federation.routing import QUESTIONS, Route, check_some_site, choose_a_site, keys_in
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.chat import AskRecord
from engine.model.history.timeline import SearchAlike, SearchRecord
from engine.model.question_type import Question, answer_type
from engine.model.sites import SiteState
from engine.model.snapshot import Snapshot

T = TypeVar("T")

MERGED_S, ASK_S = 5.0, 30.0
LONGER_S: Mapping[type[Any], float] = {AskRecord: 180.0}
"""Questions that one site may think about for longer than `ASK_S`."""


class Questions:
    """Any thread.

    Args:
        shown: the newest snapshot over all sites, by whose rows one may page on.
    """

    def __init__(self, members: Members, shown: Callable[[], Snapshot | None]) -> None:
        self._members, self._shown = members, shown
        self._alike = AlikeSearch(members)
        self._lock = threading.Lock()
        self._places = pages.Places()

    def answer(self, question: Question[T]) -> Answered[T]:
        """Raises what all sites raise; InputError (`site`): it is one site's matter; EnvironmentFault."""
        match QUESTIONS[type(question)]:
            case Route.PAGED:
                return self._page(question)
            case Route.MERGED:
                return self._merge(question)
            case Route.ROUTED:
                return Answered(self._ask_one(question))
            case Route.DESCRIBED:
                return cast("Answered[T]", self._alike.answer(cast("SearchAlike", question)))
            case _:
                return Answered(self._ask_the_only_one(question))

    def _ask_the_only_one(self, question: Question[T]) -> T:
        """Where one of several is shown, it is the one that is meant."""
        shown, there = self._members.shown_members, tuple(self._members)
        if len(shown) != 1 or len(there) == 1:
            raise choose_a_site(question)
        return self.answer_at(shown[0].key, question)

    def answer_at(self, key: str, question: Question[T]) -> T:
        member = self._members.get(key)
        local = rewrite(question, Localiser(key))
        answer = self._members.call(member, lambda: member.ask(local), LONGER_S.get(type(question), ASK_S), asked=local)
        return _qualify_answer(member, question, answer)

    def _ask_one(self, question: Question[T]) -> T:
        check_some_site(question)
        member, _ = self._members.route(question)
        return self.answer_at(member.key, question)

    def _merge(self, question: Question[T]) -> Answered[T]:
        merge, local = answers.MERGES[type(question)], self._localise(question)

        def ask(member: Member) -> Any:
            found = _qualify_answer(member, question, member.ask(local[member]))
            merge(question, (found,))  # what is wrong with it alone is this site's trouble
            return found

        self._members.check_home()
        found = beside(list(local), ask, MERGED_S, asked=question)
        self._members.check_answers(found)
        missing = missing_of(found)
        good = [answer for answer in found.values() if not isinstance(answer, Exception)]
        return Answered(cast("T", merge(question, good)), missing)

    def _localise(self, question: T) -> dict[Member, T]:
        """Who is concerned, each with the question as the site understands it."""
        local: dict[Member, T] = {}
        wanted, asked = _sites_of(question)
        for member in self._members if wanted else self._concerned(question):
            with suppress(Elsewhere):
                if member.key in (wanted or (member.key,)):
                    local[member] = self._members.localise(member, asked)
        return local

    def _concerned(self, question: Any) -> Several[Member]:
        """Those that are shown, and whose things it names."""
        named, shown = keys_in(question), self._members.shown_members
        return tuple(member for member in self._members if member in shown or member.key in named)

    def _page(self, question: Any) -> Answered[Any]:
        paging = pages.PAGINGS[type(question)]
        if getattr(question, "offset", 0):
            raise InputError("offset", "does not go over several sites; page on from the last one got")
        place = self._place(question)
        local = {member: each for member, each in self._localise(question).items() if not _position(place, member).done}
        until_s = time.monotonic() + MERGED_S

        def read(member: Member) -> pages.Stretch:
            position = _position(place, member)
            try:
                return _read(member, local[member], position, until_s)
            except InputError:
                by_time = pages.without_row(position) if paging.by_row else None
                if by_time is None:
                    raise
                return _read(member, local[member], by_time, until_s)

        self._members.check_home()
        found = beside(list(local), read, MERGED_S, asked=question)
        self._members.check_answers(found)
        missing = missing_of(found, else_raise=not any(position.done for position in place.values()))
        stretches = {member: each for member, each in found.items() if isinstance(each, pages.Stretch)}
        unfinished = tuple(_unfinished(member.view().state) for member, each in stretches.items() if each.unfinished)
        by_key = {member.key: each for member, each in stretches.items()}
        given = pages.merged_rows(by_key, question.limit)
        after = pages.place_after(place, by_key, given, paging.by_row)
        return Answered(self._page_of(question, given, after, tuple(by_key)), missing + unfinished)

    def _page_of(self, question: Any, given: Several[tuple[str, Any]], after: Mapping[str, pages.Position], keys: Several[str]) -> Any:
        paging = pages.PAGINGS[type(question)]
        qualifiers = {key: Qualifier(key) for key in keys}
        rows = tuple(rewrite(row, qualifiers[key]) for key, row in given)
        if rows and paging.by_row:
            with self._lock:
                self._places.put(question, paging.identity(rows[-1]), after)
        if paging.page is None:
            return rows
        more = any(not after[key].done for key in keys)
        return paging.page(rows, pages.token_of(after) if more else None)

    def _place(self, question: Any) -> pages.Place:
        """Raises InputError: nothing is known of a page that ended there."""
        told, field = pages.place_of_question(question), pages.PAGINGS[type(question)].place_field
        if told is None:
            return {}
        place = pages.place_of_token(told, field)
        if place is None:
            with self._lock:
                place = self._places.get(question, told)
        shown = self._shown()
        if place is None and shown is not None:
            place = pages.place_of_shown(question, shown, self._members.keys)
        if place is None:
            raise InputError(field, f"{told[:80]!r} is not known any more; begin again with the newest")
        return place


def _sites_of(question: T) -> tuple[tuple[str, ...], T]:
    """Keys of the sites that a search is limited to, empty: all; and the question without them."""
    if not isinstance(question, SearchRecord) or not question.filter.sites:
        return (), question
    return question.filter.sites, cast("T", replace(question, filter=replace(question.filter, sites=())))


def _qualify_answer(member: Member, question: Question[T], answer: T) -> T:
    """Raises EnvironmentFault `unreliable`."""
    try:
        return cast("T", rewrite_answer(answer_type(type(question)), answer, Qualifier(member.key)))
    except Oversized:
        raise EnvironmentFault("unreliable", f"{member.name} answers more than there can be.") from None
    except (TypeError, AttributeError, KeyError, ValueError):
        raise EnvironmentFault("unreliable", f"What {member.name} answers is not understood.") from None


def _position(place: pages.Place, member: Member) -> pages.Position:
    return place.get(member.key, pages.Position())


def _read(member: Member, question: Any, position: pages.Position, until_s: float) -> pages.Stretch:
    return pages.read_stretch(member.ask, _only_until(question, position.until_ns), position, member.name, until_s)


def _only_until(question: Any, until_ns: int | None) -> Any:
    """Asked for no later rows than those that are wanted, where a question can say so."""
    if until_ns is None or not hasattr(question, "until_ns"):
        return question
    return replace(question, until_ns=min(until_ns + 1, question.until_ns or until_ns + 1))


def _unfinished(state: SiteState) -> SiteState:
    return replace(state, reason=f"{state.name} has more to look through. Ask for the next page to go on.")
