"""`watchroom hub people`: for what people may be compared over sites, which are linked, and what is to be reviewed."""

import argparse
import json
from pathlib import Path
from typing import Any

from console.commands.named_account import BY
from console.folders import hub_data
from console.help.help_texts import add_action
from engine.gateway.hub.people_desk import judged_row
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import NotFound
from engine.model.people.person_links import LinkVerdict, PersonPair
from engine.model.people.purposes import Purpose
from engine.model.time import Clock, to_iso
from engine.model.wire import to_plain
from engine.runtime.data_folder import made_for_owner
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.shared.record import SharedRecord

_BESIDE = "Works beside a running hub."
_ANEW = "Works beside a running hub. Sites that agreed to other terms have to agree anew; links for those terms are removed."
_PERSON = "KEY/ID"


def add_actions(actions: Any) -> tuple[argparse.ArgumentParser, ...]:
    """Those that need the shared record."""
    listed = add_action(actions, "purposes", "for what people may be compared, and which sites agree to it", _BESIDE)
    put = add_action(actions, "put-purpose", "offer a purpose to the sites, or change its terms", _ANEW)
    put.add_argument("purpose", metavar="ID", help="a–z, 0–9 and -")
    put.add_argument("name", metavar="NAME", help="what it is called")
    put.add_argument("--words", required=True, metavar="TEXT", help="what is compared, and what for; each site reads it before it agrees")
    put.add_argument("--basis", required=True, metavar="TEXT", help="why this is lawful")
    put.add_argument("--keep-days", required=True, type=int, metavar="DAYS", help="how long a person stays under it (1–3650)")
    put.add_argument(
        "--gallery",
        action="store_true",
        help="give the faces in numbers of persons under it to sites that agree, which say so when they see one of them",
    )
    removed = add_action(actions, "remove-purpose", "offer a purpose no longer; its links are removed", _BESIDE)
    removed.add_argument("purpose", metavar="ID", help="as `hub people purposes` lists it")
    links = add_action(actions, "links", "persons of different sites who are one, and who were said not to be", _BESIDE)
    review = add_action(actions, "review", "persons who may be the same, the most alike first", _BESIDE)
    judged = add_action(actions, "judge", "say that two persons are the same, are not, or take that back", _BESIDE)
    judged.add_argument("purpose", metavar="ID", help="for which the pair was found")
    judged.add_argument("a", metavar=_PERSON, help="one person, as `hub people review` or `links` lists them")
    judged.add_argument("b", metavar=_PERSON, help="the other one")
    judged.add_argument("verdict", choices=[each.value for each in LinkVerdict], help="open: take back what was said")
    gallery = add_action(actions, "gallery", "who may be recognised at other sites, and which sites hold their faces in numbers", _BESIDE)
    for action in (listed, links, review, gallery):
        action.add_argument("--json", action="store_true", help="one JSON object a line")
    judged.add_argument("--data", type=Path, default=hub_data(), metavar="DIR", help="the hub's own folder (default %(default)s)")
    return listed, put, removed, links, review, judged, gallery


def run(parsed: argparse.Namespace, record: SharedRecord, clock: Clock) -> None:
    """Raises InputError, NotFound, EnvironmentFault."""
    links, now_ns = record.person_links, clock.now_ns()
    match parsed.people_action:
        case "purposes":
            _list_purposes(record, parsed.json)
        case "put-purpose":
            purpose = Purpose(parsed.purpose, parsed.name, parsed.words, parsed.basis, parsed.keep_days, parsed.gallery)
            links.put_purpose(purpose, AuditRow(now_ns, BY, HubVerb.PUT_PURPOSE, purpose.id, f"{purpose.name}, {purpose.keep_days} days"))
        case "remove-purpose":
            removed = links.remove_purpose(parsed.purpose, AuditRow(now_ns, BY, HubVerb.REMOVE_PURPOSE, parsed.purpose))
            print(f"{removed} links and proposals were removed with it.")
        case "links":
            _list_pairs([pair for pair in links.pairs() if pair.verdict is not LinkVerdict.OPEN], parsed.json)
        case "review":
            _list_pairs([pair for pair in links.pairs() if pair.verdict is LinkVerdict.OPEN], parsed.json)
        case "gallery":
            _list_gallery(record, parsed.json)
        case _:
            pair, verdict = _pair(links.pairs(), parsed), LinkVerdict(parsed.verdict)
            keys = HubKeys.in_folder(made_for_owner(parsed.data))
            links.judge(pair, verdict, judged_row(keys, pair, verdict, AuditRow(now_ns, BY, HubVerb.JUDGE_PAIR)))


def _list_purposes(record: SharedRecord, as_json: bool) -> None:
    agreed = record.person_links.agreed()
    for purpose in record.person_links.purposes():
        sites = sorted(each.site for each in agreed if each.purpose == purpose.id)
        if as_json:
            print(json.dumps({**to_plain(purpose), "sites": sites}, ensure_ascii=False))
        else:
            gallery = "  gallery" if purpose.gallery else ""
            print(f"{purpose.id}  {purpose.name}  {purpose.keep_days} days{gallery}  agreed: {', '.join(sites) or 'no site'}")
            print(f"    {purpose.words}")
            print(f"    Lawful basis: {purpose.basis}")


def _list_gallery(record: SharedRecord, as_json: bool) -> None:
    """With what sites hold that is there no more: they have not forgotten it yet."""
    entries, held = {entry.id: entry for entry in record.galleries.entries()}, record.galleries.held_entries()
    for key in sorted({*entries, *(each.id for each in held)}):
        entry, sites = entries.get(key), [each.site for each in held if each.id == key]
        person, purpose = ("", "") if entry is None else (entry.person, entry.purpose)
        until = "" if entry is None else to_iso(entry.until_ns)
        if as_json:
            print(json.dumps({"id": key, "person": person, "purpose": purpose, "until": until, "held_by": sites}))
        elif entry is None:
            print(f"{key}  removed, still held by: {', '.join(sites)}")
        else:
            print(f"{key}  {purpose}  {person}  until {until}  held by: {', '.join(sites) or 'no site'}")


def _list_pairs(pairs: list[PersonPair], as_json: bool) -> None:
    for pair in pairs:
        print(json.dumps(to_plain(pair), ensure_ascii=False) if as_json else _pair_line(pair))


def _pair_line(pair: PersonPair) -> str:
    said = f"{pair.verdict.value} by {pair.judged_by} {to_iso(pair.judged_ns)}" if pair.judged_ns else f"found {to_iso(pair.found_ns)}"
    return f"{pair.purpose}  {pair.a}  {pair.b}  likeness {pair.likeness:.2f}  {pair.model}  {said}"


def _pair(pairs: tuple[PersonPair, ...], parsed: argparse.Namespace) -> PersonPair:
    """Raises NotFound."""
    wanted = (parsed.purpose, *sorted((parsed.a, parsed.b)))
    found = next((pair for pair in pairs if (pair.purpose, *pair.ids) == wanted), None)
    if found is None:
        raise NotFound("There is no such pair of persons for this purpose. `hub people review` and `links` list them.")
    return found
