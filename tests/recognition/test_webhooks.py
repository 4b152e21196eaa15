"""Other programs are told of praise: by real HTTP, signed, with names that agree, until taken."""

import json
import re
from datetime import date, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import AuditEntry, Consent, Notice, ShownTo
from people.services.consents import Agreed, agree
from recognition.models import Delivery, Nomination, Webhook
from recognition.services import fair_play
from recognition.services.awards import raise_to
from recognition.services.delivering import (
    DeliveryRefused,
    deliver_waiting,
    forget_old_deliveries,
    queue_test,
    send_again,
)
from recognition.services.nominating import withdraw
from recognition.services.telling import tell_waiting
from recognition.services.webhooks import (
    Target,
    WebhookRefused,
    add_webhook,
    address_of,
    change_webhook,
    pause,
    renew_secret,
    resume,
)
from tests.conftest import TUESDAY_NOON
from tests.recognition.conftest import STORY, praised
from tests.recognition.receiver import Receiver

pytestmark = pytest.mark.django_db
Kind, State = Webhook.Kind, Delivery.State


@pytest.fixture(autouse=True)
def this_machine(settings, monkeypatch):
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.1/32")]
    settings.BASE_URL = "https://bonus.example.org"
    at(monkeypatch, TUESDAY_NOON)


def at(monkeypatch, moment):
    """The clock stands still there."""
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


def webhook_to(receiver, root, *, kind=Kind.SIGNED, audience=ShownTo.STAFF, name="Board"):
    target = Target(name, receiver.url, audience, "en")
    return add_webhook(target, kind=kind, by=root, now=TUESDAY_NOON)


def shown_to_staff(*users, names=ShownTo.STAFF):
    for user in users:
        Consent.objects.create(employee=user.employee, names=names, given_at=TUESDAY_NOON)


def tell():
    tell_waiting(now=TUESDAY_NOON)
    return deliver_waiting()


