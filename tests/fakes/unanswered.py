"""What a part of the fake engine answers to questions that are not its own: an answer may be None."""

UNANSWERED = object()
