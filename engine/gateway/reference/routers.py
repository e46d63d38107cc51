"""All routers of the reference's endpoints."""

from engine.gateway.reference import auth, ble, blobs, dashboard, events, explain, nodes, replay

ROUTERS = tuple(part.router for part in (auth, ble, blobs, dashboard, events, explain, nodes, replay))
