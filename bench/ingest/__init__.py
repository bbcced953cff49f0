"""How fast is a report file taken in, beside what only stores its text? ``python -m bench.ingest``."""
