"""What all questions have in common: the verb that one needs, and the type of its answer."""

from functools import cache
from typing import Any, ClassVar, Generic, TypeVar, get_args, get_origin

from engine.model.accounts.access import Verb

T_co = TypeVar("T_co", covariant=True)


class Question(Generic[T_co]):
    """A typed question; whoever asks `Question[T]` gets a `T`. Frozen values, sent to engines elsewhere as tagged JSON."""

    __slots__ = ()
    verb: ClassVar[Verb]


class RecordQuestion(Question[T_co]):
    """One that the database answers by itself."""

    __slots__ = ()


@cache
def answer_type(kind: type[Question[Any]]) -> Any:
    """The `T` of a question's class, for those who read answers from JSON. Raises TypeError where the class does not say."""
    for base in getattr(kind, "__orig_bases__", ()):
        if issubclass(get_origin(base) or object, Question):
            return get_args(base)[0]
    raise TypeError(f"{kind.__name__} does not say what its answer is")
