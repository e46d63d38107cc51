from bleak.backends._manufacturers import MANUFACTURERS

from engine.model.radio.radio import LOCAL_SCANNER, BleDeviceView, BleSighting
from engine.model.time import SECOND
from engine.sources.ble.addresses import ah
from engine.sources.ble.companies import company_name
from engine.sources.ble.naming import Naming
from engine.sources.ble.registry import KEEP_S, MOST_DEVICES, DeviceReading, SightingsBook
from engine.sources.ble.resolver import Resolver
from engine.sources.node.messages import BleAdvert

NODE, OTHER = "AA:00:00:00:00:01", "AA:00:00:00:00:02"


def test_a_device_is_listed_with_all_that_is_known():
    book = SightingsBook()
    book.note(DeviceReading("anon-1", "5A:00:00:00:00:01", NODE, -70, "Band", 0x0157, rotates=True), 10 * SECOND)
    book.note(DeviceReading("anon-1", "5A:00:00:00:00:01", OTHER, -55), 12 * SECOND)
    (view,) = book.views(15 * SECOND)
    assert (view.device, view.address, view.name, view.company, view.rotates) == ("anon-1", "5A:00:00:00:00:01", "Band", "Huami", False)
    assert (view.best_scanner, view.rssi_dbm, view.scanners, view.heard) == (OTHER, -55, 2, ((OTHER, -55), (NODE, -70)))
    assert (view.first_seen_ns, view.last_seen_ns) == (10 * SECOND, 12 * SECOND)


def test_what_a_node_only_repeats_grows_old():
    book = SightingsBook()
    for seconds in range(0, 100, 5):
        book.note(DeviceReading("gone", "AA:BB:CC:DD:EE:01", NODE, -70), seconds * SECOND)
        book.note(DeviceReading("here", "AA:BB:CC:DD:EE:02", LOCAL_SCANNER, -70, repeats=False), seconds * SECOND)
    here, gone = book.views(96 * SECOND)
    assert (here.device, here.rssi_dbm, here.last_seen_ns) == ("here", -70, 95 * SECOND)
    assert (gone.device, gone.rssi_dbm, gone.last_seen_ns) == ("gone", None, 0)


def test_what_the_locator_knows_is_taken_over():
    book = SightingsBook()
    book.note(DeviceReading("AA:BB:CC:DD:EE:01", "5A:00:00:00:00:09", NODE, -60, "Phone", 0x004C, rotates=True), SECOND)
    located = BleDeviceView(
        "AA:BB:CC:DD:EE:01", "", label="Alice's", person_id="p1", position=(1, 2, 1.2), sigma_m=1.0, method="grid_filter"
    )
    view, other = book.views(2 * SECOND, [located, BleDeviceView("elsewhere", "")])
    assert (view.label, view.person_id, view.position, view.sigma_m) == ("Alice's", "p1", (1, 2, 1.2), 1.0)
    assert (view.address, view.company, view.rotates, view.name) == ("5A:00:00:00:00:09", "Apple", True, "Phone")
    assert other.device == "elsewhere"


def test_the_book_is_bounded_and_forgets_after_a_day():
    book = SightingsBook()
    for index in range(MOST_DEVICES + 300):
        book.note(DeviceReading(f"d{index}", "", NODE, -60), index * SECOND)
    assert len(book) == len(book.views(3000 * SECOND)) == MOST_DEVICES
    assert book.views(3000 * SECOND)[0].device == f"d{MOST_DEVICES + 299}"
    book.forget(f"d{MOST_DEVICES + 299}")
    assert book.views(3000 * SECOND)[0].device == f"d{MOST_DEVICES + 298}"
    assert book.views(round(KEEP_S + 3000) * SECOND) == ()


def test_adverts_become_sightings_and_are_noted():
    resolver, book = Resolver(bytes(32)), SightingsBook()
    resolver.configure(["AA:BB:CC:DD:EE:01"], {})
    naming = Naming(resolver, book)
    adverts = [BleAdvert("AA:BB:CC:DD:EE:01", -50, False, "Alice"), BleAdvert("5A:00:00:00:00:01", -80, True, "", 0x004C, b"\x10")]
    known, unknown = naming(NODE, adverts, SECOND)
    assert known == BleSighting("AA:BB:CC:DD:EE:01", -50, "Alice")
    assert unknown.device.startswith("anon-") and unknown.company_id == 0x004C
    assert {view.address: view.rotates for view in book.views(SECOND)} == {"AA:BB:CC:DD:EE:01": False, "5A:00:00:00:00:01": True}
    assert naming.local([], SECOND) is None
    local = naming.local(adverts, 2 * SECOND)
    assert local is not None and local.scanner == LOCAL_SCANNER and len(local.sightings) == 2


def test_an_address_that_was_given_up_is_repeated_in_vain():
    """A node lists the old private address with its old strength beside the new one: one device, one strength."""
    owner, key = "AA:BB:CC:DD:EE:01", bytes(range(16))
    resolver, book = Resolver(bytes(32)), SightingsBook()
    resolver.configure([owner], {owner: key})
    naming = Naming(resolver, book)
    old, new = (":".join(f"{octet:02X}" for octet in part + ah(key, part)) for part in (b"\x41\x00\x01", b"\x41\x00\x02"))
    assert naming(NODE, [BleAdvert(old, -70, True)], 0) == (BleSighting(owner, -70),)
    for seconds in range(5, 60, 5):
        said = naming(NODE, [BleAdvert(old, -70, True), BleAdvert(new, -50 - seconds % 3, True)], seconds * SECOND)
        assert said == (BleSighting(owner, -50 - seconds % 3),)
    (view,) = book.views(60 * SECOND)
    assert (view.address, view.device) == (new, owner)


def test_company_names_agree_with_the_assigned_numbers():
    """A typing error in an id would show another company: the library's table has the official names."""
    for number in range(0x1000):
        if name := company_name(number):
            assert name.split()[0].lower().rstrip(".,") in MANUFACTURERS[number].lower().replace("stmicro", "st micro"), number
    assert company_name(None) == company_name(0xFFFF) == ""


def test_the_name_of_who_is_not_registered_is_shown_live_and_not_put_on_record():
    """Sightings go into the journal, where “Ada's phone” beside a pseudonym would say whose it is."""
    book = SightingsBook()
    (said,) = Naming(Resolver(bytes(32)), book)(NODE, [BleAdvert("5A:00:00:00:00:01", -80, True, "Ada's phone", 0x004C)], SECOND)
    assert said.device.startswith("anon-") and said.name == "" and said.company_id == 0x004C
    assert book.views(SECOND)[0].name == "Ada's phone"
