"""Fire weather for the console: settings, a password that goes in only, and days that are read from a file."""

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.fire.weather_csv import read_weather
from engine.model.command import Command
from engine.model.fire.commands import ChangeFire, ImportFireWeather, RefreshFire

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine


def execute_fire(engine: "FakeEngine", command: Command) -> str | None:
    """None for other commands."""
    match command:
        case ChangeFire(fire, password):
            engine.settings = replace(engine.settings, fire=fire)
            stored = engine.fire.password_stored if password is None else bool(password)
            engine.fire = replace(engine.fire, password_stored=stored)
            return ""
        case ImportFireWeather(text):
            count = len(read_weather(text).noons)
            return f"{count} days: {count} ok"
        case RefreshFire():
            engine.fire = replace(engine.fire, next_ns=0)
            return ""
        case _:
            return None
