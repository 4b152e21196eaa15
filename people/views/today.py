"""What needs me now, and how yesterday went."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from people.today import NEEDS_ME, cards_for


@login_required
def today(request):
    cards = cards_for(request, now=timezone.now())
    context = {
        "needs_me": [card for card in cards if card.place == NEEDS_ME],
        "others": [card for card in cards if card.place != NEEDS_ME],
    }
    return render(request, "people/today.html", context)
