"""How does a document of another layout become rows of a report file?

``definition`` reads the mapping that declares it, ``template`` fills a field from columns, and
``mapped_layout`` arranges the rows.
"""
