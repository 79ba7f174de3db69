"""The staff area, one file per subject."""
