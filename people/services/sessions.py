"""How long somebody stays signed in, and ending it from outside: docs/security/controls.md."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

from people.models import User
from people.services import audit

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"


@dataclass(frozen=True)
class Life:
    """A session ends so long after its last request, and so long after signing in."""

    idle: timedelta
    whole: timedelta


ORDINARY = Life(idle=timedelta(hours=1), whole=timedelta(hours=12))
REMEMBERED = Life(idle=timedelta(days=7), whole=timedelta(days=14))
SEEN_EVERY = timedelta(minutes=1)
"""A session is written once a minute at most, not at each request."""


def begin(session: SessionBase, *, at: float) -> None:
    """`at`: seconds since 1970, here and below."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = at


def is_over(session: SessionBase, *, at: float, may_be_remembered: bool) -> bool:
    """Whether it has lasted too long; one that doesn't say since when has."""
    remembered = may_be_remembered and not session.get_expire_at_browser_close()
    life = REMEMBERED if remembered else ORDINARY
    idle, whole = at - session.get(SEEN_AT, 0), at - session.get(SIGNED_IN_AT, 0)
    return idle > life.idle.total_seconds() or whole > life.whole.total_seconds()


def seen(session: SessionBase, *, at: float) -> None:
    if at - session[SEEN_AT] > SEEN_EVERY.total_seconds():
        session[SEEN_AT] = at


def renew_token(session: SessionBase) -> None:
    """A new token for the same session, after its owner has shown again who they are."""
    old = session.session_key
    session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=session.session_key)


@transaction.atomic
def end_sessions(user: User, *, by: User, but: str | None = None) -> int:
    """Sign somebody out everywhere, except in the session `but`; how many sessions ended."""
    held = UserSession.objects.filter(user=user).exclude(session_key=but)
    ended = _delete(list(held.values_list("session_key", flat=True)))
    audit.record(
        "end_sessions", by=by, subject=f"user:{user.pk}", after={"sessions": ended},
        person=getattr(user, "employee", None),
    )  # fmt: skip
    return ended


@transaction.atomic
def end_everybodys_sessions(*, by: User) -> int:
    """Sign everybody out, as after a theft of the database."""
    ended, _kinds = Session.objects.all().delete()
    UserSession.objects.all().delete()
    audit.record("end_everybodys_sessions", by=by, subject="company", after={"sessions": ended})
    return ended


def _delete(keys: list[str]) -> int:
    Session.objects.filter(session_key__in=keys).delete()
    return UserSession.objects.filter(session_key__in=keys).delete()[0]
