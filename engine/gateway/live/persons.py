"""`/api/v1/persons`: who is known. With the verbs, the audit and the limits of the console's commands."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.schemas import Problem, optional_iso
from engine.model.errors import NotFound
from engine.model.people.commands import ErasePerson, PutPerson, RenamePerson
from engine.model.people.person import PERSON_NAME_LENGTH, Consent, NameSource, Person
from engine.model.time import to_iso
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/v1/persons", tags=["persons"])
Name = Annotated[str, Field(min_length=1, max_length=PERSON_NAME_LENGTH, description="nobody else may have it")]
Color = Annotated[str, Field(max_length=7, description="on maps and lists, as #rrggbb")]
Note = Annotated[str, Field(max_length=2000)]
Reason = Annotated[str, Query(max_length=500, description="why; it goes to the audit")]


class PersonOut(BaseModel):
    id: str
    name: str
    color: str
    name_source: NameSource = Field(description="`generated` (nobody knows the name yet), `voice` (they said it) or `operator`")
    consent: Consent = Field(description="`refused`: never recognised by face or voice")
    note: str
    locked: bool = Field(description="nothing of theirs may be erased")
    visits: int = Field(description="how often they came")
    created: str
    first_seen: str | None
    last_seen: str | None
    last_camera: str | None = Field(description="id of the camera; null: none saw them last")
    archived: str | None = Field(description="since when they are kept aside, unseen for long")

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        return cls(
            id=person.id,
            name=person.name,
            color=person.color,
            name_source=person.name_source,
            consent=person.consent,
            note=person.note,
            locked=person.locked,
            visits=person.visits,
            created=to_iso(person.created_ns),
            first_seen=optional_iso(person.first_seen_ns),
            last_seen=optional_iso(person.last_seen_ns),
            last_camera=person.last_camera_id or None,
            archived=optional_iso(person.archived_ns),
        )


class PersonIn(BaseModel):
    name: Name
    color: Color = "#56b4e9"
    consent: Consent = Consent.UNKNOWN
    note: Note = ""
    locked: bool = False


class PersonChange(BaseModel):
    """What is left out stays."""

    name: Name | None = None
    color: Color | None = None
    consent: Consent | None = None
    note: Note | None = None
    locked: bool | None = None


class Erasing(BaseModel):
    job_id: str


@router.get("", summary="Who is known")
def persons(port: PortOf) -> list[PersonOut]:
    return [PersonOut.of(person) for person in port.snapshot().people.persons]


@router.get("/{person_id}", summary="One person")
def person(port: PortOf, person_id: str) -> PersonOut:
    return PersonOut.of(_person_by_id(port, person_id))


@router.post("", status_code=201, summary="Add a person", responses={403: {"model": Problem}})
def add(port: PortOf, body: PersonIn, response: Response) -> PersonOut:
    """For administrators. Faces are learned in the console, or as the engine sees them."""
    made = port.command(PutPerson(body.name, body.color, "", body.consent, body.note, body.locked))
    response.headers["Location"] = f"{router.prefix}/{made}"
    return PersonOut.of(_person_by_id(port, made))


@router.patch("/{person_id}", summary="Rename a person, or change what is known of them")
def change(port: PortOf, person_id: str, body: PersonChange) -> PersonOut:
    """The name: whoever may acknowledge. All else: administrators."""
    given = body.model_dump(exclude_none=True)
    if given.keys() == {"name"}:
        port.command(RenamePerson(person_id, given["name"]))
    elif given:
        now = _person_by_id(port, person_id)
        kept = PutPerson(now.name, now.color, person_id, now.consent, now.note, now.locked)
        port.command(replace(kept, **given))
    return PersonOut.of(_person_by_id(port, person_id))


@router.delete(
    "/{person_id}", status_code=202, summary="Erase a person: faces, clips, their name in events", responses={403: {"model": Problem}}
)
def erase(port: PortOf, person_id: str, response: Response, reason: Reason = "") -> Erasing:
    """For administrators. Starts a job, whose address is in the header `Location`. Refused while the person is locked."""
    job_id = port.command(ErasePerson(person_id, reason))
    response.headers["Location"] = f"/api/v1/jobs/{job_id}"
    return Erasing(job_id=job_id)


def _person_by_id(port: LocalPort, person_id: str) -> Person:
    found = port.snapshot().people.person(person_id)
    if found is None:
        raise NotFound(f"There is no person {person_id[:70]}.")
    return found
