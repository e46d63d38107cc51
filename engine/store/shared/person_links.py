"""Persons of several sites who may be one: purposes, which site agrees to them, and pairs with what was said of them. No picture, no name
and no numbers of a face are here."""

from collections.abc import Callable, Mapping
from collections.abc import Sequence as Several
from dataclasses import replace

from sqlalchemy import Connection, RowMapping, text

from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.people.person_links import LinkVerdict, PersonPair, check_verdict
from engine.model.people.purposes import MOST_PURPOSES, Purpose
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_record
from engine.store.guarded import GuardedTables
from engine.store.shared.bulk import as_json
from engine.store.shared.hub_audit import add_hub_audit

PROPOSED_NS = 30 * 86_400 * SECOND
"""A proposal of which nobody says anything is forgotten then."""
SETTLED_NS = 60 * SECOND
"""A site may have said who is under a purpose just before somebody was put there and described."""
MOST_LISTED = 10_000
_CHANGING = 0x5752_0007  # the lock of whoever gives a verdict: two at once could contradict each other
_PUT_PURPOSE = text(
    "INSERT INTO people_purposes (id, name, words, basis, keep_days, gallery) VALUES (:id, :name, :words, :basis, :keep_days, :gallery)"
    " ON CONFLICT (id) DO UPDATE SET name = excluded.name, words = excluded.words, basis = excluded.basis,"
    " keep_days = excluded.keep_days, gallery = excluded.gallery"
)
_PROPOSE = text(
    "INSERT INTO person_pairs (purpose, a, b, described, likeness, model, pictures, found_by, found_ns) VALUES"
    " (:purpose, :a, :b, :described, :likeness, :model, CAST(:pictures AS jsonb), :found_by, :found_ns)"
    " ON CONFLICT (purpose, a, b) DO UPDATE SET described = excluded.described, likeness = excluded.likeness, model = excluded.model,"
    " pictures = excluded.pictures, found_by = excluded.found_by, found_ns = excluded.found_ns WHERE person_pairs.verdict = 'open'"
)
_OF_SITE = "(split_part(a, '/', 1) = :site OR split_part(b, '/', 1) = :site)"
_UNHELD = {  # why, and which
    "not agreed to": f"{_OF_SITE} AND purpose NOT IN (SELECT jsonb_array_elements_text(CAST(:held AS jsonb)))",
    "no longer under the purpose": "split_part(described, '/', 1) = :site AND found_ns < :settled_ns"
    " AND purpose || E'\\n' || described NOT IN (SELECT jsonb_array_elements_text(CAST(:kept AS jsonb)))",
    "not known there": "a IN (SELECT jsonb_array_elements_text(CAST(:gone AS jsonb)))"
    " OR b IN (SELECT jsonb_array_elements_text(CAST(:gone AS jsonb)))",
}
_FORGET_OLD = text("DELETE FROM person_pairs WHERE verdict = 'open' AND found_ns < :before_ns")
_JUDGE = text(
    "UPDATE person_pairs SET verdict = :verdict, judged_by = :by, judged_ns = :at_ns WHERE purpose = :purpose AND a = :a AND b = :b"
)


@dataclass(frozen=True, slots=True)
class AgreedSite:
    """A site that agrees to the terms of a purpose as they are now."""

    site: str
    purpose: str


