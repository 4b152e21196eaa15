"""Rewards reach payroll: each in exactly one file, and what is taken back later comes off once."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from ledger.models import Account, Transfer
from ledger.services.checking import check_ledger
from ledger.services.posting import PAYROLL, open_account, post
from people.models import AuditEntry, Consent, Role, ShownTo
from people.services.erasing import erase
from recognition.models import Award, AwardRecipient, BudgetGrant, RewardLine
from recognition.services.awards import AwardRefused, raise_to, recall
from recognition.services.fair_play import clear, report
from recognition.services.nominating import withdraw
from recognition.services.reward_checking import check_rewards
from recognition.services.reward_files import (
    ExportRefused,
    as_csv,
    as_xlsx,
    export_rewards,
    lines_of,
    take_file,
    to_pay,
    to_take_off,
    waiting,
)
from recognition.services.rewards import BudgetRefused, Funding, fund
from tests.conftest import TUESDAY_NOON, make_person
from tests.free_texts import without_guards
from tests.recognition.conftest import praised
from tests.recognition.test_awards import balance, funded

pytestmark = pytest.mark.django_db

BUDGET, REWARDS = "recognition:company:2026", "recognition:rewards"


@pytest.fixture
def award(ann, bob, cas, fay, spot, kept_promise) -> Award:
    funded(fay)
    made = praised(ann, by=cas, behaviour=kept_promise)
    return raise_to(made, spot, reason="above and beyond", by=bob, now=TUESDAY_NOON)


def export(by):
    return export_rewards(currency="GBP", by=by, now=TUESDAY_NOON)


def rows(export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(export).decode("utf-8-sig"))))


def test_a_reward_is_in_one_file(award, fay):
    made = export(fay)
    assert rows(made) == [
        ["number", "name", "amount", "currency", "tax_class", "award", "date"],
        ["ann", "Ann", "50.00", "GBP", "benefit", "spot", "2026-03-03"],
    ]
    assert (balance(BUDGET), balance(REWARDS), balance(PAYROLL)) == (95_000, 0, 5_000)
    with pytest.raises(ExportRefused, match="Payroll knows of every reward in GBP"):
        export(fay)
    assert check_ledger().problems == []


def test_what_was_taken_back_before_payroll_was_told_is_in_no_file(award, cas, fay):
    withdraw(award.nomination, by=cas, now=TUESDAY_NOON)
    with pytest.raises(ExportRefused):
        export(fay)
    assert (balance(BUDGET), balance(REWARDS)) == (100_000, 0)
    assert check_ledger().problems == []


def test_what_payroll_was_told_comes_off_once(award, cas, fay):
    first = export(fay)
    withdraw(award.nomination, by=cas, now=TUESDAY_NOON + timedelta(days=1))
    # The budget has it back at once; payroll has still to be told.
    assert (balance(BUDGET), balance(REWARDS), balance(PAYROLL)) == (100_000, -5_000, 5_000)
    assert [vars(each) for each in waiting()] == [
        {"currency": "GBP", "pay": 0, "pay_minor": 0, "off": 1, "off_minor": -5_000}
    ]
    second = export(fay)
    assert rows(second)[1:] == [["ann", "Ann", "-50.00", "GBP", "benefit", "spot", "2026-03-04"]]
    assert (balance(BUDGET), balance(REWARDS), balance(PAYROLL)) == (100_000, 0, 0)
    with pytest.raises(ExportRefused):
        export(fay)
    assert rows(first)[1][2] == "50.00"
    assert check_ledger().problems == []


def test_each_currency_has_its_own_file(award, dee, bob, cas, ann, fay, kept_promise, spot):
    euros = Funding(uuid4(), None, 2026, "EUR", 9_000, "plan")
    fund(euros, by=fay, now=TUESDAY_NOON)
    spot.code, spot.pk, spot.currency = "spot-eur", None, "EUR"
    spot.save()
    raise_to(
        praised(ann, by=dee, behaviour=kept_promise), spot, reason="x", by=bob, now=TUESDAY_NOON
    )
    made = export(fay)
    assert [line.currency for line in lines_of(made)] == ["GBP"]
    assert [each.currency for each in waiting()] == ["EUR"]


def test_a_file_is_the_same_whenever_it_is_taken(award, ann, fay):
    made = export(fay)
    before = as_csv(made), as_xlsx(made)
    ann.employee.name = "Ann Married"
    ann.employee.save()
    assert (as_csv(made), as_xlsx(made)) == before
    [_header, line] = load_workbook(io.BytesIO(before[1])).active.iter_rows(values_only=True)
    assert (line[:3], line[3:6]) == (("ann", "Ann", 50), ("GBP", "benefit", "spot"))


def test_names_are_no_formulas_in_a_file(award, ann, fay):
    ann.employee.name = "=1+1"
    ann.employee.save()
    made = export(fay)
    assert rows(made)[1][1] == "'=1+1"
    [_header, line] = load_workbook(io.BytesIO(as_xlsx(made))).active.iter_rows()
    assert (line[1].value, line[1].data_type) == ("'=1+1", "s")


def test_who_took_a_file_is_in_the_log(award, fay):
    made = export(fay)
    take_file(made, "csv", by=fay)
    entry = AuditEntry.objects.filter(action="take_rewards_file").get()
    assert (entry.by, entry.subject) == (fay, f"rewards:{made.pk}")


def test_erasing_somebody_takes_the_name_out_of_files(award, ann, dee, fay):
    made = export(fay)
    ann.employee.left_on = TUESDAY_NOON.date()
    ann.employee.save()
    later = TUESDAY_NOON + timedelta(days=9)
    erased = erase(ann.employee, why="asked", by=dee, now=later)
    assert [line.name for line in lines_of(made)] == [erased.name]
    assert check_ledger().problems == []


def test_two_lines_of_one_reward_are_refused_by_the_database(award, fay):
    line = export(fay).lines.get()
    for amount, name in ((5_000, "goes_to_payroll"), (0, "not_empty")):
        with pytest.raises(IntegrityError), transaction.atomic():
            RewardLine.objects.create(
                export=line.export, recipient=line.recipient, amount_minor=amount, name=name
            )
    off = {"export": line.export, "recipient": line.recipient, "amount_minor": -1, "name": "x"}
    RewardLine.objects.create(**off)
    with pytest.raises(IntegrityError), transaction.atomic():
        RewardLine.objects.create(**off)


def test_the_check_finds_a_grant_without_its_movement(award, fay):
    assert check_rewards() == []
    without_guards()
    key = Transfer.objects.get(key__startswith="recognition:award").key
    Transfer.objects.filter(key=key).delete()
    assert check_rewards() == [f"movement {key} is missing"]


def test_the_check_finds_a_movement_without_an_award(award, fay):
    rewards = open_account(REWARDS, currency="GBP")
    budget = Account.objects.get(code=BUDGET)
    for key in ("recognition:award:9:9", "from-nowhere"):
        post(key=key, from_account=budget, to_account=rewards, amount_minor=7, why="x", by=fay)
    assert check_rewards() == [
        f"movement {key} has no award or grant behind it"
        for key in ("recognition:award:9:9", "from-nowhere")
    ]


def test_the_check_finds_another_amount(award, fay):
    key = Transfer.objects.get(key__startswith="recognition:award").key
    AwardRecipient.objects.update(amount_minor=4_000)
    [problem] = check_rewards()
    assert problem.startswith(f"movement {key} is ")


def test_the_check_finds_an_award_that_was_not_taken_back(award, cas, fay):
    Award.objects.update(state="reversed")
    key = Transfer.objects.get(key__startswith="recognition:award").key
    assert check_rewards() == [f"movement {key}:reversal is missing"]


def test_the_check_finds_a_budget_grant_that_moved_nothing(award, fay):
    BudgetGrant.objects.create(
        budget=award.budget, amount_minor=5, reason="x", key=uuid4(), made_by=fay,
        made_at=TUESDAY_NOON,
    )  # fmt: skip
    assert [each.endswith("is missing") for each in check_rewards()] == [True]


def test_the_check_finds_a_file_that_says_more_than_its_award(award, fay):
    line = export(fay).lines.get()
    without_guards()
    RewardLine.objects.filter(pk=line.pk).update(amount_minor=6_000)
    problems = check_rewards()
    assert f"line {line.pk} for payroll says 6000, its award does not" in problems
    assert len(problems) == 2


def test_the_check_finds_a_reward_taken_off_that_still_counts(award, fay):
    line = export(fay).lines.get()
    off = RewardLine.objects.create(
        export=line.export, recipient=line.recipient, amount_minor=-5_000, name="Ann"
    )
    assert f"line {off.pk} for payroll says -5000, its award does not" in check_rewards()


def test_hr_takes_a_wrong_award_back_and_leaves_the_praise(award, bob, dee, cas, fay):
    for user, says in ((bob, "Only HR"), (cas, "Only HR")):
        with pytest.raises(AwardRefused, match=says):
            recall(award, reason="x", by=user, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="Say why"):
        recall(award, reason=" ", by=dee, now=TUESDAY_NOON)
    recall(award, reason="wrong level", by=dee, now=TUESDAY_NOON)
    award.nomination.refresh_from_db()
    assert award.nomination.state == "published"
    assert balance(BUDGET) == 100_000
    with pytest.raises(AwardRefused, match="does not count any more"):
        recall(award, reason="again", by=dee, now=TUESDAY_NOON)
    assert to_take_off().count() == 0
    assert check_ledger().problems == []


def test_hr_does_not_take_back_what_names_them(bob, cas, dee, fay, spot, kept_promise):
    funded(fay)
    bob.employee.manager = None
    dee.employee.manager = bob.employee
    dee.employee.save()
    told = {"names": ShownTo.STAFF, "given_at": TUESDAY_NOON}
    Consent.objects.create(employee=dee.employee, **told)
    made = praised(dee, by=cas, behaviour=kept_promise)
    award = raise_to(made, spot, reason="x", by=bob, now=TUESDAY_NOON)
    with pytest.raises(AwardRefused, match="about you"):
        recall(award, reason="x", by=dee, now=TUESDAY_NOON)


def test_what_is_doubted_waits_with_payroll(award, dee, eve, fay):
    case = report(award.nomination, reason="x", by=eve, now=TUESDAY_NOON)
    assert to_pay().count() == 0
    clear(case, reason="fine", by=dee, now=TUESDAY_NOON)
    assert to_pay().count() == 1


def test_a_budget_of_a_far_year_is_refused(fay):
    for year in (2024, 2028):
        with pytest.raises(BudgetRefused, match="last year, this year or the next"):
            funded(fay, year=year)
    assert [funded(fay, year=year).year for year in (2025, 2027)] == [2025, 2027]


def test_who_funds_a_budget_does_not_give_from_it_alone(
    ann, cas, claims, system, spot, kept_promise
):
    zoe = make_person("zoe", claims, (Role.LEAD, claims), (Role.FINANCE, None), by=system)
    funded(zoe)
    made = praised(ann, by=cas, behaviour=kept_promise)
    with pytest.raises(AwardRefused, match="funds its budget, does not give it"):
        raise_to(made, spot, reason="x", by=zoe, now=TUESDAY_NOON)
    assert balance(BUDGET) == 100_000


def test_the_check_asks_the_same_however_much_there_is(award, fay, django_assert_num_queries):
    with django_assert_num_queries(5):
        check_rewards()
