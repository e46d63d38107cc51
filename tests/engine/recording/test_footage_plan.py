from engine.recording.footage.plan import FootageFile, FootageGap, FootagePlan, GapReason

S = 1_000_000_000


def spans(plan: FootagePlan) -> list[tuple[str, float, float]]:
    return [(stretch.file.id, stretch.since_ns / S, stretch.until_ns / S) for stretch in plan.stretches]


def plan(*files: tuple[str, float, float], clips: tuple[tuple[str, float, float], ...] = ()) -> FootagePlan:
    rows = [
        FootageFile(name, round(since * S), round(until * S), second)
        for second, of in ((False, files), (True, clips))
        for name, since, until in of
    ]
    return FootagePlan(rows, 0, 1000 * S)


def test_a_small_slit_between_files_is_closed_a_gap_is_not() -> None:
    assert spans(plan(("b", 20.5, 30), ("a", 10, 20), ("c", 32, 40))) == [("a", 10, 20.5), ("b", 20.5, 30), ("c", 32, 40)]


def test_an_end_that_was_guessed_yields_to_the_next_beginning() -> None:
    assert spans(plan(("a", 10, 20.04), ("b", 20, 30))) == [("a", 10, 20), ("b", 20, 30)]


def test_where_a_clock_was_set_back_nothing_is_shown_twice_and_nothing_is_lost() -> None:
    assert spans(plan(("a", 10, 70), ("b", 40, 100))) == [("a", 10, 70), ("b", 70, 100)]
    assert spans(plan(("a", 10, 70), ("b", 40, 60), ("c", 70, 80))) == [("a", 10, 70), ("c", 70, 80)]


def test_clips_are_shown_only_where_there_is_nothing_else() -> None:
    made = plan(("a", 10, 20), ("b", 40, 50), clips=(("x", 5, 60), ("y", 55, 65), ("z", 12, 18)))
    assert spans(made) == [("x", 5, 10), ("a", 10, 20), ("x", 20, 40), ("b", 40, 50), ("x", 50, 60), ("y", 60, 65)]


def test_gaps_know_their_bounds_and_what_is_not_known_is_no_gap() -> None:
    made = plan(("a", 10, 20), ("b", 40, 50))
    assert made.at(30 * S) == FootageGap(20 * S, 40 * S)
    assert made.at(5 * S) == FootageGap(0, 10 * S, open_start=True)
    assert made.at(60 * S) == FootageGap(50 * S, 1000 * S, open_end=True)
    later = made.at(1000 * S)
    assert isinstance(later, FootageGap)
    assert (later.since_ns, later.reason, later.open_start, later.open_end) == (1000 * S, GapReason.UNKNOWN, True, True)
    nothing = FootagePlan().at(7)
    assert isinstance(nothing, FootageGap) and nothing.reason is GapReason.UNKNOWN


def test_what_is_shown_of_a_file_that_reaches_beyond_what_is_known_is_known() -> None:
    found = FootagePlan([FootageFile("a", 0, 100)], 50, 60).at(90)
    assert not isinstance(found, FootageGap)
