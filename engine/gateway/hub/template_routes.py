"""Rules and settings for several sites, over HTTP. For administrators of the hub."""

from typing import Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from engine.gateway.hub.template_door import MOST_ASKED
from engine.gateway.hub.visitors import HubDoorOf, SessionOf
from engine.model.templates import LONGEST_NAME, LONGEST_NOTE, OrderAct
from engine.model.wire import to_plain

TEMPLATES = "/api/v1/hub/templates"
router = APIRouter(tags=["templates"])


class TemplateIn(BaseModel):
    """The next version of the template of this name, or the first."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    values: dict[str, Any] = Field(description="by field, as gates.min_confidence; a rule is one, as alerts.rules[gate-at-night]")
    note: str = Field("", max_length=LONGEST_NOTE, description="why it was made")


class OrderIn(BaseModel):
    act: OrderAct = Field(description="take: present values, of no template; dry_run; apply")
    sites: list[str] = Field(min_length=1, max_length=MOST_ASKED, description="their keys")
    template: str = Field("", max_length=200, description="its name or id; empty for take")
    version: int = Field(0, ge=0, description="0: the newest")


class ListOut(BaseModel):
    """Values of the model, in their wire form."""

    items: list[dict[str, Any]]


def _list_out(values: Any) -> ListOut:
    return ListOut(items=[to_plain(each) for each in values])


@router.get(TEMPLATES, summary="All templates, by name")
def templates(door: HubDoorOf, session: SessionOf) -> ListOut:
    return _list_out(door.templates.templates(session))


@router.post(TEMPLATES, status_code=201, summary="Keep a version of a template")
def put_template(door: HubDoorOf, session: SessionOf, body: TemplateIn) -> dict[str, Any]:
    """Versions never change. Answers the version."""
    return _version_out(door.templates.put(session, body.name, body.values, body.note))


@router.get(f"{TEMPLATES}/drift", summary="What each site has told of its templates, and how it differs from them")
def drift(door: HubDoorOf, session: SessionOf) -> ListOut:
    return _list_out(door.templates.drift(session))


@router.get(f"{TEMPLATES}/orders", summary="What became of orders")
def orders(door: HubDoorOf, session: SessionOf, id: list[str] = Query(max_length=MOST_ASKED)) -> ListOut:  # noqa: B008  # as FastAPI has it
    return _list_out(door.templates.orders(session, id))


@router.post(f"{TEMPLATES}/orders", status_code=201, summary="Ask sites for their values, for a dry run, or to apply a template")
def order(door: HubDoorOf, session: SessionOf, body: OrderIn) -> ListOut:
    """In the database when this is answered; sites that answer the hub have carried it out some seconds later."""
    desk = door.templates
    if body.act is OrderAct.TAKE:
        return _list_out(desk.ask_values(session, site) for site in body.sites)
    return _list_out((desk.dry_run if body.act is OrderAct.DRY_RUN else desk.apply)(session, body.template, body.version, body.sites))


@router.get(f"{TEMPLATES}/{{template}}/versions", summary="Its versions with their values, newest first")
def versions(door: HubDoorOf, session: SessionOf, template: str) -> ListOut:
    return ListOut(items=[_version_out(each) for each in door.templates.versions(session, template)])


def _version_out(version: Any) -> dict[str, Any]:
    """`values` are plain already."""
    named = {name: getattr(version, name) for name in ("template", "number", "at_ns", "by", "note")}
    return {**named, "values": dict(version.values)}
