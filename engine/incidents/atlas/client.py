"""Calls to Atlas: retried, broken off when it fails, remembered for a while, and read strictly."""

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from engine.incidents.atlas.answers import Plain, malformed, parsed
from engine.incidents.atlas.atlas_case import Around, Case, Verdict
from engine.incidents.atlas.breaker import Breaker
from engine.incidents.atlas.cache import AnswerCache, digest
from engine.incidents.atlas.classified import Prediction
from engine.incidents.atlas.dialects import ANALYSE, CLASSIFY, DIALECTS, FEEDBACK, PATTERNS, Dialect
from engine.incidents.atlas.fault import MALFORMED, OFF, REFUSED, AtlasFault
from engine.incidents.atlas.media import MIB, Media
from engine.incidents.atlas.media_findings import Finding
from engine.incidents.atlas.patterns import read_patterns
from engine.incidents.atlas.statuses import check_status
from engine.incidents.atlas.transport import Place, Reply, Request, Transport, host_of
from engine.model.incidents.atlas import AtlasSettings
from engine.model.incidents.atlas_call import AtlasTally, PatternAnswer
from engine.model.time import Clock
from engine.model.value_class import dataclass

log = logging.getLogger(__name__)

FIRST_PAUSE_S, JITTER = 0.5, 0.5
LONGEST_PAUSE_S = 5.0  # a longer one that Atlas asks for is kept between calls, not within one
TEST_TEXT = "Test of the connection: nothing happened."
UPLOAD_S_PER_MIB = 1.0  # what an upload may take longer
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pacing:
    """What time is to the client; tests give their own. pause: waits so many seconds. chance: uniform between 0 and 1."""

    now_s: Callable[[], float] = time.monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


_REAL_PACING = Pacing()


class AtlasAccount(Protocol):
    """Where the client calls, and as whom; asked at each call."""

    def settings(self) -> AtlasSettings: ...

    def key(self) -> str | None:
        """None where none is kept. May raise AtlasFault."""


