"""Those a challenge touches say whether they recognise the root problem."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from challenges.actions.chain import check
from challenges.actions.understanding import held
from challenges.models import Recognition
from contributions.models import Contribution
from organisation.models import Person


class AnotherSentence(Exception):
    """The root problem reads otherwise than when it was read. Carries it as it stands."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@transaction.atomic
def recognise(*, by: Person, challenge: Contribution, sentence: str, agrees: bool, words: str = "") -> Recognition:
    """Say it of this sentence; a new answer replaces one's earlier. What was said of earlier sentences stays with them.

    Raises PermissionDenied, AnotherSentence, or ValidationError when it closed meanwhile.
    """
    locked, row = held(challenge)
    check(by, locked, "challenges.recognise", "words")
    if not row.root_problem or sentence != row.root_problem:
        raise AnotherSentence(row.root_problem)
    said, _is_new = Recognition.objects.update_or_create(
        contribution=locked, sentence=sentence, person=by,
        defaults={"agrees": agrees, "words": words, "department_id": by.department_id, "at": timezone.now()},
    )  # fmt: skip
    return said
