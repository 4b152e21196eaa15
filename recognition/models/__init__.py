"""Praise between colleagues: nominations, awards, and the cases in which somebody has to look."""

from recognition.models.awards import (
    Award,
    AwardLevel,
    AwardRecipient,
    Budget,
    BudgetGrant,
    PanelMember,
    RewardExport,
    RewardLine,
    Vote,
)
from recognition.models.circle import CircleMonth, ReminderPutOff
from recognition.models.fair_play import CaseStep, FairPlayCase
from recognition.models.outward import Delivery, Webhook
from recognition.models.praise import (
    Behaviour,
    Cheer,
    Nomination,
    Nominee,
    RecognitionPolicy,
    Reply,
)
from recognition.models.wall import FeedToken, FollowedDefault

__all__ = [
    "Award",
    "AwardLevel",
    "AwardRecipient",
    "Behaviour",
    "Budget",
    "BudgetGrant",
    "CaseStep",
    "Cheer",
    "CircleMonth",
    "Delivery",
    "FairPlayCase",
    "FeedToken",
    "FollowedDefault",
    "Nomination",
    "Nominee",
    "PanelMember",
    "RecognitionPolicy",
    "ReminderPutOff",
    "Reply",
    "RewardExport",
    "RewardLine",
    "Vote",
    "Webhook",
]
