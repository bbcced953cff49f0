"""May this request write?

Reading needs no key. Whatever changes the ledger needs one, in the header ``Authorization: Bearer KEY`` or
in the field ``key`` of a page's form, and nowhere else: a key in an address would stand in logs and
histories. A route names the role it takes with ``Requires(role)``, or with ``pages.desk.form.KeyInForm`` for
a form. An application with a route that could write and names none does not start, so that what
nobody has thought of is denied.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.errors import ReadOnly
from service.ledger.api_keys import Key, Keyring, Role
from service.sentence import as_sentence, sentence
from service.web.errors import Refusal

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing (RFC 9110, 9.2.1)."""
KEY_PARAMETERS = frozenset({"key", "api_key", "apikey", "token", "access_token", "bearer", "authorization"})
REALM = 'Bearer realm="Casualty Ledger"'

BEARER = HTTPBearer(scheme_name="key", description="A key from `casualty keys create`.", auto_error=False)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


class NeedsKey:
    """A dependency by which a route says that it takes a key of a role."""

    def __init__(self, role: Role) -> None:
        self.role = role


class Requires(NeedsKey):
    """The dependency of a route that writes; gives it the key of the request, once its role is enough."""

    def __call__(self, request: Request, credentials: Credentials) -> Key:
        """Return the key of the request.

        Raises Refusal: 400 for a key in the address, 401 without a valid one, 403 for too low a role.
        """
        refuse_key_in_address(request)
        key = require_key(request, credentials.credentials if credentials else None, "Handing something in")
        require_role(key, self.role)
        return key


def refuse_key_in_address(request: Request) -> None:
    """Raise Refusal (400) where the address seems to carry a key."""
    in_address = sorted({name.lower() for name in request.query_params} & KEY_PARAMETERS)
    if in_address:
        raise Refusal(
            "key_in_address",
            sentence(
                "The address has a parameter %(name)s: addresses are kept in logs and histories.",
                name=in_address[0],
            ),
            fix="Send the key as `Authorization: Bearer KEY`; revoke one that was sent in an address.",
        )


def require_key(request: Request, secret: str | None, what: str) -> Key:
    """Return the key with this secret. Raises Refusal (401) where there is none, or none that is valid, and
    says that ``what`` needs it; 403 where the ledger is only published, and no key would do."""
    if request.app.state.ledger.store.is_read_only:
        refused = ReadOnly.of_publication()
        raise Refusal(
            refused.code,
            sentence(
                "%(what)s is not possible here. %(message)s",
                what=sentence(what),
                message=as_sentence(refused.message),
            ),
            fix=refused.fix,
        )
    if secret is None:
        raise Refusal(
            "key_needed",
            sentence("%(what)s needs a key.", what=sentence(what)),
            fix="Send `Authorization: Bearer KEY`; whoever runs the service makes keys.",
            headers={"WWW-Authenticate": REALM},
        )
    keyring: Keyring = request.app.state.keyring
    key = keyring.find(secret)
    if key is None:
        raise Refusal(
            "key_invalid",
            "The key is not known here, or it has been revoked.",
            fix="Check that it is whole; ask whoever runs the service for another.",
            headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
        )
    return key


def require_role(key: Key, role: Role) -> None:
    """Raise Refusal (403) for a key of too low a role."""
    if not key.role.covers(role):
        raise Refusal(
            "role_too_low",
            sentence(
                "Key %(key_id)s is that of a %(role)s; this takes the role %(needed)s.",
                key_id=key.id,
                role=sentence(key.role),
                needed=sentence(role),
            ),
            fix=sentence("Ask somebody with a key of the role %(role)s to do it.", role=sentence(role)),
        )


def required_role(dependant: Dependant) -> Role | None:
    """Return the role that a route with these dependencies takes, or None if it takes no key."""
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, NeedsKey):
            return dependency.call.role
    return None


def check_write_routes(app: FastAPI) -> None:
    """Raise RuntimeError if a route could write and asks for no key."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        write_methods = sorted(set(route.methods or ()) - SAFE_METHODS)
        if write_methods and required_role(route.dependant) is None:
            raise RuntimeError(f"{route.path} takes {', '.join(write_methods)} and asks for no key")
