"""Who and where: sites, departments, employees, what holds for them from which day, and the log."""

from people.models.accounts import SYSTEM, User, Users
from people.models.consents import LARGEST_PHOTO, Consent, Photo, ShownTo
from people.models.credentials import Invitation, Pin, SignInAttempt
from people.models.imports import ImportDraft, RememberedMapping
from people.models.log import AuditEntry, AuditSeal, PersonKey, SalaryLook
from people.models.notices import Notice, NoticeChoice, OutgoingMail
from people.models.places import CalendarEntry, Department, Placement, Site, WorkingWeek
from people.models.policies import Policy
from people.models.roles import Role, RoleAssignment
from people.models.spans import InForce, Spanned
from people.models.staff import Employee, Employees, Leave, LeaveKind, Membership, Salary

__all__ = [
    "LARGEST_PHOTO",
    "SYSTEM",
    "AuditEntry",
    "AuditSeal",
    "CalendarEntry",
    "Consent",
    "Department",
    "Employee",
    "Employees",
    "ImportDraft",
    "InForce",
    "Invitation",
    "Leave",
    "LeaveKind",
    "Membership",
    "Notice",
    "NoticeChoice",
    "OutgoingMail",
    "PersonKey",
    "Photo",
    "Pin",
    "Placement",
    "Policy",
    "RememberedMapping",
    "Role",
    "RoleAssignment",
    "Salary",
    "SalaryLook",
    "ShownTo",
    "SignInAttempt",
    "Site",
    "Spanned",
    "User",
    "Users",
    "WorkingWeek",
]
