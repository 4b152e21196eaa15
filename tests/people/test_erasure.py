"""Erasing somebody who has left: who it was is gone, what the company counts is not."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import authenticate
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from incentives.models import Result
from ledger.models import Account
from ledger.services.checking import check_ledger
from ledger.services.posting import open_account, post
from people.models import (
    AuditEntry,
    Consent,
    Employee,
    ImportDraft,
    Invitation,
    Leave,
    Notice,
    NoticeChoice,
    OutgoingMail,
    PersonKey,
    Photo,
    Pin,
    RoleAssignment,
    ShownTo,
    SignInAttempt,
    User,
)
from people.services import audit
from people.services.audit_chain import verify
from people.services.consents import Agreed, agree
from people.services.drafts import UNDER_WAY, upload
from people.services.erasing import ErasureRefused, erase, mentions, names_in_full
from people.services.guessing import digest
from people.services.importing import Options
from people.services.invitations import NotInvited, invite
from people.services.nicknames import call_oneself
from people.services.photos import set_photo
from people.services.single_sign_on import account_of
from recognition.models import Award, AwardLevel, Nomination, Reply
from recognition.services.awards import raise_to
from recognition.services.telling import tell_waiting
from tests.conftest import MONDAY, TUESDAY_NOON, make_result
from tests.people.pictures import picture
from tests.recognition.conftest import kept_promise, praised  # noqa: F401

pytestmark = pytest.mark.django_db
ADDRESS = "/people/ann/erase/"
GONE = (
    Authenticator, EmailAddress, Invitation, Notice, NoticeChoice, OutgoingMail, Pin,
    SignInAttempt, SocialAccount, UserSession,
)  # fmt: skip
FILE = b"number,name,email\nann,Ann,ann@example.org\n"


@pytest.fixture
def gone_ann(ann, dee, system, claims, answered):
    """Ann left yesterday; there is something of her in every table that knows her."""
    employee, now = ann.employee, timezone.now()
    employee.left_on = timezone.localdate() - timedelta(days=1)
    employee.job_title, employee.manager = "Clerk", dee.employee
    employee.save()
    audit.record("rename", by=dee, subject=f"employee:{employee.pk}", after="Ann", person=employee)
    Authenticator.objects.create(user=ann, type="totp", data={"secret": "x"})
    EmailAddress.objects.create(user=ann, email=ann.email, verified=True)
    Invitation.objects.create(user=ann, sha256="x", way="mail", made_by=dee, expires_at=now)
    Notice.objects.create(user=ann, kind="x", key="x", facts={"name": "Ann"})
    NoticeChoice.objects.create(user=ann, kind="x", way="here")
    OutgoingMail.objects.create(
        key="x", to="Ann@example.org", subject="Ann", body="x", not_before=now
    )
    Pin.objects.create(user=ann, hashed="x")
    SignInAttempt.objects.create(account=digest("ann"), way="password")
    SignInAttempt.objects.create(account="x", user=ann, way="password", address="192.0.2.7")
    SocialAccount.objects.create(user=ann, provider="oidc", uid="ann", extra_data={"name": "Ann"})
    UserSession.objects.create(user=ann, ip="192.0.2.7", user_agent="x", session_key="x")
    RoleAssignment.objects.create(
        user=ann, role="editor", from_date=date(2026, 1, 1), made_by=dee, reason="Ann helps out"
    )
    draft = upload("employees", FILE, filename="e.csv", options=Options(), by=dee)
    ImportDraft.objects.filter(pk=draft.pk).update(
        state="applied", report={"rows": 1, "changes": ["ann: Ann, CLAIMS"]}
    )
    make_result(claims, answered, MONDAY, "80", ann)
    return employee


def erased(employee, by) -> Employee:
    return erase(employee, why="asked for it", by=by, now=timezone.now())


def everywhere(*words: str) -> set[str]:
    """Tables in which one of these words still stands, in any column."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            # Not the introspection's columns: on SQLite it stumbles over commas in constraints.
            cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
            for column in [each[0] for each in cursor.description]:
                text = f'LOWER(CAST("{column}" AS TEXT))'
                wanted = " OR ".join(f"{text} LIKE '%{word}%'" for word in words)
                cursor.execute(f'SELECT COUNT(*) FROM "{table}" WHERE {wanted}')
                if cursor.fetchone()[0]:
                    found.add(f"{table}.{column}")
    return found


