"""A hub asks a site something on behalf of a person: through the tunnel, signed in there as that person, with what they may there."""

from contextlib import suppress
from typing import TypeVar, cast

from engine.gateway.remote.calls import Caller
from engine.model.errors import WatchroomError
from engine.model.question_type import Question, answer_type
from engine.model.tolerant_wire import Omissions, reader
from engine.model.vocabulary import plain_for

T = TypeVar("T")
_BY_HUB, _SESSION, _ASK = "/api/v1/session/hub", "/api/v1/session", "/api/v1/port/ask"


def ask_site(port: int, word: str, question: Question[T]) -> T:
    """`port`: of this machine, which leads to the site's gateway. word: by which the person signs in there; they are signed out again.

    Raises what the site raises; NotSignedIn; EnvironmentFault (`unreachable`); InputError: it answers something else.
    """
    with Caller(f"http://127.0.0.1:{port}", "", False) as caller:
        caller.carry(str(caller.json("POST", _BY_HUB, json={"word": word}).get("token")))
        try:
            plain = caller.json("POST", _ASK, json=plain_for(question, None)).get("answer")
        finally:
            with suppress(WatchroomError):  # it answers nothing
                caller.json("DELETE", _SESSION)
    return cast("T", reader(answer_type(type(question)))(plain, "answer", Omissions()))
