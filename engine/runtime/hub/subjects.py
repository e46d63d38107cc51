"""What messages between a site and a hub are called. A site may speak on its own ones only; the server that carries them sees to that."""

RESUME, BEGIN, KEEP, AHEAD, RENEW = "resume", "begin", "keep", "ahead", "renew"


def record_subject(site: str, act: str) -> str:
    return f"record.{site}.{act}"


def every_site(act: str) -> str:
    return f"record.*.{act}"


def site_of(subject: str) -> str:
    return subject.split(".")[1]
