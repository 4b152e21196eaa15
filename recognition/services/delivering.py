"""Messages to other programs: queued with what they tell of, made when they are sent, and sent
again under the same id until they are taken.

What is said is made from what may be shown in that moment, so that a consent taken back or praise
withdrawn while a message waited is not told. A message is marked as being sent, and that is
committed, before anything is sent. When its sender dies after that, or the line breaks, a signed
message goes again: its receiver drops an id that it knows. A chat would show it twice, so there it
is left, and people decide.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Role, ShownTo, User
from people.services import audit
from people.services.languages import offered
from people.services.recipients import holders_of
from recognition.models import Award, Delivery, Nomination, Webhook
from recognition.rules.messages import Message, for_slack, for_teams, signature
from recognition.services import notices, posting_out, webhooks
from recognition.services.visibility import Reader, Shown, readable, show
from recognition.signals import deliveries_queued

log = logging.getLogger(__name__)
State, Event, Kind = Delivery.State, Delivery.Event, Webhook.Kind
TRIED_FOR = timedelta(days=3)
LONGEST_PAUSE = timedelta(hours=1)
KEPT = timedelta(days=90)
GONE = 410


class DeliveryRefused(Exception):
    """Nothing was changed; the message says why."""


class NotShown(Exception):
    """What it is about is not shown there any more; `for_now` while it is held."""

    def __init__(self, *, for_now: bool = False):
        self.for_now = for_now


def queue_nominations(nominations: Iterable[Nomination], *, now: datetime) -> int:
    """One message a webhook and nomination that its readers may see; returns how many."""
    targets = list(Webhook.objects.filter(active=True))
    return _queue(
        [
            Delivery(
                webhook=webhook, event=Event.PUBLISHED, nomination=each, made_at=now,
                not_before=now, key=f"nomination:{each.pk}",
            )
            for each in (nominations if targets else ())
            for webhook in targets
            if each.shown_to >= webhook.audience
        ]
    )  # fmt: skip


def queue_award(award: Award, *, now: datetime) -> int:
    """As for nominations, when an award is granted."""
    targets = Webhook.objects.filter(active=True, audience__lte=award.nomination.shown_to)
    return _queue(
        [
            Delivery(
                webhook=webhook, event=Event.GRANTED, nomination=award.nomination, award=award,
                made_at=now, not_before=now, key=f"award:{award.pk}",
            )
            for webhook in targets
        ]
    )  # fmt: skip


@transaction.atomic
def queue_test(webhook: Webhook, *, by: User, now: datetime) -> None:
    """A message that tells of nothing, to see whether it arrives."""
    key = f"test:{uuid4().hex}"
    _queue([Delivery(webhook=webhook, event=Event.TEST, key=key, made_at=now, not_before=now)])
    audit.record("test_webhook", by=by, subject=f"webhook:{webhook.pk}")


def _queue(deliveries: list[Delivery]) -> int:
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True, batch_size=500)
    if deliveries:
        transaction.on_commit(lambda: deliveries_queued.send(sender=Delivery), robust=True)
    return len(deliveries)


def deliver_waiting(*, most: int = 200) -> int:
    """Send what is due; returns how many are done with. Any number of processes may do this.

    Who does not answer is left alone until its next try, so that others need not wait for it.
    """
    sent = 0
    for pk in list(Delivery.objects.due(timezone.now()).values_list("pk", flat=True)[:most]):
        delivery = _claim(pk)
        if delivery and _deliver(delivery):
            sent += 1
        elif delivery:
            _let_others_wait(delivery.webhook)
    return sent


def _let_others_wait(webhook: Webhook) -> None:
    """Until the one that was not taken is tried again."""
    waiting = Delivery.objects.filter(webhook=webhook, state=State.WAITING)
    later = waiting.order_by("-not_before").values_list("not_before", flat=True).first()
    if later:
        waiting.filter(not_before__lte=timezone.now()).update(not_before=later)


def _claim(pk: int) -> Delivery | None:
    """This process is the one that sends it, and that is committed; None when another is."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        due = Delivery.objects.due(now).filter(pk=pk).select_for_update(of=("self",))
        delivery = due.select_related("webhook").first()
        if delivery:
            Delivery.objects.filter(pk=pk).update(
                state=State.SENDING, not_before=now, last_error="", last_status=None
            )
    return delivery


