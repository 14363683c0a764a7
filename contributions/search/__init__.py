"""Finding contributions: the search rows, and the questions asked of them. docs/adr/0014 says how and why."""

from contributions.search.asking import Asked, Wanted, ask
from contributions.search.finding import RANKED_ROWS, alike, best, found_by, search, similar
from contributions.search.index import index
from contributions.search.marks import Hit, hit
from contributions.search.word_list import forget, learn, refresh
from contributions.search.words import NOTHING, QUERY_LENGTH, SIMILAR_LENGTH, STOP_WORDS, Question, question, words_of

__all__ = [
    "NOTHING", "QUERY_LENGTH", "RANKED_ROWS", "SIMILAR_LENGTH", "STOP_WORDS", "Asked", "Hit", "Question", "Wanted", "alike", "ask", "best", "forget",
    "found_by", "hit", "index", "learn", "question", "refresh", "search", "similar", "words_of",
]  # fmt: skip
