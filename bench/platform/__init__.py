"""Figures of the whole platform, taken on a real installation in a folder of its own."""
