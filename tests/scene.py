"""A small company in the middle of a week, for tests that look at many pages.

It is Wednesday morning. Monday is final and missed (Billing waited too long), Tuesday is open and
has a figure held in Claims and one in Billing; Dee has proposed a correction of Monday that moves
money and has a file on the way; a colleague wrote a document.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import Collection

from cms.rights import give_rights
from cms.services.posting import post_day
from empowerment.models import (
    CardLine,
    CardMatch,
    CardStatement,
    Case,
    CaseStep,
    FollowUp,
    Limit,
    MomentOfTruth,
    MonthlyBudget,
    Receipt,
    Remedy,
    Review,
)
from empowerment.rules.limits import Measure, Scope
from empowerment.services.accounting import export_cases
from empowerment.services.asking import ask, decide
from empowerment.services.giving_back import GivenBack, give_back
from empowerment.services.limits import NewLimit, set_limit
from empowerment.services.spending import Spend, spend
from incentives.models import HeldFigure, PayrollLayout, PoolYearAct, Result, StatementQuestion
from incentives.services.bonus_policies import Terms, set_bonus_policy
from incentives.services.bonus_runs import draft
from incentives.services.estimates import estimate
from incentives.services.payroll_layouts import save_layout, standard_layout
from incentives.services.recording import Figure, record
from incentives.services.restating import Correction, propose
from people.models import (
    CalendarEntry,
    Consent,
    Department,
    Employee,
    Leave,
    Notice,
    OutgoingMail,
    Role,
    ShownTo,
    User,
)
from people.services.drafts import upload
from people.services.importing import Options
from people.services.invitations import invite
from people.services.photos import set_photo
from people.services.policies import set_policy
from people.services.roles import follow_roles
from recognition.models import AwardLevel, Behaviour, Delivery, PanelMember, Reply, Webhook
from recognition.services.awards import raise_to
from recognition.services.fair_play import report
from recognition.services.nominating import Praise, nominate
from recognition.services.reward_files import export_rewards
from recognition.services.rewards import Funding, fund
from recognition.services.webhooks import Target, add_webhook
from screens.models import Emergency, Screen
from screens.services.access import bind
from surveys.models import (
    AnswerCount,
    Cell,
    Invitation,
    Question,
    Release,
    Theme,
    Wave,
    WaveItem,
    Wording,
)
from surveys.rules.questionnaire import Kind
from surveys.services.acting import (
    Focus,
    Plan,
    Progress,
    name_focus_area,
    plan_action,
    publish,
)
from surveys.services.counting import Counting
from surveys.services.drafting import name_holder
from surveys.services.launching import launch, take_half
from surveys.services.library import THEMES, NewQuestion, Said, add_question
from surveys.services.releasing import release, show
from surveys.services.starters import begin_from
from tests.cms.written import make_story, make_voice
from tests.conftest import MONDAY, make_person, scaled_of
from tests.incentives.test_closing import close, make_pool, report_all
from tests.people.pictures import picture

TUESDAY = date(2026, 3, 3)
WEDNESDAY_MORNING = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
ROLES = (
    "anonymous", "employee", "lead", "hr", "finance", "executive", "editor", "auditor",
    "administrator",
)  # fmt: skip


@pytest.fixture
def wednesday(monkeypatch):
    """The clock stands still at Wednesday morning, so that Tuesday is yesterday."""
    monkeypatch.setattr(timezone, "now", lambda: WEDNESDAY_MORNING)
    return WEDNESDAY_MORNING


@pytest.fixture
def pool(goals, system):
    return make_pool(system)


@pytest.fixture
def missed_monday(pool, goals, system, wednesday):
    """Monday, final with three of four goals met; its page is posted."""
    report_all(goals, system, met=3)
    [verdict] = close(system)
    give_rights()
    post_day(MONDAY, now=wednesday)
    return verdict


@pytest.fixture
def edna(billing, system):
    return make_person("edna", billing, (Role.EDITOR, None), by=system)


@pytest.fixture
def cast(ann, bob, dee, fay, eve, edna, max_auditor, root) -> dict[str, User | None]:
    """By role, somebody who has that role and no other."""
    people = dict(zip(ROLES, (None, ann, bob, dee, fay, eve, edna, max_auditor, root), strict=True))
    for user in filter(None, people.values()):
        follow_roles(user)
    return people


def propose_monday_met(goals, *, by, now):
    """Billing's waiting time was 4 minutes: the fourth goal is met, and Monday pays."""
    missed = goals[3]
    correction = Correction(MONDAY, missed.department, missed.metric, "value", scaled_of("4"))
    return propose(correction, reason="typing mistake", by=by, now=now)


