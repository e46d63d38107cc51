"""Numbered observations ↔ the bytes of one journal chunk: compact JSON, deflated with a preset dictionary (RFC 1950 FDICT).

Version 2, which is written: length of the deflated text (4 bytes, little endian) | text | arrays (`engine.recording.array_section`).
Version 1, which is still read: the text alone, arrays in it as base64.

Batches are small (a few observations), so most of their text is field names that deflate could not have seen yet. The dictionary
supplies them. It is part of the format: a changed text needs a new entry, old entries stay so that old journals can be read.
"""

import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from engine.model.errors import InputError
from engine.model.observation import Numbered
from engine.model.wire import read_record, to_plain
from engine.recording.array_section import SectionReader, SectionWriter

VERSION = 2  # of the text inside a chunk
_LENGTH = struct.Struct("<I")
_LEVEL = 6
_LONGEST_TEXT = 256 << 20  # refuse to inflate more: no honest batch is that long

_FIRST_DICTIONARY = (
    '{"number":1,"received_ns":1,"observation":{"type":"EngineStarted","occurred_ns":1,"version":"0.1.0"}},'
    '{"type":"SettingsChanged","occurred_ns":1,"settings":{"site_name":"My site","cameras":[{"id":"cam-1","name":"Yard","url":"rtsp://",'
    '"sub_url":"","transport":"tcp","enabled":true,"paced":true,"loop":true,"masks":[],"min_person_share":0.12}],'
    '"detection":{"detector":"auto","rate_hz":5.0},"gates":{"min_confidence":0.45,"min_seen_s":0.6,"duplicate_s":3.0},'
    '"recording":{"enabled":true,"before_s":5.0,"after_s":5.0,"ring_mib":64,"ring_s":30.0,"longest_clip_s":120.0}},"changed_by":""}},'
    '{"type":"CameraStateChanged","camera_id":"","occurred_ns":1,"state":"connecting","reason":"No picture for 2 s"}},'
    '"state":"live","reason":""}},"state":"lost","reason":""}},"state":"paused","state":"ended",'
    '{"type":"DetectionsMade","camera_id":"","occurred_ns":1,"index":1,"width":640,"height":360,"detections":{'
    '"boxes_xyxy":{"dtype":"<f4","shape":[2,4],"data":""},"confidences":{"dtype":"<f4","shape":[2],"data":""},'
    '"categories":{"dtype":"|i1","shape":[2],"data":"AAA="},"embeddings":null},"detector":"yolox-nano"}},'
    '"categories":{"dtype":"|i1","shape":[1],"data":"AA=="},"embeddings":null},"detector":"hog"}},'
    '{"number":1,"received_ns":1,"observation":{"type":"FrameSeen","camera_id":"","occurred_ns":1,"index":1,"width":640,"height":360,'
    '"motion":{"share":0.0123,"regions_xyxy":{"dtype":"<f4","shape":[1,4],"data":""}}}},'
    '{"number":1,"received_ns":1,"observation":{"type":"Tick","occurred_ns":1}},'
    '{"number":1,"received_ns":17,"observation":{"type":"FrameSeen","camera_id":"","occurred_ns":17,"index":1,"width":640,"height":360,'
    '"motion":{"share":0.0,"regions_xyxy":{"dtype":"<f4","shape":[0,4],"data":""}}}},{"number":'
).encode("ascii")
_DICTIONARY = (
    '"keep_clips_days":30.0,"keep_clips_gib":20.0,"keep_journal_gib":5.0},"floor":{"extent":null,"height_m":2.5,"walls":[{"a":[0.0,0.0],'
    '"b":[5.0,0.0],"height_m":2.5,"material":"drywall"}],"zones":[{"id":"","name":"","x0":0.0,"y0":0.0,"x1":5.0,"y1":5.0,"z0":0.0,"z1":3.0,'
    '"kind":"normal"}],"portals":[],"camera_poses":[]},"radio":{"enabled":true,"cell_m":0.2,"most_people":12,"learn_weights":true,'
    '"fall_still_s":6.0,"fall_escalate_s":[60.0,180.0],"scan_ble":false,"scanner_position":null,"calibrations":[]},'
    '"nodes":[{"mac":"AA:BB:CC:00:00:00","name":"","position":null,"enabled":true}],"people":[{"id":"","name":"","color":"#56b4e9"}],'
    '"ble_devices":[{"address":"","label":"","type":"person","person_id":"","color":"#8b949e"}],"webhooks":[]},"changed_by":""}},'
    '{"type":"NodeChanged","occurred_ns":1,"mac":"AA:BB:CC:00:00:00","state":"online","announced":[0.0,0.0,2.0],"channel":6,"reason":"",'
    '"simulated":false}},"state":"offline","state":"unpaired",'
    '{"type":"BleSightings","occurred_ns":1,"scanner":"AA:BB:CC:00:00:00","sightings":[{"device":"anon-","rssi_dbm":-60,"name":"",'
    '"company_id":null},{"device":"AA:BB:CC:","rssi_dbm":-7,"name":"","company_id":76}],"simulated":false}},'
    '{"type":"CsiBatch","occurred_ns":1,"links":[["AA:BB:CC:00:00:00","AA:BB:CC:00:00:01"],["'
    '"]],"link":{"dtype":"<u2","shape":[24],"data":""},"link":{"dtype":"<u2","shape":[120],"coding":"deflate","at":0,"bytes":1},'
    '"arrival_ns":{"dtype":"<i8","shape":[120],"coding":"steps","at":1,"bytes":1},"rssi_dbm":{"dtype":"|i1","shape":[120],'
    '"coding":"deflate","at":1,"bytes":1},"noise_dbm":{"dtype":"|i1","shape":[120],"coding":"deflate","at":1,"bytes":1},'
    '"channel":{"dtype":"|u1","shape":[120],"coding":"deflate","at":1,"bytes":1},"n_sub":{"dtype":"|u1","shape":[120],'
    '"coding":"deflate","at":1,"bytes":1},"iq":{"dtype":"|i1","shape":[120,64,2],"coding":"deflate","at":1,"bytes":1},'
    '"shed":0,"simulated":false}},'
).encode("ascii") + _FIRST_DICTIONARY
_KNOWN = {zlib.adler32(dictionary): dictionary for dictionary in (_FIRST_DICTIONARY, _DICTIONARY)}