class AtlasClient:
    """Of one loop. Every call raises AtlasFault with a sentence when it has no answer that could be used.

    An attempt may take `timeout_s` in all, from looking up the name to the last byte; one that failed in a way that may pass is made again,
    `retries` times. Where somebody waits (`analyse`, `patterns`) the attempts together may take no longer than one.

    Args:
        on_attempt: told of each attempt made.
    """

    def __init__(
        self,
        account: AtlasAccount,
        transport: Transport,
        clock: Clock,
        on_attempt: Callable[[AtlasTally, AtlasFault | None], None],
        pacing: Pacing = _REAL_PACING,
    ) -> None:
        self._account = account
        self._transport = transport
        self._clock = clock
        self._on_attempt = on_attempt
        self._pacing = pacing
        self.breaker = Breaker(pacing.now_s)
        self._predictions: AnswerCache[Prediction] = AnswerCache(pacing.now_s)
        self._findings: AnswerCache[Finding] = AnswerCache(pacing.now_s)
        self._patterns: AnswerCache[PatternAnswer] = AnswerCache(pacing.now_s)

    @property
    def is_on(self) -> bool:
        return self._account.settings().enabled

    @property
    def has_fallback(self) -> bool:
        """Whether the words of a report may say what Atlas does not."""
        return self._account.settings().fallback_enabled

    async def classify(self, case: Case, key: str) -> Prediction:
        settings, dialect = self._now()
        body = _json(dialect.classify_body(case.coarser(settings.coordinate_digits), settings.product))
        request = Request("POST", CLASSIFY, body=body, key=key)
        return await self._remembered(self._predictions, settings, request, partial(dialect.read_prediction, key=key))

    async def feedback(self, verdict: Verdict, key: str) -> None:
        settings, dialect = self._now()
        verdict = replace(verdict, corrected_ns=verdict.corrected_ns or self._clock.now_ns())
        request = Request("POST", FEEDBACK, body=_json(dialect.feedback_body(verdict, settings.product)), key=key)
        await self._answered(settings, request, _read_thanks)

    async def analyse(self, media: Media, incident_id: str = "") -> Finding:
        """`incident_id`: of the incident that it belongs to, where there is one."""
        settings, dialect = self._now()
        request = Request("POST", ANALYSE, form=dialect.media_form(media.kind, settings.product, incident_id), file=media)
        longest_s = settings.timeout_s + UPLOAD_S_PER_MIB * len(media.data) / MIB
        return await self._remembered(
            self._findings, settings, request, lambda plain: dialect.read_finding(plain, media.kind), in_all_s=longest_s
        )

    async def patterns(self, around: Around) -> PatternAnswer:
        settings, dialect = self._now()
        request = Request("GET", PATTERNS, query=dialect.patterns_query(around.coarser(settings.coordinate_digits)), about=repr(around))
        return await self._remembered(self._patterns, settings, request, partial(read_patterns, around=around), in_all_s=settings.timeout_s)

    async def detect_contract(self, latitude: float, longitude: float) -> str:
        """Which contract the server speaks: the name of the first that it takes a classification by and answers in. A test is no use of it:
        neither the breaker nor the figures hear of it."""
        settings, _ = self._now()
        now_ns = self._clock.now_ns()
        case = Case(TEST_TEXT, latitude, longitude, now_ns, "").coarser(settings.coordinate_digits)
        place = Place(settings.url, settings.product, settings.allow_private, self._account.key() or "")
        refused: AtlasFault | None = None
        for dialect in DIALECTS.values():
            body, key = _json(dialect.classify_body(case, settings.product)), f"test-{dialect.name}-{now_ns}"
            try:
                reply = await self._transport.exchange(Request("POST", CLASSIFY, body=body, key=key), place, settings.timeout_s)
                _read_reply(reply, place, partial(dialect.read_prediction, key=key), now_ns)
            except AtlasFault as fault:
                if fault.reason not in (REFUSED, MALFORMED):  # it says nothing of contracts
                    raise
                refused = refused or fault
            else:
                return dialect.name
        raise refused or AtlasFault(OFF, "There is no contract to ask by.")

    def reset(self) -> None:
        """Address, key or contract were changed: what was known of the old one is worth nothing."""
        self.breaker.reset()
        for cache in (self._predictions, self._findings, self._patterns):
            cache.clear()

    def _now(self) -> tuple[AtlasSettings, Dialect]:
        settings = self._account.settings()
        if not settings.enabled:
            raise AtlasFault(OFF, "Atlas is switched off in the settings.")
        return settings, DIALECTS[settings.contract]

    async def _remembered(
        self, cache: AnswerCache[T], settings: AtlasSettings, request: Request, read: Callable[[Plain], T], in_all_s: float | None = None
    ) -> T:
        name = _request_digest(settings, request)
        known = cache.get(name)
        if known is not None:
            return known
        answer = await self._answered(settings, request, read, in_all_s)
        cache.put(name, answer)
        return answer

    async def _answered(self, settings: AtlasSettings, request: Request, read: Callable[[Plain], T], in_all_s: float | None = None) -> T:
        """The first good answer of all attempts. `in_all_s`: what they may take together."""
        begun_s, attempt = self._pacing.now_s(), 0
        while True:
            left_s = settings.timeout_s if in_all_s is None else max(0.0, in_all_s - (self._pacing.now_s() - begun_s))
            try:
                return await self._attempt(request, settings, read, left_s)
            except AtlasFault as fault:
                pause_s = self._pause_s(attempt, fault)
                in_time = in_all_s is None or pause_s is None or self._pacing.now_s() + pause_s - begun_s < in_all_s
                if attempt >= settings.retries or pause_s is None or not in_time or self.breaker.is_open:
                    raise
                log.info("Atlas is asked again in %.1f s: %s", pause_s, fault)
            attempt += 1
            await self._pacing.pause(pause_s)

    async def _attempt(self, request: Request, settings: AtlasSettings, read: Callable[[Plain], T], longest_s: float) -> T:
        """Through the breaker, which hears how it went."""
        self.breaker.enter()
        begun_s = self._pacing.now_s()
        try:
            place = Place(settings.url, settings.product, settings.allow_private, self._account.key() or "")
            reply = await self._transport.exchange(request, place, longest_s)
            answer = _read_reply(reply, place, read, self._clock.now_ns())
        except AtlasFault as fault:
            self._record_outcome(fault, begun_s)
            raise
        except BaseException:
            self.breaker.abandoned()
            raise
        self._record_outcome(None, begun_s)
        return answer

    def _record_outcome(self, fault: AtlasFault | None, begun_s: float) -> None:
        """To refuse one call is an answer too."""
        if fault is not None and fault.not_sent:
            self.breaker.abandoned()
            self._on_attempt(AtlasTally(), fault)
        elif fault is not None and fault.against_atlas:
            self.breaker.record_failure()
            self._on_attempt(AtlasTally(1), fault)
        else:
            self.breaker.succeeded()
            self._on_attempt(AtlasTally(1, 1, 1000 * (self._pacing.now_s() - begun_s)), fault)

    def _pause_s(self, attempt: int, fault: AtlasFault) -> float | None:
        """Doubling, spread so that many clients do not come back at once, no less than Atlas asks for; None: not again within this call."""
        if not fault.worth_another:
            return None
        pause_s = FIRST_PAUSE_S * 2.0**attempt * (1 - JITTER + 2 * JITTER * self._pacing.chance())
        asked_s = fault.retry_after_s or 0.0
        return None if asked_s > LONGEST_PAUSE_S else min(max(pause_s, asked_s), LONGEST_PAUSE_S)


def _read_reply(reply: Reply, place: Place, read: Callable[[Plain], T], now_ns: int) -> T:
    check_status(reply, host_of(place.url), now_ns)
    return read(parsed(reply.content, reply.content_type))


def _read_thanks(plain: Plain) -> None:
    if plain.get("success") is not True:
        raise malformed("success", "is not true")


def _json(plain: Plain) -> bytes:
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode()


def _request_digest(settings: AtlasSettings, request: Request) -> str:
    """Of what is asked, of whom; not of who asks."""
    whom = (settings.url, settings.product, settings.contract, request.path)
    asked = json.dumps([*whom, request.query, request.form, request.about], sort_keys=True)
    return digest(asked.encode(), request.body, b"" if request.file is None else request.file.data)
