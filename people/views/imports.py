"""Uploading a file: look at what would change before it does."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import second_factor
from people.filters import ImportFilter
from people.forms.imports import ImportForm, MappingForm
from people.lists import show_list
from people.models import ImportDraft
from people.services.drafts import UNDER_WAY, begin_applying, try_again, upload
from people.services.importing import IGNORE, Options, importer, importers
from people.tables import ImportTable
from people.tasks import apply_uploaded_file, check_uploaded_file


@login_required
def index(request):
    if not any(request.user.has_perm(each.permission) for each in importers()):
        raise PermissionDenied
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        draft = upload(
            said["kind"],
            said["file"].read(),
            filename=said["file"].name,
            options=Options(as_of=said["as_of"], accept_implausible=said["accept_implausible"]),
            by=request.user,
        )
        check_uploaded_file.enqueue(draft_id=draft.pk)
        return redirect("import", draft.pk)
    drafts = ImportDraft.objects.filter(made_by=request.user).defer("content")
    return show_list(
        request, ImportTable, drafts, title=_("Imports"), filters=ImportFilter,
        template="people/imports.html", shown={"form": form},
    )  # fmt: skip


def _own_draft(request, pk: int) -> ImportDraft:
    draft = get_object_or_404(ImportDraft.objects.defer("content"), pk=pk, made_by=request.user)
    if not request.user.has_perm(importer(draft.kind).permission):
        raise PermissionDenied
    return draft


@login_required
def show(request, pk: int):
    draft = _own_draft(request, pk)
    return _shown(request, draft, _mapping_form(draft))


def _shown(request, draft: ImportDraft, form: MappingForm):
    context = {"draft": draft, "form": form, "under_way": draft.state in UNDER_WAY}
    return render(request, "people/import.html", context)


def _mapping_form(draft: ImportDraft, posted=None) -> MappingForm:
    chosen = importer(draft.kind)
    given = Options.from_json(draft.options)
    headers = list(dict.fromkeys([*draft.report.get("unknown", []), *given.map]))
    sheets = draft.report.get("sheets", []) if getattr(chosen, "wide_sheets", False) else []
    meanings = [IGNORE, *chosen.meanings()]
    initial = {name: getattr(given, name) or "" for name in ("encoding", "date_order", "decimal")}
    return MappingForm(
        posted, headers=headers, sheets=sheets, meanings=meanings, given=given, initial=initial
    )


@login_required
@require_POST
def read_anew(request, pk: int):
    draft = _own_draft(request, pk)
    form = _mapping_form(draft, request.POST)
    if not form.is_valid():
        return _shown(request, draft, form)
    try_again(draft, options=form.options())
    check_uploaded_file.enqueue(draft_id=draft.pk)
    return redirect("import", pk)


@login_required
@require_POST
def apply(request, pk: int):
    draft = _own_draft(request, pk)
    if importer(draft.kind).moves_money:
        return second_factor.shown_again(_apply)(request, draft)
    return _apply(request, draft)


def _apply(request, draft: ImportDraft):
    if not begin_applying(draft.pk):
        messages.warning(request, _("Nothing was imported now: see below how the file stands."))
        return redirect("import", draft.pk)
    apply_uploaded_file.enqueue(draft_id=draft.pk)
    messages.success(request, _("The import of %(file)s has started.") % {"file": draft.filename})
    return redirect("import", draft.pk)
