"""A case's receipt: looked at by whoever may see the case, added by whoever spent."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from empowerment.forms.spending import ReceiptForm
from empowerment.models import Case, Receipt
from empowerment.services.allowances import SpendingRefused
from empowerment.services.receipts import add_receipt, say_no_receipt
from empowerment.views.cases import case_for


@login_required
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture where there is one; else, to whoever spent, the form. Others' answer 404."""
    case = case_for(request, pk, "empowerment.see_case")
    if request.method != "POST" and Receipt.objects.filter(case=case).exists():
        return render(request, "empowerment/receipt.html", {"case": case})
    if not request.user.has_perm("empowerment.own_case", case):
        raise Http404
    form = ReceiptForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if form.is_valid() and _kept(request, case, form):
        messages.success(request, _("Kept with the case."))
        return redirect("case", case.pk)
    return render(request, "empowerment/receipt.html", {"case": case, "form": form})


@login_required
@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    case = case_for(request, pk, "empowerment.see_case")
    kept = get_object_or_404(Receipt, case=case)
    return HttpResponse(bytes(kept.image), content_type="image/webp")


def _kept(request: HttpRequest, case: Case, form: ReceiptForm) -> bool:
    said, now = form.cleaned_data, timezone.now()
    try:
        if said["receipt"]:
            add_receipt(case, said["receipt"], by=request.user, now=now)
        else:
            say_no_receipt(case, said["no_receipt"], by=request.user, now=now)
    except SpendingRefused as refused:
        form.add_error(refused.field or None, str(refused))
        return False
    return True
