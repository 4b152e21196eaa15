"""The pages of fair play: for who decides, who audits, and whom it is about."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.models import Transfer
from people.models import Employee
from recognition.models import Award, FairPlayCase, Nomination
from recognition.services.awards import raise_to
from recognition.services.fair_play import Finding, appeal, hold, notice, remove, report
from recognition.services.rewards import Funding, account_of, fund
from tests.conftest import TUESDAY_NOON, make_person
from tests.recognition.conftest import praised

pytestmark = pytest.mark.django_db
Kind = FairPlayCase.Kind


@pytest.fixture
def dot(billing, system):
    return make_person("dot", billing, ("hr", None), by=system)


@pytest.fixture
def ring(ann, bob, cas, dee, system, kept_promise):
    """Ann, Bob and Cas praise each other; the product has noticed it."""
    three = [ann, bob, cas]
    made = [
        praised(nominee, by=giver, behaviour=kept_promise)
        for giver in three
        for nominee in three
        if giver != nominee
    ]
    members = [user.employee.pk for user in three]
    facts = {
        "inside": 14, "given": 15, "received": 16, "usual_percent": 30, "members": members,
    }  # fmt: skip
    finding = Finding(Kind.RING, "ring:1", facts, [each.pk for each in made], members)
    [case] = notice([finding], by=system, now=TUESDAY_NOON)
    return case


def act(client, case, code: str, reason="because"):
    """Look at the effects, then do just that."""
    address = reverse("decide-case", args=[case.pk, code])
    seen = client.get(address).context["seen"]
    return client.post(address, {"reason": reason, "seen": seen, "confirmed": "yes"})


def step(verb, case, by, **more):
    return verb(case, reason="because", by=by, now=TUESDAY_NOON, **more)


def text_of(client, name: str, *args) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_hr_reads_why_in_words(client, dee, ring):
    client.force_login(dee)
    text = text_of(client, "fair-play-case", ring.pk)
    assert "Ann, Bob and Cas gave 14 of their 15 nominations to each other" in text
    assert "Others in their departments give about 3 of 10 to as many colleagues." in text
    assert text.count("→") == 6


def test_hr_holds_removes_and_reads_what_it_does_first(client, dee, ring):
    client.force_login(dee)
    assert act(client, ring, "hold").status_code == 302
    assert set(Nomination.objects.values_list("state", flat=True)) == {"held"}
    shown = client.get(reverse("decide-case", args=[ring.pk, "remove"])).context["effects"]
    assert shown == [
        "6 nominations are removed and count for nothing any more.",
        "3 people concerned are told, and read your reason.",
        "They can appeal; somebody else than you decides that.",
    ]
    assert act(client, ring, "remove").status_code == 302
    assert set(Nomination.objects.values_list("state", flat=True)) == {"removed"}


@pytest.fixture
def paid(ann, cas, bob, fay, eve, spot, kept_promise):
    """Cas praised Ann, Bob raised it, Ann has 50.00 for it; Eve doubts it."""
    fund(Funding(uuid4(), None, 2026, "GBP", 100_000, "plan"), by=fay, now=TUESDAY_NOON)
    made = praised(ann, by=cas, behaviour=kept_promise)
    award = raise_to(made, spot, reason="good", by=bob, now=TUESDAY_NOON)
    return award, report(made, reason="it never happened", by=eve, now=TUESDAY_NOON)


def test_a_removal_says_whose_money_comes_back_and_brings_it_once(client, dee, paid):
    award, case = paid
    client.force_login(dee)
    address = reverse("decide-case", args=[case.pk, "remove"])
    page = client.get(address)
    assert "50.00" in page.content.decode()
    assert "from Ann go back to the budget" in page.content.decode()
    posted = {"reason": "made up", "seen": page.context["seen"]}
    assert client.post(address, posted).status_code == 302
    assert client.post(address, posted).status_code == 200
    award.refresh_from_db()
    assert award.state == Award.State.REVERSED
    assert account_of(award.budget).balance() == 100_000
    assert award.recipients.count() == Transfer.objects.filter(reverses__isnull=False).count() == 1


def test_what_has_changed_since_is_looked_at_again(client, dee, ring):
    client.force_login(dee)
    address = reverse("decide-case", args=[ring.pk, "hold"])
    seen = client.get(address).context["seen"]
    gone = ring.nominations.first()
    Nomination.objects.filter(pk=gone.pk).update(
        state="withdrawn", ended_by=dee, ended_at=TUESDAY_NOON
    )
    page = client.post(address, {"reason": "x", "seen": seen})
    assert "It has changed since you looked" in page.content.decode()
    ring.refresh_from_db()
    assert ring.state == "open"


def test_without_a_reason_nothing_is_decided(client, dee, ring):
    client.force_login(dee)
    page = act(client, ring, "hold", reason=" ")
    assert page.context["form"].errors
    ring.refresh_from_db()
    assert ring.state == "open"


def test_what_does_not_fit_the_state_is_not_done(client, dee, ring):
    client.force_login(dee)
    assert "This case has moved on" in text_of(client, "decide-case", ring.pk, "remove")
    page = act(client, ring, "remove")
    assert page.status_code == 200
    assert not Nomination.objects.exclude(state="published").exists()
    assert client.get(reverse("decide-case", args=[ring.pk, "forgive"])).status_code == 404


def test_a_decision_asks_for_the_second_factor(client, dee, ring):
    client.force_login(dee, second_factor=False)
    answer = client.post(reverse("decide-case", args=[ring.pk, "hold"]), {"reason": "x"})
    assert answer.status_code == 302
    ring.refresh_from_db()
    assert ring.state == "open"


def test_an_auditor_reads_and_does_nothing(client, max_auditor, ring):
    client.force_login(max_auditor)
    page = client.get(reverse("fair-play-case", args=[ring.pk]))
    assert (page.context["acts"], page.context["waits_for_others"]) == ([], True)
    assert client.get(reverse("decide-case", args=[ring.pk, "hold"])).status_code == 404
    assert client.get(reverse("fair-play")).status_code == 200


def test_those_concerned_read_what_is_held_against_them(client, dee, ann, eve, ring):
    step(hold, ring, dee)
    client.force_login(ann)
    page = client.get(reverse("fair-play-case", args=[ring.pk]))
    text = page.content.decode()
    assert "gave 14 of their 15 nominations to each other" in text
    assert "because" in text
    # What Bob and Cas gave each other is not about Ann.
    assert len(page.context["shown"]) == 4
    assert "Ann, Bob and Cas" in text_of(client, "my-fair-play")
    client.force_login(eve)
    assert client.get(reverse("fair-play-case", args=[ring.pk])).status_code == 404
    assert client.get(reverse("appeal-case", args=[ring.pk])).status_code == 404
    assert "Nothing is held against you" in text_of(client, "my-fair-play")


def test_who_reported_stays_unnamed_and_so_does_what_they_said(client, ann, cas, fay, kept_promise):
    made = praised(ann, by=cas, behaviour=kept_promise)
    case = report(made, reason="Fay was there and saw it", by=fay, now=TUESDAY_NOON)
    for concerned in (ann, cas):
        client.force_login(concerned)
        for name, *args in (("fair-play-case", case.pk), ("my-fair-play",)):
            text = text_of(client, name, *args)
            assert "Fay" not in text
            assert "saw it" not in text


def test_a_pattern_nobody_acted_on_is_held_against_nobody(client, ann, ring):
    client.force_login(ann)
    assert client.get(reverse("fair-play-case", args=[ring.pk])).status_code == 404
    assert "Nothing is held against you" in text_of(client, "my-fair-play")


def test_a_removal_is_appealed_once_by_the_form(client, ann, dee, ring):
    step(hold, ring, dee)
    step(remove, ring, dee)
    client.force_login(ann)
    address = reverse("appeal-case", args=[ring.pk])
    assert client.post(address, {"reason": " "}).context["form"].errors
    assert client.post(address, {"reason": "we are one shift"}).status_code == 302
    again = client.post(address, {"reason": "once more"})
    assert "There is no removal to appeal against" in again.content.decode()
    ring.refresh_from_db()
    assert (ring.state, ring.steps.filter(what="appealed").count()) == ("appealed", 1)


@pytest.fixture
def appealed(ring, ann, dee):
    step(hold, ring, dee)
    step(remove, ring, dee)
    return step(appeal, ring, ann)


def test_another_of_hr_decides_an_appeal(client, dee, dot, appealed):
    client.force_login(dee)
    assert client.get(reverse("decide-case", args=[appealed.pk, "restore"])).status_code == 404
    client.force_login(dot)
    assert act(client, appealed, "restore").status_code == 302
    assert set(Nomination.objects.values_list("state", flat=True)) == {"published"}


def test_with_one_in_hr_an_executive_decides_an_appeal(client, dee, eve, appealed):
    client.force_login(eve)
    assert "a ring of praise" in text_of(client, "fair-play")
    assert act(client, appealed, "uphold").status_code == 302
    appealed.refresh_from_db()
    assert (appealed.state, appealed.decided_by) == ("upheld", eve)
    assert client.get(reverse("fair-play-case", args=[appealed.pk])).status_code == 200


def test_an_executive_has_no_say_before_an_appeal(client, eve, ring):
    client.force_login(eve)
    assert client.get(reverse("fair-play-case", args=[ring.pk])).status_code == 404
    assert client.get(reverse("decide-case", args=[ring.pk, "hold"])).status_code == 404
    assert "No case was found" in text_of(client, "fair-play")


def test_what_is_about_all_of_hr_an_executive_decides(client, dee, eve, ann, kept_promise, fay):
    made = praised(dee, by=ann, behaviour=kept_promise)
    case = report(made, reason="x", by=fay, now=TUESDAY_NOON)
    client.force_login(dee)
    assert client.get(reverse("decide-case", args=[case.pk, "clear"])).status_code == 404
    assert client.get(reverse("fair-play-case", args=[case.pk])).templates[0].name == (
        "recognition/my_case.html"
    )
    assert "No case was found" in text_of(client, "fair-play")
    client.force_login(eve)
    assert act(client, case, "clear").status_code == 302


def test_what_is_about_one_of_hr_another_decides(client, dee, dot, eve, ann, kept_promise, fay):
    made = praised(dee, by=ann, behaviour=kept_promise)
    case = report(made, reason="x", by=fay, now=TUESDAY_NOON)
    client.force_login(eve)
    assert client.get(reverse("decide-case", args=[case.pk, "clear"])).status_code == 404
    client.force_login(dot)
    assert act(client, case, "clear").status_code == 302


def test_leads_and_employees_do_not_list_cases(client, bob, ann):
    for user in (bob, ann):
        client.force_login(user)
        assert client.get(reverse("fair-play")).status_code == 403


def test_the_list_is_narrowed_and_exported(client, dee, ring, fay, eve, kept_promise):
    made = praised(fay, by=eve, behaviour=kept_promise)
    report(made, reason="x", by=fay, now=TUESDAY_NOON)
    client.force_login(dee)
    address = reverse("fair-play")
    rows = client.get(address, {"kind": "ring", "state": "waiting"}).context["table"].rows
    assert [row.record.pk for row in rows] == [ring.pk]
    assert len(client.get(address, {"state": "removed"}).context["table"].rows) == 0
    file = client.get(address, {"export": "csv"}).content.decode()
    assert "a ring of praise,to look at" in file
    assert "Ann, Bob, Cas" in file


def many_cases(count: int, system) -> None:
    start = FairPlayCase.objects.count()
    cases = FairPlayCase.objects.bulk_create(
        FairPlayCase(kind="burst", key=f"b{start + n}", opened_at=TUESDAY_NOON)
        for n in range(count)
    )
    through = FairPlayCase.people.through
    people = list(Employee.objects.exclude(number="dee").values_list("pk", flat=True)[:2])
    through.objects.bulk_create(
        through(fairplaycase=case, employee_id=pk) for case in cases for pk in people
    )


def test_the_list_asks_as_often_for_a_thousand(client, dee, ann, bob, system):
    client.force_login(dee)
    asked = []
    for count in (1, 9, 990):
        many_cases(count, system)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("fair-play"))
        asked.append(len(queries))
    assert len(set(asked)) == 1


def test_the_list_says_how_much_crosses_departments(client, dee, ann, bob, cas, kept_promise):
    client.force_login(dee)
    assert "went to another department" not in text_of(client, "fair-play")
    praised(bob, by=ann, behaviour=kept_promise)
    praised(cas, by=ann, behaviour=kept_promise)
    Nomination.objects.update(published_at=timezone.now() - timedelta(days=30))
    assert "50% went to another department" in text_of(client, "fair-play")


def test_cards_lead_to_what_waits(client, dee, ann, ring):
    client.force_login(dee)
    assert "1 case of fair play waits for a decision" in text_of(client, "today")
    step(hold, ring, dee)
    client.force_login(ann)
    assert "hidden until it is decided" in text_of(client, "today")
    assert reverse("fair-play-case", args=[ring.pk]) in text_of(client, "today")


def test_who_may_not_decide_is_not_asked_to(client, dee, eve, max_auditor, appealed):
    for user, asked in ((dee, False), (max_auditor, False), (eve, True)):
        client.force_login(user)
        assert ("waits for a decision" in text_of(client, "today")) is asked


HARMFUL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def test_what_people_write_is_shown_as_text(client, dee, ann, ring):
    step(hold, ring, dee)
    remove(ring, reason=HARMFUL, by=dee, now=TUESDAY_NOON)
    for user in (dee, ann):
        client.force_login(user)
        text = text_of(client, "fair-play-case", ring.pk)
        assert HARMFUL not in text
        assert "&lt;script&gt;" in text
