"""Who may use each route, all of them: one that is added is put here by whoever adds it, or the tests fail.

`OWN`: whoever has the verb; who is limited to some cameras gets what those saw. `SITE`: whoever has the verb and is not limited.
`SIGNED_IN`: whoever holds a token. `PEOPLE`: whoever signed in with a password or the PIN. `OPEN`: anybody, or it has a way in of its own.
"""

from dataclasses import dataclass
from enum import StrEnum

from engine.model.accounts.access import Verb


class Reach(StrEnum):
    OWN = "own"
    SITE = "site"
    SIGNED_IN = "signed in"
    PEOPLE = "people"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Rule:
    reach: Reach
    verb: Verb | None = None


_OPEN = """
get /openapi.json            head /openapi.json           get /healthz               get /health
get /api/docs                get /api/redoc               get /api/docs/{part}
post /api/v1/session         post /api/v1/session/hub    put /api/v1/session/hub
get /api/v1/setup            post /api/v1/setup
get /api/auth/status         get /api/auth/setup          post /api/auth/login         post /api/auth/logout
ws /ws/node                  get /firmware/{file}
get /report                  get /report/parts/{name}     get /report/words/{language}
get /report/site             get /report/map              post /report/reports
"""  # nodes say who they are in their own words, and phones show a link
_SIGNED_IN = """
get /api/v1/session          delete /api/v1/session       post /api/v1/media           post /api/v1/incidents
post /api/v1/detections      get /api/v1/ai/health        get /api/v1/ai/categories    get /api/v1/predictions/status
get /api/v1/port/vocabulary
"""
_LIVE = """
get /api/v1/snapshot         get /api/v1/cameras          get /api/v1/gestures         get /api/v1/gestures/stats/summary
get /api/v1/incidents/rules
get /api/v1/persons          get /api/v1/persons/{person_id}
get /api/v1/smoke/status     get /api/v1/cameras/{camera_id}/zones                     get /api/v1/jobs/{job_id}
get /api/v1/floor/zones
get /api/v1/cameras/{camera_id}/ptz
get /api/v1/port/snapshot    get /api/ble/devices         get /ws/node/api/blobs       get /api/blobs
post /api/explain/refresh    get /api/nodes               get /api/nodes/{mac}
ws /ws/camera/{camera_id}    ws /ws/sound/{camera_id}     ws /ws/dashboard             ws /ws/changes
"""
_LIVE_OF_SITE = """
get /metrics                 get /api/firmware            get /api/firmware/progress
get /api/explain/{blob}      get /api/explain/blob/{blob}/at/{ms}
"""
_PAST = """
get /api/v1/events           get /api/v1/events/{event_id}/thumbnail                   get /api/events
get /api/v1/decisions        get /api/v1/decisions/{decision_id}
get /api/v1/clips            head /api/v1/clips/{clip_id}                              get /api/v1/clips/{clip_id}
get /api/v1/media            get /api/v1/media/{media_id}                             get /api/v1/media/{media_id}/picture
get /api/v1/alerts           get /api/v1/alerts/{alert_id}                             get /api/v1/alerts/{alert_id}/cap
post /analyze/photo          post /analyze/video          post /analyze/audio
post /api/v1/analyze/photo   post /api/v1/analyze/video   post /api/v1/analyze/audio
get /api/v1/segments         head /api/v1/segments/{segment_id}/file                   get /api/v1/segments/{segment_id}/file
get /api/v1/timeline         get /api/v1/search
get /api/v1/review           post /api/v1/review/marks    get /api/v1/events/{event_id}/verdict
get /api/v1/bookmarks        post /api/v1/bookmarks       delete /api/v1/bookmarks/{bookmark_id}
get /api/v1/replay           post /api/v1/replay          get /api/v1/replay/{replay_id}
delete /api/v1/replay/{replay_id}                         get /api/v1/replay/{replay_id}/picture
post /api/v1/replay/{replay_id}/move                      post /api/v1/replay/{replay_id}/change
get /api/v1/replay/{replay_id}/difference                 post /api/v1/chat            get /api/v1/port/faces/{face_id}/picture
get /api/v1/port/replay/{camera_id}
get /api/replay/sessions     post /api/replay/start       post /api/replay/seek        post /api/replay/set-state
post /api/replay/play        post /api/replay/pause       post /api/replay/speed       post /api/replay/set-speed
post /api/replay/stop        get /api/replay/session/{session_id}
"""
_PAST_OF_SITE = """
get /api/v1/incidents        get /api/v1/incidents/{incident_id}                       get /api/v1/incidents/{incident_id}/reports
get /api/v1/statistics/incidents                          get /api/v1/incidents/{incident_id}/cap
get /intelligence/patterns   get /api/v1/intelligence/patterns
get /api/v1/predictions/hotspots                          get /api/v1/predictions/hotspots/explain
get /api/v1/predictions/hotspots/map                      get /api/v1/predictions/neighbourhoods
get /api/v1/alerts/unlabeled/latest                       get /api/v1/alerts/unlabeled/latest/count
get /api/v1/alerts/all/fromdate                           get /api/v1/alerts/all/fromdate/count
get /api/v1/sequences/unlabeled/latest                    get /api/v1/sequences/unlabeled/latest/count
get /api/v1/sequences/all/fromdate                        get /api/v1/sequences/all/fromdate/count
get /api/v1/plumes/{plume_id}                             get /api/v1/sequences/{sequence_id}
post /api/v1/search/alike
"""
_ALERTS = """
post /api/v1/alerts/{alert_id}/acknowledge                post /api/v1/alerts/{alert_id}/start
post /api/v1/alerts/{alert_id}/close                      post /api/v1/alerts/{alert_id}/shelve
post /api/v1/alerts/{alert_id}/note
put /api/v1/events/{event_id}/verdict                     delete /api/v1/events/{event_id}/verdict
"""
_INCIDENTS = """
patch /api/v1/incidents/{incident_id}                     patch /api/v1/incidents/{incident_id}/validate
post /api/v1/incidents/{incident_id}/merge                post /api/v1/incidents/{incident_id}/apart
post /api/v1/incidents/{incident_id}/split                post /api/v1/plumes/{plume_id}/merge
patch /api/v1/persons/{person_id}
delete /api/v1/plumes/{plume_id}/sequences/{sequence_id}  patch /api/v1/sequences/{sequence_id}/label
"""
_STEER = """
post /api/v1/cameras/{camera_id}/ptz/move                 post /api/v1/cameras/{camera_id}/ptz/centre
post /api/v1/cameras/{camera_id}/ptz/lens                 post /api/v1/cameras/{camera_id}/ptz/home
post /api/v1/cameras/{camera_id}/ptz/release              post /api/v1/cameras/{camera_id}/ptz/presets/{preset}
put /api/v1/cameras/{camera_id}/ptz/tour                  delete /api/v1/cameras/{camera_id}/ptz/tour
post /api/v1/cameras/{camera_id}/outputs/{output}         post /api/v1/cameras/{camera_id}/talk
"""
_EXPORT = """
get /api/v1/evidence/packs   post /api/v1/evidence/packs  get /api/v1/evidence/packs/{pack_id}/file
get /api/v1/evidence/cases   put /api/v1/evidence/cases
"""
_ADMINISTER = """
get /api/v1/incidents/imports                             get /api/v1/incidents/imports/{job_id}
delete /api/v1/incidents/imports/{job_id}                 delete /api/v1/jobs/{job_id}
put /api/v1/cameras/{camera_id}/zones
put /api/v1/cameras/{camera_id}/ptz/home                  post /api/v1/cameras/{camera_id}/ptz/presets
delete /api/v1/cameras/{camera_id}/ptz/presets/{preset}
get /api/v1/tokens           post /api/v1/tokens          delete /api/v1/tokens/{token_id}
"""
_ADMINISTER_SITE = """
post /api/v1/persons         delete /api/v1/persons/{person_id}
post /api/v1/gestures/teach  delete /api/v1/gestures/{gesture_id}                      post /api/v1/incidents/import
delete /api/v1/media/{media_id}                           post /api/v1/predictions/retrain
get /api/v1/alerts/rules     put /api/v1/alerts/rules     post /api/v1/alerts/rules/check
post /api/v1/alerts/rules/try                             get /api/v1/notifications
delete /api/v1/notifications/{notification_id}            post /api/v1/replay/{replay_id}/apply
post /api/v1/port/ask        post /api/v1/port/command    get /api/v1/port/jobs/{job_id}/picture
post /api/auth/setup         post /api/ble/devices        put /api/ble/devices/{address}
patch /api/ble/devices/{address}                          delete /api/ble/devices/{address}
post /api/provision          post /api/firmware/upload    post /api/firmware/ota-all   post /api/nodes/{mac}/ota
"""  # the port's are the rule of the question and the command that the tests send; test_limited.py has those of all others

