"""How is the ledger asked over HTTP?

``create_app`` in ``service.web.app`` gives the ASGI application: the API under ``/v1`` and the pages. Every
route is a plain ``def`` that calls one verb of ``service.api.Ledger``; nothing here computes a figure.
"""
