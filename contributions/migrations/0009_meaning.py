from django.contrib.postgres.operations import CreateExtension
from django.db import migrations

import lib.vectors

WIDE = "ALTER TABLE contributions_searchrow SET (toast_tuple_target = 128), ALTER vector SET STORAGE EXTERNAL, ALTER meaning SET STORAGE EXTERNAL"
AS_BEFORE = "ALTER TABLE contributions_searchrow RESET (toast_tuple_target), ALTER vector SET STORAGE EXTENDED"
INDEX = "CREATE INDEX search_meaning ON contributions_searchrow USING hnsw (meaning vector_cosine_ops)"
# The planner knows neither how many rows a question finds nor what it costs to read a vector out of its store, and would walk the rows.
HAVING = """
CREATE FUNCTION contributions_having(asked tsquery, most integer) RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 1000 SET enable_seqscan = off
AS $$
    SELECT contribution_id FROM (SELECT contribution_id FROM contributions_searchrow WHERE vector @@ asked OFFSET 0) AS found
    ORDER BY contribution_id DESC LIMIT most
$$
"""


class Migration(migrations.Migration):
    """What a contribution is about, as a direction. The wide columns lie outside the row: whoever asks the index of words reads many rows and few texts.

    The directions of what is there already are written by `manage.py reindex`.
    """

    dependencies = [("contributions", "0008_answer_drafts")]

    operations = [
        CreateExtension("vector"),
        migrations.AddField(
            model_name="searchrow",
            name="meaning",
            field=lib.vectors.VectorField(
                dimensions=96, help_text="the direction of what it is about; none where no word has one", null=True
            ),
        ),
        migrations.RunSQL(WIDE, AS_BEFORE),
        migrations.RunSQL(INDEX, "DROP INDEX search_meaning"),
        migrations.RunSQL(HAVING, "DROP FUNCTION contributions_having"),
    ]
