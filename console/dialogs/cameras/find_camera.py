"""Find a camera: those that answer on the network, and the streams that one offers or that its maker's cameras usually have."""

import tomllib
from importlib.resources import files
from urllib.parse import urlsplit

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.words import error_text, field_of
from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError, WatchroomError
from engine.model.history.finding import CameraDescription, DescribeCamera, FindCameras, FoundCamera, FoundStream
from engine.model.value_class import dataclass
from engine.sources.camera.urls import split_credentials
from widgets.fields.form import Field, FieldGroup
from widgets.fields.password_field import PasswordField
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.theme import set_role
from widgets.translation import tr

_WIDTH, _LIST_HEIGHT, _LOW_LIST = 620, 132, 88  # two of them
_ITSELF = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """`main`, `sub`: addresses with `{host}` in them."""

    name: str
    main: str
    sub: str

    def streams(self, host: str) -> tuple[FoundStream, ...]:
        return tuple(FoundStream(name, url.format(host=host)) for name, url in ((_large(), self.main), (_small(), self.sub)))


@dataclass(frozen=True, slots=True)
class ChosenCamera:
    """What was found out, for the form. `sub_url` empty: none. onvif: address of the device service; empty: of another kind."""

    name: str
    url: str
    sub_url: str
    credentials: Credentials | None
    onvif: str = ""


