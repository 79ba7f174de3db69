"""The official record: a machine looks, a person tells."""
