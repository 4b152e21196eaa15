"""Who sits on the panel of a level, from a day through a day."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from people.models import Employee, User
from people.services import audit
from recognition.models import AwardLevel, PanelMember


class PanelRefused(Exception):
    """Nothing was changed; the message says why, `field` of the form is at fault."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@transaction.atomic
def seat(
    level: AwardLevel, employee: Employee, *, from_date: date, until_date: date | None, by: User
) -> PanelMember:
    """Somebody sits on the panel, through the last day if there is one. Raises PanelRefused."""
    if level.decides != AwardLevel.Decides.PANEL:
        raise PanelRefused(_("%(level)s is given by leads: it has no panel.") % {"level": level})
    if employee.user_id is None:
        raise PanelRefused(
            _("%(name)s has no login and could not vote.") % {"name": employee}, "employee"
        )
    if employee.erased_at or employee.has_left(on=from_date):
        raise PanelRefused(_("%(name)s does not work here then.") % {"name": employee}, "employee")
    if until_date and until_date < from_date:
        raise PanelRefused(_("The last day is not before the first."), "until_date")
    try:
        with transaction.atomic():
            member = PanelMember.objects.create(
                level=level, employee=employee, from_date=from_date, until_date=until_date
            )
    except IntegrityError:
        raise PanelRefused(
            _("%(name)s sits on this panel already in that time.") % {"name": employee}, "employee"
        ) from None
    _record("seat_on_panel", member, by=by)
    return member


@transaction.atomic
def end_seat(member: PanelMember, *, last_day: date, by: User) -> PanelMember:
    """Somebody's last day on the panel; votes that were given stay. Raises PanelRefused."""
    member = PanelMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if last_day < member.from_date:
        raise PanelRefused(_("The last day is not before the first."), "last_day")
    if member.until_date and member.until_date < last_day:
        raise PanelRefused(_("This seat ended earlier: give the person a new one."), "last_day")
    before = _span(member)
    member.until_date = last_day
    member.save(update_fields=["until_date"])
    _record("end_seat_on_panel", member, by=by, before=before)
    return member


def _record(
    action: str, member: PanelMember, *, by: User, before: dict[str, str | None] | None = None
) -> None:
    audit.record(
        action, by=by, subject=f"award-level:{member.level.code}", before=before,
        after={"employee": member.employee_id, **_span(member)}, person=member.employee,
    )  # fmt: skip


def _span(member: PanelMember) -> dict[str, str | None]:
    until = member.until_date.isoformat() if member.until_date else None
    return {"from": member.from_date.isoformat(), "until": until}
