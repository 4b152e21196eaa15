from django.urls import path, re_path

from screens import views

urlpatterns = [
    path("", views.shell, name="screen"),
    path("open/<str:secret>/", views.open_screen, name="open-screen"),
    path("manifest.json", views.show_manifest, name="screen-manifest"),
    re_path(
        r"^snapshot/(?P<sha256>[0-9a-f]{64})\.json$", views.show_snapshot, name="screen-snapshot"
    ),
]
