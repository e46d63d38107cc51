"""What a viewer is sent of a ring: from a keyframe on, and never much behind, however slow its line is."""

from engine.gateway.live import packet_reading
from engine.gateway.live.packet_messages import PacketMessage, PacketStream
from engine.gateway.live.packet_reading import PacketReading
from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.time import SECOND
from engine.recording.ring import PacketRing
from engine.runtime.cameras.packets import MAIN, ONLY, SUB, NoPackets, PacketHub, PacketSource

INFO = StreamInfo("h264", 640, 360, 25.0)
FPS = 25


class Line:
    """A ring that a camera fills, and a viewer's place in it."""

    def __init__(self, gop: int = 50, size: int = 1000) -> None:
        self.ring = PacketRing(1 << 24, SECOND)
        self.ring.on_stream(INFO)
        self.gop, self.size, self.made, self.now_s = gop, size, 0, 100.0
        self.reading = PacketReading(lambda: self.now_s)
        self.got: list[EncodedPacket] = []
        self.anew: list[EncodedPacket] = []
        self.unanswered: list[int] = []

    def send(self, packets: int) -> None:
        for _ in range(packets):
            at_ns = self.made * SECOND // FPS
            self.ring.append(EncodedPacket(bytes(self.size), self.made, self.made, 0, self.made % self.gop == 0, at_ns))
            self.made += 1
            self.now_s += 1 / FPS

    def read(self, answers: bool = True) -> int:
        """All there is; how many messages."""
        messages = 0
        while (sent := self.reading.next(PacketSource(self.ring, ONLY))) is not None:
            if isinstance(sent, PacketStream):
                continue
            messages += 1
            self.got += sent.packets
            self.anew += sent.packets[:1] if sent.anew else ()
            if sent.answer:
                self.unanswered.append(sent.number)
                if answers:
                    self.answer()
        return messages

    def answer(self) -> None:
        for number in self.unanswered:
            self.reading.on_answer(number)
        self.unanswered.clear()


def test_it_begins_at_the_newest_keyframe_and_leaves_nothing_out() -> None:
    line = Line()
    line.send(130)
    line.read()
    assert line.got[0].pts == 100 and line.got[0].keyframe and line.anew == line.got[:1]
    for _ in range(200):
        line.send(1)
        line.read()
    assert [each.pts for each in line.got] == list(range(100, 330)) and len(line.anew) == 1


def test_what_was_held_comes_in_few_messages() -> None:
    line = Line(gop=1000)
    line.send(500)
    assert line.read() == len(line.got) * line.size // packet_reading._MOST_BYTES + 1 and len(line.got) == 500


def test_who_does_not_answer_is_sent_no_more_and_goes_on_at_a_keyframe() -> None:
    line = Line()
    line.send(1)
    for _ in range(250):
        line.send(1)
        line.read(answers=False)
    assert len(line.got) <= FPS * packet_reading.PATIENCE_S + 2
    line.answer()
    line.read()
    behind_ns = (line.made - 1 - line.anew[-1].pts) * SECOND // FPS
    assert line.anew[-1].keyframe and line.anew[-1].pts == 250 and behind_ns < 2 * SECOND
    assert line.got[-1].pts == line.made - 1


def test_without_a_newer_keyframe_the_next_is_waited_for() -> None:
    line = Line(gop=250)
    line.send(1)
    for _ in range(150):
        line.send(1)
        line.read(answers=False)
    line.answer()
    before = len(line.got)
    for _ in range(90):
        line.send(1)
        line.read()
    assert len(line.got) == before  # what could only come late is left out
    line.send(30)
    line.read()
    assert line.got[before].pts == 250 and line.got[-1].pts == line.made - 1


def test_a_line_that_is_too_slow_is_never_far_behind() -> None:
    """It takes half of what the camera sends."""
    line = Line(gop=50)
    late: list[int] = []
    line.send(1)
    for turn in range(1000):
        line.send(1)
        sent = line.reading.next(PacketSource(line.ring, ONLY)) if turn % 2 else None
        if isinstance(sent, PacketMessage):
            late.append(line.made - 1 - sent.packets[-1].pts)
            if sent.answer:
                line.reading.on_answer(sent.number)
    assert max(late) <= 2 * FPS and line.reading.skips == 0  # several packets go in one message
    slow = Line(gop=50, size=packet_reading._MOST_BYTES)
    late.clear()
    slow.send(1)
    for turn in range(1000):
        slow.send(1)
        sent = slow.reading.next(PacketSource(slow.ring, ONLY)) if turn % 2 else None
        if isinstance(sent, PacketMessage):
            late.append(slow.made - 1 - sent.packets[-1].pts)
            if sent.answer:
                slow.reading.on_answer(sent.number)
    assert max(late) <= 3 * FPS and slow.reading.skips > 5


def test_another_connection_is_described_and_begins_at_its_keyframe() -> None:
    line = Line()
    line.send(60)
    line.read()
    line.ring.on_stream(StreamInfo("h264", 1280, 720, 25.0))
    line.made = 100
    line.send(1)
    first, second = (line.reading.next(PacketSource(line.ring, ONLY)) for _ in range(2))
    assert isinstance(first, PacketStream) and first.info.width == 1280
    assert isinstance(second, PacketMessage) and second.anew and second.packets[0].keyframe


def packet(at_s: float, keyframe: bool = True) -> EncodedPacket:
    return EncodedPacket(b"data", 0, 0, 0, keyframe, int(at_s * SECOND))


def chosen(hub: PacketHub, main: bool = False) -> str:
    found = hub.choose(main, frozenset({"h264"}))
    return found.value if isinstance(found, NoPackets) else found.stream


def test_the_stream_is_chosen_as_for_pictures() -> None:
    hub = PacketHub()
    assert chosen(hub) == "not_yet"
    hub.on_stream(SUB, INFO)
    hub.on_stream(MAIN, INFO)
    assert chosen(hub) == chosen(hub, main=True) == "not_yet"
    hub.append(MAIN, packet(1))
    assert (chosen(hub), chosen(hub, main=True)) == ("not_yet", MAIN)  # a small tile is not sent the large stream
    hub.append(SUB, packet(1.5))
    assert (chosen(hub), chosen(hub, main=True)) == (SUB, MAIN)
    hub.append(SUB, packet(2.5))
    assert chosen(hub, main=True) == SUB  # the main stream does not come
    hub.append(MAIN, packet(2.6))
    assert chosen(hub, main=True) == MAIN
    hub.begin_anew(True, {SUB: INFO})
    hub.append(SUB, packet(3))
    assert chosen(hub) == chosen(hub, main=True) == "privacy"
    hub.begin_anew(False, {SUB: INFO})
    assert chosen(hub) == "not_yet"
    hub.append(SUB, packet(4, keyframe=False))
    assert chosen(hub) == "not_yet"
    hub.append(SUB, packet(5))
    assert chosen(hub) == SUB


def test_why_there_are_none() -> None:
    hub = PacketHub()
    hub.on_stream(ONLY, StreamInfo("", 640, 360, 25.0))
    assert chosen(hub) == "raw"
    hub.on_stream(ONLY, StreamInfo("mjpeg", 640, 360, 25.0))
    assert chosen(hub) == "codec"
    hub.on_stream(ONLY, StreamInfo("hevc", 640, 360, 25.0))
    assert chosen(hub) == "no_decoder"