_TABLE = (
    (Rule(Reach.OPEN), _OPEN),
    (Rule(Reach.SIGNED_IN), _SIGNED_IN),
    (Rule(Reach.PEOPLE), "get /api/v1/port/tally"),
    (Rule(Reach.OWN, Verb.SEE_LIVE), _LIVE),
    (Rule(Reach.SITE, Verb.SEE_LIVE), _LIVE_OF_SITE),
    (Rule(Reach.OWN, Verb.SEE_PAST), _PAST),
    (Rule(Reach.SITE, Verb.SEE_PAST), _PAST_OF_SITE),
    (Rule(Reach.OWN, Verb.ACKNOWLEDGE), _ALERTS),
    (Rule(Reach.SITE, Verb.ACKNOWLEDGE), _INCIDENTS),
    (Rule(Reach.OWN, Verb.STEER), _STEER),
    (Rule(Reach.OWN, Verb.EXPORT), _EXPORT),
    (Rule(Reach.OWN, Verb.DELETE), "delete /api/v1/evidence/packs/{pack_id}"),
    (Rule(Reach.SITE, Verb.DELETE), "delete /api/v1/sequences/{sequence_id}"),
    (Rule(Reach.OWN, Verb.ADMINISTER), _ADMINISTER),
    (Rule(Reach.SITE, Verb.ADMINISTER), _ADMINISTER_SITE),
)


def rules() -> dict[tuple[str, str], Rule]:
    """By method (`ws` for WebSocket) and path."""
    found: dict[tuple[str, str], Rule] = {}
    for rule, routes in _TABLE:
        words = routes.split()
        for method, path in zip(words[::2], words[1::2], strict=True):
            assert (method, path) not in found, f"{method} {path} is there twice"
            found[method, path] = rule
    return found