def test_nothing_says_any_more_who_it_was(gone_ann, dee):
    employee = Employee.objects.get(pk=gone_ann.pk)
    employee.number, employee.name, employee.email = "n-1867", "Marie Curie", "marie@example.org"
    employee.save()
    User.objects.filter(pk=employee.user_id).update(
        username="n-1867", email="marie@example.org", first_name="Marie", last_name="Curie"
    )
    ImportDraft.objects.update(content=b"n-1867,Marie Curie", report={"changes": ["Marie Curie"]})
    Notice.objects.update(facts={"name": "Marie Curie"})
    SocialAccount.objects.update(extra_data={"name": "Marie Curie"})
    audit.record("rename", by=dee, subject=f"employee:{employee.pk}", after="Marie Curie",
                 person=employee)  # fmt: skip
    words = ("n-1867", "marie", "curie")
    assert "people_employee.name" in everywhere(*words)
    erased(Employee.objects.get(pk=employee.pk), dee)
    assert everywhere(*words) == set()


def test_nothing_of_praise_says_any_more_who_it_was(
    gone_ann, ann, bob, cas, dee, eve, kept_promise
):
    """Marie is praised alone and with Eve, praises, replies and is replied to, shows her photo and
    is known by a nickname and a Chinese name."""
    ann.employee.name, ann.employee.number = "Marie Curie 居里玛", "n-1867"
    ann.employee.left_on = None
    ann.employee.save()
    marie, now = Employee.objects.get(pk=gone_ann.pk), TUESDAY_NOON
    call_oneself(marie, "Manya", by=ann, now=now)
    agree(marie, Agreed(ShownTo.PUBLIC, ShownTo.PUBLIC), by=ann, now=now)
    set_photo(marie, picture(), by=ann, now=now)
    alone = praised(ann, by=cas, behaviour=kept_promise, story="Marie found the customer's parcel.",
                    customer_reference="For Curie")  # fmt: skip
    shared = praised(
        ann, eve, by=cas, behaviour=kept_promise,
        story="MANYA and Eve found it. Thank you, Curie! 谢谢居里玛，里玛和Manya！",
    )  # fmt: skip
    given = praised(dee, by=ann, behaviour=kept_promise, story="Signed by Marie Curie herself.")
    level = AwardLevel.objects.create(code="c", name="Card")
    raise_to(shared, level, reason="Marie and Eve were quick", by=bob, now=now)
    for nomination, user, text in ((shared, bob, "With Marie it was easy."), (given, ann, "Curie")):
        Reply.objects.create(
            nomination=nomination, employee=user.employee, text=text, key=uuid4(), made_at=now
        )
    tell_waiting(now=now)
    OutgoingMail.objects.all().delete()
    Employee.objects.filter(pk=marie.pk).update(left_on=MONDAY)
    User.objects.filter(pk=ann.pk).update(first_name="", last_name="", username="n-1867")

    words = ("n-1867", "marie", "curie", "manya", "里玛")
    before = everywhere(*words)
    assert {
        "recognition_nomination.story", "recognition_nomination.customer_reference",
        "recognition_reply.text", "recognition_award.reason", "people_employee.known_as",
        "people_notice.facts",
    } <= before  # fmt: skip
    erased(Employee.objects.get(pk=marie.pk), dee)
    # A reason in the log that named somebody stays: the log is never edited.
    assert everywhere(*words) == {"people_auditentry.why"}
    assert not Photo.objects.exists()
    assert not Consent.objects.filter(employee=marie).exists()
    alone, shared, given = (Nomination.objects.get(pk=each.pk) for each in (alone, shared, given))
    assert (alone.story, alone.customer_reference, given.story) == ("–", "", "–")
    assert shared.story == "… and Eve found it. Thank you, …! 谢谢…，…和…！"
    assert set(Reply.objects.values_list("text", flat=True)) == {"With … it was easy.", "–"}
    # What is left is shown no further than to those concerned, as nobody agrees any more.
    assert alone.shown_to == ShownTo.NOBODY
    assert Award.objects.get().reason == "… and Eve were quick"


