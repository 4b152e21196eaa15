"""Looking before acting: an act is made in full, shown, and taken back until somebody says yes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from people.services.retrying import retried

Effects = list[str]
"""What an act does, in lines for the one who decides; the act itself returns them."""


@dataclass(frozen=True)
class Looked:
    """The effects, a digest of them, and whether they have come about."""

    effects: Effects
    digest: str
    done: bool


def digest_of(effects: Effects) -> str:
    return hashlib.sha256("\n".join(effects).encode()).hexdigest()


@retried
def act_once_seen(act: Callable[[], Effects], *, seen: str) -> Looked:
    """Do it when `seen` is the digest of exactly these effects; else take it back and show them.

    So what is shown can't differ from what happens, and what somebody else has changed meanwhile
    is looked at again. Raises what the act raises.
    """
    with transaction.atomic():
        effects = act()
        digest = digest_of(effects)
        done = digest == seen
        if not done:
            transaction.set_rollback(True)
    return Looked(effects, digest, done)
