"""CSI as ESP32 tools print it: lines that begin with `CSI_DATA`, comma-separated, the samples in square brackets.

Three layouts are in use, and are told apart by the number of fields before the bracket, or by a header line (`type,…`):
    ESP32-CSI-Tool: 25 fields (type,role,mac,rssi,…,real_timestamp,len), samples separated by spaces;
    esp-csi `csi_recv` on ESP32, S2, S3, C3: 24 (type,id,mac,rssi,…,len,first_word), separated by commas, in quotes;
    esp-csi on C5, C6: 14 (type,id,mac,rssi,rate,noise_floor,fft_gain,agc_gain,channel,local_timestamp,sig_len,rx_state,len,first_word).
Other layouts are read as far as they can be understood: the address, RSSI after it, and the samples. Samples are int8 pairs, imaginary
part first (ESP-IDF programming guide, Wi-Fi channel state information).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.radio.radio import SUBCARRIERS, CsiBatch
from engine.model.value_class import dataclass

MARK = "CSI_DATA"
MOST_SUBCARRIERS = 1024
_MAC = re.compile(r"^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$")
LEGACY = 128  # samples of the legacy training field, which some tools print alone although `len` counts further fields
_TOOL = (
    "type,role,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc,fec_coding,sgi,noise_floor,ampdu_cnt,"
    "channel,secondary_channel,local_timestamp,ant,sig_len,rx_state,real_time_set,real_timestamp,len"
)
_RECV = _TOOL.replace("real_time_set,real_timestamp,len", "len,first_word")
_RECV_C6 = "type,id,mac,rssi,rate,noise_floor,fft_gain,agc_gain,channel,local_timestamp,sig_len,rx_state,len,first_word"
_LAYOUTS: dict[int, tuple[str, ...]] = {len(names): names for names in (tuple(text.split(",")) for text in (_TOOL, _RECV, _RECV_C6))}


@dataclass(frozen=True, slots=True, eq=False)
class CsiRow:
    """One frame.

    `iq` (S, 2) int8, I then Q. `local_us`: the receiver's clock, 32 bits, wraps; None where the line has none. `mode`: 0 legacy, 1 HT
    (`sig_mode`), 0 where unknown: frames of different modes may have different subcarriers in the same place.
    """

    line: int
    mac: str
    rssi_dbm: int
    noise_dbm: int
    channel: int
    local_us: int | None
    mode: int
    iq: npt.NDArray[np.int8] = field(repr=False)


def read_rows(lines: Iterable[str], damaged: Callable[[int, str], None] = lambda line, why: None) -> Iterator[CsiRow]:
    """The frames among these lines; lines of other kinds are passed over, damaged ones too. `damaged` hears their line and what is wrong.

    InputError at the end when there was no frame at all: it names the first damaged line and field, or says that nothing is CSI.
    """
    trouble: InputError | None = None
    layouts = dict(_LAYOUTS)
    found = False
    for number, text in enumerate(lines, start=1):
        header = _header(text)
        if header:
            layouts[len(header)] = header
            continue
        try:
            row = parse_line(text, number, layouts)
        except InputError as error:
            trouble = trouble or error
            damaged(number, f"{error.field.partition(', ')[2]} {error.message}")
            continue
        if row is not None:
            found = True
            yield row
    if not found:
        raise trouble or InputError("line 1", f"No line begins with {MARK}: this is not CSI of an ESP32 as text.")


def parse_line(text: str, number: int = 1, layouts: dict[int, tuple[str, ...]] | None = None) -> CsiRow | None:
    """One line's frame, None when the line is no CSI. InputError naming line and field when it is damaged."""
    begin = text.find(MARK)
    if begin < 0:
        return None
    opens, closes = text.find("[", begin), text.find("]", begin)
    if opens < 0 or closes < opens:
        raise InputError(f"line {number}, data", "has no samples in square brackets; the line was cut off.")
    fields = [part.strip() for part in text[begin:opens].rstrip().rstrip('"').rstrip(",").split(",")]
    names = (layouts or _LAYOUTS).get(len(fields), ())
    mac_at = _mac_at(fields, names, number)
    values = dict(zip(names, fields, strict=True)) if names else {"rssi": fields[mac_at + 1] if len(fields) > mac_at + 1 else "0"}
    iq = _samples(text[opens + 1 : closes], number, _number(values, "len", number))
    return CsiRow(
        line=number,
        mac=fields[mac_at].upper().replace("-", ":"),
        rssi_dbm=_in_range(values, "rssi", number, -128, 127) or 0,
        noise_dbm=_in_range(values, "noise_floor", number, -128, 127) or 0,
        channel=_in_range(values, "channel", number, 0, 255) or 0,
        local_us=_number(values, "local_timestamp", number),
        mode=_number(values, "sig_mode", number) or 0,
        iq=iq,
    )


