"""`GET /metrics`: how the engine does, for Prometheus."""

from fastapi import APIRouter, Response

from engine.gateway.border.doorway import PortOf
from engine.model.upkeep import GetUpkeep
from engine.runtime.health.metric_families import TEXT
from engine.runtime.health.metrics import metrics_text

router = APIRouter(tags=["now"])


@router.get("/metrics", summary="How the engine does, for Prometheus", response_class=Response, responses={200: {"content": {TEXT: {}}}})
def metrics(port: PortOf) -> Response:
    """In the text format 0.0.4. For any token that may see what is live."""
    return Response(metrics_text(port.snapshot(), port.ask(GetUpkeep())), media_type=TEXT)
