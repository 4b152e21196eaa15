"""Slips for staff without e-mail: a code by which somebody shows at a kiosk who they are.

The code opens no ballot: it takes the place of signing in, and only to claim. It is in no table; it
follows from the poll and the person by the product's secret.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from people.models import Employee, SignInAttempt, User
from people.services import audit, guessing
from people.services.languages import language_of
from surveys.models import Invitation, Wave
from surveys.rules.sealing import LETTERS
from surveys.services.station import Credential, StationRefused, claim_for

LENGTH = 10
"""Letters of five bits: 2^50 codes."""
_READ_AS = str.maketrans("ILOU", "110V", " -\n\t")


@dataclass(frozen=True)
class PollSlip:
    """What is printed for one person; `link` fills in the kiosk's form and reaches no log."""

    name: str
    number: str
    code: str
    link: str
    language: str


def slip_code(wave: Wave, number: str) -> str:
    """Ten letters that nobody confuses, in two groups."""
    made = salted_hmac(f"surveys.slip.{wave.code}", number, algorithm="sha256").digest()
    bits = int.from_bytes(made)
    letters = "".join(LETTERS[bits >> 5 * place & 31] for place in range(LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def slips_for(wave: Wave, employees: Sequence[Employee], *, by: User) -> list[PollSlip]:
    """Of those who are invited, whether they have taken their ballot or not: whoever prints would
    learn who has, and, printing each hour, when. The log says how many, not whose.

    Raises StationRefused where nobody is.
    """
    invited = Invitation.objects.filter(wave=wave, employee__in=employees)
    rows = invited.select_related("employee").order_by("employee__name", "employee__number")
    slips = [_slip(wave, each.employee) for each in rows]
    if not slips:
        raise StationRefused(_("Nobody is invited there."))
    audit.record("print_slips", by=by, subject=f"poll:{wave.code}", after={"slips": len(slips)})
    return slips


def _slip(wave: Wave, employee: Employee) -> PollSlip:
    code = slip_code(wave, employee.number)
    said = urlencode({"number": employee.number, "code": code})
    link = f"{settings.BASE_URL}{reverse('kiosk')}#{said}"
    return PollSlip(employee.name, employee.number, code, link, language_of(employee))


def claim_by_slip(number: str, code: str, *, address: str | None, now: datetime) -> Credential:
    """The ballot of whoever has this number and this slip. Of an attempt that succeeded nothing
    stays: it would say when somebody took theirs.

    Raises StationRefused, and guessing.TooManyGuesses.
    """
    number, typed = number.strip(), code.upper().translate(_READ_AS)
    attempt = guessing.begin(
        f"poll slip {number}", way=SignInAttempt.Way.PIN, address=address, user=None
    )
    open_now = Wave.objects.filter(state=Wave.State.OPEN, opens_at__lte=now, closes_at__gt=now)
    for wave in open_now.order_by("closes_at", "code"):
        invited = Employee.objects.filter(
            pk__in=Invitation.objects.filter(wave=wave).values("employee"), number__iexact=number
        )
        # Asked for a number that nobody has too: the answer takes as long.
        for employee in [*invited] or [Employee(number=number)]:
            right = slip_code(wave, employee.number).replace("-", "")
            if hmac.compare_digest(right.encode(), typed.encode()) and employee.pk:
                # Nor of mistakes just before: whoever mistyped stood there a moment ago.
                SignInAttempt.objects.filter(account=attempt.account).delete()
                return claim_for(wave, employee, now=now)
    raise StationRefused(_("That number or code is not right, or the poll is not open."))
