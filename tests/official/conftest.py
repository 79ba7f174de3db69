"""Transactions for the tests in this folder."""

from tests.transactions import ada, cleo, ed, session, shared_engine, staff

__all__ = ["ada", "cleo", "ed", "session", "shared_engine", "staff"]
