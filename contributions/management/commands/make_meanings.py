"""`manage.py make_meanings`: works the directions of words out of concepts.txt and fields.txt. For those who write in these; needs numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.core.management.base import BaseCommand

from contributions.models.search_row import DIMENSIONS
from contributions.search.meanings import MEANINGS
from contributions.search.stems import stem
from contributions.search.words import STOP_WORDS, tokens

SOURCES = ("concepts.txt", "fields.txt")
Items = list[list[str]]


def lines() -> list[Items]:
    """Each line of the sources as its items, each as the stems of its words."""
    texts = (MEANINGS.with_name(name).read_text(encoding="utf-8") for name in SOURCES)
    written = (line for text in texts for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [
        [[stem(word) for word in tokens(item) if word == "inte" or word not in STOP_WORDS] for item in line.split(",")] for line in written
    ]


class Command(BaseCommand):
    help = "Writes meanings.bin anew from concepts.txt and fields.txt."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Latent semantic analysis (Deerwester et al. 1990) of stems by lines: words of the same lines, or of lines that share words, point alike."""
        found = lines()
        words = sorted({word for line in found for item in line for word in item})
        place = {word: at for at, word in enumerate(words)}
        table = np.zeros((len(words), len(found)))
        for column, line in enumerate(found):
            for item in line:
                for word in item:
                    table[place[word], column] = max(table[place[word], column], len(item) ** -0.5)
        table /= np.sqrt(np.maximum((table > 0).sum(axis=0), 1))
        table /= np.linalg.norm(table, axis=1, keepdims=True)
        left, singular, _right = np.linalg.svd(table, full_matrices=False)
        pointing = left[:, :DIMENSIONS] * np.sqrt(singular[:DIMENSIONS])
        pointing /= np.abs(pointing).max(axis=1, keepdims=True)
        MEANINGS.write_bytes(" ".join(words).encode() + b"\n" + np.rint(pointing * 127).astype(np.int8).tobytes())
        self.stdout.write(f"{len(words)} words in {DIMENSIONS} numbers each.")
