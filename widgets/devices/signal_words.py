"""Strengths, rates, health and places of radios in words. Pure."""

from engine.model.radio.radio import PathLossView
from engine.model.site import Position
from widgets.number_text import number_text, numbers_text
from widgets.translation import tr

_WEAKEST_DBM, _STRONGEST_DBM = -100, -40


def signal_share(rssi_dbm: int) -> float:
    """How full the bar of a received strength is, 0–1: −100 dBm is empty, −40 dBm is full."""
    return min(1.0, max(0.0, (rssi_dbm - _WEAKEST_DBM) / (_STRONGEST_DBM - _WEAKEST_DBM)))


def dbm_text(rssi_dbm: int | None) -> str:
    """`−58 dBm` with a true minus; a dash where there is no value (0 means none on the wire)."""
    return tr("{0} dBm").format(str(rssi_dbm).replace("-", "−")) if rssi_dbm else "–"


def signal_word(rssi_dbm: int) -> str:
    if rssi_dbm >= -60:
        return tr("strong")
    if rssi_dbm >= -70:
        return tr("good")
    return tr("weak") if rssi_dbm >= -82 else tr("very weak")


def health_word(health: float | None) -> str:
    """Of 0–1, None while there is nothing to judge."""
    if health is None:
        return tr("no links")
    if health >= 0.75:
        return tr("good")
    if health >= 0.5:
        return tr("fair")
    return tr("poor") if health >= 0.25 else tr("bad")


def health_role(health: float | None) -> str:
    """Colour role of the bar: only what is wrong is coloured."""
    if health is None or health >= 0.5:
        return "secondary"
    return "moderate" if health >= 0.25 else "high"


def count_text(rate_hz: float) -> str:
    """A rate whose unit stands elsewhere: `0`, `2.4`, `139`."""
    return "0" if rate_hz < 0.05 else number_text(rate_hz, ".1f") if rate_hz < 9.95 else number_text(rate_hz, ".0f")


def rate_text(rate_hz: float) -> str:
    """`19.8 Hz`, `0 Hz`, `120 Hz`: three figures at most."""
    if rate_hz < 0.05:
        return tr("0 Hz")
    return tr("{0} Hz").format(number_text(rate_hz, ".1f") if rate_hz < 100 else number_text(rate_hz, ".0f"))


def position_text(position: Position) -> str:
    """`2.00, 3.10, 2.20 m`: X east, Y north, Z up."""
    return tr("{0} m").format(numbers_text((0.0 if abs(value) < 0.005 else value for value in position), ".2f").replace("-", "−"))


def path_loss_text(loss: PathLossView | None) -> str:
    """`−59 dBm at 1 m, exponent 2.4, learned from 312 readings`; empty where none was learned."""
    if loss is None:
        return ""
    power, exponent = number_text(loss.power_dbm, ".0f").replace("-", "−"), number_text(loss.exponent, ".1f")
    return tr("{0} dBm at 1 m, exponent {1}, learned from {2} readings").format(power, exponent, number_text(loss.readings))
