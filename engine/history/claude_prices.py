"""What tokens of Claude cost, as its maker lists them (US dollars a million tokens; without cache, batches and taxes), and what was used.

Prices change, and models come that are not listed here: those count as the dearest that is, so that a budget is never overdrawn unseen.
"""

from dataclasses import dataclass

PRICES: tuple[tuple[str, float, float], ...] = (  # model id begins with, input, output
    ("claude-haiku-4-5", 1.0, 5.0),
    ("claude-sonnet-4", 3.0, 15.0),
    ("claude-opus-4-5", 5.0, 25.0),
    ("claude-opus-4-6", 5.0, 25.0),
    ("claude-opus-4", 15.0, 75.0),
)
DEAREST = (15.0, 75.0)
CACHE_WRITE, CACHE_READ = 1.25, 0.1  # of the input price
LETTERS_A_TOKEN = 2.5  # on the safe side of JSON and English, to say beforehand what a request may cost


@dataclass(frozen=True, slots=True)
class Used:
    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0


def price_of(model: str) -> tuple[float, float]:
    return next(((into, out) for begin, into, out in PRICES if model.startswith(begin)), DEAREST)


def is_listed(model: str) -> bool:
    return any(model.startswith(begin) for begin, _, _ in PRICES)


def micro_usd(model: str, used: Used) -> int:
    """Rounded up."""
    into, out = price_of(model)
    read = used.input_tokens + CACHE_WRITE * used.cache_write_tokens + CACHE_READ * used.cache_read_tokens
    return int(-(-(read * into + used.output_tokens * out) // 1))


def at_most(letters: int, most_output: int) -> Used:
    """What a request of so many letters may come to."""
    return Used(round(letters / LETTERS_A_TOKEN) + 1, most_output)
