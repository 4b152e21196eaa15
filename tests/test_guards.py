"""Every guard refuses, and it is the guard that does: without it the statement goes through."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cms.models import DaySnapshot
from empowerment.models import (
    AccountingExport,
    AccountingLine,
    Case,
    CaseReturn,
    Customer,
    FollowUp,
    Limit,
    MomentOfTruth,
    Receipt,
    Review,
    SiteCurrencies,
)
from empowerment.models import CaseStep as CaseHistory
from incentives.models import (
    BonusPayment,
    BonusRun,
    BonusShare,
    DayVerdict,
    Excuse,
    GoalVerdict,
    Pool,
    PoolYearAct,
    Result,
    Target,
)
from ledger.models import Account, Transfer
from ledger.services.posting import open_account, post, reverse
from people import guards
from people.models import AuditEntry, AuditSeal, Leave, Membership, Placement, SalaryLook
from people.rules import BEGINNING
from people.services import audit
from recognition.models import (
    Award,
    AwardLevel,
    AwardRecipient,
    Behaviour,
    Budget,
    BudgetGrant,
    CaseStep,
    FairPlayCase,
    Nomination,
    PanelMember,
    RewardExport,
    RewardLine,
    Vote,
)
from screens.models import Snapshot
from screens.services.building import Loop
from surveys.models import Cell, Question, Release, Wave, WaveItem, Wording
from surveys.models import Invitation as PollInvitation
from tests.conftest import MONDAY, make_result, make_target

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(goals, ann, system, claims, billing):
    """One row in every guarded table."""
    one = open_account("one", currency="GBP")
    two = open_account("two", currency="GBP")
    transfer = post(
        key="k", from_account=one, to_account=two, amount_minor=5, why="test", by=system
    )
    result = make_result(claims, goals[0].metric, MONDAY, "80", system)
    excuse = Excuse.objects.create(
        date=MONDAY, department=claims, metric=goals[0].metric, reason="x", made_by=system
    )
    verdict = DayVerdict.objects.create(
        date=MONDAY, status="final", threshold_bp=9500, mode="share",
        unreported="missed", is_company=True, made_by=system,
    )  # fmt: skip
    goal = GoalVerdict.objects.create(
        verdict=verdict, target=goals[0], state=2, target_scaled=1, weight=1
    )
    snapshot = DaySnapshot.objects.create(
        date=MONDAY, version=1, status="final", payload="{}", sha256="a"
    )
    entry = audit.record("test", by=system, subject="x")
    seal = AuditSeal.objects.create(ranges=[[entry.pk, entry.pk]], sha256="b")
    look = SalaryLook.objects.create(by=system, employee=ann.employee, where="test")
    run = decided_run(system, ann, claims)
    praise = praise_of(ann, system)
    spending = spent_by(ann, claims, system)
    poll = asked_of(ann, claims, system)
    if connection.vendor == "postgresql":
        # Checks that wait for the commit would keep a table from being truncated or altered.
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    return {
        "ledger_transfer": transfer, "incentives_result": result, "incentives_excuse": excuse,
        "incentives_dayverdict": verdict, "incentives_goalverdict": goal,
        "cms_daysnapshot": snapshot, "people_auditentry": entry,
        "people_auditseal": seal, "people_salarylook": look,
        "target": goals[0], "membership": ann.employee.memberships.get(),
        "placement": claims.placements.get(), "accounts": (one, two), "by": system,
        "billing": billing, **run, **praise, **spending, **poll,
    }  # fmt: skip


def asked_of(ann, claims, system) -> dict:
    """A sealed poll that Ann was invited to."""
    now = timezone.now()
    wave = Wave.objects.create(code="2026", name="How is it?", made_by=system)
    question = Question.objects.create(code="proud", kind="agreement")
    wording = Wording.objects.create(
        question=question, number=1, texts={"en": {"text": "?"}}, made_by=system, made_at=now
    )
    WaveItem.objects.create(wave=wave, number=1, wording=wording)
    cell = Cell.objects.create(
        wave=wave, number=0, path="0", name="Everybody", is_atom=True, invited=1
    )
    PollInvitation.objects.create(wave=wave, employee=ann.employee, cell=cell, claimed=True)
    Release.objects.create(wave=wave, report={}, digest="a" * 64)
    wave.state, wave.policy_digest = Wave.State.SEALED, "b" * 64
    wave.opens_at, wave.closes_at = now, now + timedelta(days=1)
    wave.save()
    return {"surveys_wording": wording}


def decided_run(system, ann, claims) -> dict:
    """An approved bonus of one person, confirmed by payroll, and its year closed."""
    pool, now = Pool.objects.create(code="p", currency="GBP"), timezone.now()
    run = BonusRun.objects.create(
        pool=pool, year=2025, state="approved", first=date(2025, 1, 1), last=date(2025, 12, 31),
        through=date(2025, 12, 31), policy={}, days=[], balance_minor=5, shared_minor=5,
        carried_minor=0, employees=1, capped=0, content_sha256="c", made_by=system, made_at=now,
        proposed_by=system, approved_by=ann,
    )  # fmt: skip
    share = BonusShare.objects.create(
        run=run, employee=ann.employee, department=claims, position=0, hit_days=1, earned_minor=5,
        cap_minor=9, share_minor=5, working={}, code="AB", sealed=True,
    )  # fmt: skip
    payment = BonusPayment.objects.create(
        share=share, amount_minor=5, paid_on=MONDAY, made_by=system
    )
    act = PoolYearAct.objects.create(
        pool=pool, year=2025, kind="close", state="done", reason="x", made_by=system, made_at=now
    )
    return {
        "incentives_bonusshare": share, "incentives_bonuspayment": payment,
        "incentives_poolyearact": act, "run": run,
    }  # fmt: skip


def praise_of(ann, system) -> dict:
    """A nomination before a panel, with a vote, a budget and a case of fair play."""
    now, colleague = timezone.now(), ann.employee
    nomination = Nomination.objects.create(
        key=uuid4(), giver=colleague, story="x", happened_on=MONDAY, shown_to=0, published_at=now,
        published_on=MONDAY, behaviour=Behaviour.objects.create(code="b", name="b"),
    )  # fmt: skip
    level = AwardLevel.objects.create(code="l", name="l", decides="panel", quorum=1)
    award = Award.objects.create(
        nomination=nomination, level=level, reason="x", raised_by=system, raised_at=now
    )
    case = FairPlayCase.objects.create(kind="reported", key="c", opened_at=now)
    budget = Budget.objects.create(year=2026, currency="GBP")
    return {
        "nomination": nomination,
        "panel": PanelMember.objects.create(level=level, employee=colleague, from_date=MONDAY),
        "recognition_vote": Vote.objects.create(
            award=award, member=colleague, says="yes", made_at=now
        ),
        "recognition_rewardline": told_payroll(award, colleague, system, now=now),
        "recognition_casestep": CaseStep.objects.create(
            case=case, what="reported", made_by=system, made_at=now
        ),
        "recognition_budgetgrant": BudgetGrant.objects.create(
            budget=budget, amount_minor=5, reason="x", key=uuid4(), made_by=system, made_at=now
        ),
    }


def told_payroll(award, colleague, system, *, now) -> RewardLine:
    recipient = AwardRecipient.objects.create(award=award, employee=colleague, amount_minor=5)
    export = RewardExport.objects.create(currency="GBP", made_by=system, made_at=now)
    return RewardLine.objects.create(
        export=export, recipient=recipient, amount_minor=5, name=colleague.name
    )


def spent_by(ann, claims, system) -> dict:
    """A case of which a part came back, its customer asked, and accounting told; under a limit."""
    now, place = timezone.now(), claims.placements.get()
    by = {"made_by": system, "made_at": now}
    case = Case.objects.create(
        key=uuid4(), employee=ann.employee, department=claims, site=place.site, amount_minor=9,
        customer=Customer.objects.create(folded="c", reference="C", last_case_at=now),
        moment=MomentOfTruth.objects.create(code="m", name="m"), remedy="refund", currency="GBP",
        state="approved", spent_on=MONDAY, entered_at=now, returned_minor=5,
    )  # fmt: skip
    export = AccountingExport.objects.create(currency="GBP", through=MONDAY, **by)
    back = CaseReturn.objects.create(case=case, key=uuid4(), amount_minor=5, reason="x", **by)
    return {
        "empowerment_limit": Limit.objects.create(
            measure="case", scope="everybody", amount_minor=9, currency="GBP", from_date=MONDAY,
            reason="x", **by,
        ),
        "empowerment_sitecurrencies": SiteCurrencies.objects.create(
            site=place.site, currencies="GBP", from_date=MONDAY, reason="x", **by
        ),
        "empowerment_case": case,
        "empowerment_casestep": CaseHistory.objects.create(case=case, what="returned", **by),
        "empowerment_casereturn": back,
        "empowerment_followup": FollowUp.objects.create(
            case=case, after_days=30, answer="stayed", **by
        ),
        "empowerment_accountingline": AccountingLine.objects.create(
            export=export, case=case, returned=back, amount_minor=-5, day=MONDAY, debit="d",
            credit="c",
        ),
        "empowerment_receipt": Receipt.objects.create(
            case=case, image=b"x", sha256="x", added_at=now
        ),
        "empowerment_review": Review.objects.create(case=case, why="sample", opened_at=now),
    }  # fmt: skip


HARMLESS_COLUMN = {
    "surveys_wording": "number",
    "ledger_transfer": "why", "incentives_result": "reason", "incentives_excuse": "reason",
    "incentives_dayverdict": "reason", "incentives_goalverdict": "weight",
    "cms_daysnapshot": "payload", "people_auditentry": "why",
    "people_auditseal": "sha256", "people_salarylook": "where",
    "incentives_bonusshare": "code", "incentives_bonuspayment": "amount_minor",
    "incentives_poolyearact": "reason", "recognition_vote": "comment",
    "recognition_casestep": "reason", "recognition_budgetgrant": "reason",
    "empowerment_sitecurrencies": "reason",
    "empowerment_followup": "answer",
    "empowerment_accountingline": "amount_minor",
}  # fmt: skip


def sql(statement: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


def edit(table: str, world) -> None:
    column = HARMLESS_COLUMN[table]
    numbers = {"weight": "7", "number": "9", "amount_minor": "amount_minor - 1"}
    value = numbers.get(column, "'edited'")
    sql(f'UPDATE {table} SET "{column}" = {value}')


def replace(table: str, world) -> None:
    columns = ", ".join(f'"{f.column}"' for f in type(world[table])._meta.local_concrete_fields)
    sql(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")


def delete(table: str, world) -> None:
    sql(f"DELETE FROM {table}")


def truncate(table: str, world) -> None:
    # Others point to these: without CASCADE their own guard would never be asked.
    pointed_to = (
        "incentives_bonusshare", "empowerment_limit", "empowerment_casereturn", "surveys_wording",
    )  # fmt: skip
    sql(f"TRUNCATE {table} CASCADE" if table in pointed_to else f"TRUNCATE {table}")


VERBS = {"edited": edit, "deleted": delete, "truncated": truncate, "replaced": replace}


def reverse_too_much(world) -> None:
    one, two = world["accounts"]
    Transfer.objects.create(
        key="r", from_account=two, to_account=one, amount_minor=6, currency="GBP", why="x",
        made_by=world["by"], reverses=world["ledger_transfer"],
    )  # fmt: skip


def mix_currencies(world) -> None:
    dollars = open_account("dollars", currency="USD")
    Transfer.objects.create(
        key="m", from_account=world["accounts"][0], to_account=dollars, amount_minor=6,
        currency="GBP", why="x", made_by=world["by"],
    )  # fmt: skip


def forget_an_account(world) -> None:
    open_account("unused", currency="GBP")
    sql("DELETE FROM ledger_account WHERE code = 'unused'")


def rename_an_account(world) -> None:
    sql("UPDATE ledger_account SET currency = 'USD' WHERE code = 'one'")


def second_target(world) -> None:
    target = world["target"]
    make_target(
        target.department, target.metric, "1", world["by"],
        from_date=date(2026, 2, 1), until_date=date(2026, 2, 2),
    )  # fmt: skip


def moved_target(world) -> None:
    target = world["target"]
    other = make_target(
        target.department, target.metric, "1", world["by"],
        from_date=date(2025, 1, 1), until_date=date(2025, 2, 2),
    )  # fmt: skip
    Target.objects.filter(pk=other.pk).update(until_date=None)


def second_membership(world) -> None:
    Membership.objects.create(
        employee=world["membership"].employee, department=world["billing"],
        from_date=date(2021, 1, 1), until_date=date(2021, 1, 1),
    )  # fmt: skip


def moved_membership(world) -> None:
    earlier = Membership.objects.create(
        employee=world["membership"].employee, department=world["billing"],
        from_date=date(2019, 1, 1), until_date=date(2019, 1, 1),
    )  # fmt: skip
    Membership.objects.filter(pk=earlier.pk).update(until_date=date(2020, 1, 1))


def leave_of(world, first: date, last: date) -> Leave:
    return Leave.objects.create(
        employee=world["membership"].employee, kind="care", from_date=first, until_date=last
    )


def second_leave(world) -> None:
    leave_of(world, date(2021, 1, 1), date(2021, 1, 5))
    leave_of(world, date(2021, 1, 5), date(2021, 1, 9))


def moved_leave(world) -> None:
    earlier = leave_of(world, date(2021, 1, 1), date(2021, 1, 4))
    leave_of(world, date(2021, 1, 5), date(2021, 1, 9))
    Leave.objects.filter(pk=earlier.pk).update(until_date=date(2021, 1, 5))


def second_place(world) -> None:
    place = world["placement"]
    Placement.objects.create(
        department=place.department, site=place.site, from_date=date(2021, 1, 1)
    )


def moved_place(world) -> None:
    place = world["placement"]
    earlier = Placement.objects.create(
        department=place.department, site=place.site, from_date=date(1890, 1, 1),
        until_date=date(1890, 1, 2),
    )  # fmt: skip
    Placement.objects.filter(pk=earlier.pk).update(until_date=BEGINNING)


def retell(world) -> None:
    Nomination.objects.filter(pk=world["nomination"].pk).update(story="y")


def second_seat(world) -> None:
    seat = world["panel"]
    PanelMember.objects.create(level=seat.level, employee=seat.employee, from_date=MONDAY)


def moved_seat(world) -> None:
    seat = world["panel"]
    earlier = PanelMember.objects.create(
        level=seat.level, employee=seat.employee, from_date=date(2021, 1, 1),
        until_date=date(2021, 1, 4),
    )  # fmt: skip
    PanelMember.objects.filter(pk=earlier.pk).update(until_date=MONDAY)


def rewrite_run(world) -> None:
    BonusRun.objects.filter(pk=world["run"].pk).update(content_sha256="d")


def tell_payroll_otherwise(world) -> None:
    RewardLine.objects.filter(pk=world["recognition_rewardline"].pk).update(amount_minor=6)


def spend_another_amount(world) -> None:
    Case.objects.update(amount_minor=8)


def refuse_what_was_approved(world) -> None:
    approved = world["empowerment_case"]
    approved.pk, approved.key, approved.returned_minor = None, uuid4(), 0
    approved.save(force_insert=True)
    Case.objects.filter(pk=approved.pk).update(state="withdrawn", spent_on=None)


def take_again_what_came_back(world) -> None:
    Case.objects.update(returned_minor=4)


def decide_afterwards(world) -> None:
    Case.objects.update(decided_by=world["by"], decided_at=timezone.now())


def another_picture(world) -> None:
    Receipt.objects.update(sha256="y")


def another_limit(world) -> None:
    Limit.objects.update(amount_minor=8)


def another_return(world) -> None:
    CaseReturn.objects.update(reason="something else")


def retell_a_step(world) -> None:
    CaseHistory.objects.update(what="commented")


def lower_the_promise(world) -> None:
    Wave.objects.update(fewest_scores=5)


def ask_otherwise(world) -> None:
    WaveItem.objects.update(section=2)


def ask_less(world) -> None:
    WaveItem.objects.all().delete()


def claim_back(world) -> None:
    PollInvitation.objects.update(claimed=False)


def another_report(world) -> None:
    Release.objects.update(digest="0" * 64)


def show_something_else(world):
    """Bytes that a screen was told to show."""
    text, sha256 = Loop().canonical()
    snapshot = Snapshot.objects.create(sha256=sha256, payload=text, made_at=timezone.now())
    Snapshot.objects.filter(pk=snapshot.pk).update(payload="{}")


BREAKING = {
    "a_snapshot_of_screens_stays_as_built": show_something_else,
    "a_launched_poll_keeps_its_promise": lower_the_promise,
    "what_is_asked_stays_as_launched_on_update": ask_otherwise,
    "what_is_asked_stays_as_launched_on_delete": ask_less,
    "who_has_claimed_has_claimed": claim_back,
    "a_report_stays_as_it_was_made": another_report,
    "a_case_stays_as_it_was_entered": spend_another_amount,
    "what_was_approved_is_never_refused": refuse_what_was_approved,
    "what_came_back_is_not_taken_again": take_again_what_came_back,
    "who_decided_stays": decide_afterwards,
    "empowerment_receipt_is_never_updated": another_picture,
    "empowerment_limit_keeps_all_but_words": another_limit,
    "empowerment_casereturn_keeps_all_but_words": another_return,
    "a_step_of_a_case_stays_as_it_was": retell_a_step,
    "a_file_for_payroll_stays_the_same": tell_payroll_otherwise,
    "praise_is_kept_as_it_was_told": retell,
    "a_person_sits_on_a_panel_once_at_a_time": second_seat,
    "a_person_sits_on_a_panel_once_at_a_time_on_insert": second_seat,
    "a_person_sits_on_a_panel_once_at_a_time_on_update": moved_seat,
    "a_decided_run_keeps_its_content": rewrite_run,
    "a_reversal_mirrors_its_original": reverse_too_much,
    "a_transfer_keeps_one_currency": mix_currencies,
    "ledger_account_is_never_deleted": forget_an_account,
    "ledger_account_keeps_its_currency": rename_an_account,
    "a_department_has_one_target_a_metric_at_a_time": second_target,
    "a_department_has_one_target_a_metric_at_a_time_on_insert": second_target,
    "a_department_has_one_target_a_metric_at_a_time_on_update": moved_target,
    "an_employee_has_one_department_at_a_time": second_membership,
    "an_employee_has_one_department_at_a_time_on_insert": second_membership,
    "an_employee_has_one_department_at_a_time_on_update": moved_membership,
    "an_employee_is_on_one_leave_at_a_time": second_leave,
    "an_employee_is_on_one_leave_at_a_time_on_insert": second_leave,
    "an_employee_is_on_one_leave_at_a_time_on_update": moved_leave,
    "a_department_has_one_place_at_a_time": second_place,
    "a_department_has_one_place_at_a_time_on_insert": second_place,
    "a_department_has_one_place_at_a_time_on_update": moved_place,
}


def breaking(guard: guards.Guard):
    if guard.name in BREAKING:
        return BREAKING[guard.name]
    table, _is_never, verb = guard.name.rpartition("_is_never_")
    return lambda world: VERBS[verb](table, world)


GUARDS = guards.registered(connection.vendor)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_is_what_refuses(guard, world):
    attempt = breaking(guard)
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt(world)
    for statement in guards.drop_statements(guard, connection.vendor):
        sql(statement)
    # SQLite's REPLACE and PostgreSQL's pending checks have further lines of defence of their own.
    if guard.name.endswith(("_is_never_deleted", "_is_never_replaced", "_is_never_truncated")):
        _without_other_lines_of_defence(guard, attempt, world)
    else:
        with transaction.atomic():
            attempt(world)
            transaction.set_rollback(True)


def _without_other_lines_of_defence(guard, attempt, world) -> None:
    try:
        with transaction.atomic():
            attempt(world)
            transaction.set_rollback(True)
    except IntegrityError as error:
        assert guard.sqlite_message not in str(error)


def test_a_provisional_verdict_may_be_renewed_until_it_is_final(world, system):
    verdict = DayVerdict.objects.create(
        date=date(2026, 3, 3), status="provisional", threshold_bp=9500, mode="share",
        unreported="missed", is_company=True, made_by=system,
    )  # fmt: skip
    verdict.missed = 3
    verdict.save()
    verdict.status = "final"
    verdict.save()
    verdict.missed = 4
    with pytest.raises(IntegrityError), transaction.atomic():
        verdict.save()


def test_the_inventory_notices_a_guard_that_was_altered(db):
    assert guards.missing(connection) == []
    guard = next(g for g in GUARDS if g.name == "people_auditentry_is_never_edited")
    for statement in guards.drop_statements(guard, connection.vendor):
        sql(statement)
    if connection.vendor == "sqlite":
        sql(
            "CREATE TRIGGER people_auditentry_is_never_edited BEFORE UPDATE ON people_auditentry"
            " BEGIN SELECT 1; END"
        )
    assert guards.missing(connection) == ["people_auditentry_is_never_edited"]


def test_check_names_a_missing_guard_and_what_to_do(db, capsys):
    guard = next(g for g in GUARDS if g.name == "ledger_transfer_is_never_edited")
    for statement in guards.drop_statements(guard, connection.vendor):
        sql(statement)
    with pytest.raises(Exception, match="ledger_transfer_is_never_edited"):
        call_command("check", databases=["default"])


def test_migrating_puts_the_guards_back(db):
    guard = next(g for g in GUARDS if g.name == "ledger_transfer_is_never_edited")
    for statement in guards.drop_statements(guard, connection.vendor):
        sql(statement)
    guards.install(connection)
    assert guards.missing(connection) == []


def test_reversing_twice_is_refused_by_the_database(world, system):
    reverse(world["ledger_transfer"], why="x", by=system)
    assert Account.objects.get(code="two").balance() == 0
    one, two = world["accounts"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            key="again", from_account=two, to_account=one, amount_minor=5, currency="GBP", why="x",
            made_by=system, reverses=world["ledger_transfer"],
        )  # fmt: skip


def test_every_append_only_table_is_known_to_the_products_role(db):
    assert guards.append_only_tables() == {
        "cms_daysnapshot", "empowerment_accountingline", "empowerment_followup",
        "empowerment_sitecurrencies",
        "incentives_bonuspayment", "incentives_excuse",
        "incentives_goalverdict", "incentives_result", "ledger_transfer", "people_auditentry",
        "people_auditseal", "people_salarylook", "recognition_budgetgrant",
        "recognition_casestep", "recognition_vote", "surveys_wording",
    }  # fmt: skip


def test_results_and_goals_have_rows_to_guard(world):
    assert Result.objects.count() == GoalVerdict.objects.count() == AuditEntry.objects.count() == 1
