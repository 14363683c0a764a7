import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.markdown import LONGEST, Link, excerpt, plain_text, render
from tests.lib.payloads import BOMBS, PAYLOADS

TAGS = {"p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "br", "a", "em", "strong", "s", "code"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}


class Reader(HTMLParser):
    """Collects every tag and attribute as a browser would meet them."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.strange.append(tag)
        for name, value in attrs:
            match tag, name:
                case "a", "href" if (value or "").lower().startswith(("http://", "https://", "mailto:")):
                    pass
                case "a", "rel" if value == "nofollow noopener noreferrer":
                    pass
                case "ol", "start" if (value or "").isdigit():
                    pass
                case _:
                    self.strange.append((tag, name, value))

    def handle_comment(self, data: str) -> None:
        self.strange.append(data)

    def handle_decl(self, decl: str) -> None:
        self.strange.append(decl)

    def handle_pi(self, data: str) -> None:
        self.strange.append(data)

    def unknown_decl(self, data: str) -> None:
        self.strange.append(data)


def strange_in(html: str) -> list[object]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.strange


def test_the_reader_sees_what_is_strange() -> None:
    html = '<p id="x" hx-get="/">a</p><script>1</script><a href="javascript:1">a</a><!-- c --><img src=x onerror=1>'
    assert len(strange_in(html)) == 8


def test_there_are_many_payloads() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_runs_and_nothing_poses_as_ours(payload: str) -> None:
    for text in (payload, f"> - {payload}", f"|{payload}|\n|-|\n|{payload}|", f"[{payload}](http://a.se)", f"```{payload}\n{payload}\n```"):
        assert strange_in(render(text)) == []
    assert strange_in(render(payload + "\n" * 5_000)) == []


@given(st.text("<>&\"'()[]!*_~`#-+|\\/:=ax1 \n\t;", max_size=300))
def test_any_text_gives_tame_html(text: str) -> None:
    assert strange_in(render(text)) == []


@given(st.text(st.characters(exclude_categories=[])))
def test_any_characters_can_be_rendered(text: str) -> None:
    (render(text) + plain_text(text) + excerpt(text, 40)).encode()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Ett\n## Två\n###### Sex", "<h3>Ett</h3>\n<h4>Två</h4>\n<h6>Sex</h6>"),
        ("en\ntvå **tre** _fyra_ ~~fem~~ `sex`", "<p>en<br>\ntvå <strong>tre</strong> <em>fyra</em> <s>fem</s> <code>sex</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("```python\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>"),
        ("<b>x</b> & y", "<p>&lt;b&gt;x&lt;/b&gt; &amp; y</p>"),
        ("[a](https://a.se 'T')", '<p><a href="https://a.se" rel="nofollow noopener noreferrer">a</a></p>'),
        ("<anna@a.se>", '<p><a href="mailto:anna@a.se" rel="nofollow noopener noreferrer">anna@a.se</a></p>'),
        ("![bild](https://a.se/b.png)", '<p><a href="https://a.se/b.png" rel="nofollow noopener noreferrer">bild</a></p>'),
        ("![](https://a.se/b)", '<p><a href="https://a.se/b" rel="nofollow noopener noreferrer">https://a.se/b</a></p>'),
        ("[![bild](https://b.se)](https://a.se)", '<p><a href="https://a.se" rel="nofollow noopener noreferrer">bild</a></p>'),
        ("[ ](https://a.se)", '<p><a href="https://a.se" rel="nofollow noopener noreferrer"> https://a.se</a></p>'),
        ("[a](/ideas/1/)", "<p>[a](/ideas/1/)</p>"),
        ("[a](//a.se)", "<p>[a](//a.se)</p>"),
        ("a&#x202e;b", "<p>ab</p>"),
        ("", ""),
    ],
)
def test_render(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_no_text_takes_long(bomb: str) -> None:
    """Processor time, and the best of ten, so that a busy machine does not count."""
    assert any(seconds_for(bomb) < 0.2 for _ in range(10))


def seconds_for(text: str) -> float:
    start = time.process_time()
    render(text)
    return time.process_time() - start


def test_a_bomb_is_shown_as_it_was_typed() -> None:
    assert render("**a** <b>\n" * 2_000).startswith("<p>**a** &lt;b&gt;<br>\n**a** &lt;b&gt;<br>\n")
    assert render("ord " * LONGEST).startswith("<p>ord ord ")
    assert plain_text("**a** <b>\n" * 2_000).startswith("**a** <b>\n**a** <b>\n")


def test_a_long_report_is_no_bomb() -> None:
    section = "## Rubrik\n\nVi *halkar* på [vägen](https://a.se) in (varje dag).\n\n- ett\n- två\n\n"
    html = render(section * 150)
    assert html.count("<h4>") == html.count("<em>") == html.count("<ul>") == 150


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("# Rubrik\n\nen **två**\ntre", "Rubrik\n\nen två\ntre"),
        ("- a\n- b\n  - c\n\nslut", "a\nb\nc\n\nslut"),
        ("|a|b|\n|-|-|\n|1|2|", "a b\n1 2"),
        ("[a](https://a.se) ![b](https://b.se) <https://c.se>", "a b https://c.se"),
        ("`x < y` &lt;b&gt; \\*", "x < y <b> *"),
        ("```\nkod\n```", "kod"),
        ("> citat", "citat"),
        ("", ""),
    ],
)
def test_plain_text(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("Vi **halkar**\n\npå vägen", 40, "Vi halkar på vägen"),
        ("Vi **halkar**, på vägen", 12, "Vi halkar…"),
        ("x" * 50, 10, "xxxxxxxxx…"),
    ],
)
def test_excerpt(text: str, length: int, expected: str) -> None:
    assert excerpt(text, length) == expected


@given(st.text(), st.integers(2, 60))
def test_an_excerpt_is_one_short_line(text: str, length: int) -> None:
    line = excerpt(text, length)
    assert len(line) <= length
    assert "\n" not in line


def found(text: str) -> Iterator[Link]:
    for match in re.finditer("her", text):
        yield Link(match.start(), match.end(), "/people/5/?a=1&b=<2>")


MADE = '<a href="/people/5/?a=1&amp;b=&lt;2&gt;">her</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ask her.", f"<p>Ask {MADE}.</p>"),
        ("Ask **her** or\nher", f"<p>Ask <strong>{MADE}</strong> or<br>\n{MADE}</p>"),
        (
            "`her` [her](https://her.test/)",
            '<p><code>her</code> <a href="https://her.test/" rel="nofollow noopener noreferrer">her</a></p>',
        ),
        ("![her](https://x.test/)", '<p><a href="https://x.test/" rel="nofollow noopener noreferrer">her</a></p>'),
        ("\ue0000\ue001 her \ue0001\ue001", f"<p>0 {MADE} 1</p>"),
        ("[x](/people/5/) <a href='/people/5/'>x</a>", "<p>[x](/people/5/) &lt;a href='/people/5/'&gt;x&lt;/a&gt;</p>"),
    ],
)
def test_links_the_code_makes_are_put_in_after_the_cleaning(text: str, html: str) -> None:
    assert render(text, found) == html


def test_without_a_finder_nothing_keeps_a_seat() -> None:
    assert render("\ue0000\ue001 her") == "<p>0 her</p>"
