"""Which texts of commands may hold control characters: contents of files, and passwords of accounts, which only go through a hash."""

from engine.model.access_command import ChangePassword, ConfirmPassword, ResetPassword
from engine.model.alert_command import ImportReports
from engine.model.command import AddFirmware, Command, CreateUser
from engine.model.errors import InputError
from engine.model.fire_command import ImportFireWeather
from engine.model.floor_image import PutFloorImage
from engine.model.people_command import EnrolFace, TeachGesture
from engine.model.plain_text import check_texts
from engine.model.risk_command import ImportNeighbourhoods
from engine.model.upkeep import ImportSettings

_UNCHECKED: dict[type, frozenset[str]] = {
    **dict.fromkeys((AddFirmware, ImportReports, TeachGesture), frozenset({"data"})),
    **dict.fromkeys((ImportFireWeather, ImportNeighbourhoods, ImportSettings), frozenset({"text"})),
    **dict.fromkeys((EnrolFace, PutFloorImage), frozenset({"picture"})),
    **dict.fromkeys((ConfirmPassword, CreateUser, ResetPassword), frozenset({"password"})),
    ChangePassword: frozenset({"password", "current"}),
}


def check_command_texts(command: Command) -> None:
    """Raises InputError naming the field that holds control characters, as the form of it does (`url` of a camera)."""
    try:
        check_texts(command, without=_UNCHECKED.get(type(command), frozenset()))
    except InputError as error:
        raise InputError(error.field.rpartition(".")[2], error.message) from None
