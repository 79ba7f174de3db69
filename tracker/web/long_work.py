"""Work that takes long, told while it goes on, so that a page can show how far it has come."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Generic, TypeVar

from tracker.db.progress import Progress

T = TypeVar("T")


class LongWork(Generic[T]):
    """Work in a thread of its own: iterate over how much of it is done, then ask for its result.

    It is done to the end even when nobody listens any more.
    """

    def __init__(self, work: Callable[[Progress], T]) -> None:
        self._steps: SimpleQueue[int] = SimpleQueue()
        with_one_thread = ThreadPoolExecutor(max_workers=1)
        self._future = with_one_thread.submit(work, self._steps.put)
        self._future.add_done_callback(lambda _: self._steps.put(0))
        with_one_thread.shutdown(wait=False)

    def __iter__(self) -> Iterator[int]:
        """How much is done, each time that it is more, until all is."""
        done = 0
        while step := self._steps.get():
            done += step
            yield done

    def result(self) -> T:
        """What the work answers; raises what it raises."""
        return self._future.result()