def the_documented_check():
    """`is_ours` as docs/webhooks.md has it."""
    text = (Path(django_settings.ROOT) / "docs" / "webhooks.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict = {}
    exec(example, names)
    names["time"] = type("Clock", (), {"time": staticmethod(TUESDAY_NOON.timestamp)})
    return names["is_ours"]


def test_praise_arrives_signed_and_with_the_names_that_agree(
    ann, cas, fay, root, receiver, kept_promise
):
    _webhook, secret = webhook_to(receiver, root)
    shown_to_staff(ann, fay)
    story = "Ann and Cas stayed until the parcel was found."
    nomination = praised(
        ann, cas, by=fay, behaviour=kept_promise, story=story, customer_reference="C-17"
    )
    assert tell() == 1
    [received] = receiver.taken
    delivery = Delivery.objects.get()
    assert received.path == "/in?token=1"
    assert json.loads(received.body) == {
        "id": str(delivery.event_id), "type": "nomination.published",
        "timestamp": TUESDAY_NOON.isoformat(),
        "data": {
            "nomination": {
                "id": nomination.pk, "url": f"https://bonus.example.org/nominations/{nomination.pk}/",
                "published_at": TUESDAY_NOON.isoformat(), "happened_on": "2026-03-02",
                "behaviour": {"code": "promise", "name": "Kept a promise"},
                "story": "Ann and … stayed until the parcel was found.", "giver": "Fay",
                "nominees": [
                    {"name": "Ann", "department": "Claims"},
                    {"name": None, "department": "Billing"},
                ],
            }
        },
    }  # fmt: skip
    is_ours = the_documented_check()
    assert is_ours(secret, received.headers, received.body)
    assert not is_ours(secret, received.headers, received.body + b" ")
    assert not is_ours(secret, received.headers | {"webhook-id": "other"}, received.body)
    assert not is_ours("whsec_AAAA", received.headers, received.body)
    assert (delivery.state, delivery.last_status, delivery.sent_at) == ("sent", 204, TUESDAY_NOON)
    assert deliver_waiting() == 0


def test_a_renewed_secret_signs_beside_the_old_one_for_a_day(root, receiver, monkeypatch):
    webhook, old = webhook_to(receiver, root)
    new = renew_secret(webhook, by=root, now=TUESDAY_NOON)
    is_ours = the_documented_check()
    for later, (by_old, by_new) in ((0, (True, True)), (25, (False, True))):
        moment = TUESDAY_NOON + timedelta(hours=later)
        at(monkeypatch, moment)
        is_ours.__globals__["time"] = type("Clock", (), {"time": staticmethod(moment.timestamp)})
        queue_test(webhook, by=root, now=moment)
        deliver_waiting()
        last = receiver.taken[-1]
        assert is_ours(old, last.headers, last.body) is by_old
        assert is_ours(new, last.headers, last.body) is by_new


ROUGH = "Ann said <!channel> & @everyone *look* <https://evil.example|here> at the parcel."


def test_slack_gets_blocks_in_which_nothing_calls_anybody(ann, fay, root, receiver, kept_promise):
    webhook_to(receiver, root, kind=Kind.SLACK)
    shown_to_staff(ann, fay)
    nomination = praised(ann, by=fay, behaviour=kept_promise, story=ROUGH)
    tell()
    [received] = receiver.taken
    link = f"https://bonus.example.org/nominations/{nomination.pk}/"
    plain = (
        "Ann said &lt;!channel&gt; &amp; @\u200beveryone \u200b*\u200blook\u200b*\u200b"
        " &lt;https://evil.example|here&gt; at the parcel."
    )
    assert json.loads(received.body) == {
        "text": "Fay praises Ann", "mrkdwn": False, "link_names": False,
        "unfurl_links": False, "unfurl_media": False,
        "blocks": [
            {"type": "section",
             "text": {"type": "mrkdwn", "text": "*Fay praises Ann*", "verbatim": True}},
            {"type": "section", "text": {"type": "mrkdwn", "text": plain, "verbatim": True}},
            {"type": "context",
             "elements": [{"type": "mrkdwn", "text": "Kept a promise", "verbatim": True}]},
            {"type": "section",
             "text": {"type": "mrkdwn", "text": f"<{link}|Read it>", "verbatim": True}},
        ],
    }  # fmt: skip
    assert "webhook-signature" not in received.headers


def test_teams_gets_a_card_that_shows_text_as_it_is(ann, cas, fay, root, receiver, kept_promise):
    webhook_to(receiver, root, kind=Kind.TEAMS)
    shown_to_staff(ann, fay)
    nomination = praised(ann, cas, by=fay, behaviour=kept_promise, story=ROUGH)
    tell()
    [received] = receiver.taken

    def lines(text, **look):
        return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}

    assert json.loads(received.body) == {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard", "version": "1.4",
                    "body": [
                        lines("Fay praises Ann and 1 colleague", weight="Bolder", size="Medium"),
                        lines(ROUGH),
                        lines("Kept a promise", isSubtle=True),
                    ],
                    "actions": [
                        {"type": "Action.OpenUrl", "title": "Read it",
                         "url": f"https://bonus.example.org/nominations/{nomination.pk}/"}
                    ],
                },
            }
        ],
    }  # fmt: skip


def test_an_award_is_told_when_it_is_granted(ann, bob, fay, root, receiver, kept_promise, card):
    webhook_to(receiver, root)
    shown_to_staff(ann, fay)
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    award = raise_to(nomination, card, reason="well done", by=bob, now=TUESDAY_NOON)
    deliver_waiting()
    [received] = receiver.taken
    said = json.loads(received.body)
    assert said["type"] == "award.granted"
    assert said["data"]["award"] == {
        "id": award.pk, "level": {"code": "card", "name": "Thank-you card"},
        "granted_at": TUESDAY_NOON.isoformat(),
    }  # fmt: skip
    assert said["data"]["nomination"]["story"] == STORY


