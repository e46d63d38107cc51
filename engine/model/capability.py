"""What a site can do without: whole capabilities of the engine that its settings leave out."""

from enum import StrEnum


class Capability(StrEnum):
    """Of one that is left out nothing is imported, started or shown.

    INCIDENTS: reports of people, their correlation and the external classifier. RISK: the risk map and its forecast, learnt from incidents.
    FIRE: smoke in pictures and fire weather. RADIO: Wi-Fi sensing, nodes and Bluetooth. SPEECH: names by microphone. GESTURES: taught ones.
    """

    INCIDENTS = "incidents"
    RISK = "risk"
    FIRE = "fire"
    RADIO = "radio"
    SPEECH = "speech"
    GESTURES = "gestures"

    @property
    def label(self) -> str:
        """Inside a sentence."""
        return _LABELS[self]


_LABELS = {
    Capability.INCIDENTS: "reports and incidents",
    Capability.RISK: "a risk map",
    Capability.FIRE: "fire weather and smoke",
    Capability.RADIO: "radio sensing",
    Capability.SPEECH: "microphones",
    Capability.GESTURES: "gestures",
}
