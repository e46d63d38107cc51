"""What the tests of the border find in OpenAPI is all that there is: a route that is not in it is named here, or fails."""

import httpx

from tests.engine.gateway.route_table import all_routes

NOT_IN_OPENAPI = {
    ("get", "/openapi.json"),
    ("head", "/openapi.json"),
    ("get", "/api/docs"),
    ("get", "/api/redoc"),
    ("get", "/api/docs/{part}"),
    ("get", "/report"),
    ("get", "/report/parts/{name}"),
    ("get", "/report/words/{language}"),
    ("put", "/api/ble/devices/{address}"),  # of the reference, twice
    ("get", "/ws/node/api/blobs"),
    ("ws", "/ws/camera/{camera_id}"),
    ("ws", "/ws/sound/{camera_id}"),
    ("ws", "/ws/dashboard"),
    ("ws", "/ws/changes"),
    ("ws", "/ws/node"),
}


def test_every_route_is_in_openapi_or_named_here(client: httpx.Client) -> None:
    said = {(method, path) for path, ways in client.get("/openapi.json").json()["paths"].items() for method in ways}
    table = set(all_routes())
    assert len(table) > 150 and table - said == NOT_IN_OPENAPI
    assert said - table == set()


def test_no_folder_is_given_out_as_a_whole() -> None:
    """Paths whose rest is any path at all (`{file:path}`), and mounted folders, have no names of their own to be checked by."""
    assert [path for _, path in all_routes() if ":path" in path] == []
