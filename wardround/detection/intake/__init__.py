"""Alerting rules of Prometheus, turned into a pack of ours."""
