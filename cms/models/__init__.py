"""What Wagtail keeps for this product, by subject."""

from cms.models.pages import (
    WORDS,
    ActionsPage,
    AnnouncementIndexPage,
    AnnouncementPage,
    AnnouncementText,
    DaySnapshot,
    HomePage,
    ResultsIndexPage,
    ResultsPage,
    ResultsText,
)
from cms.models.stories import StoryIndexPage, StoryPage, StoryPerson, StoryText
from cms.models.texts import InALanguage, InLanguages, Told

__all__ = [
    "WORDS",
    "ActionsPage",
    "AnnouncementIndexPage",
    "AnnouncementPage",
    "AnnouncementText",
    "DaySnapshot",
    "HomePage",
    "InALanguage",
    "InLanguages",
    "ResultsIndexPage",
    "ResultsPage",
    "ResultsText",
    "StoryIndexPage",
    "StoryPage",
    "StoryPerson",
    "StoryText",
    "Told",
]
