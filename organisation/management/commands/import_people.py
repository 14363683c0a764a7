from organisation.imports import Report, import_people
from organisation.management.importing import ImportCommand


class Command(ImportCommand):
    help = (
        "Import people. Columns: email, given_name, family_name, job_title, department_code, organisation (name or code), "
        "and, if wanted, language (sv or en)."
    )

    def run_import(self, content: bytes, *, dry_run: bool) -> Report:
        return import_people(by=None, content=content, dry_run=dry_run)
