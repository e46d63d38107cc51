"""An identity provider that says whatever a test wants it to, true or not; asked without a network."""

from collections import deque
from typing import Any
from urllib.parse import parse_qs

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from engine.gateway.hub.oidc.id_token import ALGORITHMS
from engine.model.time import SECOND, Clock

ISSUER = "https://login.example.org"


class ProviderAnswers:
    """`codes`: what is said for each code that is good, once. `people`: what is said for each refresh token; a new one takes its place each
    time. `asked`: forms that came, with their paths."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.away = False
        self.keys: dict[str, Any] = {"first": RSAKey.generate_key(2048, {"kid": "first"})}
        self.codes: dict[str, dict[str, Any]] = {}
        self.device: deque[dict[str, Any] | str] = deque()  # claims, or an error
        self.people: dict[str, dict[str, Any]] = {}
        self.revoked: list[str] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.refusal = ""  # an error: of every form
        self.gives_refresh = True
        self.said_with_refresh = True  # otherwise by the answer about a person
        self.transport = httpx.MockTransport(self._answer)
        self._number = 0
        self._access: dict[str, dict[str, Any]] = {}

    def signed(self, key: str = "first", header: dict[str, Any] | None = None, **claims: Any) -> str:
        """An ID token, true but for what is given otherwise. None: the claim is left out."""
        now_s = self._clock.now_ns() // SECOND
        said = {"iss": ISSUER, "aud": "hub", "sub": "4711", "iat": now_s, "exp": now_s + 300, "auth_time": now_s, **claims}
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": key, **(header or {})}, kept, self.keys[key], algorithms=ALGORITHMS)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("nobody there")
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.asked.append((request.url.path, form))
        if form and self.refusal:
            return httpx.Response(401, json={"error": self.refusal})
        match request.url.path:
            case "/.well-known/openid-configuration":
                ends = {"jwks_uri": "keys", "token_endpoint": "token", "authorization_endpoint": "authorize", "userinfo_endpoint": "person"}
                more = {"device_authorization_endpoint": "device", "revocation_endpoint": "revoke"}
                return httpx.Response(200, json={"issuer": ISSUER, **{name: f"{ISSUER}/{end}" for name, end in {**ends, **more}.items()}})
            case "/keys":
                return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.keys.values()]})
            case "/person":
                return httpx.Response(200, json=self._access[request.headers["authorization"].removeprefix("Bearer ")])
            case "/device":
                told = {"device_code": "by-device", "user_code": "ABCD-EFGH", "verification_uri": f"{ISSUER}/activate", "expires_in": 300}
                return httpx.Response(200, json=told)
            case "/revoke":
                self.revoked.append(form["token"])
                self.people.pop(form["token"], None)
                return httpx.Response(200)
        return self._tokens(form)

    def _tokens(self, form: dict[str, str]) -> httpx.Response:
        match form["grant_type"]:
            case "authorization_code":
                said = self.codes.pop(form["code"], None)
            case "refresh_token":
                said = self.people.pop(form["refresh_token"], None)
            case _:
                found = self.device.popleft()
                if isinstance(found, str):
                    return httpx.Response(400, json={"error": found})
                said = found
        if said is None:
            return httpx.Response(400, json={"error": "invalid_grant"})
        return self._given(said, form["grant_type"] == "refresh_token")

    def _given(self, said: dict[str, Any], again: bool) -> httpx.Response:
        self._number += 1
        access, refresh = f"access-{self._number}", f"refresh-{self._number}"
        self._access[access] = {"sub": "4711", **said}
        told = {"access_token": access, "token_type": "Bearer"}
        if self.said_with_refresh or not again:
            told["id_token"] = self.signed(**said)
        if self.gives_refresh:
            told["refresh_token"] = refresh
            self.people[refresh] = {name: value for name, value in said.items() if name != "nonce"}
        return httpx.Response(200, json=told)
