"""Filters that every template may use. Nothing in gives nothing out."""

import datetime
from collections.abc import Callable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from lib import dates
from lib import markdown as md
from lib.form_rendering import error_links

register = template.Library()


def _of_date(words: Callable[[datetime.date], str]) -> Callable[[Any], str]:
    return lambda when: words(when) if isinstance(when, datetime.date) else ""


def _of_time(words: Callable[[datetime.datetime], str]) -> Callable[[Any], str]:
    return lambda when: words(when) if isinstance(when, datetime.datetime) else ""


register.filter("day", _of_date(dates.day))
register.filter("day_year", _of_date(dates.day_year))
register.filter("quarter", _of_date(dates.quarter))
register.filter("relative_day", _of_date(dates.relative_day))
register.filter("clock", _of_time(dates.clock))
register.filter("moment", _of_time(dates.moment))
register.filter("error_links", error_links)


@register.filter
def initials(name: object) -> str:
    """The first letters of the first and the last name: Anna-Lena Åström is AÅ."""
    words = [letter.upper() for word in str(name or "").split() if (letter := next(filter(str.isalnum, word), ""))]
    return "".join([words[0], *words[-1:]] if len(words) > 1 else words)


@register.filter(is_safe=True)
def markdown(text: str | None) -> SafeString:
    return md.render(text or "")


@register.filter(is_safe=True)
def rendered(html: str | None) -> SafeString:
    """HTML that `markdown` made when the text was written."""
    return md.rendered(html or "")


@register.filter
def excerpt(text: str | None, length: int = 200) -> str:
    return md.excerpt(text or "", length)
