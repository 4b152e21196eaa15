"""What Wagtail keeps for this product, by subject."""

from cms.models.approval import (
    APPROVERS,
    ApprovalBySecondPerson,
    content_type_of,
    writers_of,
)
from cms.models.closed import not_closed
from cms.models.days import DaySnapshot
from cms.models.pages import (
    WORDS,
    ActionsPage,
    AnnouncementIndexPage,
    AnnouncementPage,
    AnnouncementText,
    HomePage,
    ResultsIndexPage,
    ResultsPage,
    ResultsText,
)
from cms.models.stories import StoryIndexPage, StoryPage, StoryPerson, StoryText
from cms.models.texts import InALanguage, InLanguages, Told
from cms.models.voices import CustomerVoice, VoiceText

__all__ = [
    "APPROVERS",
    "WORDS",
    "ActionsPage",
    "AnnouncementIndexPage",
    "AnnouncementPage",
    "AnnouncementText",
    "ApprovalBySecondPerson",
    "CustomerVoice",
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
    "VoiceText",
    "content_type_of",
    "not_closed",
    "writers_of",
]
