"""How praise is written for other programs: signed JSON, Slack, Microsoft Teams."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LONGEST_IN_CHAT = 2000
"""Characters of a story in a chat; Slack takes 3,000 a block, escaping makes it longer."""
_CALLS = re.compile(r"@(?=\w)")


@dataclass(frozen=True)
class Message:
    """What a chat shows: a line, the story, what it was praised for, and where it stands."""

    title: str
    story: str
    context: str
    link: str
    link_text: str


def signature(secrets: Iterable[bytes], *, event_id: str, at: int, body: bytes) -> str:
    """The header `webhook-signature` of standardwebhooks.com: one HMAC-SHA256 a secret."""
    signed = f"{event_id}.{at}.".encode() + body
    digests = [hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets]
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def for_slack(message: Message) -> dict[str, Any]:
    """Blocks, with `text` for notifications. Nothing in them calls anybody or is made a link."""
    blocks = [_section(f"*{_plain(message.title)}*")]
    if message.story:
        blocks.append(_section(_plain(_cut(message.story))))
    if message.context:
        words = {"type": "mrkdwn", "text": _plain(message.context), "verbatim": True}
        blocks.append({"type": "context", "elements": [words]})
    if message.link:
        blocks.append(_section(f"<{message.link}|{_plain(message.link_text)}>"))
    return {
        "text": _plain(message.title), "mrkdwn": False, "link_names": False,
        "unfurl_links": False, "unfurl_media": False, "blocks": blocks,
    }  # fmt: skip


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _plain(text: str) -> str:
    """As Slack asks for &, < and >; an @ before a word is parted from it by an unseen character,
    and so are the marks of bold, italic, struck and code from what they would mark."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _CALLS.sub("@\u200b", text)
    return re.sub(r"([*_~`])", "\u200b\\1\u200b", text)


def for_teams(message: Message) -> dict[str, Any]:
    """An adaptive card as Teams' workflows take it. Runs of text are shown as they are: other
    blocks would read them as markup."""
    body = [_lines(message.title, weight="Bolder", size="Medium")]
    if message.story:
        body.append(_lines(_cut(message.story)))
    if message.context:
        body.append(_lines(message.context, isSubtle=True))
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard", "version": "1.4", "body": body,
    }  # fmt: skip
    if message.link:
        card["actions"] = [
            {"type": "Action.OpenUrl", "title": message.link_text, "url": message.link}
        ]
    kind = "application/vnd.microsoft.card.adaptive"
    return {
        "type": "message",
        "attachments": [{"contentType": kind, "contentUrl": None, "content": card}],
    }


def _lines(text: str, **look: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_IN_CHAT else f"{text[: LONGEST_IN_CHAT - 1]}…"
