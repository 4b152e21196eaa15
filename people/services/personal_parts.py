"""What this app keeps about a person."""

from base64 import b64encode

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import (
    AuditEntry,
    Consent,
    Employee,
    ImportDraft,
    Invitation,
    Leave,
    Membership,
    Notice,
    NoticeChoice,
    OutgoingMail,
    Photo,
    Pin,
    RoleAssignment,
    Salary,
    SalaryLook,
    SignInAttempt,
)
from people.services import audit
from people.services.personal import Part, Row, as_row, rows_of


def _employee(employee: Employee) -> list[Row]:
    return [as_row(employee, without=("sort_key", "search_text"))]


def _account(employee: Employee) -> list[Row]:
    secret = ("password", "is_superuser", "is_staff")
    return [as_row(employee.user, without=secret)] if employee.user else []


def _mails(employee: Employee) -> list[Row]:
    # Not the text: it is deleted once sent, and until then links in it open the account.
    sent = OutgoingMail.objects.filter(to__iexact=employee.email) if employee.email else ()
    return [as_row(mail, without=("key", "last_error", "body")) for mail in sent]


def _photo(employee: Employee) -> list[Row]:
    """The picture itself, in the text form in which files of text carry one."""
    return [
        {
            "type": "image/webp", "base64": b64encode(photo.image).decode(),
            "changed_at": photo.changed_at.isoformat(),
        }
        for photo in Photo.objects.filter(employee=employee)
    ]  # fmt: skip


def _changes_about(employee: Employee) -> list[Row]:
    about = Q(person=employee) | Q(subject=f"employee:{employee.pk}")
    if employee.user_id:
        about |= Q(subject=f"user:{employee.user_id}")
    entries = AuditEntry.objects.filter(about).select_related("by").order_by("pk")
    return [
        {
            "at": each.entry.at.isoformat(), "by": str(each.entry.by),
            "action": each.entry.action, "before": each.before, "after": each.after,
            "why": each.why,
        }
        for each in audit.opened(entries)
    ]  # fmt: skip


def _changes_by(employee: Employee) -> list[Row]:
    """What somebody did, but not the values: those may be about others."""
    entries = AuditEntry.objects.filter(by__employee=employee).order_by("pk")
    return [
        {"at": at.isoformat(), "action": action, "subject": subject}
        for at, action, subject in entries.values_list("at", "action", "subject")
    ]


PARTS = (
    Part("employee", _("Master data"), _employee, frozenset({"people.Employee.manager"})),
    Part("account", _("Account"), _account, frozenset({"people.Employee.user"})),
    rows_of("memberships", _("Departments"), Membership, "employee"),
    rows_of("consent", _("Consent to be named and shown"), Consent, "employee"),
    Part("photo", _("Photo"), _photo, frozenset({"people.Photo.employee"})),
    rows_of("leaves", _("Leave"), Leave, "employee"),
    rows_of("salaries", _("Salaries"), Salary, "employee"),
    rows_of("roles", _("Roles"), RoleAssignment, "user"),
    rows_of("salary-looks", _("Who saw the salary"), SalaryLook, "employee"),
    rows_of("salaries-seen", _("Salaries seen"), SalaryLook, "by", without=("employee",)),
    rows_of("notices", _("Notices"), Notice, "user"),
    rows_of("notice-choices", _("Choices for notices"), NoticeChoice, "user"),
    Part("mails", _("E-mails"), _mails),
    rows_of("invitations", _("Invitations"), Invitation, "user", without=("sha256",)),
    rows_of("pin", _("PIN"), Pin, "user", without=("hashed",)),
    rows_of("sign-ins", _("Signing in"), SignInAttempt, "user", without=("account",)),
    rows_of(
        "sessions", _("Devices"), UserSession, "user", without=("session_key", "data")
    ),
    rows_of("second-factors", _("Second factors"), Authenticator, "user", without=("data",)),
    rows_of("addresses", _("E-mail addresses"), EmailAddress, "user"),
    rows_of("single-sign-on", _("Single sign-on"), SocialAccount, "user"),
    rows_of(
        "uploads", _("Uploaded files"), ImportDraft, "made_by", without=("content", "report")
    ),
    Part("changes-about", _("Changes about the person"), _changes_about,
         frozenset({"people.AuditEntry.person"})),
    Part("changes-by", _("Changes made by the person"), _changes_by,
         frozenset({"people.AuditEntry.by"})),
)  # fmt: skip