def hold(target, *, by, value="500") -> HeldFigure:
    """An implausible figure of Tuesday, held for a second person."""
    figure = Figure(TUESDAY, target.department_id, target.metric_id, scaled_of(value))
    record([figure], by=by, source=Result.Source.FORM, hold_implausible=True)
    return HeldFigure.objects.get(department=target.department, metric=target.metric, date=TUESDAY)


def own_layout() -> PayrollLayout:
    layout = standard_layout()
    layout.name = "Own"
    return layout


def open_session(user) -> UserSession:
    """A device on which somebody is signed in."""
    return UserSession.objects.create(user=user, session_key="abc", ip="127.0.0.1", user_agent="x")


def recognised(cast, *, now) -> dict:
    """Fay praises Ann before the department and Eve, who shows her photo, before all; Eve's is
    before the panel, Ann's has won money of which payroll knows, and what Ann gave Max is reported,
    hidden and waits for HR."""
    people = {role: user for role, user in cast.items() if user}
    behaviour = Behaviour.objects.create(code="promise", name="Kept a promise")

    def praise(giver: str, nominee: str):
        told = Praise(
            uuid4(), (people[nominee].employee,), "The parcel was found late at night.", behaviour,
            happened_on=MONDAY,
        )  # fmt: skip
        return nominate(told, by=people[giver], now=now)

    nomination = praise("finance", "employee")
    executive = people["executive"].employee
    Consent.objects.create(
        employee=executive, names=ShownTo.STAFF, photo=ShownTo.STAFF, given_at=now
    )
    set_photo(executive, picture(), by=people["executive"], now=now)
    on_the_wall = praise("finance", "executive")
    level = AwardLevel.objects.create(code="star", name="Star", decides="panel", quorum=1)
    for member in ("lead", "hr"):
        PanelMember.objects.create(level=level, employee=people[member].employee, from_date=MONDAY)
    award = raise_to(on_the_wall, level, reason="the best", by=people["lead"], now=now)
    doubted = praise("employee", "auditor")
    fair_play_case = report(doubted, reason="never happened", by=people["lead"], now=now)
    funding = Funding(uuid4(), None, 2026, "GBP", 100_000, "yearly plan")
    grant = fund(funding, by=people["finance"], now=now)
    spot = AwardLevel.objects.create(
        code="spot", name="Spot award", amount_minor=5000, currency="GBP", tax_class="benefit"
    )
    granted = raise_to(nomination, spot, reason="above and beyond", by=people["lead"], now=now)
    rewards_file = export_rewards(currency="GBP", by=people["finance"], now=now)
    reply = Reply.objects.create(
        nomination=on_the_wall, employee=executive, text="Thanks!", thanks=True, key=uuid4(),
        made_at=now,
    )  # fmt: skip
    return {
        "behaviour": behaviour, "nomination": nomination, "on_the_wall": on_the_wall,
        "level": level, "award": award, "doubted": doubted, "fair_play_case": fair_play_case,
        "budget": grant.budget, "reply": reply, "granted": granted, "rewards_file": rewards_file,
    }  # fmt: skip


EMPOWERED = {
    Measure.CASE: 15_000, Measure.CUSTOMER: 15_000, Measure.DAY: 30_000, Measure.MONTH: 100_000,
    Measure.DEPARTMENT: 500_000,
}  # fmt: skip
"""What everybody may spend, in minor units; a customer is counted for 30 days."""