def test_praise_that_not_all_colleagues_read_is_not_sent(ann, fay, root, receiver, kept_promise):
    webhook_to(receiver, root)
    praised(ann, by=fay, behaviour=kept_promise)
    tell()
    assert (receiver.taken, Delivery.objects.count()) == ([], 0)


def test_a_public_webhook_names_only_who_agrees_to_the_public(
    ann, cas, fay, root, receiver, kept_promise
):
    webhook_to(receiver, root, audience=ShownTo.PUBLIC)
    shown_to_staff(ann, names=ShownTo.PUBLIC)
    shown_to_staff(cas, fay)
    praised(ann, cas, by=fay, behaviour=kept_promise, audience=ShownTo.PUBLIC)
    praised(cas, by=ann, behaviour=kept_promise, audience=ShownTo.PUBLIC)
    tell()
    [received] = receiver.taken
    said = json.loads(received.body)["data"]["nomination"]
    assert (said["giver"], [each["name"] for each in said["nominees"]]) == (None, ["Ann", None])


def test_a_name_taken_back_while_the_message_waited_is_not_sent(
    ann, cas, fay, root, receiver, kept_promise
):
    webhook_to(receiver, root)
    shown_to_staff(ann, cas)
    praised(ann, cas, by=fay, behaviour=kept_promise, story="Ann and Cas found the parcel.")
    praised(ann, by=fay, behaviour=kept_promise)
    tell_waiting(now=TUESDAY_NOON)
    agree(ann.employee, Agreed(ShownTo.NOBODY, ShownTo.NOBODY), by=ann, now=TUESDAY_NOON)
    deliver_waiting()
    [received] = receiver.taken
    assert "Ann" not in received.body.decode()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["dropped", "sent"]


def test_praise_withdrawn_or_removed_while_the_message_waited_is_not_sent(
    ann, fay, root, receiver, kept_promise
):
    webhook_to(receiver, root)
    shown_to_staff(ann)
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    tell_waiting(now=TUESDAY_NOON)
    withdraw(nomination, by=fay, now=TUESDAY_NOON)
    deliver_waiting()
    assert (receiver.taken, Delivery.objects.get().state) == ([], "dropped")


def test_praise_that_is_held_is_sent_when_it_is_cleared(
    ann, bob, dee, fay, root, receiver, kept_promise, monkeypatch
):
    webhook_to(receiver, root)
    shown_to_staff(ann)
    nomination = praised(ann, by=fay, behaviour=kept_promise)
    tell_waiting(now=TUESDAY_NOON)
    case = fair_play.report(nomination, reason="never happened", by=bob, now=TUESDAY_NOON)
    deliver_waiting()
    assert (receiver.taken, Delivery.objects.get().state) == ([], "waiting")
    fair_play.clear(case, reason="it did", by=dee, now=TUESDAY_NOON)
    at(monkeypatch, TUESDAY_NOON + timedelta(hours=1))
    deliver_waiting()
    assert len(receiver.taken) == 1


