"""Anthropic's Messages API by its SDK, streamed: one turn at a time, with a time by which the whole answer has to be there.

The SDK's own retries do not know that time, so they are off, and tried again here: what the SDK's documentation calls worth it (408, 409,
429, 5xx, no connection), after `Retry-After` where that is given, else after half a second, one, two.
"""

import ipaddress
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from engine.history.claude.prices import Used
from engine.model.errors import EnvironmentFault
from engine.model.value_class import dataclass

if TYPE_CHECKING:
    from anthropic import Anthropic

ANTHROPIC = "https://api.anthropic.com"
NO_KEY = "none"  # what a server that needs no key is given
_WORTH_AGAIN = frozenset({408, 409, 429})
_FIRST_PAUSE_S = 0.5
_CONNECT_S = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said in one turn. `content`: blocks as the API has them, to be sent back with the next turn."""

    content: list[dict[str, Any]]
    stop_reason: str
    used: Used


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`key`, `base_url` may be empty: of a server that needs none, and Anthropic's."""

    key: str
    base_url: str
    retries: int

    def __repr__(self) -> str:
        return f"Endpoint({self.base_url!r})"


class Messages:
    """One question's turns. One thread, the caller's. `monotonic`, `sleep`: of the `time` module."""

    def __init__(
        self,
        endpoint: Endpoint,
        deadline_s: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`deadline_s`: by `monotonic`."""
        self._endpoint, self._deadline_s, self._monotonic, self._sleep = endpoint, deadline_s, monotonic, sleep
        self.sent = False  # whether the last turn may have been charged for, although it failed

    def turn(self, **request: Any) -> Reply:
        """Raises EnvironmentFault: `claude_slow`, `claude_refused`, `claude_unreachable`, `claude_busy`, `claude_broken`."""
        pause_s = _FIRST_PAUSE_S
        tries = 0
        while True:
            try:
                return self._try(request)
            except _Again as again:
                tries += 1
                wait_s = again.after_s if again.after_s is not None else pause_s
                if tries > self._endpoint.retries or self.left_s() <= wait_s:
                    raise again.fault from None
                self._sleep(wait_s)
                pause_s *= 2

    def left_s(self) -> float:
        return self._deadline_s - self._monotonic()

    def _try(self, request: dict[str, Any]) -> Reply:
        import anthropic
        import httpx2

        self.sent = False
        if self.left_s() <= 0:
            raise slow()
        try:
            with self._client() as client:
                self.sent = True
                return self._stream(client, request)
        except anthropic.APITimeoutError as error:
            self.sent = not _in_vain(error)
            raise slow() from None
        except anthropic.APIStatusError as error:
            self.sent = False
            raise _status(error) from None
        except anthropic.APIConnectionError as error:
            self.sent = not _in_vain(error)
            raise self._late() or _Again(_fault("claude_unreachable", "The language model cannot be reached.")) from None
        except httpx2.HTTPError:  # in the middle of an answer
            raise self._late() or _Again(_fault("claude_unreachable", "The connection to the language model broke off.")) from None
        except anthropic.AnthropicError as error:
            raise _unreadable(error) from None
        except (ValueError, AssertionError, KeyError, IndexError, AttributeError, TypeError, RuntimeError) as error:
            raise self._late() or _unreadable(error) from None

    def _late(self) -> EnvironmentFault | None:
        return slow() if self.left_s() <= 0 else None

    def _client(self) -> "Anthropic":
        import anthropic
        import httpx2

        from engine.history.claude.deadline import DeadlineTransport

        left = max(self.left_s(), 0.05)
        patience = anthropic.Timeout(left, connect=min(left, _CONNECT_S))
        transport = DeadlineTransport(httpx2.HTTPTransport(), lambda: self.left_s() > 0)
        http = anthropic.DefaultHttpxClient(transport=transport, timeout=patience, follow_redirects=False)
        base_url = self._endpoint.base_url or ANTHROPIC
        return anthropic.Anthropic(
            api_key=self._endpoint.key or NO_KEY, base_url=base_url, timeout=patience, max_retries=0, http_client=http
        )

    def _stream(self, client: "Anthropic", request: dict[str, Any]) -> Reply:
        with client.messages.stream(**request) as stream:
            for _ in stream:
                if self.left_s() <= 0:
                    raise slow()
            message = stream.get_final_message()
        usage = message.usage
        used = Used(usage.input_tokens, usage.output_tokens, usage.cache_creation_input_tokens or 0, usage.cache_read_input_tokens or 0)
        return Reply(list(_blocks(message.content)), message.stop_reason or "", used)


def is_of_this_machine(base_url: str) -> bool:
    """Whether the model runs here, so that nothing leaves."""
    host = urlsplit(base_url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load_sdk() -> None:
    """All of it that a question needs: the first time that takes a second or more, on a busy machine ten. Any thread."""
    import anthropic
    import httpx2

    import engine.history.claude.deadline  # noqa: F401  # pyright: ignore[reportUnusedImport] - loaded, not used

    with anthropic.Anthropic(
        api_key="none", max_retries=0, http_client=anthropic.DefaultHttpxClient(transport=httpx2.HTTPTransport())
    ) as one:
        _ = one.messages.stream


def _blocks(content: list[Any]) -> Iterator[dict[str, Any]]:
    """Of those kinds that are used; others (thinking) are not asked for."""
    for block in content:
        if block.type == "text" and block.text:
            yield {"type": "text", "text": block.text}
        elif block.type == "tool_use":
            yield {"type": "tool_use", "id": block.id, "name": block.name, "input": block.input}


def _in_vain(error: BaseException) -> bool:
    """Nobody was there to send anything to."""
    import httpx2

    return isinstance(error.__cause__, (httpx2.ConnectError, httpx2.ConnectTimeout))


class _Again(Exception):
    def __init__(self, fault: EnvironmentFault, after_s: float | None = None) -> None:
        self.fault, self.after_s = fault, after_s


def _status(error: Any) -> Exception:
    code = int(error.status_code)
    if code in (401, 403):
        return _fault("claude_refused", f"The language model refused the key ({code}). An admin has to enter a valid one.")
    if code in _WORTH_AGAIN or code >= 500:
        word = "has too much to do" if code in (429, 529) else "has trouble of its own"
        return _Again(_fault("claude_busy", f"The language model {word} ({code})."), _after(error.response.headers.get("retry-after", "")))
    return _fault("claude_refused", f"The language model refused the question ({code}).")


def _after(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        return None


def _unreadable(error: Exception) -> EnvironmentFault:
    return _fault("claude_broken", f"The answer of the language model cannot be read ({type(error).__name__}).")


def slow() -> EnvironmentFault:
    return _fault("claude_slow", "The language model did not answer in time.")


def _fault(reason: str, message: str) -> EnvironmentFault:
    return EnvironmentFault(reason, message)