def empowered(cast, *, now: datetime) -> dict:
    """Everybody may spend; Ann has: once with a receipt, which waits to be looked at and of whose
    customer is known what became, once of which a part came back, with a comment. She has asked
    Bob twice: one case waits for him, one he declined. A card statement has her first case in it
    and a line of nobody's."""
    ann, bob = cast["employee"], cast["lead"]
    of_clerks = NewLimit(
        Measure.CASE, Scope.GRADE, 5_000, "GBP", now.date(), "as agreed", grade="Clerk"
    )
    setters = {Measure.DEPARTMENT: cast["finance"]}
    limits = [_everybody_may(each, by=setters.get(each, cast["hr"]), now=now) for each in Measure]
    moment, retired = (
        MomentOfTruth.objects.create(code="delay", name="A delivery was late", position=1),
        MomentOfTruth.objects.create(code="fax", name="A fax was lost", retired_on=MONDAY),
    )

    def wanted(reference: str, amount_minor: int) -> Spend:
        return Spend(
            uuid4(), reference, moment, amount_minor, "GBP", Remedy.REFUND,
            reason="Waited for two weeks", no_receipt="",
        )  # fmt: skip

    case = spend(wanted("C-1001", 4_500), by=ann, now=now)
    part_back = spend(replace(wanted("C-1002", 6_000), no_receipt="Paid by phone"), by=ann, now=now)
    back = GivenBack(uuid4(), 1_500, "The parcel was found")
    case_return = give_back(part_back, back, by=ann, now=now)
    comment = CaseStep.objects.create(
        case=part_back, what=CaseStep.What.COMMENTED, text="Well done: quick and fair.",
        made_by=bob, made_at=now,
    )  # fmt: skip
    declined = ask(wanted("C-1003", 40_000), by=ann, now=now)
    no = "More than the order was worth; offer goods."
    return {
        "limit": limits[0], "limits": limits,
        "grade_limit": set_limit(of_clerks, by=cast["hr"], now=now),
        "moment": moment, "retired_moment": retired,
        "case": case, "part_back_case": part_back, "case_return": case_return,
        "case_comment": comment, "receipt": _receipt_of(case, now=now),
        "asked_case": ask(wanted("C-1004", 20_000), by=ann, now=now),
        "declined_case": decide(declined, approve=False, reason=no, by=bob, now=now),
        "review": Review.objects.create(
            case=case, why=Review.Why.SAMPLE, facts={"share": 10}, opened_at=now
        ),
        "follow_up": FollowUp.objects.create(
            case=case, after_days=30, answer="stayed", made_by=ann, made_at=now
        ),
        "monthly_budget": MonthlyBudget.objects.get(),
        "accounting_file": export_cases(
            currency="GBP", through=now.date(), by=cast["finance"], now=now
        ),
        **_card_statement(case, by=cast["finance"], now=now),
    }  # fmt: skip


def _everybody_may(measure: Measure, *, by: User, now: datetime) -> Limit:
    new = NewLimit(
        measure, Scope.EVERYBODY, EMPOWERED[measure], "GBP", now.date(), "as agreed",
        days=30 if measure == Measure.CUSTOMER else None,
    )  # fmt: skip
    return set_limit(new, by=by, now=now)


def _receipt_of(case: Case, *, now: datetime) -> Receipt:
    image = picture("WEBP")
    return Receipt.objects.create(
        case=case, image=image, sha256=sha256(image).hexdigest(), added_at=now
    )


def _card_statement(case: Case, *, by: User, now: datetime) -> dict:
    statement = CardStatement.objects.create(
        name="cards.csv", sha256="a" * 64, currency="GBP", imported_by=by, imported_at=now
    )
    matched, unmatched = (
        CardLine.objects.create(
            statement=statement, line=number, identity=str(number), date=now.date(),
            merchant=merchant, reference=f"R{number}", description="Bought on the way",
            amount_minor=amount_minor, currency="GBP", kind=CardLine.Kind.PURCHASE,
        )
        for number, merchant, amount_minor in (
            (1, "Flowers by Joan", case.amount_minor), (2, "Nobody knows", 999),
        )
    )  # fmt: skip
    match = CardMatch.objects.create(line=matched, case=case, found=True, made_by=by, made_at=now)
    return {
        "card_statement": statement, "card_line": unmatched, "matched_card_line": matched,
        "card_match": match,
    }  # fmt: skip


def acted(cast, *, now: datetime) -> dict:
    """After a poll that was released, Claims works on something: Ann owns what is overdue, and
    what the company did is published."""
    hr, ann, tomorrow = cast["hr"], cast["employee"], now + timedelta(days=1)
    wave = Wave.objects.create(
        code="spring", name="How was spring?", state=Wave.State.RELEASED, policy_digest="0" * 64,
        opens_at=now - timedelta(days=60), closes_at=now - timedelta(days=45), made_by=hr,
    )  # fmt: skip
    Release.objects.create(
        wave=wave, report={}, digest="0" * 64, released_at=now - timedelta(days=40),
        released_by=hr, shown_at=now - timedelta(days=39),
    )  # fmt: skip
    claims = Department.objects.get(code="CLAIMS")
    question = Question.objects.create(code="rested", kind="agreement")
    wording = Wording.objects.create(
        question=question, number=1, texts={"en": {"text": "I can rest."}}, made_by=hr, made_at=now
    )
    cell = Cell.objects.create(
        wave=wave, number=1, path="0.1", name="Claims", department=claims, is_atom=True, invited=30
    )
    item = WaveItem.objects.create(wave=wave, number=1, wording=wording)
    AnswerCount.objects.create(item=item, cell=cell, n=20)
    of_claims = Focus("Shorter meetings", claims, why="Nobody finds time to think.")
    area = name_focus_area(wave, of_claims, by=hr, now=now)
    company = name_focus_area(wave, Focus("Quieter rooms"), by=hr, now=now)
    late = Plan("Meetings take too long.", ann.employee, MONDAY)
    progress = Progress("done", "Doors that close.", now.date())
    done = Plan("It is loud.", hr.employee, tomorrow.date(), progress)
    action = plan_action(area, late, by=hr, now=now)
    publish(plan_action(company, done, by=hr, now=now), is_published=True, by=hr, now=now)
    return {"focus_area": area, "action": action}


