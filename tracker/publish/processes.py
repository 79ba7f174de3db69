"""One kind of work in as many processes as there are cores."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
FEW, AT_ONCE, MOST = 100, 8, 8
_works: list[Callable[[Any], Any]] = []  # of this process, if it was started here


def in_processes(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield what the work returns for each item, in order; raises BrokenProcessPool if a process is killed."""
    if len(items) < FEW:
        yield from map(work, items)
        return
    cores = min(len(os.sched_getaffinity(0)), MOST)
    with ProcessPoolExecutor(cores, get_context("fork"), _begin, (work,)) as executor:
        yield from executor.map(_do, items, chunksize=AT_ONCE)


def _begin(work: Callable[[Any], Any]) -> None:
    """Prepare a process that was just started, and that is to end with its parent."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()
    _works.append(work)


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _do(item: Any) -> Any:
    return _works[-1](item)
