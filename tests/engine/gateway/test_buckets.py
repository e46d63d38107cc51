"""Token buckets under a clock of their own."""

from engine.gateway.border.buckets import MOST_CLIENTS, Buckets


class Watch:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_burst_then_so_many_a_second():
    watch = Watch()
    buckets = Buckets(2.0, 5, watch)
    assert [buckets.take("a") for _ in range(5)] == [0.0] * 5
    assert buckets.take("a") == 0.5
    watch.now_s = 0.5
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == 0.5
    watch.now_s = 1000.0
    assert [buckets.take("a") > 0 for _ in range(6)] == [False] * 5 + [True]


def test_one_client_does_not_use_up_anothers():
    buckets = Buckets(1.0, 1, Watch())
    assert buckets.take("a") == 0.0 and buckets.take("a") > 0
    assert buckets.take("b") == 0.0


def test_memory_is_bounded_and_the_frequent_are_kept():
    watch = Watch()
    buckets = Buckets(1.0, 1, watch)
    buckets.take("busy")
    for number in range(2 * MOST_CLIENTS):
        buckets.take(str(number))
        assert buckets.take("busy") > 0
    assert len(buckets._levels) == MOST_CLIENTS
