"""Telling people: a registry of kinds, one notice a person and thing, and its mail.

Each app registers its kinds when it is ready, and no app knows another's. What is told is written
in the change's transaction, and so is its mail: neither is lost and neither comes twice.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise

from people.models import Notice, NoticeChoice, User
from people.services import audit
from people.services.languages import language_of
from people.services.outbox import Mail, queue
from people.services.recipients import in_portions

Way = NoticeChoice.Way
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """Something people are told of. `text` makes the sentence in the language of the moment.

    A `fixed` kind is about the account's safety: it is mailed at once and nobody switches it off.
    """

    code: str
    title: str | Promise
    text: Callable[[Facts], str]
    way: str = Way.DIGEST
    fixed: bool = False
    roles: frozenset[str] = field(default_factory=frozenset)
    """Whom it concerns; empty: everybody."""


@dataclass(frozen=True)
class News:
    """One notice to be. `facts` are JSON and hold nothing personal that the text does not need;
    a `key` told before is not told again; `path` is where it leads."""

    user: User
    key: str
    facts: Facts
    path: str = ""


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    _kinds.update({kind.code: kind for kind in kinds})


def kinds() -> list[Kind]:
    return list(_kinds.values())


def kinds_for(roles: Collection[str]) -> list[Kind]:
    """What somebody with these roles may be told of."""
    return [kind for kind in _kinds.values() if not kind.roles or kind.roles.intersection(roles)]


def text_of(notice: Notice) -> str:
    """The notice in the language of the moment; a kind that is no longer known by its code."""
    kind = _kinds.get(notice.kind)
    return kind.text(notice.facts) if kind else notice.kind


def tell(user: User, kind: Kind, *, key: str, facts: Facts, path: str = "") -> bool:
    """Tell one person one thing, with the change it is about; False when told before."""
    return tell_all(kind, [News(user, key, facts, path)]) == 1


@transaction.atomic
def tell_all(kind: Kind, news: Iterable[News]) -> int:
    """Tell each person the own news; returns how many were not told before."""
    told = 0
    for portion in in_portions(news):
        told += _write(kind, portion)
    return told


def _write(kind: Kind, news: list[News]) -> int:
    before = _told(news)
    new = {
        (each.user.pk, each.key): each for each in news if (each.user.pk, each.key) not in before
    }
    at_once = _mailed_at_once(kind, [each.user.pk for each in new.values()])
    now = timezone.now()
    Notice.objects.bulk_create(
        [
            Notice(
                user=each.user, kind=kind.code, key=each.key, facts=dict(each.facts),
                path=each.path, mailed_at=now if each.user.pk in at_once else None,
            )
            for each in new.values()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if at_once:
        written = _told([each for each in new.values() if each.user.pk in at_once])
        queue(mail_of(notice, to=at_once[notice.user_id]) for notice in written.values())
    return len(new)


def _told(news: list[News]) -> dict[tuple[int, str], Notice]:
    wanted = {(each.user.pk, each.key) for each in news}
    found = Notice.objects.filter(
        user__in={user_id for user_id, _key in wanted}, key__in={key for _user_id, key in wanted}
    )
    return {(n.user_id, n.key): n for n in found if (n.user_id, n.key) in wanted}


def _mailed_at_once(kind: Kind, user_ids: list[int]) -> dict[int, User]:
    """By id, who of these is to have a mail of it now."""
    choices = {} if kind.fixed else chosen_ways(user_ids, kind=kind)
    readers = User.objects.select_related("employee").in_bulk(user_ids)
    today = timezone.localdate()
    return {
        pk: user
        for pk, user in readers.items()
        if user.email and user.may_sign_in(on=today)
        and (kind.fixed or choices.get(pk, kind.way) == Way.AT_ONCE)
    }  # fmt: skip


def chosen_ways(user_ids: list[int], *, kind: Kind) -> dict[int, str]:
    chosen = NoticeChoice.objects.filter(kind=kind.code, user__in=user_ids)
    return dict(chosen.values_list("user", "way"))


def mail_of(notice: Notice, *, to: User) -> Mail:
    kind = _kinds[notice.kind]
    with translation.override(language_of(getattr(to, "employee", None))):
        facts = {
            "name": to.display_name, "text": text_of(notice), "fixed": kind.fixed,
            "link": link_to(notice), "choices": settings.BASE_URL + reverse("notice-choices"),
        }  # fmt: skip
        return Mail(
            to.email, str(kind.title), render_to_string("mail/notice.txt", facts),
            key=f"notice:{notice.pk}",
        )  # fmt: skip


def link_to(notice: Notice) -> str:
    return settings.BASE_URL + reverse("notice", args=[notice.pk])


def read(notices: QuerySet[Notice], *, now: datetime) -> int:
    """Mark these as read; returns how many were not."""
    return notices.filter(read_at=None).update(read_at=now)


@transaction.atomic
def choose(user: User, ways: Mapping[str, str]) -> None:
    """How somebody wants to be told from now on, by the code of the kind."""
    held = dict(user.notice_choices.values_list("kind", "way"))
    before = {kind.code: held.get(kind.code, kind.way) for kind in _kinds.values()}
    changed = {
        code: way for code, way in ways.items()
        if code in _kinds and not _kinds[code].fixed and way != before[code]
    }  # fmt: skip
    for code, way in changed.items():
        NoticeChoice.objects.update_or_create(user=user, kind=code, defaults={"way": way})
    if changed:
        audit.record(
            "choose_notices", by=user, subject=f"user:{user.pk}",
            before={code: before[code] for code in changed}, after=changed,
        )  # fmt: skip
