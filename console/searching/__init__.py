"""The search of the record on screen: chips of its filters, what they may be while somebody types, and rows of what was found.

One grammar (`engine.history.typed_search`) serves the palette, the box of Investigate, and the filters of Alerts and Live.
"""
