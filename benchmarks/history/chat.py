"""`bench chat`: questions in words on a record of a million events over a year: how long an answer takes from question to sentences
whose numbers were counted again, and how many are what the numbers say that were written down while the events were made up. Everything
is asked as a user would ask it; nothing is warmed up but the file's cache.
"""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from benchmarks.report import at_least, at_most, case
from engine.history.asking import Asker
from engine.history.asking_site import ChatSite
from engine.history.grammar.offline_planner import OfflinePlanner
from engine.history.planner import PlannerQuestion
from engine.model.accounts.access import ROLE_VERBS, Role
from engine.model.event import Event, EventKind, Severity
from engine.model.history.chat import ChatAnswer, ClaimStatus
from engine.model.history.query import Viewer
from engine.model.history.timeline import SpanState, Watched
from engine.model.people.person import Person
from engine.model.settings import CameraSettings, Settings
from engine.model.site import Floor, Zone
from engine.model.time import SECOND, ManualClock, SystemClock, to_iso
from engine.store import Store, open_store

P95_MS, EXACT = 200.0, 0.95
ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 16, 9, 30)  # noqa: DTZ001 - by the site's clock
DAYS, BATCH, SEED = 365, 5_000, 7
CAMERAS = ("Yard", "Hall", "Loading dock", "Front gate", "Roof", "Garage", "Lobby", "Corridor")
ROOMS = ("Lab", "Office", "Kitchen", "Archive")
PEOPLE = ("John Smith", "Mary Jones", "Zoë Müller", "Ana Lima", "Bo Li", "Eva Berg", "Tom Hill", "Ida Lund")
KINDS = (EventKind.MOTION, EventKind.PERSON, EventKind.ZONE_VISIT, EventKind.LOITERING, EventKind.RUNNING, EventKind.FALL)
SHARES = (0.62, 0.25, 0.09, 0.02, 0.019, 0.001)
_WORDS = {EventKind.MOTION: "motion events", EventKind.FALL: "falls", EventKind.LOITERING: "loiterers"}
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Truth:
    """What was made up, as arrays; `who` −1: nobody known."""

    at_s: Numbers
    kind: Numbers
    camera: Numbers
    room: Numbers
    who: Numbers


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question, its form, and what its answer has to say."""

    form: str
    question: str
    says: str


def run(events: int = 1_000_000, each: int = 12) -> dict[str, Any]:
    """Raises EnvironmentFault: the disk is full."""
    truth = _made_up(events)
    began_ns = _ns(NOW - timedelta(days=DAYS))
    with (
        tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder,
        closing(open_store(Path(folder) / "chat.db", ManualClock(began_ns))) as store,
    ):
        began = time.perf_counter()
        _save(store, truth)
        saved_s = time.perf_counter() - began
        measured = _measured(store, list(_questions(truth, each)))
    saved = {"events": events, "saved_s": round(saved_s, 1)}
    asked = case("ask", saved | {"questions": measured["questions"]}, measured["asked"])
    targets = [at_most("answer p95_ms", P95_MS, measured["asked"]["p95_ms"]), at_least("exact", EXACT, measured["asked"]["exact"])]
    return {"bench": "chat", "cases": [asked, *measured["forms"]], "targets": targets}


def _ns(at: datetime) -> int:
    return int(at.replace(tzinfo=ZONE).timestamp()) * SECOND


def _made_up(events: int) -> Truth:
    draw = np.random.default_rng(SEED)
    until = _ns(NOW) // SECOND
    at = np.sort(draw.integers(until - DAYS * 86_400, until - 60, events))
    kind = draw.choice(len(KINDS), events, p=np.array(SHARES))
    who = np.where(np.isin(kind, (1, 2)) & (draw.random(events) < 0.7), draw.integers(0, len(PEOPLE), events), -1)
    return Truth(at, kind, draw.integers(0, len(CAMERAS), events), draw.integers(0, len(ROOMS), events), who)


def _save(store: Store, truth: Truth) -> None:
    store.save([Person(f"p-{number}", name) for number, name in enumerate(PEOPLE)])
    began_ns = _ns(NOW - timedelta(days=DAYS))
    store.watching.put([Watched(f"c-{number}", began_ns, _ns(NOW), SpanState.OBSERVED) for number in range(len(CAMERAS))])
    for start in range(0, len(truth.at_s), BATCH):
        store.save([_event(truth, number) for number in range(start, min(start + BATCH, len(truth.at_s)))])


def _event(truth: Truth, number: int) -> Event:
    kind, who = KINDS[truth.kind[number]], int(truth.who[number])
    start = int(truth.at_s[number]) * SECOND
    in_room = kind is EventKind.ZONE_VISIT
    return Event(
        f"ev-{number:012x}-0",
        kind,
        "" if in_room else f"c-{truth.camera[number]}",
        f"tk-{number:012x}-0",
        Severity.LOW,
        start,
        start + 30 * SECOND,
        start,
        0.9,
        f"de-{number:012x}-0",
        zone_id=f"z-{truth.room[number]}" if in_room else "",
        person=PEOPLE[who] if who >= 0 else "",
        person_id=f"p-{who}" if who >= 0 else "",
    )


def _questions(truth: Truth, each: int) -> Iterator[Wanted]:
    draw = np.random.default_rng(SEED + 1)
    for _ in range(each):
        person, camera, back = int(draw.integers(len(PEOPLE))), int(draw.integers(len(CAMERAS))), int(draw.integers(1, 300))
        day = (NOW - timedelta(days=back)).replace(hour=0, minute=0)
        yield _happened(truth, day)
        yield from _counted(truth, camera, person, day)
        yield from _seen(truth, camera, person, day)
        yield from _typical(truth, camera, person, day)
    month = NOW - timedelta(days=90)
    yield Wanted("all", "How many events are there in total?", str(len(truth.at_s)))
    yield Wanted("long", f"How many falls since {month:%Y-%m-%d}?", str(_number(truth, month.replace(hour=0, minute=0), NOW, kind=5)))


def _happened(truth: Truth, day: datetime) -> Wanted:
    """All kinds of events of a day, the alerts, and the first rows."""
    return Wanted("overview", f"What happened on {day:%Y-%m-%d}?", str(_number(truth, day, day + timedelta(days=1))))


def _counted(truth: Truth, camera: int, person: int, day: datetime) -> Iterator[Wanted]:
    after = day + timedelta(days=1)
    name, date = CAMERAS[camera], f"{day:%Y-%m-%d}"
    for kind in (0, 3):
        number = _number(truth, day, after, kind=kind, camera=camera)
        yield Wanted("count", f"How many {_WORDS[KINDS[kind]]} were at the camera {name} on {date}?", str(number))
    noon = day + timedelta(hours=12)
    yield Wanted("count", f"how many events between 12:00 and 16:30 on {date}", str(_number(truth, noon, noon + timedelta(hours=4.5))))
    yield Wanted(
        "often", f"How often was {PEOPLE[person]} at {name} on {date}?", str(_number(truth, day, after, kind=1, camera=camera, who=person))
    )
    week = day + timedelta(days=7)
    busy = [_number(truth, day, week, kind=0, camera=each) for each in range(len(CAMERAS))]
    yield Wanted("most", f"which camera had the most motion from {date} to {week - timedelta(days=1):%Y-%m-%d}", str(max(busy)))


def _seen(truth: Truth, camera: int, person: int, day: datetime) -> Iterator[Wanted]:
    mine = np.flatnonzero((truth.who == person) & (truth.at_s < _ns(NOW) // SECOND))
    date = f"{day:%Y-%m-%d}"
    yield Wanted("last", f"When did I last see {PEOPLE[person].lower()}?", _clock(truth, int(mine[-1])))
    there = mine[(truth.at_s[mine] >= _ns(day) // SECOND) & (truth.at_s[mine] < _ns(day + timedelta(days=1)) // SECOND)]
    yield Wanted("first", f"When was {PEOPLE[person]} first seen on {date}?", _clock(truth, int(there[0])) if len(there) else "saw")
    room = [at for at in there if truth.kind[at] == 2]
    said = PEOPLE[person] if room else "no"
    yield Wanted("where", f"Where was {PEOPLE[person]} on {date}?", _clock(truth, int(there[0])) if len(there) else "saw")
    if room:
        yield Wanted("who", f"Who was in the {ROOMS[truth.room[room[0]]]} on {date}?", said)
    yield Wanted("list", f"What happened at the {CAMERAS[camera]} on {date} between 9am and 10am?", "")


def _typical(truth: Truth, camera: int, person: int, day: datetime) -> Iterator[Wanted]:
    """What is usual, and what leans on something that happened."""
    after = day + timedelta(days=28)
    until = after - timedelta(days=1)
    mean = round(_number(truth, day, after, kind=0, camera=camera) / 28, 1)
    shown = f"{mean:.0f}" if mean == round(mean) else f"{mean:.1f}"
    span = f"from {day:%Y-%m-%d} to {until:%Y-%m-%d}"
    yield Wanted("average", f"How many motion events a day were there on average at the camera {CAMERAS[camera]} {span}?", shown)
    yield Wanted("usual", f"When does {PEOPLE[person]} usually arrive?", "usually")
    yield Wanted("leaning", f"what happened in the 10 minutes after the last fall on {_fallen(truth, day):%Y-%m-%d}", "")


def _fallen(truth: Truth, day: datetime) -> datetime:
    """The next day on which somebody fell."""
    falls = truth.at_s[(truth.kind == 5) & (truth.at_s >= _ns(day) // SECOND)]
    return datetime.fromtimestamp(int(falls[0] if len(falls) else truth.at_s[truth.kind == 5][-1]), ZONE)


def _number(truth: Truth, since: datetime, until: datetime, kind: int = -1, camera: int = -1, who: int = -1) -> int:
    first, last = np.searchsorted(truth.at_s, (_ns(since) // SECOND, _ns(until) // SECOND))
    part = slice(int(first), int(last))
    fits = np.ones(part.stop - part.start, bool)
    for wanted, column in ((kind, truth.kind), (who, truth.who)):
        fits &= column[part] == wanted if wanted >= 0 else True
    if camera >= 0:
        fits &= (truth.camera[part] == camera) & (truth.kind[part] != 2)
    return int(fits.sum())


def _clock(truth: Truth, number: int) -> str:
    return f"{datetime.fromtimestamp(int(truth.at_s[number]), ZONE):%H:%M}"


def _measured(store: Store, wanted: list[Wanted]) -> dict[str, Any]:
    site = ChatSite(store.asked, _settings(), ZONE)
    viewer, asker, now_ns = Viewer(ROLE_VERBS[Role.ADMIN]), Asker((OfflinePlanner(),)), _ns(NOW)
    took: list[tuple[str, float, bool]] = []
    busy: list[float] = []
    uncited = 0
    for each in wanted:
        began, worked = time.perf_counter(), time.thread_time()
        directory = site.directory(viewer)
        reach = site.reach(viewer, now_ns)
        answer = asker.ask(reach, PlannerQuestion(each.question, now_ns, ZONE, directory), "bench")
        took.append((each.form, 1000 * (time.perf_counter() - began), _is_so(answer, each)))
        busy.append(1000 * (time.thread_time() - worked))
        uncited += sum(not sentence.citations and not sentence.text.startswith("Times are in ") for sentence in answer.sentences)
    times = [ms for _, ms, _ in took]
    exact = sum(is_so for _, _, is_so in took) / len(took)
    forms = [_form(name, [each for each in took if each[0] == name]) for name in dict.fromkeys(form for form, _, _ in took)]
    alone = {f"{name.removesuffix('_ms')}_cpu_ms": ms for name, ms in _times(busy).items()}
    asked = _times(times) | alone | {"exact": round(exact, 4), "uncited": uncited}
    return {"questions": len(took), "asked": asked, "forms": forms, "now": to_iso(SystemClock().now_ns())}


def _settings() -> Settings:
    cameras = tuple(CameraSettings(f"c-{number}", name, "rtsp://10.0.0.1/x") for number, name in enumerate(CAMERAS))
    zones = tuple(Zone(f"z-{number}", name, 3.0 * number, 0, 3.0 * number + 3, 3) for number, name in enumerate(ROOMS))
    return Settings(cameras=cameras, floor=Floor(zones=zones))


def _form(name: str, took: list[tuple[str, float, bool]]) -> dict[str, Any]:
    exact = sum(is_so for _, _, is_so in took) / len(took)
    return case(name, {"questions": len(took)}, _times([ms for _, ms, _ in took]) | {"exact": round(exact, 4)})


def _times(took: list[float]) -> dict[str, Any]:
    return {f"p{share}_ms": round(float(np.percentile(took, share)), 1) for share in (50, 95, 99)} | {"max_ms": round(max(took), 1)}


def _is_so(answer: ChatAnswer, wanted: Wanted) -> bool:
    words = re.sub(r"[,(]|\.(?!\d)", " ", answer.answer).split()
    struck = any(sentence.status is ClaimStatus.STRUCK for sentence in answer.sentences)
    return (
        answer.understood
        and not struck
        and all(any(each == word or each.startswith(f"{word}:") for each in words) for word in wanted.says.split())
    )
