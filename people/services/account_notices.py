"""What people are told of their own account and of their files."""

import hashlib
import re
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import AuditEntry, Department, ImportDraft, Notice, Role, User
from people.services.notices import Facts, Kind, Way, register, tell

SECOND_FACTOR = {
    "added": gettext_lazy("A second factor was added to your account."),
    "removed": gettext_lazy("A second factor was removed from your account."),
    "renewed": gettext_lazy("New recovery codes were made for your account."),
}


def _not_you(sentence: str) -> str:
    return f"{sentence} " + _(
        "If that was not you, change your password and tell your administrator."
    )


def _new_device(facts: Facts) -> str:
    browser = facts["browser"] or _("an unknown browser")
    return _not_you(
        _("Somebody signed in to your account with a device that is new here: %(browser)s.")
        % {"browser": browser}
    )


def _roles(facts: Facts) -> str:
    if not facts["roles"]:
        return _("Your roles were taken back.")
    return _("Your roles are now: %(roles)s.") % {
        "roles": ", ".join(_role_in_words(role) for role in facts["roles"])
    }


def _role_in_words(listed: str) -> str:
    """`hr` or `lead:CLAIMS`, as the log lists them."""
    role, _colon, code = listed.partition(":")
    if not code:
        return str(Role(role).label)
    department = Department.objects.filter(code=code).first()
    return _("lead of %(department)s") % {"department": department.name if department else code}


def _import(facts: Facts) -> str:
    said = {"file": facts["file"]}
    if facts["state"] == ImportDraft.State.APPLIED:
        return _("Your file %(file)s is imported.") % said
    return _("Your file %(file)s was not imported; nothing was changed.") % said


NEW_DEVICE = Kind(
    "new-device",
    gettext_lazy("Signed in on a new device"),
    _new_device,
    fixed=True,
    way=Way.AT_ONCE,
)
PASSWORD = Kind(
    "password", gettext_lazy("Your password was changed"),
    lambda _facts: _not_you(_("The password of your account was changed.")),
    fixed=True, way=Way.AT_ONCE,
)  # fmt: skip
FACTOR = Kind(
    "second-factor", gettext_lazy("Your second factor was changed"),
    lambda facts: _not_you(str(SECOND_FACTOR[facts["what"]])),
    fixed=True, way=Way.AT_ONCE,
)  # fmt: skip
LINKED = Kind(
    "single-sign-on", gettext_lazy("Single sign-on was linked"),
    lambda _facts: _not_you(_("Your account can be opened by single sign-on from now on.")),
    fixed=True, way=Way.AT_ONCE,
)  # fmt: skip
ROLES = Kind("roles", gettext_lazy("Your roles have changed"), _roles, way=Way.AT_ONCE)
IMPORT = Kind(
    "import", gettext_lazy("An import has finished or failed"), _import, way=Way.HERE,
    roles=frozenset({Role.LEAD, Role.HR, Role.ADMINISTRATOR}),
)  # fmt: skip
register(NEW_DEVICE, PASSWORD, FACTOR, LINKED, ROLES, IMPORT)


def _device(browser: str, address: str | None) -> str:
    """A browser on a system, whatever their versions, by IPv4 or IPv6."""
    family = "6" if ":" in (address or "") else "4"
    without_versions = re.sub(r"[\d._]+", "", browser)
    return hashlib.sha256(f"{family} {without_versions}".encode()).hexdigest()[:32]


@transaction.atomic
def tell_of_device(user: User, *, browser: str, address: str | None, now: datetime) -> bool:
    """Tell of a sign-in by a device not seen before. The notices themselves are what remembers;
    the very first device is remembered and not told of."""
    first = not Notice.objects.filter(user=user, kind=NEW_DEVICE.code).exists()
    key = f"device:{_device(browser, address)}"
    if first:
        Notice.objects.get_or_create(
            user=user, key=key,
            defaults={"kind": NEW_DEVICE.code, "facts": {"browser": browser[:90]},
                      "path": reverse("devices"), "read_at": now, "mailed_at": now},
        )  # fmt: skip
        return False
    return tell(user, NEW_DEVICE, key=key, facts={"browser": browser[:90]}, path=reverse("devices"))


def tell_of_password(user: User, *, now: datetime) -> None:
    tell(user, PASSWORD, key=f"password:{now.isoformat()}", facts={}, path=reverse("devices"))


def tell_of_second_factor(user: User, *, what: str, now: datetime) -> None:
    """`what`: added, removed or renewed."""
    key = f"second-factor:{what}:{now.isoformat()}"
    tell(user, FACTOR, key=key, facts={"what": what}, path=reverse("mfa_index"))


def tell_of_link(user: User, *, now: datetime) -> None:
    tell(user, LINKED, key=f"linked:{now.isoformat()}", facts={}, path=reverse("devices"))


def tell_of_roles(user: User, *, roles: list[str], entry: AuditEntry) -> None:
    """`roles` as the log lists them, `entry` that log's. Whoever has never signed in gets an
    invitation, and not this."""
    if user.last_login:
        tell(user, ROLES, key=f"roles:{entry.pk}", facts={"roles": roles})


def tell_of_import(draft: ImportDraft, *, now: datetime) -> None:
    facts = {"file": draft.filename, "state": draft.state}
    key = f"import:{draft.pk}:{now.isoformat()}"
    tell(draft.made_by, IMPORT, key=key, facts=facts, path=reverse("import", args=[draft.pk]))