def _deliver(delivery: Delivery) -> bool:
    """Make and send one that is claimed; False when its receiver did not take it."""
    now, webhook = timezone.now(), delivery.webhook
    try:
        url = webhooks.address_of(webhook)
        body = json.dumps(_content(delivery), ensure_ascii=False).encode()
        answer = posting_out.post(url, body, _headers(delivery, body, now=now))
    except NotShown as found:
        if found.for_now:
            _put_back(delivery, error="", again=True)
        else:
            Delivery.objects.filter(pk=delivery.pk).update(state=State.DROPPED)
        # Its receiver has not failed.
        return True
    except (posting_out.AddressRefused, webhooks.WebhookRefused) as refused:
        _put_back(delivery, error=str(refused), again=False)
    except posting_out.NotReached as error:
        _put_back(delivery, error=str(error), again=True)
    except posting_out.LineBroke as error:
        _after_a_broken_line(delivery, error=str(error))
    else:
        return _answered(delivery, answer, now=now)
    return False


def _answered(delivery: Delivery, answer: posting_out.Answer, *, now: datetime) -> bool:
    taken = 200 <= answer.status < 300
    if taken:
        Delivery.objects.filter(pk=delivery.pk).update(
            state=State.SENT, sent_at=now, last_status=answer.status, tries=delivery.tries + 1
        )
        return True
    gone = answer.status == GONE
    _put_back(
        delivery, error=_("It answered %(status)s.") % {"status": answer.status}, again=not gone,
        status=answer.status, pause=timedelta(seconds=answer.retry_after),
    )  # fmt: skip
    if gone:
        _stop(delivery.webhook)
    return False


def _stop(webhook: Webhook) -> None:
    because = _("It answered 410: it is not there any more.")
    with transaction.atomic():
        if webhooks.pause(webhook, because=because, by=User.objects.system()):
            notices.tell_of_paused(webhook, holders_of(Role.ADMINISTRATOR))


def _after_a_broken_line(delivery: Delivery, *, error: str) -> None:
    if delivery.webhook.kind == Kind.SIGNED:
        _put_back(delivery, error=error, again=True)
    else:
        log.error("delivery %s may or may not have arrived: %s", delivery.pk, error)
        Delivery.objects.filter(pk=delivery.pk).update(last_error=error[:300] or "the line broke")


def _put_back(
    delivery: Delivery,
    *,
    error: str,
    again: bool,
    status: int | None = None,
    pause: timedelta = timedelta(0),
) -> None:
    """Try later, with growing pauses, or give up."""
    now = timezone.now()
    again = again and delivery.made_at > now - TRIED_FOR
    growing = min(timedelta(minutes=2 ** min(delivery.tries, 10)), LONGEST_PAUSE)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.WAITING if again else State.FAILED, tries=delivery.tries + 1,
        last_error=error[:300], last_status=status,
        not_before=now + max(growing, min(pause, LONGEST_PAUSE)),
    )  # fmt: skip


def _headers(delivery: Delivery, body: bytes, *, now: datetime) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": "Ninetyfive",
        "Connection": "close",
    }  # fmt: skip
    if delivery.webhook.kind != Kind.SIGNED:
        return headers
    event_id, at = str(delivery.event_id), int(now.timestamp())
    keys = webhooks.signing_secrets(delivery.webhook, now=now)
    return headers | {
        "webhook-id": event_id, "webhook-timestamp": str(at),
        "webhook-signature": signature(keys, event_id=event_id, at=at, body=body),
    }  # fmt: skip


def _content(delivery: Delivery) -> dict[str, Any]:
    """Raises NotShown."""
    webhook = delivery.webhook
    with translation.override(offered(webhook.language)):
        shown = None if delivery.event == Event.TEST else _shown(delivery)
        if webhook.kind == Kind.SIGNED:
            return _signed(delivery, shown)
        message = _message(delivery, shown)
        return for_slack(message) if webhook.kind == Kind.SLACK else for_teams(message)


