"""Persons of several sites who may be one: what was found, what people say of it, and who is one person by all of that."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from engine.model.errors import InputError
from engine.model.people.purposes import Purpose
from engine.model.value_class import dataclass

HIDDEN = "cannot be “same”: what was said of persons of another site speaks against it. Ask who may see all sites"


class LinkVerdict(StrEnum):
    OPEN = "open"  # nobody has said yet
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class PersonPair:
    """Two persons of different sites, by qualified id (`north/pe-1`), `a` before `b`, for one purpose.

    Attributes:
        described: which of them was described to the other's site. likeness: raw cosine. model: by which file. pictures: of `a`, of `b`.
        found_by, found_ns: who asked for the comparison, and when. judged_by, judged_ns: who gave the verdict, and when.
    """

    purpose: str
    a: str
    b: str
    described: str
    likeness: float
    model: str
    pictures: tuple[int, int] = (0, 0)
    found_by: str = ""
    found_ns: int = 0
    verdict: LinkVerdict = LinkVerdict.OPEN
    judged_by: str = ""
    judged_ns: int = 0

    @property
    def ids(self) -> tuple[str, str]:
        return self.a, self.b


@dataclass(frozen=True, slots=True)
class OfferedPurpose:
    """`sites`: that agree to it, of those that the account may see as a whole."""

    purpose: Purpose
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SkippedSite:
    """A site that compared nothing. `reason`: a sentence."""

    site: str
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`pairs`: the most alike first, with what was said of them before. compared: sites that did."""

    pairs: tuple[PersonPair, ...]
    compared: tuple[str, ...]
    skipped: tuple[SkippedSite, ...]


class LinkGroups:
    """Who is one person: connected by verdicts `same`, and never against a verdict `different`. One thread at a time."""

    def __init__(self, pairs: Iterable[PersonPair]) -> None:
        """Verdicts that contradict each other cannot be given one after the other, but come from a backup, or two hubs at once: then those
        given earlier hold."""
        self._members: dict[str, set[str]] = {}
        known = tuple(pairs)
        self._apart = {pair.ids for pair in known if pair.verdict is LinkVerdict.DIFFERENT}
        for pair in sorted((each for each in known if each.verdict is LinkVerdict.SAME), key=lambda each: (each.judged_ns, each.ids)):
            if self.veto(*pair.ids) is None:
                self._join(*pair.ids)

    def group_of(self, person_id: str) -> frozenset[str]:
        """With themselves."""
        return frozenset(self._members.get(person_id, {person_id}))

    def groups(self) -> tuple[frozenset[str], ...]:
        """Those of several, by their first id."""
        found = {id(group): group for group in self._members.values()}
        return tuple(sorted(map(frozenset, found.values()), key=min))

    def veto(self, a: str, b: str) -> tuple[str, str] | None:
        """Two whom a verdict `different` keeps apart, and whom this link would make one; None: nothing speaks against it."""
        ones, others = self.group_of(a), self.group_of(b)
        for x, y in sorted(self._apart):
            if (x in ones and y in others) or (y in ones and x in others):
                return x, y
        return None

    def _join(self, a: str, b: str) -> None:
        joined = set(self.group_of(a) | self.group_of(b))
        for person_id in joined:
            self._members[person_id] = joined


def check_verdict(
    pair: PersonPair, verdict: LinkVerdict, others: Iterable[PersonPair], is_told: Callable[[str], bool] = lambda _: True
) -> None:
    """`others`: all pairs but this one. is_told: whether who gives it may hear of a person. Raises InputError (`verdict`): it contradicts
    what was said before."""
    groups = LinkGroups(others)
    if verdict is LinkVerdict.SAME and (apart := groups.veto(*pair.ids)) is not None:
        if not all(map(is_told, apart)):
            raise InputError("verdict", HIDDEN)
        raise InputError("verdict", f"cannot be “same”: {apart[0]} and {apart[1]} were said not to be the same. Undo that first")
    if verdict is LinkVerdict.DIFFERENT and pair.b in groups.group_of(pair.a):
        raise InputError("verdict", "cannot be “not the same”: other links make them one person. Undo one of those first")
