"""Where phones are, and which blob belongs to whom: Bluetooth advertisements heard by scanners with a known place."""

from engine.radio.ble.identity import IdentityAssigner, IdentityChange
from engine.radio.ble.locator import PhoneLocator
from engine.radio.ble.path_loss import fit_calibration

__all__ = ["IdentityAssigner", "IdentityChange", "PhoneLocator", "fit_calibration"]
