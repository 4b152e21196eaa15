"""Pictures that stand in a slide itself: a screen shows its last slides without network too."""

import base64
import io
from collections.abc import Collection

from django.core.files.storage import default_storage
from PIL import Image

from people.models import Photo

LONG_SIDE = 1280
FACE = 96
MOST_BYTES = 200_000
QUALITIES = (82, 65, 45, 25)


def data_uri(content: bytes, *, side: int = LONG_SIDE) -> str:
    """A picture of at most `side` pixels each way and 200 kB, as JPEG; what was transparent is
    white. Empty when the bytes are no picture."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP", "GIF")) as image:
            small = _shrunk(image, side)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(_written(small)).decode()}"


def stored_picture(name: str) -> str:
    """The same of a file in the media storage, such as a rendition; empty when it is gone."""
    try:
        with default_storage.open(name) as file:
            return data_uri(file.read())
    except OSError:
        return ""


def faces(numbers: Collection[str]) -> dict[str, str]:
    """By employee number, of those who have a photo. Whether it may stand there is asked before."""
    rows = Photo.objects.filter(employee__number__in=numbers)
    return {
        number: data_uri(bytes(image), side=FACE)
        for number, image in rows.values_list("employee__number", "image")
    }


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    image.draft("RGB", (2 * side, 2 * side))
    plain = image.convert("RGBA") if image.mode in ("P", "LA", "PA") else image
    plain.thumbnail((side, side))
    bare = Image.new("RGB", plain.size, "white")
    bare.paste(plain.convert("RGB"), mask=plain if plain.mode == "RGBA" else None)
    return bare


def _written(image: Image.Image) -> bytes:
    """As good as it fits; half as large where even the worst does not."""
    for quality in QUALITIES:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    return _written(image.reduce(2))
