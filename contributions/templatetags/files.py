"""How the files of a contribution are shown."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format

register = template.Library()

KILOBYTE = 1024


@register.filter
def size_words(size: int) -> str:
    """ "340 KB" or "1,2 MB", in the reader's figures."""
    if size < KILOBYTE**2:
        return f"{max(1, round(size / KILOBYTE))}\u00a0KB"
    return f"{number_format(size / KILOBYTE**2, decimal_pos=1)}\u00a0MB"
