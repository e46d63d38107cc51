"""What a sender who may only report learns of files: its own ones, and nothing of what somebody else sent, not even that they did."""

import math
import os
import time
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from console.site import Site
from engine._opencv import cv2
from engine.model.accounts.access import Verb
from engine.model.cameras.frame import Bytes2D
from tests.engine.gateway.reporting import filed, place, report
from tests.engine.gateway.test_reports_of_limited_senders import sender

MEDIA = "/api/v1/media"


class Reddish:
    """A picture of red R (of 200) is as similar to one of red 200 as R/200 is."""

    name = "reddish/1"

    def look(self, picture_bgr: Bytes2D) -> tuple[float, ...]:
        cosine = round(float(picture_bgr[:, :, 2].mean()) / 200, 3)
        return cosine, math.sqrt(1 - cosine**2)


@pytest.fixture(autouse=True)
def compared(site: Site) -> Iterator[None]:
    """Pictures can be compared."""
    looks = site.engine.looks
    before, looks.load = looks.load, Reddish
    looks.reload()
    yield
    looks.load = before
    looks.reload()


def photo(red: int = 200) -> bytes:
    """Another file each time."""
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[:, :, 2] = red
    picture[0, :8, 0] = np.frombuffer(os.urandom(8), np.uint8)
    return cv2.imencode(".png", picture)[1].tobytes()


def sent(http: httpx.Client, data: bytes) -> dict[str, Any]:
    answer = http.post(MEDIA, files={"file": ("a.png", data, "image/png")})
    assert answer.status_code == 201, answer.text
    return answer.json()


def own_answer(told: dict[str, Any]) -> dict[str, Any]:
    """Of a file what every sender is told alike: all but what the file itself says."""
    return {name: value for name, value in told.items() if name not in ("id", "size_bytes", "sent_at")}


def test_whether_somebody_else_sent_the_same_file_is_not_told(client: httpx.Client, site: Site) -> None:
    known, unknown = photo(), photo()
    first = sent(client, known)
    filed(client, report(place(), reporter_id="mara", media=[first["id"]]), 201)
    assert client.get(f"{MEDIA}/{first['id']}").json()["named"] is True
    time.sleep(0.01)
    with sender(site, Verb.SEE_LIVE) as http:
        of_known, of_unknown = sent(http, known), sent(http, unknown)
        assert own_answer(of_known) == own_answer(of_unknown) == {"kind": "photo", "content_type": "image/png", "named": False}
        assert first["sent_at"] < of_known["sent_at"] <= of_unknown["sent_at"]
        assert sent(http, known) == of_known, "its own file again is the same"
        filed(http, report(place(), media=[of_known["id"]]), 201)
        assert sent(http, known) == of_known | {"named": True}
        assert http.get(f"{MEDIA}/{of_known['id']}").status_code == 403
    with sender(site, Verb.SEE_LIVE) as another:
        assert own_answer(sent(another, known)) == own_answer(of_unknown)
    assert client.get(f"{MEDIA}/{first['id']}").json() == first | {"named": True}, "who sees the record is told of the first"


def test_naming_somebody_elses_file_tells_no_more_than_naming_none(client: httpx.Client, site: Site) -> None:
    theirs = sent(client, photo())["id"]
    answers = []
    with sender(site, Verb.SEE_LIVE) as http:
        for media_id in (theirs, "md-" + "0" * 24):
            at = place()
            filed(client, report(at, reporter_id="mara", media=[theirs]), 201)
            told = filed(http, report(at, media=[media_id]), 201)
            answers.append((told["status"], told["reason"], told["media_trouble"].replace(media_id, "it")))
    assert answers[0] == answers[1]
    assert answers[0][0] == "pending_review" and "no picture or video called 'it' here to compare" in answers[0][2]


def test_its_own_file_is_compared_whoever_else_sent_it(client: httpx.Client, site: Site) -> None:
    data, at = photo(), place()
    first = filed(client, report(at, reporter_id="mara", media=[sent(client, data)["id"]]), 201)
    with sender(site, Verb.SEE_LIVE) as http:
        told = filed(http, report(at, media=[sent(http, data)["id"]]), 200)
        assert (told["id"], told["status"], told["media_trouble"]) == (first["id"], "corroborated", None)