class PersonLinkTable(GuardedTables):
    """Any thread; one transaction a call. Faults are EnvironmentFault. Ids of persons begin with the key of their site."""

    def purposes(self) -> tuple[Purpose, ...]:
        """By name."""
        with self._read() as connection:
            return _purposes(connection)

    def purpose(self, purpose_id: str) -> Purpose:
        """Raises NotFound."""
        found = next((each for each in self.purposes() if each.id == purpose_id), None)
        if found is None:
            raise NotFound(f"There is no purpose {purpose_id[:60]!r}.")
        return found

    def put_purpose(self, purpose: Purpose, row: AuditRow) -> None:
        """A new one, or other terms, to which every site has to agree anew. `row`: for the audit. Raises EnvironmentFault (`full`)."""
        with self._write() as connection:
            others = [each for each in _purposes(connection) if each.id != purpose.id]
            if len(others) >= MOST_PURPOSES:
                raise EnvironmentFault("full", f"There are {MOST_PURPOSES} purposes already, which is as many as there may be.")
            names = ("id", "name", "words", "basis", "keep_days", "gallery")
            connection.execute(_PUT_PURPOSE, {name: getattr(purpose, name) for name in names})
            add_hub_audit(connection, row)

    def remove_purpose(self, purpose_id: str, row: AuditRow) -> int:
        """With its links and proposals: how many. Raises NotFound."""
        with self._write() as connection:
            removed = connection.execute(text("DELETE FROM person_pairs WHERE purpose = :id"), {"id": purpose_id}).rowcount
            if not connection.execute(text("DELETE FROM people_purposes WHERE id = :id"), {"id": purpose_id}).rowcount:
                raise NotFound(f"There is no purpose {purpose_id[:60]!r}.")
            add_hub_audit(connection, row)
            return removed

    def agreed(self) -> frozenset[AgreedSite]:
        """Sites that have not left."""
        with self._read() as connection:
            return agreed_sites(connection)

    def settle(self, site: str, agreed: Mapping[str, str], persons: Mapping[str, Several[str]], unknown: Several[str], now_ns: int) -> None:
        """What a site says. Links and proposals that it does not agree to any more go, those of persons whom it described and who are not
        under the purpose any more, of persons whom it does not know, and all proposals that are too old.

        `agreed`: the digest of the terms, by purpose. persons: qualified ids, by purpose. unknown: qualified ids.
        """
        with self._write() as connection:
            _note_agreed(connection, site, agreed)
            held = as_json([each.purpose for each in agreed_sites(connection) if each.site == site])
            kept = as_json([f"{purpose}\n{person_id}" for purpose, ids in persons.items() for person_id in ids])
            gone = as_json([each for each in unknown if each.startswith(f"{site}/")])
            values = {"site": site, "held": held, "kept": kept, "gone": gone, "settled_ns": now_ns - SETTLED_NS}
            for why, where in _UNHELD.items():
                removed = connection.execute(text(f"DELETE FROM person_pairs WHERE {where}"), values).rowcount
                if removed:
                    add_hub_audit(connection, AuditRow(now_ns, "", HubVerb.REMOVE_LINKS, site, f"{removed}: {why}"))
            connection.execute(_FORGET_OLD, {"before_ns": now_ns - PROPOSED_NS})

    def linked(self, site: str) -> dict[str, tuple[str, ...]]:
        """By purpose, qualified ids of this site's persons in links and proposals."""
        found: dict[str, set[str]] = {}
        with self._read() as connection:
            for row in connection.execute(text(f"SELECT purpose, a, b FROM person_pairs WHERE {_OF_SITE}"), {"site": site}):
                found.setdefault(row.purpose, set()).update(each for each in (row.a, row.b) if each.startswith(f"{site}/"))
        return {purpose: tuple(sorted(ids)) for purpose, ids in found.items()}

    def propose(self, pairs: Several[PersonPair]) -> tuple[PersonPair, ...]:
        """As they are then: a verdict stays."""
        with self._write() as connection:
            for pair in pairs:
                names = ("purpose", "a", "b", "described", "likeness", "model", "found_by", "found_ns")
                values = {name: getattr(pair, name) for name in names}
                connection.execute(_PROPOSE, {**values, "pictures": as_json(list(pair.pictures))})
            return tuple(_pair(connection, pair.purpose, pair.a, pair.b) for pair in pairs)

    def pairs(self) -> tuple[PersonPair, ...]:
        """Those of which somebody said something, then the others; of each the most alike first."""
        with self._read() as connection:
            return _pairs(connection)

    def judge(self, pair: PersonPair, verdict: LinkVerdict, row: AuditRow, is_told: Callable[[str], bool] = lambda _: True) -> PersonPair:
        """`row`: who, when, for the audit. is_told: see `check_verdict`. Raises NotFound; InputError (`verdict`): it contradicts others."""
        with self._write() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_CHANGING})"))
            before = _pair(connection, pair.purpose, pair.a, pair.b)
            if before.verdict is verdict:
                return before
            others = [each for each in _pairs(connection) if (each.purpose, each.ids) != (pair.purpose, pair.ids)]
            check_verdict(before, verdict, others, is_told)
            values = {"verdict": verdict.value, "by": row.by, "at_ns": row.at_ns, "purpose": pair.purpose, "a": pair.a, "b": pair.b}
            connection.execute(_JUDGE, values)
            add_hub_audit(connection, row)
            return replace(before, verdict=verdict, judged_by=row.by, judged_ns=row.at_ns)


