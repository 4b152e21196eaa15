"""Every kind of slide: one block, one template each."""

from screens.slides.board import BoardSlide
from screens.slides.pool import PoolSlide

SLIDES = [
    (BoardSlide.kind, BoardSlide()),
    (PoolSlide.kind, PoolSlide()),
]

__all__ = ["SLIDES"]
