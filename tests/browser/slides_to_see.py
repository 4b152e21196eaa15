"""Every kind of slide with figures as they come, the longest names there are among them."""

import base64
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation
from PIL import Image, ImageDraw

from cms.services.for_screens.anniversaries import Anniversary
from cms.services.for_screens.pool_days import KeptDay, PoolDays
from cms.services.for_screens.spending import MonthOfCases
from screens.rules.boards import STATES
from screens.slides import words
from screens.slides.anniversaries import told
from screens.slides.board import head
from screens.slides.empowerment import figures
from screens.slides.pool import days_said, pool_said
from screens.slides.tiles import tiles
from screens.slides.wall import card
from screens.slides.worth import WorthSlide

STATIC = Path(__file__).parents[2] / "static" / "screen"
SIZES = [(1920, 1080), (1080, 1920), (3840, 2160)]
LANGUAGES = ["en", "zh-hans"]
DAY = date(2026, 11, 20)
NAMES = {
    "en": ["Claims", "Customer Care", "Billing and Payments",
           "International Freight Forwarding and Customs Clearance", "Complaints",
           "Sales", "Donaudampfschifffahrtsgesellschaftskapitänsamt"],
    "zh-hans": ["理赔部", "客户服务", "账务与付款",
                "国际货运代理与海关清关及跨境客户联络中心华东大区第二分部",
                "投诉处理", "销售部", "售后"],
}  # fmt: skip
METRICS = {
    "en": ("Calls answered within twenty seconds", "Mean waiting time"),
    "zh-hans": ("二十秒内接听的来电", "平均等待时间"),
}
STORY = {
    "en": "She called the customer back after hours and stayed until the lost parcel was found…",
    "zh-hans": "下班以后她又给客户打了电话，一直等到那个丢失的包裹在仓库里被找到为止，还亲自送上门",
}


def goal(number: int, metric: int, language: str, state: str = "met") -> dict:
    names = NAMES[language]
    name = names[number % len(names)]
    return {
        "department": {
            "code": f"D{number:03}", "name": name if number < len(names) else f"{name} {number}"
        },
        "metric": {
            "code": f"m{metric}", "name": METRICS[language][metric],
            "unit": ("percent", "minutes")[metric], "direction": ("at_least", "at_most")[metric],
        },
        "target": ("80", "5.00")[metric],
        "value": None if state == "awaited" else ("93.25", "3.75")[metric],
        "state": state,
        "excuse": "Power cut in the whole street (Alexandra Featherstonehaugh)"
        if state == "excused" else "",
    }  # fmt: skip


