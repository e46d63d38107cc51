"""What tokens of Claude cost, as its maker lists them (platform.claude.com, models overview, read in November 2026; US dollars a million
tokens, without batches and taxes), and what was used.

Prices change, and models come that are not listed here: those count as the dearest that is, so that a budget is never overdrawn unseen.
"""

from engine.model.value_class import dataclass

PRICES: tuple[tuple[str, float, float], ...] = (  # model id begins with, input, output
    ("claude-haiku-5-5", 0.1, 0.5),
    ("claude-sonnet-5-5", 2.0, 10.0),
    ("claude-opus-5-5", 4.0, 20.0),
    ("claude-opus-5", 5.0, 25.0),
    ("claude-fable-5-1", 10.0, 50.0),
    ("claude-haiku-4-5", 1.0, 5.0),
    ("claude-sonnet-4", 3.0, 15.0),
    ("claude-opus-4-1", 15.0, 75.0),
    ("claude-opus-4-", 5.0, 25.0),
)
DEAREST = (15.0, 75.0)
LONG_FROM, LONG = 100_000, ("claude-haiku-5-5", 5.0)  # a prompt of more tokens costs so many times the price
CACHE_WRITE, CACHE_READ = 1.25, 0.1  # of the input price
LETTERS_A_TOKEN = 2.0  # on the safe side of JSON and English, to say beforehand what a request may cost


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
    prompt = used.input_tokens + used.cache_write_tokens + used.cache_read_tokens
    times = LONG[1] if prompt > LONG_FROM and model.startswith(LONG[0]) else 1.0
    return int(-(-times * (read * into + used.output_tokens * out) // 1))


def at_most(letters: int, most_output: int) -> Used:
    """What a request of so many letters may come to."""
    return Used(round(letters / LETTERS_A_TOKEN) + 1, most_output)
