"""Polls: what is asked, who is invited, what is kept of the answers, and what is done about it."""

from surveys.models.actions import Action, FocusArea
from surveys.models.ballots import BallotInbox, PaperEntry, SpentCredential
from surveys.models.questions import Question, Theme, Wording
from surveys.models.results import (
    AnswerCount,
    Comment,
    Hidden,
    Release,
    ScaleReliability,
    ScaleStat,
)
from surveys.models.waves import Cell, Invitation, Wave, WaveItem

__all__ = [
    "Action", "AnswerCount", "BallotInbox", "Cell", "Comment", "FocusArea", "Hidden", "Invitation",
    "PaperEntry", "Question", "Release", "ScaleReliability", "ScaleStat", "SpentCredential",
    "Theme", "Wave", "WaveItem", "Wording",
]  # fmt: skip
