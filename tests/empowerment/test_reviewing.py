"""Drawing cases to look at, and looking at them: each once, by the right people, and nothing that
was approved is taken back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from empowerment.models import Case, CaseStep, Review
from empowerment.rules.limits import Measure
from empowerment.services import drawing
from empowerment.services.asking import ask, decide
from empowerment.services.drawing import draw_reviews
from empowerment.services.giving_back import GivenBack, cancel
from empowerment.services.noticing import may_be, noticed
from empowerment.services.reviewing import (
    Looked,
    ReviewRefused,
    comment,
    may_answer,
    may_look,
    review,
    reviews_by_department,
    reviews_of,
)
from empowerment.services.spending import spend
from people.models import AuditEntry, Notice, Role
from people.services import audit
from people.services.policies import set_policy
from tests.conftest import MONDAY, TUESDAY_NOON, make_department, make_person
from tests.empowerment.conftest import limited, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits", "delayed")]

TUESDAY = TUESDAY_NOON.date()
WEDNESDAY = TUESDAY_NOON + timedelta(days=1)
Why = Review.Why


@pytest.fixture
def percent(system):
    def sets(value: int) -> None:
        set_policy("review_percent", str(value), from_date=MONDAY, reason="as agreed", by=system)

    sets(0)
    return sets


def spends(user, amount_minor=1_000, *, now=TUESDAY_NOON, **more) -> Case:
    return spend(wanted(amount_minor, **more), by=user, now=now)


def draws(system, *, now=WEDNESDAY) -> list[tuple[int, str]]:
    draw_reviews(by=system, now=now)
    return list(Review.objects.order_by("pk").values_list("case", "why"))


def waits(case: Case, why=Why.SAMPLE, **facts) -> Review:
    return Review.objects.create(case=case, why=why, facts=facts, opened_at=WEDNESDAY)


def split_facts(**more) -> dict:
    return {
        "cases": [1, 2], "count": 2, "people": 1, "total_minor": 18_000, "currency": "GBP",
        "measure": "case", "limit_minor": 15_000,
    } | more  # fmt: skip


def test_each_case_is_drawn_where_all_are(percent, ann, cas, system):
    percent(100)
    cases = [spends(ann), spends(cas, reference="C-2")]
    assert draws(system) == [(case.pk, "sample") for case in cases]


def test_what_was_drawn_is_not_drawn_again(percent, ann, system):
    percent(100)
    spends(ann)
    once = draws(system)
    assert draw_reviews(by=system, now=WEDNESDAY) == 0
    assert draws(system, now=WEDNESDAY + timedelta(days=1)) == once
    assert AuditEntry.objects.filter(action="draw_reviews").count() == 1


def test_a_day_is_drawn_when_it_is_over_at_the_site(percent, ann, system, site):
    percent(100)
    spends(ann)
    midnight = TUESDAY_NOON.replace(hour=0) + timedelta(days=1)
    assert draws(system, now=midnight) == []
    assert draws(system, now=midnight + timedelta(minutes=9)) == []
    assert len(draws(system, now=midnight + timedelta(minutes=10))) == 1


def test_days_that_were_missed_are_drawn_later_and_not_for_ever(percent, ann, system):
    percent(100)
    spends(ann)
    assert draws(system, now=TUESDAY_NOON + timedelta(days=32)) == []
    assert len(draws(system, now=TUESDAY_NOON + timedelta(days=31))) == 1


def test_days_without_cases_leave_no_trace(percent, system, ann):
    assert draw_reviews(by=system, now=WEDNESDAY) == 0
    assert not AuditEntry.objects.filter(action="draw_reviews").exists()


def test_what_was_asked_for_and_not_spent_is_not_drawn(percent, ann, bob, system):
    percent(100)
    ask(wanted(20_000, reason="needed"), by=ann, now=TUESDAY_NOON)
    assert draws(system) == []


def test_a_week_with_cases_has_one_of_each_department(percent, ann, cas, system, monkeypatch):
    percent(1)
    monkeypatch.setattr(drawing, "is_drawn", lambda _number, *, percent: False)
    of_claims = {spends(ann).pk, spends(ann, reference="C-2").pk}
    of_billing = spends(cas, reference="C-3").pk
    sunday = TUESDAY_NOON + timedelta(days=5)
    assert draws(system, now=sunday) == []
    one, other = draws(system, now=sunday + timedelta(days=1))
    assert other == (of_billing, "sample")
    assert one[0] in of_claims
    assert len(draws(system, now=sunday + timedelta(days=2))) == 2


def test_no_more_is_drawn_in_a_week_than_was_by_lot(percent, ann, system):
    percent(100)
    spends(ann)
    assert len(draws(system, now=TUESDAY_NOON + timedelta(days=7))) == 1


def test_where_nothing_is_to_be_drawn_by_lot_no_week_draws_one(percent, ann, system):
    spends(ann)
    assert draws(system, now=TUESDAY_NOON + timedelta(days=7)) == []


def test_a_split_is_drawn_with_the_facts_of_it(percent, ann, cas, system):
    limited(Measure.CUSTOMER, None, by=system)
    first = spends(ann, 9_000)
    second = spends(cas, 9_000, now=TUESDAY_NOON + timedelta(hours=2))
    assert draws(system) == [(second.pk, "split")]
    found = Review.objects.get()
    assert found.facts == split_facts(cases=[first.pk, second.pk], people=2)
    assert noticed(found) == (
        "2 cases for one customer within 24 hours, together GBP 180.00; one case may be at most"
        " GBP 150.00. 2 colleagues entered them."
    )


def test_money_that_came_back_is_no_split(percent, ann, system):
    limited(Measure.CUSTOMER, None, by=system)
    first = spends(ann, 9_000)
    spends(ann, 9_000)
    cancel(first, GivenBack(uuid4(), 0, "found"), by=ann, now=TUESDAY_NOON)
    assert draws(system) == []


def test_the_third_case_for_a_customer_is_drawn_and_the_fourth_is_not(percent, ann, system):
    days = [TUESDAY_NOON + timedelta(days=n) for n in (0, 1, 2, 3)]
    cases = [spends(ann, now=day) for day in days]
    assert draws(system, now=days[3] + timedelta(days=1)) == [(cases[2].pk, "same")]
    assert noticed(Review.objects.get()) == (
        "3 cases for one customer in 90 days, together GBP 30.00."
    )


def test_round_amounts_just_under_the_limit_are_drawn_once(percent, ann, system):
    cases = [
        spends(ann, 14_500, reference=f"C{n}", now=TUESDAY_NOON + timedelta(days=n))
        for n in range(5)
    ]
    assert draws(system, now=TUESDAY_NOON + timedelta(days=5)) == [(cases[2].pk, "just_under")]
    assert noticed(Review.objects.get()) == (
        "3 of 3 amounts in 30 days are round and between GBP 135.00 and the limit of GBP 150.00;"
        " by the other amounts, about 1 would be usual."
    )


def test_somebody_far_from_colleagues_is_drawn_once(percent, ann, claims, system):
    for n in range(5):
        who = make_person(f"peer{n}", claims, by=system)
        spends(who, reference=f"P{n}")
    cases = [spends(ann, 9_000, reference=f"C{n}") for n in range(3)]
    assert draws(system) == [(cases[-1].pk, "far")]
    assert noticed(Review.objects.get()) == (
        "GBP 270.00 in 3 cases in 30 days. Of the 5 colleagues in the department who spent"
        " something, half spent GBP 10.00 or less, and had 1 cases or fewer."
    )
    spends(ann, 9_000, reference="D", now=WEDNESDAY)
    assert len(draws(system, now=WEDNESDAY + timedelta(days=1))) == 1


@pytest.mark.parametrize("why", Why)
def test_what_is_noticed_never_accuses(why):
    text = may_be(Review(why=why))
    assert text
    for word in ("fraud", "abuse", "cheat", "suspicio", "violat"):
        assert word not in text.lower()


def test_drawing_a_day_asks_as_often_for_many_cases_as_for_few(
    percent, ann, system, django_assert_max_num_queries
):
    percent(100)
    for n in range(12):
        spends(ann, 100, reference=f"C{n}")
    with django_assert_max_num_queries(24):
        draw_reviews(by=system, now=WEDNESDAY)
    assert Review.objects.count() == 12


# --- who looks ---


def test_leads_of_a_department_and_above_look(ann, bob, cas, claims, billing, system):
    case = spends(ann)
    assert may_look(bob, case, on=TUESDAY)
    assert not may_look(ann, case, on=TUESDAY)
    assert not may_look(cas, case, on=TUESDAY)
    billing.placements.update(parent=claims)
    assert may_look(bob, spends(cas, reference="C-2"), on=TUESDAY)


def test_nobody_looks_at_an_own_case_and_executives_do_where_no_lead_is_left(bob, eve, ann):
    own = spends(bob)
    assert not may_look(bob, own, on=TUESDAY)
    assert may_look(eve, own, on=TUESDAY)
    assert not may_look(eve, spends(ann, reference="C-2"), on=TUESDAY)
    with pytest.raises(ReviewRefused, match="Somebody else"):
        review(own, text="", by=bob, now=WEDNESDAY)


def test_who_approved_a_case_above_the_limit_does_not_look_at_it(ann, bob, claims, system):
    case = ask(wanted(20_000, reason="needed"), by=ann, now=TUESDAY_NOON)
    case = decide(case, approve=True, reason="", by=bob, now=TUESDAY_NOON)
    waits(case)
    with pytest.raises(ReviewRefused, match="You approved"):
        review(case, text="", by=bob, now=WEDNESDAY)
    other = make_person("zoe", claims, (Role.LEAD, claims), by=system)
    assert review(case, text="", by=other, now=WEDNESDAY)


@pytest.mark.parametrize("leads", [0, 1, 2, 3])
def test_the_list_of_what_somebody_looks_at_is_what_they_may_look_at(leads, site, system, eve):
    """All people spend in a tree of departments; the list and the question say the same."""
    top = make_department("TOP", site)
    middle = make_department("MIDDLE", site, top)
    people = [eve, make_person("worker", middle, by=system)]
    for n, department in enumerate((top, middle, middle)[:leads]):
        people.append(make_person(f"lead{n}", department, (Role.LEAD, department), by=system))
    cases = [spends(who, reference=f"C-{who.pk}") for who in people]
    for decider in people[2:]:
        asked = ask(
            wanted(20_000, reference=f"D-{decider.pk}", reason="x"), by=people[1],
            now=TUESDAY_NOON,
        )  # fmt: skip
        cases.append(decide(asked, approve=True, reason="", by=decider, now=TUESDAY_NOON))
    found = {waits(case).pk: case for case in cases}
    for who in people:
        listed = set(reviews_of(who, on=TUESDAY).values_list("pk", flat=True))
        assert listed == {pk for pk, case in found.items() if may_look(who, case, on=TUESDAY)}
    for case in cases:
        lookers = [who for who in people if may_look(who, case, on=TUESDAY)]
        assert lookers or case.employee.user == eve


# --- looking ---


def test_a_look_marks_all_that_waits_and_takes_nothing_back(ann, bob):
    case = spends(ann)
    waits(case)
    waits(case, Why.SPLIT, **split_facts())
    before = Case.objects.values().get()
    assert len(review(case, text=" Well done. ", by=bob, now=WEDNESDAY)) == 2
    assert not Review.objects.filter(reviewed_at=None).exists()
    assert set(Review.objects.values_list("reviewed_by", "reviewed_at")) == {(bob.pk, WEDNESDAY)}
    assert Case.objects.values().get() == before
    step = CaseStep.objects.get()
    assert (step.what, step.text, step.made_by) == ("reviewed", "Well done.", bob)
    [entry] = audit.opened(AuditEntry.objects.filter(action="review_case"))
    assert (entry.after, entry.why, entry.entry.person) == (
        ["sample", "split"], "Well done.", ann.employee,
    )  # fmt: skip


def test_a_look_that_is_sent_twice_is_one(ann, bob, claims, system):
    case = spends(ann)
    waits(case)
    for _time in range(2):
        review(case, text="Good.", by=bob, now=WEDNESDAY)
    assert CaseStep.objects.count() == Notice.objects.count() == 1
    other = make_person("zoe", claims, (Role.LEAD, claims), by=system)
    with pytest.raises(ReviewRefused, match="Nothing of this case waits"):
        review(case, text="", by=other, now=WEDNESDAY)


def test_a_look_without_words_tells_nobody(ann, bob):
    case = spends(ann)
    waits(case)
    review(case, text="", by=bob, now=WEDNESDAY)
    assert not Notice.objects.exists()


def test_who_is_no_lead_of_the_case_changes_nothing(ann, bob, cas, dee, eve):
    case = spends(ann)
    waits(case)
    for who in (cas, dee, eve):
        with pytest.raises(ReviewRefused):
            review(case, text="x", by=who, now=WEDNESDAY)
    assert not CaseStep.objects.exists()


def test_a_comment_reaches_whoever_spent_it_and_the_answer_who_wrote(ann, bob):
    case = spends(ann)
    with pytest.raises(ReviewRefused, match="Nobody has written"):
        comment(case, text="Why?", by=ann, now=WEDNESDAY)
    assert not may_answer(case)
    comment(case, text="Next time offer goods.", by=bob, now=WEDNESDAY)
    assert may_answer(case)
    comment(case, text="They had none left.", by=ann, now=WEDNESDAY)
    assert list(Notice.objects.order_by("pk").values_list("user", "kind", "facts", "path")) == [
        (ann.pk, "case-commented", {}, f"/cases/{case.pk}/"),
        (bob.pk, "case-answered", {}, f"/cases/{case.pk}/"),
    ]


def test_the_same_words_twice_are_one_comment(ann, bob):
    case = spends(ann)
    for _time in range(2):
        comment(case, text="Good.", by=bob, now=WEDNESDAY)
    assert CaseStep.objects.count() == 1


@pytest.mark.parametrize(("text", "said"), [(" ", "Write what"), ("x" * 501, "at most 500")])
def test_a_comment_has_words_and_not_too_many(ann, bob, text, said):
    case = spends(ann)
    with pytest.raises(ReviewRefused, match=said) as refused:
        comment(case, text=text, by=bob, now=WEDNESDAY)
    assert refused.value.field == "text"
    assert not CaseStep.objects.exists()


def test_a_case_that_was_not_spent_has_nothing_to_look_at(ann, bob):
    case = ask(wanted(20_000, reason="needed"), by=ann, now=TUESDAY_NOON)
    with pytest.raises(ReviewRefused, match="Nothing was spent"):
        comment(case, text="x", by=bob, now=WEDNESDAY)


def test_reviews_are_counted_by_department_and_few_people_have_no_signals(
    ann, bob, cas, claims, system
):
    for n in range(5):
        waits(spends(make_person(f"p{n}", claims, by=system), reference=f"P{n}"))
    case = spends(ann)
    waits(case, Why.SPLIT, **split_facts())
    waits(case)
    waits(spends(cas, reference="C-2"), Why.SPLIT, **split_facts())
    review(case, text="", by=bob, now=WEDNESDAY)
    none = {"split": 0, "just_under": 0, "same": 0, "far": 0, "returned": 0}
    assert reviews_by_department(since=TUESDAY, until=TUESDAY) == [
        Looked("Billing", 1, 0, None), Looked("Claims", 6, 1, none | {"split": 1}),
    ]  # fmt: skip
    assert reviews_by_department(since=date(2026, 1, 1), until=MONDAY) == []
