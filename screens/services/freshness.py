"""One number that grows with whatever screens must follow within a minute: every server compares
it, so none has to be told."""

from django.db import transaction
from django.db.models import F

from screens.models import Change

ONLY = 1


@transaction.atomic
def changed(*_args: object, **_kwargs: object) -> None:
    """To be called in the transaction of the change; whoever reads the new number reads the change
    too."""
    if not Change.objects.filter(pk=ONLY).update(number=F("number") + 1):
        Change.objects.get_or_create(pk=ONLY, defaults={"number": 1})


def change_now() -> int:
    return Change.objects.filter(pk=ONLY).values_list("number", flat=True).first() or 0
