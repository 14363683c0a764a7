"""Registration numbers of Swedish public bodies, as they are written on decisions."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_FORM = re.compile(r"(?:[A-ZÅÄÖ]{1,8}(?:-[A-ZÅÄÖ]{1,8})?[ /-])?(?:19|20)\d{2}[/:-]\d{1,6}(?:[-.]\d{1,4})?", re.IGNORECASE)


def check_registration_number(text: str) -> None:
    """KS 2026/123, KS-2026-123, 2026:123, TVK 2026-0042, with a running number of the document after it if there is one."""
    if not _FORM.fullmatch(text):
        raise ValidationError(_("Write the registration number as it stands on the decision, like KS 2026/123."))
