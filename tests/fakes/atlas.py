"""Atlas on loopback, in both versions of its contract, with faults on demand.

`strict`: of the planned one, as it is written down: what is unknown or missing is refused with 422 (`strict_atlas`), and the names of
other products are inside the classification.

`planned`: names its answers (`threat_id`), knows the patterns it was given. `real`: as its server is. It names nothing, answers every
question for patterns with one place in Stockholm, requires more of feedback than was planned, analyses no video and no sound, and its route
for incidents calls everything minimal. Both classify by parts of words, which is their nature and no advice.
"""

import asyncio
import json
import socket
import threading
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.fakes.strict_atlas import refusal
from tests.fakes.waiting import until

KEY = "atlas-test-key"
Plain: TypeAlias = dict[str, Any]
_MIB = 1 << 20
_KEYWORDS = {
    "weapons": ("gun", "weapon", "knife", "shot", "shoot"),
    "violence": ("fight", "attack", "assault", "hit"),
    "theft": ("steal", "stole", "theft", "rob"),
    "vandalism": ("graffiti", "damage"),
    "disturbance": ("noise", "loud"),
}
_TOP_SEVERITY = {"weapons": 5, "violence": 5, "theft": 4, "vandalism": 4, "disturbance": 3, "suspicious_activity": 3}
_HALO = {"weapons": "weapon_possession", "violence": "assault", "theft": "theft", "disturbance": "noise_complaint"}
_POLISEN = {"weapons": "Vapenbrott", "violence": "Misshandel", "theft": "Stöld", "disturbance": "Ordningsstörning"}
_MEDIA = {
    "photo": (10, ("image/jpeg", "image/png")),
    "video": (50, ("video/mp4", "video/quicktime", "video/x-msvideo")),
    "audio": (5, ("audio/wav", "audio/mpeg", "audio/mp4")),
}
STOCKHOLM: Plain = {
    "pattern_id": "uuid-example-1",
    "pattern_type": "spatial_cluster",
    "pattern_name": "More violence in Södermalm at night",
    "threat_categories": ["violence", "assault", "weapons"],
    "frequency_count": 18,
    "frequency_trend": "increasing",
    "sources": {"halo_incidents": 12, "frontline_detections": 4, "sait_events": 2},
    "cross_product_correlation": 0.84,
    "location": {"center_lat": 59.3183, "center_lon": 18.0686, "radius_meters": 800},
    "time_window": {"start": "2025-09-30T00:00:00Z", "end": "2025-10-07T00:00:00Z"},
    "confidence_score": 0.92,
    "statistical_significance": 0.88,
}