def as_batch(rows: Sequence[CsiRow], node: str, arrival_ns: Sequence[int]) -> CsiBatch:
    """The frames as if node `node` had reported them at `arrival_ns`; the first 64 subcarriers (the legacy training field) of each."""
    peers = list(dict.fromkeys(row.mac for row in rows))
    iq = np.zeros((len(rows), SUBCARRIERS, 2), np.int8)
    for place, row in enumerate(rows):
        iq[place, : len(row.iq)] = row.iq[:SUBCARRIERS]
    return CsiBatch(
        occurred_ns=max(arrival_ns, default=0),
        links=tuple((node, peer) for peer in peers),
        link=np.array([peers.index(row.mac) for row in rows], np.uint16),
        arrival_ns=np.array(arrival_ns, np.int64),
        rssi_dbm=np.array([row.rssi_dbm for row in rows], np.int8),
        noise_dbm=np.array([row.noise_dbm for row in rows], np.int8),
        channel=np.array([row.channel for row in rows], np.uint8),
        n_sub=np.array([min(len(row.iq), SUBCARRIERS) for row in rows], np.uint8),
        iq=iq,
    )


def _header(text: str) -> tuple[str, ...]:
    """The field names before the samples, if this is a header line."""
    if not text.startswith("type,"):
        return ()
    names = tuple(name.strip().lower() for name in text.strip().split(","))
    return names[:-1] if "mac" in names else ()


def _mac_at(fields: Sequence[str], names: Sequence[str], number: int) -> int:
    """Which field is the transmitter's address: the one named so, or the first that looks like one."""
    if "mac" in names and _MAC.match(fields[names.index("mac")]):
        return names.index("mac")
    at = next((place for place, text in enumerate(fields) if _MAC.match(text)), None)
    if at is None or names:
        raise InputError(f"line {number}, mac", "is no address of six bytes; the line is damaged.")
    while at + 1 < len(fields) and _MAC.match(fields[at + 1]):  # source, then destination
        at += 1
    return at


def _samples(text: str, number: int, told: int | None) -> npt.NDArray[np.int8]:
    try:
        values = np.array([int(part) for part in text.replace(",", " ").split()], np.int64)
    except (ValueError, OverflowError):
        raise InputError(f"line {number}, data", "has something else than whole numbers in the brackets.") from None
    if told is not None and len(values) not in (told, 2 * told, LEGACY):
        raise InputError(f"line {number}, len", f"says {told} samples, but the line has {len(values)}; it was cut off.")
    if len(values) % 2 or len(values) > 2 * MOST_SUBCARRIERS:
        raise InputError(f"line {number}, data", f"has {len(values)} samples; pairs are expected, {MOST_SUBCARRIERS} at most.")
    if len(values) and (values.min() < -128 or values.max() > 127):
        raise InputError(f"line {number}, data", "has samples outside -128 to 127.")
    return values.astype(np.int8).reshape(-1, 2)[:, ::-1]


def _number(values: dict[str, str], name: str, number: int) -> int | None:
    text = values.get(name, "")
    if not text:
        return None
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        raise InputError(f"line {number}, {name}", f"“{text[:20]}” is no number.") from None


def _in_range(values: dict[str, str], name: str, number: int, low: int, high: int) -> int | None:
    value = _number(values, name, number)
    if value is not None and not low <= value <= high:
        raise InputError(f"line {number}, {name}", f"{value} is outside {low} to {high}.")
    return value
