"""On what terms the data may be used, and whom to name."""

NAME = "CC-BY-4.0"
TITLE = "Creative Commons Attribution 4.0 International"
ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
PUBLISHER = "Policy ask tracker"
