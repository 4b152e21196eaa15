"""Everything about one person as a file: complete, without secrets, and on the record."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.utils import timezone

from people.models import (
    AuditEntry,
    Employee,
    ImportDraft,
    Invitation,
    Notice,
    OutgoingMail,
    Pin,
    RoleAssignment,
    SalaryLook,
    SignInAttempt,
    User,
)
from people.services import audit, personal
from people.services.drafts import upload
from people.services.importing import Options
from people.services.invitations import invite
from people.services.pins import SHARED_SESSION
from people.services.retention import forget_what_is_over
from tests.conftest import MONDAY, make_result

pytestmark = pytest.mark.django_db

MADE_IT = "sees only who made it; what was done stands in the changes made by the person"
NOT_EXPORTED = {
    "people.CalendarEntry.made_by": MADE_IT,
    "people.Invitation.made_by": MADE_IT,
    "people.Policy.made_by": MADE_IT,
    "people.RoleAssignment.made_by": MADE_IT,
    "ledger.Transfer.made_by": MADE_IT,
    "incentives.BonusPayment.made_by": MADE_IT,
    "incentives.BonusPolicy.made_by": MADE_IT,
    "incentives.BonusRun.approved_by": MADE_IT,
    "incentives.BonusRun.made_by": MADE_IT,
    "incentives.BonusRun.proposed_by": MADE_IT,
    "incentives.BonusRun.voided_by": MADE_IT,
    "incentives.DayVerdict.made_by": MADE_IT,
    "incentives.Excuse.made_by": MADE_IT,
    "incentives.Headline.made_by": MADE_IT,
    "incentives.LeadProposal.made_by": MADE_IT,
    "incentives.PoolPolicy.made_by": MADE_IT,
    "incentives.PoolYearAct.decided_by": MADE_IT,
    "incentives.PoolYearAct.made_by": MADE_IT,
    "incentives.Target.made_by": MADE_IT,
    "screens.Pairing.approved_by": MADE_IT,
    "screens.Screen.made_by": MADE_IT,
    "screens.Withdrawal.employee": "the receipt is a notice, and notices are there",
    "surveys.PaperEntry.typed_by": "gone when the second of two has typed the same ballot",
    "surveys.Release.released_by": MADE_IT,
    "surveys.Wave.hr_holder": MADE_IT,
    "people.PersonKey.employee": "a secret",
    "cms.ActionsPage.owner": "a kind of page, and pages are there",
    "cms.AnnouncementIndexPage.owner": "a kind of page, and pages are there",
    "cms.AnnouncementPage.owner": "a kind of page, and pages are there",
    "cms.HomePage.owner": "a kind of page, and pages are there",
    "cms.ResultsIndexPage.owner": "a kind of page, and pages are there",
    "cms.ResultsPage.owner": "a kind of page, and pages are there",
    "cms.StoryIndexPage.owner": "a kind of page, and pages are there",
    "cms.StoryPage.owner": "a kind of page, and pages are there",
    "wagtailadmin.EditingSession.user": "gone when the page is closed",
    "wagtailadmin.FormState.user": "gone when the page is closed",
    "wagtailcore.Comment.resolved_by": "comments are switched off",
    "wagtailcore.Comment.user": "comments are switched off",
    "wagtailcore.CommentReply.user": "comments are switched off",
    "wagtailcore.PageSubscription.user": "comments are switched off",
    "wagtailcore.Revision.user": "repeats the changes of pages",
    "wagtailcore.TaskState.finished_by": "repeats the changes in the editor's room",
    "wagtailcore.UploadedFile.uploaded_by_user": "gone when the picture or document is made",
    "wagtailcore.WorkflowState.requested_by": "repeats the changes in the editor's room",
}
LOCKS = "locked_by"
"""Who holds a page open for a moment."""


def keys_to_people() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in (User, Employee) and field.name != LOCKS
    }


def test_each_table_that_points_to_a_person_is_exported_or_left_out_for_a_reason():
    exported = {key for part in personal.registered() for key in part.covers}
    left_out = {key for key, reason in NOT_EXPORTED.items() if reason}
    assert keys_to_people() - exported - left_out == set()
    assert left_out & exported == set()
    assert left_out - keys_to_people() == set()


SECRETS = ("hashed-pin", "invitation-digest", "session-key", "totp-secret", "the file's content")


@pytest.fixture
def traces(ann, dee, system, claims, answered):
    """Something of Ann in many tables, with a secret where there is one."""
    make_result(claims, answered, MONDAY, "80", ann)
    Notice.objects.create(user=ann, kind="x", key="x", facts={"day": "2026-03-02"})
    OutgoingMail.objects.create(
        key="k", to="Ann@example.org", subject="Hello Ann", body="b", not_before=timezone.now()
    )
    Invitation.objects.create(
        user=ann, sha256="invitation-digest", way="mail", made_by=dee, expires_at=timezone.now()
    )
    Pin.objects.create(user=ann, hashed="hashed-pin")
    SignInAttempt.objects.create(account="a", user=ann, address="192.0.2.7", way="password")
    UserSession.objects.create(
        user=ann, ip="192.0.2.7", user_agent="Firefox", session_key="session-key"
    )
    Authenticator.objects.create(user=ann, type="totp", data={"secret": "totp-secret"})
    SalaryLook.objects.create(by=dee, employee=ann.employee, where="person page")
    upload("results", b"the file's content", filename="r.csv", options=Options(), by=ann)
    RoleAssignment.objects.create(
        user=ann, role="editor", from_date=MONDAY, made_by=dee, reason="helps"
    )
    audit.record("rename", by=dee, subject=f"employee:{ann.employee.pk}", before={"name": "An"},
                 after={"name": "Ann"}, person=ann.employee)  # fmt: skip
    audit.record("set_roles", by=dee, subject=f"user:{ann.pk}", after=["editor"])
    audit.record("set_policy", by=ann, subject="policy:cut_off", after={"value": "13:00"})
    return ann


def taken(client, address: str, form: str):
    return client.post(address, {"form": form})


def as_json(client, address="/my-data/") -> dict:
    return json.loads(taken(client, address, "json").content)


def test_a_person_takes_everything_about_themself(client, traces, dee, claims):
    client.force_login(traces)
    kept = as_json(client)
    assert {name: len(rows) for name, rows in kept.items() if rows} == {
        "employee": 1, "account": 1, "memberships": 1, "salaries": 1, "roles": 1,
        "salary-looks": 1, "notices": 1, "mails": 1, "invitations": 1, "pin": 1, "sign-ins": 1,
        "sessions": 1, "second-factors": 1, "uploads": 1, "changes-about": 3, "changes-by": 2,
        "figures": 1,
    }  # fmt: skip
    assert kept["employee"][0]["name"] == "Ann"
    assert kept["memberships"] == [{
        "from_date": "2020-01-01", "until_date": None, "employee": "Ann", "department": "Claims",
        "fte_bp": 10_000, "good_leaver": None,
    }]  # fmt: skip
    assert kept["salaries"] == [{
        "employee": "Ann", "from_date": "2020-01-01", "annual_minor": 3_000_000, "currency": "GBP",
    }]  # fmt: skip
    [renamed, _roles, _exported] = kept["changes-about"]
    assert (renamed["before"], renamed["after"]) == ({"name": "An"}, {"name": "Ann"})
    assert kept["mails"][0]["subject"] == "Hello Ann"


def test_no_secret_leaves_the_house(client, traces):
    client.force_login(traces)
    text = taken(client, "/my-data/", "json").content.decode()
    assert [secret for secret in SECRETS if secret in text] == []
    assert traces.password not in text


def test_other_peoples_values_are_not_in_it(client, traces, bob, dee):
    audit.record("rename", by=traces, subject=f"employee:{bob.employee.pk}", after="Robert",
                 person=bob.employee)  # fmt: skip
    SalaryLook.objects.create(by=traces, employee=bob.employee, where="person page")
    client.force_login(traces)
    kept = as_json(client)
    assert "Robert" not in json.dumps(kept)
    assert "employee" not in kept["salaries-seen"][0]


def test_the_same_comes_as_csv_files(client, traces):
    traces.employee.job_title = "=HYPERLINK(1)"
    traces.employee.save()
    client.force_login(traces)
    archive = zipfile.ZipFile(io.BytesIO(taken(client, "/my-data/", "csv").content))
    assert "salaries.csv" in archive.namelist()
    text = archive.read("employee.csv").decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["name"], row["job_title"]) == ("Ann", "'=HYPERLINK(1)")


def test_taking_it_is_on_the_record_and_looking_at_the_page_is_not(client, traces):
    client.force_login(traces)
    before = AuditEntry.objects.count()
    page = client.get("/my-data/")
    assert page.status_code == 200
    assert "Departments" in page.content.decode()
    assert AuditEntry.objects.count() == before
    taken(client, "/my-data/", "csv")
    [shown] = audit.opened(AuditEntry.objects.order_by("-pk")[:1])
    assert (shown.entry.action, shown.entry.by, shown.after) == (
        "export_personal_data", traces, {"form": "csv"},
    )  # fmt: skip
    assert SalaryLook.objects.count() == 1


def test_hr_takes_it_for_somebody_and_that_is_a_look_at_the_salary(client, traces, dee):
    client.force_login(dee)
    kept = as_json(client, "/people/ann/data/")
    assert kept["employee"][0]["name"] == "Ann"
    look = SalaryLook.objects.latest("pk")
    assert (look.by, look.employee, look.where) == (dee, traces.employee, "personal data")


@pytest.mark.parametrize("name", ["bob", "fay", "eve", "max_auditor", "root"])
def test_nobody_else_takes_somebodys_data(client, request, ann, name):
    client.force_login(request.getfixturevalue(name))
    assert client.get("/people/ann/data/").status_code == 403
    assert taken(client, "/people/ann/data/", "json").status_code == 403
    assert not SalaryLook.objects.exists()


def test_nobody_by_that_number_is_not_found(client, dee):
    client.force_login(dee)
    assert client.get("/people/nobody/data/").status_code == 404


def test_an_account_without_an_employee_has_no_such_page(client):
    client.force_login(User.objects.create_user("machine"))
    assert client.get("/my-data/").status_code == 404


@pytest.mark.parametrize("form", ["", "exe"])
def test_another_form_of_file_is_not_found_and_not_recorded(client, ann, form):
    client.force_login(ann)
    assert taken(client, "/my-data/", form).status_code == 404
    assert not AuditEntry.objects.exists()


def test_a_shared_device_is_given_no_file(client, ann):
    client.force_login(ann)
    session = client.session
    session[SHARED_SESSION] = True
    session.save()
    assert "ask HR" in client.get("/my-data/").content.decode()
    assert taken(client, "/my-data/", "json").status_code == 403


@pytest.mark.parametrize(
    "name, links",
    [("ann", ["/my-data/"]), ("dee", ["/people/ann/data/", "/audit/?person=ann"]),
     ("max_auditor", ["/audit/?person=ann"]), ("bob", []), ("root", [])],
)  # fmt: skip
def test_the_persons_page_leads_to_what_is_kept(client, request, ann, name, links):
    client.force_login(request.getfixturevalue(name))
    main = client.get("/people/ann/").content.decode().partition("<h1")[2]
    known = ("/my-data/", "/people/ann/data/", "/audit/?person=ann", "/people/ann/erase/")
    assert [link for link in known if f'href="{link}"' in main] == links


# What is forgotten by itself


def aged(model, **values) -> None:
    model.objects.update(**values)


def test_what_is_over_is_forgotten_after_its_time(traces, dee):
    now = timezone.now()
    forget_what_is_over(now=now)
    assert SignInAttempt.objects.count() == Invitation.objects.count() == 1
    assert bytes(ImportDraft.objects.get().content) == b"the file's content"
    aged(SignInAttempt, at=now - timedelta(days=91))
    aged(Invitation, expires_at=now - timedelta(days=31))
    aged(ImportDraft, made_at=now - timedelta(days=31), report={"rows": 2, "changes": ["Ann"]})
    aged(OutgoingMail, not_before=now - timedelta(days=2), state="failed")
    forget_what_is_over(now=now)
    assert SignInAttempt.objects.count() == Invitation.objects.count() == 0
    draft = ImportDraft.objects.get()
    assert (bytes(draft.content), draft.state, draft.report["rows"]) == (b"", "refused", 2)
    assert "changes" not in draft.report
    assert "upload it again" in draft.report["errors"][0]["message"]
    assert OutgoingMail.objects.get().body == ""


def test_an_applied_file_stays_applied_when_it_is_emptied(traces):
    aged(ImportDraft, made_at=timezone.now() - timedelta(days=31), state="applied")
    forget_what_is_over(now=timezone.now())
    draft = ImportDraft.objects.get()
    assert (bytes(draft.content), draft.state, draft.report) == (b"", "applied", {})


def test_a_mail_that_still_waits_keeps_its_text(traces):
    aged(OutgoingMail, not_before=timezone.now() - timedelta(days=2))
    forget_what_is_over(now=timezone.now())
    assert OutgoingMail.objects.get().body == "b"


def test_what_hr_takes_of_a_colleague_holds_no_link_that_opens_the_account(client, eve, dee):
    invite(eve.employee, way=Invitation.Way.MAIL, by=dee)
    OutgoingMail.objects.update(state=OutgoingMail.State.WAITING, body="/invitation/a-secret/")
    client.force_login(dee)
    kept = client.post("/people/eve/data/", {"form": "json"})
    assert "Your account at Ninetyfive" in kept.content.decode()
    assert "a-secret" not in kept.content.decode()
