"""Measures the site: `make bench`."""
