"""How is heavy work done without holding up whoever answers?

In a process of its own, which wants a processor less than any reader: as long as it computes, the interpreter
of the service is free for those whose answers lie ready. What goes in and comes out lies in memory that both
processes see, so that a table of a hundred thousand rows is not sent through a pipe. It must not know what
the work is.
"""

from service.worker.pool import WorkerPool

__all__ = ["WorkerPool"]
