"""Transactions for the tests in this folder."""

from tests.transactions import ada, cleo, ed, engine, session, shared_engine, staff

__all__ = ["ada", "cleo", "ed", "engine", "session", "shared_engine", "staff"]
