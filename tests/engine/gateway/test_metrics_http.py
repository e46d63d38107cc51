"""`/metrics` is read with a token, and by nobody else."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from console.site import Site


def test_metrics_need_a_token_that_may_see_what_is_live(client: httpx.Client, stranger: httpx.Client, site: Site) -> None:
    assert stranger.get("/metrics").status_code == 401
    assert stranger.get("/metrics", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"watchroom_camera_frames_per_second", "watchroom_disk_free_bytes", "watchroom_outbox_waiting", "watchroom_build_info"} <= names
    assert str(site.engine.data.path) not in answer.text
