"""Receipts: a picture for a case, or why there is none; said once, by whoever spent."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from empowerment.models import Case, CaseStep, Receipt
from empowerment.services.allowances import SpendingRefused
from empowerment.services.giving_back import lock
from people.models import User
from people.services import audit
from people.services.retrying import retried


@retried
@transaction.atomic
def add_receipt(case: Case, image: bytes, *, by: User, now: datetime) -> Receipt:
    """Keep a picture (a WebP of at most 400,000 bytes) with a case; the same again is the same.

    Raises SpendingRefused: somebody else's, nothing was spent, another picture is there.
    """
    case = _own(case, by=by)
    digest = hashlib.sha256(image).hexdigest()
    known = Receipt.objects.defer("image").filter(case=case).first()
    if known:
        if known.sha256 != digest:
            raise SpendingRefused(_("This case has a receipt already."), "receipt")
        return known
    receipt = Receipt.objects.create(case=case, image=image, sha256=digest, added_at=now)
    CaseStep.objects.create(case=case, what=CaseStep.What.RECEIPT, made_by=by, made_at=now)
    _changed("add_receipt", case, {"receipt": digest}, by=by)
    return receipt


@retried
@transaction.atomic
def say_no_receipt(case: Case, reason: str, *, by: User, now: datetime) -> Case:
    """Say why there is no receipt. Raises SpendingRefused: somebody else's, no reason, there is one
    or it has been said."""
    case = _own(case, by=by)
    reason = reason.strip()
    if not reason:
        raise SpendingRefused(_("Say why there is no receipt."), "no_receipt")
    if case.no_receipt == reason:
        return case
    if case.no_receipt or Receipt.objects.filter(case=case).exists():
        raise SpendingRefused(_("This has been answered already."), "no_receipt")
    case.no_receipt = reason
    case.save(update_fields=["no_receipt"])
    text = _("none: %(reason)s") % {"reason": reason}
    CaseStep.objects.create(
        case=case, what=CaseStep.What.RECEIPT, text=text, made_by=by, made_at=now
    )
    _changed("say_no_receipt", case, {"no_receipt": reason}, by=by)
    return case


def _own(case: Case, *, by: User) -> Case:
    case = lock(case)
    if case.employee.user_id != by.pk:
        raise SpendingRefused(_("Only who spent it adds a receipt."))
    if case.state in (Case.State.DECLINED, Case.State.WITHDRAWN):
        raise SpendingRefused(_("Nothing of this case was spent."))
    return case


def _changed(action: str, case: Case, after: dict, *, by: User) -> None:
    audit.record(action, by=by, subject=f"case:{case.pk}", person=case.employee, after=after)
