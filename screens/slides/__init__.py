"""Every kind of slide: one block, one template each."""

from screens.slides.board import BoardSlide
from screens.slides.brand import BrandSlide
from screens.slides.emergency import EmergencySlide
from screens.slides.pool import PoolSlide

SLIDES = [
    (BoardSlide.kind, BoardSlide()),
    (PoolSlide.kind, PoolSlide()),
]
"""Those an editor chooses from."""
BRAND, EMERGENCY = BrandSlide(), EmergencySlide()

__all__ = ["BRAND", "EMERGENCY", "SLIDES"]
