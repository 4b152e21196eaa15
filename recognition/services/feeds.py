"""The wall as a feed for readers outside the browser: an address with a secret in it, a person's
own, that shows what all colleagues may see and nothing that only this person may."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import Promise
from django.utils.html import linebreaks
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from people.models import Employee, SignInAttempt, User
from people.services import audit, guessing
from people.services.retrying import retried
from recognition.models import FeedToken
from recognition.rules.stories import cleaned
from recognition.services.visibility import Reader, Shown
from recognition.services.wall import page_of_wall

_offered: list[tuple[str | Promise, str]] = [
    (gettext_lazy("Wall of recognition, Atom"), "wall-feed"),
    (gettext_lazy("Wall of recognition, JSON Feed"), "wall-feed-json"),
]


def offer(title: str | Promise, name: str) -> None:
    """Another app's feed under the same secret, by the name of its address."""
    if (title, name) not in _offered:
        _offered.append((title, name))


def addresses_of(secret: str) -> list[tuple[str | Promise, str]]:
    """Title and whole address of each feed that the secret opens."""
    return [(title, _address(name, secret)) for title, name in _offered]


USE_IS_NOTED = timedelta(days=1)
"""How often it is written down that a feed is read: readers ask every few minutes."""
ALL_STAFF = Reader()
"""Somebody of the company, nobody in particular: no department's, nobody's own praise."""


@retried
@transaction.atomic
def make_feed(user: User, *, now: datetime) -> str:
    """A new secret, told this once; the one before ends."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    _open_feeds(user).update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    FeedToken.objects.create(user=user, sha256=digest(secret), made_at=now)
    audit.record("make_feed", by=user, subject=f"user:{user.pk}", person=_employee(user))
    return secret


@retried
@transaction.atomic
def revoke_feed(user: User, *, now: datetime) -> bool:
    """The address shows nothing any more; returns whether there was one."""
    ended = _open_feeds(user).update(revoked_at=now)
    if ended:
        audit.record("revoke_feed", by=user, subject=f"user:{user.pk}", person=_employee(user))
    return bool(ended)


def open_feed(user: User) -> FeedToken | None:
    return _open_feeds(user).first()


def _open_feeds(user: User) -> QuerySet[FeedToken]:
    return FeedToken.objects.filter(user=user, revoked_at=None)


def _employee(user: User) -> Employee | None:
    return getattr(user, "employee", None)


def digest(secret: str) -> str:
    """A secret of 256 bits needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def reader_of_feed(secret: str, *, address: str | None, now: datetime) -> User | None:
    """Whose feed it is; None for a secret that is none, or not any more. Whoever has left or may
    not sign in loses the feed for good.

    Raises TooManyGuesses after many wrong ones from the same address.
    """
    token = FeedToken.objects.filter(sha256=digest(secret), revoked_at=None).first()
    if token is None:
        guessing.begin(secret, way=SignInAttempt.Way.FEED, address=address, user=None)
        return None
    if not token.user.may_sign_in(on=timezone.localdate(now)):
        FeedToken.objects.filter(pk=token.pk).update(revoked_at=now)
        return None
    if token.last_used_at is None or token.last_used_at < now - USE_IS_NOTED:
        FeedToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user


def end_feeds(*, now: datetime) -> int:
    """Feeds of those who have left or may not sign in end, so that they do not come back with
    them; returns how many."""
    ended = 0
    today = timezone.localdate(now)
    for token in FeedToken.objects.filter(revoked_at=None).select_related("user__employee"):
        if not token.user.may_sign_in(on=today):
            ended += FeedToken.objects.filter(pk=token.pk).update(revoked_at=now)
    return ended


@dataclass(frozen=True)
class Written:
    """A feed as it is sent; `tag` stays the same as long as what it says does."""

    body: bytes
    content_type: str
    tag: str


def as_atom() -> Written:
    """RFC 4287, in the language that is active."""
    told = _told()
    feed = Atom1Feed(
        title=gettext("Wall of recognition"), link=_address("wall"), description="",
        language=get_language(), feed_guid=_address("wall"),
    )  # fmt: skip
    for each in told:
        # The summary is HTML by its type: what somebody wrote is made harmless in it.
        feed.add_item(
            title=each["title"], link=each["url"], description=linebreaks(each["story"], True),
            unique_id=each["url"], pubdate=each["at"], updateddate=each["at"],
            author_name=each["giver"] or None, categories=[each["behaviour"]],
        )  # fmt: skip
    return Written(
        feed.writeString("utf-8").encode(), "application/atom+xml; charset=utf-8",
        tag_of("atom", told),
    )  # fmt: skip


def as_json() -> Written:
    """JSON Feed 1.1 (jsonfeed.org), in the language that is active."""
    told = _told()
    items = [
        {
            "id": each["url"], "url": each["url"], "title": each["title"],
            "content_text": each["story"], "date_published": each["at"].isoformat(),
            "tags": [each["behaviour"]],
            **({"authors": [{"name": each["giver"]}]} if each["giver"] else {}),
        }
        for each in told
    ]  # fmt: skip
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": gettext("Wall of recognition"),
        "home_page_url": _address("wall"), "language": get_language(), "items": items,
    }  # fmt: skip
    body = json.dumps(feed, ensure_ascii=False).encode()
    return Written(body, "application/feed+json; charset=utf-8", tag_of("json", told))


def _told() -> list[dict[str, Any]]:
    """What every feed says of the newest nominations; without signs that XML can't hold."""
    return [
        {
            "url": _address("nomination", each.nomination.pk),
            "title": cleaned(f"{_whom(each)}: {each.nomination.behaviour}"),
            "story": cleaned(each.story),
            "behaviour": cleaned(str(each.nomination.behaviour)),
            "giver": cleaned(each.giver.name) if each.giver else "",
            "at": each.nomination.published_at,
        }
        for each in page_of_wall(ALL_STAFF).shown
    ]


def _whom(shown: Shown) -> str:
    colleagues = ngettext("%(n)s colleague", "%(n)s colleagues", shown.unnamed)
    unnamed = [colleagues % {"n": shown.unnamed}] if shown.unnamed else []
    return ", ".join([*shown.names, *unnamed])


def _address(name: str, *arguments: object) -> str:
    return settings.BASE_URL + reverse(name, args=arguments)


def tag_of(form: str, told: list[dict[str, Any]]) -> str:
    """Of what is said and not of the bytes: an empty Atom feed is dated by the second."""
    said = json.dumps([form, get_language(), told], default=str)
    return f'"{digest(said)}"'
