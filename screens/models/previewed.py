"""As each screen would show what an editor is writing."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from wagtail.models import PreviewableMixin


class Previewed(PreviewableMixin):
    """A mode a screen. How it looks there only what stands above models knows: it hands in
    `previews` when the editors' pages are made ready (screens.wagtail_hooks)."""

    previews: ClassVar[Any] = None

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return self.previews.modes()

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        return self.previews.sizes()

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return self.previews.serve(self, request, mode_name)
