"""/screen/ is the device's; /screens/ is for those who keep them."""

from django.urls import path, re_path

from screens.views import devices

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
]  # fmt: skip
