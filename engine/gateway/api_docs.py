"""`/api/docs`, `/api/redoc`: the interface described for people. All that they load is this engine's own: a site may have no internet."""

from importlib.resources import files

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from engine.model.errors import NotFound

router = APIRouter(include_in_schema=False)

# Styles are set by the pages' own scripts as they run; no script is within a page, and none comes from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
PARTS = {
    "docs.js": "text/javascript",
    "docs.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Watchroom: interface</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/api/docs/docs.css">{head}</head>
<body>{body}</body></html>
"""
_DOCS = _PAGE.format(
    head='<link rel="stylesheet" href="/api/docs/swagger-ui.css">',
    body='<div id="interface"></div><script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/docs.js"></script>',
)
_REDOC = _PAGE.format(head="", body='<redoc spec-url="/openapi.json"></redoc><script src="/api/docs/redoc.standalone.js"></script>')


@router.get("/api/docs", response_class=HTMLResponse)
def docs() -> HTMLResponse:
    return HTMLResponse(_DOCS, headers=HEADERS)


@router.get("/api/redoc", response_class=HTMLResponse)
def redoc() -> HTMLResponse:
    return HTMLResponse(_REDOC, headers=HEADERS)


@router.get("/api/docs/{part}")
def part(part: str) -> Response:
    """A script or style of the two pages. Raises NotFound."""
    kind = PARTS.get(part)
    if kind is None:
        raise NotFound("There is no such file.")
    data = (files("resources") / "api_docs" / part).read_bytes()
    return Response(data, media_type=kind, headers={**HEADERS, "Cache-Control": "public, max-age=86400"})
