"""Basic and digest authentication as a camera asks for it (RFC 7617, RFC 7616 with MD5), for the fake servers."""

import base64
import hashlib
import re
from dataclasses import dataclass

REALM = "camera"
NONCE = "5f1c0b77d0a94c6f"


@dataclass(frozen=True, slots=True)
class Login:
    """What the server wants. `scheme` is `basic` or `digest`."""

    user: str
    password: str
    scheme: str = "digest"

    def challenge(self) -> str:
        """Value of the WWW-Authenticate header."""
        if self.scheme == "basic":
            return f'Basic realm="{REALM}"'
        return f'Digest realm="{REALM}", nonce="{NONCE}"'

    def accepts(self, header: str, method: str) -> bool:
        """Whether this Authorization header proves that the client knows the password."""
        if self.scheme == "basic":
            return header == "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return header.startswith("Digest ") and self._digest_matches(dict(re.findall(r'(\w+)="?([^",]*)"?', header)), method)

    def _digest_matches(self, sent: dict[str, str], method: str) -> bool:
        secret = _md5(f"{self.user}:{REALM}:{self.password}")
        request = _md5(f"{method}:{sent.get('uri', '')}")
        middle = f"{sent['nc']}:{sent['cnonce']}:{sent['qop']}:" if "qop" in sent else ""
        wanted = _md5(f"{secret}:{sent.get('nonce', '')}:{middle}{request}")
        return sent.get("nonce") == NONCE and sent.get("username") == self.user and sent.get("response") == wanted


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
