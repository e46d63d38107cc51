"""An ID token is believed only where the provider signed it, for this hub, for this sign-in, now."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from engine.gateway.hub.oidc.provider import KEYS_AGAIN_NS, Provider, Tokens
from engine.gateway.hub.oidc.settings import OidcSettings
from engine.model.errors import EnvironmentFault, NotSignedIn
from engine.model.time import SECOND, ManualClock
from tests.fakes.provider_answers import ISSUER, ProviderAnswers

NOW_NS = 1_790_000_000 * SECOND
NONCE = "of this sign-in"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_NS)


@pytest.fixture
def answers(clock: ManualClock) -> ProviderAnswers:
    return ProviderAnswers(clock)


@pytest.fixture
def provider(answers: ProviderAnswers, clock: ManualClock) -> Provider:
    return Provider(OidcSettings(ISSUER, "hub", "secret"), clock, answers.transport)


def said(provider: Provider, token: str) -> dict[str, Any]:
    return dict(provider.claims(Tokens(token, "", ""), NONCE))


def refused(provider: Provider, token: str) -> None:
    with pytest.raises(NotSignedIn, match="cannot be verified"):
        said(provider, token)


def test_what_the_provider_says_is_believed(provider: Provider, answers: ProviderAnswers) -> None:
    assert said(provider, answers.signed(nonce=NONCE, groups=["a"]))["groups"] == ["a"]
    assert said(provider, answers.signed(nonce=NONCE, aud=["hub", "other"], azp="hub"))["sub"] == "4711"
    assert said(provider, answers.signed(header={"alg": "PS256"}, nonce=NONCE))["sub"] == "4711"


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS512", RSAKey.generate_key(2048, {"kid": "it"})),
        ("ES256", ECKey.generate_key("P-256", {"kid": "it"})),
        ("ES384", ECKey.generate_key("P-384", {"kid": "it"})),
        ("ES512", ECKey.generate_key("P-521", {"kid": "it"})),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "it"})),
        ("Ed25519", OKPKey.generate_key("Ed25519", {"kid": "it"})),
    ],
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # providers name it so all the same
def test_any_signature_by_a_private_key_will_do(algorithm: str, key: Any, provider: Provider, answers: ProviderAnswers) -> None:
    answers.keys["it"] = key
    assert said(provider, answers.signed("it", {"alg": algorithm}, nonce=NONCE))["sub"] == "4711"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another"},
        {"nonce": None},
        {"nonce": ""},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"aud": ["hub", "other"]},
        {"aud": "hub", "azp": "another"},
        {"iss": "https://login.example.com"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"sub": None},
        {"sub": 4711},
        {"exp": None},
        {"exp": NOW_NS // SECOND - 61},
        {"exp": "tomorrow"},
        {"iat": NOW_NS // SECOND + 3600},
        {"nbf": NOW_NS // SECOND + 3600},
    ],
)
def test_what_is_said_to_others_or_at_other_times_is_not(claims: dict[str, Any], provider: Provider, answers: ProviderAnswers) -> None:
    refused(provider, answers.signed(**{"nonce": NONCE, **claims}))


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_signature_is_needed_and_one_by_a_secret_is_none(provider: Provider, answers: ProviderAnswers) -> None:
    _, claims, signature = answers.signed(nonce=NONCE).split(".")
    for alg in ("none", "None", "NONE", "HS256"):
        header = unpadded(json.dumps({"alg": alg, "kid": "first"}).encode())
        for shown in ("", signature):
            refused(provider, f"{header}.{claims}.{shown}")
    key = answers.keys["first"]
    header = unpadded(json.dumps({"alg": "HS256", "kid": "first"}).encode())
    for secret in (key.as_pem(private=False), key.as_der(private=False), json.dumps(key.as_dict(private=False)).encode(), b"secret"):
        by_secret = hmac.new(secret, f"{header}.{claims}".encode(), hashlib.sha256).digest()
        refused(provider, f"{header}.{claims}.{unpadded(by_secret)}")


def test_what_is_changed_or_signed_by_others_is_refused(provider: Provider, answers: ProviderAnswers) -> None:
    true = answers.signed(nonce=NONCE)
    for place in range(0, len(true) - 8, 97):
        refused(provider, true[:place] + ("A" if true[place] != "A" else "B") + true[place + 1 :])
    for broken in ("", "a", "a.b.c", true + "." + true, true.rpartition(".")[0], "A" * 100_000):
        refused(provider, broken)
    real = answers.keys["first"]
    answers.keys["first"] = RSAKey.generate_key(2048, {"kid": "first"})  # only to sign by it
    forged = answers.signed(nonce=NONCE)
    answers.keys["first"] = real
    refused(provider, forged)


def test_a_key_that_comes_is_learnt_and_one_that_goes_is_forgotten(
    provider: Provider, answers: ProviderAnswers, clock: ManualClock
) -> None:
    before = answers.signed(nonce=NONCE, exp=NOW_NS // SECOND + 90_000)
    assert said(provider, before)["sub"] == "4711"
    answers.keys["second"] = RSAKey.generate_key(2048, {"kid": "second"})
    clock.advance_to(NOW_NS + KEYS_AGAIN_NS + 1)
    assert said(provider, answers.signed("second", nonce=NONCE))["sub"] == "4711"
    asked = len(answers.asked)
    for number in range(20):
        refused(provider, answers.signed("second", header={"kid": f"made up {number}"}, nonce=NONCE))
    assert len(answers.asked) == asked, "whoever makes keys up does not have the provider asked each time"
    del answers.keys["first"]
    clock.advance_to(clock.now_ns() + 2 * 3600 * SECOND)
    refused(provider, before)


def test_groups_may_be_told_by_the_other_answer_of_the_same_person(provider: Provider, answers: ProviderAnswers) -> None:
    answers.codes = {"good": {"nonce": NONCE, "name": "Ada"}, "other": {"nonce": NONCE}}
    tokens = provider.redeem_code("good", "verifier", "http://127.0.0.1:5000/signed-in")
    answers._access[tokens.access] |= {"groups": ["a"]}
    assert provider.claims(tokens, NONCE)["groups"] == ["a"]
    tokens = provider.redeem_code("other", "verifier", "http://127.0.0.1:5000/signed-in")
    answers._access[tokens.access] |= {"groups": ["a"], "sub": "another"}
    with pytest.raises(NotSignedIn):
        provider.claims(tokens, NONCE)


def test_a_provider_of_another_name_or_without_protection_is_none(clock: ManualClock, answers: ProviderAnswers) -> None:
    other = Provider(OidcSettings("https://login.example.org/", "hub"), clock, answers.transport)
    with pytest.raises(EnvironmentFault, match="calls itself"):
        other.authorization_url("http://127.0.0.1:5000/signed-in", "s", "n", "c")
    for issuer in (
        "http://login.example.org",
        "login.example.org",
        "https://login.example.org/?a=b",
        "https://a@login.example.org",
        "ftp://x",
    ):
        with pytest.raises(Exception, match="issuer"):
            OidcSettings(issuer, "hub")


def test_a_secret_is_shown_and_never_part_of_the_address(provider: Provider, answers: ProviderAnswers) -> None:
    url = provider.authorization_url("http://127.0.0.1:5000/signed-in", "s", "n", "c")
    assert "secret" not in url and "code_challenge_method=S256" in url and "prompt=login" in url