def told(cast, *, now: datetime) -> dict:
    """A poll is released and shown: 24 answered in Claims, where Ann is asked and Bob leads, 20 in
    Billing, which is hidden to protect the three of the archive. Ten wrote a comment."""
    hr, opened = cast["hr"], now - timedelta(days=90)
    wave = Wave.objects.create(
        code="winter", name="How was winter?", state=Wave.State.SEALED, policy_digest="0" * 64,
        opens_at=opened, closes_at=opened + timedelta(days=14), made_by=hr,
    )  # fmt: skip
    team = Theme.objects.create(code="scene-team", name="Our team")
    kinds = {"help": "agreement", "trust": "agreement", "advise": "likelihood", "more": "comment"}
    for number, (code, kind) in enumerate(kinds.items(), start=1):
        question = Question.objects.create(
            code=f"scene-{code}", kind=kind, theme=team if kind == "agreement" else None
        )
        wording = Wording.objects.create(
            question=question, number=1, texts={"en": {"text": code}}, made_by=hr, made_at=now
        )
        WaveItem.objects.create(wave=wave, number=number, wording=wording)
    claims, billing = (Department.objects.get(code=code) for code in ("CLAIMS", "BILLING"))
    groups = (("Claims", claims, 24), ("Billing", billing, 20), ("Archive", None, 3))
    Cell.objects.create(wave=wave, number=0, path="0", name="Everybody", is_atom=False, invited=47)
    for number, (name, department, invited) in enumerate(groups, start=1):
        cell = Cell.objects.create(
            wave=wave, number=number, path=f"0.{number}", name=name, department=department,
            is_atom=True, invited=invited,
        )  # fmt: skip
        if department == claims:
            Invitation.objects.create(wave=wave, employee=cast["employee"].employee, cell=cell)
    count = Counting(wave)
    for number, (_name, _department, invited) in enumerate(groups, start=1):
        for person in range(invited):
            answers: dict = {1: 1 + person % 5, 2: 1 + person % 4, 3: person % 11}
            count.tally.add(number, answers | ({4: "More light."} if person < 10 else {}))
    count.keep()
    release(wave, by=hr, now=now - timedelta(days=70))
    show(wave, by=hr, now=now - timedelta(days=69))
    return {"told": wave}


def asking(cast, *, now: datetime) -> dict:
    """A poll is open: everybody is invited and nobody has taken a ballot; HR and Bob hold keys."""
    hr, bob = cast["hr"], cast["lead"]
    wave = Wave.objects.create(
        code="autumn", name="How is autumn?", opens_at=now - timedelta(days=1), made_by=hr,
        closes_at=now + timedelta(days=14), staff_holder=bob,
    )  # fmt: skip
    kinds = {"proud": "agreement", "recommend": "likelihood", "better": "comment"}
    for number, (code, kind) in enumerate(kinds.items(), start=1):
        wording = Wording.objects.create(
            question=Question.objects.create(code=f"scene-{code}", kind=kind), number=1,
            texts={"en": {"text": code}}, made_by=hr, made_at=now,
        )  # fmt: skip
        WaveItem.objects.create(wave=wave, number=number, wording=wording)
    for holder in (hr, bob):
        take_half(wave, by=holder)
    return {"poll": launch(wave, by=hr, now=now)}


def drafted(cast, *, now: datetime) -> dict:
    """A poll is being made: three questions, and a comment after each; the library has one more
    question. Ann keeps the staff's key, which nobody has taken yet."""
    hr = cast["hr"]
    wave = begin_from("pulse", "pulse", "Three questions", by=hr, now=now)
    name_holder(wave, cast["employee"].employee, by=hr)
    theme = THEMES.add("shifts", "Shifts", names={}, position=1, by=hr)
    said = Said("Which shift do you work?", labels=("Day", "Night"))
    new = NewQuestion("shift", Kind.CHOICE, {"en": said}, theme=theme)
    return {"poll_draft": wave, "library_question": add_question(new, by=hr, now=now)}


