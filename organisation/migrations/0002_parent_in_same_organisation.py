"""A department's parent stands in the same organisation: a foreign key over both columns."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organisation", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                ALTER TABLE organisation_department
                ADD CONSTRAINT department_parent_in_same_organisation
                FOREIGN KEY (parent_id, organisation_id) REFERENCES organisation_department (id, organisation_id)
                DEFERRABLE INITIALLY DEFERRED
            """,
            reverse_sql="ALTER TABLE organisation_department DROP CONSTRAINT department_parent_in_same_organisation",
        ),
    ]
