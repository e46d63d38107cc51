"""Somebody at a hub who says something about alerts of its sites all the time, and what the hub has confirmed of it."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress

import httpx

NAME, PASSWORD = "Ben", "correct horse battery"
PAUSE_S, WITHIN_S = 0.2, 5.0


class HubOperator:
    """What is not answered is said again under its id, at any of the hubs. `confirmed`: ids by site; to be read when it has ended."""

    def __init__(self, urls: Sequence[str], sites: Sequence[str]) -> None:
        self._urls, self._sites, self._run = urls, sites, f"{time.time_ns():x}"
        self._chance, self._token = random.Random(24), ""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._say_all, name="operator")
        self.confirmed: dict[str, set[str]] = defaultdict(set)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _say_all(self) -> None:
        number = 0
        while not self._ending.wait(PAUSE_S):
            number += 1
            self._say(self._chance.choice(self._sites), f"in-{self._run}-{number}")

    def _say(self, site: str, intent_id: str) -> None:
        command = {"type": "NoteAlert", "alert_id": "al-1", "text": f"said as {intent_id}"}
        while not self._ending.is_set():
            with suppress(httpx.HTTPError):
                url = self._chance.choice(self._urls)
                self._token = self._token or self._signed_in(url)
                path, body = f"{url}/api/v1/hub/sites/{site}/intents", {"id": intent_id, "command": command}
                answer = httpx.post(path, json=body, headers={"Authorization": f"Bearer {self._token}"}, timeout=WITHIN_S)
                if answer.status_code == httpx.codes.CREATED:
                    self.confirmed[site].add(intent_id)
                    return
                if answer.status_code == httpx.codes.UNAUTHORIZED:
                    self._token = ""
            self._ending.wait(PAUSE_S)

    def _signed_in(self, url: str) -> str:
        answer = httpx.post(f"{url}/api/v1/session", json={"name": NAME, "password": PASSWORD}, timeout=WITHIN_S)
        return str(answer.raise_for_status().json()["token"])
