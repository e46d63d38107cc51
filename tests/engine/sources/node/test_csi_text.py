"""CSI lines of ESP32 tools: real samples, every layout, and whatever a serial port may make of them."""

import os
import pty
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.errors import EnvironmentFault, InputError
from engine.sources.node.csi_serial import CsiSerial
from engine.sources.node.csi_text import as_batch, parse_line, read_rows

TOOL = "CSI_DATA,AP,3C:71:BF:6D:2A:78,-73,11,1,0,1,1,1,0,0,0,0,-93,0,1,1,80272146,0,101,0,0,80.36,384,[{data} ]"
RECV = 'CSI_DATA,0,94:d9:b3:80:8c:81,-30,11,1,6,1,0,1,0,1,0,0,-93,0,13,2,2751923,0,67,0,{count},1,"[{data}]"'
RECV_C6 = 'CSI_DATA,7,1a:00:00:00:00:00,-41,11,-96,12,30,11,998877,47,0,{count},0,"[{data}]"'
SAMPLES = list(range(-64, 64))


def test_the_three_layouts() -> None:
    tool = parse_line(TOOL.format(data=" ".join(map(str, SAMPLES))))
    recv = parse_line(RECV.format(data=",".join(map(str, SAMPLES)), count=128))
    c6 = parse_line("I (300) csi: " + RECV_C6.format(data=",".join(map(str, SAMPLES[:106])), count=106))
    assert tool is not None and recv is not None and c6 is not None
    assert (tool.mac, tool.rssi_dbm, tool.noise_dbm, tool.channel, tool.local_us, tool.mode) == (
        "3C:71:BF:6D:2A:78",
        -73,
        -93,
        1,
        80272146,
        1,
    )
    assert (recv.mac, recv.rssi_dbm, recv.channel, recv.local_us) == ("94:D9:B3:80:8C:81", -30, 13, 2751923)
    assert (c6.rssi_dbm, c6.noise_dbm, c6.channel, c6.local_us, len(c6.iq)) == (-41, -96, 11, 998877, 53)
    assert tool.iq[0].tolist() == [-63, -64]  # imaginary part first on the line


def test_a_header_names_the_fields_of_another_layout() -> None:
    lines = ["type,seq,mac,channel,rssi,local_timestamp,data", "CSI_DATA,1,1a:00:00:00:00:00,6,-50,77,[1 2 3 4]"]
    row = next(iter(read_rows(lines)))
    assert (row.channel, row.rssi_dbm, row.local_us, row.iq.tolist()) == (6, -50, 77, [[2, 1], [4, 3]])


def test_an_unknown_layout_gives_what_can_be_understood() -> None:
    row = parse_line("CSI_DATA,1a:00:00:00:00:00,2b:00:00:00:00:00,-55,x,[1 2]")
    assert row is not None
    assert (row.mac, row.rssi_dbm, row.local_us) == ("2B:00:00:00:00:00", -55, None)


def test_real_samples(shared: Path) -> None:
    with (shared / "data/csi/wisensing/1_raw_data/person_200cm_1.csv").open() as lines:
        rows = list(read_rows(lines))
    assert len(rows) == 7888 and all(len(row.iq) == 64 for row in rows)
    batch = as_batch(rows[:100], "02:00:00:00:00:01", list(range(100)))
    assert len(batch) == 100 and batch.links == (("02:00:00:00:00:01", "A4:CF:12:13:93:D5"),)
    assert np.array_equal(batch.iq[5], rows[5].iq)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.integers(0, 400), st.characters())
def test_rubbish_is_a_refusal_or_a_frame_never_anything_else(tail: str, at: int, wrong: str) -> None:
    line = RECV.format(data=",".join(map(str, SAMPLES)), count=128)
    for text in ("CSI_DATA" + tail, line[:at], line[:at] + wrong + line[at + 1 :]):
        try:
            row = parse_line(text)
        except InputError as error:
            assert error.field.startswith("line 1, ")
        else:
            assert row is None or row.iq.dtype == np.int8


def test_lines_from_a_serial_port() -> None:
    device, host = pty.openpty()
    try:
        port = CsiSerial(os.ttyname(host), 115_200)
        line = RECV.format(data=",".join(map(str, SAMPLES)), count=128).encode()
        os.write(device, b"boot\n" + line[:50])
        rows = port.rows()
        assert next(rows) is None
        os.write(device, line[50:] + b"\nCSI_DATA,cut\n" + line + b"\n")
        found = []
        while len(found) < 2:
            row = next(rows)
            if row is not None:
                found.append(row)
        assert [row.rssi_dbm for row in found] == [-30, -30]
        port.close()
        assert [row for row in rows if row is not None] == []
    finally:
        os.close(device)
        os.close(host)


def test_no_such_port_is_told() -> None:
    with pytest.raises(EnvironmentFault, match="cannot be opened"):
        CsiSerial("/dev/there-is-none")