def test_a_pseudonym_takes_the_place_of_the_name(gone_ann, dee):
    employee = erased(gone_ann, dee)
    employee = Employee.objects.select_related("user").get(pk=employee.pk)
    number = f"erased-{employee.pk}"
    assert (
        employee.name, employee.number, employee.email, employee.job_title, employee.manager,
        employee.search_text,
    ) == (
        f"Former colleague {employee.pk}", number, "", "", None,
        f"{number} former colleague {employee.pk}",
    )  # fmt: skip
    user = employee.user
    assert (user.username, user.email, user.is_active, user.has_usable_password()) == (
        number, "", False, False,
    )  # fmt: skip
    assert [model.__name__ for model in GONE if model._default_manager.exists()] == []
    assert employee.erased_at


def test_what_others_have_stays(gone_ann, dee, bob):
    Notice.objects.create(user=bob, kind="x", key="x")
    Pin.objects.create(user=bob, hashed="x")
    SignInAttempt.objects.create(account=digest("bob"), user=bob, way="password")
    OutgoingMail.objects.create(
        key="bob", to=bob.email, subject="x", body="x", not_before=timezone.now()
    )
    other = upload("results", b"figures", filename="r.csv", options=Options(), by=dee)
    before = Employee.objects.filter(user=bob).values().get()
    erased(gone_ann, dee)
    assert [model.objects.count() for model in (Notice, Pin, SignInAttempt, OutgoingMail)] == [
        1, 1, 1, 1,
    ]  # fmt: skip
    assert Employee.objects.filter(user=bob).values().get() == before
    assert bytes(ImportDraft.objects.get(pk=other.pk).content) == b"figures"


def test_departments_salaries_figures_and_roles_stay_in_the_past(gone_ann, dee):
    last_day = gone_ann.left_on
    employee = erased(gone_ann, dee)
    assert employee.memberships.count() == employee.salaries.count() == 1
    assert Result.objects.get().made_by == employee.user
    assert [role.until_date for role in employee.user.role_assignments.all()] == [last_day]


def test_what_payroll_sent_about_somebody_is_forgotten(gone_ann, dee, fay):
    file = upload("payments", b"ann,50.00", filename="p.csv", options=Options(), by=fay)
    ImportDraft.objects.update(state=ImportDraft.State.CHECKED)
    erased(gone_ann, dee)
    assert bytes(ImportDraft.objects.get(pk=file.pk).content) == b""


def test_why_somebody_was_on_leave_is_forgotten_and_the_days_stay(gone_ann, dee, bob):
    day = date(2024, 3, 4)
    for employee in (gone_ann, bob.employee):
        Leave.objects.create(employee=employee, kind="sickness", from_date=day, until_date=day)
    file = upload("leaves", b"ann,sickness", filename="l.csv", options=Options(), by=dee)
    ImportDraft.objects.update(state=ImportDraft.State.CHECKED)
    employee = erased(gone_ann, dee)
    assert employee.leaves.values_list("kind", "from_date", "until_date").get() == (
        "other", day, day,
    )  # fmt: skip
    assert bob.employee.leaves.get().kind == "sickness"
    assert bytes(ImportDraft.objects.get(pk=file.pk).content) == b""


def test_the_ledgers_sums_are_the_same(gone_ann, dee, system):
    company = open_account("company", currency="GBP")
    pool = open_account("pool:x:2026", currency="GBP", floored=True)
    post(key="k", from_account=company, to_account=pool, amount_minor=25_000, why="x",
         by=gone_ann.user)  # fmt: skip

    def sums():
        report = check_ledger()
        balances = {account.code: account.balance() for account in Account.objects.all()}
        return report.problems, report.transfers, balances

    before = sums()
    erased(gone_ann, dee)
    assert sums() == before
    assert before[2] == {"company": -25_000, "pool:x:2026": 25_000}