class FindCameraDialog(FramedDialog):
    """Searches as soon as it opens. Signals: chosen(ChosenCamera). put_off(): of the first camera, not now."""

    chosen = Signal(object)
    put_off = Signal()

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None, first: bool = False) -> None:
        """`first`: nobody asked for it, it follows the set-up of a site; it can be put off, and leads to other sources of pictures."""
        lead = tr(
            "The engine searches its networks for ONVIF cameras. Other cameras can be reached by the default addresses of their makers."
        )
        more = tr("Other sources: a USB camera, a file or a simulated camera.")
        title = tr("Find your first camera") if first else tr("Find a camera")
        super().__init__(title, f"{lead} {more}" if first else lead, width=_WIDTH, parent=parent)
        self._bridge = bridge
        self._name = self._onvif = ""
        self.found = QListWidget(self)
        self.found.setAccessibleName(self.tr("Cameras found on the network"))
        self.found.setMinimumHeight(_LOW_LIST)
        self.found.setMaximumHeight(_LIST_HEIGHT)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # long names are cut; the tip has them
        self.again = QPushButton(icon("refresh-cw"), self.tr("&Search again"), self)
        self.again.setAutoDefault(False)
        self.state = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        set_role(self.state, "secondary")
        self.fields = FieldGroup(self)
        placeholder = self.tr("For example 192.168.1.20, or a stream: rtsp://…")
        self.fields.add_field("address", Field(self.tr("&Address"), _address_trouble, placeholder=placeholder))
        self.fields.add_field("user", Field(self.tr("User")))
        self.fields.add_field(
            "password", PasswordField(self.tr("Password"), hint=self.tr("Login of the camera. Leave empty if it has none.")), beside="user"
        )
        self.source = QComboBox(self)
        self.main, self.sub = QComboBox(self), QComboBox(self)
        self.ask = QPushButton(icon("video"), self.tr("&Get streams"), self)
        self.ask.setAutoDefault(False)
        self._lay_out_search()
        self._add_ways_out(first)
        self.use = self.add_button(self.tr("&Use camera"), "primary")
        self._fill_sources()
        self._connect_search()
        self._show_streams(())
        self.fields.field("address").edit().setFocus()
        self.search()

    def _add_ways_out(self, first: bool) -> None:
        self.add_cancel(self.tr("&Other ways…") if first else "")
        if first:
            self.add_button(self.tr("La&ter"), at_left=True).clicked.connect(self._put_off)

    def _put_off(self) -> None:
        self.reject()
        self.put_off.emit()

    def _lay_out_search(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        row.addWidget(self.again)
        self.body.addWidget(self.found)
        self.body.addLayout(row)
        self.body.addWidget(self.fields)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        asked = QHBoxLayout()
        asked.addWidget(self.source, 1)
        asked.addWidget(self.ask)
        for text, part, buddy in (
            (self.tr("Streams &from"), asked, self.source),
            (self.tr("&Main stream"), self.main, self.main),
            (self.tr("Su&b-stream"), self.sub, self.sub),
        ):
            label = QLabel(text, self, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(buddy)
            buddy.setAccessibleName(text.replace("&", ""))
            form.addRow(label, part)
        self.body.addLayout(form)

    def _fill_sources(self) -> None:
        self.source.addItem(self.tr("The camera itself (ONVIF)"), _ITSELF)
        for maker in makers():
            self.source.addItem(self.tr("Default addresses of {0}").format(maker.name), maker.name)

    def _connect_search(self) -> None:
        self.again.clicked.connect(self.search)
        self.found.currentItemChanged.connect(self._use_camera)
        self.found.itemClicked.connect(self._want_login)
        self.fields.validity_changed.connect(self._enable_ask)
        self.fields.field("address").changed.connect(self._forget_name)
        self.fields.field("address").changed.connect(self._drop_streams)
        self.fields.field("address").edit().editingFinished.connect(self._take_login_out)
        self.source.currentIndexChanged.connect(self._drop_streams)
        self.fields.field("user").changed.connect(self._forget_refusal)
        self.fields.submitted.connect(self._go_on)
        self.ask.clicked.connect(self.describe)
        self.use.clicked.connect(self._use)

    # Searching

    def search(self) -> None:
        self.again.setEnabled(False)
        with QSignalBlocker(self.found):  # while it empties, others become the current one
            self.found.clear()
        self.state.setText(self.tr("Searching…"))
        self._bridge.ask(FindCameras(), self._show_found, self._not_found, owner=self)

    def _show_found(self, cameras: tuple[FoundCamera, ...]) -> None:
        self.again.setEnabled(True)
        count = len(cameras)
        none = self.tr("No camera answered. ONVIF may be switched off, or the camera is in another network. Enter its address.")
        self.state.setText(self.tr("{0} found").format(count) if count else none)
        self.state.setWordWrap(not count)
        for camera in cameras:
            name = camera.name or camera.hardware or self.tr("Unnamed camera")
            more = f" ({camera.hardware})" if camera.hardware and camera.hardware != name else ""
            item = QListWidgetItem(icon("video"), f"{name}{more}\n{camera.host}")
            item.setToolTip(plain_tip(f"{name}{more}, {camera.address}"))
            item.setData(Qt.ItemDataRole.UserRole, camera)
            self.found.addItem(item)
        if count and not self._address():
            self._offer(count)

    def _offer(self, count: int) -> None:
        """Who has typed nothing yet goes on from what was found."""
        if count == 1:
            self.found.setCurrentRow(0)
            self._want_login()
        else:
            self.found.setFocus()

    def _want_login(self) -> None:
        self.fields.field("user").edit().setFocus()
        self.bring_to_view(self.fields.field("user"))

    def _not_found(self, error: WatchroomError) -> None:
        self.again.setEnabled(True)
        self.state.setText(error_text(error))
        self.state.setWordWrap(True)

    def _use_camera(self, item: QListWidgetItem | None) -> None:
        camera = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if isinstance(camera, FoundCamera):
            self.fields.field("address").set_value(camera.address)
            self._name = camera.name

    # Streams

    def describe(self) -> None:
        """Ask the camera, or write down what its maker's cameras have."""
        address = self._address()
        if not self.fields.is_valid() or not address:
            self.fields.reveal()
            return
        self.show_trouble("")
        self._forget_refusal()
        maker = next((maker for maker in makers() if maker.name == self.source.currentData()), None)
        if maker is not None:
            self._show_streams(maker.streams(host_of(address)))
            return
        self.ask.setEnabled(False)
        self.ask.setText(self.tr("Asking…"))
        asked = host_of(address) if is_rtsp(address) else address
        self._bridge.ask(DescribeCamera(asked, self._credentials()), self._show_described, self._show_stream_error, owner=self)

    def _show_described(self, told: CameraDescription) -> None:
        self._rest()
        self._onvif = told.address
        self._name = self._name or " ".join(filter(None, (told.maker, told.model)))
        self._show_streams(told.streams)
        if not told.streams:
            self.show_trouble(self.tr("{0} offers no video stream.").format(_called(told)))

    def _show_stream_error(self, error: WatchroomError) -> None:
        """It may be asked again as it is, or with another user alone."""
        self._rest()
        name = "address" if isinstance(error, EnvironmentFault) else field_of(error)
        if name in self.fields.values():
            self.fields.field(name).show_noticed(error_text(error))
            self.fields.field(name).edit().setFocus()
            self.bring_to_view(self.fields.field(name))
        else:
            self.show_error(error)

    def _forget_refusal(self) -> None:
        for name in ("address", "password"):
            self.fields.field(name).show_noticed("")

    def _rest(self) -> None:
        self.ask.setText(self.tr("&Get streams"))
        self._enable_ask()

    def _go_on(self) -> None:
        """Enter: to the streams, and from there into the form."""
        if self.use.isEnabled():
            self._use()
        else:
            self.describe()

    def _forget_name(self) -> None:
        """What was found at one address does not name what is at another."""
        self._name = self._onvif = ""

    def _drop_streams(self) -> None:
        """Streams of another address are not used. What is typed may be a stream itself."""
        url, _ = split_credentials(self._address())
        typed = is_rtsp(url) and self.source.currentData() == _ITSELF
        self._show_streams((FoundStream(self.tr("As typed"), url),) if typed else ())

    def _take_login_out(self) -> None:
        """A login within an address goes where it belongs, and is no longer readable on screen."""
        url, login = split_credentials(self._address())
        if login is not None and self.fields.is_valid():
            self.fields.field("address").set_value(url)
            self.fields.field("user").set_value(login.user)
            self.fields.field("password").set_value(login.password)

    def _address(self) -> str:
        return self.fields.field("address").value().strip()

    def _show_streams(self, streams: tuple[FoundStream, ...]) -> None:
        for combo in (self.main, self.sub):
            combo.clear()
            for stream in streams:
                combo.addItem(stream_text(stream), stream.url)
                combo.setItemData(combo.count() - 1, plain_tip(stream.url), Qt.ItemDataRole.ToolTipRole)
        self.sub.addItem(self.tr("No sub-stream"), "")
        self.sub.setCurrentIndex(_smaller(streams))
        for combo in (self.main, self.sub):
            combo.setEnabled(bool(streams))
        self._enable_ask()

    def _enable_ask(self) -> None:
        self.ask.setEnabled(self.fields.is_valid())
        self.use.setEnabled(bool(self.main.currentData()))
        (self.use if self.use.isEnabled() else self.ask).setDefault(True)

    def _credentials(self) -> Credentials | None:
        user = self.fields.field("user").value().strip()
        return Credentials(user, self.fields.field("password").value()) if user else split_credentials(self._address())[1]

    def _use(self) -> None:
        try:
            url, sub = str(self.main.currentData()), str(self.sub.currentData() or "")
            self.chosen.emit(ChosenCamera(self._name, url, "" if sub == url else sub, self._credentials(), self._onvif))
        except InputError as error:
            self.show_error(error, self.fields)
            return
        self.accept()


def makers() -> tuple[Maker, ...]:
    """Of common cameras, by name."""
    told = tomllib.loads(files("resources").joinpath("camera_urls.toml").read_text("utf-8"))
    return tuple(Maker(maker["name"], maker["main"], maker["sub"]) for maker in told["makers"])


def host_of(address: str) -> str:
    """`192.168.1.20` of `http://192.168.1.20/onvif/device_service`, as it stands in an address."""
    host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
    return f"[{host}]" if ":" in host else host


def is_rtsp(address: str) -> bool:
    """Whether it names a stream already. Over HTTP it may be that, or a camera to be asked."""
    try:
        parts = urlsplit(address)
        return parts.scheme.lower() in ("rtsp", "rtsps") and bool(parts.hostname)
    except ValueError:
        return False


def stream_text(stream: FoundStream) -> str:
    """`Main stream – 1920×1080, H264, 25 fps`."""
    size = f"{stream.width}×{stream.height}" if stream.width else ""
    rate = tr("{0} fps").format(number_text(stream.fps, "g")) if stream.fps else ""
    more = ", ".join(filter(None, (size, stream.codec, rate)))
    return f"{stream.name} – {more}" if more else f"{stream.name} – {stream.url}"


def _smaller(streams: tuple[FoundStream, ...]) -> int:
    """Which is taken as the small picture: the largest that is no wider than 960, else the last; that of one alone is none.

    JPEG, which takes many times the network, only where there is nothing else as small.
    """
    if len(streams) < 2:
        return len(streams)
    narrow = [index for index, stream in enumerate(streams) if index and 0 < stream.width <= 960]
    return min(narrow, key=lambda index: streams[index].codec == "JPEG", default=len(streams) - 1)


def _address_trouble(text: str) -> str:
    try:
        return "" if not text.strip() or host_of(text.strip()) else tr("Enter an address such as 192.168.1.20.")
    except ValueError:
        return tr("Enter an address such as 192.168.1.20.")


def _called(told: CameraDescription) -> str:
    return " ".join(filter(None, (told.maker, told.model))) or tr("The camera")


def _large() -> str:
    return tr("Large")


def _small() -> str:
    return tr("Small")
