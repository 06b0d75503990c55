"""Tests of wardround.impact."""