class UnreadableText(ValueError):
    """The bytes are no batch of observations that this version knows."""


def write_batch(batch: Sequence[Numbered]) -> bytes:
    section = SectionWriter()
    plain = [to_plain(numbered, arrays=section.plain) for numbered in batch]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    deflate = zlib.compressobj(_LEVEL, zdict=_DICTIONARY)
    packed = deflate.compress(text.encode()) + deflate.flush()
    return _LENGTH.pack(len(packed)) + packed + section.section()


def read_batch(data: bytes, version: int = VERSION) -> tuple[Numbered, ...]:
    """Raises UnreadableText."""
    if version not in (1, VERSION):
        raise UnreadableText(f"written in version {version} of the journal, this build reads up to {VERSION}")
    try:
        plain = json.loads(_inflated(data)) if version == 1 else _read_parts(data)
        return tuple(read_record(Numbered, each) for each in plain)
    except (ValueError, RecursionError, InputError) as error:
        raise UnreadableText(str(error)) from error


def _read_parts(data: bytes) -> Any:
    """The plain form of a batch of version 2. Raises ValueError."""
    if len(data) < _LENGTH.size or (end := _LENGTH.size + _LENGTH.unpack_from(data)[0]) > len(data):
        raise UnreadableText("shorter than its text says")
    arrays = SectionReader(memoryview(data)[end:])
    plain = json.loads(_inflated(data[_LENGTH.size : end]), object_hook=arrays.restored)
    arrays.check_end()
    return plain


def _inflated(data: bytes) -> bytes:
    dictionary = _KNOWN.get(int.from_bytes(data[2:6], "big"))
    if dictionary is None:
        raise UnreadableText("made with a dictionary this version does not have")
    inflate = zlib.decompressobj(zdict=dictionary)
    try:
        text = inflate.decompress(data, _LONGEST_TEXT)
    except zlib.error as error:
        raise UnreadableText(str(error)) from error
    if not inflate.eof or inflate.unused_data:
        raise UnreadableText("longer than any batch")
    return text