def forget_person(connection: Connection, person_id: str) -> None:
    """In the caller's transaction: they were erased. `person_id`: qualified."""
    connection.execute(text("DELETE FROM person_pairs WHERE a = :id OR b = :id"), {"id": person_id})
    connection.execute(text("DELETE FROM gallery_entries WHERE person = :id"), {"id": person_id})


def forget_site(connection: Connection, site: str) -> None:
    """In the caller's transaction: it has left."""
    connection.execute(text(f"DELETE FROM person_pairs WHERE {_OF_SITE}"), {"site": site})
    connection.execute(text("DELETE FROM site_purposes WHERE site = :site"), {"site": site})
    connection.execute(text("DELETE FROM gallery_entries WHERE split_part(person, '/', 1) = :site"), {"site": site})


def _note_agreed(connection: Connection, site: str, agreed: Mapping[str, str]) -> None:
    """Written only where it changed: a site says it every few seconds."""
    told = connection.execute(text("SELECT purpose, digest FROM site_purposes WHERE site = :site"), {"site": site})
    if {row.purpose: row.digest for row in told} == dict(agreed):
        return
    connection.execute(text("DELETE FROM site_purposes WHERE site = :site"), {"site": site})
    put = text("INSERT INTO site_purposes (site, purpose, digest) VALUES (:site, :purpose, :digest)")
    for purpose, digest in agreed.items():
        connection.execute(put, {"site": site, "purpose": purpose, "digest": digest})


def _purposes(connection: Connection) -> tuple[Purpose, ...]:
    rows = connection.execute(text("SELECT id, name, words, basis, keep_days, gallery FROM people_purposes ORDER BY name, id")).mappings()
    return tuple(Purpose(**row) for row in rows)


def agreed_sites(connection: Connection, with_gallery: bool = False) -> frozenset[AgreedSite]:
    """To the terms as they are now; sites that have not left. `with_gallery`: only purposes that have one."""
    digests = {purpose.id: purpose.digest for purpose in _purposes(connection) if purpose.gallery or not with_gallery}
    rows = connection.execute(
        text("SELECT p.site, p.purpose, p.digest FROM site_purposes p JOIN shared_sites s ON s.key = p.site WHERE s.retired_ns IS NULL")
    )
    return frozenset(AgreedSite(row.site, row.purpose) for row in rows if digests.get(row.purpose) == row.digest)


def _pairs(connection: Connection) -> tuple[PersonPair, ...]:
    rows = connection.execute(
        text("SELECT * FROM person_pairs ORDER BY verdict = 'open', likeness DESC, purpose, a, b LIMIT :most"), {"most": MOST_LISTED}
    )
    return tuple(_read_pair(row) for row in rows.mappings())


def _pair(connection: Connection, purpose: str, a: str, b: str) -> PersonPair:
    """Raises NotFound."""
    one = text("SELECT * FROM person_pairs WHERE purpose = :purpose AND a = :a AND b = :b")
    row = connection.execute(one, {"purpose": purpose, "a": a, "b": b}).mappings().first()
    if row is None:
        raise NotFound("There is no such pair of persons for this purpose. It may have been removed meanwhile.")
    return _read_pair(row)


def _read_pair(row: RowMapping) -> PersonPair:
    return read_record(PersonPair, dict(row))
