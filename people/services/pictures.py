"""From whatever file somebody chose to the small square that is kept: nothing else of it remains.

A picture is somebody else's file until it has been decoded and written anew. So it is measured
before it is decoded, decoded by three well-known readers only, and kept without place, camera,
date, colour profile or whatever else was in it.
"""

import io
import struct
import zlib

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from people.models import LARGEST_PHOTO

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_PIXELS_WHOLE = 16_000_000
"""Of what is decoded as a whole, four bytes a pixel: all but JPEG, which is read smaller."""
SHORTEST_SIDE = 100
SIDE = 512
QUALITIES = (82, 65, 45, 25, 5)
MOST_SCANS = 32
"""A progressive JPEG has about ten, with a preview twice that; each is read over the whole picture,
however small its part."""
_SCAN = b"\xff\xda"
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, EOFError,
    AttributeError, NotImplementedError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow raises on broken files, as its readers grew over the years."""


class PhotoRefused(Exception):
    """The file is not kept; the message says why and what to do."""


def squared(content: bytes) -> bytes:
    """A square WebP of at most 512 pixels a side and 100,000 bytes. Raises PhotoRefused."""
    if len(content) > MOST_BYTES:
        raise PhotoRefused(too_large())
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            _refuse_what_is_too_much(image, content)
            return _written(_cut(image))
    except Image.DecompressionBombError as error:
        raise PhotoRefused(_too_many_pixels()) from error
    except _BROKEN as error:
        raise PhotoRefused(
            _(
                "This file can't be read as a picture. Choose a JPEG, PNG or WebP; open it and save"
                " it anew if it is one."
            )
        ) from error


def too_large() -> str:
    return _("This file is larger than %(most)s MB. Choose a smaller picture.") % {
        "most": MOST_BYTES // 1024**2
    }


def _too_many_pixels() -> str:
    return _("This picture has too many pixels. Choose one of at most 4,000 by 4,000.")


def _refuse_what_is_too_much(image: Image.Image, content: bytes) -> None:
    """By what the file's head says, before any of it is decoded."""
    jpeg = image.format in ("JPEG", "MPO")
    if image.width * image.height > (MOST_PIXELS if jpeg else MOST_PIXELS_WHOLE):
        raise PhotoRefused(_too_many_pixels())
    if min(image.size) < SHORTEST_SIDE:
        raise PhotoRefused(
            _("This picture is too small: it needs at least %(n)s pixels each way.")
            % {"n": SHORTEST_SIDE}
        )
    # Phones put a second view or depth beside the picture (MPO); the first is the one.
    if not jpeg and getattr(image, "is_animated", False):
        raise PhotoRefused(_("This picture moves. Choose one that stands still."))
    if jpeg and content.count(_SCAN) > MOST_SCANS:
        raise PhotoRefused(_("This JPEG is built in an unusual way. Save it anew and try again."))


def _cut(image: Image.Image) -> Image.Image:
    """The middle square, upright, in plain colours on white."""
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    image = ImageOps.exif_transpose(image)
    side = min(SIDE, *image.size)
    if image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        image = image.convert("RGBA")
    image = ImageOps.fit(image, (side, side))
    bare = Image.new("RGB", image.size, "white")
    bare.paste(image.convert("RGB"), mask=image if image.mode == "RGBA" else None)
    return bare


def _written(image: Image.Image) -> bytes:
    """As good as it fits."""
    for quality in QUALITIES:
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality)
        if out.tell() <= LARGEST_PHOTO:
            break
    return out.getvalue()
