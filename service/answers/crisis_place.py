"""Which place stands for a crisis, where one figure or one curve is to?

The same on the first page, on the page of the crisis and in a chart beside another crisis, so that one crisis
has one figure. It must not know what is shown of the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.schema.tables import AREA_SEPARATOR


def place_of_crisis(crisis: Mapping[str, Any]) -> str:
    """Return the one place that a crisis features, else its whole area; "" where it has neither.

    >>> place_of_crisis({"featured_areas": "LY-DR", "whole_area": "x-eastern-libya"})
    'LY-DR'
    >>> place_of_crisis({"featured_areas": "SY06|SY10", "whole_area": "x-syrian-coast"})
    'x-syrian-coast'
    """
    featured = str(crisis["featured_areas"] or "")
    is_one = bool(featured) and AREA_SEPARATOR not in featured
    return featured if is_one else str(crisis["whole_area"] or "")