def test_what_is_not_taken_is_sent_again_later_under_the_same_id(root, receiver, monkeypatch):
    webhook, _secret = webhook_to(receiver, root)
    queue_test(webhook, by=root, now=TUESDAY_NOON)
    receiver.status = 503
    moment, pauses = TUESDAY_NOON, []
    while Delivery.objects.get().state == State.WAITING:
        deliver_waiting()
        delivery = Delivery.objects.get()
        pauses.append(delivery.not_before - moment)
        assert deliver_waiting() == 0
        moment = delivery.not_before
        at(monkeypatch, moment)
    minutes = [pause.total_seconds() / 60 for pause in pauses]
    assert minutes[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert set(minutes[8:]) == {60}
    assert timedelta(days=3) <= moment - TUESDAY_NOON <= timedelta(days=3, hours=2)
    assert (delivery.state, delivery.last_status) == ("failed", 503)
    assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == 1


def test_a_receiver_may_ask_to_wait_up_to_an_hour(root, receiver):
    webhook, _secret = webhook_to(receiver, root)
    receiver.status, receiver.headers = 429, {"Retry-After": "1200"}
    queue_test(webhook, by=root, now=TUESDAY_NOON)
    deliver_waiting()
    assert Delivery.objects.get().not_before == TUESDAY_NOON + timedelta(minutes=20)
    receiver.headers = {"Retry-After": "999999"}
    Delivery.objects.update(not_before=TUESDAY_NOON)
    deliver_waiting()
    assert Delivery.objects.get().not_before == TUESDAY_NOON + timedelta(hours=1)


def test_who_does_not_answer_keeps_nobody_else_waiting(root, receiver):
    with Receiver(status=500) as broken:
        silent, _secret = webhook_to(broken, root)
        other, _secret = webhook_to(receiver, root, name="Other")
        for _n in range(5):
            queue_test(silent, by=root, now=TUESDAY_NOON)
            queue_test(other, by=root, now=TUESDAY_NOON)
        assert deliver_waiting() == 5
        assert (len(broken.taken), len(receiver.taken)) == (1, 5)


def test_gone_pauses_the_webhook_and_tells_administrators(root, receiver):
    webhook, _secret = webhook_to(receiver, root)
    receiver.status = 410
    queue_test(webhook, by=root, now=TUESDAY_NOON)
    deliver_waiting()
    webhook.refresh_from_db()
    assert (webhook.active, Delivery.objects.get().state) == (False, "failed")
    assert [notice.user for notice in Notice.objects.filter(kind="webhook-paused")] == [root]
    queue_test(webhook, by=root, now=TUESDAY_NOON)
    assert deliver_waiting() == 0
    receiver.status = 204
    resume(webhook, by=root)
    assert deliver_waiting() == 1


def test_a_line_that_breaks_sends_signed_ones_again_and_leaves_chats_to_people(root, receiver):
    signed, _secret = webhook_to(receiver, root)
    chat, _secret = webhook_to(receiver, root, kind=Kind.SLACK, name="Chat")
    receiver.cut = True
    for webhook in (signed, chat):
        queue_test(webhook, by=root, now=TUESDAY_NOON)
    deliver_waiting()
    assert signed.deliveries.get().state == State.WAITING
    undecided = chat.deliveries.get()
    assert (undecided.state, undecided.waits_for_people) == ("sending", True)
    receiver.cut = False
    Delivery.objects.filter(state=State.WAITING).update(not_before=TUESDAY_NOON)
    deliver_waiting()
    assert len(receiver.taken) == 3
    send_again(undecided, by=root, now=TUESDAY_NOON)
    deliver_waiting()
    assert len(receiver.taken) == 4
    with pytest.raises(DeliveryRefused):
        send_again(undecided, by=root, now=TUESDAY_NOON)


def test_a_sender_that_died_leaves_a_signed_message_that_goes_again_and_a_chats_that_does_not(
    root, receiver, monkeypatch
):
    for kind, name in ((Kind.SIGNED, "Board"), (Kind.TEAMS, "Chat")):
        webhook, _secret = webhook_to(receiver, root, kind=kind, name=name)
        queue_test(webhook, by=root, now=TUESDAY_NOON)
    Delivery.objects.update(state=State.SENDING, not_before=TUESDAY_NOON)
    assert deliver_waiting() == 0
    at(monkeypatch, TUESDAY_NOON + timedelta(minutes=11))
    assert deliver_waiting() == 1
    assert [taken.headers["webhook-id"] for taken in receiver.taken] == [
        str(Delivery.objects.get(state=State.SENT).event_id)
    ]
    left = Delivery.objects.get(state=State.SENDING)
    assert left.waits_for_people
    assert Delivery.objects.stuck(timezone.now()).get() == left


def test_an_address_that_leads_inside_is_given_up(root, receiver, settings):
    webhook, _secret = webhook_to(receiver, root)
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    queue_test(webhook, by=root, now=TUESDAY_NOON)
    deliver_waiting()
    delivery = Delivery.objects.get()
    assert (delivery.state, receiver.taken) == ("failed", [])
    assert delivery.last_error == "127.0.0.1 leads to 127.0.0.1, which is inside a network."


def test_addresses_and_secrets_are_kept_encrypted_and_out_of_the_log(root, receiver, settings):
    webhook, secret = webhook_to(receiver, root)
    kept = str(Webhook.objects.values().get())
    logged = str(list(AuditEntry.objects.values("before", "after", "why")))
    for hidden in ("token=1", secret.removeprefix("whsec_")):
        assert hidden not in kept
        assert hidden not in logged
    assert address_of(webhook) == receiver.url
    settings.SECRET_KEY = "another"
    queue_test(webhook, by=root, now=TUESDAY_NOON)
    deliver_waiting()
    assert Delivery.objects.get().last_error == (
        "It can't be read any more, as SECRET_KEY was changed: enter it anew."
    )


def test_what_is_wrong_is_refused_with_its_field(root, receiver, settings):
    webhook_to(receiver, root)
    for target, field in (
        (Target("Board", receiver.url, ShownTo.STAFF, "en"), "name"),
        (Target("New", "ftp://x.org/", ShownTo.STAFF, "en"), "url"),
        (Target("New", receiver.url, ShownTo.TEAM, "en"), "audience"),
    ):
        with pytest.raises(WebhookRefused) as refused:
            add_webhook(target, kind=Kind.SIGNED, by=root, now=TUESDAY_NOON)
        assert refused.value.field == field
    assert Webhook.objects.count() == 1


def test_changing_keeps_the_address_unless_another_is_given(root, receiver):
    webhook, _secret = webhook_to(receiver, root)
    changed = change_webhook(webhook, Target("Wall", "", ShownTo.PUBLIC, "en"), by=root)
    assert (changed.name, changed.audience, address_of(changed)) == ("Wall", 3, receiver.url)
    assert (pause(changed, because="x", by=root), pause(changed, because="x", by=root)) == (
        True, False,
    )  # fmt: skip


def test_old_deliveries_are_forgotten(root, receiver):
    webhook, _secret = webhook_to(receiver, root)
    for state in (State.SENT, State.FAILED):
        queue_test(webhook, by=root, now=TUESDAY_NOON)
        Delivery.objects.filter(state=State.WAITING).update(state=state)
    assert forget_old_deliveries(now=TUESDAY_NOON + timedelta(days=89)) == 0
    assert forget_old_deliveries(now=TUESDAY_NOON + timedelta(days=91)) == 1
    assert Delivery.objects.get().state == State.FAILED


# The pages


@pytest.fixture
def as_root(client, root):
    client.force_login(root)
    return client


NEW = {"name": "Board", "kind": "signed", "audience": "2", "language": "en"}


def test_adding_shows_the_secret_once(as_root, root):
    page = as_root.post("/webhooks/new/", NEW | {"url": "https://hooks.example.org/in"})
    webhook = Webhook.objects.get()
    secret = page.context["webhook_secret"]
    assert secret.startswith("whsec_")
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    shown = as_root.get(f"/webhooks/{webhook.pk}/").content.decode()
    assert "hooks.example.org" in shown
    assert secret not in shown
    assert "/in" not in as_root.get(f"/webhooks/{webhook.pk}/change/").content.decode()


def test_a_chat_has_no_secret_to_show(as_root):
    url = "https://hooks.slack.com/services/T/B/x"
    response = as_root.post("/webhooks/new/", NEW | {"kind": "slack", "url": url})
    assert response.url == f"/webhooks/{Webhook.objects.get().pk}/"
    assert as_root.post(f"{response.url}secret/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "gopher://example.org"}, "url"), ({"url": ""}, "url"),
        ({"url": "https://me:pw@example.org"}, "url"), ({"audience": "1"}, "audience"),
        ({"audience": "9"}, "audience"), ({"kind": "fax"}, "kind"), ({"name": ""}, "name"),
        ({"language": "xx"}, "language"),
    ],
)  # fmt: skip
def test_a_wrong_form_says_what_is_wrong(as_root, wrong, field):
    page = as_root.post("/webhooks/new/", NEW | {"url": "https://x.example.org/"} | wrong)
    assert list(page.context["form"].errors) == [field]
    assert Webhook.objects.count() == 0


