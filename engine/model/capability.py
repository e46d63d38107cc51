"""What a site can do without: whole capabilities of the engine that its settings leave out."""

from enum import StrEnum


class Capability(StrEnum):
    """Of one that is left out nothing is imported, started or shown.

    INCIDENTS: reports of people, their correlation and the external classifier. RISK: the risk map and its forecast, learnt from incidents.
    FIRE: smoke in pictures and fire weather. RADIO: Wi-Fi sensing, nodes and Bluetooth. SPEECH: names and alarms by microphone.
    GESTURES: taught gestures.
    """

    INCIDENTS = "incidents"
    RISK = "risk"
    FIRE = "fire"
    RADIO = "radio"
    SPEECH = "speech"
    GESTURES = "gestures"
