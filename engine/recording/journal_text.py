"""Numbered observations ↔ the bytes of one journal chunk: compact JSON, deflated with a preset dictionary (RFC 1950 FDICT).

Batches are small (a few observations), so most of their text is field names that deflate could not have seen yet. The dictionary
supplies them. It is part of the format: a changed text needs a new entry, old entries stay so that old journals can be read.
"""

import json
import zlib
from collections.abc import Sequence

from engine.model.errors import InputError
from engine.model.observation import Numbered
from engine.model.wire import from_plain, to_plain

VERSION = 1  # of the text inside a chunk
_LEVEL = 6
_LONGEST_TEXT = 256 << 20  # refuse to inflate more: no honest batch is that long

_DICTIONARY = (
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
_KNOWN = {zlib.adler32(_DICTIONARY): _DICTIONARY}


class UnreadableText(ValueError):
    """The bytes are no batch of observations that this version knows."""


def write_batch(batch: Sequence[Numbered]) -> bytes:
    text = json.dumps([to_plain(numbered) for numbered in batch], ensure_ascii=False, separators=(",", ":"))
    deflate = zlib.compressobj(_LEVEL, zdict=_DICTIONARY)
    return deflate.compress(text.encode()) + deflate.flush()


def read_batch(data: bytes, version: int = VERSION) -> tuple[Numbered, ...]:
    """Raises UnreadableText."""
    if version != VERSION:
        raise UnreadableText(f"written in version {version} of the journal, this build reads {VERSION}")
    try:
        return from_plain(tuple[Numbered, ...], json.loads(_inflated(data)))
    except (ValueError, RecursionError, InputError) as error:
        raise UnreadableText(str(error)) from error


def _inflated(data: bytes) -> bytes:
    dictionary = _KNOWN.get(int.from_bytes(data[2:6], "big"))
    if dictionary is None:
        raise UnreadableText("made with a dictionary this version does not have")
    inflate = zlib.decompressobj(zdict=dictionary)
    try:
        text = inflate.decompress(data, _LONGEST_TEXT)
    except zlib.error as error:
        raise UnreadableText(str(error)) from error
    if not inflate.eof:
        raise UnreadableText("longer than any batch")
    return text
