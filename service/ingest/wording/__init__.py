"""Which number or which days does a wording stand for?

``count`` reads "over 740" with the ``phrases`` around a number and the ``numerals`` and ``number_words`` that
spell it; ``written_dates`` reads dates. None of them knows which column a text stands in.
"""
