"""The endpoints that clients of the reference system use, with its names and shapes; converted here and nowhere else.

Reading needs a session or a token like everything else. On a bench (`watchroom engine --pairing open` on loopback) a client on this
machine may read without one.
"""
