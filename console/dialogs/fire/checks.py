"""What is typed about a service of fire weather, judged as the engine does, before it is sent."""

from urllib.parse import urlsplit

from console.dialogs.setting_fields import bounds_trouble, number_trouble
from engine.model.fire.fire import FireSettings
from widgets.number_text import typed_number
from widgets.translation import tr

_LONGEST = 500
_MOST_ID = (1 << 31) - 1


def url_trouble(text: str) -> str:
    """A sentence, empty when it is an address or empty."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return tr("Enter a valid address.")
    if parts.username is not None or parts.password is not None:
        return tr("Enter the login in its own fields, not in the address.")
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or port == 0):
        return tr("Start with https:// and a host name; http:// only in your own network.")
    if parts.query or parts.fragment:
        return tr("Remove the query (? or #).")
    return ""


def url_hint(text: str) -> str:
    return tr("Not encrypted: the password can be intercepted.") if text.strip().lower().startswith("http://") else ""


def login_trouble(text: str, wanted: bool) -> str:
    """`wanted`: there is a service to be asked."""
    login = text.strip()
    if wanted and not login:
        return tr("The service needs a login.")
    if ":" in login or not login.isprintable() or len(login) > _LONGEST:
        return tr("Use printable ASCII characters without a colon.")
    return ""


def needs_password(before: FireSettings, url: str, login: str) -> str:
    """A password goes only where it was given for."""
    if not url or (_there(url), login) == (_there(before.service_url), before.login):
        return ""
    return tr("Enter the password for this address and login.")


def organisation_trouble(text: str) -> str:
    return bounds_trouble(text, 0, _MOST_ID, whole=True) if text.strip() else ""


def hour_trouble(text: str) -> str:
    return number_trouble(FireSettings, "refresh_hour_utc", text)


def number_of(text: str) -> int | None:
    """None: nothing was typed. The text was checked."""
    return int(typed_number(text)) if text.strip() else None


def _there(url: str) -> tuple[str, str]:
    """Empty for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme.lower(), parts.netloc.lower()
