"""What people are compared over sites for: purposes that a hub offers and sites agree to, and what one site tells another of a person."""

import hashlib
import json
import math
import re
from dataclasses import field
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.history.timeline import LONGEST_SITE
from engine.model.plain_text import check_line
from engine.model.question_type import Question
from engine.model.value_class import dataclass

MOST_PURPOSES = 50
MOST_SITES = 500
MOST_VECTORS = 5
MOST_NUMBERS = 4_096
MOST_MATCHES = 5
LONGEST_MODEL = 80
_LONGEST_NAME, _LONGEST_TEXT = 80, 500
_MOST_DAYS = 3650
ELSEWHERE_ID = re.compile(r"el-[0-9a-f]{12}")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_DIGEST_LETTERS = 16
_ROUNDED = 1e-3


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why persons may be compared over sites. `words`: what is done, and for what. basis: why it is lawful. keep_days: so long a person
    stays under it, and their links stay with them. gallery: sites that agree are given the faces in numbers of persons under it, and say
    so when they see one of them."""

    id: str
    name: str
    words: str
    basis: str
    keep_days: int
    gallery: bool = False

    def __post_init__(self) -> None:
        check_purpose_id(self.id)
        for name, longest in (("name", _LONGEST_NAME), ("words", _LONGEST_TEXT), ("basis", _LONGEST_TEXT)):
            value = getattr(self, name)
            check_line(name, value)
            if not value.strip() or len(value) > longest:
                raise InputError(name, f"needs 1 to {longest} characters")
        if not 1 <= self.keep_days <= _MOST_DAYS:
            raise InputError("keep_days", f"has to be between 1 and {_MOST_DAYS}")

    @property
    def digest(self) -> str:
        """Of everything that is agreed to: a site that agreed to other terms has not agreed to these."""
        told = json.dumps([self.id, self.name, self.words, self.basis, self.keep_days, self.gallery], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:_DIGEST_LETTERS]


def check_purpose_id(purpose_id: str, name: str = "id") -> None:
    """Raises InputError (`name`)."""
    if not _ID.fullmatch(purpose_id):
        raise InputError(name, f"{purpose_id[:60]!r} may hold only a–z, 0–9 and -, at most 40, and begins with a letter or digit")


@dataclass(frozen=True, slots=True)
class SitePurpose:
    """A purpose as a site has it. `agreed_ns`: since when the site agrees to these terms; None: it does not. person_ids: who is under it
    here. links: how many of its persons the hub holds in links and proposals for it, as it said last."""

    purpose: Purpose
    agreed_ns: int | None = None
    agreed_by: str = ""
    person_ids: tuple[str, ...] = ()
    links: int = 0


@dataclass(frozen=True, slots=True)
class PersonDescription:
    """A person's faces in numbers, for other sites to compare. Biometric data: for one answer only, kept and logged nowhere.

    model: which file made them (its adapter and the beginning of its SHA-256); only numbers of the same model can be compared. vectors: of
    unit length, the best pictures first. pictures: how many there are.
    """

    model: str
    vectors: tuple[tuple[float, ...], ...] = field(repr=False)
    pictures: int

    def __post_init__(self) -> None:
        if not 0 < len(self.model) <= LONGEST_MODEL:
            raise InputError("model", f"needs 1 to {LONGEST_MODEL} characters")
        check_line("model", self.model)
        if not 1 <= len(self.vectors) <= MOST_VECTORS:
            raise InputError("vectors", f"needs 1 to {MOST_VECTORS} rows")
        if self.pictures < 1:
            raise InputError("pictures", "has to be at least 1")
        for vector in self.vectors:
            _check_vector(vector, len(self.vectors[0]))


def _check_vector(vector: tuple[float, ...], numbers: int) -> None:
    """Raises InputError (`vectors`). A length that is no number fails, too."""
    if not len(vector) == numbers <= MOST_NUMBERS:
        raise InputError("vectors", f"needs rows of one length, at most {MOST_NUMBERS} numbers")
    if not abs(math.hypot(*vector) - 1) <= _ROUNDED:
        raise InputError("vectors", "needs rows of unit length")


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """Who may be the person that another site described. `likeness`: raw cosine of the two best faces. pictures: of whom is here."""

    person_id: str
    likeness: float
    pictures: int

    def __post_init__(self) -> None:
        if not abs(self.likeness) <= 1 + _ROUNDED:
            raise InputError("likeness", "has to be between -1 and 1")


@dataclass(frozen=True, slots=True)
class PersonMatches:
    """The most alike first. `compared`: persons."""

    matches: tuple[PersonMatch, ...] = ()
    compared: int = 0


@dataclass(frozen=True, slots=True)
class SetPersonPurpose:
    """Put somebody under a purpose that this site has agreed to, so that they may be described to other sites for it; or not any longer."""

    verb: ClassVar[Verb] = Verb.EXPORT
    person_id: str
    purpose_id: str
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class ListPurposes(Question[tuple[SitePurpose, ...]]):
    """Those that this site's hub offers, by name, and who is under them here."""

    verb: ClassVar[Verb] = Verb.SEE_PAST


@dataclass(frozen=True, slots=True)
class DescribePerson(Question[PersonDescription]):
    """Somebody's faces in numbers, for a comparison at other sites. `sites`: what those are called that get it, for the audit. word: the
    hub's, without which it is not answered."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    person_id: str
    purpose_id: str
    sites: tuple[str, ...]
    word: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.sites) <= MOST_SITES:
            raise InputError("sites", f"needs 1 to {MOST_SITES} names")
        for name in self.sites:
            _check_site("sites", name)


@dataclass(frozen=True, slots=True)
class ComparePerson(Question[PersonMatches]):
    """Who here may be the person that another site describes. `from_site`: what that is called, for the audit. word: as of the other."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    purpose_id: str
    description: PersonDescription
    from_site: str
    word: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        _check_site("from_site", self.from_site)


def _check_site(name: str, value: str) -> None:
    """Raises InputError (`name`)."""
    if not 0 < len(value) <= LONGEST_SITE:
        raise InputError(name, f"needs 1 to {LONGEST_SITE} characters")
    check_line(name, value)


@dataclass(frozen=True, slots=True)
class KnownElsewhere:
    """Somebody whom another site has put under a purpose that has a gallery. Not a person of this site: no record of its own, never learned
    from, never known to a rule; forgotten when the hub names them no longer.

    id: made by the hub. purpose, site: what those are called. digest: another one when anything of it changed.
    """

    id: str
    purpose_id: str
    purpose: str
    site: str
    name: str
    description: PersonDescription
    until_ns: int
    digest: str

    def __post_init__(self) -> None:
        if not ELSEWHERE_ID.fullmatch(self.id):
            raise InputError("id", f"{self.id[:60]!r} is no id of somebody known elsewhere")
        check_purpose_id(self.purpose_id, "purpose_id")
        for name, longest in (("purpose", _LONGEST_NAME), ("site", LONGEST_SITE), ("name", 120), ("digest", 64)):
            value = getattr(self, name)
            check_line(name, value)
            if not 0 < len(value) <= longest:
                raise InputError(name, f"needs 1 to {longest} characters")

    @property
    def words(self) -> str:
        """As events call them, and nothing else does: so they can be found, and forgotten."""
        return f"Known at {self.site} as {self.name} ({self.purpose})"


PurposeQuestion: TypeAlias = ListPurposes | DescribePerson | ComparePerson
