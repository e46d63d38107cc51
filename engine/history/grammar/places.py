"""Words for cameras, nodes, zones and doors, for losing them, for what is counted apart, for severities and gates."""

from engine.history.lexicon.tokens import word_set
from engine.model.history.query import By

THINGS = word_set(  # of which no event tells
    "car cars vehicle vehicles truck trucks lorry lorries van vans bus buses bike bikes bicycle bicycles motorbike motorbikes motorcycle "
    "motorcycles scooter scooters taxi taxis forklift forklifts trailer trailers dog dogs cat cats animal animals bird birds fox foxes "
    "deer parcel parcels package packages box boxes bag bags suitcase suitcases backpack backpacks drone drones plate plates"
)
DOOR_WORDS = word_set("door doors doorway doorways portal portals threshold")
LOST = word_set(
    "lost lose losing loses offline down dropped drop drops outage outages dead failed fail failing failure failures disconnected "
    "disconnect fault faults broken broke dark black unplugged unavailable unreachable out gone silent stopped interrupted frozen "
    "stop stops disconnections dropouts dropout downtime crash crashed died die loss losses cut crashed trouble troubles problem problems "
    "issue issues"
)
CAMERA_WORDS = word_set("camera cameras cam cams feed feeds stream streams picture pictures webcam cctv")
NODE_WORDS = word_set("node nodes radio radios sensor sensors receiver receivers esp transmitter transmitters")
ZONE_WORDS = word_set("zone zones area areas room rooms place places part parts portal portals door doors spot spots location")
BY_WORDS: dict[str, By] = {
    "kind": By.KIND,
    "type": By.KIND,
    "sort": By.KIND,
    "camera": By.CAMERA,
    "cam": By.CAMERA,
    "zone": By.ZONE,
    "area": By.ZONE,
    "room": By.ZONE,
    "place": By.ZONE,
    "person": By.PERSON,
    "people": By.PERSON,
    "employee": By.PERSON,
    "visitor": By.PERSON,
    "name": By.PERSON,
    "hour": By.HOUR,
    "time": By.HOUR,
    "hourly": By.HOUR,
    "day": By.DAY,
    "date": By.DAY,
    "daily": By.DAY,
    "trend": By.DAY,
    "weekday": By.WEEKDAY,
    "severity": By.SEVERITY,
    "priority": By.SEVERITY,
    "state": By.STATE,
    "status": By.STATE,
    "category": By.CATEGORY,
    "gate": By.GATE,
    "operator": By.ASSIGNEE,
    "guard": By.ASSIGNEE,
    "verdict": By.VERDICT,
    "disposition": By.VERDICT,
}
BY_PLURALS = {
    "kinds": "kind",
    "types": "type",
    "cameras": "camera",
    "cams": "cam",
    "zones": "zone",
    "areas": "area",
    "rooms": "room",
    "places": "place",
    "persons": "person",
    "visitors": "visitor",
    "employees": "employee",
    "hours": "hour",
    "days": "day",
    "weekdays": "weekday",
    "categories": "category",
}
PER = word_set("per by each every")
SEVERITIES = {"minimal": 1, "low": 2, "minor": 2, "moderate": 3, "medium": 3, "high": 4, "severe": 4, "critical": 5, "extreme": 5}
AT_LEAST_HIGH = word_set("serious major important urgent grave significant dangerous")
GATES = (
    "armed zone",
    "unknown person",
    "site mode",
    "alarm load",
    "area risk",
    "fire risk",
    "smoke evidence",
    "evidence",
    "severity",
    "camera",
    "zone",
    "arming",
    "schedule",
    "duplicate",
    "shelved",
)
