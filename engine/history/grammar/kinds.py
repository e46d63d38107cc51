"""Words for kinds of events and categories of incidents, and how phrases are written in all tables."""

from engine.model.event import EventKind
from engine.model.incidents.incident import IncidentCategory

K = EventKind
C = IncidentCategory


def phrases(text: str) -> tuple[tuple[str, ...], ...]:
    """`a b, c`: the phrase `a b` and the word `c`."""
    return tuple(tuple(each.split()) for each in text.split(",") if each.strip())


KINDS: dict[EventKind, tuple[tuple[str, ...], ...]] = {
    K.FALL: phrases(
        "fall detected, fall, falls, fell, fallen, falling, fell down, fall down, fallen down, collapse, collapsed, collapses, tumble, "
        "tumbled, slipped, man down, person down, tripped"
    ),
    K.FIGHT: phrases("fight, fights, fighting, fought, brawl, brawls, brawling, scuffle, scuffles, altercation, altercations, fistfight"),
    K.LOITERING: phrases(
        "loiter, loitering, loitered, loiterer, loiterers, loiters, hanging around, hang around, hung around, hanging about, lingering, "
        "linger, lingered, lurking, lurked, standing around"
    ),
    K.RUNNING: phrases("run, running, ran, runner, runners, sprinting, sprint, sprinted"),
    K.CROWD: phrases("crowd, crowds, crowded, crowding, gathering, gatherings"),
    K.GESTURE: phrases("gesture, gestures, gestured, hand sign, hand signs, hand signal, hand signals"),
    K.MOTION: phrases("motion, motions, movement, movements, moved, move, moving, motion events, motion event, motion detection"),
    K.SMOKE: phrases("smoke, smoke detected, smoke seen"),
    K.PRESENCE: phrases("presence, presences, presence detected"),
    K.PHONE_LEFT: phrases(
        "phone left, phone was left behind, phone left behind, left phone, left a phone, left their phone, left his phone, left her phone, "
        "forgotten phone, phone forgotten, forgot a phone, forgot their phone, phones left, phones left behind, phone lost, lost phone, "
        "lost phones, lost a phone, abandoned phone, phone, phones, telephone, telephones, "
        "telephone left, telephone forgotten, telephone was forgotten, "
        "phone was forgotten, phone was left, mobile phone, phone was left, phones were left, phones were left behind"
    ),
    K.BADGE_WITHOUT_OWNER: phrases(
        "badge without owner, badges without owner, wrong badge, wrong badges, someone elses badge, badge without its owner, "
        "badges without their owner, badge events, badge without owner"
    ),
    K.TWO_PLACES: phrases("two places, two places at once, person in two places, people in two places"),
    K.WHO_IS_IT: phrases(
        "uncertain face, uncertain faces, ambiguous face, ambiguous faces, identity uncertain, uncertain identity, uncertain identities"
    ),
    K.CROSSING: phrases(
        "crossing, crossings, line or door crossed, line or door crossing, line or door crossings, line crossed, door crossed"
    ),
    K.ZONE_VISIT: phrases(
        "zone entered, zone entry, zone entries, zone visit, zone visits, visit of a zone, visits of zones, visits to zones"
    ),
    K.ZONE_OCCUPIED: phrases("occupied, occupancy, zone occupied, occupied zone, occupied zones"),
    K.FORECAST_FAILED: phrases(
        "forecast failed, forecast failure, forecast failures, risk forecast failed, failed risk forecast, failed risk forecasts"
    ),
}
CATEGORIES: dict[IncidentCategory, tuple[tuple[str, ...], ...]] = {
    C.THEFT: phrases("theft, thefts, stolen, stealing, steal, robbery, robberies, pickpocket, thief, thieves"),
    C.ASSAULT: phrases("assault, assaults, assaulted, attacked, mugging, muggings"),
    C.VANDALISM: phrases("vandalism, graffiti, vandalised, vandalized, vandals, property damage"),
    C.BURGLARY: phrases("burglary, burglaries, burglar, burglars, break in, break ins, breakin, breakins, broke in"),
    C.VEHICLE_CRIME: phrases("vehicle crime, vehicle crimes, car theft, car thefts, car crime"),
    C.DRUG_RELATED: phrases("drug, drugs, drug related, drug dealing"),
    C.VIOLENCE: phrases("violence, violent"),
    C.WEAPONS: phrases("weapon, weapons, gun, guns, knife, knives, armed person"),
    C.DISTURBANCE: phrases("disturbance, disturbances, noise complaint, noise complaints"),
    C.SUSPICIOUS_ACTIVITY: phrases("suspicious activity, suspicious activities"),
    C.FIRE: phrases("fire, fires, blaze, arson, burning, burnt"),
    C.OTHER: phrases("other incidents"),
}
