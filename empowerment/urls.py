"""Addresses of empowerment money."""

urlpatterns: list = []
