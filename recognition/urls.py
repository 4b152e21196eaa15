"""Addresses of recognition."""

from django.urls import path

from recognition.views import circle, nominations

urlpatterns = [
    path("nominations/new/", nominations.new, name="nominate"),
    path("nominations/colleagues/", nominations.colleagues, name="colleagues-to-nominate"),
    path("nominations/mine/", nominations.mine, name="my-nominations"),
    path("nominations/qr/", nominations.qr, name="nominate-qr"),
    path("nominations/<int:pk>/withdraw/", nominations.take_back, name="withdraw-nomination"),
    path("circle/", circle.index, name="circle"),
    path("circle/departments/<str:code>/", circle.department, name="circle-department"),
    path("circle/unrecognised/", circle.unrecognised, name="circle-unrecognised"),
    path("circle/givers/", circle.giving, name="circle-giving"),
    path("circle/givers/people/", circle.givers, name="circle-givers"),
    path("circle/reminders/<str:number>/put-off/", circle.put_off, name="put-off-reminder"),
]
