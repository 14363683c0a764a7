"""Texts that try to become more than text: script, posing as a part of the page, or costing too much."""

from lib.markdown import MOST_MARKS

_ONE_A_LINE = r"""
<script>alert(1)</script>
<SCRIPT SRC=//a.se/x.js></SCRIPT>
<scr<script>ipt>alert(1)</scr</script>ipt>
<script>alert(1)//
</p><script>alert(1)</script><p>
<img src=x onerror=alert(1)>
<img src="x" onerror="alert(1)" />
<img src=x:alert(alt) onerror=eval(src) alt=1>
<image src=x onerror=alert(1)>
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><a xlink:href="javascript:alert(1)"><text x=1 y=9>a</text></a></svg>
<svg><use href="data:image/svg+xml,<svg id='x' onload='alert(1)'/>#x"></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
<math><mi xlink:href="data:text/html,<script>alert(1)</script>">a
<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<body onload=alert(1)>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<object data="data:text/html,<script>alert(1)</script>"></object>
<embed src="javascript:alert(1)">
<link rel=stylesheet href=//a.se/x.css>
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<base href="//a.se/">
<style>@import '//a.se/x.css';</style>
<p style="background:url(javascript:alert(1))">a</p>
<div style="position:fixed;inset:0">a</div>
<p id="main" class="toast" data-dismiss>a</p>
<form action="/accounts/logout/" method="post"><button>a</button></form>
<input autofocus onfocus=alert(1)>
<button form=x formaction="javascript:alert(1)">a</button>
<details open ontoggle=alert(1)>
<video><source onerror=alert(1)></video>
<marquee onstart=alert(1)>a</marquee>
<template><script>alert(1)</script></template>
<div hx-get="/ideas/" hx-trigger="load">a</div>
<div data-hx-delete="/ideas/1/" data-hx-trigger="load">a</div>
<a hx-post="/contributions/1/steps/decline/" href="#">a</a>
<div hx-on:load="alert(1)" hx-vals="js:{a:alert(1)}">a</div>
<a href="javascript:alert(1)">a</a>
<a href="https://a.se" onclick="alert(1)" target="_blank">a</a>
[a](javascript:alert(1))
[a](JaVaScRiPt:alert(1))
[a](  javascript:alert(1))
[a](<javascript:alert(1)>)
[a](java&#10;script:alert(1))
[a](java&Tab;script:alert(1))
[a](&#106;avascript:alert(1))
[a](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))
[a](javascript&colon;alert(1))
[a](\javascript:alert(1))
[a](%6aavascript:alert(1))
[a](vbscript:msgbox(1))
[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[a](file:///etc/passwd)
[a](blob:https://a.se/1)
[a](//a.se)
[a](/accounts/logout/)
[a](\\a.se\b)
[a](https://a.se "x" onmouseover="alert(1)")
[a](https://a.se"onmouseover="alert(1))
[a](https://a.se'onmouseover='alert(1))
[a](https://a.se?"><script>alert(1)</script>)
[a](https://javascript:alert(1)@a.se)
[a](mailto:a@a.se"onclick="alert(1))
[a]: javascript:alert(1)
![a](javascript:alert(1))
![a](data:image/svg+xml,<svg onload=alert(1)>)
![a"onerror="alert(1)](https://a.se/x)
![a](https://a.se/x"onerror="alert(1))
![<script>alert(1)</script>](https://a.se)
[![a](javascript:alert(1))](javascript:alert(1))
[![a](https://a.se)](https://b.se "><script>alert(1)</script>)
<javascript:alert(1)>
<https://a.se/"onmouseover="alert(1)>
<https://a.se/<script>alert(1)</script>>
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
&amp;lt;img src=x onerror=alert(1)&amp;gt;
`<script>alert(1)</script>`
# <img src=x onerror=alert(1)> {#main .toast onclick=alert(1)}
<!-- <script>alert(1)</script> -->
<!--[if IE]><script>alert(1)</script><![endif]-->
<?php echo 1 ?>
<![CDATA[<script>alert(1)</script>]]>
<!DOCTYPE html><script>alert(1)</script>
{{ request.user.password }}{% csrf_token %}
${alert(1)}
"""

PAYLOADS = [
    *_ONE_A_LINE.strip().splitlines(),
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "[a](java\0script:alert(1))",
    "[a](\x01javascript:alert(1))",
    "<img/src=x\x0conerror=alert(1)>",
    "[a](java\u200bscript:alert(1))",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    '<div\nhx-get="/"\nhx-trigger="load"\n>a</div>',
    '<a\thref="javascript:alert(1)">a</a>',
    "\n\n<div>\n<script>alert(1)</script>\n</div>\n\n",
]

SIZE = 100_000


def grown(unit: str) -> str:
    return unit * (SIZE // len(unit) + 1)


def within_bounds(unit: str) -> str:
    """As much of it as is still parsed."""
    marks = sum(not (letter.isalnum() or letter in "\t ,.:\"'=") for letter in unit)
    return unit * ((MOST_MARKS - 10) // marks if marks else SIZE // len(unit) - 1)


_SHAPES = {
    "quotes": ">",
    "spaced quotes": "> ",
    "quotes in lines": "> " * 50 + "a\n",
    "lists in lists": "- ",
    "numbered lists": "1. ",
    "lists in lines": "- " * 9 + "a\n",
    "flat list": "- a\n",
    "empty items": "-\n",
    "mixed": "> - 1. ",
    "open brackets": "[",
    "open links": "[a](",
    "open links with an angle": "[a](<",
    "open titles": '[a](b "',
    "links": "[a](http://a.se)",
    "pictures": "![",
    "references": "[a][",
    "definitions": "[a]: ",
    "brackets in lines": "[a\n",
    "stars": "*",
    "open stars": "*a ",
    "closing stars": "a*",
    "stars and lines": "**a _b ",
    "alternating": "*a_ ",
    "underlines": "_a",
    "tildes": "~~a ",
    "backticks": "`a",
    "angles": "<",
    "open addresses": "<http:",
    "open mail addresses": "<a@",
    "entities": "&amp;",
    "ampersands": "&",
    "backslashes": "\\",
    "fences": "```\n",
    "rules": "***\n",
    "headings": "# a\n",
    "underlined headings": "a\n=\n",
    "lines": "a\n",
    "paragraphs": "a\n\n",
    "newlines": "\n",
    "spaces": " ",
    "tabs": "\t",
    "code": "    a\n",
    "rows": "|a|b|\n|-|-|\n",
    "quotation marks": '"',
    "plus lists": "+ ",
    "numbers": "1",
    "lazy lines": "> a\nb\n",
    "one word": "a",
    "prose": "Vi halkar på vägen in till brukarna, *varje* dag. Se [vägen](https://kiruna.se/x).\n\n",
}

BOMBS = {
    **{name: grown(unit) for name, unit in _SHAPES.items()},
    **{f"{name}, within the bounds": within_bounds(unit) for name, unit in _SHAPES.items()},
    "nested links": "[" * 1_900 + "a" + "](b)" * 500,
    "nested pictures": "![" * 900 + "](http://a)" * 400,
    "backticks of all lengths": "".join("`" * n + " " for n in range(1, 88)),
    "wide table": "a|" * 100 + "\n" + "-|" * 100 + "\n" + "a\n" * 36,
    "wide table of many rows": "a|" * 200 + "\n" + "-|" * 200 + "\n" + "a\n" * 3_000,
    "growing list": "".join("  " * n + "- a\n" for n in range(300)),
    "a million": "*" * 1_000_000,
    "a million open": "[a](" * 250_000,
}