def test_adding_asks_for_the_second_factor_again(client, root):
    client.force_login(root, second_factor=False)
    client.post("/webhooks/new/", NEW | {"url": "https://x.example.org/"})
    assert Webhook.objects.count() == 0


def test_a_test_is_sent_by_the_button_and_its_fate_is_listed(
    as_root, root, receiver, django_capture_on_commit_callbacks
):
    webhook, _secret = webhook_to(receiver, root)
    with django_capture_on_commit_callbacks(execute=True):
        as_root.post(f"/webhooks/{webhook.pk}/test/")
    assert json.loads(receiver.taken[0].body)["type"] == "test"
    assert "sent" in as_root.get(f"/webhooks/{webhook.pk}/").content.decode()


def test_pausing_changing_and_sending_again_by_the_pages(as_root, root, receiver):
    webhook, _secret = webhook_to(receiver, root)
    as_root.post(f"/webhooks/{webhook.pk}/pause/")
    webhook.refresh_from_db()
    assert (webhook.active, webhook.paused_because) == (False, "by hand")
    as_root.post(f"/webhooks/{webhook.pk}/resume/")
    as_root.post(f"/webhooks/{webhook.pk}/change/", NEW | {"name": "Wall"})
    webhook.refresh_from_db()
    assert (webhook.active, webhook.name) == (True, "Wall")
    queue_test(webhook, by=root, now=TUESDAY_NOON)
    Delivery.objects.update(state=State.FAILED)
    delivery = Delivery.objects.get()
    page = as_root.get(f"/webhooks/{webhook.pk}/").content.decode()
    assert f'action="/webhooks/deliveries/{delivery.pk}/"' in page
    as_root.post(f"/webhooks/deliveries/{delivery.pk}/")
    assert Delivery.objects.get().state == State.WAITING


