"""What the demo company's editors have written: stories of good service, words of customers, and a
playlist for the canteen at noon."""

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from cms.models import CustomerVoice, StoryPage, StoryPerson, StoryText, VoiceText
from cms.services.stories import story_index
from people.models import Employee, ShownTo, Site, User
from screens.models import Playlist, Screen, Showing

STORIES = [
    ("The violin that missed its plane", "ann",
     "A student's violin stayed in Atlanta. A call to the gate found a pilot who took it along.",
     "<p>The audition was at nine the next morning. The violin stood in a corridor two flights "
     "behind. One call to the gate, one from the gate to the crew, and at six a captain handed it "
     "over in person.</p><p>The student plays in that orchestra now.</p>",
     "误了航班的小提琴", "一位学生的小提琴滞留在亚特兰大，一通电话找到了愿意捎带它的机长。"),
    ("Forty seats in twenty minutes", "bob",
     "Fog closed one airport. The desk rebooked a school choir before the children were tired.",
     "<p>Nobody asked for permission: whoever was free took four children and a phone. The last "
     "two went on the morning flight, with breakfast paid at the desk.</p>",
     "二十分钟，四十个座位", "大雾封了机场。柜台赶在孩子们喊累之前，为整个合唱团改好了航班。"),
    ("A walk to the gate", None,
     "An old gentleman saw badly and did not say so. Somebody noticed.",
     "<p>He had let three flights be called. She sat down beside him, asked where he was going, "
     "and walked there with him. It took eleven minutes.</p>",
     "陪他走到登机口", "一位老先生看不清指示牌，又不愿开口。有人注意到了。"),
]  # fmt: skip
VOICES = [
    ("She did not read me a rule. She asked what I needed.", "Mrs L. from Leeds", ShownTo.PUBLIC,
     "她没有给我念规定，而是问我需要什么。", "利兹的 L 女士"),
    ("You were late and you said so before I asked. That is why I book with you.", "a customer",
     ShownTo.STAFF, "晚点了，你们没等我问就先告诉了我，所以我还坐你们的航班。", "一位旅客"),
    ("The hotel was paid before I had found the form.", "Mr O., platinum member", ShownTo.STAFF,
     "表格还没找到，酒店钱已经付好了。", "白金会员 O 先生"),
]  # fmt: skip
AT_NOON = ("wall", "story", "voice", "anniversaries")


@transaction.atomic
def tell_stories(yesterday: date) -> None:
    """A story and a customer a week, the newest of yesterday; nothing where there are any."""
    if StoryPage.objects.exists() or CustomerVoice.objects.exists():
        return
    newest = datetime.combine(yesterday, time(9), tzinfo=UTC)
    for weeks, (title, login, summary, body, chinese, in_short) in enumerate(STORIES):
        about = [StoryPerson(employee=Employee.objects.get(user__username=login))] if login else []
        texts = [StoryText(language="zh-hans", title=chinese, summary=in_short)]
        page = StoryPage(title=title, summary=summary, body=body, about=about, texts=texts,
                         first_published_at=newest - timedelta(weeks=weeks))  # fmt: skip
        story_index().add_child(instance=page)
        page.save_revision().publish()
    for weeks, (quote, said_by, shown_to, chinese, by) in enumerate(VOICES):
        said = newest - timedelta(weeks=weeks)
        texts = [VoiceText(language="zh-hans", quote=chinese, said_by=by)]
        CustomerVoice.objects.create(
            quote=quote, said_by=said_by, language="en", shown_to=shown_to, texts=texts, live=True,
            agreed_on=said.date(), how_agreed="Made up for the demo.", first_published_at=said,
        )  # fmt: skip


@transaction.atomic
def hang_screens(by: User) -> None:
    """Two that wait for a device, and what the canteen's shows at noon; nothing where there are
    any."""
    if Screen.objects.exists():
        return
    site, own = Site.objects.order_by("code").first(), Playlist.objects.first()
    hung = {"site": site, "playlist": own, "made_by": by}
    Screen.objects.create(name="Lobby", languages="en,zh-hans", **hung)
    canteen = Screen.objects.create(name="Canteen", languages="en", **hung)
    slides = [{"type": kind, "value": {"seconds": 15}} for kind in AT_NOON]
    noon = Showing(from_time=time(11, 30), until_time=time(14))
    noon.screens = [canteen]
    playlist = Playlist(name="At noon", slides=slides, showings=[noon])
    playlist.save()
    playlist.save_revision().publish()
