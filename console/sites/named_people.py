"""People of the same name at several sites: each is shown with the site whose gallery they are in, and saved without it."""

from collections import defaultdict
from dataclasses import replace

from engine.gateway.federation.ids import site_key
from engine.gateway.federation.rewriting import unchecked_copy
from engine.model.command_terms import CommandTerms
from engine.model.people.commands import PutPerson, RenamePerson
from engine.model.people.person import Person


class NamedPeople:
    """Remembers what was shown last, so that what is as before stays the same object. UI thread."""

    def __init__(self) -> None:
        self._before: tuple[tuple[Person, ...], dict[str, str]] = ((), {})
        self._after: tuple[Person, ...] = ()
        self._named: dict[str, tuple[Person, str]] = {}  # by id: as shown, and what stands behind the name

    def with_site_names(self, persons: tuple[Person, ...], sites: dict[str, str]) -> tuple[Person, ...]:
        """`sites`: their names by key. The same tuple where nobody's name is used twice."""
        if (persons, sites) != self._before:
            self._before = persons, sites
            self._after = self._renamed_where_shared(persons, sites)
        return self._after if self._named else persons

    def _renamed_where_shared(self, persons: tuple[Person, ...], sites: dict[str, str]) -> tuple[Person, ...]:
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for person in persons:
            keys[person.name.casefold()].add(site_key(person.id))
        named = {person.id: self._person(person, sites) for person in persons if len(keys[person.name.casefold()]) > 1}
        self._named = named
        return tuple(named[person.id][0] if person.id in named else person for person in persons)

    def _person(self, person: Person, sites: dict[str, str]) -> tuple[Person, str]:
        ending = f" ({sites.get(site_key(person.id), site_key(person.id))})"
        return unchecked_copy(person, name=f"{person.name}{ending}"), ending

    def own(self, command: PutPerson | RenamePerson, terms: CommandTerms) -> tuple[PutPerson | RenamePerson, CommandTerms]:
        """As the person's site has it: without what was added to the name."""
        known = self._named.get(command.person_id)
        if known is None:
            return command, terms
        ending, basis = known[1], {} if terms.basis is None else dict(terms.basis)
        if str(basis.get("name", "")).endswith(ending):
            terms = replace(terms, basis={**basis, "name": str(basis["name"]).removesuffix(ending)})
        return replace(command, name=command.name.removesuffix(ending)), terms