def test_the_log_can_not_be_read_and_its_chain_is_whole(gone_ann, dee):
    head = verify().head
    employee = erased(gone_ann, dee)
    entries = AuditEntry.objects.filter(person=employee)
    assert [(each.after, each.erased) for each in audit.opened(entries)] == [(None, True)]
    assert PersonKey.objects.get(employee=employee).key == ""
    assert verify(witness=head).faults == []
    last = AuditEntry.objects.latest("pk")
    assert (last.action, last.by, last.why, last.person) == (
        "erase_person", dee, "asked for it", None,
    )  # fmt: skip
    assert last.after == {"name": employee.name, "emptied_uploads": 1}


def test_a_search_by_the_old_name_finds_nobody(gone_ann, dee, client):
    client.force_login(dee)
    assert "/people/ann/" in client.get("/people/?search=ann").content.decode()
    employee = erased(gone_ann, dee)
    for said in ("ann", "ann@example.org"):
        assert "/people/erased" not in client.get(f"/people/?search={said}").content.decode()
    assert client.get("/people/ann/").status_code == 404
    assert client.get(f"/people/{employee.number}/").status_code == 200
    assert "Former colleague" in client.get("/audit/?person=former").content.decode()


def test_the_erased_never_sign_in_again(gone_ann, dee, client):
    user = gone_ann.user
    client.force_login(user)
    employee = erased(gone_ann, dee)
    assert client.get("/").status_code == 302
    cache.clear()
    for login in ("ann", "ann@example.org", employee.number):
        assert authenticate(username=login, email=login, password="secret") is None
        answer = client.post("/sign-in/", {"login": login, "password": "secret"})
        assert answer.status_code == 200
    claims = {"email": "ann@example.org", "email_verified": True, "preferred_username": "ann"}
    assert account_of(claims) is None
    for way in ("mail", "slip"):
        with pytest.raises(NotInvited):
            invite(Employee.objects.get(pk=employee.pk), way=way, by=dee)
    # Not even when somebody opens the account again by hand.
    Employee.objects.filter(pk=employee.pk).update(left_on=None)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert not User.objects.get(pk=user.pk).may_sign_in(on=timezone.localdate())


def test_pages_stay_with_the_pseudonym(gone_ann, dee, root):
    page = Page.objects.order_by("pk").first()
    Page.objects.filter(pk=page.pk).update(owner=gone_ann.user)
    PageLogEntry.objects.log_action(page, "wagtail.edit", user=gone_ann.user)
    ModelLogEntry.objects.log_action(gone_ann.user, "wagtail.edit", user=root)
    employee = erased(gone_ann, dee)
    assert Page.objects.get(pk=page.pk).owner.display_name == employee.name
    assert PageLogEntry.objects.get(action="wagtail.edit").user_id == employee.user_id
    about = ModelLogEntry.objects.get(content_type=ContentType.objects.get_for_model(User))
    assert about.label == employee.number


def test_somebody_without_an_account_is_erased_too(gone_ann, dee):
    Employee.objects.filter(pk=gone_ann.pk).update(user=None)
    employee = erased(Employee.objects.get(pk=gone_ann.pk), dee)
    assert employee.name.startswith("Former colleague")


def test_who_still_works_here_is_not_erased(gone_ann, dee):
    for last_day in (None, timezone.localdate()):
        Employee.objects.filter(pk=gone_ann.pk).update(left_on=last_day)
        with pytest.raises(ErasureRefused, match="Enter the last day first"):
            erased(gone_ann, dee)
    assert Employee.objects.get(pk=gone_ann.pk).name == "Ann"
    assert Pin.objects.exists()


def test_nobody_is_erased_twice(gone_ann, dee):
    erased(gone_ann, dee)
    with pytest.raises(ErasureRefused, match="erased already"):
        erased(gone_ann, dee)
    assert AuditEntry.objects.filter(action="erase_person").count() == 1


@pytest.mark.parametrize("state", UNDER_WAY)
def test_an_import_that_runs_is_waited_for_but_not_for_ever(gone_ann, dee, state):
    ImportDraft.objects.update(state=state)
    with pytest.raises(ErasureRefused, match="being read"):
        erased(gone_ann, dee)
    ImportDraft.objects.update(made_at=timezone.now() - timedelta(hours=2))
    erased(gone_ann, dee)
    assert bytes(ImportDraft.objects.get().content) == b""


