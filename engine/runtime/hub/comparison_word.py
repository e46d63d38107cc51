"""What a hub signs of one question of a comparison of persons over sites.

These are answered to the hub alone, for somebody who asked it, and not to whoever is signed in: else faces in numbers would be given to
anybody who may see the past.
"""

import hashlib
import json
import secrets
from dataclasses import replace

from engine.model.errors import InputError
from engine.model.people.purposes import ComparePerson, DescribePerson
from engine.model.wire import to_plain
from engine.runtime.hub.hub_word import ASKEW_NS, GOOD_NS, read_claims, signed_claims
from engine.runtime.hub.nkeys import NKey

NOT_OF_HUB = "is not that of this site's hub: only that compares people over sites"


def comparison_word(account: NKey, site: str, user_id: str, question: DescribePerson | ComparePerson, at_ns: int) -> str:
    """`user_id`: of who asks, as the hub has it."""
    claims = {"aud": site, "iat_ns": at_ns, "once": secrets.token_hex(16), "by": user_id, "question": _digest(question)}
    return signed_claims(account, claims)


def read_comparison_word(site: str, hub_key: str, user_id: str, question: DescribePerson | ComparePerson, now_ns: int) -> str:
    """What it was said under, which is good once. `user_id`: of who is signed in, as the hub has it. Raises InputError (`word`)."""
    try:
        claims = read_claims(question.word, site, hub_key)
        fits = (claims["by"], claims["question"]) == (user_id, _digest(question))
        if fits and abs(now_ns - int(claims["iat_ns"])) <= GOOD_NS + ASKEW_NS:
            return str(claims["once"])
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise InputError("word", NOT_OF_HUB)


def _digest(question: DescribePerson | ComparePerson) -> str:
    plain = json.dumps(to_plain(replace(question, word="")), sort_keys=True)
    return hashlib.sha256(f"{type(question).__name__} {plain}".encode()).hexdigest()
