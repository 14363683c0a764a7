from organisation.imports import Report, import_organisations
from organisation.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import organisations and their departments. Columns: organisation, organisation_kind, department, parent_department, code."

    def run_import(self, content: bytes, *, dry_run: bool) -> Report:
        return import_organisations(by=None, content=content, dry_run=dry_run)
