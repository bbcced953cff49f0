"""What does this document say, row by row?

The room between the bytes a source hands in and the ledger: ``read_reports`` makes a ``Batch`` of a report
file, ``read_rows`` of rows with named values, ``read_reference`` an Arrow table of a reference file,
``load_seeds`` the shipped folder. Knows neither storage nor the web nor a clock.

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
