"""What messages between a site and a hub are called. A site may speak on its own ones only; the server that carries them sees to that.

A subject names the site and the public key that it joined with: so a key that was replaced, or is another's, reaches nothing that is the
site's, whatever the server still lets it say.
"""

RESUME, BEGIN, KEEP, AHEAD, RENEW, INTENTS = "resume", "begin", "keep", "ahead", "renew", "intents"
CLIPS, CLIP_PIECE, PURPOSES, TEMPLATES = "clips", "clip-piece", "purposes", "templates"
GALLERY, GALLERY_PUT, GALLERY_GET = "gallery", "gallery-put", "gallery-get"
_BETWEEN = "_"  # in no key of a site


def address_of(site: str, public_key: str) -> str:
    """The second part of all its subjects."""
    return f"{site}{_BETWEEN}{public_key}"


def site_and_key(address: str) -> tuple[str, str]:
    """The key is empty where there is none."""
    site, _, public_key = address.partition(_BETWEEN)
    return site, public_key


def inbox(address: str) -> str:
    """Where answers to a site come: on no subject that others can listen to."""
    return f"_INBOX_{address}"


def record_subject(address: str, act: str) -> str:
    return f"record.{address}.{act}"


def every_site(act: str) -> str:
    return f"record.*.{act}"


def address_in(subject: str) -> str:
    return subject.split(".")[1]
