"""What falls when something fails: support formulas, live state, impact (CFIA), minimal cut sets,
importance and root cause. Arrays and arithmetic.

It must never do I/O beyond a file it is given, and never know Django.
"""
