"""People compared over sites, as this site lets it: purposes, who is under them, descriptions given and compared."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import InputError
from engine.model.people.purposes import (
    ComparePerson,
    DescribePerson,
    ListPurposes,
    PersonDescription,
    PersonMatches,
    SetPersonPurpose,
    SitePurpose,
)
from engine.runtime.audit.auditing import Auditor
from engine.runtime.operations.spec import Commands, CommandSpec, NotUndoable, Questions, QuestionScope, QuestionSpec, audited, site_wide
from engine.runtime.people.comparing import KnownFaces, PersonComparisons
from engine.runtime.people.people_commands import PeopleHost, known_person
from engine.store.people.purposes import check_agreed


class ComparisonWords(Protocol):
    """Of the side that belongs to a hub."""

    def check_comparison(self, question: DescribePerson | ComparePerson, user_id: str) -> None:
        """That the hub of this site asks it, for this user, once. Raises InputError (`word`)."""
        ...


class PurposeHost(PeopleHost, Protocol):
    """What these operations need of the engine."""

    @property
    def auditor(self) -> Auditor: ...

    @property
    def comparisons(self) -> PersonComparisons: ...

    @property
    def hub(self) -> ComparisonWords: ...


def _set(engine: PurposeHost, command: SetPersonPurpose, _: Session) -> str:
    """Raises NotFound, InputError, EnvironmentFault."""
    purposes, now_ns = engine.record.store.purposes, engine.clock.now_ns()
    with engine.people.desk.changing:
        known_person(engine, command.person_id)
        if command.wanted:
            purposes.put_person(command.purpose_id, command.person_id, now_ns)
        else:
            purposes.take_person(command.purpose_id, command.person_id)
    return command.person_id


def _list(engine: PurposeHost, _: ListPurposes, __: Session, ___: Scope | None) -> tuple[SitePurpose, ...]:
    return engine.record.store.purposes.all(engine.clock.now_ns())


def _describe(engine: PurposeHost, question: DescribePerson, session: Session, _: Scope | None) -> PersonDescription:
    """Given to nobody unless the audit keeps who got it. Raises NotFound, InputError, EnvironmentFault."""
    engine.hub.check_comparison(question, session.user.id)
    person = known_person(engine, question.person_id)
    purpose = _agreed(engine, question.purpose_id)
    if person.id not in purpose.person_ids:
        raise InputError("person_id", f"is not under the purpose {purpose.purpose.name}, so nothing about them leaves this site")
    answer = engine.comparisons.describe(_known_faces(engine), person.id)
    detail = f"for {purpose.purpose.id}, to {', '.join(question.sites)}, session {session.id}"
    _keep(engine, session, AuditVerb.DESCRIBE_PERSON, engine.auditor.pseudonym(person.id), detail)
    return answer


def _compare(engine: PurposeHost, question: ComparePerson, session: Session, _: Scope | None) -> PersonMatches:
    """Told to nobody unless the audit keeps who asked. Raises NotFound, InputError, EnvironmentFault."""
    engine.hub.check_comparison(question, session.user.id)
    purpose = _agreed(engine, question.purpose_id)
    answer = engine.comparisons.compare(_known_faces(engine), question)
    much = f"{answer.compared} compared, {len(answer.matches)} found"
    detail = f"for {purpose.purpose.id}, a person described by site {question.from_site}, {much}, session {session.id}"
    _keep(engine, session, AuditVerb.COMPARE_PERSON, "", detail)
    return answer


def _agreed(engine: PurposeHost, purpose_id: str) -> SitePurpose:
    """Raises NotFound, InputError (`purpose_id`)."""
    found = engine.record.store.purposes.one(purpose_id, engine.clock.now_ns())
    check_agreed(found)
    return found


def _known_faces(engine: PurposeHost) -> KnownFaces:
    return KnownFaces(engine.people.persons, tuple(engine.people.faces.values()))


def _keep(engine: PurposeHost, session: Session, verb: AuditVerb, subject: str, detail: str) -> None:
    engine.audit.keep(AuditRow.of(engine.clock.now_ns(), session.user, verb, subject, detail))


def _which(command: SetPersonPurpose, _: str) -> str:
    return f"{command.purpose_id}{'' if command.wanted else ', no longer'}"


COMMANDS: Commands[PurposeHost] = (
    CommandSpec(
        SetPersonPurpose,
        handler=_set,
        scope=site_wide,
        audit=audited(AuditVerb.SET_PERSON_PURPOSE, "person_id", _which, pseudonymous=True),
        undo=NotUndoable("the person is taken from under the purpose again"),
        durable=True,
    ),
)
QUESTIONS: Questions[PurposeHost] = (
    QuestionSpec(ListPurposes, scope=QuestionScope.SITE_WIDE, handler=_list),
    QuestionSpec(DescribePerson, scope=QuestionScope.SITE_WIDE, handler=_describe),
    QuestionSpec(ComparePerson, scope=QuestionScope.SITE_WIDE, handler=_compare),
)
