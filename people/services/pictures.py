"""From whatever file somebody chose to the picture that is kept: nothing else of it remains.

A picture is somebody else's file until it has been decoded and written anew. So it is measured
before it is decoded, decoded by three well-known readers only, and kept without place, camera,
date, colour profile or whatever else was in it.
"""

import io
import struct
import zlib
from collections.abc import Callable

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from people.models import LARGEST_PHOTO

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_PIXELS_WHOLE = 16_000_000
"""Of what is decoded as a whole, four bytes a pixel: all but JPEG, which is read smaller."""
SHORTEST_SIDE = 100
SIDE = 512
LONG_SIDE = 1600
"""Of a whole picture; print on a receipt can still be read."""
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
    return _written(_decoded(content, _cut, side=SIDE), most_bytes=LARGEST_PHOTO)


def whole(content: bytes, *, most_bytes: int) -> bytes:
    """All of it, as a WebP of at most 1,600 pixels on its long side. Raises PhotoRefused."""
    return _written(_decoded(content, _shrunk, side=LONG_SIDE), most_bytes=most_bytes)


def _decoded(
    content: bytes, shaped: Callable[[Image.Image], Image.Image], *, side: int
) -> Image.Image:
    """The picture that a file holds, upright, `shaped`, in plain colours on white. Raises
    PhotoRefused."""
    if len(content) > MOST_BYTES:
        raise PhotoRefused(too_large())
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            _refuse_what_is_too_much(image, content)
            image.draft("RGB", (2 * side, 2 * side))
            return _bare(shaped(_plain(ImageOps.exif_transpose(image))))
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


def _plain(image: Image.Image) -> Image.Image:
    return image if image.mode in ("RGB", "RGBA", "L", "CMYK") else image.convert("RGBA")


def _cut(image: Image.Image) -> Image.Image:
    """The middle square."""
    side = min(SIDE, *image.size)
    return ImageOps.fit(image, (side, side))


def _shrunk(image: Image.Image) -> Image.Image:
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    return image


def _bare(image: Image.Image) -> Image.Image:
    """Without what came with the file."""
    bare = Image.new("RGB", image.size, "white")
    bare.paste(image.convert("RGB"), mask=image if image.mode == "RGBA" else None)
    return bare


def _written(image: Image.Image, *, most_bytes: int) -> bytes:
    """As good as it fits; half as large where even the worst does not."""
    for quality in QUALITIES:
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality)
        if out.tell() <= most_bytes:
            return out.getvalue()
    return _written(image.reduce(2), most_bytes=most_bytes)
