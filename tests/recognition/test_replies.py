"""Cheers, replies and reports: who says something, who may not, and what is wrong with it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from people.models import AuditEntry, ShownTo
from people.services.consents import Agreed, agree
from recognition.models import CaseStep, Cheer, Nomination, Reply
from recognition.services.replies import (
    AN_HOUR,
    ReplyRefused,
    cheer,
    cheering_for,
    replies_to,
    reply,
    withdraw_reply,
)
from recognition.services.visibility import reader_of
from recognition.services.wall import nomination_for
from tests.conftest import TUESDAY_NOON
from tests.recognition.conftest import TODAY, praised

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: TUESDAY_NOON)


@pytest.fixture
def told(ann, cas, kept_promise):
    """Cas praises Ann before her department."""
    return praised(ann, by=cas, behaviour=kept_promise)


def says(user, nomination, text="Well done!", *, key=None, now=TUESDAY_NOON):
    reader = reader_of(user, on=TODAY)
    return reply(nomination, reader, text=text, key=key or uuid4(), by=user, now=now)


def cheers(user, nomination):
    return cheer(nomination, reader_of(user, on=TODAY), by=user, now=TUESDAY_NOON)


def test_somebody_cheers_once_and_takes_it_back(bob, told):
    assert cheers(bob, told) is True
    assert list(Cheer.objects.values_list("employee__name", flat=True)) == ["Bob"]
    assert cheers(bob, told) is False
    assert not Cheer.objects.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "cheer", "take_back_cheer",
    ]  # fmt: skip


def test_those_concerned_do_not_cheer_themselves(ann, cas, told):
    for user in (ann, cas):
        with pytest.raises(ReplyRefused, match="do not cheer themselves"):
            cheers(user, told)


def test_nobody_says_anything_to_what_they_may_not_read(eve, told):
    for act in (cheers, says):
        with pytest.raises(ReplyRefused, match="not shown any more"):
            act(eve, told)
    assert not Cheer.objects.exists()
    assert not Reply.objects.exists()


def test_nobody_says_anything_to_what_is_held(bob, ann, told):
    Nomination.objects.update(state="held")
    for user in (bob, ann):
        with pytest.raises(ReplyRefused, match="not shown any more"):
            says(user, told)


def test_a_login_of_nobody_says_nothing(told, system):
    with pytest.raises(ReplyRefused, match="Only employees"):
        says(system, told)


def test_a_reply_is_cleaned_and_a_nominees_is_thanks(ann, bob, told):
    said = says(bob, told, " Well\u202e done!\u200b\n\n\n\nBob ")
    assert (said.text, said.thanks, said.state) == ("Well done!\n\nBob", False, "published")
    assert says(ann, told, "Thank you").thanks is True


def test_the_same_form_sent_twice_is_one_reply(bob, told):
    key = uuid4()
    assert says(bob, told, key=key) == says(bob, told, key=key)
    with pytest.raises(ReplyRefused, match="sent before with other words"):
        says(bob, told, "Something else", key=key)
    assert Reply.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b\u202e", "x" * 281])
def test_a_reply_says_something_in_280_characters(bob, told, text):
    with pytest.raises(ReplyRefused, match=r"few words|at most 280"):
        says(bob, told, text)


def test_twenty_replies_an_hour_are_enough(bob, told):
    for _n in range(AN_HOUR):
        says(bob, told)
    with pytest.raises(ReplyRefused, match="20 times in an hour"):
        says(bob, told)
    says(bob, told, now=TUESDAY_NOON + timedelta(hours=1))


def test_only_who_wrote_it_takes_a_reply_back(ann, bob, told):
    said = says(bob, told)
    with pytest.raises(ReplyRefused, match="Only who wrote"):
        withdraw_reply(said, by=ann)
    assert withdraw_reply(said, by=bob).state == "withdrawn"
    assert withdraw_reply(said, by=bob).state == "withdrawn"
    removed = says(bob, told)
    Reply.objects.filter(pk=removed.pk).update(state="removed")
    with pytest.raises(ReplyRefused, match="removed already"):
        withdraw_reply(removed, by=bob)


def test_a_held_reply_can_be_taken_back(bob, told):
    said = says(bob, told)
    Reply.objects.filter(pk=said.pk).update(state="held")
    assert withdraw_reply(said, by=bob).state == "withdrawn"


# What others see of it


def seen_by(user, nomination) -> list[tuple]:
    reader = reader_of(user, on=TODAY)
    found, _earlier = replies_to(nomination_for(reader, nomination.pk), reader)
    return [(each.by.name if each.by else None, each.text, each.own) for each in found]


def test_a_reply_does_not_name_a_nominee_who_is_not_named(ann, bob, cas, dee, eve, kept_promise):
    made = praised(ann, dee, by=cas, behaviour=kept_promise)
    agree(dee.employee, Agreed(ShownTo.STAFF, ShownTo.NOBODY), by=dee, now=TUESDAY_NOON)
    says(ann, made, "Thank you, Ann")
    says(bob, made, "Ann and Dee are great")
    assert seen_by(eve, made) == [
        (None, "Thank you, …", False), ("Bob", "… and Dee are great", False),
    ]  # fmt: skip
    assert seen_by(bob, made) == [
        ("Ann", "Thank you, Ann", False), ("Bob", "Ann and Dee are great", True),
    ]  # fmt: skip


def test_of_many_replies_the_newest_are_shown_and_lead_to_the_others(bob, told):
    made = Reply.objects.bulk_create(
        Reply(
            nomination=told, employee=bob.employee, text=f"{n}", key=uuid4(), made_at=TUESDAY_NOON
        )
        for n in range(60)
    )
    reader = reader_of(bob, on=TODAY)
    shown = nomination_for(reader, told.pk)
    newest, earlier = replies_to(shown, reader)
    assert ([each.text for each in newest], earlier) == (
        [f"{n}" for n in range(10, 60)], made[10].pk,
    )  # fmt: skip
    first, none_left = replies_to(shown, reader, before=earlier)
    assert ([each.text for each in first], none_left) == ([f"{n}" for n in range(10)], None)


def test_who_cheers_is_named_by_consent_and_counted_else(ann, bob, cas, dee, eve, kept_promise):
    agree(ann.employee, Agreed(ShownTo.STAFF, ShownTo.NOBODY), by=ann, now=TUESDAY_NOON)
    made = praised(ann, by=cas, behaviour=kept_promise)
    agree(dee.employee, Agreed(ShownTo.STAFF, ShownTo.NOBODY), by=dee, now=TUESDAY_NOON)
    for user in (bob, dee, eve):
        cheers(user, made)

    def cheering(user):
        found = cheering_for(made, reader_of(user, on=TODAY), today=TODAY)
        return sorted(each.name for each in found.named), found.others

    # Bob and Eve said nothing: by the company's rule their departments read their names.
    assert cheering(ann) == (["Bob", "Dee"], 1)
    assert cheering(eve) == (["Dee", "Eve"], 1)


# The pages


def test_a_cheer_leads_back_to_the_wall_as_it_was(client, bob, told):
    client.force_login(bob)
    answer = client.post(f"/nominations/{told.pk}/cheer/", {"wall": "behaviour=promise"})
    assert answer.url == f"/wall/?behaviour=promise#nomination-{told.pk}"
    assert Cheer.objects.count() == 1
    answer = client.post(f"/nominations/{told.pk}/cheer/")
    assert answer.url == f"/nominations/{told.pk}/"
    assert not Cheer.objects.exists()


def test_a_reply_is_written_on_the_page_of_the_nomination(client, bob, told):
    client.force_login(bob)
    key = client.get(f"/nominations/{told.pk}/").context["form"]["key"].value()
    sent = {"text": "Well done!", "key": key}
    answer = client.post(f"/nominations/{told.pk}/reply/", sent, follow=True)
    assert "Well done!" in answer.content.decode()
    client.post(f"/nominations/{told.pk}/reply/", sent)
    assert Reply.objects.count() == 1


@pytest.mark.parametrize(
    "sent", [{}, {"text": "Hello", "key": "x"}, {"text": "x" * 281}, {"text": "\u200b"}]
)
def test_a_wrong_reply_is_kept_in_the_form_and_says_why(client, bob, told, sent):
    client.force_login(bob)
    answer = client.post(f"/nominations/{told.pk}/reply/", {"key": str(uuid4()), **sent})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Reply.objects.exists()


def test_who_may_not_read_it_finds_none_of_its_acts(client, eve, bob, told):
    said = says(bob, told)
    client.force_login(eve)
    for act in ("cheer", "reply", "report", f"replies/{said.pk}/report",
                f"replies/{said.pk}/withdraw"):  # fmt: skip
        assert client.post(f"/nominations/{told.pk}/{act}/").status_code == 404, act
    assert not Cheer.objects.exists()


def test_a_reply_is_taken_back_by_its_writer_on_the_page(client, ann, bob, told):
    said = says(bob, told)
    address = f"/nominations/{told.pk}/replies/{said.pk}/withdraw/"
    client.force_login(ann)
    assert client.post(address).status_code == 404
    client.force_login(bob)
    assert "Well done!" not in client.post(address, follow=True).content.decode()
    assert client.post(address).status_code == 404


def test_a_reply_belongs_to_its_nomination(client, bob, ann, cas, told, kept_promise):
    other = praised(ann, by=cas, behaviour=kept_promise)
    said = says(bob, told)
    client.force_login(bob)
    assert client.get(f"/nominations/{other.pk}/replies/{said.pk}/report/").status_code == 404
    assert client.get(f"/nominations/{told.pk}/replies/{2**64}/report/").status_code == 404


def test_a_report_says_what_happens_and_hides_until_hr_decides(client, ann, bob, told):
    client.force_login(bob)
    page = client.get(f"/nominations/{told.pk}/report/").content.decode()
    assert "hidden from the wall until HR has decided" in page
    assert client.post(f"/nominations/{told.pk}/report/", {"reason": " "}).status_code == 200
    assert not CaseStep.objects.exists()
    client.post(f"/nominations/{told.pk}/report/", {"reason": "never happened"})
    told.refresh_from_db()
    assert told.state == "held"
    assert CaseStep.objects.get().reason == "never happened"
    assert client.get(f"/nominations/{told.pk}/").status_code == 404
    client.force_login(ann)
    assert "never happened" not in client.get(f"/nominations/{told.pk}/").content.decode()


def test_a_reply_is_reported_alone(client, ann, bob, told):
    said = says(bob, told, "Mean words here")
    client.force_login(ann)
    address = f"/nominations/{told.pk}/replies/{said.pk}/report/"
    assert "Mean words here" in client.get(address).content.decode()
    client.post(address, {"reason": "it is mean"})
    said.refresh_from_db()
    told.refresh_from_db()
    assert (said.state, told.state) == ("held", "published")
    assert client.get(address).status_code == 404
