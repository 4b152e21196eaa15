"""Addresses as logs may hold them: some carry the secret that opens them."""

from django.http import HttpRequest

HIDDEN = "…"
SECRETS = ("secret", "key")
"""The parts of addresses that nobody writes down, by their names in the tables of addresses."""


def path_without_secret(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    said = match.kwargs if match else {}
    path = request.path
    for secret in (str(said[name]) for name in SECRETS if said.get(name)):
        path = path.replace(secret, HIDDEN)
    return path
