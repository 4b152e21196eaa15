"""One mail a day and person, at seven where the person works, with what was not mailed yet."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from people.models import Notice, NoticeChoice, OutgoingMail, User
from people.services import notices
from people.services.languages import language_of
from people.services.outbox import send_later
from people.services.recipients import Whereabouts, in_portions

Way = NoticeChoice.Way
NEWS_FOR = timedelta(days=14)
"""What nobody has read or mailed for longer than this is no news."""


def send_digests(*, now: datetime) -> int:
    """Queue the digests that are due; returns how many. Called as often as one likes."""
    sent = 0
    user_ids = _waiting(now).order_by().values_list("user", flat=True).distinct()
    for portion in in_portions(sorted(user_ids)):
        sent += _send_to(portion, now=now)
    return sent


def _waiting(now: datetime) -> QuerySet[Notice]:
    """Neither mailed nor read yet, and of a kind that its reader wants in the digest."""
    by_default = [k.code for k in notices.kinds() if k.way == Way.DIGEST and not k.fixed]
    chosen = NoticeChoice.objects.filter(user=OuterRef("user"), kind=OuterRef("kind"))
    wanted = Exists(chosen.filter(way=Way.DIGEST)) | (Q(kind__in=by_default) & ~Exists(chosen))
    unread = Notice.objects.filter(mailed_at=None, read_at=None, made_at__gt=now - NEWS_FOR)
    return unread.filter(wanted, user__is_active=True).exclude(user__email="")


def _send_to(user_ids: list[int], *, now: datetime) -> int:
    readers = User.objects.select_related("employee").in_bulk(user_ids)
    where = Whereabouts(user_ids, on=timezone.localdate(now))
    done = _already_sent(user_ids, where, now=now)
    waiting = _waiting(now).filter(user__in=user_ids).order_by("user", "id")
    sent = 0
    for user_id, found in groupby(waiting, key=lambda notice: notice.user_id):
        morning = where.morning(user_id, now=now)
        # What came after seven is tomorrow's news, even where no digest went today.
        news = [notice for notice in found if notice.made_at < morning]
        reader = readers[user_id]
        if (
            news
            and morning <= now
            and user_id not in done
            and reader.may_sign_in(on=morning.date())
        ):
            sent += _send(reader, news, day=morning.date(), now=now)
    return sent


def _key(user_id: int, day: date) -> str:
    return f"digest:{user_id}:{day}"


def _already_sent(user_ids: list[int], where: Whereabouts, *, now: datetime) -> set[int]:
    keys = {_key(pk, where.morning(pk, now=now).date()): pk for pk in user_ids}
    known = OutgoingMail.objects.filter(key__in=list(keys)).values_list("key", flat=True)
    return {keys[key] for key in known}


@transaction.atomic
def _send(reader: User, news: list[Notice], *, day: date, now: datetime) -> bool:
    with translation.override(language_of(getattr(reader, "employee", None))):
        count = len(news)
        subject = ngettext("%(n)s piece of news", "%(n)s pieces of news", count) % {"n": count}
        queued = send_later(
            to=reader.email, subject=subject, body=_text(reader, news),
            key=_key(reader.pk, day),
        )  # fmt: skip
    if queued:
        Notice.objects.filter(pk__in=[notice.pk for notice in news]).update(mailed_at=now)
    return queued


def _text(reader: User, news: Iterable[Notice]) -> str:
    facts = {
        "name": reader.display_name,
        "news": [(notices.text_of(notice), notices.link_to(notice)) for notice in news],
        "choices": settings.BASE_URL + reverse("notice-choices"),
    }
    return render_to_string("mail/digest.txt", facts)
