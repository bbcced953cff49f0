"""Which libraries come only with an extra of the wheel, and what is said where one is missing?

``pip install casualty-ledger`` reads ledgers that stand elsewhere. What opens, fills and serves one comes
with ``[serve]``, the tools of assistants with ``[mcp]``, charts and Jupyter Lab in a notebook with
``[notebook]``, Spark with ``[spark]``. It must not import any of them.

>>> with explain_missing():  # doctest: +ELLIPSIS
...     raise ModuleNotFoundError("No module named 'duckdb'", name="duckdb")
Traceback (most recent call last):
service.errors.MissingExtra: duckdb is not installed. This needs casualty-ledger[serve]: pip install...
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import MissingExtra

EXTRAS = {
    "serve": (
        "anyio", "babel", "cryptography", "duckdb", "fastapi", "httptools", "jinja2", "limits", "markdown_it",
        "markupsafe", "openpyxl", "phonenumbers", "prometheus_client", "pycountry", "python_multipart",
        "resvg_py", "rich", "starlette", "typer", "uvicorn", "uvloop",
    ),
    "mcp": ("mcp", "mcp_types"),
    "notebook": ("jupyterlab", "plotly"),
    "spark": ("pyspark",),
}  # fmt: skip
"""The modules that each extra brings (``pyproject.toml`` has their requirements); ``[serve]`` too has
Plotly."""
_EXTRA_OF = {module: extra for extra, modules in EXTRAS.items() for module in modules}


@contextmanager
def explain_missing(otherwise: str = "") -> Iterator[None]:
    """Have the lack of a library that an extra brings said in a sentence. Raises MissingExtra in its place.

    ``otherwise`` says how to go on without it: “or …”.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        extra = _EXTRA_OF.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise MissingExtra(str(error.name), extra, otherwise) from error
