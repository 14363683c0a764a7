"""Files with departments and with people: checked whole, then written whole or not at all. The same file twice changes nothing."""

from organisation.imports.departments import import_organisations
from organisation.imports.people import import_people
from organisation.imports.table import Change, ChangeSort, Problem, Report

__all__ = ["Change", "ChangeSort", "Problem", "Report", "import_organisations", "import_people"]
