"""Events grouped into review items: `review.py` is the lane, `group.py` one item that goes on."""
