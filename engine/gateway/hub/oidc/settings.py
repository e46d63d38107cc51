"""Which identity provider a hub asks, and as whom."""

from urllib.parse import urlsplit

from engine.model.errors import InputError
from engine.model.value_class import dataclass

GROUPS = "groups"
SCOPES = "openid profile offline_access"
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """`issuer`: exactly as the provider writes it. secret: empty for a public client. groups: the claim that names a person's groups.
    device_codes: whether people may sign in with another device; a person can be got to enter somebody else's code there.

    Raises InputError (`oidc`, `oidc-client`, `oidc-groups`, `oidc-scopes`).
    """

    issuer: str
    client: str
    secret: str = ""
    groups: str = GROUPS
    scopes: str = SCOPES
    device_codes: bool = True

    def __post_init__(self) -> None:
        if not is_protected(self.issuer):
            raise InputError("oidc", "the issuer's address has to look like https://login.example.org, without a query")
        if not self.client.strip():
            raise InputError("oidc-client", "is missing: the id under which the provider knows this hub")
        if not self.groups.strip():
            raise InputError("oidc-groups", "is missing: the claim that names the groups of a person")
        if "openid" not in self.scopes.split():
            raise InputError("oidc-scopes", "have to contain openid")

    @property
    def provider(self) -> str:
        """What it is called for people: its host."""
        return urlsplit(self.issuer).hostname or self.issuer


def is_protected(url: str) -> bool:
    """Whether nobody on the way can read or change what is asked there: HTTPS, or this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    plain = bool(host) and not parts.query and not parts.fragment and "@" not in parts.netloc
    return plain and (parts.scheme == "https" or (parts.scheme == "http" and host in _HERE))
