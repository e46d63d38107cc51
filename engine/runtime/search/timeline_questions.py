"""Questions: searches of the record that need the running engine for names and picture sizes."""

from collections import defaultdict
from dataclasses import replace
from typing import Protocol

from engine.history.typed_search import read_typed, search_site, with_chips
from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.history.timeline import DescribeLook, HitPage, LookDescription, LookHits, SearchAlike, SearchRecord
from engine.model.places import places_of
from engine.model.settings import Settings
from engine.model.time import Clock, to_iso
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.cameras.camera_access import CameraAccess
from engine.runtime.data_folder import DataFolder
from engine.runtime.operations.spec import Questions, QuestionScope, QuestionSpec
from engine.runtime.people.looks_side import LooksSide
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.recorder.record import Record

FLUSH_S = 5.0


class SearchHost(Protocol):
    """What these operations need of the engine."""

    @property
    def alike(self) -> LooksSide: ...

    @property
    def audit(self) -> NamelessAudit: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def data(self) -> DataFolder: ...

    @property
    def people(self) -> PeopleSide: ...

    @property
    def record(self) -> Record: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def sight(self) -> CameraAccess: ...


def _search(engine: SearchHost, question: SearchRecord, _: Session, scope: Scope | None) -> HitPage:
    """Words that name a camera, a zone, a node, a rule or a person find what has to do with it; filters may be typed (`camera:Gate`).

    Raises InputError.
    """
    typed = read_typed(question.filter.text, search_site(engine.settings, engine.people.persons.values(), engine.clock.now_ns()))
    if typed.chips:
        question = replace(question, filter=with_chips(replace(question.filter, text=typed.words), typed.chips))
    if scope is None:
        return engine.record.store.search(question, _names(engine), _picture_size(engine, question))
    size = _picture_size(engine, question) if all(camera_id in scope for camera_id in question.filter.camera_ids) else None
    return engine.record.store.within(scope).search(question, _names(engine), size)


def _search_alike(engine: SearchHost, question: SearchAlike, session: Session, scope: Scope | None) -> LookHits:
    """Only among cameras that the session sees; told to nobody unless the audit keeps who asked. Raises InputError, NotFound,
    EnvironmentFault."""
    answer = engine.alike.ask(question, None if scope is None else tuple(sorted(scope.camera_ids)))
    engine.audit.keep(searched_alike(question, answer, session, engine.clock.now_ns()))
    return answer


def searched_alike(question: SearchAlike, answer: LookHits, session: Session, now_ns: int) -> AuditRow:
    """Comparing people by their looks is biometrics: who asked, about which cameras and times, and how much came of it. Neither the picture
    nor the numbers."""
    described = f"by a description of a person from site {question.from_site}, " if question.look is not None else ""
    cameras = " ".join(question.camera_ids) or "all"
    times = ("ever" if ns is None else to_iso(ns) for ns in (question.since_ns, question.until_ns))
    much = f"{answer.compared} compared, {len(answer.hits)} found"
    detail = f"{described}cameras {cameras}, from {' until '.join(times)}, {much}, session {session.id}"
    return AuditRow.of(now_ns, session.user, AuditVerb.SEARCH_ALIKE, question.like_id, detail)


def _describe_look(engine: SearchHost, question: DescribeLook, session: Session, _: Scope | None) -> LookDescription:
    """Given to nobody unless the audit keeps who got it. Raises InputError, NotFound, EnvironmentFault."""
    answer = engine.alike.describe(question)
    detail = f"for a search at {', '.join(question.sites)}, session {session.id}"
    engine.audit.keep(AuditRow.of(engine.clock.now_ns(), session.user, AuditVerb.DESCRIBE_LOOK, question.like_id, detail))
    return answer


def _names(engine: SearchHost) -> dict[str, tuple[str, ...]]:
    settings = engine.settings
    found: defaultdict[str, list[str]] = defaultdict(list)
    for camera_id, name in settings.camera_names().items():
        found[name].append(camera_id)
    for each in (*places_of(settings), *engine.people.persons.values(), *settings.alerts.rules):
        found[each.name].append(each.id)
    for node in settings.nodes:
        found[node.name].append(node.mac)
    return {name: tuple(ids) for name, ids in found.items() if name}


def _picture_size(engine: SearchHost, question: SearchRecord) -> tuple[int, int] | None:
    """Of the picture that a camera's boxes are in; None where it was not seen since the start."""
    for unit in engine.sight.cameras.all():
        if (unit.settings.id,) == question.filter.camera_ids:
            health = unit.health()
            return (health.width, health.height) if health.width and health.height else None
    return None


QUESTIONS: Questions[SearchHost] = (
    QuestionSpec(SearchRecord, scope=QuestionScope.LIMITED, handler=_search),
    QuestionSpec(SearchAlike, scope=QuestionScope.SITE_WIDE, handler=_search_alike),
    QuestionSpec(DescribeLook, scope=QuestionScope.SITE_WIDE, handler=_describe_look),
)
