"""Every kind of slide: one block, one template each."""

from screens.slides.acting import ActingSlide
from screens.slides.anniversaries import AnniversariesSlide
from screens.slides.announcement import AnnouncementSlide
from screens.slides.board import BoardSlide
from screens.slides.brand import BrandSlide
from screens.slides.emergency import EmergencySlide
from screens.slides.empowerment import EmpowermentSlide
from screens.slides.poll import PollSlide
from screens.slides.pool import PoolSlide
from screens.slides.story import StorySlide
from screens.slides.voice import VoiceSlide
from screens.slides.wall import WallSlide
from screens.slides.worth import WorthSlide

KINDS = (
    BoardSlide, PoolSlide, WallSlide, StorySlide, VoiceSlide, WorthSlide, AnnouncementSlide,
    ActingSlide, EmpowermentSlide, PollSlide, AnniversariesSlide,
)  # fmt: skip
SLIDES = [(slide.kind, slide()) for slide in KINDS]
"""Those an editor chooses from."""

BRAND, EMERGENCY = BrandSlide(), EmergencySlide()

__all__ = ["BRAND", "EMERGENCY", "SLIDES"]
