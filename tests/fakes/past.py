"""The past for the console: lanes, bookmarks, searches, replays with their difference, evidence packs; kept in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine.model.command import Command
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.history.evidence import Case, ListCases, ListPacks, MakePack, Pack, PutCase, RemovePack
from engine.model.history.replay import (
    ApplyReplay,
    ChangeReplay,
    GetDifference,
    GetReplay,
    ListReplays,
    MoveReplay,
    ReplayDifference,
    ReplaySession,
    ReplaySettings,
    ReplayState,
    ReplayView,
    StartReplay,
    StopReplay,
)
from engine.model.history.timeline import (
    Bookmark,
    CountDays,
    DayCount,
    DescribeLook,
    FindNeighbour,
    GetTimeline,
    HitKind,
    HitPage,
    ListBookmarks,
    ListSearches,
    LookDescription,
    LookHits,
    PutBookmark,
    RemoveBookmark,
    RemoveSearch,
    SavedSearch,
    SaveSearch,
    SearchAlike,
    SearchHit,
    SearchRecord,
    ShareSearch,
    Timeline,
    TrackBack,
)
from engine.model.question_type import Question
from engine.model.review.event_verdict import EventVerdict, JudgeEvent
from engine.model.time import SECOND
from tests.fakes.timelines import busy_day
from tests.fakes.unanswered import UNANSWERED

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine


@dataclass
class FakePast:
    """`hits`: what searches find, by any of their words; `moments`: of events, rising; `difference`: what other settings come to."""

    hits: list[SearchHit] = field(default_factory=list)
    moments: list[int] = field(default_factory=list)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    searches: dict[str, SavedSearch] = field(default_factory=dict)
    replays: dict[str, ReplaySession] = field(default_factory=dict)
    difference: ReplayDifference | None = None
    tried: ReplaySettings | None = None
    packs: list[Pack] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    made: int = 0

    def answer(self, engine: "FakeEngine", question: Question) -> Any:
        """UNANSWERED for other questions."""
        self.asked.append(question)
        match question:
            case GetTimeline():
                return self._timeline(engine, question)
            case FindNeighbour(at_ns=at_ns, forward=forward):
                later = [m for m in self.moments if (m > at_ns if forward else m < at_ns)]
                return (min(later) if forward else max(later)) if later else None
            case CountDays():
                return self._days(question)
            case ListBookmarks():
                return tuple(sorted(self.bookmarks.values(), key=lambda each: -each.at_ns))
            case ListSearches():
                return tuple(self.searches.values())
            case SearchRecord():
                return self._search(question)
            case SearchAlike():
                alike = [replace(each, kind=HitKind.LOOKS, likeness=0.81 - 0.1 * n) for n, each in enumerate(self.hits)]
                return LookHits(tuple(alike[: question.limit]), len(self.hits), "2 people are in the picture.")
            case DescribeLook():
                return LookDescription("ab" * 32, (1.0, *[0.0] * 511))
            case TrackBack(person_id=person_id):
                return tuple(hit for hit in self.hits if hit.person_id == person_id)
            case GetReplay(session_id=session_id, picture=picture):
                session = self._session(session_id)
                shown = replace(engine.snapshot, at_ns=session.at_ns) if picture else None
                return ReplayView(session, shown)
            case ListReplays():
                return tuple(self.replays.values())
            case GetDifference(session_id=session_id):
                if self.difference is None:
                    raise EnvironmentFault("not_ready", "The window has not run yet.")
                return replace(self.difference, session_id=self._session(session_id).id)
            case ListPacks():
                return tuple(reversed(self.packs))
            case ListCases():
                return tuple(self.cases)
            case _:
                self.asked.pop()
                return UNANSWERED

    def _timeline(self, engine: "FakeEngine", ask: GetTimeline) -> Timeline:
        timeline, _ = busy_day(ask.since_ns, ask.until_ns, ask.columns, engine.now_ns)
        notes = tuple(each for each in self.bookmarks.values() if ask.since_ns <= each.at_ns < ask.until_ns)
        return replace(timeline, bookmarks=notes)

    def _days(self, ask: CountDays) -> tuple[DayCount, ...]:
        zone = ZoneInfo(ask.time_zone)
        local = [datetime.fromtimestamp(moment // SECOND, zone) for moment in self.moments]
        days = [each.day for each in local if (each.year, each.month) == (ask.year, ask.month)]
        return tuple(DayCount(day, days.count(day), 1, True) for day in sorted(set(days)))

    def _search(self, ask: SearchRecord) -> HitPage:
        wanted = ask.filter
        words = [word.rstrip("*") for word in wanted.text.casefold().split()]
        found = [
            hit
            for hit in self.hits
            if all(word in hit.text.casefold() for word in words)
            and wanted.person_id in ("", hit.person_id)
            and (not wanted.camera_ids or hit.camera_id in wanted.camera_ids)
            and (not wanted.kinds or hit.kind in wanted.kinds)
            and (not wanted.event_kinds or hit.what in wanted.event_kinds)
            and (wanted.since_ns or 0) <= hit.at_ns < (wanted.until_ns or hit.at_ns + 1)
        ]
        first = int(ask.before or 0)
        more = str(first + ask.limit) if first + ask.limit < len(found) else None
        return HitPage(tuple(found[first : first + ask.limit]), more)

    def _session(self, session_id: str) -> ReplaySession:
        if session_id not in self.replays:
            raise NotFound("There is no such replay.")
        return self.replays[session_id]

    def execute(self, engine: "FakeEngine", command: Command, by: str) -> str | None:
        """None for other commands."""
        match command:
            case JudgeEvent(event_id, disposition):
                engine.verdicts.pop(event_id, None)
                if disposition is not None:
                    engine.verdicts[event_id] = EventVerdict(event_id, disposition, by, engine.now_ns)
                return event_id
            case PutBookmark():
                key = command.bookmark_id or self._id("bm")
                note = Bookmark(key, command.at_ns, command.note, by, engine.now_ns, command.until_ns, command.camera_id)
                self.bookmarks[key] = note
                return key
            case RemoveBookmark(key):
                return self.bookmarks.pop(key).id
            case SaveSearch(name, wanted, question):
                self.searches[name] = SavedSearch(self._id("se"), name, by, wanted, question=question, shared=False)
                return name
            case ShareSearch(key, shared):
                self.searches = {name: replace(each, shared=shared) if each.id == key else each for name, each in self.searches.items()}
                return key
            case RemoveSearch(key):
                self.searches = {name: each for name, each in self.searches.items() if each.id != key}
                return key
            case StartReplay(since_ns, until_ns, settings):
                key = self._id("re")
                self.replays[key] = ReplaySession(key, since_ns, until_ns, since_ns, ReplayState.PAUSED, 1.0, by, settings)
                return key
            case MoveReplay():
                return self._move(command)
            case StopReplay(key):
                self.replays.pop(key, None)
                return key
            case ChangeReplay(session_id, settings):
                self._session(session_id)
                self.tried = settings
                return engine.start_job("replay", "Running the record again", 600, "")
            case ApplyReplay(session_id):
                return self._session(session_id).id
            case MakePack(request):
                pack = Pack(self._id("pack"), request, by, engine.now_ns, f"packs/{request.title}.zip", 5 << 20, "ab" * 32)
                self.packs.append(pack)
                job_id = engine.start_job("evidence", "Evidence pack", 8, pack.id)
                if job_id in engine.jobs:
                    engine.jobs[job_id] = replace(engine.jobs[job_id], started_ns=engine.now_ns)
                return job_id
            case RemovePack(key):
                self.packs.remove(next(pack for pack in self.packs if pack.id == key))
                return key
            case PutCase():
                return self._put_case(engine, command, by)
            case _:
                return None

    def _put_case(self, engine: "FakeEngine", put: PutCase, by: str) -> str:
        known = next((case for case in self.cases if case.id == put.case_id), None)
        if known is None:
            self.cases.insert(0, Case(self._id("case"), put.title, put.note, by, engine.now_ns))
            return self.cases[0].id
        self.cases[self.cases.index(known)] = replace(known, title=put.title, note=put.note, closed=put.closed)
        return known.id

    def _move(self, move: MoveReplay) -> str:
        session = self._session(move.session_id)
        state = session.state if move.playing is None else ReplayState.PLAYING if move.playing else ReplayState.PAUSED
        at_ns = session.at_ns if move.seek_ns is None else move.seek_ns
        self.replays[session.id] = replace(session, at_ns=at_ns, state=state, speed=move.speed or session.speed)
        return session.id

    def _id(self, kind: str) -> str:
        self.made += 1
        return f"{kind}-{self.made}"
