"""Measures how fast the site is, on data of its own making: `make bench`. See README.md in this folder."""
