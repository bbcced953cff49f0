"""The examples in the docstrings of every module are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import service

RUN_ON_IMPORT = frozenset({"service.__main__"})
"""Modules that run something when they are imported."""
MODULES = [
    each.name
    for each in pkgutil.walk_packages(service.__path__, prefix="service.")
    if each.name not in RUN_ON_IMPORT
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples_to_hold():
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = [
        each for name in MODULES for each in finder.find(importlib.import_module(name)) if each.examples
    ]
    assert len(examples) >= 40
