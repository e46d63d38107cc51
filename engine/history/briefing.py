"""A shift as one page: a fixed plan of typed queries, each answered by the templates of the chat, its numbers counted again."""

from collections.abc import Iterator
from dataclasses import replace

from engine.history.answers.answers import Answers
from engine.history.answers.basis import with_basis
from engine.history.answers.names_told import with_names
from engine.history.answers.words import Words
from engine.history.names import Directory
from engine.history.queries.findings import count_citation
from engine.history.queries.reach import Reach
from engine.history.queries.rows import Result
from engine.history.queries.run import Desk
from engine.history.recount import Recounter
from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.history.briefing import Briefing, BriefingPart, BriefingSection
from engine.model.history.chat import ClaimStatus, Sentence
from engine.model.history.plan import Form
from engine.model.history.query import Ask, By, Of, Query, Scope, Span

MOST_ROWS = 20
MOST_CAMERAS = 32  # that are compared with what is usual
LEAST_DAYS = 5  # other days, before anything is called unusual
_LEAST_APART = 3
_COUNTED = (EventKind.PERSON, EventKind.MOTION, EventKind.ZONE_VISIT, EventKind.CROSSING)


def briefing_of(reach: Reach, directory: Directory, shift: Span) -> Briefing:
    """Any thread. Raises PermissionDenied."""
    writer = _SectionWriter(reach, directory)
    scope = Scope((shift,))
    alerts = writer.list_rows(Query(Ask.LIST, Of.ALERTS, scope, limit=MOST_ROWS), By.SEVERITY, By.CAMERA)
    incidents = writer.list_rows(Query(Ask.LIST, Of.INCIDENTS, scope, limit=MOST_ROWS), By.CATEGORY)
    sections = (
        BriefingSection(BriefingPart.ALERTS, alerts),
        *((BriefingSection(BriefingPart.INCIDENTS, incidents),) if reach.viewer.cameras is None else ()),
        BriefingSection(BriefingPart.COUNTS, writer.unusual(scope)),
        BriefingSection(BriefingPart.UNOBSERVED, writer.answer(Query(Ask.OBSERVED, scope=scope))),
    )
    return Briefing(shift.since_ns, shift.until_ns, reach.zone.key, sections)


class _SectionWriter:
    def __init__(self, reach: Reach, directory: Directory) -> None:
        self._reach, self._desk = reach, Desk(reach)
        self._directory, self._answers = directory, Answers(Words(directory, reach.zone, reach.now_ns))

    def answer(self, query: Query) -> tuple[Sentence, ...]:
        return self._checked(self._desk.run(query))

    def list_rows(self, query: Query, *apart: By) -> tuple[Sentence, ...]:
        """The rows, and where there are more than are listed, how many of each sort."""
        found = self._desk.run(query)
        many = found.total > len(found.rows)
        counted = [self._desk.run(Query(Ask.COUNT, query.of, query.scope, by, limit=MOST_ROWS)) for by in (apart if many else ())]
        return tuple(dict.fromkeys(each for result in (*counted, found) for each in self._checked(_without_blind_times(result))))

    def unusual(self, scope: Scope) -> tuple[Sentence, ...]:
        compared = list(self._usual(scope))
        days = min((result.rows[1].count for result in compared), default=0)
        odd = [result for result in compared if _is_unusual(result)]
        cited = tuple(row.citation for result in compared for row in result.rows[:1])
        if days < LEAST_DAYS:
            cited = cited or (count_citation(Query(Ask.COUNT, scope=scope), self._reach.now_ns),)
            known = f"there are {days} other days to compare with, {LEAST_DAYS} are needed"
            return (Sentence(f"Not known whether counts are usual: {known}.", cited[:1], ClaimStatus.NOT_OBSERVED),)
        counts = f"{len(odd)} of {len(compared)} counts"
        head = f"{counts} {'is' if len(odd) == 1 else 'are'} unusual, compared with {days} other days."
        told = (each for result in odd for each in self._checked(_without_blind_times(result)))
        return (Sentence(head, cited), *told)

    def _usual(self, scope: Scope) -> Iterator[Result]:
        """Where there is a day to compare with."""
        cameras = self._reach.cameras[:MOST_CAMERAS] if len(self._reach.cameras) > 1 else ()
        scopes = [
            *(replace(scope, kinds=(kind,)) for kind in _COUNTED),
            *(replace(scope, kinds=(EventKind.PERSON,), camera_ids=(camera,)) for camera in cameras),
        ]
        try:
            yield self._desk.run(Query(Ask.USUAL, Of.ALERTS, scope))
            for each in scopes:
                yield self._desk.run(Query(Ask.USUAL, scope=each))
        except InputError:
            return

    def _checked(self, result: Result) -> tuple[Sentence, ...]:
        """What is cited and comes out the same when it is counted again."""
        told = tuple(each for each in self._answers.write_answer(result, Form.PLAIN) if each.citations)
        checked = Recounter(self._reach, (result,)).checked(told)
        told = with_basis(tuple(each for each in checked if each.status is not ClaimStatus.STRUCK), self._reach)
        return with_names(told, self._directory, (result,), self._reach.zone.key)


def _without_blind_times(result: Result) -> Result:
    """They are a section of their own."""
    return result if result.unseen else replace(result, blind=(), coverage=None)


def _is_unusual(result: Result) -> bool:
    """Beyond all of the other days, and clearly apart from their median."""
    there, usual, fewest, most = result.rows
    beyond = there.count > most.count or there.count < fewest.count
    return beyond and abs(there.count - usual.seconds) >= max(_LEAST_APART, usual.seconds / 2)
