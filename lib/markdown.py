"""What people write, as HTML and as plain text.

The text is CommonMark with tables and strikethrough, without HTML, pictures and reference definitions. A heading begins at h3, as
the page has its own above. A text that would cost too much to parse is shown as it was typed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from lib.text import clean_text, drop_controls

# Within these any text takes under 0.1 s of one core; beyond them are only bombs. Measured with tests/lib/test_markdown.py.
LONGEST = 100_000
MOST_MARKS = 4_000
MOST_CELLS = 4_000
DEEPEST = 20

_MARK = re.compile(r"[\n\[\]()!*_~`<>|&\\#+-]")
# Characters of private use, taken from what people write: they keep the seat of a link that is made after the cleaning.
_SEAT = re.compile("[\ue000\ue001]")
_SEAT_OF_LINK = re.compile("\ue000([0-9]+)\ue001")
_LINK = re.compile(r"(https?://|mailto:)[^\s]", re.IGNORECASE)
_BLOCK_TAGS = {"p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "br"}
_TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}
_CLEANER = nh3.Cleaner(
    tags={*_BLOCK_TAGS, *_TABLE_TAGS, "a", "em", "strong", "s", "code"},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},  # the empty set takes away nh3's own lang and title
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow noopener noreferrer",
)


class Link(NamedTuple):
    """A place in a text that the code, not the writer, makes a link to `path`, an address of this site."""

    start: int
    end: int
    path: str


Finder = Callable[[str], Iterable[Link]]
"""The links of a piece of plain text, in order and apart from each other."""


def render(text: str, finder: Finder | None = None) -> SafeString:
    """The text as HTML that is safe to show anywhere: no id, class, style, data-* or hx-*; links only to http, https and mailto.

    `finder` is asked of every piece of text that is neither code nor within a link. What it names is put in after the cleaning, which
    lets no address of this site through: a writer cannot make such a link.
    """
    text = drop_controls(text)
    if _is_bomb(text):
        return _as_typed(text)
    made: list[str] = []
    html = _MARKDOWN.render(_SEAT.sub("", text), {"finder": finder, "made": made} if finder else {})
    html = drop_controls(_CLEANER.clean(html)).strip()
    return mark_safe(_SEAT_OF_LINK.sub(lambda seat: made[int(seat[1])], html))  # noqa: S308 - nh3 has just cleaned it


def rendered(html: str) -> SafeString:
    """What `render` made earlier and a column has kept. Nothing else may come here."""
    return mark_safe(html)  # noqa: S308 - cleaned when it was made


def plain_text(text: str) -> str:
    """The words without the marks, for the index, for mail and for excerpts. Blocks are parted by an empty line, items by a newline."""
    text = drop_controls(text)
    if _is_bomb(text):
        return clean_text(text)
    lines = "".join(_words(_MARKDOWN.parse(text))).split("\n")
    return clean_text(re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)))


def excerpt(text: str, length: int) -> str:
    """The beginning as one line of at most that many characters, cut between words."""
    line = " ".join(plain_text(text[: 200 + 8 * length]).split())
    if len(line) <= length:
        return line
    cut = line[:length]
    return (cut[: cut.rfind(" ")] if " " in cut else cut[:-1]).rstrip(" .,;:–-") + "…"


def _is_bomb(text: str) -> bool:
    if len(text) > LONGEST or sum(1 for _ in _MARK.finditer(text)) > MOST_MARKS:
        return True
    lines = text.split("\n")
    return "|" in text and max(line.count("|") + 1 for line in lines) * len(lines) > MOST_CELLS


def _as_typed(text: str) -> SafeString:
    paragraphs = re.split(r"\n{2,}", clean_text(text))
    return mark_safe("\n".join(f"<p>{escape(part)}</p>" for part in paragraphs).replace("\n", "<br>\n"))  # noqa: S308 - escaped


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        match token.type:
            case "inline":
                yield "".join(_inline_words(token.children or []))
            case "fence" | "code_block":
                yield token.content + "\n"
            case "paragraph_close":
                yield "\n" if token.hidden else "\n\n"
            case "th_close" | "td_close":
                yield " "
            case "tr_close":
                yield "\n"
            case "heading_close" | "table_close" | "bullet_list_close" | "ordered_list_close":
                yield "\n\n"


def _inline_words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"


def _mend_links(state: StateCore) -> None:
    """A picture becomes a link to it, and a link without words shows its address, so that a screen reader has something to say."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = _speaking(_pictures_as_links(token.children))


def _pictures_as_links(tokens: Sequence[Token]) -> list[Token]:
    result: list[Token] = []
    link_is_open = False
    for token in tokens:
        link_is_open = token.type == "link_open" or (link_is_open and token.type != "link_close")
        if token.type != "image":
            result.append(token)
            continue
        words = Token("text", "", 0, content="".join(_inline_words(token.children or [])))
        around = [] if link_is_open else [Token("link_open", "a", 1, attrs={"href": token.attrs["src"]}), Token("link_close", "a", -1)]
        result += [*around[:1], words, *around[1:]]
    return result


def _speaking(tokens: Sequence[Token]) -> list[Token]:
    result: list[Token] = []
    href, said = "", True
    for token in tokens:
        if token.type == "link_open":
            href, said = str(token.attrs["href"]), False
        elif token.type == "link_close" and not said:
            result.append(Token("text", "", 0, content=href))
        else:
            said = said or bool(token.content.strip())
        result.append(token)
    return result


def _seat_links(state: StateCore) -> None:
    """Where the finder sees a link, a seat that is filled when the rest has been cleaned."""
    if finder := state.env.get("finder"):
        for token in state.tokens:
            link_is_open = False
            for child in token.children or []:
                link_is_open = child.type == "link_open" or (link_is_open and child.type != "link_close")
                if child.type == "text" and not link_is_open:
                    child.content = _seated(child.content, finder, state.env["made"])


def _seated(text: str, finder: Finder, made: list[str]) -> str:
    result, done = "", 0
    for link in finder(text):
        result += f"{text[done : link.start]}\ue000{len(made)}\ue001"
        made.append(f'<a href="{escape(link.path)}">{escape(text[link.start : link.end])}</a>')
        done = link.end
    return result + text[done:]


def _make() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": DEEPEST})
    markdown.enable(["table", "strikethrough"]).disable(["reference", "html_block", "html_inline"])
    markdown.validateLink = lambda url: bool(_LINK.match(url))  # type: ignore[method-assign]
    markdown.core.ruler.push("lower_headings", _lower_headings)
    markdown.core.ruler.push("mend_links", _mend_links)
    markdown.core.ruler.push("seat_links", _seat_links)
    return markdown


_MARKDOWN = _make()
