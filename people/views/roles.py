"""Who has which roles, since when and why; giving and taking them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from people.filters import RoleFilter
from people.forms.employment import RolesForm
from people.lists import show_list
from people.models import RoleAssignment
from people.permissions import roles_of
from people.services.access import give_roles
from people.services.roles import RolesRefused, held_roles
from people.tables import RoleTable
from people.views.employment import keeps_people, somebody_else
from people.views.people import roles_of_person


@login_required
@permission_required("people.see_roles", raise_exception=True)
def index(request):
    now_or_later = RoleAssignment.objects.exclude(until_date__lt=timezone.localdate())
    return show_list(
        request,
        RoleTable,
        now_or_later.select_related("user__employee", "department", "made_by__employee"),
        title=_("Who has which role"),
        filters=RoleFilter,
    )


@keeps_people
def change(request, number: str):
    employee = somebody_else(request, number)
    held = held_roles(employee.user) if employee.user else {}
    form = RolesForm(
        request.POST or None, initial=RolesForm.showing(held), by_roles=roles_of(request.user)
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            changed = give_roles(
                employee, form.wanted(held), from_date=said["from_date"], reason=said["reason"],
                by=request.user,
            )  # fmt: skip
        except RolesRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.info(request, _("Changed.") if changed else _("Nothing has changed."))
            return redirect("person", employee.number)
    context = {"employee": employee, "form": form, "roles": roles_of_person(employee)}
    return render(request, "people/roles.html", context)
