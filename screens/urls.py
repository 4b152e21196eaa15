"""/screen/ is the device's; /screens/ is for those who keep them."""

from django.urls import path, re_path

from screens.views import devices, keeping, looking, pairing

urlpatterns = [
    path("screen/", devices.shell, name="screen"),
    path("screen/worker.js", devices.worker, name="screen-worker"),
    path("screen/manifest.json", devices.manifest, name="screen-manifest"),
    re_path(
        r"^screen/snapshot/(?P<sha256>[0-9a-f]{64})\.json$", devices.snapshot,
        name="screen-snapshot",
    ),
    path("screen/code/", devices.ask_for_code, name="screen-code"),
    path("screen/secret/", devices.collect, name="screen-secret"),
    path("screens/", keeping.index, name="screens"),
    path("screens/pair/", pairing.pair, name="pair-screen"),
    path("screens/emergencies/<int:pk>/end/", keeping.end, name="end-emergency"),
    path("screens/<int:pk>/", keeping.show, name="office-screen"),
    path("screens/<int:pk>/change/", keeping.change, name="change-screen"),
    path("screens/<int:pk>/revoke/", keeping.revoke, name="revoke-screen"),
    path("screens/look.css", looking.style, name="look-style"),
    path("screens/<int:pk>/look/", looking.look, name="look-at-screen"),
    path("screens/<int:pk>/why/", looking.reasons, name="why-screen"),
    path("screens/<int:pk>/remove/", keeping.remove, name="remove-screen"),
]  # fmt: skip
