"""Figures of the configuration database."""
