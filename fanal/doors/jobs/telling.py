"""Tell how far work is while it is all of one transaction: by another connection, or nobody sees it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections

Progress = Callable[[int], None]


@contextmanager
def telling(progress: Progress | None) -> Iterator[Progress]:
    """What tells the progress from within a transaction of any length."""
    with ThreadPoolExecutor(1) as teller:

        def told(size: int) -> None:
            if progress:
                teller.submit(progress, size).result()

        try:
            yield told
        finally:
            teller.submit(connections.close_all).result()