def board(departments: int, language: str, **changes) -> dict:
    """Two goals a department; some missed, awaited and excused."""
    other = {1: "missed", 5: "awaited", 9: "excused", 30: "missed", 33: "missed"}
    goals = [goal(n // 2, n % 2, language, other.get(n, "met")) for n in range(2 * departments)]
    counts = {state: sum(each["state"] == state for each in goals) for state in STATES}
    counted = len(goals) - counts["excused"]
    hit = counted > 0 and 100 * counts["met"] >= 95 * counted
    company = {
        **counts, "due": len(goals), "counted": counted, "met_weight": counts["met"],
        "counted_weight": counted, "needed": -(-95 * counted // 100), "hit": hit, "mode": "share",
        "unreported": "missed", "threshold_bp": 9500,
        "share": f"{1000 * counts['met'] // counted / 10:.1f}" if counted else "",
    }  # fmt: skip
    pool = {
        "code": "bonus", "headline": True, "version": 1, "currency": "USD", "status": "final",
        "hit": hit, "contribution_minor": 1_250_000 if hit else 0, "expected_minor": 1_250_000,
        "balance_minor": 287_500_000, "year": 2026,
    }  # fmt: skip
    return {
        "date": str(DAY), "status": "final", "version": 1, "company": company, "was": None,
        "reason": "", "missed": [], "goals": goals, "pools": [pool], **changes,
    }  # fmt: skip


def restated(language: str) -> dict:
    """A corrected day whose reason is long."""
    why = "Billing had typed minutes for seconds, found by the team itself"
    found = board(5, language, version=2, was={"share": "71.0"}, reason=why)
    found["pools"][0] |= {"version": 2}
    return found


def without_verdict(language: str) -> dict:
    found = board(0, language)
    found["company"] |= {"hit": None}
    found["pools"][0] |= {"hit": None, "contribution_minor": 0}
    return found


def provisional(language: str) -> dict:
    found = board(5, language, status="provisional")
    found["pools"][0] |= {"status": "provisional"}
    return found


def board_values(shown: dict) -> dict:
    return {**head(shown, None), "tiles": tiles(shown)}


def pool_values(shown: dict, *, days: int = 20, before: bool = True) -> dict:
    month = [
        KeptDay(DAY.replace(day=n), None if n == 11 else n % 6 != 0, n != DAY.day)
        for n in range(1, days + 1) if DAY.replace(day=n).weekday() < 5 or days > 25
    ]  # fmt: skip
    paid = (198_750_000, 310_000_000) if before else (None, None)
    kept = PoolDays(2026, month, 187, 226, 233_750_000, *paid)
    return {**pool_said(shown, shown["pools"][0]), **days_said(shown, shown["pools"][0], kept)}


def face(colour: str, side: int = 96) -> str:
    """A head before a wall, drawn."""
    image = Image.new("RGB", (side, side), "#30506e")
    draw = ImageDraw.Draw(image)
    draw.ellipse((side * 0.3, side * 0.18, side * 0.7, side * 0.62), fill=colour)
    draw.ellipse((side * 0.12, side * 0.66, side * 0.88, side * 1.5), fill="#8fa8c0")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def photograph() -> str:
    """As large as stories' pictures are."""
    image = Image.linear_gradient("L").resize((1280, 720)).convert("RGB")
    ImageDraw.Draw(image).ellipse((440, 160, 840, 560), fill="#d9a27a")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def praise(language: str, count: int) -> dict:
    people = [("Ann Miller", "Claims"), ("王小明", "客户服务"),
              ("Maximilian-Alexander Featherstonehaugh", NAMES[language][3])]  # fmt: skip
    return {"praise": [
        card({
            "nominees": [
                {"name": name, "department": place, "face": face("#d9a27a") if n % 2 == 0 else ""}
                for name, place in people[n % 3 : n % 3 + 1 + n % 2]
            ],
            "unnamed": n % 2, "behaviour": "Kept a promise", "story": STORY[language],
            "giver": "Fay Winter" if n % 2 == 0 else "",
        })
        for n in range(count)
    ]}  # fmt: skip


def kept(language: str, count: int) -> dict:
    names = ["Ann Miller", "王小明", "Maximilian-Alexander Featherstonehaugh-Cholmondeley"]
    return {"people": [
        told(Anniversary(n, names[n % 3], NAMES[language][n % 7], (1, 5, 10, 25)[n % 4], DAY,
                         face("#b97a56") if n % 2 == 0 else ""))
        for n in range(count)
    ]}  # fmt: skip


WORTH = {
    "margin": Decimal("520.00"), "currency": "USD", "years_with": Decimal("10.0"),
    "years_without": Decimal("3.5"), "source": "Finance, all customers who left from 2020 to 2025",
}  # fmt: skip
ANNOUNCED = {
    "en": ("The canteen is open again", "From Monday there is warm food from half past eleven."
           " Please bring your own cup, as the new ones come later."),
    "zh-hans": ("食堂重新开放", "从下周一起，每天十一点半供应热菜。新的杯子还没有到，请自带水杯。"),
}  # fmt: skip
ALARM = {
    "en": ("Leave the building now", "Use the stairs, not the lifts, and meet at the car park."),
    "zh-hans": ("请立即离开大楼", "请走楼梯，不要乘电梯，到停车场集合。"),
}


def values_of(language: str) -> dict[str, tuple[str, dict]]:
    """By a name: the kind and what its template is given. The language must be active."""
    title, text = ANNOUNCED[language]
    alarm, what_to_do = ALARM[language]
    many, five = board(200, language), board(5, language)
    cases = MonthOfCases(date(2026, 10, 1), 1284, 1160, 4_837_250, "GBP", 812, 934)
    pair = {"said": STORY[language], "did": STORY[language]}
    worth = WorthSlide().facts(WORTH, None).values
    day = words.written_day(DAY)
    return {
        "board-5": ("board", board_values(five)),
        "board-200": ("board", board_values(many)),
        "board-restated": ("board", board_values(restated(language))),
        "board-provisional": ("board", board_values(provisional(language))),
        "board-without-verdict": ("board", board_values(without_verdict(language))),
        "pool": ("pool", pool_values(five)),
        "pool-provisional": ("pool", pool_values(provisional(language), days=2)),
        "pool-restated": ("pool", pool_values(restated(language), before=False)),
        "pool-every-day": ("pool", pool_values(many, days=30)),
        "wall-1": ("wall", praise(language, 1)),
        "wall-3": ("wall", praise(language, 3)),
        "wall-12": ("wall", praise(language, 12)),
        "story": ("story", {"title": title, "summary": text, "day": day, "image_text": "",
                            "picture": photograph()}),
        "story-without-picture": ("story", {"title": STORY[language], "summary": STORY[language],
                                            "day": day, "picture": ""}),
        "voice": ("voice", {"quote": STORY[language][:46], "said_by": "Mrs L. from Leeds",
                            "spoken": language}),
        "voice-long": ("voice", {"quote": (STORY[language] * 3)[:200], "spoken": "en",
                                 "said_by": f"{STORY[language]} {NAMES[language][3]}"[:120]}),
        "worth": ("worth", worth),
        "announcement": ("announcement", {"title": title, "text": text}),
        "announcement-page": ("announcement", {"title": text, "text": text * 2, "day": day}),
        "acting": ("acting", {"title": "You said, we did", "day": day, "pairs": [pair] * 3}),
        "acting-1": ("acting", {"title": "You said, we did", "day": day, "pairs": [pair]}),
        "empowerment": ("empowerment", {"month": "October 2026", "figures": figures(cases)}),
        "poll": ("poll", {"name": "How is it going?", "said": f"Open until {day}, 18:00",
                          "is_open": True, "rate": "62%"}),
        "poll-without-rate": ("poll", {"name": title, "said": f"Open until {day}, 18:00",
                                       "is_open": True, "rate": ""}),
        "poll-released": ("poll", {"name": title, "said": f"Closed on {day}, results are out",
                                   "is_open": False, "rate": "95% or more"}),
        "anniversaries-1": ("anniversaries", kept(language, 1)),
        "anniversaries-4": ("anniversaries", kept(language, 4)),
        "anniversaries-40": ("anniversaries", kept(language, 40)),
        "emergency": ("emergency", {"title": alarm, "text": what_to_do}),
        "emergency-long": ("emergency", {"title": STORY[language][:60], "text": text * 2}),
        "brand": ("brand", {"name": "Northwind Assurance"}),
        "brand-long": ("brand", {"name": NAMES[language][3]}),
    }  # fmt: skip


def rendered(language: str) -> dict[str, str]:
    """By its name the HTML of each slide."""
    with translation.override(language):
        return {
            name: render_to_string(f"screens/slides/{kind}.html", {"date": None, **values})
            for name, (kind, values) in values_of(language).items()
        }


def page_with(html: str, *, banner: bool = False) -> str:
    """The shell's page with one slide on it, and what lays out its pages."""
    parts = {name: (STATIC / name).read_text() for name in ("shell.css", "slides.css", "paging.js")}
    said = "⚠ Not updated since Fri 20 Nov, 08:01" if banner else ""
    return (
        f"<!doctype html><meta charset=utf-8><style>{parts['shell.css']}</style>"
        f"<style>{parts['slides.css']}</style><body>"
        f'<p id="banner" class="banner"{"" if banner else " hidden"}>{said}</p>'
        f'<main id="stage" class="stage">{html}</main><script>{parts["paging.js"]}'
        "const board = document.querySelector('[data-pages]');"
        "let layout = null; let turned = 0;"
        "function turn() { showPage(document, board, layout, turned, String); }"
        "if (board?.children.length) { layout = layOut(board); turn(); }"
        "</script>"
    )
