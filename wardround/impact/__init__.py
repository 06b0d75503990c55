"""What the hospital's items do to each other when they fail: the model that the engine computes on,
made from items and their relations, and what it says of every service now.

It must never judge by anything but that engine: there is one evaluator, in `dependability`.
"""