def _shown(delivery: Delivery) -> Shown:
    reader = Reader(audience=ShownTo(delivery.webhook.audience))
    about = Nomination.objects.filter(delivery=delivery)
    nomination = readable(reader).filter(pk__in=about).select_related("giver", "behaviour").first()
    if nomination is None:
        raise NotShown(for_now=about.filter(state=Nomination.State.HELD).exists())
    if delivery.award and delivery.award.state != Award.State.GRANTED:
        raise NotShown
    return show([nomination], reader)[0]


def _signed(delivery: Delivery, shown: Shown | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": str(delivery.event_id), "type": delivery.event,
        "timestamp": delivery.made_at.isoformat(), "data": {},
    }  # fmt: skip
    if shown:
        said["data"]["nomination"] = _as_json(shown)
    if delivery.award:
        level = delivery.award.level
        decided_at = delivery.award.decided_at
        said["data"]["award"] = {
            "id": delivery.award_id, "level": {"code": level.code, "name": str(level)},
            "granted_at": decided_at.isoformat() if decided_at else None,
        }  # fmt: skip
    return said


def _as_json(shown: Shown) -> dict[str, Any]:
    """Without the customer's reference, which is the customer's affair."""
    nomination = shown.nomination
    behaviour = nomination.behaviour
    return {
        "id": nomination.pk, "url": _link(nomination),
        "published_at": nomination.published_at.isoformat(),
        "happened_on": nomination.happened_on.isoformat(),
        "behaviour": {"code": behaviour.code, "name": str(behaviour)},
        "story": shown.story,
        "giver": shown.giver.name if shown.giver else None,
        "nominees": [
            {
                "name": each.employee.name if each.employee else None,
                "department": each.department.name if each.department else None,
            }
            for each in shown.nominees
        ],
    }  # fmt: skip


def _message(delivery: Delivery, shown: Shown | None) -> Message:
    if shown is None:
        return Message(_("This is a test from Ninetyfive."), "", "", "", "")
    named = {"names": _named(shown), "giver": shown.giver.name if shown.giver else ""}
    if delivery.award:
        text = _("%(names)s: %(level)s")
        title = text % {"names": named["names"], "level": delivery.award.level}
    elif shown.giver:
        title = _("%(giver)s praises %(names)s") % named
    else:
        title = _("Praise for %(names)s") % named
    nomination = shown.nomination
    return Message(title, shown.story, str(nomination.behaviour), _link(nomination), _("Read it"))


def _named(shown: Shown) -> str:
    """“Ann, Bob and 2 colleagues”: who is not named is counted."""
    unnamed = shown.unnamed
    others = ngettext("%(n)s colleague", "%(n)s colleagues", unnamed) % {"n": unnamed}
    if not shown.names:
        return others
    listed = notices.listed(shown.names, len(shown.names))
    return (
        _("%(names)s and %(others)s") % {"names": listed, "others": others} if unnamed else listed
    )


def _link(nomination: Nomination) -> str:
    return settings.BASE_URL + notices.page_of(nomination.pk)


@transaction.atomic
def send_again(delivery: Delivery, *, by: User, now: datetime) -> None:
    """Once more what was given up, or of which nobody knows whether it arrived.

    Raises DeliveryRefused when somebody was faster.
    """
    stuck = Delivery.objects.stuck(now).filter(pk=delivery.pk)
    if not stuck.update(state=State.WAITING, not_before=now, made_at=now, tries=0, last_error=""):
        raise DeliveryRefused(_("This message has been decided on already."))
    audit.record("send_delivery_again", by=by, subject=f"delivery:{delivery.pk}")
    transaction.on_commit(lambda: deliveries_queued.send(sender=Delivery), robust=True)


def forget_old_deliveries(*, now: datetime) -> int:
    """After 90 days nobody asks what became of a message."""
    done = Delivery.objects.filter(state__in=(State.SENT, State.DROPPED), made_at__lt=now - KEPT)
    return done.delete()[0]