def test_lists_ask_as_often_for_many_as_for_one(as_root, root, receiver):
    hook, _secret = webhook_to(receiver, root)

    def made(count):
        told = {"kind": "slack", "language": "en", "made_by": root, "made_at": TUESDAY_NOON}
        Webhook.objects.bulk_create(Webhook(name=f"W{count}-{n}", **told) for n in range(count))
        Delivery.objects.bulk_create(
            Delivery(
                webhook=hook, event="test", key=f"{count}-{n}", state="failed",
                not_before=TUESDAY_NOON, made_at=TUESDAY_NOON,
            )
            for n in range(count)
        )  # fmt: skip

    seen = []
    for count in (1, 9, 990):
        made(count)
        for url in ("/webhooks/", f"/webhooks/{hook.pk}/"):
            as_root.get(url)
            with CaptureQueriesContext(connection) as queries:
                as_root.get(url)
            seen.append((url.count("/"), len(queries)))
    assert len(set(seen)) == 2


def test_queueing_asks_once_for_all_webhooks(ann, fay, root, receiver, kept_promise):
    webhook_to(receiver, root)
    pause(Webhook.objects.get(), because="x", by=root)
    shown_to_staff(ann)
    praised(ann, by=fay, behaviour=kept_promise)
    tell_waiting(now=TUESDAY_NOON)
    assert Delivery.objects.count() == 0
    assert Nomination.objects.get().told_at == TUESDAY_NOON
    assert Nomination.objects.get().published_on == date(2026, 3, 3)
