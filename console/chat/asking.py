"""One question to the sites of a console, each for itself: their answers come at different times, and some never."""

from collections.abc import Mapping
from dataclasses import field

from engine.model.value_class import dataclass


@dataclass(slots=True)
class Asking:
    """UI thread. `sites`: names by key of those that are asked; a console of one site asks one without a key. number: tells it from others.

    troubles: why sites did not answer, by key. answered: how many did.
    """

    number: int
    question: str
    sites: Mapping[str, str]
    troubles: dict[str, str] = field(default_factory=dict)
    answered: int = 0
    done: set[str] = field(default_factory=set)

    @property
    def missing_names(self) -> tuple[str, ...]:
        """Names of the sites that have not answered yet."""
        return tuple(name for key, name in self.sites.items() if key not in self.done)

    @property
    def over(self) -> bool:
        return len(self.done) == len(self.sites)
