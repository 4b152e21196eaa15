from django.urls import path

from screens import views

urlpatterns = [
    path("", views.shell, name="screen"),
    path("open/<str:secret>/", views.open_screen, name="open-screen"),
    path("manifest.json", views.show_manifest, name="screen-manifest"),
    path("snapshot/<str:sha256>.json", views.show_snapshot, name="screen-snapshot"),
]
