"""Transactions for the tests in this folder, on a database with a few records of each kind."""

from tests.services.calls import make_world
from tests.transactions import ada, cleo, ed, session, shared_engine_with, staff

shared_engine = shared_engine_with(make_world)

__all__ = ["ada", "cleo", "ed", "session", "shared_engine", "staff"]
