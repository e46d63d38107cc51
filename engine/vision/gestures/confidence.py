"""What a distance reads as."""

AT_THRESHOLD = 0.70


def confidence(distance: float, threshold: float) -> float:
    """In 0–1: 1 for the same movement, exactly 0.70 at the gesture's threshold, ever less beyond."""
    return AT_THRESHOLD ** (distance / threshold)
