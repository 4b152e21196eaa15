"""Addresses of empowerment money."""

from django.urls import path

from empowerment.views import cases

urlpatterns = [
    path("cases/<int:pk>/", cases.show, name="case"),
]