def undelivered(*, by: User, now: datetime) -> Delivery:
    """A test message of a webhook that nobody took."""
    target = Target("Own board", "https://hooks.example.org/in", ShownTo.STAFF, "en")
    webhook, _secret = add_webhook(target, kind=Webhook.Kind.SIGNED, by=by, now=now)
    return Delivery.objects.create(
        webhook=webhook, event="test", key="test", state="failed", not_before=now, made_at=now
    )


def root_collection() -> Collection:
    """Made by Wagtail's migration; a test with transactions of its own empties the tables."""
    return Collection.get_first_root_node() or Collection.add_root(name="Root")


@pytest.fixture
def scene(missed_monday, goals, cast, wednesday, settings, tmp_path):
    """Everything an address can point to."""
    settings.MEDIA_ROOT = tmp_path
    Employee.objects.create(
        number="gone", name="Gone", hired_on=date(2020, 1, 1), left_on=date(2025, 5, 5)
    )
    dee, root, bob = cast["hr"], cast["administrator"], cast["lead"]
    set_policy("public_page", "on", from_date=date(2026, 1, 1), reason="we are proud", by=root)
    document = Document(title="Handbook", collection=root_collection())
    document.file.save("handbook.txt", ContentFile(b"hello"))
    with_factors, new_year = Terms(manager_factor=True), date(2026, 1, 1)
    set_bonus_policy(
        missed_monday.pool, with_factors, from_date=new_year, reason="fair pay", by=dee
    )
    screen = Screen.objects.create(name="Hall", made_by=root)
    secret = bind(screen, now=wednesday)
    estimated = estimate(missed_monday.pool, 2026, by=root, now=wednesday)
    return SimpleNamespace(
        held=hold(goals[0], by=bob),
        held_elsewhere=hold(goals[2], by=root),
        restatement=propose_monday_met(goals, by=dee, now=wednesday),
        draft=upload("departments", b"code,name\n", filename="d.csv", options=Options(), by=dee),
        closure=CalendarEntry.objects.create(
            site=goals[0].department.placements.get().site,
            date=date(2026, 12, 24),
            kind="closure",
            name="Christmas Eve",
            made_by=dee,
        ),
        leave=Leave.objects.create(
            employee=cast["employee"].employee,
            kind="care",
            from_date=date(2026, 2, 2),
            until_date=date(2026, 2, 6),
        ),
        notice=Notice.objects.create(user=bob, kind="roles", key="k", facts={"roles": ["lead"]}),
        mail=OutgoingMail.objects.create(
            key="m", to="ann@example.org", subject="Hello", state="failed", not_before=wednesday
        ),
        year_act=PoolYearAct.objects.create(
            pool=missed_monday.pool,
            year=2025,
            kind="reopen",
            reason="a late figure",
            made_by=dee,
            made_at=wednesday,
        ),
        document=document,
        screen=screen,
        emergency=Emergency.objects.create(title="Fire drill"),
        waiting_screen=Screen.objects.create(name="Stairs", made_by=root),
        secret=secret,
        session_of_dee=open_session(dee),
        invitation=invite(cast["employee"].employee, way="slip", by=dee).split("/")[-2],
        goals=goals,
        snapshot=missed_monday,
        layout=save_layout(own_layout(), by=cast["finance"]),
        question=StatementQuestion.objects.create(
            share=estimated.shares.get(employee__user=cast["employee"]),
            text="Why so little?",
            answer_by=TUESDAY,
        ),
        answered=StatementQuestion.objects.create(
            share=estimated.shares.get(employee__user=cast["employee"]),
            text="Why so much?",
            answer_by=TUESDAY,
            answer="Because.",
            answered_by=cast["finance"],
            answered_at=wednesday,
        ),
        run=draft(missed_monday.pool, 2026, by=cast["finance"], now=wednesday),
        cast=cast,
        **recognised(cast, now=wednesday),
        **empowered(cast, now=wednesday),
        **acted(cast, now=wednesday),
        **told(cast, now=wednesday),
        **asking(cast, now=wednesday),
        **drafted(cast, now=wednesday),
        story=make_story("The parcel", cast["executive"]),
        voice=make_voice("They called me back."),
        delivery=undelivered(by=root, now=wednesday),
    )
