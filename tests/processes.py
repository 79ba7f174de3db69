"""Real processes for tests: several at once on one database, started together, and killed where a test wants it.

They come from a clean server process that has the tracker loaded already, so that starting one takes milliseconds
and none inherits a connection of the test's. Functions that run in them stand at the top of a module.
"""

import itertools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from typing import Any

import sqlalchemy as sa

from tracker.db import engine

PATIENCE_SECONDS = 60  # only for a process that hangs; nothing waits this long
Started = tuple[ForkServerProcess, Connection]
context = multiprocessing.get_context("forkserver")
WITH_PROCESSES = [
    "tests.test_concurrency",
    "tests.test_import_kills",
    "tests.test_migration_kills",
    "tests.test_torture",
]
context.set_forkserver_preload(["tests.processes", *WITH_PROCESSES])


def answer(function: Callable[..., Any], pipe: Connection, arguments: tuple[Any, ...]) -> None:
    """What each process does: tell that it is ready, wait for the word, and tell what came out."""
    pipe.send("ready")
    pipe.recv()
    engine.LOCK_WAIT_SECONDS = PATIENCE_SECONDS  # each writer gets its turn, however busy the machine is
    try:
        pipe.send(function(*arguments))
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")


@contextmanager
def processes(function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> Iterator[list[Started]]:
    """One process for each call, all waiting for the first word on their pipes; ended at the end of the block."""
    started = []
    for arguments in calls:
        ours, theirs = context.Pipe()
        process = context.Process(target=answer, args=(function, theirs, arguments))
        process.start()
        theirs.close()
        started.append((process, ours))
    try:
        assert [received(pipe) for _, pipe in started] == ["ready"] * len(calls)
        yield started
    finally:
        for process, pipe in started:
            process.kill()
            process.join()
            process.close()
            pipe.close()


def received(pipe: Connection) -> Any:
    """The next word of a process; EOFError when it is dead."""
    assert wait([pipe], PATIENCE_SECONDS), "a process has hung"
    return pipe.recv()


def run_at_once(function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Call the function in as many processes, let go together; answer what each returned or raised, in order."""
    with processes(function, calls) as started:
        for _, pipe in started:
            pipe.send("go")
        return [received(pipe) for _, pipe in started]


def kill_at(moment: str, number: int) -> None:
    """Kill this process when it comes to that moment for the n-th time."""
    left = [number]

    def look(event: str, _arguments: object) -> None:
        if event == moment:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


def kill(function: Callable[..., str], *arguments: object) -> None:
    """Call the function in a process that kills itself; fails when it does not."""
    with processes(function, [arguments]) as [(process, pipe)]:
        pipe.send("go")
        process.join()
        assert process.exitcode == -signal.SIGKILL, pipe.recv()


def killed(act: Callable[..., object], arguments: tuple[Any, ...], statement: int, seconds: float) -> str:
    """Answer how many statements and commits it took; dead so many seconds after the n-th of them began."""
    count = itertools.count(1)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def look(*_: object) -> None:
        if next(count) != statement:
            return
        threading.Timer(seconds, die).start() if seconds else die()

    sa.event.listen(sa.Engine, "before_cursor_execute", look)
    sa.event.listen(sa.Engine, "commit", look)
    act(*arguments)
    return str(next(count) - 1)


def statements_of(act: Callable[..., object], *arguments: Any, statement: int = 0, seconds: float = 0) -> int:
    """Act in a process; how many statements and commits it took, or 0 if it was killed at one of them."""
    with processes(killed, [(act, arguments, statement, seconds)]) as [(process, pipe)]:
        pipe.send("go")
        try:
            return int(received(pipe))
        except EOFError:
            process.join()
            assert process.exitcode == -signal.SIGKILL
            return 0
