"""A shared device: number and slip code hand out a ballot, and nothing outlives who stood there."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from people.forms.accounts import too_many
from people.services.guessing import TooManyGuesses
from surveys.forms.station import KioskForm
from surveys.models import Wave
from surveys.services.slips import claim_by_slip
from surveys.services.station import StationRefused
from surveys.views.ballots import ask, knows_nobody


@knows_nobody
def kiosk(request: HttpRequest) -> HttpResponse:
    """Taking the ballot and casting it are two requests here too; the questions lie between."""
    form = KioskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        address = get_adapter().get_client_ip(request)
        try:
            credential = claim_by_slip(**form.cleaned_data, address=address, now=timezone.now())
        except TooManyGuesses as error:
            form.add_error(None, too_many(error))
        except StationRefused as refused:
            form.add_error(None, str(refused))
        else:
            poll = Wave.objects.get(code=credential.wave)
            return ask(request, poll, credential, kiosk=True)
    return render(request, "surveys/ballot/kiosk.html", {"form": form})
