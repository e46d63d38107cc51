"""What a hub takes and answers over HTTP, as bodies of its routes."""

from typing import Any

from pydantic import BaseModel, Field

from engine.gateway.hub.oidc.door import BegunSignIn
from engine.gateway.schemas import optional_iso
from engine.model import wire
from engine.model.alerts.alert import IntentState
from engine.model.alerts.intent import Intent
from engine.model.command_terms import LONGEST_KEY
from engine.model.people.person_links import Comparison, LinkVerdict, OfferedPurpose, PersonPair
from engine.model.time import to_iso
from engine.store.shared.record import SharedSite


class Joining(BaseModel):
    """`key`: the public half of the site's own."""

    code: str = Field(min_length=1, max_length=100)
    key: str = Field(min_length=1, max_length=100)
    spare_key: str = Field("", max_length=100, description="of a spare, for encryption; empty: this is a site")


class JoinAnswer(BaseModel):
    """`site`: its key at this hub. nats: where it finds it. claims: what it shows there. hub_key: by which the hub signs its word."""

    site: str
    nats: str
    claims: str
    hub_key: str


class ChallengeOut(BaseModel):
    challenge: str = Field(description="to be signed by the site's key, within two minutes")


class Renewal(BaseModel):
    """`key`: the public half of the site's own. proof: its signature of the challenge."""

    site: str = Field(min_length=1, max_length=100)
    key: str = Field(min_length=1, max_length=100)
    challenge: str = Field(min_length=1, max_length=1000)
    proof: str = Field(min_length=1, max_length=200)


class RenewalOut(BaseModel):
    claims: str


class HubOut(BaseModel):
    version: str
    provider: str = Field(description="of the identity of people without a password here; empty: there is none")
    device_codes: bool = Field(description="whether one signs in there with another device, too")


class BrowserIn(BaseModel):
    port: int = Field(ge=1024, le=65535, description="of 127.0.0.1 on the console's machine, where it waits for the browser")


class BegunOut(BaseModel):
    flow: str = Field(description="by which it is finished; a secret of whoever began it")
    url: str = Field(description="where the person signs in")
    code: str = Field(description="which they enter there; empty: none")
    state: str = Field(description="comes back with the browser's code; empty: with another device")
    expires_s: int

    @classmethod
    def of(cls, begun: BegunSignIn) -> "BegunOut":
        return cls(flow=begun.flow, url=begun.url, code=begun.code, state=begun.state, expires_s=begun.expires_s)


class BrowserCode(BaseModel):
    flow: str = Field(min_length=1, max_length=100)
    code: str = Field(min_length=1, max_length=4096)
    state: str = Field(min_length=1, max_length=200)
    issuer: str = Field("", max_length=1000, description="`iss` as the browser brought it")


class DeviceFlow(BaseModel):
    flow: str = Field(min_length=1, max_length=100)


class SiteOut(BaseModel):
    """`heard`: when it last told something; null: it has not yet. stands_for: the site that a spare's part records for, by its key."""

    key: str
    name: str
    heard: str | None
    stands_for: str = ""

    @classmethod
    def of(cls, site: SharedSite) -> "SiteOut":
        return cls(key=site.key, name=site.name, heard=to_iso(site.heard_ns) if site.heard_ns else None, stands_for=site.stands_for)


class SitesOut(BaseModel):
    sites: list[SiteOut]


class WordOut(BaseModel):
    word: str = Field(description="good once, within a minute, at this site only")


class IntentIn(BaseModel):
    id: str = Field(min_length=1, max_length=LONGEST_KEY, description="given by the sender: sent again under it, it is kept once")
    command: dict[str, Any] = Field(
        description="`type` (ChangeAlert, AssignAlert, NoteAlert, ErasePerson) and its fields; ids are the site's"
    )
    seen_assignee: str | None = Field(default=None, description="with whom the alert was, as the sender saw it")


class IntentOut(BaseModel):
    """`state`: waiting (the site has not been told), done, beside (somebody was first), refused, expired."""

    id: str
    command: dict[str, Any]
    said: str
    by: str
    by_id: str = Field(description="as the site has it")
    state: IntentState
    outcome: str
    ended: str | None

    @classmethod
    def of(cls, intent: Intent) -> "IntentOut":
        return cls(
            id=intent.id,
            command=wire.to_plain(intent.command, tagged=True),
            said=to_iso(intent.said_ns),
            by=intent.by,
            by_id=intent.by_id,
            state=intent.state,
            outcome=intent.outcome,
            ended=optional_iso(intent.ended_ns),
        )


class IntentsOut(BaseModel):
    intents: list[IntentOut]


class PurposeOut(BaseModel):
    """`sites`: keys of those that agree to these terms, of those that the account may see as a whole."""

    id: str
    name: str
    words: str
    basis: str
    keep_days: int
    gallery: bool = Field(description="sites that agree are given the faces in numbers of persons under it, and recognise them")
    sites: list[str]

    @classmethod
    def of(cls, offered: OfferedPurpose) -> "PurposeOut":
        purpose = offered.purpose
        terms = {"id": purpose.id, "name": purpose.name, "words": purpose.words, "basis": purpose.basis}
        return cls(**terms, keep_days=purpose.keep_days, gallery=purpose.gallery, sites=list(offered.sites))


class PurposesOut(BaseModel):
    purposes: list[PurposeOut]


class ComparisonIn(BaseModel):
    site: str = Field(min_length=1, max_length=32, description="where the person is known")
    person_id: str = Field(min_length=1, max_length=200, description="as that site has it")
    purpose: str = Field(min_length=1, max_length=40)


class PairOut(BaseModel):
    """`a`, `b`: a site's key, `/`, and the person's id there. described: which of them the other site was given the description of."""

    purpose: str
    a: str
    b: str
    described: str
    likeness: float = Field(description="raw cosine of the two best faces")
    model: str
    pictures: tuple[int, int]
    found_by: str
    found: str
    verdict: LinkVerdict
    judged_by: str
    judged: str | None

    @classmethod
    def of(cls, pair: PersonPair) -> "PairOut":
        plain = wire.to_plain(pair)
        judged = optional_iso(plain.pop("judged_ns") or None)
        return cls(found=to_iso(plain.pop("found_ns")), judged=judged, **plain)


class PairsOut(BaseModel):
    pairs: list[PairOut]


class SkippedOut(BaseModel):
    site: str
    reason: str


class ComparisonOut(BaseModel):
    """`compared`: keys of the sites that did. skipped: those that did not, each with a sentence."""

    pairs: list[PairOut]
    compared: list[str]
    skipped: list[SkippedOut]

    @classmethod
    def of(cls, found: Comparison) -> "ComparisonOut":
        skipped = [SkippedOut(site=each.site, reason=each.reason) for each in found.skipped]
        return cls(pairs=[PairOut.of(pair) for pair in found.pairs], compared=list(found.compared), skipped=skipped)


class VerdictIn(BaseModel):
    purpose: str = Field(min_length=1, max_length=40)
    a: str = Field(min_length=1, max_length=240)
    b: str = Field(min_length=1, max_length=240)
    verdict: LinkVerdict
