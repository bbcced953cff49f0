"""What does a document say, row by row?

The way of one row: ``readers`` turn bytes into rows of text; ``layout`` or ``mapping`` puts these under the
columns of a report file; ``report_columns``, ``date_columns`` and ``figure_columns`` read the cells, by the
rules of ``wording``; ``row_reader`` gives the row its verdict; ``reports`` collects rows into a ``Batch``,
which ``checks`` looks over. A reference file is read by ``reference_file``, a quarantined row tried again by
``retry``. Nothing here knows storage, the web or a clock.

>>> parse_count("at least 71").low
71
"""

from service.ingest.cells import Problem
from service.ingest.layout import REPORT_FILE_COLUMNS
from service.ingest.readers import Limits
from service.ingest.reference_file import read_reference
from service.ingest.reports import ROWS_AT_ONCE, Watch, read_batches, read_reports, read_rows
from service.ingest.seeds import Seeds, load_seeds
from service.ingest.wording.count import Count, parse_count
from service.reference.gazetteer import Gazetteer, gazetteer_of
from service.reference.names import Names, normalise

__all__ = [
    "REPORT_FILE_COLUMNS",
    "ROWS_AT_ONCE",
    "Count",
    "Gazetteer",
    "Limits",
    "Names",
    "Problem",
    "Seeds",
    "Watch",
    "gazetteer_of",
    "load_seeds",
    "normalise",
    "parse_count",
    "read_batches",
    "read_reference",
    "read_reports",
    "read_rows",
]
