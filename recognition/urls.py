"""Addresses of recognition."""

from django.urls import path

from recognition.views import nominations

urlpatterns = [
    path("nominations/new/", nominations.new, name="nominate"),
    path("nominations/colleagues/", nominations.colleagues, name="colleagues-to-nominate"),
    path("nominations/mine/", nominations.mine, name="my-nominations"),
    path("nominations/qr/", nominations.qr, name="nominate-qr"),
    path("nominations/<int:pk>/withdraw/", nominations.take_back, name="withdraw-nomination"),
]