@dataclass(frozen=True)
class Fault:
    """Instead of a good answer: a status, a hang until `release`, a reset, a body as it is, or the good answer changed.

    `lost`: what was asked is done, but the answer never comes.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    hang: bool = False
    trickle: bool = False
    reset: bool = False
    lost: bool = False
    change: Callable[[Plain], Any] | None = None


NONE, HANG, TRICKLE, RESET, LOST = Fault(), Fault(hang=True), Fault(trickle=True), Fault(reset=True), Fault(hang=True, lost=True)
HTML = Fault(body=b"<!doctype html><title>Sign in to the guest network</title>", content_type="text/html")


def failing(status: int, **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(status, named, b'{"detail": "no"}')


def changed(change: Callable[[Plain], Any]) -> Fault:
    return Fault(change=change)


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    body: Plain
    raw: bytes

    @property
    def key(self) -> str:
        return self.headers.get("idempotency-key", "")


@dataclass
class FakeAtlas:
    """faults: for the next calls, in their order; `always`: for all when there are none. calls: all that came; effects: by idempotency
    key, how often a call was not merely told again what it was told before."""

    contract: str = "planned"
    strict: bool = False
    faults: deque[Fault] = field(default_factory=deque)
    always: Fault | None = None
    patterns: list[Plain] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    effects: Counter[str] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    _answers: dict[str, tuple[int, Plain]] = field(default_factory=dict)
    _links: dict[tuple[str, int], asyncio.Transport] = field(default_factory=dict)

    def of(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path.endswith(path)]

    def forget(self) -> None:
        """As if it were new, at the same address: what hangs is broken off, and what hangs from now on waits anew."""
        self.release.set()
        self.release = threading.Event()
        for each in (self.faults, self.calls, self.patterns, self.effects, self.order, self._answers):
            each.clear()
        self.always = None

    def forget_faults(self) -> None:
        self.faults.clear()
        self.always = None

    def app(self) -> Starlette:
        root = "/api/v1"
        return Starlette(
            routes=[
                Route(f"{root}/classify/threat", self._serve(self._classify), methods=["POST"]),
                Route(f"{root}/halo/classify-incident", self._serve(self._halo), methods=["POST"]),
                Route(f"{root}/analyze/media", self._serve(self._analyse), methods=["POST"]),
                Route(f"{root}/training/feedback", self._serve(self._feedback), methods=["POST"]),
                Route(f"{root}/intelligence/patterns", self._serve(self._patterns), methods=["GET"]),
            ]
        )

    def _serve(self, answer: Callable[[Request, Plain], tuple[int, Plain]]) -> Callable[[Request], Any]:
        async def serve(request: Request) -> Response:
            call = await _call(request)
            self.calls.append(call)
            fault = self.faults.popleft() if self.faults else self.always
            if fault is not None and fault.lost:
                self._once(call, lambda: answer(request, call.body))
            if fault is not None and (fault.hang or fault.reset or fault.trickle):
                return await self._break_off(request, fault)
            if fault is not None and fault.body is not None:
                return Response(fault.body, fault.status, fault.headers, fault.content_type)
            if request.headers.get("X-API-Key") != KEY:
                return JSONResponse({"detail": "Invalid API key"}, 401)
            if self.strict and (why := refusal(call.method, call.path, call.headers, call.query, call.body)):
                return JSONResponse({"detail": why}, 422)
            status, plain = self._once(call, lambda: answer(request, call.body))
            if fault is not None and fault.change is not None:
                return Response(json.dumps(fault.change(deepcopy(plain))), status, media_type="application/json")
            return JSONResponse(plain, status)

        return serve

    def _once(self, call: Call, make: Callable[[], tuple[int, Plain]]) -> tuple[int, Plain]:
        if not call.key or call.key not in self._answers:
            self.effects[call.key] += 1
            self.order.append(call.key)
            self._answers[call.key] = make()
        return self._answers[call.key]

    async def _break_off(self, request: Request, fault: Fault) -> Response:
        assert request.client is not None
        link = self._links[request.client.host, request.client.port]
        if fault.reset:
            link.abort()
            return Response()
        if fault.trickle:
            return StreamingResponse(self._dribble(), media_type="application/json")
        released = self.release  # that of the time at which it was called
        while not released.is_set() and not link.is_closing():
            await asyncio.sleep(0.01)
        link.abort()
        return Response()

    async def _dribble(self) -> Any:
        released = self.release
        while not released.is_set():
            yield b" "
            await asyncio.sleep(0.01)

    def _classify(self, request: Request, body: Plain) -> tuple[int, Plain]:
        if not isinstance(body.get("type"), str) or not isinstance(body.get("data"), str):
            return 422, {"detail": "type and data are required"}
        word = _category(body["data"])
        answer: Plain = {
            "classification": {
                "threat_category": word,
                "threat_subcategory": _HALO.get(word, word),
                "severity": _TOP_SEVERITY[word],
                "confidence": 0.3 if word == "suspicious_activity" else 0.7,
            },
            "product_mappings": {
                "halo_incident_type": _HALO.get(word, word),
                "polisen_type": _POLISEN.get(word, "Annan händelse"),
                "frontline_objects": [],
                "sait_threat_level": "critical",
            },
            "nearby_patterns": self.patterns if self.contract == "planned" else [],
            "recommendations": ["Immediate response recommended"],
            "processing_time_ms": 12,
        }
        if self.contract == "planned":
            answer |= {"threat_id": str(uuid.uuid4()), "model_version": "threat-2"}
        if self.strict:
            answer["classification"]["product_mappings"] = answer.pop("product_mappings")
        return 200, answer

    def _halo(self, request: Request, body: Plain) -> tuple[int, Plain]:
        """Looks for its answer under a name that the classifier does not use."""
        answer = {"incident_type": "other", "severity": 1, "confidence": 0.0, "threat_level": "low", "emergency_services_needed": False}
        return 200, {"incident_id": str(uuid.uuid4()), **answer}

    def _analyse(self, request: Request, body: Plain) -> tuple[int, Plain]:
        kind, content_type, size = body["media_type"], body["content_type"], body["size"]
        if kind not in _MEDIA or content_type not in _MEDIA[kind][1]:
            return 400, {"detail": f"Invalid {kind} type: {content_type}"}
        if size > _MEDIA[kind][0] * _MIB:
            return 413, {"detail": "too large"}
        if self.contract == "planned":
            return 200, {"objects_detected": [{"class": "person", "confidence": 0.9}], "threats_detected": ["weapons"]} | {
                "threat_level": "critical",
                "confidence": 0.8,
            }
        seen = {"threat_category": "weapons", "severity": 5, "confidence": 0.8, "product_mappings": {}}
        return 200, {
            "success": True,
            "media_type": kind,
            "visual_analysis": {"objects": [{"class": "knife", "confidence": 0.8}], "object_count": 1} if kind == "photo" else None,
            "audio_analysis": {} if kind == "audio" else None,
            "threat_classification": seen if kind == "photo" else {},
            "source_models": {"object_detector": "yolov8m-cpu"},
            "processing_time_ms": 80,
        }

    def _feedback(self, request: Request, body: Plain) -> tuple[int, Plain]:
        wanted = ["source_product", "prediction_id", "predicted_category", "actual_category"]
        wanted += ["model_version", "confidence_score"] if self.contract == "real" else []
        missing = [name for name in wanted if not isinstance(body.get(name), (str, float))]
        if missing or not isinstance(body.get("user_correction", False), bool):
            return 422, {"detail": f"{missing} required"}
        impact = {"similar_mispredictions": 12, "estimated_accuracy_improvement": 0.03}
        return 200, {"success": True, "feedback_id": str(uuid.uuid4()), "added_to_training_queue": True, "impact": impact}

    def _patterns(self, request: Request, body: Plain) -> tuple[int, Plain]:
        known = self.patterns if self.contract == "planned" else [STOCKHOLM]
        return 200, {"patterns": known, "count": len(known), "query_time_ms": 67}


def _category(text: str) -> str:
    folded = text.lower()
    counts = {word: sum(part in folded for part in parts) for word, parts in _KEYWORDS.items()}
    best = max(counts, key=lambda word: counts[word])
    return best if counts[best] else "suspicious_activity"


async def _call(request: Request) -> Call:
    raw, body = b"", {}
    if request.headers.get("content-type", "").startswith("multipart/"):
        form = await request.form()
        file: Any = form["file"]
        body = {name: value for name, value in form.items() if name != "file"}
        body |= {"file_name": file.filename, "content_type": file.content_type, "size": len(await file.read())}
        await form.close()
    elif request.method == "POST":
        raw = await request.body()
        body = json.loads(raw)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Call(request.method, request.url.path, headers, dict(request.query_params), body, raw)


@contextmanager
def atlas(contract: str = "planned", port: int = 0, *, strict: bool = False) -> Iterator[FakeAtlas]:
    """Running on a thread of its own, on a free port where none is given."""
    fake = FakeAtlas(contract, strict)

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            fake._links[transport.get_extra_info("peername")[:2]] = transport
            super().connection_made(transport)

    listening = socket.create_server(("127.0.0.1", port))
    fake.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(fake.app(), http=Protocol, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), name="fake-atlas")
    thread.start()
    try:
        until(lambda: server.started, "the fake Atlas listened")
        yield fake
    finally:
        fake.release.set()
        server.should_exit = True
        thread.join(60)
        listening.close()
