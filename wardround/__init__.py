"""Wardround (查房): one open platform with which a hospital runs its systems."""