def test_a_fault_on_the_way_leaves_nothing_half(gone_ann, dee, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        erased(gone_ann, dee)
    assert Employee.objects.get(pk=gone_ann.pk).name == "Ann"
    assert PersonKey.objects.get(employee=gone_ann).key
    assert Pin.objects.exists()


def test_texts_that_name_the_person_are_found(gone_ann, dee):
    found = [(each.what, each.text) for each in mentions(gone_ann)]
    assert found == [("role assignment", "Ann helps out")]
    assert mentions(gone_ann, most=0) == []


@pytest.mark.parametrize(
    "text, name, named",
    [
        ("Ann's idea", "Ann", True),
        ("as ANN said", "Ann", True),
        ("announced", "Ann", False),
        ("Johann", "Ann", False),
        ("announced by Ann", "Ann", True),
        ("同事王小明说", "王小明", True),
        ("mail ann@example.org.", "ann@example.org", True),
        ("anything", "", False),
    ],
)
def test_a_name_counts_as_a_whole_word(text, name, named):
    assert names_in_full(text, name) is named


# The page


def test_the_leavers_page_leads_there_until_it_is_done(gone_ann, dee, client):
    client.force_login(dee)
    assert f'href="{ADDRESS}"' in client.get("/people/ann/").content.decode()
    employee = erased(gone_ann, dee)
    page = client.get(f"/people/{employee.number}/").content.decode()
    assert "/erase/" not in page


def test_hr_sees_the_effect_first(gone_ann, dee, client):
    client.force_login(dee)
    page = client.get(ADDRESS).content.decode()
    assert f"Former colleague {gone_ann.pk}" in page
    assert "11 traces are deleted" in page
    assert "Ann helps out" in page
    assert Employee.objects.get(pk=gone_ann.pk).name == "Ann"


def test_hr_types_the_number_and_why(gone_ann, dee, client):
    client.force_login(dee)
    answer = client.post(ADDRESS, {"number": "ann", "why": "asked for it"})
    assert answer.url == f"/people/erased-{gone_ann.pk}/"
    assert Employee.objects.get(pk=gone_ann.pk).erased_at


@pytest.mark.parametrize(
    "said, message",
    [
        ({}, "required"),
        ({"number": "Ann", "why": "x"}, "not the number of the person"),
        ({"number": "bob", "why": "x"}, "not the number of the person"),
        ({"number": "ann", "why": " "}, "required"),
        ({"number": "ann", "why": "ANN asked"}, "without the name"),
        ({"number": "ann", "why": "x" * 501}, "at most 500"),
    ],
)
def test_wrong_input_erases_nobody(gone_ann, dee, client, said, message):
    client.force_login(dee)
    answer = client.post(ADDRESS, said)
    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert not Employee.objects.get(pk=gone_ann.pk).erased_at


def test_the_page_says_why_somebody_can_not_be_erased(ann, dee, client):
    client.force_login(dee)
    for answer in (client.get(ADDRESS), client.post(ADDRESS, {"number": "ann", "why": "x"})):
        assert "Enter the last day first" in answer.content.decode()
        assert "Erase for good" not in answer.content.decode()
    assert not Employee.objects.get(pk=ann.employee.pk).erased_at


def test_the_second_factor_is_asked_for_again(gone_ann, dee, client, monkeypatch):
    client.force_login(dee)
    monkeypatch.setattr("people.second_factor.FRESH_SECONDS", -1)
    answer = client.post(ADDRESS, {"number": "ann", "why": "x"})
    assert answer.status_code == 302
    assert "second-factor" in answer.url
    assert not Employee.objects.get(pk=gone_ann.pk).erased_at


@pytest.mark.parametrize("name", ["bob", "fay", "eve", "max_auditor", "root"])
def test_nobody_but_hr_erases(client, request, gone_ann, name):
    client.force_login(request.getfixturevalue(name))
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {"number": "ann", "why": "x"}).status_code == 403


def test_who_is_not_known_is_not_found(dee, client):
    client.force_login(dee)
    assert client.get("/people/nobody/erase/").status_code == 404
