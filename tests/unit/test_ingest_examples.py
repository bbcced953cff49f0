"""That the examples in the docstrings of the ingest room are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import service.ingest

MODULES = [
    "service.ingest",
    *(f"service.ingest.{each.name}" for each in pkgutil.iter_modules(service.ingest.__path__)),
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples_to_hold():
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = [
        each for name in MODULES for each in finder.find(importlib.import_module(name)) if each.examples
    ]
    assert len(examples) >= 10
